"""What the documents say is so: settings, files, commands and targets that they name exist."""

from __future__ import annotations

import re

import pytest

from config.settings import describe, load
from tests.house.source import ROOT, tracked

PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in tracked()
    if path.suffix == ".md" and path.parent in {ROOT, ROOT / "docs", ROOT / "docs" / "decisions"}
)
NAMED = re.compile(r"`((?:\.ci|[a-z_]+)/[\w./-]*)`")
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()} - {"var"}


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def test_every_setting_is_in_the_docs_with_its_default_and_meaning() -> None:
    page = text_of("docs/settings.md")
    for line in describe(load({})):
        row = re.search(rf"^\| `{line.name}` \|(.+)\|(.+)\|$", page, re.MULTILINE)
        assert row is not None, line.name
        assert row[2].strip() == line.meaning, line.name
        assert row[1].strip().strip("`") == line.default, line.name


def test_no_setting_is_in_the_docs_that_does_not_exist() -> None:
    known = {line.name for line in describe(load({}))}
    rows = set(re.findall(r"^\| `(CARAVAN_\w+)`", text_of("docs/settings.md"), re.MULTILINE))
    assert rows == known


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    missing = [
        name
        for name in NAMED.findall(text_of(page))
        if name.split("/")[0] in FOLDERS and not (ROOT / name.rstrip("/")).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_every_target_of_make_that_a_page_names_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)\b(?= |`|\n)", code_of(page))) <= targets


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_names_exists(page: str) -> None:
    from portal.cli.main import COMMANDS

    named = set(re.findall(r"\bcaravan ([a-z][a-z-]+)\b", code_of(page)))
    assert named <= set(COMMANDS)


def code_of(page: str) -> str:
    """What a page shows as code: blocks and words in backquotes."""
    text = text_of(page)
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks, *(f"{words}\n" for words in re.findall(r"`([^`\n]+)`", rest))])


def test_the_readme_shows_both_commands_on_its_first_screen() -> None:
    first = text_of("README.md").splitlines()[:24]
    assert any(line.startswith("make demo") for line in first)
    assert any(line.startswith("make test") for line in first)


def test_every_decision_tells_context_choice_and_price() -> None:
    decisions = [page for page in PAGES if page.startswith("docs/decisions/")]
    numbers = [page.rpartition("/")[2][:4] for page in decisions]
    assert numbers == sorted(set(numbers))  # a number between may still be on its way
    assert numbers[0] == "0001"
    for page in decisions:
        assert re.findall(r"^\*\*(\w+)\.\*\*", text_of(page), re.MULTILINE) == [
            "Context",
            "Choice",
            "Price",
        ], page


def test_the_change_log_speaks_of_the_version_that_is_built() -> None:
    assert re.search(r"^## ", text_of("CHANGELOG.md"), re.MULTILINE)
