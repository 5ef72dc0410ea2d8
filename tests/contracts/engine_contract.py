"""What every search engine must do: one class of tests, run against each of them."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.engine import (
    ConceptMatch,
    EngineRefused,
    EngineUnavailable,
    Query,
    Sort,
    Text,
)
from tests.contracts.engine_documents import (
    BEGAN,
    ask,
    draw_query,
    expected_counts,
    many,
    titled,
    with_texts,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from search.engine import Document, Results, SearchEngine

    Open = Callable[[], SearchEngine]
    Fresh = Callable[[], Open]

MANY = many(2000)


def ids(results: Results, *, near: bool | None = None) -> list[str]:
    """Return the ids on a page, all of them or of one sort."""
    return [hit.id for hit in results.hits if near is None or hit.near is near]


def patiently(engine: SearchEngine, query: Query) -> Results:
    """Search, again where a busy machine lets a cluster miss its time: speed is not tested here."""
    for _ in range(9):
        with suppress(EngineUnavailable):
            return engine.search(query)
    return engine.search(query)


class EngineContract:
    """A subclass gives `fresh`: a new index at each call, to be opened as often as one likes.

    Each opening stands for another process.
    """

    @pytest.fixture
    def engine(self, fresh: Fresh) -> SearchEngine:
        """An empty index."""
        return fresh()()

    # Words

    def test_an_index_that_was_never_written_finds_nothing_and_asks_to_be_built(
        self, engine: SearchEngine
    ) -> None:
        assert engine.search(ask("magnet")).total == 0
        assert engine.suggest("mag", "en") == ()
        assert engine.versions() == {}
        assert engine.health().needs_rebuild

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("magnets", {"a", "b"}),
            ("MAGNETS motion", {"a"}),
            ("magnet", {"a", "b"}),
            ('"magnets in motion"', {"a"}),
            ('"motion magnets"', set()),
            ('"in motion slow"', set()),
            ("magnets -motion", {"b"}),
            ('-"in motion"', {"b", "c"}),
            ("-magnets", {"c"}),
            ("mag*", {"a", "b"}),
            ("wat* -mag*", {"c"}),
            ("slowness", {"a"}),
            ("", {"a", "b", "c"}),
            ("!!!", set()),
            ("-", set()),
            ('"- -" -*', set()),
        ],
    )
    def test_words_phrases_stars_and_minus_find_what_they_say(
        self, engine: SearchEngine, text: str, found: set[str]
    ) -> None:
        engine.write(
            [
                with_texts(
                    "a",
                    Text("title", "en", "Magnets in motion"),
                    Text("summary", "en", "Slow and slower, an essay on slowness"),
                ),
                titled("b", "Water and magnets"),
                titled("c", "Water wheels"),
            ]
        )
        assert set(ids(engine.search(ask(text)), near=False)) == found

    @pytest.mark.parametrize(
        ("title", "lang", "typed", "typed_in"),
        [
            ("磁铁实验", "zh", "磁铁", "en"),
            ("磁铁实验", "zh", "磁", "zh"),
            ("磁铁实验", "zh", "磁鐵實驗", "zh-Hant"),
            ("การทดลองแม่เหล็ก", "th", "แม่เหล็ก", "th"),
            ("သံလိုက် စမ်းသပ်မှု", "my", "သံလိုက်", "my"),
            ("Магнетизам и струја", "sr", "magnetizam", "sr-Latn"),
            ("Magnetizam i struja", "sr-Latn", "магнетизам", "sr"),
            ("Suv va oʻsimliklar", "uz", "ўсимликлар", "uz-Cyrl"),
            ("L’énergie électrique", "fr", "energie", "fr"),
            ("Μαγνήτης", "el", "ΜΑΓΝΗΤΗΣ", "el"),
            ("المغناطيس", "ar", "مغناطيس", "ar"),
            ("Магниты", "ru", "магнит", "ru"),
            ("Los imanes", "es", "imán", "es"),
            ("Kuasa magnet", "ms", "kuasa", "en"),
        ],
    )
    def test_each_language_is_found_as_its_people_type_it(
        self, engine: SearchEngine, title: str, lang: str, typed: str, typed_in: str
    ) -> None:
        engine.write([titled("a", title, lang), titled("z", "Quite another thing")])
        assert ids(engine.search(ask(typed, typed_in)), near=False) == ["a"]

    def test_all_pairs_of_a_chinese_run_are_wanted(self, engine: SearchEngine) -> None:
        engine.write([titled("a", "磁铁实验", "zh"), titled("b", "磁铁", "zh")])
        assert ids(engine.search(ask("磁铁实验", "zh")), near=False) == ["a"]

    def test_a_concept_stands_for_the_words_it_covers(self, engine: SearchEngine) -> None:
        engine.write(
            [
                titled("a", "磁铁", "zh", subjects=("magnetism", "physics")),
                titled("b", "Imanes", "es", subjects=("physics",)),
            ]
        )
        words = ask("magnetic fields")
        query = replace(words, concepts=(ConceptMatch("magnetism", "magnetic fields", "en", 0, 1),))
        assert ids(engine.search(words), near=False) == []
        assert ids(engine.search(query), near=False) == ["a"]
        assert engine.search(query).hits[0].subjects == ("magnetism", "physics")

    def test_three_of_four_words_do_not_but_four_of_five_do(self, engine: SearchEngine) -> None:
        engine.write([titled("a", "one two three four"), titled("b", "one two three")])
        assert ids(engine.search(ask("one two three four")), near=False) == ["a"]
        assert ids(engine.search(ask("one two three four five")), near=False) == ["a"]

    def test_a_title_outranks_a_summary_and_a_summary_a_file(self, engine: SearchEngine) -> None:
        texts = {
            "c": Text("title", "en", "Magnets"),
            "b": Text("summary", "en", "Magnets"),
            "a": Text("file", "en", "Magnets", asset="x", page=3),
        }
        engine.write([with_texts(name, text) for name, text in texts.items()])
        assert ids(engine.search(ask("magnets"))) == ["c", "b", "a"]

    def test_the_form_that_was_typed_outranks_its_kin(self, engine: SearchEngine) -> None:
        engine.write([titled("a", "An experiment"), titled("b", "An experimenting")])
        assert ids(engine.search(ask("experimenting")))[0] == "b"

    def test_a_keyword_that_is_all_that_was_typed_comes_first(self, engine: SearchEngine) -> None:
        texts = [Text("keyword", "en", "solar system"), Text("keyword", "en", "solar systems unit")]
        engine.write([with_texts("b", texts[0]), with_texts("a", texts[1])])
        assert ids(engine.search(ask("solar system"))) == ["b", "a"]

    def test_a_phrase_does_not_reach_from_one_text_into_the_next(
        self, engine: SearchEngine
    ) -> None:
        engine.write(
            [with_texts("a", Text("title", "en", "one two"), Text("title", "fr", "three"))]
        )
        assert ids(engine.search(ask('"two three"')), near=False) == []

    # Near matches

    def test_near_matches_stand_behind_and_are_not_counted(self, engine: SearchEngine) -> None:
        engine.write([titled("a", "Magnets in water"), titled("b", "Magnets"), titled("c", "Wind")])
        results = engine.search(ask("magnets water"))
        assert (ids(results, near=False), ids(results, near=True)) == (["a"], ["b"])
        assert (results.total, results.near_total) == (1, 1)
        assert [each.count for each in results.facets["kind"]] == [1]

    def test_near_matches_are_counted_where_nothing_else_is_found(
        self, engine: SearchEngine
    ) -> None:
        engine.write([titled("a", "Magnetism"), titled("b", "Wind", kind="exhibit")])
        results = engine.search(ask("magnetsim"))
        assert ids(results, near=True) == ["a"]
        assert results.total == results.near_total == len(results.hits)
        assert [(each.value, each.count) for each in results.facets["kind"]] == [("film", 1)]

    def test_ten_hits_are_enough_to_look_no_further(self, engine: SearchEngine) -> None:
        engine.write([titled(f"a{n}", "Magnets in water") for n in range(10)])
        engine.write([titled("b", "Magnets")])
        engine.rebuild([titled(f"a{n}", "Magnets in water") for n in range(10)])
        before = engine.requests
        assert engine.search(ask("magnets water")).near_total == 0
        assert engine.requests == before + 1

    def test_near_matches_stand_on_the_last_page_only(self, engine: SearchEngine) -> None:
        engine.write([titled(f"a{n}", "Magnets in water") for n in range(4)])
        engine.write([titled("b", "Magnets")])
        pages = [engine.search(ask("magnets water", page=page, per_page=3)) for page in (1, 2, 3)]
        assert [ids(page, near=True) for page in pages] == [[], ["b"], []]

    def test_at_most_ten_are_shown_of_few_hits_and_near_ones(self, engine: SearchEngine) -> None:
        engine.write([titled("a", "Magnets in water")])
        engine.write([titled(f"b{n:02d}", "Magnets") for n in range(15)])
        assert len(engine.search(ask("magnets water")).hits) == 10

    def test_what_is_excluded_or_filtered_out_does_not_come_near(
        self, engine: SearchEngine
    ) -> None:
        engine.write([titled("a", "Magnetism"), titled("b", "Magnetism of wind", kind="exhibit")])
        assert ids(engine.search(ask("magnetsim -wind"))) == ["a"]
        assert ids(engine.search(ask("magnetsim", filters={"kind": ("exhibit",)}))) == ["b"]

    def test_a_search_is_one_request_and_never_more_than_three(self, full: SearchEngine) -> None:
        before = full.requests
        full.search(ask("w1", filters={"kind": ("film",), "use": ("show",)}))
        assert full.requests == before + 1
        full.search(ask("nowhere tobefound anything"))
        assert full.requests <= before + 4

    # Facets

    def test_counts_agree_with_brute_force_on_200_random_choices(self, full: SearchEngine) -> None:
        chance = random.Random(11)
        for _ in range(200):
            words, filters = draw_query(chance)
            wanted, counts = expected_counts(MANY, words, filters)
            results = full.search(ask(" ".join(words), filters=filters, per_page=100))
            if words and not wanted:
                assert ids(results, near=False) == []
                continue
            assert results.total == len(wanted)
            assert set(ids(results, near=False)) <= wanted
            for name, shown in results.facets.items():
                every = counts.get(name, Counter())
                chosen = {each.value for each in shown if each.chosen}
                assert chosen == set(filters.get(name, ()))
                assert all(each.count == every.get(each.value, 0) for each in shown)
                left_out = set(every) - {each.value for each in shown}
                assert len(shown) <= 50
                assert not left_out or len(shown) == 50
                free = [each.count for each in shown if not each.chosen]
                assert all(every[value] <= min(free) for value in left_out)

    def test_a_facet_that_does_not_exist_is_refused(self, full: SearchEngine) -> None:
        with pytest.raises(EngineRefused) as refused:
            full.search(Query(filters={"colour": ("red",)}))
        assert refused.value.code == "unknown_facet"

    # Order and pages

    def test_each_order_holds_and_ties_are_broken_by_id(self, full: SearchEngine) -> None:
        by_id = {document.id: document for document in MANY}

        def listed(sort: Sort) -> list[Document]:
            pages = [full.search(Query(sort=sort, page=n, per_page=100)) for n in range(1, 21)]
            return [by_id[each] for page in pages for each in ids(page)]

        orders: dict[Sort, Callable[[Document], object]] = {
            Sort.NEWEST: lambda each: (BEGAN - each.published_at, each.id),
            Sort.SMALLEST: lambda each: (10**12 if each.size is None else each.size, each.id),
            Sort.TITLE: lambda each: (each.sort_title, each.id),
        }
        for sort, key in orders.items():
            assert listed(sort) == sorted(MANY, key=key)  # type: ignore[arg-type]

    @pytest.mark.parametrize("text", ["w1", "w1 w2", "w2*", ""])
    def test_pages_neither_repeat_nor_lose_a_result(self, full: SearchEngine, text: str) -> None:
        whole = full.search(ask(text, per_page=2000))
        pages = [full.search(ask(text, page=n + 1, per_page=7)) for n in range(30)]
        assert [each for page in pages for each in ids(page)] == ids(whole)[: 30 * 7]

    def test_equal_scores_stand_by_id(self, engine: SearchEngine) -> None:
        for place in (5, 3, 9, 1, 7):
            engine.write([titled(f"a{place}", "Magnets")])
        assert ids(engine.search(ask("magnets"))) == ["a1", "a3", "a5", "a7", "a9"]
        assert ids(engine.search(ask("magnets", page=2, per_page=2))) == ["a5", "a7"]

    def test_ten_thousand_results_can_be_reached_and_none_beyond(self, full: SearchEngine) -> None:
        assert full.search(Query(page=100, per_page=100)).hits == ()
        with pytest.raises(EngineRefused) as refused:
            full.search(Query(page=101, per_page=100))
        assert refused.value.code == "too_far"

    # Versions

    def test_it_says_what_it_is_and_of_which_version(self, engine: SearchEngine) -> None:
        assert re.fullmatch(r"(tantivy|Elasticsearch) \d+\.\d+\.\d+", engine.version())

    def test_only_a_higher_version_is_stored(self, engine: SearchEngine) -> None:
        assert engine.write([titled("a", "Second", version=2)]) == 1
        assert engine.write([titled("a", "First", version=1)]) == 0
        assert engine.write([titled("a", "Again", version=2)]) == 0
        assert ids(engine.search(ask("second"))) == ["a"]
        assert engine.write([titled("a", "Third", version=3), titled("a", "Old", version=1)]) == 1
        assert ids(engine.search(ask("second")), near=False) == []
        assert engine.versions() == {"a": 3}

    def test_what_was_removed_is_not_brought_back_by_a_late_write(
        self, engine: SearchEngine
    ) -> None:
        engine.write([titled("a", "Magnets", version=4)])
        assert engine.remove(["a"], 3) == 0
        assert engine.remove(["a", "never"], 5) == 1
        assert engine.remove(["a"], 5) == 0
        assert engine.write([titled("a", "Magnets", version=5)]) == 0
        assert engine.write([titled("never", "Magnets", version=5)]) == 0
        assert engine.search(ask("")).total == 0
        assert engine.versions() == {}
        assert engine.health().documents == 0
        assert engine.write([titled("a", "Magnets", version=6)]) == 1
        assert engine.search(ask("magnets")).total == 1

    def test_one_write_stores_some_and_forgets_others(self, engine: SearchEngine) -> None:
        engine.write([titled("a", "Magnets"), titled("b", "Magnets", version=7)])
        ended = {"a": 2, "b": 6, "never": 3}
        assert (
            engine.write([titled("c", "Magnets"), titled("c", "Old", version=0)], ended=ended) == 1
        )
        assert engine.versions() == {"b": 7, "c": 1}  # b is newer than its end
        assert (
            engine.write([titled("a", "Late", version=2), titled("never", "Late", version=3)]) == 0
        )
        assert engine.write([], ended={"b": 7}) == 0
        assert engine.versions() == {"c": 1}

    def test_another_reader_sees_what_was_written(self, fresh: Fresh) -> None:
        opened = fresh()
        writer, reader = opened(), opened()
        assert reader.search(ask("magnets")).total == 0
        writer.write([titled("a", "Magnets")])
        assert reader.search(ask("magnets")).total == 1
        writer.rebuild([titled("b", "Magnets"), titled("c", "Magnets")])
        assert ids(reader.search(ask("magnets"))) == ["b", "c"]

    # Rebuilding

    def test_a_rebuild_holds_what_is_given_and_nothing_else(self, engine: SearchEngine) -> None:
        engine.write([titled("a", "Magnets", version=9), titled("b", "Magnets")])
        assert engine.rebuild([titled("a", "Wind", version=3)]) == 1
        assert engine.versions() == {"a": 3}
        assert not engine.health().needs_rebuild

    def test_a_rebuild_remembers_removals_unless_the_catalogue_has_the_document(
        self, engine: SearchEngine
    ) -> None:
        engine.remove(["a", "b"], 5)
        engine.rebuild([titled("b", "Back from a copy", version=2)])
        assert engine.write([titled("a", "Late", version=4)]) == 0
        assert engine.versions() == {"b": 2}

    def test_writes_and_removals_during_a_rebuild_go_to_old_and_new(
        self, engine: SearchEngine
    ) -> None:
        engine.write([titled("old", "Magnets")])
        half_way, go_on = threading.Event(), threading.Event()

        def slowly() -> Iterator[Document]:
            yield titled("early", "Magnets")
            half_way.set()
            assert go_on.wait(20)
            yield titled("changed", "Stale", version=1)
            yield titled("removed", "Stale", version=1)

        building = threading.Thread(target=engine.rebuild, args=(slowly(),))
        building.start()
        assert half_way.wait(20)
        engine.write([titled("changed", "Magnets", version=2), titled("new", "Magnets")])
        engine.remove(["removed"], 2)
        during = engine.search(ask("magnets"))
        go_on.set()
        building.join(20)
        assert set(ids(during)) == {"old", "changed", "new"}
        assert engine.versions() == {"early": 1, "changed": 2, "new": 1}

    def test_a_rebuild_that_fails_leaves_the_old_index_and_may_be_tried_again(
        self, engine: SearchEngine
    ) -> None:
        engine.write([titled("a", "Magnets")])

        def broken() -> Iterator[Document]:
            yield titled("b", "Magnets")
            raise LookupError

        with pytest.raises(LookupError):
            engine.rebuild(broken())
        assert engine.versions() == {"a": 1}
        assert engine.rebuild([titled("c", "Magnets")]) == 1

    def test_an_index_that_a_late_write_began_is_not_taken_for_whole(self, fresh: Fresh) -> None:
        opened = fresh()
        engine, other = opened(), opened()

        def told() -> tuple[bool, str, int, bool]:
            health = other.health()
            return health.ok, health.code, health.documents, health.needs_rebuild

        assert told() == (True, "empty", 0, True)
        assert not other.search(ask("")).known
        engine.write([titled("a", "Magnets")])
        assert told() == (True, "ok", 1, True)
        found = other.search(ask("magnets"))
        assert (ids(found), found.known) == (["a"], False)

        during = []

        def slowly() -> Iterator[Document]:
            yield titled("a", "Magnets")
            during.append((told(), other.search(ask("magnets")).known))
            yield titled("b", "Magnets")

        engine.rebuild(slowly())
        assert during == [((True, "ok", 1, True), False)]
        assert told() == (True, "ok", 2, False)
        assert other.search(ask("magnets")).known
        engine.write([titled("c", "Magnets")])
        assert (told(), other.search(ask("magnets")).known) == ((True, "ok", 3, False), True)

    # Type-ahead

    def test_names_are_suggested_by_the_beginning_of_any_word(self, engine: SearchEngine) -> None:
        texts = (
            Text("title", "en", "Little Magnets"),
            Text("title", "sr", "Мали магнети"),
            Text("label", "en", "Magnetism", concept="magnetism"),
            Text("label", "zh", "磁学", concept="magnetism"),
            Text("institution", "en", "Museum of Magnets"),
            Text("summary", "en", "Magnificent"),
        )
        engine.write([with_texts("a", *texts), titled("b", "Élan")])
        found = engine.suggest("Mag", "en")
        assert [(each.kind, each.id, each.text) for each in found] == [
            ("subject", "magnetism", "Magnetism"),
            ("title", "a", "Little Magnets"),
            ("institution", "inst", "Museum of Magnets"),
        ]
        assert [each.text for each in engine.suggest("磁", "zh")] == ["磁学"]
        serbian = engine.suggest("маг", "sr")  # in either script: Latin names begin so too
        assert [each.text for each in serbian if each.kind == "title"] == ["Мали магнети"]
        assert [each.text for each in engine.suggest("маг", "en")] == ["Мали магнети"]
        assert [each.text for each in engine.suggest("elan", "en")] == ["Élan"]
        assert engine.suggest("  ", "en") == ()
        engine.remove(["a"], 2)
        assert engine.suggest("mag", "en") == ()

    # Anything at all

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(text=st.text(max_size=60), lang=st.sampled_from(["en", "zh", "th", "my", "ar", "sr"]))
    def test_any_string_is_a_query_and_none_raises(
        self, full: SearchEngine, text: str, lang: str
    ) -> None:
        results = patiently(full, ask(text, lang))
        assert results.total >= len(ids(results, near=False))
        full.suggest(text, lang)

    def test_a_pasted_page_is_a_query(self, full: SearchEngine) -> None:
        full.search(ask(" ".join(f'w{n} -x{n} y{n}* "z{n} z"' for n in range(2000))))

    @pytest.mark.parametrize(
        "text",
        [
            "w1 " * 10_000,
            "w" * 1_000_000,
            f"w1 {'w' * 1_000_000}*",
            f"-{'w' * 40_000} w1",
            f'"{"w1 " * 10_000}"',
            '"' * 9_999 + "w1",
            "(" * 10_000 + "w1" + ")" * 10_000,
            "-" * 10_000 + "w1",
            "*" * 10_000,
            "磁铁电路实验" * 2_000,
            f'-"{"磁铁电路实验" * 2_000}" w1',
            "แม่เหล็กไฟฟ้า" * 1_000,
            " ".join(f"磁铁{n}电路" for n in range(500)),
        ],
        ids=range(13),
    )
    def test_no_query_is_too_long_or_too_deep(self, full: SearchEngine, text: str) -> None:
        for lang in ("en", "zh"):
            chosen = {"kind": ("x" * 40_000,)}
            assert patiently(full, ask(text, lang, filters=chosen)).hits == ()
            patiently(full, ask(text, lang))
        full.suggest(text, "en")

    def test_words_beyond_every_limit_do_not_keep_a_document_out(
        self, engine: SearchEngine
    ) -> None:
        """32,766 bytes are the most that Lucene takes as one term, 65,530 tantivy's."""
        longest = ["a" * 121, "ж" * 35_000]
        texts = [
            Text(field, "en", f"magnets {word} water", concept="x" if field == "label" else None)
            for field in ("title", "keyword", "label", "summary", "institution")
            for word in longest
        ]
        texts += [Text("file", "en", "b" * 1_000_000), Text("description", "zh", "水" * 20_000)]
        engine.write(
            [
                with_texts(
                    "a",
                    *texts,
                    kind="k" * 70_000,
                    languages=("l" * 70_000, "en"),
                    sort_title="t" * 1_000_000,
                ),
                titled("b", "Magnets"),
            ]
        )
        assert set(ids(engine.search(ask("magnets")), near=False)) == {"a", "b"}
        assert ids(engine.search(ask('magnets water "magnets"')), near=False) == ["a"]
        for sort in Sort:
            assert len(engine.search(Query(sort=sort)).hits) == 2
        counted = engine.search(ask("water")).facets
        assert [each.value for each in counted["language"]] == ["en"]
        assert counted["kind"] == ()
        assert {each.kind for each in engine.suggest("magn", "en")} >= {"title", "subject"}
        assert engine.suggest("q" * 70_000, "en") == ()

    def test_hostile_values_are_only_values(self, engine: SearchEngine) -> None:
        strange = titled("a'\"", "AND OR NOT * ? [ ] { } ~ ^ \\ \u0000", kind="x:y")
        engine.write([replace(strange, published_at=BEGAN + timedelta(days=1))])
        for value in ("x:y", "*", "", "a\u0000", "[* TO *]"):
            found = engine.search(Query(filters={"kind": (value,)}))
            assert found.total == (value == "x:y")
        assert engine.versions() == {"a'\"": 1}
