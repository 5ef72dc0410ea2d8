"""What a file is to its resource, guessed by its name where the giver leaves it open.

Only a help while giving: what a file *is* is found from its bytes, by ingest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from catalog import uploads
from catalog.resources import reading
from catalog.states import AssetRole
from portal.endings import family

if TYPE_CHECKING:
    from catalog.assets import Given
    from catalog.policy.actor import Actor
    from portal.services import Services

BY_NAME = "by_name"
"""In place of a role: guess it."""
POSTERS = ("poster", "cover", "affiche", "cartel", "海报", "封面", "ملصق", "плакат", "афиша")
DRAWN = frozenset({"exhibit", "activity"})
"""Kinds that are built from drawings and models."""
MAIN_OF_KIND = {"film": frozenset({"film"}), "lesson_plan": frozenset({""})}
"""Families that can be the main file of a kind, "" for all other endings; of other kinds any can."""


def guessed(filename: str, kind: str, *, has_main: bool) -> str:
    """Return a role for a file of this name in a resource of this kind."""
    found = family(filename)
    if found == "subtitle":
        return AssetRole.SUBTITLE
    if found == "image" and any(word in filename.casefold() for word in POSTERS):
        return AssetRole.POSTER
    able = MAIN_OF_KIND.get(kind)
    if not has_main and (able is None or found in able):
        return AssetRole.MAIN
    return _beside(filename, found, kind)


def _beside(filename: str, found: str, kind: str) -> str:
    """Return the role of a file beside the main one."""
    if found == "audio" and kind == "film":
        return AssetRole.AUDIO_TRACK
    if kind in DRAWN and (found in ("drawing", "model") or filename.casefold().endswith(".svg")):
        return AssetRole.DRAWING
    return AssetRole.ATTACHMENT


def settled(services: Services, actor: Actor, rid: str, given: Given) -> Given:
    """Return the file with a role: its own, or a guess. Raises NotFound, Gone."""
    if given.role != BY_NAME:
        return given
    with services.database.reading() as session:
        view = reading.working_version(session, actor, rid)
        coming = uploads.unfinished(session, by=actor, resource_id=rid)
    roles = {each.role for each in view.assets} | {each.role for each in coming}
    role = guessed(given.filename, view.kind, has_main=AssetRole.MAIN in roles)
    return replace(given, role=role)
