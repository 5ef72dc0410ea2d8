"""The fields of the kinds, files' roles and accesses in the reader's words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

FIELDS = {
    "floor_area_m2": _l("Floor"),
    "height_m": _l("Height"),
    "power_w": _l("Power"),
    "mass_kg": _l("Mass"),
    "crates": _l("Crates"),
    "staff": _l("Staff"),
    "consumables": _l("Consumables"),
    "buildability": _l("How it is built"),
    "drawings": _l("Drawings"),
    "makers": _l("Makers"),
    "spoken_languages": _l("Spoken in"),
    "duration_minutes": _l("Length"),
    "group_size": _l("Group"),
    "materials": _l("Materials"),
    "cost": _l("Cost"),
    "safety": _l("Safety"),
    "curriculum": _l("Curriculum"),
}
UNITS = {
    "m2": _l("m²"),
    "m": _l("m"),
    "W": _l("W"),
    "kg": _l("kg"),
    "min": _l("min"),
}
GRADES = {
    1: _l("by hand"),
    2: _l("in a workshop"),
    3: _l("by a specialist"),
    4: _l("in a factory"),
}
"""What it takes to build an exhibit."""
ROLES = {
    "main": _l("main file"),
    "drawing": _l("drawing"),
    "subtitle": _l("subtitles"),
    "audio_track": _l("sound track"),
    "poster": _l("poster"),
    "attachment": _l("attachment"),
}
ACCESSES = {
    "open": _l("Everyone"),
    "partners": _l("People of partner institutions"),
    "agreement": _l("Institutions with an agreement"),
}
HELD_ROLES = {
    "contributor": _l("gives"),
    "partner": _l("takes as a partner"),
    "curator": _l("curator"),
    "admin": _l("admin"),
}
MISSING = {
    "title": _l("a title"),
    "summary": _l("a sentence about it"),
    "language": _l("its language"),
    "licence": _l("a licence"),
    "uses": _l("what others may do"),
    "subjects": _l("a subject"),
    "access": _l("who may take it"),
    "assets": _l("a main file that can be taken"),
    "ages": _l("ages"),
    "details.duration_minutes": _l("how long it takes"),
    "kind": _l("its kind"),
}


PLACES = {
    "title": _l("Title"),
    "summary": _l("In one sentence"),
    "description": _l("Description"),
    "keywords": _l("keywords"),
    "subjects": _l("Subjects"),
    "licence": _l("Licence"),
    "uses": _l("Others may"),
    "year": _l("Year"),
    "ages": _l("Ages"),
    "kind": _l("Kind"),
    "access": _l("Who may take it"),
    "country": _l("Country"),
    "language": _l("Language"),
    "credit": _l("How to name you"),
}
"""Fields of all kinds, where a note may stand."""


def place_label(name: str) -> str:
    """Return the label of any field that a note stands at."""
    words = str(PLACES.get(name) or FIELDS.get(name, name))
    return words[:1].upper() + words[1:]


def field_label(name: str) -> str:
    """Return the label of a field of a kind."""
    return str(FIELDS.get(name, name))


def unit_name(unit: str | None) -> str:
    """Return the short name of a unit."""
    return str(UNITS.get(unit or "", unit or ""))


def role_name(role: str) -> str:
    """Return what a file is to its resource."""
    return str(ROLES.get(role, role))


def held_role(role: str) -> str:
    """Return what a person is, by the role held."""
    return str(HELD_ROLES.get(role, role))


def missing_label(field: str) -> str:
    """Return what is missing, as a few words."""
    return str(MISSING.get(field, field))
