// Draws a part of the form anew from a fresh page, with what is being typed and the focus left in place.
import { initial, names, read, write } from './fields.js';
import { freshPage, takeIcons } from './page.js';

function remembered(part) {
  const here = document.activeElement;
  if (!part.contains(here)) return () => {};
  const { id, name, value, selectionStart, selectionEnd } = here;
  return () => {
    const again = (id && document.getElementById(id))
      || [...part.querySelectorAll('input, textarea, select, button')].find((each) => each.name === name && each.value === value)
      || part.querySelector('input:not([type=hidden]), textarea');
    if (!again) return;
    again.focus();
    if (typeof selectionStart === 'number' && again.setSelectionRange) again.setSelectionRange(selectionStart, selectionEnd);
  };
}

export async function exchange(form, selector, [base, canon]) {
  const fresh = await freshPage();
  const found = fresh && fresh.querySelector(selector);
  const part = form.querySelector(selector);
  if (!found || !part) return;
  const typed = names(part).map((name) => [name, read(form, name)]).filter(([name, mine]) => mine !== (base.get(name) || ''));
  const lead = remembered(part);
  takeIcons(fresh);
  part.replaceChildren(...[...found.childNodes].map((node) => document.importNode(node, true)));
  for (const name of names(part)) for (const each of [base, canon]) each.set(name, initial(form, name));
  for (const [name, mine] of typed) write(form, name, mine);
  lead();
}
