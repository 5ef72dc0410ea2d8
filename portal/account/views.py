"""Signing in and out, and one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _

from catalog import people, tokens
from catalog.errors import Invalid
from catalog.sign_ins import TooManySignIns
from catalog.sign_ins import sign_in as check
from portal import identity
from portal.field_labels import held_role
from portal.identity import actor, services
from portal.interface import language
from portal.own_paths import own_path
from portal.paging import shown_faults
from portal.sentences import sentence

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import MultiDict

blueprint = Blueprint("account", __name__)

SEE_OTHER = 303
UNPROCESSABLE = 422
TOO_MANY = 429
FRESH = "fresh_token"
"""In the session between the making of a token and the page that shows it: a redirect long."""


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask for address and password; lead on to where somebody wanted to go."""
    wanted = request.values.get("next", "")
    if request.method == "GET":
        if actor().signed_in:
            return redirect(own_path(wanted), SEE_OTHER)
        return _form(wanted)
    email = request.form.get("email", "")
    try:
        person_id = check(
            services().database,
            email=email,
            password=request.form.get("password", ""),
            address=request.remote_addr or "",
            secret=services().secret_key,
        )
    except TooManySignIns as error:
        wait = {"Retry-After": str(error.facts["retry_after"])}
        return _form(wanted, email=email, wrong=sentence(error.code)), TOO_MANY, wait
    if person_id is None:
        wrong = _("E-mail and password do not belong together.")
        return _form(wanted, email=email, wrong=wrong), UNPROCESSABLE
    with services().database.unit_of_work() as session:
        people.remember_language(session, person_id, language())
    identity.sign_in(person_id)
    return redirect(own_path(wanted), SEE_OTHER)


def _form(wanted: str, *, email: str = "", wrong: str = "") -> str:
    return render_template("account/sign_in.html", next=wanted, email=email, wrong=wrong)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    identity.sign_out()
    return redirect(url_for("browse.front"), SEE_OTHER)


@blueprint.post("/account/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    """End all sessions of the account, this one too."""
    with services().database.unit_of_work() as work:
        people.sign_out_everywhere(work, by=actor())
    identity.sign_out()
    return redirect(url_for("account.sign_in"), SEE_OTHER)


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    """Show one's own account, and once the secret of a token that was just made."""
    secret = session.pop(FRESH, "")
    page = make_response(_page(secret=secret))
    if secret:
        page.headers["Cache-Control"] = "no-store"
    return page


def _page(
    faults: Invalid | None = None, *, secret: str = "", typed: MultiDict[str, str] | None = None
) -> ResponseReturnValue:
    with services().database.reading() as reading:
        own = tokens.tokens_of(reading, by=actor())
    shelf = services().reference.shelf()
    roles = [
        (held_role(role), shelf.institution_name(place, language()) if place else "")
        for role, place in sorted(actor().roles, key=str)
    ]
    page = render_template(
        "account/account.html",
        roles=roles,
        tokens=own,
        secret=secret,
        faults=shown_faults(faults),
        scopes=actor().scopes_held(),
        name=typed.get("name", "") if typed else "",
        chosen=typed.getlist("scope") if typed else [],
    )
    return page if faults is None else (page, UNPROCESSABLE)


@blueprint.post("/account/password")
def password() -> ResponseReturnValue:
    """Change one's password; all other sessions end."""
    asker = actor()
    try:
        with services().database.unit_of_work() as work:
            people.change_password(
                work,
                by=asker,
                current=request.form.get("current", ""),
                new=request.form.get("new", ""),
            )
    except Invalid as error:
        return _page(error)
    identity.sign_in(str(asker.person_id))
    flash(_("The password is changed. All other sessions have ended."), "calm")
    return redirect(url_for("account.account", _anchor="main"), SEE_OTHER)


@blueprint.post("/account/tokens")
def make_token() -> ResponseReturnValue:
    """Make a token; the page that follows shows its secret, and no later one does."""
    try:
        with services().database.unit_of_work() as work:
            _view, secret = tokens.create(
                work,
                person_id=str(actor().person_id),
                scopes=tokens.narrowed(actor(), request.form.getlist("scope")),
                name=request.form.get("name", ""),
            )
    except Invalid as error:
        return _page(error, typed=request.form)
    session[FRESH] = secret
    return redirect(url_for("account.account", _anchor="tokens"), SEE_OTHER)


@blueprint.post("/account/tokens/<tid>/end")
def revoke_token(tid: str) -> ResponseReturnValue:
    """End a token."""
    with services().database.unit_of_work() as work:
        tokens.revoke(work, by=actor(), token_id=tid)
    return redirect(url_for("account.account", _anchor="tokens"), SEE_OTHER)
