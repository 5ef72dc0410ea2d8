"""Checked values as the rows of one version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select, update

from catalog.inserting import insert_all
from catalog.states import Origin
from catalog.tables.concept import VersionSubject
from catalog.tables.rights import PermittedUse
from catalog.tables.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sqlalchemy.orm import Session

    from catalog.inserting import Row
    from catalog.resources.values import Values
    from catalog.tables.resource import Version

KEYWORD: Final = "keyword"


@dataclass(frozen=True)
class Before:
    """What is known of the texts that a version had before it is written over."""

    kept: Mapping[tuple[str, str, str], tuple[str, str | None]]
    """Origin, and who checked it, by field, language and words."""
    of_machines: frozenset[tuple[str, str]] = frozenset()
    """Field and language of what a machine has written, checked or not. Not of keywords: who adds
    one has not read the others."""
    by: str | None = None
    """The person who writes it now."""

    def of(self, field: str, tag: str, words: str, written: str) -> tuple[str, str | None]:
        """Return origin and checker of words that are stored; `written` is the origin of new ones."""
        known = self.kept.get((field, tag, words))
        if known is not None:
            return known
        return written, self.by if (field, tag) in self.of_machines else None


NOTHING: Final = Before({})


def store(session: Session, version: Version, values: Values, *, by: str | None = None) -> None:
    """Write checked values over those of a version. A text whose words stay keeps its origin.

    Who changes, as the person `by`, what a machine had written stands for it from then on.
    """
    for name, value in columns(values).items():
        setattr(version, name, value)
    before = _before(session, version, by)
    for table in (Text, VersionSubject, PermittedUse):
        session.execute(delete(table).where(table.version_id == version.id))
    session.flush()
    insert_all(session, rows(version.id, values, before))


def _before(session: Session, version: Version, by: str | None) -> Before:
    texts = session.scalars(select(Text).where(Text.version_id == version.id)).all()
    return Before(
        {(text.field, text.language, text.value): (text.origin, text.checked_by) for text in texts},
        frozenset(
            (text.field, text.language)
            for text in texts
            if text.field != KEYWORD and (text.origin == Origin.MACHINE or text.checked_by)
        ),
        by,
    )


def confirm(
    session: Session, version: Version, checked: Collection[tuple[str, str]], *, by: str | None
) -> None:
    """Note of texts, by field and language, that a person stands for what a machine had written."""
    for field, tag in checked:
        session.execute(
            update(Text)
            .where(Text.version_id == version.id, Text.field == field, Text.language == tag)
            .where(Text.origin == Origin.MACHINE)
            .values(origin=Origin.HUMAN, checked_by=by)
        )


def columns(values: Values) -> dict[str, Any]:
    """Return what the row of the version itself holds."""
    low, high = values.ages or (None, None)
    return {
        "kind": values.kind,
        "language": values.language,
        "ages_from": low,
        "ages_to": high,
        "country": values.country,
        "year": values.year,
        "licence": values.licence,
        "credit": values.credit,
        "access": values.access,
        "details": values.details,
    }


def rows(version_id: str, values: Values, before: Before = NOTHING) -> Iterator[Row]:
    """Give the rows beside it: texts, with the origins that are kept, subjects, permitted uses."""
    for field, tag, place, value in _listed(values):
        written = Origin.ORIGINAL if tag == values.language else Origin.HUMAN
        origin, checked_by = before.of(field, tag, value, written)
        yield (
            Text,
            {
                "version_id": version_id,
                "field": field,
                "language": tag,
                "position": place,
                "value": value,
                "origin": origin,
                "checked_by": checked_by,
            },
        )
    for place, concept in enumerate(values.subjects):
        yield (
            VersionSubject,
            {"version_id": version_id, "concept_id": concept, "position": place},
        )
    for use in values.uses:
        yield (
            PermittedUse,
            {
                "version_id": version_id,
                "use": use.use,
                "territory": use.territory,
                "until": use.until,
            },
        )


def _listed(values: Values) -> Iterator[tuple[str, str, int, str]]:
    for field, texts in values.texts.items():
        for tag, value in texts.items():
            yield field, tag, 0, value
    for tag, words in values.keywords.items():
        for place, word in enumerate(words):
            yield KEYWORD, tag, place, word
