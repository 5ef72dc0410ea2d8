// How fast the line is, by what this page weighed and how long that took: nothing is fetched for it.
// It is kept in the cookie of the line, behind a "~". A speed that was chosen stands in a cookie that
// scripts cannot write, and browsers that tell the server of their line (Accept-CH) are left alone.
const NAME = 'caravan_line';
const YEAR = 31536000;
// Bytes that come with the beginning of an answer, a packet of them, and so take no time.
const FIRST = 1400;
// Fewer bytes say nothing of a line, fewer milliseconds nothing of a faster one.
const LEAST = 5000;
const TICK = 20;

// Return kbit/s by entries of Resource Timing, or 0 where too little came over the line. Answers that
// come beside each other share it; while nothing comes, it says nothing.
export function measured(entries) {
  const came = entries.filter((each) => each.transferSize > each.encodedBodySize && each.encodedBodySize);
  came.sort((one, other) => one.responseStart - other.responseStart);
  let [bytes, busy, until] = [0, 0, 0];
  for (const { transferSize, responseStart, responseEnd } of came) {
    bytes += responseStart < until ? transferSize : Math.max(0, transferSize - FIRST);
    busy += Math.max(0, responseEnd - Math.max(responseStart, until));
    until = Math.max(until, responseEnd);
  }
  return bytes < LEAST ? 0 : Math.round((bytes * 8) / Math.max(busy, TICK));
}

// Once while a window is open: what pages say must not change from one to the next. Where nothing was
// chosen it goes with the browser's session, for the next line may be another.
function keep() {
  const [, choice, before] = /(?:^|; )caravan_line=([^;~]*)(~?)/.exec(document.cookie) || ['', '', ''];
  if (before && sessionStorage.getItem(NAME)) return;
  const speed = measured(['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type)));
  if (!speed) return;
  const lasting = choice ? `; max-age=${YEAR}` : '';
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `${NAME}=${choice}~${speed}; path=/; samesite=lax${lasting}${secure}`;
  sessionStorage.setItem(NAME, '1');
}

function look() {
  try { keep(); } catch { /* a closed store: nothing is kept */ }
}

if (!(isSecureContext && navigator.connection && 'downlink' in navigator.connection)) {
  if (document.readyState === 'complete') look();
  else addEventListener('load', look);
}
