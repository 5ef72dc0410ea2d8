from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import assets, events, importing, imports, uploads
from catalog.policy.actor import Actor
from catalog.resources import indexable, reading
from catalog.uploads import Limits
from ingest.bulk import Importer
from ingest.lines import LONGEST_LINE
from ingest.listed import AT_ONCE, groups_of
from tests.factories.house import build_house
from tests.portal.test_search import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog.resources.views import ResourceView
    from ingest.listed import Outcome
    from tests.factories.house import House

LINE: dict[str, Any] = {
    "source_id": "museum-42",
    "kind": "lesson_plan",
    "title": {"en": "Magnets", "zh": "磁铁"},
    "summary": {"en": "..."},
    "description": {"en": "..."},
    "subjects": ["magnetism"],
    "keywords": {"en": ["compass"]},
    "language": "en",
    "ages": [8, 12],
    "country": "CN",
    "year": 2019,
    "licence": "CC-BY-4.0",
    "uses": ["show", "copy", "translate"],
    "access": "open",
    "details": {"duration_minutes": 45},
    "assets": [{"path": "plan.docx", "role": "main", "language": "en"}],
}
"""The line of CONTRACT, word for word."""
TITLES = {
    "zh": "磁铁", "zh-Hant": "磁鐵", "en": "Magnets", "ru": "Магниты", "ar": "مغناطيس", "es": "Imanes",
    "fr": "Aimants", "th": "แม่เหล็ก", "el": "Μαγνήτες", "sr": "Магнети", "sr-Latn": "Magneti",
    "ms": "Magnet", "uz": "Magnitlar", "uz-Cyrl": "Магнитлар", "my": "သံလိုက်များ",
}  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Give one house to all tests here: each has its own source ids."""
    built = build_house(tmp_path_factory.mktemp("house"))
    yield built
    built.services.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of a list, with one file in it."""
    (tmp_path / "plan.docx").write_bytes(b"a plan")
    return tmp_path


def importer(house: House, **changes: Any) -> Importer:
    values: dict[str, Any] = {
        "database": house.services.database,
        "store": house.services.store,
        "by": Actor(),
        "institution": "lanzhou",
        "publish": False,
        "limits": Limits(10_000_000),
        **changes,
    }
    return Importer(**values)


def bring(house: House, folder: Path, *lines: object, **changes: Any) -> list[Outcome]:
    """Import lines: bytes as they are, all else as JSON."""
    written = [
        line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode()
        for line in lines
    ]
    (folder / "list.jsonl").write_bytes(b"\n".join(written))
    return list(importer(house, **changes).run(folder / "list.jsonl"))


def found(house: House, rid: str | None) -> ResourceView:
    assert rid is not None
    with house.services.database.reading() as session:
        return reading.working_version(session, house.actors["admin"], rid)


def bare(name: str, **changes: Any) -> dict[str, Any]:
    """A line without files."""
    kept = {field: value for field, value in LINE.items() if field != "assets"}
    return {**kept, "source_id": name, **changes}


def faults(outcome: Outcome) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in outcome.errors}


def test_the_line_of_the_contract_comes_in_whole_and_once(house: House, folder: Path) -> None:
    first, second = bring(house, folder, LINE, LINE)
    assert (first.line, first.status, second.line, second.status) == (1, "created", 2, "unchanged")
    assert first.id == second.id
    view = found(house, first.id)
    assert dict(view.title.values) == LINE["title"]
    assert view.subjects == ("magnetism",)
    assert view.ages == (8, 12)
    assert (view.country, view.year, view.state) == ("CN", 2019, "draft")
    assert view.details == {"duration_minutes": 45}
    assert [(each.filename, each.role, each.language) for each in view.assets] == [
        ("plan.docx", "main", "en")
    ]


def test_texts_of_all_twelve_languages_and_both_scripts_are_kept(
    house: House, folder: Path
) -> None:
    (told,) = bring(house, folder, bare("tongues", title=TITLES))
    assert dict(found(house, told.id).title.values) == TITLES


@pytest.mark.parametrize(
    "label", ["magnetism", "Magnetism", "磁学", "магнетизм", "Magnetismo", "Μαγνητισμός"]
)
def test_a_subject_may_be_an_id_or_a_label_of_any_language(
    house: House, folder: Path, label: str
) -> None:
    (told,) = bring(house, folder, bare(f"label-{label}", subjects=[label]))
    assert found(house, told.id).subjects == ("magnetism",)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"colour": "red"}, ("colour", "unknown_field")),
        ({"state": "published"}, ("state", "unknown_field")),
        ({"kind": "statue"}, ("kind", "unknown_value")),
        ({"kind": None}, ("kind", "required")),
        ({"kind": 7}, ("kind", "not_a_text")),
        ({"source_id": 7}, ("source_id", "not_a_text")),
        ({"source_id": ["a"]}, ("source_id", "not_a_text")),
        ({"source_id": "x" * 201}, ("source_id", "too_long")),
        ({"title": "Magnets"}, ("title", "not_by_language")),
        ({"title": {"en": 7}}, ("title.en", "not_a_text")),
        ({"title": {"no tag": "Magnets"}}, ("title.no tag", "unknown_language")),
        ({"title": {"en": "x" * 301}}, ("title.en", "too_long")),
        ({"summary": {"my": "က" * 601}}, ("summary.my", "too_long")),
        ({"description": {"en": "x" * 20_001}}, ("description.en", "too_long")),
        ({"keywords": {"en": "compass"}}, ("keywords.en", "not_a_list_of_texts")),
        ({"subjects": "magnetism"}, ("subjects", "not_a_list_of_texts")),
        ({"subjects": ["the price of tea"]}, ("subjects", "unknown_subject")),
        ({"language": "no tag"}, ("language", "unknown_language")),
        ({"ages": [12, 8]}, ("ages", "before_start")),
        ({"ages": [8, 121]}, ("ages", "out_of_range")),
        ({"ages": [8]}, ("ages", "not_a_pair_of_numbers")),
        ({"ages": [8.5, 9]}, ("ages", "not_a_pair_of_numbers")),
        ({"country": "ZZ"}, ("country", "unknown_country")),
        ({"country": "China"}, ("country", "unknown_country")),
        ({"year": "2019"}, ("year", "not_a_number")),
        ({"year": 2**70}, ("year", "out_of_range")),
        ({"year": float("nan")}, ("year", "not_a_number")),
        ({"licence": 4}, ("licence", "not_a_text")),
        ({"licence": "x" * 501}, ("licence", "too_long")),
        ({"uses": ["sell"]}, ("uses", "unknown_value")),
        ({"access": "everyone"}, ("access", "unknown_value")),
        ({"details": [45]}, ("details", "not_an_object")),
        ({"details": {"wheels": 4}}, ("details.wheels", "unknown_field")),
        ({"assets": "plan.docx"}, ("assets", "not_a_list")),
        ({"assets": ["plan.docx"]}, ("assets.0", "path_required")),
        ({"assets": [{"path": 7}]}, ("assets.0", "path_required")),
        ({"assets": [{"path": "plan.docx", "role": "hero"}]}, ("assets.0.role", "unknown_value")),
        ({"assets": [{"path": "plan.docx", "role": 1}]}, ("assets.0.role", "not_a_text")),
        ({"assets": [{"path": "plan.docx", "size": 1}]}, ("assets.0.size", "unknown_field")),
        (
            {"assets": [{"path": "plan.docx", "language": "no tag"}]},
            ("assets.0.language", "unknown_language"),
        ),
        (
            {"assets": [{"path": "plan.docx", "sha256": "f" * 64}]},
            ("assets.0.sha256", "checksum_mismatch"),
        ),
        ({"assets": [{"path": "plan.docx", "sha256": "?"}]}, ("assets.0.sha256", "not_a_sha256")),
    ],
)
def test_a_fault_is_told_by_its_field_and_nothing_of_the_line_comes_in(
    house: House, folder: Path, changes: dict[str, Any], fault: tuple[str, str]
) -> None:
    (told,) = bring(house, folder, {**LINE, "source_id": "faulty", **changes})
    assert told.status == "failed"
    assert told.id is None
    assert faults(told) == {fault}


def test_texts_as_long_as_they_may_be_come_in(house: House, folder: Path) -> None:
    long = {"title": {"my": "က" * 300}, "summary": {"en": "x" * 600}}
    (told,) = bring(house, folder, bare("long", **long, description={"ar": "م" * 20_000}))
    assert told.status == "created"


def test_all_faults_of_a_line_are_told_at_once(house: House, folder: Path) -> None:
    (told,) = bring(house, folder, bare("many", ages=[9, 3], country="ZZ", colour="red"))
    assert {field for field, _ in faults(told)} == {"ages", "country", "colour"}


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "sub/../../secret.txt",
        "/etc/passwd",
        "out",
        "circle",
        "away/secret.txt",
        "absent.pdf",
        ".",
        "",
        "nul\x00byte",
        "half \ud800 a pair",
        "x" * 5000,
        "plan.docx/",
        "C:\\plan.docx",
    ],
)
def test_a_path_leads_to_a_file_beside_the_list_or_nowhere(
    house: House, tmp_path: Path, path: str
) -> None:
    folder = tmp_path / "list"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "out").symlink_to(tmp_path / "secret.txt")
    (folder / "circle").symlink_to(folder / "circle")
    (folder / "away").symlink_to(tmp_path)
    line = json.dumps(bare("escape", assets=[{"path": path}])).encode()
    (told,) = bring(house, folder, line)
    assert faults(told) == {("assets.0.path", "no_such_file")}


def test_a_link_inside_the_folder_is_followed(house: House, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "link.docx").symlink_to(folder / "plan.docx")
    (told,) = bring(house, folder, bare("linked", assets=[{"path": "sub/link.docx"}]))
    assert told.status == "created"


def test_good_lines_go_in_beside_broken_ones(house: House, folder: Path) -> None:
    nested = b"[" * 100_000
    lines = [
        b"\xef\xbb\xbf" + json.dumps(bare("bom")).encode() + b"\r",
        b'{"source_id": "cut", "kind":',
        b"",
        b"[1, 2]",
        nested,
        b"\xff\xfe\x00",
        b'{"source_id": "' + b"9" * 5000 + b'", "year": ' + b"9" * 5000 + b"}",
        b"x" * (LONGEST_LINE + 5) + b"y" * LONGEST_LINE,
        json.dumps(bare("wide", description={"en": "y " * 10_000})).encode() + b" " * 100_000,
        json.dumps(bare("last")).encode(),
    ]
    told = bring(house, folder, *lines)
    assert [(each.line, each.status) for each in told] == [
        (1, "created"),
        (2, "failed"),
        (4, "failed"),
        (5, "failed"),
        (6, "failed"),
        (7, "failed"),
        (8, "failed"),
        (9, "created"),
        (10, "created"),
    ]
    assert [next(iter(each.errors)).code for each in told[1:7]] == [
        "not_json",
        "not_an_object",
        "not_json",
        "not_json",
        "not_json",
        "too_large",
    ]
    assert told[-1].read_to == (folder / "list.jsonl").stat().st_size


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(payload=st.dictionaries(st.sampled_from(sorted(LINE)), json_values, max_size=6))
def test_no_object_whatever_its_values_stops_an_import(
    house: House, tmp_path_factory: pytest.TempPathFactory, payload: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("list")
    (told,) = bring(house, folder, json.dumps(payload).encode())
    assert told.status in ("created", "unchanged", "updated", "failed")
    assert bool(told.errors) == (told.status == "failed")


def test_what_changed_is_written_and_what_did_not_is_left(house: House, folder: Path) -> None:
    line = {**LINE, "source_id": " again "}
    (first,) = bring(house, folder, line)
    assert first.source_id == "again"
    assert [each.status for each in bring(house, folder, line)] == ["unchanged"]
    line = {**line, "title": {"en": "Other magnets"}}
    assert [each.status for each in bring(house, folder, line)] == ["updated"]
    assert found(house, first.id).title.values == {"en": "Other magnets"}
    (folder / "plan.docx").write_bytes(b"b plan")
    assert [each.status for each in bring(house, folder, line)] == ["updated"]
    line["assets"] = [{"path": "plan.docx", "role": "attachment", "language": "en"}]
    assert [each.status for each in bring(house, folder, line)] == ["updated"]
    line["assets"] = [{"path": "plan.docx", "role": "attachment", "language": "fr"}]
    assert [each.status for each in bring(house, folder, line)] == ["updated"]
    assert [each.role for each in found(house, first.id).assets] == ["attachment"]
    assert [each.status for each in bring(house, folder, line)] == ["unchanged"]


def test_a_line_without_assets_leaves_the_files_and_an_empty_list_takes_them_out(
    house: House, folder: Path
) -> None:
    (first,) = bring(house, folder, {**LINE, "source_id": "files"}, institution="patras")
    bring(house, folder, bare("files"), institution="patras")
    assert len(found(house, first.id).assets) == 1
    bring(house, folder, bare("files", assets=[]), institution="patras")
    assert found(house, first.id).assets == ()
    with house.services.database.reading() as session:
        assert assets.used_bytes(session, "patras") == 0


def test_one_source_id_twice_in_a_list_is_one_resource(house: House, folder: Path) -> None:
    told = bring(house, folder, bare("twin"), bare("twin", year=2020), bare("twin", year=2020))
    assert [each.status for each in told] == ["created", "updated", "unchanged"]
    assert len({each.id for each in told}) == 1


def test_without_a_source_id_each_line_is_a_new_resource(house: House, folder: Path) -> None:
    line = bare("none")
    del line["source_id"]
    told = bring(house, folder, line, line)
    assert [each.status for each in told] == ["created", "created"]


def test_one_source_id_at_two_institutions_is_two_resources(house: House, folder: Path) -> None:
    (here,) = bring(house, folder, bare("shared"))
    (there,) = bring(house, folder, bare("shared"), institution="muscat")
    assert (there.status, here.id != there.id) == ("created", True)


def test_publishing_is_the_decision_of_the_curator_in_the_log(house: House, folder: Path) -> None:
    curator = house.actors["curator"]
    (told,) = bring(house, folder, bare("public"), by=curator, publish=True)
    assert found(house, told.id).state == "published"
    with house.services.database.reading() as session:
        assert told.id in indexable.published_ids(session)
        assert told.id is not None
        actions = [each.action for each in events.lines_of(session, told.id)]
    assert actions[-1] == "publish_import"


def test_a_published_resource_is_changed_only_by_publishing(house: House, folder: Path) -> None:
    curator = house.actors["curator"]
    (first,) = bring(house, folder, bare("firm"), by=curator, publish=True)
    (same,) = bring(house, folder, bare("firm"))
    assert same.status == "unchanged"
    (refused,) = bring(house, folder, bare("firm", year=2001))
    assert faults(refused) == {("source_id", "published")}
    assert found(house, first.id).year == 2019
    (changed,) = bring(house, folder, bare("firm", year=2001), by=curator, publish=True)
    assert (changed.status, changed.id) == ("updated", first.id)
    view = found(house, first.id)
    assert (view.year, view.state, view.number) == (2001, "published", 2)


def test_a_draft_brought_in_before_is_published_later(house: House, folder: Path) -> None:
    bring(house, folder, bare("later"))
    (told,) = bring(house, folder, bare("later"), by=house.actors["curator"], publish=True)
    assert (told.status, found(house, told.id).state) == ("updated", "published")


def test_publishing_asks_only_for_kind_title_language_and_licence(
    house: House, folder: Path
) -> None:
    least = {"kind": "lesson_plan", "title": {"en": "A"}, "language": "en", "licence": "CC0-1.0"}
    curator = house.actors["curator"]
    (told,) = bring(house, folder, {**least, "source_id": "least"}, by=curator, publish=True)
    assert told.status == "created"
    (without,) = bring(
        house, folder, {"kind": "other", "source_id": "less"}, by=curator, publish=True
    )
    assert faults(without) == {
        ("title", "required"),
        ("language", "required"),
        ("licence", "required"),
    }


def test_who_is_no_curator_publishes_nothing(house: House, folder: Path) -> None:
    (told,) = bring(house, folder, bare("sly"), by=house.actors["contributor"], publish=True)
    assert faults(told) == {("", "not_permitted")}
    (again,) = bring(house, folder, bare("sly"))
    assert again.status == "created"


def test_what_a_curator_has_in_review_is_not_written_over(house: House, folder: Path) -> None:
    rid = house.bring_to("in_review", source_id="busy")
    (told,) = bring(house, folder, bare("busy"))
    assert faults(told) == {("", "in_review")}
    assert found(house, rid).kind == "film"


def test_a_file_above_the_limit_and_a_full_quota_are_told_before_any_byte_is_kept(
    house: House, folder: Path
) -> None:
    kept = {each.key for each in house.services.store.keys("")}
    line = {**LINE, "source_id": "heavy"}
    (large,) = bring(house, folder, line, limits=Limits(3))
    assert faults(large) == {("assets.0.path", "too_large")}
    (full,) = bring(house, folder, line, limits=Limits(1000, 3))
    assert faults(full) == {("", "quota_exceeded")}
    (bad,) = bring(house, folder, {**line, "year": "soon"})
    assert bad.status == "failed"
    assert {each.key for each in house.services.store.keys("")} == kept


def test_two_imports_of_one_list_at_once_make_each_resource_once(
    house: House, folder: Path
) -> None:
    lines = [bare(f"race-{number}") for number in range(6)]
    (folder / "list.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    first = importer(house).run(folder / "list.jsonl")
    second = importer(house).run(folder / "list.jsonl")
    told = [each for pair in zip(first, second, strict=True) for each in pair]
    assert [each.status for each in told] == ["created", "unchanged"] * 6


@pytest.mark.parametrize("files", [False, True], ids=["together", "by itself"])
def test_who_lost_the_race_for_a_source_id_takes_what_the_other_made(
    house: House, folder: Path, monkeypatch: pytest.MonkeyPatch, files: bool
) -> None:
    """The other import comes in between our look and our writing."""
    lost = bare(f"lost-{files}", **({"assets": LINE["assets"]} if files else {}))
    place, verb = (uploads, "demand_room") if files else (imports, "known_among")
    ask = getattr(place, verb)
    once = [True]

    def meanwhile(*args: Any, **more: Any) -> Any:
        found = ask(*args, **more)
        if once and once.pop():
            assert bring(house, folder, lost)[0].status == "created"
        return found

    monkeypatch.setattr(place, verb, meanwhile)
    told = bring(house, folder, bare(f"before-{files}"), lost, bare(f"after-{files}"))
    assert [each.status for each in told] == ["created", "unchanged", "created"]


def test_a_list_broken_off_has_whole_lines_only_and_goes_on_where_it_was(
    house: House, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [bare(f"cut-{number}") for number in range(2 * AT_ONCE + 20)]
    write = importing.bring_in
    groups: list[int] = []

    def power_cut(session: Any, **more: Any) -> Any:
        found = write(session, **more)
        groups.append(len(found))
        if len(groups) == 2:
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(importing, "bring_in", power_cut)
    with pytest.raises(KeyboardInterrupt):
        bring(house, folder, *lines)
    monkeypatch.undo()
    with counted(house) as statements:
        told = bring(house, folder, *lines)
    assert groups == [AT_ONCE, AT_ONCE]
    assert [each.status for each in told] == ["unchanged"] * AT_ONCE + ["created"] * (AT_ONCE + 20)
    assert [each.line for each in told] == list(range(1, len(lines) + 1))
    assert len({each.id for each in told}) == len(lines)
    # What is known costs a look each; what is new, a dozen for all that came in together.
    assert len(statements) <= AT_ONCE + 2 * 15 + 5


def test_lines_that_lack_what_publishing_needs_hold_up_none_beside_them(
    house: House, folder: Path
) -> None:
    lines = [bare(f"some-{number}") for number in range(40)]
    for number in range(0, 40, 4):
        lines[number]["licence"] = None
    with counted(house) as statements:
        told = bring(house, folder, *lines, publish=True, by=house.actors["curator"])
    assert len(statements) <= 20
    failed = [each for each in told if each.status == "failed"]
    assert [each.line for each in failed] == list(range(1, 41, 4))
    assert {fault for each in failed for fault in faults(each)} == {("licence", "required")}
    assert [each.status for each in told].count("created") == 30


def test_a_group_of_lines_holds_no_more_bytes_than_memory_does_easily(folder: Path) -> None:
    (folder / "list.jsonl").write_bytes(b"\n".join([b"x" * 3_000_000] * 7 + [b"", b"x"] * 150))
    with (folder / "list.jsonl").open("rb") as file:
        groups = list(groups_of(file))
    assert [len(each) for each in groups] == [3, 3, 100, 51]
    assert [each.number for each in groups[1]] == [4, 5, 6]
    assert groups[-1][-1].read_to == (folder / "list.jsonl").stat().st_size
