"""What the house takes from others: declared, locked with hashes, and each with its reason."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.house.source import ROOMS, ROOT, code, modules, tracked

OURS = {*ROOMS, "scripts", "tests"}
USED_BY_COMMAND = {"import-linter", "mypy", "pytest-timeout", "pytest-xdist", "ruff", "setuptools"}
TYPES_ALONE = {"mypy-boto3-s3"}  # imported where types are checked, never when the program runs
STUBS = {"boto3-stubs", "types-openpyxl"}
HOSTS = re.compile(
    r"pythonhosted\.org|pypi\.org|registry\.npmjs|proxy\.golang|repo1\.maven|deb\.debian\.org",
    re.IGNORECASE,
)
MACHINE = re.compile(r"(?<![\w.$}*])/(?:root|work|home/\w+|Users/\w+)/")


def project() -> dict[str, list[str]]:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"run": told["dependencies"], "dev": told["optional-dependencies"]["dev"]}


def plain(name: str) -> str:
    """The name of a distribution as all spellings of it agree on (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", name, maxsplit=1)[0]).lower()


def declared(group: str) -> set[str]:
    return {plain(each) for each in project()[group]}


def locked() -> set[str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return {plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def taken(*folders: str) -> set[str]:
    """The distributions that the modules of these folders import."""
    providers = packages_distributions()
    tops = {
        name.split(".", maxsplit=1)[0]
        for module in (modules(*folders) if folders else code())
        for name in module.imports()
    }
    foreign = tops - set(sys.stdlib_module_names) - OURS
    return {plain(providers.get(top, [top])[0]) for top in foreign}


def test_what_the_rooms_import_is_declared() -> None:
    assert taken() - declared("run") == TYPES_ALONE


def test_what_the_tests_import_is_declared() -> None:
    assert taken("tests", "scripts") - declared("run") - declared("dev") == set()


def test_what_is_declared_is_imported() -> None:
    assert declared("run") - taken() == set()
    assert declared("dev") - taken("tests") - USED_BY_COMMAND == STUBS | TYPES_ALONE


def test_what_is_declared_is_locked() -> None:
    assert declared("run") | declared("dev") <= locked()


def test_the_lock_has_hashes_and_no_addresses() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.findall(r"^[A-Za-z0-9._-]+==[^\n]*(?:\n {4}[^\n]*)*", text, re.MULTILINE)
    assert len(entries) > 60
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    named = {plain(word) for word in re.findall(r"[A-Za-z0-9][\w.-]*\w", page)}
    assert (declared("run") | declared("dev")) - named == set()


def test_every_debian_package_that_set_up_installs_has_its_reason() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    setup = (ROOT / "scripts" / "setup").read_text(encoding="utf-8")
    listed = re.search(r"^PACKAGES=\((.+)\)$", setup, re.MULTILINE)
    assert listed is not None
    assert [name for name in listed[1].split() if name not in page] == []


def test_no_file_names_a_machine_or_a_registry() -> None:
    this = "tests/house/test_dependencies.py"
    named = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in tracked()
        if path != ROOT / this
        and (text := path.read_bytes().decode("utf-8", "ignore"))
        and (found := HOSTS.search(text) or MACHINE.search(text))
    ]
    assert named == []


def test_no_large_file_is_committed() -> None:
    """Media are made or read from elsewhere; a picture of the documentation is small."""
    large = [path.name for path in tracked() if path.stat().st_size > 1_000_000]
    assert large == []
