// What was dropped or chosen, as a flat list of files: folders are walked, however deep. More than MOST
// are not taken at one go, and what is left beyond SEEN is not counted.
export const MOST = 2000;
const SEEN = 20000;

// What machines leave in folders, and nobody means to give.
function meant(name) {
  return !name.startsWith('.') && !name.startsWith('~$') && !['thumbs.db', 'desktop.ini'].includes(name.toLowerCase());
}

function fileOf(entry) {
  return new Promise((resolve) => { entry.file(resolve, () => resolve(null)); });
}

// A folder tells its entries a hundred at a time, until it has none left.
async function entriesOf(folder) {
  const reader = folder.createReader();
  const found = [];
  for (;;) {
    const more = await new Promise((resolve) => { reader.readEntries(resolve, () => resolve([])); });
    if (!more.length) return found;
    found.push(...more);
  }
}

async function walked(entry, found, inside) {
  if (found.length >= SEEN || (inside && !meant(entry.name))) return;
  if (entry.isDirectory) {
    const entries = await entriesOf(entry);
    entries.sort((one, other) => one.name.localeCompare(other.name));
    for (const each of entries) await walked(each, found, true);
  } else found.push({ entry, name: entry.name, path: inside ? entry.fullPath.replace(/^\//, '') : '' });
}

function byPath(one, other) {
  const [here, there] = [one.path.split('/'), other.path.split('/')];
  const place = here.findIndex((part, at) => part !== there[at]);
  return place < 0 ? 0 : here[place].localeCompare(there[place] || '');
}

// What is taken of all that was found, and what is left: how much of it, and where it begins.
function parted(found) {
  const files = found.slice(0, MOST);
  if (found.length <= MOST) return { files, left: null };
  const [last, next] = [files[MOST - 1], found[MOST]].map(({ name, path }) => path || name);
  return { files, left: { count: found.length - MOST, last, next, more: found.length >= SEEN } };
}

export function hasFiles(transfer) {
  return Boolean(transfer) && [...transfer.types].includes('Files');
}

// To be called in the event itself: a browser forgets what was dropped as soon as that is over.
export function dropped(transfer) {
  const entries = [...transfer.items].filter((item) => item.kind === 'file')
    .map((item) => (item.webkitGetAsEntry ? item.webkitGetAsEntry() : null));
  const plain = [...transfer.files].map((file) => ({ file, name: file.name, path: '' }));
  if (!entries.length || entries.includes(null)) return Promise.resolve(parted(plain));
  return (async () => {
    const found = [];
    for (const entry of entries) await walked(entry, found, false);
    const { files, left } = parted(found);
    const read = await Promise.all(files.map(async ({ entry, path }) => ({ file: await fileOf(entry), path })));
    return { files: read.filter(({ file }) => file), left };
  })();
}

export function chosen(files) {
  const found = [...files].map((file) => ({ file, name: file.name, path: file.webkitRelativePath || '' }));
  return parted(found.filter(({ path }) => !path || path.split('/').every(meant)).sort(byPath));
}
