// Says something to those who listen to the page, at most every ten seconds. News (a file arrived, was
// refused, the line was lost) is gathered and never dropped; of progress only the last word is said.
const live = document.querySelector('[data-live]');
const EVERY = 10000;
let spoken = 0;
let timer = 0;
let news = [];
let last = '';

function speak() {
  timer = 0;
  const words = news.length ? news.join('. ') : last;
  news = [];
  last = '';
  if (!words) return;
  spoken = Date.now();
  if (live) live.textContent = words;
}

export function say(text, { progress = false } = {}) {
  if (progress) last = text;
  else if (!news.includes(text)) news.push(text);
  if (!timer) timer = setTimeout(speak, Math.max(0, spoken + EVERY - Date.now()));
}
