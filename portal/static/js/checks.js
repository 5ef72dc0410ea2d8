// Under a text that a machine had written: that it is to be checked, or who has checked it. When the draft
// is kept this is brought up to date in its place; nothing that is being typed is drawn anew.
function places(form) {
  return [...form.querySelectorAll('[data-origin]')].map((place) => [place.closest('[data-field]').dataset.field, place]);
}

function box(form, name) {
  return form.querySelector(`[name=checked][value="${CSS.escape(name)}"]`);
}

// Return what a form says of its texts, in the shape in which the server tells it.
export function checksOf(form) {
  const told = { checked: {}, drafted: [] };
  for (const [name, place] of places(form)) {
    const mark = place.querySelector('[data-checked]');
    if (mark) told.checked[name] = mark.textContent;
    else if (box(form, name)) told.drafted.push(name);
  }
  return told;
}

export function showChecks(form, { checked, drafted }) {
  for (const [name, place] of places(form)) {
    const words = checked[name] || '';
    if (drafted.includes(name) || place.textContent === words) continue;
    const here = place.contains(document.activeElement);
    place.replaceChildren();
    if (!words) continue;
    const mark = document.importNode(form.querySelector('template[data-mark-of]').content, true).firstElementChild;
    mark.querySelector('span').textContent = words;
    place.append(mark);
    // Who has pressed the box goes on from here, and hears what became of it.
    if (here) mark.focus();
  }
  for (const head of form.querySelectorAll('[data-drafted]')) {
    if (!form.querySelector(`[name=checked][value$=".${CSS.escape(head.dataset.drafted)}"]`)) head.remove();
  }
}

// Return of the ticks that were sent those whose box still stands.
export function stillTicked(form, sent) {
  return sent.split('\n').filter((name) => name && box(form, name)).join('\n');
}
