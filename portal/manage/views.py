"""Institutions, people and agreements by forms: the same functions as the API and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from catalog import agreements, institutions, people
from catalog.errors import Conflict, Fault, Invalid, NotFound
from catalog.policy.actions import Action
from catalog.policy.clauses import Standing
from catalog.policy.guard import demand
from portal.identity import actor, services
from portal.manage import present
from portal.manage.forms import AgreementForm, InstitutionForm, PersonForm

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response as AnyResponse

    from catalog.agreements import AgreementView

blueprint = Blueprint("manage", __name__, url_prefix="/manage")

SEE_OTHER = 303
UNPROCESSABLE = 422


def _page(template: str, faults: Invalid | None, shown: dict[str, Any]) -> ResponseReturnValue:
    page = render_template(f"manage/{template}.html", **shown)
    return page if faults is None else (page, UNPROCESSABLE)


def _back(endpoint: str, words: str) -> AnyResponse:
    flash(words, "calm")
    return redirect(url_for(f"manage.{endpoint}"), SEE_OTHER)


def _as_fault(error: Conflict, field: str) -> Invalid:
    """Show beside the field that its id is taken, instead of a page that loses what was typed."""
    return Invalid((Fault(field, error.code),))


@blueprint.get("")
def institution_list() -> ResponseReturnValue:
    """List the institutions one manages."""
    return _institutions()


def _institutions(
    form: InstitutionForm | None = None, faults: Invalid | None = None
) -> ResponseReturnValue:
    if actor().granted_at(Action.INSTITUTION_EDIT) == frozenset():
        demand(actor(), Action.INSTITUTION_EDIT, Standing(), what="page")
    form = form or InstitutionForm()
    return _page("institutions", faults, present.institutions(form, faults))


@blueprint.post("/institutions")
def add_institution() -> ResponseReturnValue:
    """Add an institution; its id stays for good."""
    form = InstitutionForm.typed(request.form)
    try:
        with services().database.unit_of_work() as session:
            institutions.add(
                session,
                by=actor(),
                institution_id=form.id,
                names=form.given_names,
                country=form.country,
            )
    except Invalid as error:
        return _institutions(form, error)
    except Conflict as error:
        return _institutions(form, _as_fault(error, "id"))
    services().reference.forget()
    return _back("institution_list", _("The institution is added."))


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
    return _page("institution", faults, present.institution(view, form, faults))


@blueprint.post("/institutions/<iid>")
def change_institution(iid: str) -> ResponseReturnValue:
    """Rename an institution, or move it to another country."""
    form = InstitutionForm.typed(request.form)
    try:
        with services().database.unit_of_work() as session:
            institutions.change(
                session,
                by=actor(),
                institution_id=iid,
                names=form.given_names,
                country=form.country,
            )
    except Invalid as error:
        return _institution(iid, form, error)
    services().reference.forget()
    return _back("institution_list", _("Kept."))


@blueprint.post("/institutions/<iid>/remove")
def remove_institution(iid: str) -> ResponseReturnValue:
    """Remove an institution that nothing hangs on."""
    with services().database.unit_of_work() as session:
        institutions.remove(session, by=actor(), institution_id=iid)
    services().reference.forget()
    return _back("institution_list", _("The institution is removed."))


@blueprint.get("/people")
def person_list() -> ResponseReturnValue:
    """List the accounts one manages."""
    return _people()


def _people(form: PersonForm | None = None, faults: Invalid | None = None) -> ResponseReturnValue:
    with services().database.reading() as session:
        found = people.people(session, by=actor())
    return _page("people", faults, present.people(found, form or PersonForm(), faults))


@blueprint.post("/people")
def add_person() -> ResponseReturnValue:
    """Add an account, or a further role to one."""
    form = PersonForm.typed(request.form)
    try:
        with services().database.unit_of_work() as session:
            people.add_person(
                session,
                by=actor(),
                email=form.email,
                name=form.name,
                role=form.role,
                institution=form.institution or None,
                password=request.form.get("password") or None,
            )
    except Invalid as error:
        return _people(form, error)
    except Conflict as error:
        return _people(form, _as_fault(error, "role"))
    return _back("person_list", _("The account has that role now."))


@blueprint.post("/people/<pid>/active")
def set_active(pid: str) -> ResponseReturnValue:
    """Open or close an account."""
    opened = request.form.get("active") == "yes"
    with services().database.unit_of_work() as session:
        people.change(session, by=actor(), person_id=pid, active=opened)
    return _back(
        "person_list",
        _("The account is open.")
        if opened
        else _("The account is closed, its sessions have ended."),
    )


@blueprint.get("/agreements")
def agreement_list() -> ResponseReturnValue:
    """List all agreements, of whatever institutions."""
    return _agreements()


def _agreements(
    form: AgreementForm | None = None, faults: Invalid | None = None
) -> ResponseReturnValue:
    with services().database.reading() as session:
        found = agreements.agreements(session, by=actor())
    return _page("agreements", faults, present.agreements(found, form or AgreementForm(), faults))


@blueprint.post("/agreements")
def add_agreement() -> ResponseReturnValue:
    """Add an agreement between institutions."""
    form = AgreementForm.typed(request.form)
    try:
        starts, ends = form.days()
        with services().database.unit_of_work() as session:
            agreements.add(
                session,
                by=actor(),
                agreement_id=form.id,
                parties=form.parties,
                starts=starts,
                ends=ends,
            )
    except Invalid as error:
        return _agreements(form, error)
    except Conflict as error:
        return _agreements(form, _as_fault(error, "id"))
    return _back("agreement_list", _("The agreement is added."))


def _known(gid: str) -> AgreementView:
    with services().database.reading() as session:
        found = agreements.agreements(session, by=actor())
    for each in found:
        if each.id == gid:
            return each
    raise NotFound("not_found", what="agreement")


@blueprint.get("/agreements/<gid>")
def agreement(gid: str) -> ResponseReturnValue:
    """Show one agreement with its dates."""
    view = _known(gid)
    return _page("agreement", None, present.agreement(view, AgreementForm.kept(view), None))


@blueprint.post("/agreements/<gid>")
def change_agreement(gid: str) -> ResponseReturnValue:
    """Write parties and dates of an agreement anew."""
    view, form = _known(gid), AgreementForm.typed(request.form)
    try:
        starts, ends = form.days()
        with services().database.unit_of_work() as session:
            agreements.change(
                session,
                by=actor(),
                agreement_id=gid,
                parties=form.parties,
                starts=starts,
                ends=ends,
            )
    except Invalid as error:
        return _page("agreement", error, present.agreement(view, form, error))
    return _back("agreement_list", _("Kept."))


@blueprint.post("/agreements/<gid>/remove")
def remove_agreement(gid: str) -> ResponseReturnValue:
    """Take an agreement out of the catalogue."""
    with services().database.unit_of_work() as session:
        agreements.remove(session, by=actor(), agreement_id=gid)
    return _back("agreement_list", _("The agreement is ended."))
