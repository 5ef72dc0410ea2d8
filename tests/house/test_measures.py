"""Modules and functions are small, say what they promise, and are named for what they are."""

from __future__ import annotations

import ast

from tests.house.source import MADE_BY_TOOLS, ROOMS, ROOT, code, modules

MOST_LINES = 400
MOST_FUNCTION_LINES = 60
FILLER_NAMES = {"base_utils", "common", "helper", "helpers", "manager", "misc", "util", "utils"}


def test_no_module_is_longer_than_400_lines() -> None:
    long = [
        f"{module.place}: {lines}"
        for module in code()
        if not module.place.startswith(MADE_BY_TOOLS)
        and (lines := len(module.text.splitlines())) > MOST_LINES
    ]
    assert long == []


def test_the_conftest_of_all_tests_is_short() -> None:
    assert len((ROOT / "tests" / "conftest.py").read_text("utf-8").splitlines()) < 150


def test_no_function_is_longer_than_60_lines() -> None:
    long = [
        f"{module.place} {function.name}: {lines}"
        for module in code()
        if not module.place.startswith(MADE_BY_TOOLS)
        for function in module.functions()
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MOST_FUNCTION_LINES
    ]
    assert long == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [module.place for module in code() if not ast.get_docstring(module.tree)]
    assert silent == []


def test_no_docstring_only_repeats_the_name() -> None:
    """But where it is read by people: the title of an API call, the help of a command."""
    filler = [
        f"{module.place} {function.name}"
        for module in code()
        if not module.place.startswith(("portal/api/", "portal/cli/"))
        for function in module.functions()
        if (said := ast.get_docstring(function))
        and words_of(said) <= {*words_of(function.name.replace("_", " ")), "a", "an", "the"}
    ]
    assert filler == []


def words_of(text: str) -> set[str]:
    return {word.strip(".,:;`").removesuffix("s") for word in text.lower().split()}


def test_an_init_is_a_docstring_and_nothing_else() -> None:
    full = [
        module.place
        for module in code()
        if module.place.endswith("/__init__.py") and len(module.tree.body) != 1
    ]
    assert full == []


def test_every_folder_of_code_is_a_package() -> None:
    places = {module.place for module in code()}
    folders = {place.rpartition("/")[0] for place in places} - {MADE_BY_TOOLS.rstrip("/")}
    assert {folder for folder in folders if f"{folder}/__init__.py" not in places} == set()


def test_no_module_has_a_name_that_takes_anything() -> None:
    names = [
        module.place
        for module in code()
        if set(module.place.removesuffix(".py").split("/")) & FILLER_NAMES
    ]
    assert names == []


def test_every_function_is_typed_and_no_type_check_is_switched_off_without_a_reason() -> None:
    """Mypy strict asks for the types; here, that an exception to it names its error code."""
    blanket = [
        f"{module.place}:{number}"
        for module in modules(*ROOMS, "tests")
        for number, line in enumerate(module.text.splitlines(), 1)
        if line.rstrip().endswith(("# type: " + "ignore", "# no" + "qa"))
    ]
    assert blanket == []


def test_a_thing_to_be_done_names_its_issue() -> None:
    nameless = [
        f"{module.place}:{number}"
        for module in code()
        for number, line in enumerate(module.text.splitlines(), 1)
        if ("TO" + "DO" in line or "FIX" + "ME" in line) and "#" not in line.split("DO", 1)[-1]
    ]
    assert nameless == []


def test_nothing_is_printed_but_by_the_command_line_and_the_child() -> None:
    printed = [
        module.place
        for module in code()
        if "print" in module.calls() and not module.place.startswith("portal/cli/")
    ]
    assert printed == []
