// One file by tus 1.0: where it stands, then part after part. Knows no page and no pause.
const PART = 8 * 1024 * 1024;
const STILL = 60000;
const AGAIN = [408, 409, 423, 425, 429];

function token() {
  return document.querySelector('meta[name=csrf-token]').content;
}

export function encoded(text) {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}

// One request by XMLHttpRequest, which tells how far it is; rejects when the line is lost or silent.
export function request(method, address, headers, body, watch = {}) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    let timer = 0;
    const alive = () => { clearTimeout(timer); timer = setTimeout(() => call.abort(), STILL); };
    const lost = () => { clearTimeout(timer); reject(new Error('line')); };
    call.open(method, address);
    const told = { 'Tus-Resumable': '1.0.0', 'X-CSRFToken': token(), 'Accept-Language': document.documentElement.lang, ...headers };
    for (const [name, value] of Object.entries(told)) call.setRequestHeader(name, value);
    call.upload.addEventListener('progress', (event) => { alive(); if (watch.progress) watch.progress(event.loaded); });
    call.addEventListener('load', () => { clearTimeout(timer); resolve(call); });
    for (const name of ['error', 'abort']) call.addEventListener(name, lost);
    watch.abort = () => call.abort();
    alive();
    call.send(body || null);
  });
}

function fine(call) {
  return call.status >= 200 && call.status < 300;
}

// What was answered, as an error: `final` when asking again would not help, `stale` when the page's
// token or the session is, `wait` in milliseconds.
function refusal(call) {
  let told = {};
  try { told = JSON.parse(call.responseText); } catch { /* no words came with it */ }
  const first = told.errors && told.errors[0];
  const error = new Error((first && first.message) || told.detail || String(call.status));
  error.code = told.code || '';
  error.stale = call.status === 401 || error.code === 'bad_csrf';
  error.final = call.status >= 400 && call.status < 500 && !AGAIN.includes(call.status) && !error.stale;
  error.wait = 1000 * Number(call.getResponseHeader('Retry-After') || 0);
  return error;
}

// Return how much of an upload is safe, or null when nobody knows of it any more.
export async function offsetOf(address, watch) {
  const call = await request('HEAD', address, {}, null, watch);
  if (fine(call)) return Number(call.getResponseHeader('Upload-Offset'));
  if (call.status === 404 || call.status === 410) return null;
  throw refusal(call);
}

export async function begin(target, file, metadata, watch) {
  const told = Object.entries(metadata).filter(([, value]) => value).map(([name, value]) => `${name} ${encoded(value)}`).join(',');
  const call = await request('POST', target, { 'Upload-Length': String(file.size), 'Upload-Metadata': told }, null, watch);
  if (!fine(call)) throw refusal(call);
  return call.getResponseHeader('Location');
}

// Send what is left of a file; `tell(done)` with every piece that went, `safe(done)` with every answer.
export async function sendRest(address, file, offset, { tell, safe, watch }) {
  let done = offset;
  while (done < file.size) {
    const start = done;
    watch.progress = (sent) => tell(Math.min(start + sent, file.size));
    const headers = { 'Upload-Offset': String(start), 'Content-Type': 'application/offset+octet-stream' };
    const call = await request('PATCH', address, headers, file.slice(start, start + PART), watch);
    watch.progress = null;
    if (!fine(call)) throw refusal(call);
    done = Number(call.getResponseHeader('Upload-Offset'));
    safe(done);
  }
}

export async function forget(address) {
  await request('DELETE', address, {}, null).catch(() => { /* it ends by itself after a week */ });
}
