"""A house with many published resources, made quickly: a few by hand, the rest from their rows.

The few are made by the actions that people take. Their rows (`catalog.dumping.dump`) are repeated
with ids and texts of their own and loaded into an unused database. What is not needed to be found
(log, reviews, jobs) is not repeated.
"""

from __future__ import annotations

import base64
import hashlib
import random
import tempfile
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from catalog import dumping
from catalog.ids import ALPHABET
from catalog.migrating import current_revision
from catalog.resources.indexable import TextSegment, pack
from config.languages import LANGUAGES
from config.settings import load
from config.subjects import load_concepts
from portal.services import Services, build
from tests.factories.house import House, build_house

SEEDS = 64
BY_TENS = 5
"""Signs behind an id: 32 ** 5 copies can be told apart."""
KINDS = ("film", "exhibit", "lesson_plan", "activity")
COUNTRIES = ("CN", "UZ", "RS", "GR", "MM", "TH", "OM", "MY", "ES", "FR")
LONGEST_TEXT = 1500
"""Characters in the file of every fourth resource."""
SEED = 20261125

Row = tuple[str, dict[str, Any]]


class Words:
    """Words to write texts with: labels of subjects in many languages, and common words."""

    def __init__(self) -> None:
        """Read the vocabulary."""
        self._chance = random.Random(SEED)  # noqa: S311 - no secrets are made
        self._labels: dict[str, list[str]] = {}
        for record in load_concepts():
            for tag, label in record.labels.items():
                self._labels.setdefault(tag, []).append(label)
        self.tags = [tag for tag in self._labels if tag in LANGUAGES]

    def some(self, tag: str, number: int, most: int) -> str:
        """Return a text of `most` characters at most, with a number that few others have."""
        labels = self._labels.get(tag) or self._labels["en"]
        found, size = [str(number % 5000)], 4
        while size < most:
            word = self._chance.choice(labels)
            size += len(word) + 1
            found.append(word)
        return " ".join(found[1:] + found[:1])[:most]


def seeds(home: Path) -> House:
    """Make the few, of every kind, in two languages each."""
    house = build_house(home)
    words, subjects = Words(), [record.id for record in load_concepts()]
    others = [tag for tag in words.tags if tag != "en"]
    for number in range(SEEDS):
        other, kind = others[number % len(others)], KINDS[number % len(KINDS)]
        details = {"duration_minutes": 45} if kind == "lesson_plan" else {}
        house.bring_to(
            "published",
            content=b"A small file. %d" % number,
            kind=kind,
            title={tag: words.some(tag, number, 40) for tag in ("en", other)},
            summary={tag: words.some(tag, number, 120) for tag in ("en", other)},
            description={other: words.some(other, number, 300)},
            language=other,
            country=COUNTRIES[number % len(COUNTRIES)],
            ages=[6 + number % 6, 12 + number % 6],
            subjects=[subjects[number % len(subjects)], subjects[number * 7 % len(subjects)]],
            uses=["show", "copy", "translate"][: 1 + number % 3],
            details=details,
        )
    return house


def many(number: int, environ: dict[str, str], home: Path) -> Services:
    """Fill the unused database that `environ` names with so many published resources."""
    with tempfile.TemporaryDirectory() as folder:
        house = seeds(Path(folder))
        with house.services.database.reading() as session:
            rows = list(dumping.dump(session))
        revision = current_revision(house.services.database)
        house.services.close()
    services = build(load({"CARAVAN_HOME": str(home), **environ}))
    with services.database.unit_of_work() as session:
        dumping.load(session, str(revision), repeated(rows, number // SEEDS))
    return services


def repeated(rows: list[Row], times: int) -> Iterator[Row]:
    """Give every row, those of the seeds so many times."""
    words = Words()
    for table, group in groupby(rows, key=lambda row: row[0]):
        kept = [values for _, values in group]
        change = CHANGES.get(table)
        if change is None:
            yield from ((table, values) for values in kept if table not in LEFT_OUT)
            continue
        for copy in range(times):
            for place, values in enumerate(kept):
                yield table, change(dict(values), copy, place, words)
        if table == "blob":
            yield from _texts_of(kept, times, words)


def _texts_of(blobs: list[dict[str, Any]], times: int, words: Words) -> Iterator[Row]:
    """Give every fourth file a text."""
    for copy in range(times):
        for place, values in enumerate(blobs[::4]):
            text = words.some("en", copy * SEEDS + place, LONGEST_TEXT)
            content = base64.b64encode(pack([TextSegment(text, 1)])).decode()
            yield (
                "file_text",
                {
                    "blob_id": _own(values["id"], copy),
                    "language": "en",
                    "characters": len(text),
                    "content": content,
                },
            )


def _own(known: str, copy: int) -> str:
    """Return the id of a copy."""
    signs = ""
    for _ in range(BY_TENS):
        copy, sign = divmod(copy, len(ALPHABET))
        signs = ALPHABET[sign] + signs
    return known + signs


def _named(*columns: str) -> Callable[[dict[str, Any], int, int, Words], dict[str, Any]]:
    def change(values: dict[str, Any], copy: int, place: int, words: Words) -> dict[str, Any]:
        del place, words
        return values | {name: _own(values[name], copy) for name in columns}

    return change


def _blob(values: dict[str, Any], copy: int, place: int, words: Words) -> dict[str, Any]:
    del place, words
    own = _own(values["id"], copy)
    told = hashlib.sha256(own.encode()).hexdigest()
    size = values["size"] * (1 + copy % 50_000)
    return values | {"id": own, "key": own, "sha256": told, "size": size}


def _text(values: dict[str, Any], copy: int, place: int, words: Words) -> dict[str, Any]:
    text = words.some(values["language"], copy * SEEDS + place, len(values["value"]))
    return values | {"version_id": _own(values["version_id"], copy), "value": text}


LEFT_OUT = frozenset({"event", "event_note", "review", "note", "job", "ledger_head", "blob_step"})
CHANGES = {
    "resource": _named("id"),
    "version": _named("id", "resource_id"),
    "text": _text,
    "version_subject": _named("version_id"),
    "permitted_use": _named("version_id"),
    "blob": _blob,
    "rendition": _named("blob_id"),
    "asset": _named("id", "resource_id", "blob_id"),
    "version_asset": _named("version_id", "asset_id"),
}
