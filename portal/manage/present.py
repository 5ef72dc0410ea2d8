"""What the pages of managing show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _

from catalog.policy.actions import Action
from catalog.policy.roles import ROLES
from config.languages import LANGUAGES
from portal.collation import in_order
from portal.facet_labels import country_name
from portal.field_labels import held_role
from portal.formatting import when
from portal.identity import actor, services
from portal.interface import language
from portal.paging import shown_faults
from portal.sizes import NO_BREAK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from catalog.agreements import AgreementView
    from catalog.errors import Invalid
    from catalog.institutions import InstitutionView
    from catalog.people import PersonView
    from portal.manage.forms import AgreementForm, InstitutionForm, PersonForm


@dataclass(frozen=True)
class Held:
    """A role that somebody holds; an empty institution is the whole site."""

    role: str
    institution: str
    words: str


@dataclass(frozen=True)
class Line:
    """A thing in a list: its name, its address, and what is to be said of it."""

    name: str
    address: str
    about: tuple[str, ...] = ()
    id: str = ""
    open: bool = True
    held: tuple[Held, ...] = ()
    depth: int = 0


def tabs(current: str) -> list[tuple[str, str, bool]]:
    """Return the rooms of managing that are open to whoever asks."""
    found = [
        ("institutions", _("Institutions"), url_for("manage.institution_list")),
        ("people", _("People"), url_for("manage.person_list")),
    ]
    if actor().is_site_admin:
        found += [
            ("agreements", _("Agreements"), url_for("manage.agreement_list")),
            ("vocabulary", _("Vocabulary"), url_for("manage.concept_list")),
            ("checklists", _("Checklists"), url_for("manage.point_list")),
        ]
    return [(words, address, name == current) for name, words, address in found]


def house_name(institution: str) -> str:
    """Return the name of an institution for whoever reads."""
    return services().reference.shelf().institution_name(institution, language())


def own_houses() -> list[tuple[str, str]]:
    """Return the institutions whoever asks manages: id and name, by name."""
    places = actor().granted_at(Action.INSTITUTION_EDIT)
    known = services().reference.shelf().institutions
    found = [(each, house_name(each)) for each in known if places is None or each in places]
    return in_order(found, language(), lambda each: each[1])


def languages_of(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the languages whose fields stand open, and those that can be chosen beside them.

    Open are the reader's, English, and those in which something is written.
    """
    shown = dict.fromkeys((language(), "en", *(tag for tag, text in texts.items() if text)))
    return {"languages": list(shown), "more": [tag for tag in LANGUAGES if tag not in shown]}


def institutions(form: InstitutionForm, faults: Invalid | None) -> dict[str, Any]:
    """Return the list of institutions, with the form for another."""
    known = services().reference.shelf().institutions
    rows = [
        Line(
            name,
            url_for("manage.institution", iid=each),
            (each, country_name(known[each].country, language())),
        )
        for each, name in own_houses()
    ]
    return {
        "tabs": tabs("institutions"),
        "rows": rows,
        "may_add": actor().is_site_admin,
        "form": form,
        **languages_of(form.names),
        "faults": shown_faults(faults),
    }


def institution(
    view: InstitutionView, form: InstitutionForm, faults: Invalid | None
) -> dict[str, Any]:
    """Return one institution with its form."""
    heading, tag = services().reference.shelf().institution_named(view.id, language())
    return {
        "tabs": tabs("institutions"),
        "heading": heading,
        "tag": tag,
        "view": view,
        "form": form,
        **languages_of(form.names),
        "may_remove": actor().is_site_admin,
        "faults": shown_faults(faults),
    }


def people(
    found: tuple[PersonView, ...], form: PersonForm, faults: Invalid | None
) -> dict[str, Any]:
    """Return the accounts, with the form for another."""
    rows = [
        Line(
            each.name,
            "",
            (each.email,),
            id=each.id,
            open=each.active,
            held=tuple(Held(role, place or "", _held(role, place)) for role, place in each.roles),
        )
        for each in found
    ]
    site_wide = actor().is_site_admin
    return {
        "tabs": tabs("people"),
        "rows": rows,
        "own": actor().person_id,
        "form": form,
        "roles": [(name, held_role(name)) for name in ROLES],
        "houses": own_houses(),
        "site_wide": site_wide,
        "faults": shown_faults(faults),
    }


def _held(role: str, place: str | None) -> str:
    if place is None:
        return _("%(role)s for the whole site", role=held_role(role))
    return _("%(role)s, %(place)s", role=held_role(role), place=house_name(place))


def agreements(
    found: tuple[AgreementView, ...], form: AgreementForm, faults: Invalid | None
) -> dict[str, Any]:
    """Return the agreements, with the form for another."""
    rows = [
        Line(_parties(each), url_for("manage.agreement", gid=each.id), (each.id, *_days(each)))
        for each in found
    ]
    return {
        "tabs": tabs("agreements"),
        "rows": rows,
        "form": form,
        "houses": own_houses(),
        "faults": shown_faults(faults),
    }


def agreement(view: AgreementView, form: AgreementForm, faults: Invalid | None) -> dict[str, Any]:
    """Return one agreement with the form of its dates."""
    return {
        "tabs": tabs("agreements"),
        "heading": _parties(view),
        "view": view,
        "form": form,
        "houses": own_houses(),
        "faults": shown_faults(faults),
    }


def _parties(view: AgreementView) -> str:
    """Return what an agreement is called: by those who made it; its id is no name.

    Each is isolated (U+2068, U+2069), since names of both directions may stand side by side.
    """
    return f"{NO_BREAK}· ".join(f"\u2068{house_name(party)}\u2069" for party in view.parties)


def _days(view: AgreementView) -> tuple[str, ...]:
    starts = _("from %(day)s", day=_whole(view.starts)) if view.starts else ""
    until = _("until %(day)s", day=_whole(view.ends)) if view.ends else ""
    return tuple(each for each in (starts, until) if each) or (_("without end"),)


def _whole(day: date) -> str:
    return when(day).replace(" ", NO_BREAK)
