"""Checked values as the rows of one version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


def store(session: Session, version: Version, values: Values) -> None:
    """Write checked values over those of a version. A text whose words stay keeps its origin."""
    for name, value in columns(values).items():
        setattr(version, name, value)
    kept = {
        (text.field, text.language, text.value): text.origin
        for text in session.scalars(select(Text).where(Text.version_id == version.id))
    }
    for table in (Text, VersionSubject, PermittedUse):
        session.execute(delete(table).where(table.version_id == version.id))
    session.flush()
    insert_all(session, rows(version.id, values, kept))


def confirm(session: Session, version: Version, checked: Collection[tuple[str, str]]) -> None:
    """Note of texts, by field and language, that a person stands for what a machine had written."""
    for field, tag in checked:
        session.execute(
            update(Text)
            .where(Text.version_id == version.id, Text.field == field, Text.language == tag)
            .where(Text.origin == Origin.MACHINE)
            .values(origin=Origin.HUMAN)
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


def rows(
    version_id: str, values: Values, kept: Mapping[tuple[str, str, str], str] | None = None
) -> Iterator[Row]:
    """Give the rows beside it: texts, with the origins that are kept, subjects, permitted uses."""
    known = kept or {}
    for field, tag, place, value in _listed(values):
        written = Origin.ORIGINAL if tag == values.language else Origin.HUMAN
        yield (
            Text,
            {
                "version_id": version_id,
                "field": field,
                "language": tag,
                "position": place,
                "value": value,
                "origin": known.get((field, tag, value), written),
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
            yield "keyword", tag, place, word
