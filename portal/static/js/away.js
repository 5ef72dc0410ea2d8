// Says when the line is away, and keeps a form from being sent into nothing: what was typed would be lost.
const told = document.querySelector('[data-away]');

function show() {
  if (told) told.hidden = navigator.onLine;
}

if (told) {
  addEventListener('online', show);
  addEventListener('offline', show);
  addEventListener('submit', (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    show();
    told.tabIndex = -1;
    told.focus();
  }, { capture: true });
  show();
}
