"""What the rest of the house sees of a resource: frozen values, no rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.policy.clauses import Standing
from catalog.states import StepState
from catalog.texts import Multilingual

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


@dataclass(frozen=True)
class RenditionView:
    """A file made from an asset; `size` in bytes."""

    name: str
    media_type: str
    size: int
    sha256: str
    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StepView:
    """One step of ingest; `progress` from 0 to 1."""

    name: str
    state: str
    progress: float
    attempts: int
    last_error: str | None


@dataclass(frozen=True)
class AssetView:
    """One original file with what ingest knows of it; `size` in bytes, `verdict` None till known."""

    id: str
    blob_id: str
    filename: str
    role: str
    language: str | None
    size: int
    sha256: str | None
    key: str
    media_type: str | None
    family: str | None
    verdict: str | None
    reasons: tuple[Mapping[str, Any], ...]
    facts: Mapping[str, Any]
    released: bool
    release_note: str | None
    created_at: datetime
    unconfirmed: bool = False
    """It is stated what the bytes are, and nobody has yet looked whether they are that."""
    steps: tuple[StepView, ...] = ()
    renditions: tuple[RenditionView, ...] = ()

    @property
    def state(self) -> str:
        """Where the file as a whole stands: failed as soon as a step is, done when all are."""
        states = {step.state for step in self.steps}
        if StepState.FAILED in states:
            return StepState.FAILED
        if states == {StepState.DONE}:
            return StepState.DONE
        if states <= {StepState.WAITING}:
            return StepState.WAITING
        return StepState.WORKING

    @property
    def fit_to_give(self) -> bool:
        """Whether the public may take it once its resource is published."""
        return self.verdict == "accept" or (self.verdict == "hold" and self.released)

    def rendition(self, name: str) -> RenditionView | None:
        """Return the rendition of that name, if it was made."""
        return next((each for each in self.renditions if each.name == name), None)


@dataclass(frozen=True)
class UseView:
    """A permitted use; an empty territory is everywhere, `until` None is for good."""

    use: str
    territory: str = ""
    until: date | None = None


@dataclass(frozen=True)
class ResourceView:
    """One version of a resource with all that belongs to it."""

    id: str
    number: int
    state: str
    revision: int
    institution: str
    institution_names: Mapping[str, str]
    institution_country: str
    source_id: str | None
    kind: str
    title: Multilingual
    summary: Multilingual
    description: Multilingual
    keywords: Mapping[str, tuple[str, ...]]
    language: str | None
    subjects: tuple[str, ...]
    ages: tuple[int, int] | None
    country: str | None
    year: int | None
    licence: str | None
    credit: str | None
    uses: tuple[UseView, ...]
    access: str | None
    details: Mapping[str, Any]
    created_at: datetime
    created_by: str | None
    updated_at: datetime
    submitted_at: datetime | None
    submitted_by: str | None
    published_at: datetime | None
    index_revision: int
    published_number: int | None
    version_id: str
    assets: tuple[AssetView, ...] = ()

    @property
    def standing(self) -> Standing:
        """What the policy asks of the record."""
        return Standing(
            institution=self.institution,
            state=self.state,
            access=self.access,
            created_by=self.created_by,
            submitted_by=self.submitted_by,
        )

    def standing_of(self, asset: AssetView) -> Standing:
        """What the policy asks of one of its files."""
        return Standing(
            institution=self.institution,
            state=self.state,
            access=self.access,
            created_by=self.created_by,
            submitted_by=self.submitted_by,
            verdict=asset.verdict,
            released=asset.released,
        )

    def asset(self, asset_id: str) -> AssetView | None:
        """Return the file of that id, if this version holds it."""
        return next((each for each in self.assets if each.id == asset_id), None)


@dataclass(frozen=True)
class Card:
    """What a list shows of a resource."""

    id: str
    number: int
    state: str
    kind: str
    institution: str
    institution_names: Mapping[str, str]
    country: str | None
    language: str | None
    access: str | None
    year: int | None
    ages: tuple[int, int] | None
    details: Mapping[str, Any]
    title: Multilingual
    summary: Multilingual
    updated_at: datetime
    submitted_at: datetime | None
    published_at: datetime | None
    assets: tuple[AssetView, ...] = ()
