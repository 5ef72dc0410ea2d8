"""The form of a draft: from what was typed to the values of the catalogue, and back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.resources.writable import writable
from config.kinds import KINDS, FieldType
from portal.field_values import enumerated, names_of, parted, tag_of, together
from portal.identity import services
from portal.interface import language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.datastructures import MultiDict

    from catalog.errors import Fault
    from catalog.resources.views import ResourceView

BY_LANGUAGE = ("title", "summary", "description")
GROUPS = (*BY_LANGUAGE, "keywords", "details")
"""Fields with parts: `title.en`, `details.mass_kg`."""
LINES = (
    "kind",
    "language",
    "subjects",
    "ages_from",
    "ages_to",
    "year",
    "country",
    "licence",
    "credit",
    "access",
)


@dataclass
class DraftForm:
    """What stands in the fields, as text."""

    kind: str = ""
    language: str = ""
    title: dict[str, str] = field(default_factory=dict)
    summary: dict[str, str] = field(default_factory=dict)
    description: dict[str, str] = field(default_factory=dict)
    keywords: dict[str, str] = field(default_factory=dict)
    subjects: str = ""
    ages_from: str = ""
    ages_to: str = ""
    year: str = ""
    country: str = ""
    licence: str = ""
    credit: str = ""
    access: str = ""
    uses: list[str] = field(default_factory=list)
    ticked: frozenset[str] = frozenset()
    """Texts, as `title.en`, that are said to be right; kept with what was typed beside them."""
    details: dict[str, str] = field(default_factory=dict)


def shown(view: ResourceView) -> DraftForm:
    """Return the form of a draft as it is kept."""
    kept = writable(view)
    shelf = services().reference.shelf()
    low, high = view.ages or ("", "")
    return DraftForm(
        kind=view.kind,
        language=view.language or language(),
        title=dict(kept.get("title", {})),
        summary=dict(kept.get("summary", {})),
        description=dict(kept.get("description", {})),
        keywords={tag: together(words, tag) for tag, words in view.keywords.items()},
        subjects=enumerated(shelf.concept_label(each, language()) for each in view.subjects),
        ages_from=str(low),
        ages_to=str(high),
        year=str(view.year or ""),
        country=view.country or "",
        licence=view.licence or "",
        credit=view.credit or "",
        access=view.access or "",
        uses=[use.use for use in view.uses],
        details={name: _text(view.kind, name, value) for name, value in view.details.items()},
    )


def typed(sent: MultiDict[str, str]) -> DraftForm:
    """Return the form as it was sent, so that a page can keep what was typed."""
    lines: dict[str, Any] = {name: sent.get(name, "").strip() for name in LINES}
    form = DraftForm(**lines, uses=sent.getlist("uses"), ticked=frozenset(sent.getlist("checked")))
    for name, value in sent.items():
        group, _, rest = name.partition(".")
        if rest and group in GROUPS:
            getattr(form, group)[rest] = value
    return form


def _take_over(form: DraftForm, said: DraftForm, names: Iterable[str]) -> None:
    """Write the named fields of one form over those of another."""
    for name in names:
        group, _, part = name.partition(".")
        if part and group in GROUPS:
            getattr(form, group)[part] = getattr(said, group).get(part, "")
        elif name in LINES:
            setattr(form, name, getattr(said, name))
        elif name == "uses":
            form.uses = said.uses


def patch(form: DraftForm, view: ResourceView) -> dict[str, Any]:
    """Return the form as a merge patch over the draft; what was emptied is removed."""
    changes: dict[str, Any] = {
        "kind": form.kind or view.kind,
        "language": form.language or None,
        "subjects": parted(form.subjects),
        "ages": _ages(form),
        "year": _number(form.year),
        "country": form.country or None,
        "licence": form.licence or None,
        "credit": form.credit or None,
        "access": form.access or None,
        "uses": _uses(form, view),
        "keywords": {tag: parted(text) or None for tag, text in form.keywords.items()},
    }
    for name in BY_LANGUAGE:
        changes[name] = {tag: text or None for tag, text in getattr(form, name).items()}
    kept = dict.fromkeys(view.details)
    changes["details"] = {**kept, **_details(form, view)}
    return changes


def fields(form: DraftForm) -> dict[str, str]:
    """Return what stands in the fields of a form by their names; ticks are one to a line."""
    found = {name: str(getattr(form, name)) for name in LINES}
    found["uses"] = "\n".join(form.uses)
    for group in GROUPS:
        found |= {f"{group}.{part}": text for part, text in getattr(form, group).items()}
    return found


ONE_IN_TWO = {"ages_from": "ages", "ages_to": "ages"}
"""Fields of the page that are one value together."""


def changes(sent: MultiDict[str, str], view: ResourceView) -> dict[str, Any]:
    """Return a merge patch of those fields alone that `changed` names, over the draft as it is.

    A script sends only what has changed, so that a long description goes over a thin line once.
    """
    names = set(sent.getlist("changed"))
    form = shown(view)
    _take_over(form, typed(sent), names)
    whole = patch(form, view)
    wanted = {ONE_IN_TWO.get(name, name.partition(".")[0]) for name in names}
    if "kind" in wanted:
        wanted.add("details")
    found = {name: value for name, value in whole.items() if name in wanted}
    for group in wanted & {*BY_LANGUAGE, "keywords"}:
        tags = {name.partition(".")[2] for name in names if name.startswith(f"{group}.")}
        found[group] = {tag: text for tag, text in whole[group].items() if tag in tags}
    return found


def without(patch: dict[str, Any], faults: Iterable[Fault]) -> dict[str, Any]:
    """Return a merge patch without what does not hold."""
    left = {
        name: dict(value) if isinstance(value, dict) else value for name, value in patch.items()
    }
    for fault in faults:
        group, _, part = fault.field.partition(".")
        if part and isinstance(left.get(group), dict):
            left[group].pop(part, None)
        else:
            left.pop(group, None)
    return {name: value for name, value in left.items() if value != {}}


def checked(sent: MultiDict[str, str]) -> frozenset[tuple[str, str]]:
    """Return the texts, by field and language, of which the giver says that they are right."""
    pairs = (name.partition(".") for name in sent.getlist("checked"))
    return frozenset(
        ("keyword" if group == "keywords" else group, tag)
        for group, _, tag in pairs
        if group in (*BY_LANGUAGE, "keywords") and tag
    )


def _uses(form: DraftForm, view: ResourceView) -> list[Any]:
    """Keep territory and expiry of the uses that were given before by program."""
    before = {use["use"]: use for use in writable(view).get("uses", []) if isinstance(use, dict)}
    return [before.get(use, use) for use in form.uses]


def _details(form: DraftForm, view: ResourceView) -> dict[str, Any]:
    kind = KINDS.get(form.kind or view.kind)
    found: dict[str, Any] = {}
    for spec in kind.fields if kind else ():
        text = form.details.get(spec.name, "").strip()
        if not text:
            continue
        if spec.type is FieldType.LIST:
            words = parted(text)
            found[spec.name] = list(map(tag_of, words)) if spec.of_languages else words
        elif spec.type is FieldType.TEXT:
            found[spec.name] = text
        else:
            found[spec.name] = _number(text)
    return found


def _ages(form: DraftForm) -> list[Any] | None:
    if not form.ages_from and not form.ages_to:
        return None
    return [_number(form.ages_from or form.ages_to), _number(form.ages_to or form.ages_from)]


def _number(text: str) -> int | float | str | None:
    """Read a number; what is none goes on as it is, and the catalogue says what is wrong."""
    if not text:
        return None
    plain = text.replace(",", ".")
    try:
        return int(plain)
    except ValueError:
        try:
            return float(plain)
        except ValueError:
            return text


def _text(kind: str, name: str, value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    spec = KINDS[kind].field(name)
    return enumerated(names_of(value) if spec and spec.of_languages else map(str, value))
