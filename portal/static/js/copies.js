// A copy in this browser of what was typed and is not kept yet, by who typed it and for which gift.
export class Copy {
  constructor(keeper, resource) {
    this.key = `caravan-words:${keeper}:${resource}`;
  }

  // Return what was typed: name -> [what the page had, what was typed].
  read() {
    try {
      return Object.entries(JSON.parse(localStorage.getItem(this.key)) || {});
    } catch {
      return [];
    }
  }

  write(changes) {
    try {
      if (changes.length) localStorage.setItem(this.key, JSON.stringify(Object.fromEntries(changes)));
      else localStorage.removeItem(this.key);
    } catch { /* a full or closed store: the fields themselves still hold it */ }
  }
}
