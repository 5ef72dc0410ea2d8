"""Office files are read part by part: words, title, slides and sheets, also where a part is broken."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import docx
import openpyxl
import pptx
import pytest

from ingest.endings import DOCM, DOCX, PPTX, XLSX
from ingest.formats.office import describe
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def rewritten(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Write the package anew, each part as `change` gives it back; None leaves it out."""
    target = path.with_name("changed")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    made = docx.Document()
    made.add_paragraph("Магниты притягивают железо")
    made.add_table(1, 1).cell(0, 0).text = "Ячейка"
    made.core_properties.title, made.core_properties.author = " Урок ", "Иванова; Petrov"
    made.save(str(tmp_path / "plan.docx"))
    return tmp_path / "plan.docx"


def test_a_document_tells_title_makers_and_words_of_tables_too(plan: Path) -> None:
    said = describe(str(plan), DOCX)
    assert (said["title"], said["author"], said["pages"]) == ("Урок", "Иванова; Petrov", None)
    assert said["texts"][0][0].split() == ["Магниты", "притягивают", "железо", "Ячейка"]


def test_a_broken_or_missing_description_costs_no_words(plan: Path) -> None:
    for left in (None, b"<broken"):
        path = rewritten(plan, lambda name, old, left=left: left if "core" in name else old)
        said = describe(str(path), DOCX)
        assert (said["title"], said["author"]) == (None, None)
        assert "железо" in said["texts"][0][0]


def test_templates_and_documents_with_macros_are_read_as_documents(plan: Path) -> None:
    for kind in (b"template.main+xml", b"document.macroEnabled.main+xml"):
        path = rewritten(
            plan, lambda _name, old, kind=kind: old.replace(b"document.main+xml", kind)
        )
        assert "железо" in describe(str(path), DOCM)["texts"][0][0]


def test_a_document_without_its_body_or_with_entities_is_at_fault(plan: Path) -> None:
    path = rewritten(plan, lambda name, old: None if name == "word/document.xml" else old)
    with pytest.raises(Faulty, match="damaged"):
        describe(str(path), DOCX)
    lead = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    path = rewritten(plan, lambda _name, old: old.replace(b"<w:document", lead + b"<w:document"))
    with pytest.raises(Faulty, match="external_reference"):
        describe(str(path), DOCX)


def test_slides_are_told_in_the_order_they_are_shown(tmp_path: Path) -> None:
    show = pptx.Presentation()
    for number in range(3):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = f"Slide {number}"
    listed = show.slides._sldIdLst
    listed.insert(0, listed[2])
    show.core_properties.title = "Show"
    show.save(str(tmp_path / "show.pptx"))
    said = describe(str(tmp_path / "show.pptx"), PPTX)
    assert (said["title"], said["pages"]) == ("Show", 3)
    assert said["texts"] == [("Slide 2", 1), ("Slide 0", 2), ("Slide 1", 3)]
    path = rewritten(
        tmp_path / "show.pptx",
        lambda _name, old: old.replace(b"presentation.main+xml", b"slideshow.main+xml"),
    )
    assert describe(str(path), PPTX)["pages"] == 3


def test_cells_are_read_and_sheets_counted_empty_ones_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Число", 3.5, None, True])
    book.create_sheet("Empty")
    book.properties.title, book.properties.creator = "Book", "Bo"
    book.save(tmp_path / "book.xlsx")
    said = describe(str(tmp_path / "book.xlsx"), XLSX)
    assert (said["title"], said["author"], said["pages"]) == ("Book", "Bo", 2)
    assert said["texts"][0] == ("Число\t3.5\tTrue", 1)
