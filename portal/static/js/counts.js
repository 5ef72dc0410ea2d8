// How much of a text's room is used, below the field; the words themselves say nothing of it.
import { number } from './wording.js';

export function showCounts(form) {
  function show(field) {
    let told = field.parentElement.querySelector('[data-count]');
    if (!told) {
      told = Object.assign(document.createElement('div'), { className: 'hint', ariaHidden: 'true' });
      told.dataset.count = '';
      field.after(told);
    }
    // Isolated from left to right, also on a page that runs the other way: the count, then its limit.
    told.textContent = `\u2066${number([...field.value].length)} / ${number(field.dataset.longest)}\u2069`;
  }
  form.addEventListener('input', (event) => { if (event.target.dataset.longest) show(event.target); });
  form.addEventListener('focusin', (event) => { if (event.target.dataset.longest) show(event.target); });
}
