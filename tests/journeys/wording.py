"""The words of the pages in a language, from its catalogue; and English that was left on a page."""

from __future__ import annotations

import gettext
import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from babel import Locale
from babel.messages.pofile import read_po

from scripts.translations import FOLDER

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLACE: Final = re.compile(r"%\\\(\w+\\\)[sd]")
"""A place for a value, as `re.escape` leaves it."""
VALUE: Final = re.compile(r"%\(\w+\)[sd]")
LONG_WORDS: Final = 4
"""A sentence of so many words is looked for within a text too; a shorter one is all of it."""
SAID: Final = """tag => {
  const others = 'bdi, code, pre, kbd, script, style, textarea, datalist, .typed';
  const ours = (each) => each && !each.closest(others)
    && each.closest('[lang]').getAttribute('lang') === tag;
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    if (ours(walker.currentNode.parentElement)) found.push(walker.currentNode.data);
  }
  for (const each of document.querySelectorAll('body *')) {
    for (const { name, value } of each.attributes) {
      const spoken = ['aria-label', 'placeholder', 'title', 'alt'].includes(name)
        || name.startsWith('data-words-');
      if (spoken && ours(each)) found.push(value);
    }
  }
  return found.map((each) => each.replace(/\\s+/g, ' ').trim()).filter((each) => each);
}"""
"""All that a page says in its own language, also what is folded away or waits for a script."""


class Words:
    """Sentences of ours in the language of a reader."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self._told: gettext.NullTranslations = (
            gettext.NullTranslations()
            if tag == "en"
            else gettext.translation("messages", FOLDER, [tag.replace("-", "_")])
        )

    def __call__(self, sentence: str, **values: object) -> str:
        """Return a sentence in this language; one that the pages do not say any more fails."""
        told = self._told.gettext(sentence)
        assert self.tag == "en" or told != sentence, sentence
        return told % values if values else told

    @cached_property
    def _english(self) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
        """Return what must not be said: whole texts, and sentences within texts."""
        if self.tag == "en":
            return frozenset(), ()
        place = FOLDER / self.tag.replace("-", "_") / "LC_MESSAGES" / "messages.po"
        with place.open(encoding="utf-8") as lines:
            catalogue = read_po(lines, locale=Locale.parse(self.tag, sep="-"))
        told = [
            english
            for message in catalogue
            if message.id
            for english in ([message.id] if isinstance(message.id, str) else message.id)
            if english not in ([message.string] if isinstance(message.string, str) else [])
            if re.search("[A-Za-z]", VALUE.sub("", english))
        ]
        patterns = []
        for english in told:
            pattern = PLACE.sub(".+?", re.escape(english))
            within = len(english.split()) >= LONG_WORDS
            if "%" in english or within:
                patterns.append(re.compile(pattern if within else rf"^{pattern}$"))
        return frozenset(told), tuple(patterns)

    def english_left(self, page: Page) -> list[str]:
        """Return what a page says in English though this language has words for it."""
        whole, patterns = self._english
        latin = [each for each in page.evaluate(SAID, self.tag) if re.search("[A-Za-z]", each)]
        return [
            each
            for each in latin
            if each in whole or any(pattern.search(each) for pattern in patterns)
        ]
