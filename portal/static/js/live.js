// Keeps the list of files true while the machine looks inside, row by row: a row that somebody is in
// is left alone, and what is typed elsewhere is not touched.
import { say } from './announce.js';
import { freshPage, takeIcons, takeProgress } from './page.js';

const list = document.querySelector('[data-files]');
const SHORTEST = 4000;
const LONGEST = 30000;
const SHARE_OF_THE_LINE = 8;
let pause = SHORTEST;

function busy(row) {
  return row.contains(document.activeElement) || row.querySelector('details[open]');
}

function told(row) {
  return [...row.querySelectorAll('b bdi, .verdict')].map((each) => each.textContent.trim()).join(': ');
}

function take(fresh, found) {
  takeIcons(fresh);
  enable(found);
  const before = new Map([...list.children].map((row) => [row.id, row]));
  const news = [];
  const rows = [...found.children].map((node) => {
    const old = before.get(node.id);
    if (old && (old.isEqualNode(node) || busy(old))) return old;
    const row = document.importNode(node, true);
    if (old && old.matches('[data-working]') && !row.matches('[data-working]')) news.push(told(row));
    return row;
  });
  const held = list.contains(document.activeElement);
  // Moving a row takes the focus from it, so only what differs is touched.
  if (rows.length !== list.children.length || rows.some((row, place) => row !== list.children[place])) {
    for (const row of [...list.children]) if (!rows.includes(row)) row.remove();
    rows.forEach((row, place) => { if (list.children[place] !== row) list.insertBefore(row, list.children[place] || null); });
  }
  if (held && !list.contains(document.activeElement)) list.focus();
  if (news.length) say(news.join('. '));
}

// What only scripts can do is hidden without them.
export function enable(part) {
  for (const each of part.querySelectorAll('[data-scripted]')) each.hidden = false;
}

export async function refresh() {
  const began = Date.now();
  const fresh = await freshPage();
  const found = fresh && fresh.querySelector('[data-files]');
  if (!found) return false;
  // On a thin line the page is asked for less often: the files themselves need the line.
  pause = Math.min(LONGEST, Math.max(SHORTEST, (Date.now() - began) * SHARE_OF_THE_LINE));
  take(fresh, found);
  takeProgress(fresh);
  return true;
}

async function look() {
  if (list.querySelector('[data-working]') && document.visibilityState === 'visible') await refresh().catch(() => {});
  setTimeout(look, pause);
}

async function press(form) {
  const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), credentials: 'same-origin' });
  if (!answer.ok) throw new Error('refused');
  for (const open of list.querySelectorAll('details[open]')) open.open = false;
  list.focus();
  if (!(await refresh())) throw new Error('gone');
}

if (list) {
  enable(list);
  // Removing a file and trying again leave the page, and what is typed, where they are.
  list.addEventListener('submit', (event) => {
    event.preventDefault();
    press(event.target).catch(() => event.target.submit());
  });
  setTimeout(look, pause);
}
