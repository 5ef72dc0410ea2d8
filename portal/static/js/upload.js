// Sends files by tus 1.0: one after the other, in parts, going on where it stopped after a lost line,
// a pause, a reload or a closed page. What was sent is known again by name, size and date of the file.
import { refresh, say } from './live.js';

const form = document.querySelector('form[data-upload]');
const list = document.querySelector('[data-sending]');
const words = list ? list.dataset : {};
const token = document.querySelector('meta[name=csrf-token]').content;
const tag = document.documentElement.lang;
const PART = 8 * 1024 * 1024;
const STALLED = 60000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60000;
const queue = [];
let busy = false;

function filled(text, facts) {
  return Object.entries(facts).reduce((told, [name, value]) => told.replace(`{${name}}`, value), text);
}
function timeLeft(seconds) {
  const [value, unit] = seconds < 90 ? [seconds, 'second'] : seconds < 5400 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour'];
  return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'short' }).format(Math.max(1, Math.round(value)));
}
function encoded(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
function keyOf(file) {
  return `caravan-upload:${form.dataset.resource}:${file.name}:${file.size}:${file.lastModified}`;
}
const memory = {
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* a full or closed store: no resuming after a reload */ } },
  drop: (key) => { try { localStorage.removeItem(key); } catch { /* the same */ } },
};

// One request by XMLHttpRequest, which tells how far it is; rejects when the line is lost or silent.
function request(method, address, headers, body, job) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    let watch = 0;
    const alive = () => { clearTimeout(watch); watch = setTimeout(() => call.abort(), STALLED); };
    const lost = () => { clearTimeout(watch); reject(new Error('line')); };
    call.open(method, address);
    for (const [name, value] of Object.entries({ 'Tus-Resumable': '1.0.0', 'X-CSRFToken': token, 'Accept-Language': tag, ...headers })) call.setRequestHeader(name, value);
    call.upload.addEventListener('progress', (event) => { alive(); if (job.progress) job.progress(event.loaded); });
    call.addEventListener('load', () => { clearTimeout(watch); resolve(call); });
    for (const name of ['error', 'abort']) call.addEventListener(name, lost);
    job.abort = () => call.abort();
    alive();
    call.send(body || null);
  });
}
function refusal(call) {
  let told = {};
  try { told = JSON.parse(call.responseText); } catch { /* no words came with it */ }
  const error = new Error(told.detail || String(call.status));
  error.final = call.status >= 400 && call.status < 500 && ![408, 409, 423, 429].includes(call.status);
  error.wait = 1000 * Number(call.getResponseHeader('Retry-After') || 0);
  return error;
}
const fine = (call) => call.status >= 200 && call.status < 300;

function row(job) {
  const item = document.createElement('li');
  const slot = document.createElement('div');
  slot.className = 'slot';
  const told = document.createElement('div');
  const name = document.createElement('b');
  name.className = 'strong';
  name.append(Object.assign(document.createElement('bdi'), { textContent: job.file.name }));
  const bar = document.createElement('progress');
  bar.max = job.file.size || 1;
  bar.value = 0;
  bar.setAttribute('aria-label', job.file.name);
  const state = Object.assign(document.createElement('div'), { className: 'small', textContent: words.wordsWaits });
  state.dataset.state = '';
  told.append(name, bar, state);
  const actions = Object.assign(document.createElement('div'), { className: 'bar' });
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'btn', textContent: words.wordsPause });
  button.addEventListener('click', () => (job.paused || job.sleeping ? goOn(job) : pause(job)));
  actions.append(button);
  item.append(slot, told, actions);
  list.append(item);
  list.hidden = false;
  Object.assign(job, { item, bar, state, button });
}
function show(job, kind, text) {
  job.item.className = kind;
  job.state.textContent = text;
  job.button.textContent = kind === 'paused' ? words.wordsGoOn : words.wordsPause;
  job.button.hidden = kind === 'refused' || kind === 'done';
  say(`${job.file.name}: ${text}`);
}
function pause(job) {
  job.paused = true;
  show(job, 'paused', words.wordsPaused);
  if (job.abort) job.abort();
}
function goOn(job) {
  job.paused = false;
  if (job.wake) job.wake();
}

// Where the file stands: an upload begun before and still known, or a new one.
async function place(job) {
  const key = keyOf(job.file);
  const before = memory.get(key);
  if (before) {
    const call = await request('HEAD', before, {}, null, job);
    if (fine(call)) return { address: before, offset: Number(call.getResponseHeader('Upload-Offset')) };
    if (call.status >= 500 || call.status === 429) throw refusal(call);
    memory.drop(key);
  }
  const metadata = Object.entries({ filename: job.file.name, resource: form.dataset.resource, ...job.fields })
    .filter(([, value]) => value).map(([name, value]) => `${name} ${encoded(value)}`).join(',');
  const call = await request('POST', form.dataset.upload, { 'Upload-Length': String(job.file.size), 'Upload-Metadata': metadata }, null, job);
  if (!fine(call)) throw refusal(call);
  const address = call.getResponseHeader('Location');
  memory.set(key, address);
  return { address, offset: 0 };
}
async function sendOn(job) {
  let { address, offset } = await place(job);
  const began = Date.now();
  const first = offset;
  const tell = (done) => {
    job.bar.value = done;
    const rate = (done - first) / Math.max(1, Date.now() - began);
    if (rate > 0) {
      const share = new Intl.NumberFormat(tag, { style: 'percent' }).format(done / job.file.size);
      show(job, '', filled(words.wordsSending, { share, time: timeLeft((job.file.size - done) / rate / 1000) }));
    }
  };
  tell(offset);
  while (offset < job.file.size) {
    const start = offset;
    job.progress = (sent) => tell(Math.min(start + sent, job.file.size));
    const call = await request('PATCH', address, { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' }, job.file.slice(offset, offset + PART), job);
    job.progress = null;
    if (!fine(call)) throw refusal(call);
    offset = Number(call.getResponseHeader('Upload-Offset'));
    job.wait = FIRST_PAUSE;
    tell(offset);
  }
}
// Waits for the line, for the button, or for the time to be up; a paused file for the button alone.
function rest(job, wait) {
  return new Promise((go) => {
    job.sleeping = true;
    const timer = job.paused ? 0 : setTimeout(() => job.wake(), wait);
    job.wake = () => {
      if (job.paused) return;
      clearTimeout(timer);
      removeEventListener('online', job.wake);
      job.sleeping = false;
      go();
    };
    addEventListener('online', job.wake);
  });
}
async function send(job) {
  for (;;) {
    try {
      await sendOn(job);
      memory.drop(keyOf(job.file));
      job.bar.value = job.bar.max;
      show(job, 'done', words.wordsDone);
      return true;
    } catch (error) {
      if (error.final) {
        memory.drop(keyOf(job.file));
        show(job, 'refused', `${words.wordsFailed} ${error.message}`);
        return false;
      }
      if (!job.paused) show(job, 'paused', words.wordsLost);
      await rest(job, Math.max(job.wait, error.wait || 0));
      job.wait = Math.min(job.wait * 2, LONGEST_PAUSE);
    }
  }
}
async function work() {
  if (busy) return;
  busy = true;
  for (let job = queue.shift(); job; job = queue.shift()) {
    if (job.paused) await rest(job, 0);
    if (await send(job)) {
      if (await refresh().catch(() => false)) job.item.remove();
      list.hidden = !list.children.length;
    }
  }
  busy = false;
}
function take(files) {
  const fields = { role: form.elements.role.value, language: form.elements.language.value };
  for (const file of files) {
    const job = { file, fields, wait: FIRST_PAUSE, paused: false };
    row(job);
    queue.push(job);
  }
  work();
}

if (form) {
  const input = form.elements.file;
  input.multiple = true;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!input.files.length) input.click();
    take([...input.files]);
    input.value = '';
  });
  form.addEventListener('dragover', (event) => { event.preventDefault(); form.classList.add('over'); });
  form.addEventListener('dragleave', () => form.classList.remove('over'));
  form.addEventListener('drop', (event) => { event.preventDefault(); form.classList.remove('over'); take([...event.dataTransfer.files]); });
}
