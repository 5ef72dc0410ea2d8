"""The tests mirror the rooms, assert something, and run the real parts."""

from __future__ import annotations

import ast

from tests.house.source import ROOMS, ROOT, modules, tracked

ACROSS = {"contracts", "factories", "house", "journeys"}
STAND_INS = {"unittest.mock", "mock", "pytest_mock", "responses", "freezegun"}


def test_every_folder_of_tests_mirrors_a_folder_of_the_house() -> None:
    folders = {
        path.parent.relative_to(ROOT / "tests")
        for path in tracked()
        if path.is_relative_to(ROOT / "tests") and path.suffix == ".py"
    }
    strays = {
        folder.as_posix()
        for folder in folders
        if folder.parts and folder.parts[0] not in ACROSS and not (ROOT / folder).is_dir()
    }
    assert strays == set()


def test_every_room_has_tests() -> None:
    for room in ROOMS:
        assert list((ROOT / "tests" / room).rglob("test_*.py")), room


def test_every_file_of_tests_asserts_something() -> None:
    """Or is a class line that takes its tests from a contract."""
    empty = [
        module.place
        for module in modules("tests")
        if module.place.rpartition("/")[2].startswith("test_")
        and not any(isinstance(node, ast.Assert) for node in ast.walk(module.tree))
        and not any(
            base.endswith("Contract")
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ClassDef)
            for base in map(ast.unparse, node.bases)
        )
    ]
    assert empty == []


def test_no_test_is_an_empty_promise() -> None:
    empty = [
        f"{module.place} {function.name}"
        for module in modules("tests")
        for function in module.functions()
        if function.name.startswith("test_")
        and all(
            isinstance(node, ast.Pass)
            or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            for node in function.body
        )
    ]
    assert empty == []


def test_a_name_of_a_test_is_not_given_twice() -> None:
    """The second would silently take the place of the first."""
    twice = []
    for module in modules("tests"):
        classes = [node for node in module.tree.body if isinstance(node, ast.ClassDef)]
        for body in [module.tree.body, *(each.body for each in classes)]:
            names = [node.name for node in body if isinstance(node, ast.FunctionDef)]
            twice += [f"{module.place} {name}" for name in names if names.count(name) > 1]
    assert twice == []


def test_nothing_is_left_out_but_for_want_of_samples() -> None:
    """Only the `samples` fixture skips, and nothing is expected to fail."""
    leaving_out = {
        module.place
        for module in modules("tests")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node).startswith(
            ("pytest.skip", "pytest.mark.skip", "pytest.importorskip", "pytest.mark.xfail")
        )
    }
    assert leaving_out <= {"tests/conftest.py"}


def test_no_stand_ins_take_the_place_of_real_parts() -> None:
    stand_ins = [
        f"{module.place} imports {name}"
        for module in modules("tests")
        for name in module.imports()
        if name in STAND_INS or name.rpartition(".")[0] in STAND_INS
    ]
    assert stand_ins == []


def test_both_kinds_of_contract_stand_beside_their_implementations() -> None:
    folder = ROOT / "tests" / "contracts"
    for seam in ("store", "engine"):
        assert f"class {seam.title()}Contract" in (folder / f"{seam}_contract.py").read_text(
            "utf-8"
        )
        assert (folder / f"test_{seam}.py").is_file()
