"""What can go wrong in the catalogue, as codes and facts; no HTTP number and no sentence for people.

CatalogError
├── NotFound           a thing that is not there, or that the caller may not know of
├── Gone               a thing that was withdrawn
├── NotPermitted       a thing known but closed to the caller
├── Conflict           true of the request, not true of the state: somebody else was first
│   └── InvalidTransition
├── Stale              the caller's copy is older than ours
├── Invalid            the values given do not hold; lists each field
└── QuotaExceeded      an institution's share of the store is full
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass


class CatalogError(Exception):
    """A refusal with a stable `code` and the `facts` a sentence about it needs."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotFound(CatalogError):
    """There is no such thing, or the caller may not know of it: the two are answered alike."""


class Gone(CatalogError):
    """The resource was withdrawn; `facts` carries its id, the reason and when."""


class NotPermitted(CatalogError):
    """The thing is known but closed; `facts["anonymous"]` is true when signing in may help."""


class Conflict(CatalogError):
    """The state of the thing does not allow this now."""


class InvalidTransition(Conflict):
    """The workflow has no such step from the state the resource is in."""


class Stale(CatalogError):
    """An `If-Match` that names an older revision (RFC 9110 section 13.1.1)."""


class QuotaExceeded(CatalogError):
    """The institution's share of the store is used up."""


@dataclass(frozen=True)
class Fault:
    """One field that does not hold: `field` as in the API, `code` a stable word, and its facts."""

    field: str
    code: str
    facts: dict[str, object] = dataclasses.field(default_factory=dict)


class Invalid(CatalogError):
    """Values that do not hold; `faults` names every field at once, so that a form is filled once."""

    def __init__(self, faults: tuple[Fault, ...], code: str = "invalid") -> None:
        super().__init__(code)
        self.faults = faults
