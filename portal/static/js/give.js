// The page of a gift: files come in by dragging, by choosing and by folders; words keep themselves.
import { say } from './announce.js';
import { showCounts } from './counts.js';
import { draft } from './draft.js';
import { MOST, chosen, dropped, hasFiles } from './dropped.js';
import { enable, refresh } from './live.js';
import { suggestSubjects } from './subjects.js';
import { send, underWay } from './sending.js';
import { filled, number } from './wording.js';

const zone = document.querySelector('form[data-upload]');
const input = zone.elements.file;
const cut = document.querySelector('[data-cut]');
let replacing = null;

function fields(given = {}) {
  return { resource: zone.dataset.resource, role: zone.elements.role.value, language: zone.elements.language.value, ...given };
}

// A file that arrived takes its place in the list; what it replaces is taken out then, not before.
async function arrived(remove) {
  if (remove) {
    const token = document.querySelector('meta[name=csrf-token]').content;
    await fetch(remove, { method: 'POST', headers: { 'X-CSRFToken': token }, credentials: 'same-origin' }).catch(() => {});
  }
  return refresh().catch(() => false);
}

// Names are data of any script: isolated, so that they do not turn the sentence around them.
function tellLeft(left) {
  cut.hidden = !left;
  if (!left) return;
  const [last, next] = [left.last, left.next].map((name) => `\u2068${name}\u2069`);
  const others = `${number(left.count)}${left.more ? '+' : ''}`;
  cut.textContent = filled(cut.dataset.cut, { most: number(MOST), number: others, last, next });
  say(cut.textContent);
}

function take({ files, left }, { given, remove } = {}) {
  if (!files.length) return;
  tellLeft(left);
  send(files, zone.dataset.upload, fields(given), () => arrived(remove));
}

function ask({ folder = false, instead = null } = {}) {
  replacing = instead;
  input.multiple = !instead;
  input.webkitdirectory = folder;
  input.click();
}

input.multiple = true;
input.hidden = true;
enable(zone);
const button = zone.querySelector('[data-choose]');
button.querySelector('span').textContent = button.dataset.choose;
zone.querySelector('[data-choose-folder]').addEventListener('click', () => ask({ folder: true }));
document.querySelector('[data-files]').addEventListener('click', (event) => {
  const pressed = event.target.closest('[data-replace]');
  if (pressed) ask({ instead: { given: { role: pressed.dataset.replace, language: pressed.dataset.lang }, remove: pressed.dataset.remove } });
});
function takeChosen() {
  take(chosen(input.files), replacing || {});
  replacing = null;
  input.value = '';
}
input.addEventListener('change', takeChosen);
input.addEventListener('cancel', () => { replacing = null; });
zone.addEventListener('submit', (event) => {
  event.preventDefault();
  ask();
});

// Files may be let go anywhere on the page: a browser would open them, and leave what is typed.
addEventListener('dragover', (event) => {
  if (!hasFiles(event.dataTransfer)) return;
  event.preventDefault();
  zone.classList.add('over');
});
addEventListener('dragleave', (event) => { if (!event.relatedTarget) zone.classList.remove('over'); });
addEventListener('drop', async (event) => {
  if (!hasFiles(event.dataTransfer)) return;
  event.preventDefault();
  zone.classList.remove('over');
  take(await dropped(event.dataTransfer));
});

draft(underWay);
showCounts(document.getElementById('words'));
suggestSubjects();
// On a thin line somebody may have chosen before this script was here.
takeChosen();
