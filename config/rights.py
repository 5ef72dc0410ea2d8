"""What may be done with a resource, who may take it, and the licences known by name."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

USES: Final = ("show", "copy", "translate", "build", "broadcast", "alter")
"""The permitted uses, in the order in which they are always listed."""

ACCESS: Final = ("open", "partners", "agreement")
"""Who may take the files: everyone, people of an institution, parties of an agreement."""

LONGEST_LICENCE: Final = 1000
"""Characters; a licence that is longer belongs into a file of its own."""


@dataclass(frozen=True)
class Licence:
    """A licence by its SPDX id, or a sentence of the giver, which then is the name."""

    spdx_id: str | None
    name: str
    url: str | None


def _read(path: Path) -> Mapping[str, Licence]:
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            spdx_id: Licence(spdx_id, entry["name"], entry["url"])
            for spdx_id, entry in entries.items()
        }
    )


LICENCES: Final = _read(Path(__file__).parent / "data" / "licences.toml")
_BY_FOLDED_ID: Final = {spdx_id.casefold(): known for spdx_id, known in LICENCES.items()}


def licence(value: str) -> Licence:
    """Return the known licence of this SPDX id, in either case, else the value as a sentence.

    Raises ValueError when it is empty or longer than ``LONGEST_LICENCE``.
    """
    text = " ".join(value.split())
    if not 0 < len(text) <= LONGEST_LICENCE:
        raise ValueError(value)
    return _BY_FOLDED_ID.get(text.casefold()) or Licence(None, text, None)
