// A draft that keeps itself: what has changed is sent after a breath, with the revision it was changed
// from. While the line is away the browser holds a copy; where somebody else wrote, both are shown.
import { say } from './announce.js';
import { checksOf, showChecks, stillTicked } from './checks.js';
import { Clashes, state } from './clashes.js';
import { Copy } from './copies.js';
import { exchange } from './exchange.js';
import { initial, names, place, read, values, write } from './fields.js';
import { rest, whenBack } from './line.js';
import { freshPage, showProgress, takeProgress, whenFresh } from './page.js';
import { Tidings } from './tidings.js';
import { filled } from './wording.js';

const BREATH = 1500;
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60000;

class Keeper {
  constructor(form) {
    this.form = form;
    // What was kept last: as it was typed here, and as the server writes it (磁学 is Magnetism there).
    this.base = new Map(names(form).map((name) => [name, initial(form, name)]));
    this.canon = new Map(this.base);
    this.tidings = new Tidings(form);
    this.clashes = new Clashes(form, () => this.settle());
    this.copy = new Copy(form.dataset.keeper, document.querySelector('form[data-resource]').dataset.resource);
    this.refused = new Map();
    this.wait = FIRST_WAIT;
    this.running = null;
    whenFresh((fresh) => { if (!this.running || this.merging) this.meet(fresh); });
    whenBack(() => this.soon(0));
  }

  get revision() {
    return this.form.elements.revision.value;
  }

  different() {
    return names(this.form).filter((name) => read(this.form, name) !== (this.base.get(name) || ''));
  }

  changed() {
    return this.different().filter((name) => !this.clashes.held.has(name) && this.refused.get(name) !== read(this.form, name));
  }

  note() {
    this.copy.write(this.different().map((name) => [name, [this.base.get(name) || '', read(this.form, name)]]));
  }

  // Only what somebody typed is kept unasked: to look at a page changes nothing.
  soon(wait = BREATH) {
    clearTimeout(this.timer);
    if (!this.typed) return;
    this.timer = setTimeout(() => this.keep(), wait);
  }

  // Where the fields hold what was refused, the page itself does not say what is kept: ask.
  async learn() {
    const fresh = await freshPage();
    const there = fresh && fresh.getElementById('words');
    if (!there) return;
    const known = state(there);
    this.base = new Map(names(this.form).map((name) => [name, known.get(name) || '']));
    this.canon = new Map(this.base);
  }

  // Put back what was typed before and never arrived.
  restore() {
    let found = 0;
    for (const [name, [before, mine]] of this.copy.read()) {
      const now = this.base.get(name) || '';
      if (mine !== now) {
        found += 1;
        write(this.form, name, mine);
        if (before !== now) this.clashes.mark(name, now);
      }
    }
    if (!found) return;
    this.typed = true;
    this.tidings.tell(this.clashes.held.size ? 'clash' : 'restored');
    this.soon(0);
  }

  // Another state of the draft than ours, from a fresh page: newer ones are brought together with it.
  meet(fresh) {
    const there = fresh.getElementById('words');
    const number = (text) => Number(text.split('-')[1]);
    if (!there || number(there.elements.revision.value) <= number(this.revision)) return;
    this.clashes.merge(this.base, this.canon, state(there));
    showChecks(this.form, checksOf(there));
    this.form.elements.revision.value = there.elements.revision.value;
    takeProgress(fresh);
    if (this.clashes.held.size) this.tidings.tell('clash');
  }

  // Resolves to whether all that was typed is kept.
  keep() {
    clearTimeout(this.timer);
    if (!this.running) this.running = this.work().finally(() => { this.running = null; });
    return this.running;
  }

  async work() {
    for (let tries = 0; tries < 4; tries += 1) {
      if (!this.changed().length) break;
      const answer = await this.send().catch(() => null);
      if (!answer || answer.status >= 500 || answer.status === 429) return this.away();
      if (answer.status === 412 || answer.status === 400) await this.catchUp();
      else if (!answer.ok) return this.closed(await answer.json().catch(() => ({})));
    }
    this.note();
    return !this.different().length;
  }

  async send() {
    const sent = new Map(this.changed().map((name) => [name, read(this.form, name)]));
    const body = new URLSearchParams([...sent.keys()].map((name) => ['changed', name]));
    for (const name of sent.keys()) for (const value of values(this.form, name)) body.append(name, value);
    const answer = await fetch(this.form.dataset.keep, {
      method: 'POST', body, credentials: 'same-origin', headers: {
        'If-Match': `"${this.revision}"`, Accept: 'application/json', 'Accept-Language': document.documentElement.lang,
        'X-CSRFToken': this.form.elements.csrf_token.value,
      },
    });
    if (answer.ok) await this.took(sent, await answer.json());
    return answer;
  }

  // Somebody else was quicker, or the page's token is old: the fresh page knows.
  async catchUp() {
    this.merging = true;
    await freshPage().catch(() => null);
    this.merging = false;
  }

  async took(sent, told) {
    this.form.elements.revision.value = told.revision;
    this.wait = FIRST_WAIT;
    const faulty = new Set(told.faults.map(({ field }) => field));
    for (const [name, value] of sent) {
      const whole = { ages_from: 'ages', ages_to: 'ages' }[name] || name;
      if (faulty.has(whole)) this.refused.set(name, value);
      else {
        this.base.set(name, value);
        this.canon.set(name, told.values[name] ?? value);
        this.refused.delete(name);
      }
      this.tidings.clearFault(name);
    }
    for (const { field, message } of told.faults) this.tidings.fault(field, message);
    this.tidings.kept();
    showProgress(told.said, told.step);
    const heading = document.querySelector('h1');
    heading.lang = told.heading_lang;
    heading.firstChild.textContent = told.heading;
    const chosen = this.form.querySelector('[data-chosen]');
    if (chosen) chosen.textContent = told.subjects ? filled(this.form.dataset.wordsChosen, { names: told.subjects }) : '';
    showChecks(this.form, told);
    this.base.set('checked', stillTicked(this.form, sent.get('checked') || ''));
    if (sent.has('kind')) await this.redraw('[data-of-kind]');
    if (sent.has('language')) await this.redraw('[data-languages]');
  }

  async redraw(selector) {
    this.merging = true;
    await exchange(this.form, selector, [this.base, this.canon]).catch(() => {});
    this.merging = false;
    this.clashes.replace();
  }

  away() {
    this.note();
    this.tidings.tell('away');
    const pause = rest(this.wait);
    this.pause = pause;
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    // Typing on tries as well; only the last of those who wait goes on waiting.
    pause.slept.then(() => { if (this.pause === pause) this.keep(); });
    return false;
  }

  closed(told) {
    this.note();
    this.tidings.tell('closed', told.detail);
    return false;
  }

  async showBeside(tag) {
    await this.keep();
    this.form.elements.beside.value = tag;
    await this.redraw('[data-languages]');
    history.replaceState(null, '', `?beside=${encodeURIComponent(tag)}`);
    const title = document.getElementById(`title-${tag}`);
    if (title) title.focus();
  }

  settle() {
    this.typed = true;
    if (!this.clashes.held.size) this.tidings.clear('clash');
    this.note();
    this.soon(0);
  }

  lead() {
    if (this.clashes.held.size) this.clashes.lead();
    else this.tidings.lead();
  }
}

export function draft(underWay) {
  const form = document.getElementById('words');
  const keeper = new Keeper(form);
  const learned = 'unkept' in form.dataset ? keeper.learn().catch(() => {}) : Promise.resolve();
  let passing = false;
  form.addEventListener('input', () => { keeper.typed = true; keeper.note(); keeper.tidings.clear('saved', 'restored'); keeper.soon(); });
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') keeper.soon(0); });
  form.addEventListener('submit', async (event) => {
    if (passing) return;
    event.preventDefault();
    const button = event.submitter;
    if (button && button.name === 'other') {
      keeper.showBeside(button.value);
      return;
    }
    await learned;
    const kept = await keeper.keep();
    const file = underWay();
    if (!kept) keeper.lead();
    else if (!button || button.value !== 'hand_over') keeper.tidings.tell('saved');
    else if (file) {
      const words = filled(document.querySelector('[data-sending]').dataset.wordsStopped, { name: file });
      document.querySelector('[data-missing]').textContent = words;
      say(words);
    } else {
      passing = true;
      // Not within this event: where nothing had to be sent it is still going on, and a form asked to be
      // submitted while it is being submitted does nothing.
      setTimeout(() => form.requestSubmit(button));
    }
  });
  learned.then(() => keeper.restore());
}
