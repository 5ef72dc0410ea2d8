"""Imports go down only, libraries stay behind their walls, and nothing slips past either.

import-linter holds the same in `make check`, and the order inside the rooms beside. What it cannot
see is held here: a seventh package, an import by name, a process started by `os`.
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.source import ROOMS, ROOT, code, tracked

BELOW = {
    "config": set(),
    "storage": {"config"},
    "catalog": {"config", "storage"},
    "ingest": {"config", "storage", "catalog"},
    "search": {"config", "catalog"},
    "portal": {"config", "storage", "catalog", "ingest", "search"},
}
WALLS = {
    "alembic": ("catalog/",),
    "boto3": ("storage/s3/",),
    "botocore": ("storage/s3/",),
    "counter_robots": ("portal/counting.py",),
    "elasticsearch": ("search/elastic/",),
    "ffmpeg": ("ingest/formats/",),
    "flask": ("portal/",),
    "icu": ("portal/collation.py",),
    "jinja2": ("portal/",),
    "magic": ("ingest/identify.py",),
    "mypy_boto3_s3": ("storage/s3/",),
    "multiprocessing": (),
    "psycopg": ("catalog/",),
    "pty": (),
    "sqlalchemy": ("catalog/",),
    "sqlite3": ("catalog/",),
    "subprocess": ("ingest/sandbox.py", "portal/cli/"),
    "tantivy": ("search/embedded/",),
    "werkzeug": ("portal/",),
}
STARTS_A_PROCESS = ("os.system", "os.popen", "os.exec", "os.fork", "os.spawn", "os.posix_spawn")
PARTS = {("portal/cli/keeper.py", "os.fork")}
"""The worker of the portal, which runs nothing but ourselves (decision 0018)."""
BY_NAME = {
    "ingest/child.py",  # runs the task it is told, after the sandbox has closed the box
    "portal/cli/main.py",  # loads only the command that was asked for
}
LATE = {
    "ingest/language.py",  # its model is loaded where a text is looked at: in the child
    "catalog/engines.py",  # a house on SQLite loads no driver of PostgreSQL
}


def test_the_top_level_packages_are_the_six_rooms() -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in tracked() if path.suffix == ".py"}
    assert folders - {"tests", "scripts", "bench", "deploy"} == set(ROOMS)


def test_only_the_six_rooms_are_shipped() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = project["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {name.rstrip(".*") for name in shipped} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_imported_from_this_repository(room: str) -> None:
    module = importlib.import_module(room)
    assert module.__file__ is not None
    assert Path(module.__file__).resolve() == ROOT / room / "__init__.py"


def test_imports_go_down_only() -> None:
    upward = [
        f"{module.place} imports {name}"
        for module in code()
        for name in module.imports()
        if (other := name.split(".")[0]) in {*ROOMS, "tests"}
        and other not in {module.room, *BELOW[module.room]}
    ]
    assert upward == []


def test_a_library_stays_behind_its_wall() -> None:
    through = [
        f"{module.place} imports {name}"
        for module in code()
        for name in module.imports()
        if (allowed := wall_of(name)) is not None and not module.place.startswith(allowed)
    ]
    assert through == []


def wall_of(name: str) -> tuple[str, ...] | None:
    top = name.split(".", maxsplit=1)[0]
    return WALLS["flask"] if top.startswith("flask_") else WALLS.get(top)


def test_no_process_is_started_past_the_sandbox() -> None:
    started = [
        f"{module.place} calls {call}"
        for module in code()
        for call in module.calls()
        if call.startswith((*STARTS_A_PROCESS, "asyncio.create_subprocess"))
        and (module.place, call) not in PARTS
    ]
    assert started == []


def test_a_module_is_imported_by_its_name_in_few_places() -> None:
    found = {
        module.place
        for module in code()
        if any(call.endswith(("import_module", "__import__")) for call in module.calls())
    }
    assert found <= BY_NAME


def test_no_import_is_relative() -> None:
    relative = [
        module.place
        for module in code()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_imports_inside_functions_are_few_and_known() -> None:
    """The openers load one engine of two, commands start quickly, decoders load in the child."""
    late = {
        module.place
        for module in code()
        for function in module.functions()
        if module.imports(within=function)
    }
    known = ("portal/cli/", "ingest/formats/")
    assert {
        place for place in late if not place.startswith(known) and not place.endswith("/opening.py")
    } <= LATE


def test_the_program_starts_without_flask_and_decoders() -> None:
    """`caravan --help` answers at once: what a command needs is imported by the command."""
    loaded = code_loaded_by("portal.cli.main")
    assert "click" in loaded
    assert loaded & {"flask", "sqlalchemy", "tantivy", "PIL", "trimesh", "pypdfium2"} == set()


def test_the_portal_does_not_carry_the_decoders() -> None:
    loaded = code_loaded_by("portal.app")
    assert "flask" in loaded
    assert loaded & {"PIL", "trimesh", "pypdfium2", "docx", "pptx", "openpyxl"} == set()


def code_loaded_by(name: str) -> set[str]:
    asked = f"import sys, {name}; print(*sorted({{each.split('.')[0] for each in sys.modules}}))"
    told = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(told.stdout.split())
