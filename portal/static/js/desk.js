// The desk by keyboard, and ticks that keep themselves. All of it works without this file too.
// In a list that can be walked (the queue, the frames, pages of a file) the arrows, j and k lead on
// while the focus is inside it, and nowhere else.
const STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
function step(event, list) {
  const turned = getComputedStyle(list).direction === 'rtl' ? -1 : 1;
  if (event.key === 'ArrowRight') return turned;
  if (event.key === 'ArrowLeft') return -turned;
  return STEPS[event.key] || 0;
}
for (const list of document.querySelectorAll('[data-walk]')) {
  list.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const links = [...list.querySelectorAll('a')];
    const here = links.indexOf(document.activeElement);
    const to = { Home: 0, End: links.length - 1 }[event.key] ?? (step(event, list) ? here + step(event, list) : here);
    if (to === here || !links[to]) return;
    event.preventDefault();
    links[to].focus();
  });
}
const current = document.querySelector('.queue .current');
if (current && current.offsetParent) current.scrollIntoView({ block: 'nearest' });

// The label of a new note says where it will stand.
const label = document.querySelector('[data-note-label]');
const place = document.querySelector('select[name=place]');
const number = document.querySelector('[data-note-number]');
if (label && place && number) {
  const plain = label.textContent;
  const tell = () => {
    const where = number.value.trim() || (place.value && place.selectedOptions[0].textContent);
    label.textContent = where ? label.dataset.noteLabel.replace('{place}', where) : plain;
  };
  place.addEventListener('change', tell);
  number.addEventListener('input', tell);
  tell();
}

// A tick is kept as soon as it is made.
const keep = document.querySelector('[data-keep-ticks]');
const told = document.querySelector('[data-kept]');
const form = document.getElementById('decision');
if (keep && told && form) {
  const unticked = document.querySelector('[data-unticked]');
  const boxes = [...document.querySelectorAll('input[name=points]')];
  keep.classList.add('visually-hidden');
  keep.tabIndex = -1;
  let last = Promise.resolve();
  const send = async () => {
    const body = new FormData();
    body.append('csrf_token', form.elements.csrf_token.value);
    for (const box of boxes) if (box.checked) body.append('points', box.value);
    const headers = { Accept: 'application/json' };
    try {
      const answer = await fetch(keep.formAction, { method: 'POST', headers, body: new URLSearchParams(body) });
      if (!answer.ok) throw new Error(answer.status);
      if (unticked) unticked.textContent = (await answer.json()).open;
      told.textContent = told.dataset.kept;
    } catch {
      told.textContent = told.dataset.notKept;
      keep.classList.remove('visually-hidden');
    }
  };
  for (const box of boxes) box.addEventListener('change', () => { last = last.then(send); });
}
