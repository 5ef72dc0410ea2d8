"""The floors and walls of the house, read from the code itself."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("config", "storage", "catalog", "ingest", "search", "portal")
FLOOR = {"config": 0, "storage": 1, "catalog": 2, "ingest": 3, "search": 3, "portal": 4}
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
WALLS = {
    "subprocess": ("ingest/sandbox.py", "portal/cli/"),
    "flask": ("portal/",),
    "sqlalchemy": ("catalog/",),
    "tantivy": ("search/embedded/",),
    "ffmpeg": ("ingest/formats/",),
    "magic": ("ingest/identify.py",),
    "boto3": ("storage/s3.py",),
    "elasticsearch": ("search/elastic/",),
}
MOST_LINES = 400
MOST_FUNCTION_LINES = 60


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def test_the_top_level_packages_are_the_six_rooms() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"tests"} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_imported_from_this_repository(room: str) -> None:
    module = importlib.import_module(room)
    assert module.__file__ is not None
    assert Path(module.__file__).resolve().is_relative_to(ROOT)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_only(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    for name in imported(path):
        other = name.split(".")[0]
        if other in FLOOR and other != room:
            assert FLOOR[other] < FLOOR[room], f"{path.name} imports {name}"
        assert other != "tests"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_library_stays_behind_its_wall(path: Path) -> None:
    here = path.relative_to(ROOT).as_posix()
    for name in imported(path):
        allowed = WALLS.get(name.split(".")[0])
        if allowed is not None:
            assert here.startswith(allowed), f"{here} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_small_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module without a docstring"
    if "migrations" in path.parts:
        return
    assert len(text.splitlines()) <= MOST_LINES
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MOST_FUNCTION_LINES, node.name


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.name == "__init__.py"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_an_init_is_a_docstring_and_nothing_else(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    assert len(body) == 1


LATE = ("opening.py", "language.py", "pdf.py", "office.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_inside_functions_are_few_and_known(path: Path) -> None:
    """Only the openers, the command line, and decoders that must load in the child alone."""
    here = path.relative_to(ROOT).as_posix()
    if here.startswith(("portal/cli/", "ingest/formats/")) or path.name in LATE:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = [
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inside or here == "portal/api/blueprint.py"
