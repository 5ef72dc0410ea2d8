// What the page says of itself while one writes: kept, away, closed, and the faults of fields.
import { place } from './fields.js';
import { ago, filled } from './wording.js';

const EVERY = 15000;
const LOOKS = { away: 'hold', clash: 'stop', closed: 'stop', restored: 'calm', saved: 'calm' };
const HOUR = 3600000;

// The icon of what cannot be taken, as the row of a file has it.
function cross() {
  return document.querySelector('template[data-row]').content.querySelector('[data-mark=refused] svg').cloneNode(true);
}

export class Tidings {
  constructor(form) {
    this.form = form;
    this.there = form.querySelector('[data-tidings]');
    this.time = document.querySelector('[data-kept]');
    this.at = Date.parse(this.time.dataset.kept);
    this.kind = '';
    this.tick();
    setInterval(() => this.tick(), EVERY);
  }

  tick() {
    if (Date.now() - this.at < HOUR) this.time.textContent = filled(this.form.dataset.wordsKept, { time: ago(this.at) });
  }

  kept() {
    this.at = Date.now();
    this.tick();
    this.clear('away', 'closed');
  }

  tell(kind, text = this.form.dataset[`words${kind[0].toUpperCase()}${kind.slice(1)}`]) {
    if (this.kind === kind && this.there.textContent === text) return;
    this.kind = kind;
    this.there.replaceChildren(Object.assign(document.createElement('p'), { className: `message ${LOOKS[kind]}`, textContent: text }));
  }

  // Take away what is over.
  clear(...kinds) {
    if (!kinds.includes(this.kind)) return;
    this.kind = '';
    this.there.replaceChildren();
  }

  clearFault(name) {
    const part = place(this.form, name);
    if (!part) return;
    for (const each of part.querySelectorAll('.fault')) each.remove();
    for (const each of part.querySelectorAll('[aria-invalid]')) {
      each.removeAttribute('aria-invalid');
      each.removeAttribute('aria-describedby');
    }
  }

  fault(name, message) {
    const part = place(this.form, name);
    if (!part) return;
    const id = `fault-${name.replace(/\./g, '-')}`;
    const told = Object.assign(document.createElement('div'), { className: 'fault', id });
    told.append(cross(), Object.assign(document.createElement('span'), { textContent: message }));
    part.append(told);
    const field = part.querySelector('input, textarea, select');
    field.setAttribute('aria-invalid', 'true');
    field.setAttribute('aria-describedby', id);
  }

  lead() {
    const field = this.form.querySelector('[aria-invalid=true]');
    if (field) field.focus();
    else this.there.scrollIntoView({ block: 'nearest' });
  }
}
