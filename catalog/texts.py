"""A text in many languages: pick the reader's, fall back in a visible order, say its origin."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from config.languages import fallbacks

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Picked:
    """A text chosen for a reader: its language, and where it comes from."""

    value: str
    language: str
    origin: str


@dataclass(frozen=True)
class Multilingual:
    """One text by language tag; `origins` says original, human or machine for each."""

    values: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)

    def pick(self, language: str, *, original: str | None = None) -> Picked | None:
        """Choose for a reader of `language`: theirs, its fallbacks, the original, any. None if empty."""
        wanted = [*fallbacks(language), *([original] if original else []), "en"]
        for tag in wanted:
            if tag in self.values:
                return self._picked(tag)
        return self._picked(min(self.values)) if self.values else None

    def _picked(self, tag: str) -> Picked:
        return Picked(self.values[tag], tag, self.origins.get(tag, "original"))
