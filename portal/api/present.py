"""Views of the catalogue as the JSON of the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for

from catalog.resources.weights import thumbnail
from catalog.resources.writable import described
from portal.sentences import reason_sentence

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.agreements import AgreementView
    from catalog.events import EventLine
    from catalog.institutions import InstitutionView
    from catalog.notes import NoteView
    from catalog.people import PersonView
    from catalog.queue import QueueEntry
    from catalog.resources.views import AssetView, ResourceView
    from catalog.tokens import TokenView
    from portal.finding import FoundHit
    from search.highlights import Reason, Snippet


def when(moment: datetime | None) -> str | None:
    """Return a time as RFC 3339 in UTC."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def etag(view: ResourceView) -> str:
    """Return the ETag of a version."""
    return f"{view.number}-{view.revision}"


def resource(view: ResourceView, *, inside: bool) -> dict[str, Any]:
    """Return a resource with all its texts; `inside`, with the steps of its files too."""
    return {
        "id": view.id,
        "state": view.state,
        "version": view.number,
        "revision": view.revision,
        "institution": view.institution,
        "institution_name": dict(view.institution_names),
        **described(view),
        "origins": {
            name: dict(text.origins)
            for name, text in (("title", view.title), ("summary", view.summary))
        },
        "created_at": when(view.created_at),
        "updated_at": when(view.updated_at),
        "submitted_at": when(view.submitted_at),
        "published_at": when(view.published_at),
        "assets": [asset(view, each, inside=inside) for each in view.assets],
        "thumbnail": thumbnail_url(view.id, thumbnail(view.assets)),
        "url": url_for("browse.resource", rid=view.id),
    }


def asset(view: ResourceView, each: AssetView, *, inside: bool) -> dict[str, Any]:
    """Return a file; `inside`, with the work of the machine on it."""
    told: dict[str, Any] = {
        "id": each.id,
        "filename": each.filename,
        "role": each.role,
        "language": each.language,
        "bytes": each.size,
        "sha256": each.sha256,
        "media_type": each.media_type,
        "family": each.family,
        "state": each.state,
        "verdict": each.verdict,
        "reasons": [
            {"code": reason["code"], "message": reason_sentence(reason["code"])}
            for reason in each.reasons
        ],
        "released": each.released,
        "facts": dict(each.facts),
        "renditions": [
            {
                "name": made.name,
                "media_type": made.media_type,
                "bytes": made.size,
                "url": url_for("api.rendition", rid=view.id, aid=each.id, name=made.name),
            }
            for made in each.renditions
        ],
        "content": url_for("api.content", rid=view.id, aid=each.id),
        "created_at": when(each.created_at),
    }
    if inside:
        told["steps"] = [
            {
                "name": step.name,
                "state": step.state,
                "progress": step.progress,
                "attempts": step.attempts,
                "last_error": step.last_error,
            }
            for step in each.steps
        ]
    return told


def hit(found: FoundHit, reader: str) -> dict[str, Any]:
    """Return one result of a search."""
    return {
        **found_record(found, reader),
        "thumbnail": thumbnail_url(found.card.id, found.thumbnail),
        "url": url_for("browse.resource", rid=found.card.id),
    }


def found_record(found: FoundHit, reader: str) -> dict[str, Any]:
    """Return what a result says, but for addresses: the command line prints it too."""
    card = found.card
    title = card.title.pick(reader, original=card.language)
    summary = card.summary.pick(reader, original=card.language)
    smallest = found.smallest
    return {
        "id": card.id,
        "kind": card.kind,
        "title": title.value if title else "",
        "title_lang": title.language if title else None,
        "summary": summary.value if summary else "",
        "snippets": [snippet(each) for each in found.snippets],
        "matched_by": [matched(each) for each in found.matched_by],
        "institution": card.institution,
        "country": card.country,
        "languages": languages(card.assets, card.language),
        "smallest": {
            "bytes": smallest.bytes,
            "rendition": smallest.rendition,
            "asset": smallest.asset,
        }
        if smallest
        else None,
        "access": card.access,
        "near": found.near,
    }


def languages(assets: tuple[AssetView, ...], first: str | None) -> list[str]:
    """Return the languages of a resource: its own, and those of its files."""
    found = [first] + [each.language or each.facts.get("language") for each in assets]
    return list(dict.fromkeys(tag for tag in found if tag))


def snippet(each: Snippet) -> dict[str, Any]:
    """Return a quotation with its marks."""
    return {
        "field": each.field,
        "lang": each.lang,
        "text": each.text,
        "marks": [list(mark) for mark in each.marks],
        "asset": each.asset,
        "page": each.page,
        "second": each.second,
    }


def matched(each: Reason) -> dict[str, Any]:
    """Return why something was found."""
    if each.concept is not None:
        return {"concept": each.concept, "label": each.label, "lang": each.lang}
    return {"field": each.field}


def thumbnail_url(resource_id: str, asset_id: str | None) -> str | None:
    """Return the address of a thumbnail."""
    if asset_id is None:
        return None
    return url_for("download.rendition", rid=resource_id, aid=asset_id, name="thumbnail")


def note(each: NoteView) -> dict[str, Any]:
    """Return a note."""
    return {
        "id": each.id,
        "at": when(each.at),
        "author": {"id": each.author_id, "name": each.author},
        "text": each.text,
        "anchor": each.anchor,
        "answers": each.answers,
        "private": each.private,
        "settled_at": when(each.settled_at),
    }


def event(line: EventLine) -> dict[str, Any]:
    """Return a line of the log."""
    return {
        "seq": line.seq,
        "at": when(line.at),
        "actor": line.actor,
        "action": line.action,
        "note": line.note,
        "hash": line.hash,
    }


def queued(entry: QueueEntry, reader: str) -> dict[str, Any]:
    """Return a submission of the queue."""
    title = entry.title.pick(reader, original=entry.language)
    return {
        "id": entry.id,
        "kind": entry.kind,
        "title": title.value if title else "",
        "institution": entry.institution,
        "submitted_at": when(entry.submitted_at),
        "state": entry.state,
        "languages": languages(entry.assets, entry.language),
        "checks": [
            {
                "asset": each.id,
                "filename": each.filename,
                "verdict": each.verdict,
                "reasons": [reason["code"] for reason in each.reasons],
            }
            for each in entry.assets
        ],
        "claimed_by": entry.claimed_by,
    }


def institution(each: InstitutionView) -> dict[str, Any]:
    """Return an institution."""
    return {"id": each.id, "country": each.country, "name": dict(each.names)}


def agreement(each: AgreementView) -> dict[str, Any]:
    """Return an agreement."""
    return {
        "id": each.id,
        "parties": list(each.parties),
        "from": each.starts.isoformat() if each.starts else None,
        "until": each.ends.isoformat() if each.ends else None,
    }


def person(each: PersonView) -> dict[str, Any]:
    """Return an account."""
    return {
        "id": each.id,
        "email": each.email,
        "name": each.name,
        "active": each.active,
        "roles": [{"role": role, "institution": place} for role, place in each.roles],
    }


def token(each: TokenView) -> dict[str, Any]:
    """Return a token without its secret."""
    return {
        "id": each.id,
        "name": each.name,
        "scopes": list(each.scopes),
        "created_at": when(each.created_at),
    }


def listed_token(each: TokenView) -> dict[str, Any]:
    """Return the same in a list, with the day of its last use: that is no part of its ETag."""
    used = each.last_used_on
    return {**token(each), "last_used_on": used.date().isoformat() if used else None}
