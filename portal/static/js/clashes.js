// Two who write at once: what only one of them changed is taken over, what both changed is asked about.
// Until that is answered the field is held back; nothing that was typed is lost.
import { initial, names, place, read, worded, write } from './fields.js';

export class Clashes {
  constructor(form, settled) {
    this.form = form;
    this.settled = settled;
    this.held = new Map();
  }

  // Bring the form together with another state of it. `kept` is the state both began from, as the
  // server has it, and `base` the same as it was typed here.
  merge(base, kept, theirs) {
    for (const [name, other] of theirs) {
      const before = base.get(name);
      if (before === undefined || other === kept.get(name)) continue;
      const mine = read(this.form, name);
      base.set(name, other);
      kept.set(name, other);
      if (mine === before) write(this.form, name, other);
      if (mine === before || mine === other) this.clear(name);
      else this.mark(name, other);
    }
  }

  mark(name, other) {
    this.clear(name);
    const words = this.form.dataset;
    const told = document.createElement('div');
    told.className = 'message stop clash';
    const theirs = Object.assign(document.createElement('bdi'), { textContent: worded(this.form, name, other) || words.wordsNothing });
    const spoken = other && this.form.querySelector(`[name="${CSS.escape(name)}"][lang]`);
    if (spoken) theirs.lang = spoken.lang;
    const bar = Object.assign(document.createElement('div'), { className: 'bar' });
    for (const [text, act] of [[words.wordsMine, () => {}], [words.wordsTake, () => write(this.form, name, other)]]) {
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'btn', textContent: text });
      button.addEventListener('click', () => {
        act();
        this.clear(name);
        const field = this.form.querySelector(`[name="${CSS.escape(name)}"]`);
        if (field) field.focus();
        this.settled();
      });
      bar.append(button);
    }
    told.append(words.wordsTheirs, theirs, bar);
    const there = place(this.form, name);
    (there || this.form).append(told);
    this.held.set(name, told);
  }

  clear(name) {
    const told = this.held.get(name);
    if (told) told.remove();
    this.held.delete(name);
  }

  // Put the marks back where a part of the form was drawn anew.
  replace() {
    for (const [name, told] of this.held) if (!told.isConnected && place(this.form, name)) place(this.form, name).append(told);
  }

  lead() {
    const [told] = this.held.values();
    if (told) told.querySelector('button').focus();
  }
}

export function state(form) {
  return new Map(names(form).map((name) => [name, initial(form, name)]));
}
