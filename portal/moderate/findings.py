"""What the machine has found of a submission, in words: the checklist's first part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from babel.lists import format_list
from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from catalog.resources.checks import missing
from portal.field_labels import missing_label
from portal.formatting import gap
from portal.interface import language
from portal.numerals import ngettext
from portal.sentences import reason_sentence

if TYPE_CHECKING:
    from catalog.resources.views import AssetView, ResourceView
    from catalog.twins import Twin


@dataclass(frozen=True)
class Finding:
    """What the machine found: `verdict` as of a file, and where to see more."""

    verdict: str
    words: str
    name: str = ""
    address: str = ""


def counted(assets: tuple[AssetView, ...]) -> Finding:
    """Return the findings of a submission in a line: what is most in the way."""
    refused = sum(asset.verdict == "refuse" for asset in assets)
    held = sum(asset.verdict == "hold" and not asset.released for asset in assets)
    waiting = sum(asset.verdict is None for asset in assets)
    if refused:
        words = ngettext("%(num)s file cannot be taken", "%(num)s files cannot be taken", refused)
        return Finding("refuse", words)
    if held:
        return Finding("hold", ngettext("%(num)s file held", "%(num)s files held", held))
    if waiting:
        words = ngettext("%(num)s file being read", "%(num)s files being read", waiting)
        return Finding("hold", words)
    return Finding("accept", _("All checks passed"))


def findings(view: ResourceView, twins: tuple[Twin, ...]) -> list[Finding]:
    """Return what the machine has looked at: files, likeness, record."""
    return [*_of_files(view), *_of_twins(twins), _of_record(view)]


def _of_files(view: ResourceView) -> list[Finding]:
    found = []
    for asset in view.assets:
        if asset.verdict == "accept" or asset.released:
            continue
        codes = [reason_sentence(str(reason["code"])) for reason in asset.reasons]
        words = gap().join(codes) or _("is still being read")
        found.append(Finding(asset.verdict or "hold", words, asset.filename, f"#file-{asset.id}"))
    return found or [Finding("accept", _("All files open and are whole"))]


def _of_twins(twins: tuple[Twin, ...]) -> list[Finding]:
    found = []
    for twin in twins:
        title = twin.title.pick(language(), original=twin.language)
        found.append(
            Finding(
                "hold",
                _("holds a file that is the same"),
                title.value if title else twin.id,
                url_for("browse.resource", rid=twin.id),
            )
        )
    return found or [Finding("accept", _("Nothing else here holds the same file"))]


def _of_record(view: ResourceView) -> Finding:
    lacking = dict.fromkeys(missing_label(each.field) for each in missing(view))
    if lacking:
        names = format_list(list(lacking), locale=get_locale())
        return Finding("hold", _("Missing: %(names)s", names=names))
    return Finding("accept", _("Nothing is missing in the record"))
