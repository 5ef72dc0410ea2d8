"""Files with what ingest would have found and made, their bytes left out: for pages that show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog import assets, blobs, ingesting, reviews
from catalog.ids import new_id
from catalog.resources import drafts
from storage.keys import original_key, rendition_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.factories.house import House


@dataclass(frozen=True)
class File:
    """A file to be: its name, family and role, its size, and its renditions by name with theirs."""

    filename: str
    family: str
    role: str = "main"
    size: int = 1_000_000
    language: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    made: Mapping[str, int] = field(default_factory=dict)


FILM = File(
    "needle.mp4",
    "film",
    size=90_000_000,
    facts={"duration_s": 552.0, "display_width": 1920, "display_height": 1080},
    made={
        "thumbnail": 9_000,
        "poster": 40_000,
        "film_144p": 5_800_000,
        "film_240p": 14_600_000,
        "film_480p": 41_000_000,
        "audio_only": 3_300_000,
    },
)
"""Nine minutes; at 256 kbit/s three minutes' load in 144p, more than five in any other."""
ENGLISH, CHINESE = (
    File(f"needle.{tag}.srt", "subtitle", "subtitle", 900, tag, made={"captions": 800, "text": 500})
    for tag in ("en", "zh")
)
QUESTIONS = File(
    "questions.docx",
    "document",
    "attachment",
    84_000,
    "en",
    facts={"title": "Questions for the class", "pages": 2},
    made={"text": 2_000},
)
TUBE = File(
    "tube.glb",
    "model",
    facts={"triangles": 396},
    made={"still": 6_000, "mesh": 9_132, "thumbnail": 1},
)
PLAN = File(
    "plan.pdf",
    "document",
    facts={"pages": 3},
    made={"page_1": 18_000, "page_2": 6_000, "page_3": 7_000, "text": 300, "thumbnail": 2_000},
)


def _type(name: str) -> str:
    if name.startswith("film_"):
        return "video/mp4"
    return {"audio_only": "audio/ogg", "mesh": "model/gltf-binary"}.get(name, "image/webp")


def publish(house: House, files: Sequence[File], **values: Any) -> str:
    """Publish a resource of these files, judged by a curator; return its id."""
    from tests.factories.house import VALUES

    giver, curator = house.actors["contributor"], house.actors["curator"]
    with house.services.database.unit_of_work() as session:
        rid = drafts.create(session, by=giver, institution=None, payload={**VALUES, **values})
        version = drafts.latest(session, rid)[1].id
        for file in files:
            blob = new_id()
            key, digest = original_key(blob), new_id().rjust(64, "0")
            blobs.keep(session, blob_id=blob, key=key, size=file.size, sha256=digest)
            given = assets.Given(file.filename, file.role, file.language)
            assets.attach(
                session,
                by=giver.person_id,
                resource_id=rid,
                version_id=version,
                blob_id=blob,
                given=given,
            )
            ingesting.store_findings(
                session,
                blob,
                media_type="application/octet-stream",
                family=file.family,
                verdict="accept",
                reasons=[],
                facts=dict(file.facts),
            )
            made = [
                ingesting.Made(name, _type(name), size, "", rendition_key(blob, name), {})
                for name, size in file.made.items()
            ]
            ingesting.store_renditions(session, blob, made)
    for act in (reviews.submit, reviews.claim):
        with house.services.database.unit_of_work() as session:
            by = giver if act is reviews.submit else curator
            act(session, by=by, resource_id=rid)
    with house.services.database.unit_of_work() as session:
        reviews.decide(session, by=curator, resource_id=rid, decision="publish", note="")
    return rid
