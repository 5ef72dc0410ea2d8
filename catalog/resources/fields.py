"""The fields of a resource as people and programs write them, read one by one, each with its limits."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from catalog.errors import Fault
from config.countries import COUNTRIES
from config.kinds import bounds, check_details
from config.languages import normalise_tag
from config.rights import USES

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = {"title": 300, "summary": 600, "description": 20_000, "keywords": 100}
"""Characters, of CONTRACT; a keyword's bound is ours."""
MOST_KEYWORDS = 50
MOST_SUBJECTS = 30
LONGEST_LICENCE = 500
LONGEST_SOURCE_ID = 200
OLDEST_YEAR = 1000
GREATEST_AGE = 120


@dataclass(frozen=True)
class Use:
    """A permitted use as written; see `tables.rights`."""

    use: str
    territory: str = ""
    until: date | None = None


class Reader:
    """Reads one payload; collects the faults of all fields."""

    def __init__(self, payload: Mapping[str, Any], subject: Callable[[str], str | None]) -> None:
        """Take the payload and a function from an id or a label to a concept's id."""
        self.payload = payload
        self.subject = subject
        self.faults: list[Fault] = []

    def fault(self, name: str, code: str, **facts: object) -> None:
        """Note one fault."""
        self.faults.append(Fault(name, code, facts))

    def line(self, name: str, longest: int = 300) -> str | None:
        """Read one line of text, None when absent or blank."""
        value = self.payload.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.fault(name, "not_a_text")
            return None
        value = clean(value)
        if len(value) > longest:
            self.fault(name, "too_long", longest=longest)
        return value or None

    def number(self, name: str, least: int, most: int) -> int | None:
        """Read a whole number."""
        value = self.payload.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(name, "not_a_number")
            return None
        if not least <= value <= most:
            self.fault(name, "out_of_range", least=least, most=most)
            return None
        return value

    def by_language(self, name: str) -> dict[str, Any]:
        """Read an object keyed by language tags; keys come back in canonical form."""
        value = self.payload.get(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.fault(name, "not_by_language")
            return {}
        found = {}
        for tag, text in value.items():
            try:
                found[normalise_tag(tag)] = text
            except ValueError:
                self.fault(f"{name}.{tag}", "unknown_language")
        return found

    def texts(self, name: str) -> dict[str, str]:
        """Read a text in several languages."""
        kept = {}
        for tag, text in self.by_language(name).items():
            if text is None:
                continue
            if not isinstance(text, str):
                self.fault(f"{name}.{tag}", "not_a_text")
                continue
            cleaned = clean(text, lines=name == "description")
            if len(cleaned) > LONGEST[name]:
                self.fault(f"{name}.{tag}", "too_long", longest=LONGEST[name])
            elif cleaned:
                kept[tag] = cleaned
        return kept

    def keywords(self) -> dict[str, tuple[str, ...]]:
        """Read the keywords of each language; doubles are dropped."""
        kept = {}
        for tag, words in self.by_language("keywords").items():
            if words is not None and (read := self._keywords_in(tag, words)):
                kept[tag] = read
        return kept

    def _keywords_in(self, tag: str, words: object) -> tuple[str, ...]:
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            self.fault(f"keywords.{tag}", "not_a_list_of_texts")
            return ()
        cleaned = tuple(dict.fromkeys(filter(None, map(clean, words))))
        if len(cleaned) > MOST_KEYWORDS:
            self.fault(f"keywords.{tag}", "too_many", most=MOST_KEYWORDS)
        elif any(len(word) > LONGEST["keywords"] for word in cleaned):
            self.fault(f"keywords.{tag}", "too_long", longest=LONGEST["keywords"])
        return cleaned

    def subjects(self) -> tuple[str, ...]:
        """Read concept ids or labels in any language."""
        value = self.payload.get("subjects")
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            self.fault("subjects", "not_a_list_of_texts")
            return ()
        if len(value) > MOST_SUBJECTS:
            self.fault("subjects", "too_many", most=MOST_SUBJECTS)
            return ()
        found: dict[str, None] = {}
        for word in value:
            concept = self.subject(word)
            if concept is None:
                self.fault("subjects", "unknown_subject", value=word)
            else:
                found[concept] = None
        return tuple(found)

    def ages(self) -> tuple[int, int] | None:
        """Read [from, to], both included."""
        value = self.payload.get("ages")
        if value is None or value == []:
            return None
        whole = isinstance(value, list) and all(
            isinstance(age, int) and not isinstance(age, bool) for age in value
        )
        if not whole or len(value) != 2:  # noqa: PLR2004 - a pair
            self.fault("ages", "not_a_pair_of_numbers")
            return None
        low, high = value
        if 0 <= high < low <= GREATEST_AGE:
            self.fault("ages", "before_start")
            return None
        if not 0 <= low <= high <= GREATEST_AGE:
            self.fault("ages", "out_of_range", least=0, most=GREATEST_AGE)
            return None
        return low, high

    def language(self, name: str = "language") -> str | None:
        """Read a BCP 47 tag."""
        value = self.line(name, 35)
        if value is None:
            return None
        try:
            return normalise_tag(value)
        except ValueError:
            self.fault(name, "unknown_language", value=value)
            return None

    def choice(self, name: str, allowed: tuple[str, ...]) -> str | None:
        """Read one of a few words."""
        value = self.line(name)
        if value is not None and value not in allowed:
            self.fault(name, "unknown_value", value=value, allowed=list(allowed))
            return None
        return value

    def country(self) -> str | None:
        """Read an ISO 3166-1 code of two letters."""
        value = self.line("country")
        if value is not None and value.upper() not in COUNTRIES:
            self.fault("country", "unknown_country", value=value)
            return None
        return value.upper() if value else None

    def uses(self) -> tuple[Use, ...]:
        """Read permitted uses: words, or objects with territory and expiry."""
        value = self.payload.get("uses")
        if value is None:
            return ()
        if not isinstance(value, list):
            self.fault("uses", "not_a_list_of_texts")
            return ()
        found: dict[tuple[str, str], Use] = {}
        for item in value:
            use = self._use({"use": item} if isinstance(item, str) else item)
            if use is not None:
                found[use.use, use.territory] = use
        return tuple(found.values())

    def _use(self, item: object) -> Use | None:
        if not isinstance(item, Mapping) or not set(item) <= {"use", "territory", "until"}:
            self.fault("uses", "not_a_use")
            return None
        word, territory = item.get("use"), item.get("territory") or ""
        if word not in USES:
            self.fault("uses", "unknown_value", value=str(word), allowed=list(USES))
            return None
        try:
            until = date.fromisoformat(item["until"]) if item.get("until") else None
        except (TypeError, ValueError):
            self.fault("uses", "not_a_date")
            return None
        if not isinstance(territory, str):
            self.fault("uses", "not_a_use")
            return None
        return Use(str(word), clean(territory), until)

    def details(self, kind: str) -> dict[str, Any]:
        """Read the fields of the kind."""
        value = self.payload.get("details")
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.fault("details", "not_an_object")
            return {}
        given = {name: item for name, item in value.items() if item not in (None, "")}
        for name, code in check_details(kind, given):
            self.fault(f"details.{name}", code, **bounds(kind, name))
        return given


def clean(text: str, *, lines: bool = False) -> str:
    """Return `text` in NFC without control characters; white space folded, or kept by line."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = text if text.isprintable() else "".join(filter(_is_kept, text))
    if not lines:
        return " ".join(kept.split())
    return "\n".join(line.rstrip() for line in kept.split("\n")).strip()


def _is_kept(sign: str) -> bool:
    """Whether a sign is neither a control character nor half of a surrogate pair."""
    return sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
