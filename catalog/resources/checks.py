"""What a version still lacks before it may be handed over (CONTRACT, "Required to hand over")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.errors import Fault
from catalog.states import AssetRole
from config.kinds import KINDS, missing_details

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalog.resources.values import Values
    from catalog.resources.views import ResourceView

FOR_IMPORT = frozenset({"kind", "title", "language", "licence"})


def missing(view: ResourceView) -> tuple[Fault, ...]:
    """Return every fault, in the order of the form; empty when it may be handed over."""
    return (*_missing_values(view), *_missing_by_kind(view), *_faults_of_files(view))


def missing_for_import(view: ResourceView) -> tuple[Fault, ...]:
    """Return what a bulk import with --publish needs: only kind, title, language and licence."""
    refused = [fault for fault in _faults_of_files(view) if fault.code == "asset_refused"]
    return (*(fault for fault in _missing_values(view) if fault.field in FOR_IMPORT), *refused)


def missing_values_for_import(values: Values) -> tuple[Fault, ...]:
    """Return the same of values that are not written yet, and have no files."""
    given = {"kind": values.kind, "title": values.texts.get("title")}
    given |= {"language": values.language, "licence": values.licence}
    return tuple(_required(given))


def _missing_values(view: ResourceView) -> Iterator[Fault]:
    return _required(
        {
            "kind": view.kind,
            "title": view.title.values,
            "summary": view.summary.values,
            "language": view.language,
            "licence": view.licence,
            "uses": view.uses,
            "subjects": view.subjects,
            "access": view.access,
        }
    )


def _required(given: Mapping[str, object]) -> Iterator[Fault]:
    for name, value in given.items():
        if not value:
            yield Fault(name, "required")


def _missing_by_kind(view: ResourceView) -> Iterator[Fault]:
    for name in KINDS[view.kind].required:
        if getattr(view, name) is None:
            yield Fault(name, "required")
    for name in missing_details(view.kind, view.details):
        yield Fault(f"details.{name}", "required")


def _faults_of_files(view: ResourceView) -> Iterator[Fault]:
    if not any(asset.role == AssetRole.MAIN for asset in view.assets):
        yield Fault("assets", "main_required")
    for asset in view.assets:
        facts: dict[str, object] = {"asset": asset.id, "filename": asset.filename}
        if asset.verdict is None:
            yield Fault("assets", "asset_not_checked", facts)
        elif asset.verdict == "refuse":
            yield Fault("assets", "asset_refused", facts)
