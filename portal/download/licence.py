"""Licence and credit as a plain text, to lie beside a file on a disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from config.rights import USES, licence
from portal.identity import services
from portal.interface import language

if TYPE_CHECKING:
    from catalog.resources.views import ResourceView, UseView


def _limit(use: UseView) -> str:
    """Return where and until when a use is permitted; nothing without a limit."""
    if use.territory or use.until:
        return f"  {use.use}: {use.territory} {use.until or ''}".rstrip()
    return ""


def licence_text(view: ResourceView) -> str:
    """Return what may be done with a resource, who gave it, and where it came from."""
    shelf = services().reference.shelf()
    giver = shelf.institution_name(view.institution, language())
    title = view.title.pick(language(), original=view.language)
    allowed = {use.use for use in view.uses}
    rights = licence(view.licence or "")
    lines = [
        title.value if title else view.id,
        _("Given by: %(giver)s", giver=giver),
        _("Credit: %(credit)s", credit=view.credit or giver),
        _("Licence: %(licence)s", licence=rights.name),
        *([rights.url] if rights.url else []),
        _("Permitted uses: %(uses)s", uses=", ".join(use for use in USES if use in allowed) or "-"),
        *filter(None, map(_limit, view.uses)),
        _(
            "From: %(address)s",
            address=f"{services().settings.portal.base_url}/resources/{view.id}",
        ),
    ]
    return "\n".join(lines) + "\n"
