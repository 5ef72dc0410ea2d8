// What was dropped or chosen, as a flat list of files: folders are walked, however deep.
const MOST = 2000;

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
  if (found.length >= MOST || (inside && !meant(entry.name))) return;
  if (entry.isDirectory) {
    const entries = await entriesOf(entry);
    entries.sort((one, other) => one.name.localeCompare(other.name));
    for (const each of entries) await walked(each, found, true);
    return;
  }
  const file = await fileOf(entry);
  if (file) found.push({ file, path: inside ? entry.fullPath.replace(/^\//, '') : '' });
}

export function hasFiles(transfer) {
  return Boolean(transfer) && [...transfer.types].includes('Files');
}

// To be called in the event itself: a browser forgets what was dropped as soon as that is over.
export function dropped(transfer) {
  const entries = [...transfer.items].filter((item) => item.kind === 'file')
    .map((item) => (item.webkitGetAsEntry ? item.webkitGetAsEntry() : null));
  const plain = [...transfer.files].map((file) => ({ file, path: '' }));
  if (!entries.length || entries.includes(null)) return Promise.resolve(plain);
  return (async () => {
    const found = [];
    for (const entry of entries) await walked(entry, found, false);
    return found;
  })();
}

export function chosen(files) {
  return [...files].filter((file) => !file.webkitRelativePath || file.webkitRelativePath.split('/').every(meant))
    .slice(0, MOST).map((file) => ({ file, path: file.webkitRelativePath || '' }));
}
