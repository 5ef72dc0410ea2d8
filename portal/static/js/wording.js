// Numbers and sentences as the page's language has them. The sentences come with the page, in data
// attributes, with {names} where something is to be put in.
const tag = document.documentElement.lang;
const SIZES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

export function filled(text, facts) {
  return Object.entries(facts).reduce((told, [name, value]) => told.replace(`{${name}}`, () => value), text);
}

// Of bytes the units are in Latin letters, and so are the digits beside them (portal/numerals.py).
function measured(value, unit, digits) {
  const numberingSystem = unit.includes('byte') ? 'latn' : undefined;
  return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits, numberingSystem }).format(value);
}

function inUnits(bytes) {
  const step = Math.min(SIZES.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return [value, SIZES[step], step === 0 || value >= 100 ? 0 : 1];
}

export function size(bytes) {
  return measured(...inUnits(bytes));
}

export function speed(bytesPerSecond) {
  const [value, unit, digits] = inUnits(bytesPerSecond);
  return measured(value, `${unit}-per-second`, digits);
}

export function share(part, whole) {
  return new Intl.NumberFormat(tag, { style: 'percent' }).format(whole ? part / whole : 1);
}

export function timeLeft(seconds) {
  if (seconds < 90) return measured(Math.max(1, Math.round(seconds)), 'second', 0);
  if (seconds < 5400) return measured(Math.round(seconds / 60), 'minute', 0);
  return measured(seconds / 3600, 'hour', 1);
}

export function clock(moment = new Date()) {
  return new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit' }).format(moment);
}

export function ago(moment) {
  const seconds = Math.max(0, Math.round((Date.now() - moment) / 1000));
  const told = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' });
  if (seconds < 60) return told.format(-seconds, 'second');
  if (seconds < 3600) return told.format(-Math.floor(seconds / 60), 'minute');
  return clock(new Date(moment));
}
