// The page as the server would show it now, for scripts that bring a part of it up to date.
const list = document.querySelector('[data-files]');
const listeners = new Set();

function address() {
  const beside = document.querySelector('#words [name=beside]');
  const query = beside && beside.value ? `?beside=${encodeURIComponent(beside.value)}` : '';
  return list.dataset.page + query;
}

// Who wants to know of each fresh page: words may have been changed elsewhere.
export function whenFresh(listener) {
  listeners.add(listener);
}

// Return the page as a document, or null where there is none for us any more.
export async function freshPage() {
  const answer = await fetch(address(), { credentials: 'same-origin' });
  if (!answer.ok || answer.redirected) return null;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const token = fresh.querySelector('meta[name=csrf-token]').content;
  document.querySelector('meta[name=csrf-token]').content = token;
  for (const field of document.querySelectorAll('input[name=csrf_token]')) field.value = token;
  for (const listener of listeners) listener(fresh);
  return fresh;
}

// Take over the icons that a part of a fresh page needs and this one has not drawn.
export function takeIcons(fresh) {
  const sprite = document.querySelector('svg[data-sprite]');
  const fuller = fresh.querySelector('svg[data-sprite]');
  for (const symbol of fuller ? fuller.querySelectorAll('symbol') : []) {
    if (!document.getElementById(symbol.id)) sprite.append(document.importNode(symbol, true));
  }
}

// Say how far the gift is: the beads of its steps, and what is still to be done.
export function showProgress(said, step) {
  const missing = document.querySelector('[data-missing]');
  if (missing && missing.textContent !== said) missing.textContent = said;
  [...document.querySelectorAll('[data-steps] > li')].forEach((item, place) => {
    item.classList.toggle('done', place + 1 < step);
    if (place + 1 === step) item.setAttribute('aria-current', 'step');
    else item.removeAttribute('aria-current');
  });
  const last = document.querySelector('button[value=hand_over]');
  if (last) last.classList.toggle('solid', step === 3);
}

export function takeProgress(fresh) {
  const missing = fresh.querySelector('[data-missing]');
  const steps = [...fresh.querySelectorAll('[data-steps] > li')];
  if (missing) showProgress(missing.textContent, steps.findIndex((item) => item.hasAttribute('aria-current')) + 1);
}
