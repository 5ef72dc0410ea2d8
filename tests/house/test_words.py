"""Every code of the lower floors has a sentence, a status, a handler where one is due."""

from __future__ import annotations

import ast
import re

import catalog.errors
import search.engine
import storage.store
from catalog.errors import CatalogError
from catalog.jobs import JobKind
from ingest.verdict import SEVERITY
from portal.errors import CODE_OF_STATUS, STATUS, STATUS_OF_CODE
from portal.sentences import ERRORS, FIELDS, REASONS
from tests.house.source import ROOT, code


def subclasses(kind: type[CatalogError]) -> set[str]:
    found = {kind.__name__}
    for each in kind.__subclasses__():
        found |= subclasses(each)
    return found


def codes(names: set[str], place: int) -> set[str]:
    """The word at one place of every call of these names."""
    return {
        str(word.value)
        for module in code()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] in names
        and len(node.args) > place
        and isinstance(word := node.args[place], ast.Constant)
    }


def test_every_error_code_has_a_sentence() -> None:
    raised = codes(subclasses(CatalogError), 0)
    assert len(raised) > 20
    assert raised - set(ERRORS) == set()


def test_every_code_that_the_portal_gives_has_a_sentence() -> None:
    given = {*STATUS_OF_CODE, *CODE_OF_STATUS.values(), *(word for _, word in STATUS.values())}
    assert given - {None} - set(ERRORS) - set(FIELDS) == set()


def test_every_error_of_a_seam_has_a_status() -> None:
    """Whatever escapes a view is answered on purpose, not by a 500."""
    for module, root in (
        (catalog.errors, catalog.errors.CatalogError),
        (storage.store, storage.store.StoreError),
        (search.engine, search.engine.EngineError),
    ):
        for error in vars(module).values():
            if isinstance(error, type) and issubclass(error, root) and error is not root:
                assert set(error.__mro__) & set(STATUS), error.__name__


def test_every_fault_of_a_field_has_a_sentence() -> None:
    found = codes({"Fault"}, 1)
    assert len(found) > 20
    assert found - set(FIELDS) - set(ERRORS) == set()


def test_every_reason_of_ingest_has_a_sentence() -> None:
    assert set(SEVERITY) == set(REASONS)


def test_every_kind_of_job_has_a_handler() -> None:
    source = (ROOT / "portal" / "handlers.py").read_text(encoding="utf-8")
    for kind in JobKind:
        assert f"JobKind.{kind.name}:" in source


def test_every_kind_of_job_is_enqueued_somewhere() -> None:
    text = " ".join(module.text for module in code())
    enqueued = set(re.findall(r"JobKind\.([A-Z]+)\b(?!:)", text))
    assert {kind.name for kind in JobKind} == enqueued


def test_the_lower_floors_do_not_translate() -> None:
    translating = [
        module.place
        for module in code()
        if module.room != "portal" and module.calls() & {"_", "gettext", "ngettext", "_l"}
    ]
    assert translating == []


def test_numbers_in_sentences_are_written_in_one_place() -> None:
    """`portal.numerals` groups them and knows the digits of a language; Flask-Babel's own does not."""
    raw = {"flask_babel.ngettext", "flask_babel.format_decimal", "flask_babel.format_number"}
    using = {module.place for module in code() if module.imports() & raw}
    assert using == {"portal/formatting.py", "portal/numerals.py", "portal/sizes.py"}
