"""The indexes on the cluster and the names by which every process finds them.

<prefix>-<fingerprint>-<random>   an index of one mapping
<prefix>-<fingerprint>            the alias that searches and writes of this mapping go to
<prefix>-<fingerprint>-building   the alias of the one being built: writes go there too
<prefix>-<fingerprint>-whole      the alias of the one in use where a rebuild has filled it
<prefix>                          an alias for people: the index in use

A changed mapping has another fingerprint, and so other names: portals of the old and the new
program can run side by side while they are replaced.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from search.elastic.connection import IndexMissing, NotAccepted
from search.elastic.schema import META, PROGRAM, SETTINGS, fingerprint, mapping
from search.engine import EngineUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from elasticsearch import Elasticsearch

    from search.elastic.connection import Connection

_TRIES: Final = 4
_BLOCKS: Final = ("read_only", "read_only_allow_delete", "write")


@dataclass(frozen=True)
class Held:
    """One index of ours: whether a rebuild has filled it, whether the cluster lets it be written."""

    name: str
    complete: bool
    read_only: bool


@dataclass(frozen=True)
class Look:
    """What there is: the index in use, the one being built, ours of other mappings."""

    current: Held | None
    building: tuple[str, ...]
    others: tuple[str, ...]
    ours: tuple[str, ...]
    """All indexes of ours, of whatever mapping, with or without an alias."""


class Shelf:
    """The indexes whose names begin with `prefix`."""

    def __init__(self, connection: Connection, prefix: str) -> None:
        """Know the names; nothing is read or made yet."""
        self._connection = connection
        self.public = prefix
        self.alias = f"{prefix}-{fingerprint()}"
        self.building = f"{self.alias}-building"
        self.whole = f"{self.alias}-whole"
        self._pattern = re.compile(re.escape(prefix) + r"-[0-9a-f]{12}-[0-9a-f]{8}")

    def look(self, *, seconds: float = 5.0) -> Look:
        """Return what there is now.

        Raises `EngineUnavailable` (`foreign` where another program has an index of our name).
        """
        found = self._connection.ask(
            lambda client: client.indices.get(
                index=f"{self.public}*",
                expand_wildcards="open",
                features=["aliases", "mappings", "settings"],
            ),
            seconds=seconds,
        )
        self._refuse_foreign(found)
        ours = {
            name: told
            for name, told in found.items()
            if self._pattern.fullmatch(name) and _is_ours(told)
        }
        current = _with_alias(ours, self.alias)
        in_use = _with_alias(ours, self.public)
        return Look(
            current=_held(current[0], ours[current[0]]) if current else None,
            building=_with_alias(ours, self.building),
            others=tuple(each for each in in_use if each not in current),
            ours=tuple(ours),
        )

    def _refuse_foreign(self, found: Mapping[str, Any]) -> None:
        reserved = {self.public, self.alias, self.building, self.whole}
        for name, told in found.items():
            if not _is_ours(told) and (reserved & {name, *told["aliases"]}):
                raise EngineUnavailable("foreign", index=name)

    def named(self) -> dict[str, str]:
        """Return which index has the name of the one in use, and of the one being built."""
        found = self._connection.ask(
            lambda client: client.indices.get_alias(index=f"{self.alias}-*")
        )
        names = (self.alias, self.building)
        return {
            each: index
            for index, told in found.items()
            for each in names
            if each in told["aliases"]
        }

    def begin_first(self) -> None:
        """Make an index for use at once, not known to be complete, unless there is one by now.

        The alias is given with the index and as one to write to, and no name has two of those: of
        two processes that come upon a missing index together one makes it.
        """
        if self.look().current is not None:
            return
        writable = {"is_write_index": True}
        try:
            self._make({self.alias: writable, self.public: {}})
        except NotAccepted:
            if self.look().current is None:
                raise

    def begin_building(self) -> str:
        """Make an index to be filled and say so to all writers; return its name.

        A rebuild that another process left, or is still at, ends here: the later one has read the
        catalogue later. Its index goes, and its own next step fails with `superseded`.
        """
        self.look()  # nothing is made beside the index of another program
        name = self._make({}, {"index.refresh_interval": "-1"})
        left = self.look()
        moves = [_remove(each, self.building) for each in left.building]
        add = {"add": {"index": name, "alias": self.building, "is_write_index": True}}
        self._change([*moves, add])
        kept = {name} | ({left.current.name} if left.current else set()) | set(left.others)
        self.drop([each for each in left.ours if each not in kept])
        return name

    def swap(self, name: str) -> None:
        """Put a filled index in the place of the one in use, at once for every process.

        Raises `EngineUnavailable` (`superseded` when another rebuild has begun since).
        """
        filled = mapping()[META] | {"complete": True}
        self._connection.ask(
            lambda client: client.indices.put_mapping(index=name, meta=filled),
        )
        self._connection.ask(
            lambda client: client.indices.put_settings(
                index=name, settings={"index.refresh_interval": None}
            )
        )
        self._connection.ask(lambda client: client.indices.refresh(index=name))
        for tries_left in reversed(range(_TRIES)):
            before = self.look()
            if name not in before.building:
                raise EngineUnavailable("superseded")
            try:
                self._change(self._swapping(name, before))
            except NotAccepted:
                # An index came into use between the look and the change.
                if not tries_left:
                    raise
            else:
                self._clear([each for each in before.ours if each != name])
                return

    def abandon(self, name: str) -> None:
        """Delete an index that will not be filled; should the cluster be away, the next one does."""
        with contextlib.suppress(EngineUnavailable):
            self.drop([name])

    def drop(self, names: list[str]) -> None:
        """Delete indexes; those that are gone already are not missed."""
        if names:
            self._connection.ask(
                lambda client: client.indices.delete(index=names, ignore_unavailable=True)
            )

    def _clear(self, names: list[str]) -> None:
        """Delete indexes that are no longer in use, with the templates of other mappings."""
        self.drop(names)
        for template in {name.rpartition("-")[0] for name in names} - {self.alias}:
            self._forget(template)

    def _forget(self, template: str) -> None:
        with contextlib.suppress(IndexMissing):
            self._connection.ask(lambda client: client.indices.delete_index_template(name=template))

    def _swapping(self, name: str, before: Look) -> list[dict[str, Any]]:
        used = [] if before.current is None else [before.current.name]
        shown = [each for each in before.ours if each != name]
        return [
            _remove(name, self.building, must_exist=True),
            *(_remove(each, alias) for each in used for alias in (self.alias, self.whole)),
            *(_remove(each, self.public) for each in shown),
            {"add": {"index": name, "alias": self.alias, "is_write_index": True}},
            {"add": {"index": name, "alias": self.public}},
            {"add": {"index": name, "alias": self.whole}},
        ]

    def _make(self, aliases: dict[str, Any], settings: dict[str, Any] | None = None) -> str:
        """Make an index from the template of our mapping, which is written first."""
        self._connection.ask(
            lambda client: client.indices.put_index_template(
                name=self.alias,
                index_patterns=[f"{self.alias}-*"],
                template={"settings": SETTINGS, "mappings": mapping()},
                priority=500,
            )
        )
        name = f"{self.alias}-{secrets.token_hex(4)}"
        self._connection.ask(
            lambda client: _create(client, name, aliases, settings or {}),
        )
        return name

    def _change(self, actions: list[dict[str, Any]]) -> None:
        self._connection.ask(lambda client: client.indices.update_aliases(actions=actions))


def _create(
    client: Elasticsearch, name: str, aliases: dict[str, Any], settings: dict[str, Any]
) -> Any:  # noqa: ANN401 - the client's answer
    return client.indices.create(index=name, aliases=aliases, settings=settings)


def _remove(index: str, alias: str, *, must_exist: bool = False) -> dict[str, Any]:
    return {"remove": {"index": index, "alias": alias, "must_exist": must_exist}}


def _is_ours(told: dict[str, Any]) -> bool:
    return bool(told["mappings"].get(META, {}).get("program") == PROGRAM)


def _with_alias(indexes: Mapping[str, Any], alias: str) -> tuple[str, ...]:
    return tuple(name for name, told in indexes.items() if alias in told["aliases"])


def _held(name: str, told: dict[str, Any]) -> Held:
    blocks = told["settings"].get("index", {}).get("blocks", {})
    return Held(
        name=name,
        complete=bool(told["mappings"][META].get("complete")),
        read_only=any(str(blocks.get(each)).lower() == "true" for each in _BLOCKS),
    )
