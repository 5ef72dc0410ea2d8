"""The forms of managing: what stands in their fields, as text, and what the catalogue is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from catalog.concepts import Given
from catalog.errors import Fault, Invalid
from portal.field_values import parted, together

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from catalog.agreements import AgreementView
    from catalog.checklists import PointView
    from catalog.institutions import InstitutionView
    from catalog.vocabulary import ConceptView


def by_language(sent: MultiDict[str, str], name: str) -> dict[str, str]:
    """Read the fields `name.TAG`, and the pairs in which a further language is chosen beside them."""
    found = {
        key.removeprefix(f"{name}."): value.strip()
        for key, value in sent.items()
        if key.startswith(f"{name}.")
    }
    for tag, value in zip(
        sent.getlist("more-language"), sent.getlist(f"more-{name}"), strict=False
    ):
        if value.strip():
            found[tag] = value.strip()
    return found


def _filled(texts: dict[str, str]) -> dict[str, str]:
    return {tag: text for tag, text in texts.items() if text}


@dataclass(frozen=True)
class InstitutionForm:
    """An institution, with its names by language."""

    id: str = ""
    country: str = ""
    names: dict[str, str] = field(default_factory=dict)

    @classmethod
    def kept(cls, view: InstitutionView) -> InstitutionForm:
        """Return the form of an institution as it is."""
        return cls(view.id, view.country, dict(view.names))

    @classmethod
    def typed(cls, sent: MultiDict[str, str]) -> InstitutionForm:
        """Return the form as it was sent."""
        id_, country = (sent.get(name, "").strip() for name in ("id", "country"))
        return cls(id_, country, by_language(sent, "name"))

    @property
    def given_names(self) -> dict[str, str]:
        """Return the names that are not empty."""
        return _filled(self.names)


@dataclass(frozen=True)
class PersonForm:
    """A new account, or a further role for one; the password is never shown again."""

    email: str = ""
    name: str = ""
    role: str = ""
    institution: str = ""

    @classmethod
    def typed(cls, sent: MultiDict[str, str]) -> PersonForm:
        """Return the form as it was sent."""
        return cls(
            *(sent.get(name, "").strip() for name in ("email", "name", "role", "institution"))
        )


@dataclass(frozen=True)
class AgreementForm:
    """An agreement; dates as typed."""

    id: str = ""
    parties: tuple[str, ...] = ()
    starts: str = ""
    until: str = ""

    @classmethod
    def kept(cls, view: AgreementView) -> AgreementForm:
        """Return the form of an agreement as it is."""
        days = (str(each or "") for each in (view.starts, view.ends))
        return cls(view.id, view.parties, *days)

    @classmethod
    def typed(cls, sent: MultiDict[str, str]) -> AgreementForm:
        """Return the form as it was sent."""
        days = (sent.get(name, "").strip() for name in ("from", "until"))
        return cls(sent.get("id", "").strip(), tuple(sent.getlist("parties")), *days)

    def days(self) -> dict[str, date | None]:
        """Return both dates as the catalogue names them; None is open. Raises Invalid."""
        found: dict[str, date | None] = {}
        faults = []
        for name, key, text in (("from", "starts", self.starts), ("until", "ends", self.until)):
            try:
                found[key] = date.fromisoformat(text) if text else None
            except ValueError:
                faults.append(Fault(name, "not_a_date"))
        if faults:
            raise Invalid(tuple(faults))
        return found


@dataclass(frozen=True)
class ConceptForm:
    """A subject: its name by language, and other names by language, between commas."""

    id: str = ""
    broader: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)

    @classmethod
    def kept(cls, view: ConceptView) -> ConceptForm:
        """Return the form of a subject as it is."""
        others = {tag: together(texts, tag) for tag, texts in view.alternatives.items()}
        return cls(view.id, next(iter(view.broader), ""), dict(view.labels), others)

    @classmethod
    def typed(cls, sent: MultiDict[str, str]) -> ConceptForm:
        """Return the form as it was sent."""
        id_, broader = (sent.get(name, "").strip() for name in ("id", "broader"))
        return cls(id_, broader, by_language(sent, "label"), by_language(sent, "other"))

    def given(self) -> Given:
        """Return what the catalogue is given."""
        others = {tag: parted(text) for tag, text in self.others.items() if text}
        return Given(_filled(self.labels), others)


@dataclass(frozen=True)
class PointForm:
    """A point of the checklists; no kinds: asked of every kind."""

    wording: dict[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()

    @classmethod
    def kept(cls, view: PointView) -> PointForm:
        """Return the form of a point as it is."""
        return cls(dict(view.wording), view.kinds)

    @classmethod
    def typed(cls, sent: MultiDict[str, str]) -> PointForm:
        """Return the form as it was sent."""
        return cls(by_language(sent, "wording"), tuple(sent.getlist("kinds")))

    @property
    def given_wording(self) -> dict[str, str]:
        """Return the words that are not empty."""
        return _filled(self.wording)
