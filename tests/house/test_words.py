"""Codes have sentences, settings have a page, routes have templates, nothing names a machine."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from catalog.jobs import JobKind
from config.settings import describe, load
from ingest.verdict import SEVERITY
from portal.sentences import ERRORS, FIELDS, REASONS

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("catalog", "ingest", "search", "storage", "portal")
RAISED = {
    "NotFound",
    "NotPermitted",
    "Conflict",
    "InvalidTransition",
    "Stale",
    "QuotaExceeded",
    "Gone",
}
TRANSLATED = ("zh", "ar")
SAME_IN_ALL = {"MB", "W", "kg", "m", "m²", "min", "%(low)s to %(high)s"}


def calls() -> list[tuple[str, list[ast.expr]]]:
    return [
        (node.func.id, node.args)
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]


def test_every_error_code_has_a_sentence() -> None:
    codes = {
        str(args[0].value)
        for name, args in calls()
        if name in RAISED and args and isinstance(args[0], ast.Constant)
    }
    assert len(codes) > 20
    assert codes - set(ERRORS) == set()


def test_every_fault_of_a_field_has_a_sentence() -> None:
    codes = {
        str(args[1].value)
        for name, args in calls()
        if name == "Fault" and len(args) > 1 and isinstance(args[1], ast.Constant)
    }
    assert len(codes) > 20
    assert codes - set(FIELDS) - set(ERRORS) == set()


def test_every_reason_of_ingest_has_a_sentence() -> None:
    assert set(SEVERITY) == set(REASONS)


def test_every_kind_of_job_has_a_handler() -> None:
    source = (ROOT / "portal" / "handlers.py").read_text(encoding="utf-8")
    for kind in JobKind:
        assert f"JobKind.{kind.name}:" in source


def test_every_setting_is_in_the_docs() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for line in describe(load({})):
        assert line.name in page


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name]


HOSTS = re.compile(
    r"pythonhosted\.org|pypi\.org|registry\.npmjs|proxy\.golang|repo1\.maven|deb\.debian\.org",
    re.IGNORECASE,
)
MACHINE = re.compile(r"(?<![\w.$}])/(?:root|work|home/\w+)/")


def test_no_file_names_a_machine_or_a_registry() -> None:
    this = Path(__file__).name
    for path in tracked():
        if path.name == this or not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", "ignore")
        assert not HOSTS.search(text), path.name
        assert not MACHINE.search(text), path.name


def test_the_lock_has_hashes_and_no_addresses() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    names = re.findall(r"^[a-z0-9._-]+==", text, re.MULTILINE)
    assert len(names) > 60
    assert text.count("--hash=sha256:") >= len(names)
    assert "://" not in text


def extracted() -> set[str]:
    methods = [("portal/**.py", "python"), ("portal/templates/**.html", "jinja2")]
    found = set()
    for _file, _line, message, _comments, _context in extract_from_dir(
        str(ROOT),
        methods,
        keywords={"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)},
        options_map={"portal/templates/**.html": {"extensions": "jinja2.ext.i18n"}},
        directory_filter=lambda path: ".venv" not in path and "tests" not in path,
    ):
        found.add(message[0] if isinstance(message, tuple) else message)
    return found


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_string_is_translated(tag: str) -> None:
    path = ROOT / "portal" / "translations" / tag / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=tag)
    known = {
        (each.id[0] if isinstance(each.id, tuple) else each.id): each
        for each in catalogue
        if each.id
    }
    wanted = extracted()
    assert len(wanted) > 300
    assert wanted - set(known) == set()
    for words in wanted:
        said = known[words].string
        forms = said if isinstance(said, tuple) else (said,)
        assert all(forms), words
        assert words in SAME_IN_ALL or words not in forms, words
        for form in forms:
            assert set(re.findall(r"%\(\w+\)[sd]", form)) <= set(
                re.findall(r"%\(\w+\)[sd]", words)
            ) | {"%(num)d"}


def test_arabic_has_its_six_plurals() -> None:
    path = ROOT / "portal" / "translations" / "ar" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale="ar")
    assert catalogue.num_plurals == 6
