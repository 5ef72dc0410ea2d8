// Sends files, two at a time, so that subtitles need not wait for a film. Each goes on where it stopped:
// after a pause, a lost line, sleep, a reload or a closed page. What is known of it by the server stands
// on the page; where the page is old, the browser's memory helps.
import { rest, whenBack } from './line.js';
import { freshPage } from './page.js';
import { Row, list } from './sending_row.js';
import { begin, forget, offsetOf, sendRest } from './tus.js';

const LANES = 2;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60000;
const MEASURED = 15000;
const jobs = [];
let lanes = 0;
let beginning = Promise.resolve();

const memory = {
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* full or closed: the page itself knows */ } },
  drop: (key) => { try { localStorage.removeItem(key); } catch { /* the same */ } },
};

// How fast the line has been over the last seconds, so that an old stretch says nothing of now.
function pace() {
  let points = [];
  return (done) => {
    const now = Date.now();
    points = [...points.filter(([at]) => now - at < MEASURED), [now, done]];
    const [[first, begun]] = points;
    return now - first < 500 ? 0 : ((done - begun) * 1000) / (now - first);
  };
}

function stoppedIn(page) {
  return [...page.querySelectorAll('[data-upload-at]')];
}

function keyOf({ file, path }, { resource }) {
  return `caravan-upload:${resource}:${path || file.name}:${file.size}:${file.lastModified}`;
}

class Job {
  constructor({ file, path }, target, fields, arrived, rows) {
    Object.assign(this, { file, path, target, fields, arrived, safe: 0, tries: 0, wait: FIRST_WAIT, watch: {}, state: 'waiting' });
    this.key = keyOf(this, fields);
    const stopped = this.stoppedRow(rows);
    this.address = stopped ? stopped.dataset.uploadAt : memory.get(this.key);
    this.row = new Row(file, (name) => this[{ pause: 'pause', 'go-on': 'goOn', forget: 'drop' }[name]]());
    this.row.stand(stopped);
  }

  // The row of an upload of this very file that stopped before: same name, size, date and place.
  stoppedRow(rows) {
    return rows.find(({ dataset }) => dataset.name === this.file.name
      && dataset.size === String(this.file.size) && dataset.path === this.path
      && (!dataset.modified || dataset.modified === String(this.file.lastModified)));
  }

  pause() {
    this.state = 'paused';
    this.row.paused(this.safe);
    if (this.watch.abort) this.watch.abort();
    if (this.wake) this.wake();
  }

  goOn() {
    if (this.state === 'paused') {
      this.state = 'waiting';
      work();
    } else if (this.wake) this.wake();
  }

  drop() {
    const address = this.address;
    this.state = 'dropped';
    memory.drop(this.key);
    if (this.wake) this.wake();
    this.row.gone();
    jobs.splice(jobs.indexOf(this), 1);
    if (address) forget(address);
  }

  async readable() {
    try {
      await this.file.slice(0, 1).arrayBuffer();
      return true;
    } catch {
      return false;
    }
  }

  // An upload may have begun though its answer was lost: then the page knows of it.
  async lookAgain() {
    const fresh = await freshPage();
    const row = fresh && this.stoppedRow(stoppedIn(fresh));
    if (row && !jobs.some(({ address }) => address === row.dataset.uploadAt)) this.address = row.dataset.uploadAt;
  }

  // One file begins after the other, so that the server can tell which of them is the first.
  turn(act) {
    const mine = beginning.then(act);
    beginning = mine.catch(() => {});
    return mine;
  }

  async attempt() {
    if (!this.address && this.tries > 0) await this.lookAgain();
    this.tries += 1;
    const found = this.address ? await offsetOf(this.address, this.watch) : null;
    if (found === null) {
      const metadata = { filename: this.file.name, modified: String(this.file.lastModified), path: this.path, ...this.fields };
      this.address = await this.turn(() => begin(this.target, this.file, metadata, this.watch));
      memory.set(this.key, this.address);
    }
    this.safe = found || 0;
    this.row.begins(this.safe);
    const rate = pace();
    rate(this.safe);
    const tell = (done) => { if (this.state === 'sending') this.row.sending(done, rate(done)); };
    await sendRest(this.address, this.file, this.safe, {
      tell, watch: this.watch, safe: (done) => { this.safe = done; this.wait = FIRST_WAIT; tell(done); },
    });
  }

  // Returns whether the job is over, one way or another.
  async send() {
    while (this.state === 'sending') {
      try {
        await this.attempt();
        this.end('arrived');
        this.row.arrived();
        await this.arrived(this);
        return;
      } catch (error) {
        if (this.state !== 'sending') return;
        const readable = await this.readable();
        if (this.state !== 'sending') return;
        if (error.final || !readable) {
          this.end('refused');
          this.row.refused(error.final ? error.message : '');
          return;
        }
        this.row.lost(this.safe, error.code ? error.message : '');
        if (error.stale) await freshPage().catch(() => null);
        const pause = rest(Math.max(this.wait, error.wait || 0));
        this.wake = pause.wake;
        await pause.slept;
        this.wake = null;
        this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
      }
    }
  }

  end(state) {
    this.state = state;
    memory.drop(this.key);
  }
}

async function lane() {
  lanes += 1;
  for (let job = next(); job; job = next()) {
    job.state = 'sending';
    await job.send();
  }
  lanes -= 1;
}

function next() {
  return jobs.find((job) => job.state === 'waiting');
}

function work() {
  while (lanes < LANES && next()) lane();
}

// On waking, a call over the old line may hang for long: end it, and ask where the file stands.
whenBack(() => { for (const job of jobs) if (job.state === 'sending' && !job.wake && job.watch.abort) job.watch.abort(); });

function onItsWay({ state }) {
  return ['waiting', 'sending', 'paused'].includes(state);
}

// Return the name of a file that is still on its way, if there is one.
export function underWay() {
  const job = jobs.find(onItsWay);
  return job ? job.file.name : '';
}

// A row gives way to that of the list below. Where the line went away just then, it does so when it is back.
async function giveWay(whole, arrived, wait = FIRST_WAIT) {
  if (await arrived(whole)) {
    whole.row.gone();
    jobs.splice(jobs.indexOf(whole), 1);
  } else rest(wait).slept.then(() => giveWay(whole, arrived, Math.min(wait * 2, LONGEST_WAIT)));
}

export function send(files, target, fields, arrived) {
  const known = new Map(jobs.filter(onItsWay).map((job) => [job.key, job]));
  const rows = stoppedIn(list);
  for (const each of files) {
    const same = known.get(keyOf(each, fields));
    if (same) same.goOn();
    else jobs.push(new Job(each, target, fields, (whole) => giveWay(whole, arrived), rows));
  }
  work();
}
