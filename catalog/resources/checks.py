"""What a version still lacks before it may be handed over (CONTRACT, "Required to hand over")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.errors import Fault
from catalog.states import AssetRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.resources.views import ResourceView


def missing(view: ResourceView) -> tuple[Fault, ...]:
    """Return every fault, in the order of the form; empty when it may be handed over."""
    return (*_missing_values(view), *_missing_by_kind(view), *_faults_of_files(view))


def missing_for_import(view: ResourceView) -> tuple[Fault, ...]:
    """Return what a bulk import with --publish needs: only kind, title, language and licence."""
    needed = {"kind", "title", "language", "licence"}
    refused = [fault for fault in _faults_of_files(view) if fault.code == "asset_refused"]
    return (*(fault for fault in _missing_values(view) if fault.field in needed), *refused)


def _missing_values(view: ResourceView) -> Iterator[Fault]:
    given = {
        "kind": view.kind,
        "title": view.title.values,
        "summary": view.summary.values,
        "language": view.language,
        "licence": view.licence,
        "uses": view.uses,
        "subjects": view.subjects,
        "access": view.access,
    }
    for name, value in given.items():
        if not value:
            yield Fault(name, "required")


def _missing_by_kind(view: ResourceView) -> Iterator[Fault]:
    if view.kind != "lesson_plan":
        return
    if view.ages is None:
        yield Fault("ages", "required")
    if not view.details.get("duration_minutes"):
        yield Fault("details.duration_minutes", "required")


def _faults_of_files(view: ResourceView) -> Iterator[Fault]:
    if not any(asset.role == AssetRole.MAIN for asset in view.assets):
        yield Fault("assets", "main_required")
    for asset in view.assets:
        facts: dict[str, object] = {"asset": asset.id, "filename": asset.filename}
        if asset.verdict is None:
            yield Fault("assets", "asset_not_checked", facts)
        elif asset.verdict == "refuse":
            yield Fault("assets", "asset_refused", facts)
