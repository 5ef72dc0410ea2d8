"""How often resources were found and taken: written in batches, read as sums of what is public.

Only resources that are public now are counted, in all sums: what was withdrawn leaves them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, cast, extract, func, literal, literal_column, select

from catalog.engines import insert
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from catalog.tables.concept import VersionSubject
from catalog.tables.download import Download
from catalog.tables.institution import Institution
from catalog.tables.resource import Resource, Version
from catalog.tables.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from catalog.policy.actor import Actor

BATCH = 500
"""Rows of one statement that writes, and of one page of a list that is streamed."""


class Measure(StrEnum):
    """What is counted of a resource that is there."""

    FOUND = "found"
    """Its page was opened."""
    TAKEN = "taken"
    """A file of it was taken or played."""


@dataclass(frozen=True, order=True)
class Tick:
    """One thing to count. `month` is its first day; `country` is empty where it is not known."""

    month: date
    resource_id: str
    measure: str
    language: str
    country: str = ""


@dataclass(frozen=True)
class Counts:
    """How many were given, how often some were found and taken."""

    given: int = 0
    found: int = 0
    taken: int = 0


@dataclass(frozen=True)
class Period:
    """From the first day of a month to, and without, the first day of another."""

    first: date
    end: date


@dataclass(frozen=True)
class Figures:
    """Sums of a period. Keys: first days of months; countries, "" where none is known; tags of
    languages; ids of concepts, a resource counting at each it names; renditions, "" the original.
    """

    months: Mapping[date, Counts] = field(default_factory=dict)
    countries: Mapping[str, Counts] = field(default_factory=dict)
    languages: Mapping[str, Counts] = field(default_factory=dict)
    subjects: Mapping[str, Counts] = field(default_factory=dict)
    forms: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ResourceUse:
    """How often one resource was found and taken in one month."""

    resource_id: str
    month: date
    language: str
    country: str
    found: int
    taken: int


def add(session: Session, ticks: Mapping[Tick, int]) -> None:
    """Add what was counted; one statement for each 500 rows, in one order for all who write."""
    rows = [
        {
            "month": tick.month,
            "resource_id": tick.resource_id,
            "measure": tick.measure,
            "language": tick.language,
            "country": tick.country,
            "times": times,
        }
        for tick, times in sorted(ticks.items())
    ]
    for start in range(0, len(rows), BATCH):
        first = insert(session, Usage).values(rows[start : start + BATCH])
        session.execute(
            first.on_conflict_do_update(
                index_elements=["month", "resource_id", "measure", "language", "country"],
                set_={"times": Usage.times + first.excluded.times},
            )
        )


def figures(session: Session, period: Period, institution: str | None = None) -> Figures:
    """Return the sums of a period, of one institution or of all, in nine statements."""
    return Figures(
        months=_by(session, period, institution, "month"),
        countries=_by(session, period, institution, "country"),
        languages=_by(session, period, institution, "language"),
        subjects=_by(session, period, institution, "subject"),
        forms=_forms(session, period, institution),
    )


def first_given(session: Session, institution: str | None = None) -> date | None:
    """Return the day on which the oldest of what is public was given; None for nothing."""
    asked = _public(select(func.min(Resource.first_published_at)), institution)
    moment = session.scalar(asked)
    return moment.date() if moment else None


def by_resource(
    session: Session, *, by: Actor, institution: str, period: Period
) -> Iterator[ResourceUse]:
    """Give the use of every single resource of an institution, for those who may know it.

    Raises NotPermitted, before the first is given.
    """
    demand(by, Action.USAGE_READ, Standing(institution=institution), what="institution")
    return _each(session, institution, period)


def _each(session: Session, institution: str, period: Period) -> Iterator[ResourceUse]:
    keys = (Usage.resource_id, Usage.month, Usage.language, Usage.country)
    found = func.sum(_if_measure(Measure.FOUND))
    taken = func.sum(_if_measure(Measure.TAKEN))
    asked = select(*keys, found, taken).join(Resource, Resource.id == Usage.resource_id)
    asked = _public(asked, institution).where(*_within(Usage.month, period))
    rows = session.execute(asked.group_by(*keys).order_by(*keys).execution_options(yield_per=BATCH))
    return (ResourceUse(*row) for row in rows)


def most_taken(
    session: Session, *, by: Actor, institution: str, period: Period, most: int
) -> tuple[tuple[str, Counts], ...]:
    """Return those of an institution that were taken most, for those who may know it."""
    demand(by, Action.USAGE_READ, Standing(institution=institution), what="institution")
    found = func.sum(_if_measure(Measure.FOUND))
    taken = func.sum(_if_measure(Measure.TAKEN))
    asked = select(Usage.resource_id, found, taken)
    asked = _public(asked.join(Resource, Resource.id == Usage.resource_id), institution)
    asked = asked.where(*_within(Usage.month, period)).group_by(Usage.resource_id)
    rows = session.execute(
        asked.order_by(taken.desc(), found.desc(), Usage.resource_id).limit(most)
    )
    return tuple((rid, Counts(0, found_, taken_)) for rid, found_, taken_ in rows)


def _if_measure(measure: Measure) -> ColumnElement[int]:
    return cast(Usage.measure == literal(str(measure)), Integer) * Usage.times


def _by(session: Session, period: Period, institution: str | None, what: str) -> dict[Any, Counts]:
    """Add up what was given, and what was found and taken, by one thing: two statements."""
    sums: dict[Any, dict[str, int]] = {}
    for key, count in session.execute(_given(period, institution, what)):
        sums.setdefault(_key(what, key), {})["given"] = count
    for key, measure, count in session.execute(_used(period, institution, what)):
        sums.setdefault(_key(what, key), {})[measure] = count
    return {key: Counts(**counts) for key, counts in sums.items()}


def _key(what: str, key: Any) -> Any:  # noqa: ANN401 - a date, a number or a word
    if what != "month" or isinstance(key, date):
        return key or ""
    year, month = divmod(int(key) - 1, 12)
    return date(year, month + 1, 1)


def _given(period: Period, institution: str | None, what: str) -> Select[Any]:
    moment = Resource.first_published_at
    keys: dict[str, Any] = {
        # Months since the year 0: one number, which both databases can make of a time.
        "month": extract("year", moment) * literal_column("12") + extract("month", moment),
        "country": Institution.country,
        "language": Version.language,
        "subject": VersionSubject.concept_id,
    }
    asked = select(keys[what], func.count()).select_from(Resource)
    if what == "country":
        asked = asked.join(Institution, Institution.id == Resource.institution_id)
    asked = _with_version(asked, what)
    moments = (datetime.combine(day, time(), UTC) for day in (period.first, period.end))
    return _public(asked.where(*_between(moment, *moments)), institution).group_by(keys[what])


def _used(period: Period, institution: str | None, what: str) -> Select[Any]:
    keys: dict[str, Any] = {
        "month": Usage.month,
        "country": Usage.country,
        "language": Usage.language,
        "subject": VersionSubject.concept_id,
    }
    asked = select(keys[what], Usage.measure, func.sum(Usage.times))
    asked = asked.join(Resource, Resource.id == Usage.resource_id)
    if what == "subject":
        asked = _with_version(asked, what)
    asked = _public(asked.where(*_within(Usage.month, period)), institution)
    return asked.group_by(keys[what], Usage.measure)


def _with_version(asked: Select[Any], what: str) -> Select[Any]:
    if what not in ("language", "subject"):
        return asked
    asked = asked.join(
        Version,
        (Version.resource_id == Resource.id) & (Version.number == Resource.published_number),
    )
    if what == "subject":
        asked = asked.join(VersionSubject, VersionSubject.version_id == Version.id)
    return asked


def _forms(session: Session, period: Period, institution: str | None) -> dict[str, int]:
    """Add up the files taken by what was made of them: one statement."""
    asked = select(Download.rendition, func.sum(Download.times))
    asked = asked.join(Resource, Resource.id == Download.resource_id)
    asked = _public(asked.where(*_within(Download.day, period)), institution)
    return dict(session.execute(asked.group_by(Download.rendition)).tuples().all())


def _within(column: Any, period: Period) -> Iterable[ColumnElement[bool]]:  # noqa: ANN401 - a column of days
    return _between(column, period.first, period.end)


def _between(column: Any, first: Any, end: Any) -> Iterable[ColumnElement[bool]]:  # noqa: ANN401 - of one type
    return (column >= first, column < end)


def _public(asked: Select[Any], institution: str | None) -> Select[Any]:
    asked = asked.where(Resource.published_number.is_not(None), Resource.withdrawn_at.is_(None))
    return asked if institution is None else asked.where(Resource.institution_id == institution)
