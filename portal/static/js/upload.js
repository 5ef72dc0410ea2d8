// Sends files by tus 1.0: in parts, resumed after a lost line, a reload or a closed page.
const form = document.querySelector('form[data-upload]');
const list = document.querySelector('[data-files]');
const live = document.querySelector('[data-live]');
const token = document.querySelector('meta[name=csrf-token]').content;
const PART = 8 * 1024 * 1024;
const words = list ? list.dataset : {};
let said = 0;

function say(text) {
  if (Date.now() - said > 10000) { live.textContent = text; said = Date.now(); }
}
function encoded(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
function keyOf(file) {
  return `caravan-upload:${form.dataset.resource}:${file.name}:${file.size}:${file.lastModified}`;
}
function request(method, address, headers, body) {
  return fetch(address, { method, body, credentials: 'same-origin', headers: { 'Tus-Resumable': '1.0.0', 'X-CSRFToken': token, ...headers } });
}
function row(file) {
  const item = document.createElement('li');
  const slot = document.createElement('div');
  slot.className = 'slot';
  const told = document.createElement('div');
  const name = document.createElement('b');
  name.className = 'strong';
  name.textContent = file.name;
  const bar = document.createElement('progress');
  bar.max = file.size || 1;
  bar.value = 0;
  bar.setAttribute('aria-label', file.name);
  const state = document.createElement('div');
  state.className = 'small';
  told.append(name, bar, state);
  item.append(slot, told);
  list.append(item);
  return { bar, state };
}
async function place(file, fields) {
  const kept = localStorage.getItem(keyOf(file));
  if (kept) {
    const answer = await request('HEAD', kept, {});
    if (answer.ok) return { address: kept, offset: Number(answer.headers.get('Upload-Offset')) };
    localStorage.removeItem(keyOf(file));
  }
  const metadata = Object.entries({ filename: file.name, resource: form.dataset.resource, ...fields })
    .filter(([, value]) => value).map(([name, value]) => `${name} ${encoded(value)}`).join(',');
  const answer = await request('POST', form.dataset.upload, { 'Upload-Length': String(file.size), 'Upload-Metadata': metadata });
  if (!answer.ok) throw await refusal(answer);
  const address = answer.headers.get('Location');
  localStorage.setItem(keyOf(file), address);
  return { address, offset: 0 };
}
async function refusal(answer) {
  const told = await answer.json().catch(() => ({}));
  const error = new Error(told.detail || String(answer.status));
  error.final = answer.status < 500 && answer.status !== 423 && answer.status !== 409;
  return error;
}
async function send(file, fields) {
  const { bar, state } = row(file);
  const began = Date.now();
  let first = null;
  let pause = 1000;
  for (;;) {
    try {
      let { address, offset } = await place(file, fields);
      first = first === null ? offset : first;
      while (offset < file.size) {
        const answer = await request('PATCH', address, { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' }, file.slice(offset, offset + PART));
        if (!answer.ok) throw await refusal(answer);
        offset = Number(answer.headers.get('Upload-Offset'));
        bar.value = offset;
        pause = 1000;
        const rate = (offset - first) / Math.max(1, Date.now() - began);
        const left = rate > 0 ? Math.ceil((file.size - offset) / rate / 1000) : 0;
        state.textContent = `${words.wordsSending} ${Math.round((100 * offset) / file.size)} % · ${left} s ${words.wordsLeft}`;
        say(`${file.name}: ${state.textContent}`);
      }
      localStorage.removeItem(keyOf(file));
      state.textContent = words.wordsDone;
      return true;
    } catch (error) {
      if (error.final) {
        localStorage.removeItem(keyOf(file));
        state.textContent = `${words.wordsFailed} ${error.message}`;
        say(`${file.name}: ${state.textContent}`);
        return false;
      }
      state.textContent = words.wordsPaused;
      say(`${file.name}: ${state.textContent}`);
      await new Promise((go) => { setTimeout(go, pause); addEventListener('online', go, { once: true }); });
      pause = Math.min(pause * 2, 60000);
    }
  }
}
async function sendAll(files) {
  const fields = { role: form.elements.role.value, language: form.elements.language.value };
  let sent = 0;
  for (const file of files) sent += (await send(file, fields)) ? 1 : 0;
  if (sent) location.reload();
}
if (form) {
  form.addEventListener('submit', (event) => { event.preventDefault(); sendAll([...form.elements.file.files]); });
  form.addEventListener('dragover', (event) => { event.preventDefault(); form.classList.add('over'); });
  form.addEventListener('dragleave', () => form.classList.remove('over'));
  form.addEventListener('drop', (event) => { event.preventDefault(); form.classList.remove('over'); sendAll([...event.dataTransfer.files]); });
}
// While the machine looks inside, look again now and then, unless somebody is typing.
if (document.querySelector('[data-working]')) {
  let typed = false;
  document.addEventListener('input', () => { typed = true; });
  setInterval(() => { if (!typed && document.visibilityState === 'visible') location.reload(); }, 5000);
}
