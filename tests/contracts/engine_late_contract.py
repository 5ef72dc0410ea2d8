"""What every search engine must do with work that comes late, twice, together, or into nothing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, NamedTuple

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from search.indexer import GONE_FOR_GOOD
from tests.contracts.engine_documents import ask, titled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from search.engine import Document, Health, SearchEngine

    Open = Callable[[], SearchEngine]
    Fresh = Callable[[], Open]

IDS: Final = ("a", "b")


class Known(NamedTuple):
    """A version of a document; of two with one number the removal counts."""

    version: int
    gone: bool


class LateJobs(RuleBasedStateMachine):
    """A catalogue that goes on, and jobs that carry what it said at some time."""

    begin: Fresh

    def __init__(self) -> None:
        """Begin with an empty index that two processes write."""
        super().__init__()
        opened = self.begin()
        self.writers = (opened(), opened())
        self.said: dict[str, list[Known]] = {each: [] for each in IDS}
        self.held: dict[str, Known] = {}

    @rule(document=st.sampled_from(IDS), act=st.sampled_from(["write", "withdraw", "delete"]))
    def change(self, document: str, act: str) -> None:
        """What is deleted stays so: its id is never given again."""
        before = self.said[document]
        if before and before[-1].version == GONE_FOR_GOOD:
            return
        version = GONE_FOR_GOOD if act == "delete" else len(before) + 1
        before.append(Known(version, act != "write"))

    @rule(data=st.data(), writer=st.sampled_from([0, 1]), many=st.integers(1, 4))
    def deliver(self, data: st.DataObject, writer: int, many: int) -> None:
        """Jobs of any age, in any order, some of them twice; writes of one batch together."""
        every = [(each, known) for each in IDS for known in self.said[each]]
        if not every:
            return
        jobs = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=many))
        self.arrive(jobs, self.writers[writer])

    def arrive(self, jobs: Sequence[tuple[str, Known]], engine: SearchEngine) -> None:
        engine.write([_document(each, known) for each, known in jobs if not known.gone])
        for each, known in jobs:
            if known.gone:
                engine.remove([each], known.version)
            self.held[each] = max(known, self.held.get(each, known))

    @rule(writer=st.sampled_from([0, 1]))
    def rebuild(self, writer: int) -> None:
        newest = {each: said[-1] for each, said in self.said.items() if said}
        public = {each: known for each, known in newest.items() if not known.gone}
        self.writers[writer].rebuild(_document(each, known) for each, known in public.items())
        ends = {each: known for each, known in self.held.items() if known.gone}
        self.held = ends | public

    @invariant()
    def only_the_newest_of_what_came_is_found(self) -> None:
        found = {each: known.version for each, known in self.held.items() if not known.gone}
        assert self.writers[0].versions() == found

    def teardown(self) -> None:
        """At last the newest of each comes, an old one before it and behind it."""
        newest = [(each, said[-1]) for each, said in self.said.items() if said]
        oldest = [(each, said[0]) for each, said in self.said.items() if said]
        for jobs in (oldest, newest, oldest):
            self.arrive(jobs, self.writers[0])
            self.only_the_newest_of_what_came_is_found()
        for each, known in newest:
            # The words of no earlier version are found any more, not even near.
            for version in range(1, len(self.said[each]) + 1):
                found = self.writers[1].search(ask(f'"{_words(each, version)}"'))
                there = not known.gone and version == known.version
                assert [hit.id for hit in found.hits if not hit.near] == [each] * there


def _words(document: str, version: int) -> str:
    return f"{document}{document} number{version}{document}"


def _document(document: str, known: Known) -> Document:
    return titled(document, _words(document, known.version), version=known.version)


class LateContract:
    """A subclass gives `fresh` as for `EngineContract`, and `lose`, which deletes an index.

    `examples` is how many histories of late jobs are tried.
    """

    def test_late_doubled_and_disordered_jobs_end_at_the_newest_of_each(
        self, fresh: Fresh, examples: int
    ) -> None:
        class Jobs(LateJobs):
            begin = staticmethod(fresh)

        run_state_machine_as_test(
            Jobs,
            settings=settings(
                max_examples=examples,
                stateful_step_count=12,
                deadline=None,
                # A failure is told at once: to find a shorter one takes minutes on a cluster.
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )

    def test_two_who_write_at_once_lose_nothing_and_end_at_the_newest(self, fresh: Fresh) -> None:
        opened = fresh()
        names = [f"d{number}" for number in range(6)]
        faults: list[Exception] = []

        def write(order: Sequence[int]) -> None:
            engine = opened()
            try:
                for version in order:
                    engine.write(
                        [titled(each, f"number{version}", version=version) for each in names]
                    )
                    engine.remove([names[0]], version)
            except Exception as error:  # noqa: BLE001 - told below, in the test's own thread
                faults.append(error)

        writers = [
            threading.Thread(target=write, args=(order,))
            for order in ((1, 4, 2, 6), (5, 3, 6, 1), (2, 6, 4, 3))
        ]
        for each in writers:
            each.start()
        for each in writers:
            each.join(120)
        assert faults == []
        engine = opened()
        assert engine.versions() == dict.fromkeys(names[1:], 6)
        assert engine.search(ask("number6")).total == len(names) - 1

    def test_the_health_tells_empty_begun_whole_and_lost_apart(
        self, fresh: Fresh, lose: Callable[[Open], None]
    ) -> None:
        opened = fresh()
        engine, other = opened(), opened()

        def told(engine: SearchEngine) -> tuple[bool, str, int, bool]:
            health: Health = engine.health()
            return health.ok, health.code, health.documents, health.needs_rebuild

        assert told(other) == (True, "empty", 0, True)
        engine.rebuild([])
        assert told(other) == (True, "ok", 0, False)
        engine.rebuild([titled("a", "Magnets"), titled("b", "Magnets")])
        assert told(other) == (True, "ok", 2, False)
        lose(opened)
        for each in (engine, other, opened()):
            assert told(each) == (True, "empty", 0, True)
            lost = each.search(ask("magnets"))
            assert (lost.total, lost.known) == (0, False)
        assert other.write([titled("c", "Magnets")]) == 1  # a late job comes upon nothing
        for each in (engine, other, opened()):
            assert told(each) == (True, "ok", 1, True)
            part = each.search(ask("magnets"))
            assert (part.total, part.known) == (1, False)
        engine.rebuild([titled("a", "Magnets"), titled("c", "Magnets")])
        for each in (engine, other, opened()):
            assert told(each) == (True, "ok", 2, False)
            assert each.search(ask("magnets")).known
