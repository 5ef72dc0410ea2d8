// The row of one file on its way: how far, how fast, what is safe, and what can be done.
import { say } from './announce.js';
import { clock, filled, share, size, speed, timeLeft } from './wording.js';

export const list = document.querySelector('[data-sending]');
const words = list ? list.dataset : {};
const blank = document.querySelector('template[data-row]');
const ICONS = [
  [/\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|wmv|mxf|m?ts|m2ts|3gp)$/i, 'film'],
  [/\.(mp3|wav|og[ga]|opus|m4a|flac|aac)$/i, 'audio'],
  [/\.(srt|vtt|ass|ssa|sub|ttml)$/i, 'sub'],
  [/\.(stl|obj|3mf|glb|gltf|ply|step|stp)$/i, 'exhibit'],
  [/\.(png|jpe?g|webp|gif|tiff?|heic|bmp|svg|dwg|dxf)$/i, 'draw'],
];

// As portal/icons.py has it: a name breaks after _ and -, and before a dot, not within a number.
function breakable(name) {
  const parts = name.replace(/[_-](?=[^_-])|[^.](?=\.\D)|[^\d.](?=\.\d)/g, '$&\0').split('\0');
  return parts.flatMap((part, at) => (at ? [document.createElement('wbr'), part] : [part]));
}

// Isolated: Arabic writes a percentage so that it would turn the number after it to its other side.
function apart(text) {
  return `\u2068${text}\u2069`;
}

export class Row {
  constructor(file, act) {
    const fresh = document.importNode(blank.content, true).firstElementChild;
    this.file = file;
    this.item = fresh;
    this.find = (name) => fresh.querySelector(`[data-${name}]`);
    this.find('name').replaceChildren(...breakable(file.name));
    this.bar = fresh.querySelector('progress');
    this.bar.max = file.size || 1;
    this.bar.setAttribute('aria-label', file.name);
    const known = ICONS.find(([ending]) => ending.test(file.name));
    fresh.querySelector(`[data-icon=${known ? known[1] : 'lesson_plan'}]`).hidden = false;
    for (const name of ['pause', 'go-on', 'forget']) {
      const button = this.find(name);
      button.append(Object.assign(document.createElement('span'), { className: 'visually-hidden', textContent: ` ${file.name}` }));
      button.addEventListener('click', () => act(name));
    }
    this.show('', words.wordsWaits, { buttons: ['pause'] });
  }

  // Stand in the place of `before`, a row of the page, or at the end.
  stand(before) {
    if (before) before.replaceWith(this.item);
    else list.append(this.item);
  }

  show(kind, text, { more = '', buttons = [], spoken = '' } = {}) {
    const had = this.item.contains(document.activeElement) ? document.activeElement : null;
    this.item.className = kind;
    this.find('state').className = `verdict ${{ paused: 'hold', refused: 'refuse' }[kind] || 'plain'}`;
    for (const each of this.item.querySelectorAll('[data-mark]')) each.hidden = each.dataset.mark !== kind;
    this.find('words-of').textContent = text;
    this.find('more').textContent = more;
    this.find('more').hidden = !more;
    for (const name of ['pause', 'go-on', 'forget']) this.find(name).hidden = !buttons.includes(name);
    if (had && had.hidden) (buttons.length ? this.find(buttons[0]) : list).focus();
    if (spoken) say(`${this.file.name}: ${spoken}`);
  }

  facts(done, pattern) {
    this.bar.value = done;
    this.find('facts').textContent = filled(pattern, { done: size(done), size: size(this.file.size) });
  }

  begins(done) {
    this.facts(done, words.wordsOf);
    this.show('', words.wordsBegins, { buttons: ['pause'] });
  }

  sending(done, rate) {
    this.facts(done, words.wordsOf);
    if (!rate) return;
    const told = { share: apart(share(done, this.file.size)), speed: apart(speed(rate)), time: apart(timeLeft((this.file.size - done) / rate)) };
    this.show('', filled(words.wordsSending, told), { buttons: ['pause'] });
    say(`${this.file.name}: ${this.find('words-of').textContent}`, { progress: true });
  }

  paused(safe) {
    this.facts(safe, words.wordsSafe);
    this.show('paused', words.wordsPaused, { more: words.wordsGoesOn, buttons: ['go-on', 'forget'], spoken: words.wordsPaused });
  }

  lost(safe, because) {
    this.facts(safe, words.wordsSafe);
    const text = because || filled(words.wordsLost, { time: clock() });
    const more = filled(words.wordsComesBack, { share: apart(share(safe, this.file.size)) });
    this.show('paused', text, { more, buttons: ['go-on', 'forget'], spoken: text });
  }

  arrived() {
    this.facts(this.file.size, words.wordsOf);
    this.show('done', words.wordsDone, { spoken: words.wordsDone });
  }

  refused(because) {
    this.show('refused', words.wordsRefused, { more: because || words.wordsUnreadable, buttons: ['forget'], spoken: `${words.wordsRefused}. ${because || words.wordsUnreadable}` });
  }

  gone() {
    if (this.item.contains(document.activeElement)) list.focus();
    this.item.remove();
  }
}
