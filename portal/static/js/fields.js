// The fields of a form as values by name: what stands in them, and what the page itself put there.
const OUTSIDE = ['csrf_token', 'revision', 'then', 'other', 'beside'];

function all(form, name) {
  return [...form.elements].filter((each) => each.name === name);
}

function ticked(each) {
  return each.type === 'radio' || each.type === 'checkbox';
}

export function names(part) {
  const found = part.elements ? [...part.elements] : [...part.querySelectorAll('input, textarea, select')];
  return [...new Set(found.map((each) => each.name))].filter((name) => name && !OUTSIDE.includes(name));
}

// Return the values of a field as they would be sent: none, one, or those that are ticked.
export function values(form, name) {
  return all(form, name).filter((each) => !ticked(each) || each.checked).map((each) => each.value);
}

export function read(form, name) {
  return values(form, name).join('\n');
}

// Return what the page came with, whatever the browser has put back since.
export function initial(form, name) {
  return all(form, name).flatMap((each) => {
    if (ticked(each)) return each.defaultChecked ? [each.value] : [];
    if (each.options && 'unset' in each.dataset) return [];
    if (each.options) return [([...each.options].find((option) => option.defaultSelected) || each.options[0]).value];
    return [each.defaultValue];
  }).join('\n');
}

export function write(form, name, value) {
  const chosen = value ? value.split('\n') : [];
  const fields = all(form, name);
  for (const each of fields) {
    if (ticked(each)) each.checked = chosen.includes(each.value);
    else each.value = value;
  }
  if (!fields.length) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
}

// Return a value in the words of the page: of a choice its label.
export function worded(form, name, value) {
  const fields = all(form, name);
  if (!fields.length) return value;
  if (fields[0].options) return ([...fields[0].options].find((option) => option.value === value) || { text: value }).text;
  if (!ticked(fields[0])) return value;
  return fields.filter((each) => value.split('\n').includes(each.value)).map((each) => each.closest('label').textContent.trim()).join(', ');
}

// Return the part of the page that belongs to a field.
export function place(form, name) {
  const whole = { ages_from: 'ages', ages_to: 'ages' }[name] || name;
  return form.querySelector(`[data-field="${CSS.escape(whole)}"]`);
}
