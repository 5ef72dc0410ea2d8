// Knows when the line may be back: the browser says so, or the machine wakes from sleep, which shows in
// a clock that has jumped. Who waits is woken at once; who sends on a dead line is told to begin anew.
const TICK = 5000;
const JUMP = 15000;
const listeners = new Set();

export function whenBack(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function back() {
  for (const listener of [...listeners]) listener();
}

let ticked = Date.now();
setInterval(() => {
  const slept = Date.now() - ticked > TICK + JUMP;
  ticked = Date.now();
  // A page in the background ticks slowly without having slept: waking then does no harm.
  if (slept) back();
}, TICK);
addEventListener('online', back);
addEventListener('pageshow', (event) => { if (event.persisted) back(); });
document.addEventListener('resume', back);

// Resolves after `wait` milliseconds, or as soon as the line may be back, or when `wake` is called.
export function rest(wait) {
  let wake;
  const slept = new Promise((go) => {
    const end = () => { clearTimeout(timer); forget(); go(); };
    const timer = setTimeout(end, wait);
    const forget = whenBack(end);
    wake = end;
  });
  return { slept, wake };
}
