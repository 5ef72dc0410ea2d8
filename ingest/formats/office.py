"""Word, PowerPoint and Excel files of today (OOXML), and OpenDocument: words, title, pages.

A page is a slide or a sheet. Pictures of pages need an office program and come later.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ingest.archives import listing, member
from ingest.endings import DOCM, DOCX, PPTM, PPTX, XLSM, XLSX
from ingest.formats.base import Examined, Facts, Made, Segment
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.workspace import Workspace

ODF: Final = "application/vnd.oasis.opendocument."
LONGEST_TEXT: Final = 8_000_000
_MOST_CELLS: Final = 500_000


class Office:
    """docx, pptx, xlsx; odt, odp, ods for their words."""

    family = "document"
    media_types = frozenset(
        {
            DOCX,
            PPTX,
            XLSX,
            DOCM,
            PPTM,
            XLSM,
            f"{ODF}text",
            f"{ODF}presentation",
            f"{ODF}spreadsheet",
        }
    )

    def examine(self, box: Workspace, media_type: str) -> Examined:
        """Return title, author, pages and words. Raises Faulty."""
        said = box.call("ingest.formats.office:describe", path=str(box.source), kind=media_type)
        facts: Facts = {"title": said["title"], "author": said["author"]}
        if said["pages"] is not None:
            facts["pages"] = said["pages"]
        segments = tuple(Segment(text, page=page) for text, page in said["texts"] if text.strip())
        return Examined(facts, segments)

    def pictures(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make the text. Raises Faulty."""
        del facts
        said = box.call("ingest.formats.office:describe", path=str(box.source), kind=media_type)
        words = "\n\n".join(text for text, _ in said["texts"]).strip()
        if words:
            target = box.file("text")
            target.write_text(words, encoding="utf-8", errors="replace")
            yield Made("text", "text/plain", target)

    def forms(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make nothing more."""
        del box, media_type, facts
        yield from ()


def describe(path: str, kind: str) -> dict[str, Any]:
    """Read one file, in the child."""
    wrong = listing(Path(path)).reasons
    if wrong:
        raise Faulty(wrong[0].code)
    if kind in (DOCX, DOCM):
        return _word(path)
    if kind in (PPTX, PPTM):
        return _slides(path)
    if kind in (XLSX, XLSM):
        return _sheets(path)
    return _open_document(path)


def _word(path: str) -> dict[str, Any]:
    return {**_told(path), "pages": None, "texts": _body_words(path)}


def _told(path: str) -> dict[str, str | None]:
    """Return title and author; a file whose own description is broken has none."""
    space = "{http://purl.org/dc/elements/1.1/}"
    try:
        core = _xml(member(Path(path), "docProps/core.xml"))
    except (Faulty, ValueError, SyntaxError):
        return {"title": None, "author": None}
    title, author = (core.findtext(f"{space}{name}") for name in ("title", "creator"))
    return {"title": (title or "").strip() or None, "author": (author or "").strip() or None}


def _related(path: str, part: str) -> dict[str, tuple[str, str]]:
    """Return type and member of what a part of the package points to, by the relation's id."""
    folder, _, name = part.rpartition("/")
    try:
        root = _xml(member(Path(path), posixpath.join(folder, "_rels", f"{name}.rels")))
    except Faulty:
        return {}
    return {
        each.get("Id", ""): (
            each.get("Type", ""),
            posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/"),
        )
        for each in root
        if each.get("TargetMode") != "External"
    }


def _main_part(path: str, usual: str) -> str:
    kinds = _related(path, "").values()
    return next((target for kind, target in kinds if kind.endswith("/officeDocument")), usual)


def _body_words(path: str) -> list[tuple[str, None]]:
    """Return the words of the body, tables and text boxes included, each paragraph a line."""
    root = _xml(member(Path(path), _main_part(path, "word/document.xml")))
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    fallback = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
    for twice in list(root.iter(fallback)):
        twice.getparent().remove(twice)
    pieces: list[str] = []
    for node in root.iter(f"{space}p", f"{space}t", f"{space}tab", f"{space}br", f"{space}cr"):
        if node.tag == f"{space}t":
            pieces.append(node.text or "")
        else:
            pieces.append("\n" if node.tag == f"{space}p" else " ")
    return [("".join(pieces).strip()[:LONGEST_TEXT], None)]


def _slides(path: str) -> dict[str, Any]:
    show = _main_part(path, "ppt/presentation.xml")
    related = _related(path, show)
    space = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
    office = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
    listed = _xml(member(Path(path), show)).iter(f"{space}sldId")
    targets = [related[rid][1] for each in listed if (rid := each.get(f"{office}id")) in related]
    texts = [(_slide_words(path, target), number) for number, target in enumerate(targets, 1)]
    return {**_told(path), "pages": len(texts), "texts": texts}


def _slide_words(path: str, part: str) -> str:
    space = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    paragraphs = (
        "".join(run.text or "" for run in paragraph.iter(f"{space}t"))
        for paragraph in _xml(member(Path(path), part)).iter(f"{space}p")
    )
    return "\n".join(words for words in paragraphs if words)


def _sheets(path: str) -> dict[str, Any]:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    texts, left = [], _MOST_CELLS
    for number, sheet in enumerate(book.worksheets, 1):
        lines = []
        for row in sheet.iter_rows(values_only=True):
            left -= len(row)
            if left < 0:
                break
            cells = [str(cell) for cell in row if cell is not None]
            if cells:
                lines.append("\t".join(cells))
        texts.append(("\n".join(lines), number))
    return {**_told(path), "pages": len(book.sheetnames), "texts": texts}


def _open_document(path: str) -> dict[str, Any]:
    space = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
    root = _xml(member(Path(path), "content.xml"))
    lines = ["".join(node.itertext()) for node in root.iter(f"{space}p", f"{space}h")]
    title = author = None
    if listing(Path(path)).has("meta.xml"):
        meta = _xml(member(Path(path), "meta.xml"))
        title = meta.findtext(".//{http://purl.org/dc/elements/1.1/}title")
        author = meta.findtext(".//{http://purl.org/dc/elements/1.1/}creator")
    words = "\n".join(line for line in lines if line.strip())[:LONGEST_TEXT]
    return {
        "title": title or None,
        "author": author or None,
        "pages": None,
        "texts": [(words, None)],
    }


def _xml(content: bytes) -> Any:  # noqa: ANN401 - lxml's element
    """Parse XML without entities, network or a document type."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    root = etree.fromstring(content, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise Faulty("external_reference", because="document type")
    return root
