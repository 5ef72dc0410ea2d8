"""Codes into sentences. Lower floors speak in codes; here, and only here, they become words.

A sentence says what happened and what to do next. `%(name)s` takes a fact of the error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask_babel import lazy_gettext as _l

from portal.numerals import number
from portal.sizes import limit

if TYPE_CHECKING:
    from collections.abc import Mapping

ERRORS = {
    # -- not there, not yours -------------------------------------------------------------------
    "not_found": _l("There is nothing at this address. It may have been mistyped or moved."),
    "withdrawn": _l("This was withdrawn. Its page says when and why."),
    "not_signed_in": _l("Please sign in first."),
    "bad_token": _l("This token is not valid. Make a new one on your account page."),
    "not_permitted": _l("Your account may not do this. Ask the admin of your institution."),
    "scope_missing": _l("This token was made for other things. Make one with the scope needed."),
    "own_gift": _l("Nobody judges what they gave themselves. Another curator must do it."),
    "partners_only": _l("This is for people of a partner institution. Sign in to take it."),
    "agreement_only": _l("This is for institutions that have an agreement with the giver."),
    "None_only": _l("The giver has not yet said who may take this."),
    "open_only": _l("This is not open to you."),
    "file_not_released": _l("A curator must still look at this file before it can be taken."),
    # -- of keeping ------------------------------------------------------------------------------
    "backup_busy": _l("Another backup is being written to %(folder)s. Wait for its end."),
    "backup_damaged": _l("The backup is damaged at %(what)s. Use another snapshot or copy."),
    "backup_missing": _l("There is no such snapshot in %(folder)s."),
    "not_empty": _l("There is something in the catalogue already. Restore into an empty home."),
    # -- not now ---------------------------------------------------------------------------------
    "wrong_state": _l("This cannot be done in the state the resource is in now."),
    "published": _l("This is published. Open a new version to change it."),
    "in_review": _l("This has been handed over. Take it back to change it."),
    "claimed": _l("A curator has taken this into review."),
    "not_claimed": _l("Take it into review first."),
    "version_open": _l("A new version is on its way already."),
    "not_published": _l("Nothing of this is published yet."),
    "not_held": _l("This file is not held."),
    "asset_not_checked": _l("%(filename)s is still being looked at."),
    "role_held": _l("This person has that role already."),
    "last_admin": _l("Somebody must be left to manage the site. Make another admin first."),
    "source_exists": _l("Your institution has given something with this source id already."),
    "institution_exists": _l("There is an institution with this id already."),
    "agreement_exists": _l("There is an agreement with this id already."),
    "concept_exists": _l("There is a subject with this id already."),
    "in_use": _l("Something hangs on this still: resources, people or agreements."),
    "stale": _l("Somebody changed this while you were writing. Load it again; nothing is lost."),
    # -- what was sent does not hold ---------------------------------------------------------------
    "invalid": _l("Some fields need another look."),
    "incomplete": _l("Some things are still missing."),
    "bad_request": _l("The request could not be understood."),
    "unknown_parameter": _l("The request has a parameter that does not exist here."),
    "bad_csrf": _l("The page was open for too long. Load it again and send once more."),
    "precondition_failed": _l("The file is not the one that the request names any more."),
    "method_not_allowed": _l("This address does not take that kind of request."),
    "unsupported_media_type": _l("The request comes in a format that is not understood here."),
    "page_too_far": _l("The list can be read to the 10,000th result. Narrow the search down."),
    # -- files on their way ------------------------------------------------------------------------
    "too_large": _l("This is too large."),
    "too_large_for_form": _l("Without scripts: one file of up to %(size)s at a time."),
    "quota_exceeded": _l("The space of your institution is used up. Ask its admin."),
    "upload_busy": _l("This file is being sent from elsewhere right now. Try again in a moment."),
    "offset_mismatch": _l("The file continues at another place than was sent. Ask for the place."),
    "upload_expired": _l("This upload was left for too long and was cleared away. Begin anew."),
    "upload_finished": _l("This file has arrived already."),
    "checksum_mismatch": _l("The file changed on its way: its checksum differs. Send it again."),
    "chunk_checksum_mismatch": _l("A part changed on its way. Send it again; the rest is safe."),
    "unsupported_tus_version": _l("This upload speaks another version of the tus protocol."),
    "range_not_satisfiable": _l("The file ends before the part that was asked for."),
    # -- the house -----------------------------------------------------------------------------------
    "too_many_sign_ins": _l("There were too many tries. Wait a quarter of an hour."),
    "too_many_requests": _l("These are very many requests. Wait a minute."),
    "too_busy": _l("Many files are being sent right now. Try again in half a minute."),
    "database_busy": _l("The catalogue is busy. Try again in a moment; nothing is lost."),
    "database_unreachable": _l("The database cannot be used: %(because)s"),
    "database_newer": _l("The catalogue was made by a newer Caravan. Start that one instead."),
    "database_unsupported": _l("Caravan does not know this kind of database."),
    "twice_at_once": _l("Somebody did the same at the same moment. Load the page again."),
    "store_full": _l("The store is full. What was sent before is safe; try again later."),
    "store_unavailable": _l("The store of the files is resting. Try again in a moment."),
    "search_unavailable": _l("The search is resting. Browsing and taking go on."),
    # -- why the search cannot be used, for operators: search_ and the code of the engine ------------
    "search_unreachable": _l(
        "The search engine does not answer at its address (CARAVAN_SEARCH_URL)."
    ),
    "search_timed_out": _l("The search engine took too long to answer."),
    "search_bad_login": _l(
        "The search engine does not accept the user and password, or the API key."
    ),
    "search_forbidden": _l("The search engine does not let this user keep an index of this name."),
    "search_bad_certificate": _l(
        "The certificate of the search engine is not signed by the authority in"
        " CARAVAN_SEARCH_CA_FILE, or not made for its address."
    ),
    "search_bad_ca_file": _l("CARAVAN_SEARCH_CA_FILE is not a file of certificates (PEM)."),
    "search_not_elasticsearch": _l("What answers at CARAVAN_SEARCH_URL is not Elasticsearch."),
    "search_foreign": _l(
        "Another program has an index of this name on the search engine."
        " Choose another name with CARAVAN_SEARCH_INDEX."
    ),
    "search_read_only": _l(
        "The index cannot be written, perhaps since the disk of the search engine is full."
    ),
    "search_outdated": _l(
        "The index was made by another version of Caravan; it is being built anew."
    ),
    "internal": _l("Something went wrong on our side. What you saved before is safe."),
}
"""Every code that an error may carry; a house test holds it against the code."""

FIELDS = {
    "required": _l("This is needed."),
    "main_required": _l("One main file is needed."),
    "asset_not_checked": _l("%(filename)s is still being looked at."),
    "asset_refused": _l("%(filename)s cannot be taken. Remove it or send another."),
    "unknown_field": _l("There is no such field."),
    "unknown_value": _l("This is not one of the values allowed."),
    "unknown_language": _l("This is not a language tag."),
    "unknown_country": _l("This is not a country code of two letters."),
    "unknown_subject": _l("There is no subject of this name: %(value)s"),
    "unknown_institution": _l("There is no institution of this id."),
    "not_a_text": _l("This must be a text."),
    "not_a_number": _l("This must be a whole number."),
    "not_whole": _l("This must be a whole number."),
    "not_text": _l("This must be a text."),
    "empty": _l("This is empty."),
    "not_a_language": _l("This is not a language tag."),
    "unknown_parameter": _l("The request has a parameter that does not exist here."),
    "page_too_far": _l("The list can be read to the 10,000th result. Narrow the search down."),
    "not_by_language": _l("This must hold one text for each language."),
    "not_a_list_of_texts": _l("This must be a list of texts."),
    "not_a_pair_of_numbers": _l("This must be two whole numbers, from and to."),
    "not_a_use": _l("This must be one of the six uses."),
    "not_a_date": _l("This must be a date such as 2026-11-24."),
    "not_an_object": _l("This must be a group of named values."),
    "not_an_address": _l("This is not a mail address."),
    "checksum_mismatch": _l("The file changed on its way: its checksum differs. Send it again."),
    "not_a_sha256": _l("This is not a SHA-256 of 64 hexadecimal digits."),
    "too_long": _l("This is too long."),
    "too_many": _l("These are too many."),
    "too_short": _l("This is too short."),
    "too_small": _l("This is too small."),
    "too_large": _l("This is too large."),
    "out_of_range": _l("This must be between %(least)s and %(most)s."),
    "bad_id": _l("An id has small letters, digits and hyphens only."),
    "bad_filename": _l("The name of the file cannot be used."),
    "two_required": _l("Two institutions are needed."),
    "before_start": _l("The end lies before the start."),
    "no_such_file": _l("There is no such file beside the list: %(value)s"),
    "not_json": _l("This line is not JSON."),
    "not_a_list": _l("This must be a list."),
    "path_required": _l("Each file needs a path."),
    "published": _l("This is published. Import with --publish to change it."),
    "source_exists": _l("Your institution has given something with this source id already."),
    "no_such_anchor": _l("There is no such field, page or second."),
    "no_such_note": _l("There is no such note to answer."),
    "wrong_password": _l("The password is not right."),
}
"""Codes of a single field."""

REASONS = {
    "active_content": _l(
        "The file carries a program that runs when it is opened. Save it without and send it again."
    ),
    "archive_bomb": _l("The file would unpack to far more than it says. It was left packed."),
    "checksum_mismatch": _l("The file changed on its way: its checksum differs. Send it again."),
    "damaged": _l("The file is damaged or cut short. Copy it once more from where it was made."),
    "empty": _l("The file is empty."),
    "encrypted": _l("The file is locked with a password. Save it without one."),
    "external_reference": _l("The file wants to fetch something from elsewhere when it is opened."),
    "macros": _l("The document carries macros. Save it without them, or a curator will decide."),
    "quarantined": _l(
        "The stored file was found damaged. It is kept back until it has been brought back whole."
    ),
    "path_escape": _l("The archive wants to write outside its own folder."),
    "timed_out": _l("The file took too long to read. A curator must look at it."),
    "too_large": _l("The file is too large to be looked at here."),
    "type_mismatch": _l("The name of the file says another kind than its content."),
    "unknown_type": _l("This kind of file is not known here. A curator must look at it."),
}
"""Why ingest holds or refuses a file."""


MOST_BYTES = _l("No more than %(size)s can be taken at once.")
"""For `too_large`, where the limit is known: the fact `most_bytes`."""


def sentence(code: str, facts: Mapping[str, object] | None = None) -> str:
    """Return the sentence for an error's code in the language of the request."""
    return _limit(code, facts) or _filled(str(ERRORS.get(code, ERRORS["internal"])), facts)


def field_sentence(code: str, facts: Mapping[str, object] | None = None) -> str:
    """Return the sentence for the fault of one field."""
    known = FIELDS.get(code) or ERRORS.get(code) or FIELDS["unknown_value"]
    return _limit(code, facts) or _filled(str(known), facts)


def reason_sentence(code: str) -> str:
    """Return the sentence for a reason of ingest."""
    return str(REASONS.get(code, REASONS["unknown_type"]))


def _limit(code: str, facts: Mapping[str, object] | None) -> str:
    """Return what would have held where something is too large or too small; "" if unknown."""
    facts = facts or {}
    if code == "too_large" and isinstance(most := facts.get("most_bytes"), int):
        return _filled(str(MOST_BYTES), {"size": limit(most)})
    if code in ("too_small", "too_large") and {"least", "most"} <= set(facts):
        ends = {name: number(cast("float", facts[name])) for name in ("least", "most")}
        return _filled(str(FIELDS["out_of_range"]), ends)
    return ""


def _filled(words: str, facts: Mapping[str, object] | None) -> str:
    try:
        return words % (facts or {})
    except (KeyError, TypeError, ValueError):
        return words
