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
    told.textContent = `${number([...field.value].length)} / ${number(field.dataset.longest)}`;
  }
  form.addEventListener('input', (event) => { if (event.target.dataset.longest) show(event.target); });
  form.addEventListener('focusin', (event) => { if (event.target.dataset.longest) show(event.target); });
}
