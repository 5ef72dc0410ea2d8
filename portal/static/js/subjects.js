// Subjects as one types them, in any language: the last word of the list is looked up, and the browser's
// own list of suggestions is filled with what it may be.
const BREATH = 250;
const SHORTEST = 2;
const COMMAS = /[,،、，၊;]/;

export function suggestSubjects() {
  const field = document.getElementById('subjects');
  const list = document.getElementById('concepts');
  const known = [...list.children];
  let timer = 0;
  let asked = '';
  async function look() {
    const parts = field.value.split(COMMAS);
    const word = parts.pop().trim();
    if (word === asked) return;
    asked = word;
    const before = parts.map((each) => `${each.trim()}, `).join('');
    const plain = known.map((option) => option.value);
    const found = word.length < SHORTEST ? [] : await suggested(word);
    if (word !== asked) return;
    const labels = [...new Set([...found, ...plain])];
    list.replaceChildren(...labels.map((label) => Object.assign(document.createElement('option'), { value: before + label })));
  }
  field.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(look, BREATH); });
}

async function suggested(word) {
  const asked = new URLSearchParams({ q: word, lang: document.documentElement.lang });
  try {
    const answer = await fetch(`/api/v1/suggestions?${asked}`, { credentials: 'same-origin' });
    const told = answer.ok ? await answer.json() : { results: [] };
    return told.results.filter(({ kind }) => kind === 'subject').map(({ text }) => text);
  } catch {
    return [];
  }
}
