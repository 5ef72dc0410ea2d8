"""The table of the product's words in `docs/translating.md`, written from the catalogues."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.languages import INTERFACE

if TYPE_CHECKING:
    from collections.abc import Callable

    from babel.messages.catalog import Catalog

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "translating.md"
TERMS: Final = (
    *("Find", "Take", "Give", "Desk", "Your line:", "Weighs", "Found by %(fields)s"),
    *("Exhibit", "Film", "Lesson plan", "Activity", "Subject", "Institutions", "Agreements"),
    *("Licence", "You may", "Show", "Copy", "Translate", "Build", "Broadcast", "Alter"),
    *("Draft", "Hand over", "Handed over", "Take it into review", "With a curator"),
    *("Ask for changes", "Publish", "Decline", "Withdraw", "Released: %(note)s"),
    *("Held: a curator must look", "Cannot be taken", "giver", "curator", "admin"),
    *("People of partner institutions", "Search is resting."),
)
_TABLE: Final = re.compile(r"(?<=<!-- glossary -->\n).*(?=<!-- end -->)", re.DOTALL)


def table(catalogue_of: Callable[[str], Catalog]) -> str:
    """Return the table: a word a line, a language a column."""
    known = [catalogue_of(tag) for tag in INTERFACE[1:]]
    lines = [" | ".join(INTERFACE), " | ".join("---" for _ in INTERFACE)]
    for term in TERMS:
        found = [each.get(term) for each in known]
        said = [str(each.string) if each else "" for each in found]
        lines.append(" | ".join([term, *said]))
    return "".join(f"| {line} |\n" for line in lines)


def write(catalogue_of: Callable[[str], Catalog]) -> None:
    """Bring the table of the page up to date."""
    text = PAGE.read_text(encoding="utf-8")
    fresh = table(catalogue_of)
    PAGE.write_text(_TABLE.sub(lambda _found: fresh, text), encoding="utf-8")
