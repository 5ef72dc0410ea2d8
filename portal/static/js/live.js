// Keeps the list of files true while the machine looks inside, without touching what is being typed.
const list = document.querySelector('[data-files]');
const live = document.querySelector('[data-live]');
const EVERY = 4000;
const SPEAK_EVERY = 10000;
let spoken = 0;
let waiting = 0;

// Says something to those who listen to the page, at most every ten seconds; the last word wins.
export function say(text) {
  clearTimeout(waiting);
  const wait = spoken + SPEAK_EVERY - Date.now();
  const speak = () => {
    spoken = Date.now();
    if (live) live.textContent = text;
  };
  if (wait > 0) waiting = setTimeout(speak, wait);
  else speak();
}

// What stands in the fields by the page itself, as one text: has somebody else changed it?
function kept(form) {
  return [...form.elements].filter((each) => each.name && !['revision', 'csrf_token'].includes(each.name))
    .map((each) => `${each.name}=${each.type === 'checkbox' || each.type === 'radio' ? each.defaultChecked : each.defaultValue || ''}`).join('\n');
}

// A file that came or went raises the revision of the draft: take the new one, or saving would clash
// with ourselves; but not when the words have changed elsewhere, for that clash is real.
function takeRevision(fresh) {
  const here = document.getElementById('words');
  const there = fresh.getElementById('words');
  if (here && there && kept(here) === kept(there)) here.elements.revision.value = there.elements.revision.value;
}

export async function refresh() {
  const answer = await fetch(list.dataset.page, { credentials: 'same-origin' });
  if (!answer.ok || answer.redirected) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const found = fresh.querySelector('[data-files]');
  if (!found) return false;
  const held = list.contains(document.activeElement);
  const before = list.querySelectorAll('[data-working]').length;
  const sprite = document.querySelector('svg[data-sprite]');
  const fuller = fresh.querySelector('svg[data-sprite]');
  for (const symbol of fuller ? fuller.querySelectorAll('symbol') : []) {
    if (!document.getElementById(symbol.id)) sprite.append(document.importNode(symbol, true));
  }
  list.replaceChildren(...[...found.childNodes].map((node) => document.importNode(node, true)));
  if (held) list.focus();
  const missing = document.querySelector('[data-missing]');
  const fewer = fresh.querySelector('[data-missing]');
  if (missing && fewer) missing.textContent = fewer.textContent;
  takeRevision(fresh);
  if (list.querySelectorAll('[data-working]').length < before) {
    say([...list.querySelectorAll('li')].map((item) => [item.querySelector('b'), item.querySelector('.verdict')]
      .filter(Boolean).map((each) => each.textContent).join(': ')).join('. '));
  }
  return true;
}

async function look() {
  if (list.querySelector('[data-working]') && document.visibilityState === 'visible' && !list.contains(document.activeElement)) {
    await refresh().catch(() => {});
  }
  setTimeout(look, EVERY);
}

if (list) {
  // Removing a file and trying again leave the page, and what is typed, where they are.
  list.addEventListener('submit', async (event) => {
    event.preventDefault();
    const form = event.target;
    try {
      const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), credentials: 'same-origin' });
      if (!answer.ok || !(await refresh())) form.submit();
    } catch {
      form.submit();
    }
  });
  setTimeout(look, EVERY);
}
