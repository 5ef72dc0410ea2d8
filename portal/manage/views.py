"""Institutions, people and agreements by forms: the functions that API and command line call too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from flask_babel import gettext as _

from catalog import agreements, institutions, people, roles
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from portal.identity import actor, services
from portal.manage import present
from portal.manage.forms import AgreementForm, InstitutionForm, PersonForm
from portal.manage.rooms import blueprint, kept, page, room

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from catalog.errors import Invalid


@blueprint.get("")
def institution_list() -> ResponseReturnValue:
    """List the institutions one manages."""
    return _institutions(InstitutionForm())


def _institutions(form: InstitutionForm, faults: Invalid | None = None) -> ResponseReturnValue:
    if actor().granted_at(Action.INSTITUTION_EDIT) == frozenset():
        demand(actor(), Action.INSTITUTION_EDIT, Standing(), what="page")
    return page("institutions", faults, present.institutions(form, faults))


@blueprint.post("/institutions")
def add_institution() -> ResponseReturnValue:
    """Add an institution; its id stays for good."""
    form = InstitutionForm.typed(request.form)
    return kept(
        lambda session: institutions.add(
            session,
            by=actor(),
            institution_id=form.id,
            names=form.given_names,
            country=form.country,
        ),
        lambda error: _institutions(form, error),
        to=room("institution_list"),
        words=_("The institution is added."),
        taken="id",
    )


@blueprint.get("/institutions/<iid>")
def institution(iid: str) -> ResponseReturnValue:
    """Show one institution with its names."""
    return _institution(iid)


def _institution(
    iid: str, form: InstitutionForm | None = None, faults: Invalid | None = None
) -> ResponseReturnValue:
    demand(actor(), Action.INSTITUTION_EDIT, Standing(institution=iid), what="institution")
    with services().database.reading() as session:
        view = institutions.institution(session, iid)
    form = form or InstitutionForm.kept(view)
    return page("institution", faults, present.institution(view, form, faults))


@blueprint.post("/institutions/<iid>")
def change_institution(iid: str) -> ResponseReturnValue:
    """Rename an institution, or move it to another country."""
    form = InstitutionForm.typed(request.form)
    return kept(
        lambda session: institutions.change(
            session,
            by=actor(),
            institution_id=iid,
            names=form.given_names,
            country=form.country,
        ),
        lambda error: _institution(iid, form, error),
        to=room("institution", iid=iid),
        words=_("Kept."),
    )


@blueprint.post("/institutions/<iid>/remove")
def remove_institution(iid: str) -> ResponseReturnValue:
    """Remove an institution that nothing hangs on."""
    return kept(
        lambda session: institutions.remove(session, by=actor(), institution_id=iid),
        None,
        to=room("institution_list"),
        words=_("The institution is removed."),
    )


@blueprint.get("/people")
def person_list() -> ResponseReturnValue:
    """List the accounts one manages."""
    return _people(PersonForm())


def _people(form: PersonForm, faults: Invalid | None = None) -> ResponseReturnValue:
    with services().database.reading() as session:
        found = people.people(session, by=actor())
    return page("people", faults, present.people(found, form, faults))


@blueprint.post("/people")
def add_person() -> ResponseReturnValue:
    """Add an account, or a further role to one."""
    form = PersonForm.typed(request.form)
    return kept(
        lambda session: people.add_person(
            session,
            by=actor(),
            email=form.email,
            name=form.name,
            role=form.role,
            institution=form.institution or None,
            password=request.form.get("password") or None,
        ),
        lambda error: _people(form, error),
        to=room("person_list"),
        words=_("The account has that role now."),
        taken="role",
    )


@blueprint.post("/people/<pid>/active")
def set_active(pid: str) -> ResponseReturnValue:
    """Open or close an account."""
    opened = request.form.get("active") == "yes"
    return kept(
        lambda session: people.change(session, by=actor(), person_id=pid, active=opened),
        None,
        to=room("person_list"),
        words=_("The account is open.")
        if opened
        else _("The account is closed, its sessions have ended."),
    )


@blueprint.post("/people/<pid>/roles/take")
def take_role(pid: str) -> ResponseReturnValue:
    """Take a role away; it can be given again by the form below the list."""
    role, place = request.form.get("role", ""), request.form.get("institution") or None
    return kept(
        lambda session: roles.take(
            session, by=actor(), person_id=pid, role=role, institution=place
        ),
        None,
        to=room("person_list"),
        words=_("The role is taken away."),
    )


@blueprint.get("/agreements")
def agreement_list() -> ResponseReturnValue:
    """List all agreements, of whatever institutions."""
    return _agreements(AgreementForm())


def _agreements(form: AgreementForm, faults: Invalid | None = None) -> ResponseReturnValue:
    with services().database.reading() as session:
        found = agreements.agreements(session, by=actor())
    return page("agreements", faults, present.agreements(found, form, faults))


@blueprint.post("/agreements")
def add_agreement() -> ResponseReturnValue:
    """Add an agreement between institutions."""
    form = AgreementForm.typed(request.form)
    return kept(
        lambda session: agreements.add(
            session, by=actor(), agreement_id=form.id, parties=form.parties, **form.days()
        ),
        lambda error: _agreements(form, error),
        to=room("agreement_list"),
        words=_("The agreement is added."),
        taken="id",
    )


@blueprint.get("/agreements/<gid>")
def agreement(gid: str) -> ResponseReturnValue:
    """Show one agreement with its dates."""
    return _agreement(gid)


def _agreement(
    gid: str, form: AgreementForm | None = None, faults: Invalid | None = None
) -> ResponseReturnValue:
    with services().database.reading() as session:
        view = agreements.agreement(session, by=actor(), agreement_id=gid)
    form = form or AgreementForm.kept(view)
    return page("agreement", faults, present.agreement(view, form, faults))


@blueprint.post("/agreements/<gid>")
def change_agreement(gid: str) -> ResponseReturnValue:
    """Write parties and dates of an agreement anew."""
    form = AgreementForm.typed(request.form)
    return kept(
        lambda session: agreements.change(
            session, by=actor(), agreement_id=gid, parties=form.parties, **form.days()
        ),
        lambda error: _agreement(gid, form, error),
        to=room("agreement_list"),
        words=_("Kept."),
    )


@blueprint.post("/agreements/<gid>/remove")
def remove_agreement(gid: str) -> ResponseReturnValue:
    """Take an agreement out of the catalogue."""
    return kept(
        lambda session: agreements.remove(session, by=actor(), agreement_id=gid),
        None,
        to=room("agreement_list"),
        words=_("The agreement is ended."),
    )
