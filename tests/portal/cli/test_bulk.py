from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.portal.cli.conftest import Ran

GOOD: dict[str, Any] = {
    "kind": "film",
    "title": {"en": "A"},
    "language": "en",
    "licence": "CC0-1.0",
}


def listed(folder: Path, *lines: object) -> str:
    file = folder / "list.jsonl"
    file.write_text(
        "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    )
    return str(file)


def test_each_line_is_told_as_one_value_with_its_faults_by_field(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    file = listed(
        tmp_path,
        {**GOOD, "source_id": "told-1"},
        '{"broken": ',
        {**GOOD, "source_id": "told-3", "ages": [9, 3], "colour": "red"},
        {**GOOD, "source_id": "told-4", "assets": [{"path": "../list.jsonl"}]},
    )
    told = run("import", file, "--institution", "lanzhou", "--json")
    assert told.code == 1
    assert told.err == "3 lines failed.\n"
    first, second, third, fourth = map(json.loads, told.lines)
    assert first == {
        "line": 1,
        "source_id": "told-1",
        "id": first["id"],
        "status": "created",
        "errors": [],
    }
    assert second["errors"] == [{"field": "", "message": "This line is not JSON."}]
    assert third["errors"] == [
        {"field": "colour", "message": "There is no such field."},
        {"field": "ages", "message": "The end lies before the start."},
    ]
    assert (third["source_id"], third["id"], third["status"]) == ("told-3", None, "failed")
    assert fourth["errors"][0]["field"] == "assets.0.path"


def test_running_again_is_done_and_says_so(run: Callable[..., Ran], tmp_path: Path) -> None:
    file = listed(tmp_path, {**GOOD, "source_id": "again"})
    first = run("import", file, "--institution", "lanzhou")
    second = run("import", file, "--institution", "lanzhou")
    assert (first.code, second.code) == (0, 0)
    assert first.out.replace("created", "unchanged") == second.out


def test_publishing_needs_a_curator(run: Callable[..., Ran], tmp_path: Path) -> None:
    file = listed(tmp_path, {**GOOD, "source_id": "public"})
    words = ("import", file, "--institution", "lanzhou", "--publish")
    assert run(*words).code == 2
    for email in ("contributor@example.org", "nobody@example.org"):
        told = run(*words, "--as", email)
        assert (told.code, told.out) == (1, "")
        assert len(told.err.splitlines()) == 1
    assert run(*words, "--as", "curator@example.org").code == 0


def test_a_published_resource_is_not_changed_without_publishing(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    words = ("--institution", "lanzhou", "--json")
    by = ("--publish", "--as", "curator@example.org")
    assert run("import", listed(tmp_path, {**GOOD, "source_id": "p"}), *words, *by).code == 0
    changed = listed(tmp_path, {**GOOD, "source_id": "p", "year": 2001})
    told = run("import", changed, *words)
    assert told.code == 1
    assert json.loads(told.out)["errors"] == [
        {
            "field": "source_id",
            "message": "This is published. Import with --publish to change it.",
        }
    ]
    assert json.loads(run("import", changed, *words, *by).out)["status"] == "updated"


def test_what_a_curator_has_is_refused_in_words(run: Callable[..., Ran], tmp_path: Path) -> None:
    file = listed(tmp_path, {**GOOD, "source_id": "x", "title": {"\x1b[31m": "A"}})
    told = run("import", file, "--institution", "lanzhou")
    assert told.code == 1
    assert "\x1b" not in told.out
    assert "This is not a language tag." in told.out


def test_an_institution_that_there_is_not_stops_all(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    told = run("import", listed(tmp_path, GOOD), "--institution", "nowhere")
    assert (told.code, told.out) == (1, "")
    assert told.err == "There is no such institution here.\n"


def test_the_limits_of_the_settings_hold_for_an_import_too(
    run: Callable[..., Ran], tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("more than four bytes")
    file = listed(tmp_path, {**GOOD, "source_id": "big", "assets": [{"path": "a.txt"}]})
    told = run("import", file, "--institution", "lanzhou", CARAVAN_MAX_UPLOAD_BYTES="4")
    assert told.code == 1
    assert "assets.0.path: No more than 4 B can be taken at once." in told.out
    full = run("import", file, "--institution", "lanzhou", CARAVAN_QUOTA_BYTES="4")
    assert full.code == 1
    assert "The space of your institution is used up." in full.out
