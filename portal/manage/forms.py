"""The forms of managing: what stands in their fields, as text, and what the catalogue is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from catalog.errors import Fault, Invalid

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from catalog.agreements import AgreementView
    from catalog.institutions import InstitutionView


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
        names = {
            name.removeprefix("name."): value.strip()
            for name, value in sent.items()
            if name.startswith("name.")
        }
        return cls(sent.get("id", "").strip(), sent.get("country", "").strip(), names)

    @property
    def given_names(self) -> dict[str, str]:
        """Return the names that are not empty."""
        return {tag: name for tag, name in self.names.items() if name}


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

    def days(self) -> tuple[date | None, date | None]:
        """Return both dates; None is open. Raises Invalid."""
        found: list[date | None] = []
        faults = []
        for name, text in (("from", self.starts), ("until", self.until)):
            try:
                found.append(date.fromisoformat(text) if text else None)
            except ValueError:
                faults.append(Fault(name, "not_a_date"))
        if faults:
            raise Invalid(tuple(faults))
        return found[0], found[1]
