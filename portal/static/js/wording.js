// Numbers and sentences as the page's language has them. The sentences come with the page, in data
// attributes, with {names} where something is to be put in. So do the units of bytes; and those of time
// for browsers that do not know the language: Chromium knows no Burmese.
const tag = document.documentElement.lang;
const numberingSystem = document.documentElement.dataset.digits || 'latn';
const known = Intl.NumberFormat.supportedLocalesOf([tag]).length > 0;
const list = document.querySelector('[data-units]');

export function filled(text, facts) {
  return Object.entries(facts).reduce((told, [name, value]) => told.replace(`{${name}}`, () => value), text);
}

export function number(value, options = {}) {
  return new Intl.NumberFormat(tag, { numberingSystem, ...options }).format(value);
}

// Units of bytes are in Latin letters in most languages, and so are the digits beside them in all
// (portal/numerals.py).
function measured(value, unit, digits) {
  return number(value, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits, numberingSystem: 'latn' });
}

function inUnits(bytes, most) {
  const step = Math.min(most, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return [value, step, step === 0 || value >= 100 ? 0 : 1];
}

export function size(bytes) {
  const units = list.dataset.units.split('|');
  const [value, step, digits] = inUnits(bytes, units.length - 1);
  return filled(units[step], { n: number(value, { maximumFractionDigits: digits, numberingSystem: 'latn' }) }).replaceAll(' ', '\u00a0');
}

export function speed(bytesPerSecond) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  const [value, step, digits] = inUnits(bytesPerSecond, units.length - 1);
  return measured(value, `${units[step]}-per-second`, digits);
}

export function share(part, whole) {
  return number(whole ? part / whole : 1, { style: 'percent' });
}

function lasting(value, unit) {
  if (!known) return filled(list.dataset[`${unit}s`], { n: number(value) });
  return number(value, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 });
}

export function timeLeft(seconds) {
  if (seconds < 90) return lasting(Math.max(1, Math.round(seconds)), 'second');
  if (seconds < 5400) return lasting(Math.round(seconds / 60), 'minute');
  return lasting(seconds < 36000 ? Math.round(seconds / 360) / 10 : Math.round(seconds / 3600), 'hour');
}

export function clock(moment = new Date()) {
  return new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', numberingSystem }).format(moment);
}

// Where the browser has no words for it, as of Burmese and of Uzbek in Latin, the time itself is said.
export function ago(moment) {
  const seconds = Math.max(0, Math.round((Date.now() - moment) / 1000));
  const told = new Intl.RelativeTimeFormat(tag, { numeric: 'auto', numberingSystem });
  const words = seconds < 60 ? told.format(-seconds, 'second') : told.format(-Math.floor(seconds / 60), 'minute');
  return seconds < 3600 && known && !words.includes('-') ? words : clock(new Date(moment));
}
