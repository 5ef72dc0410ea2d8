"""What ingest says of a file: a verdict, and the reasons for it as stable codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class Verdict(StrEnum):
    """Whether a file may be given: yes, after a curator has looked, or no."""

    ACCEPT = "accept"
    HOLD = "hold"
    REFUSE = "refuse"


SEVERITY: dict[str, Verdict] = {
    "active_content": Verdict.HOLD,
    "archive_bomb": Verdict.REFUSE,
    "checksum_mismatch": Verdict.REFUSE,
    "damaged": Verdict.REFUSE,
    "empty": Verdict.REFUSE,
    "encrypted": Verdict.HOLD,
    "external_reference": Verdict.HOLD,
    "macros": Verdict.HOLD,
    "path_escape": Verdict.REFUSE,
    "quarantined": Verdict.REFUSE,
    "timed_out": Verdict.HOLD,
    "too_large": Verdict.HOLD,
    "type_mismatch": Verdict.HOLD,
    "unknown_type": Verdict.HOLD,
}
"""What each reason leads to. The sentences for people are the portal's."""


@dataclass(frozen=True)
class Reason:
    """One reason, with facts a sentence may need (a name inside an archive, a type found)."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict, hash=False)


class Faulty(Exception):
    """A decoder's word that the file, not the program, is at fault; `code` is one of `SEVERITY`."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def verdict_of(reasons: Iterable[Reason]) -> Verdict:
    """Return the hardest verdict that any of the reasons leads to."""
    found = {SEVERITY[reason.code] for reason in reasons}
    for verdict in (Verdict.REFUSE, Verdict.HOLD):
        if verdict in found:
            return verdict
    return Verdict.ACCEPT
