"""PDF: pages, title, text by page, and pictures of its pages, by pdfium in a child."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ingest.formats.actions import dangers
from ingest.formats.base import Examined, Facts, Made, Segment
from ingest.sandbox import Limits
from ingest.verdict import Faulty, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.workspace import Workspace

MOST_PAGES_READ: Final = 3000
MOST_PAGES_SHOWN: Final = 60
"""Pages that get a picture; the reader of a longer book takes the book."""
PAGE_SIDE: Final = 1100
"""Pixels of the longer side: A4 stays legible, at some 60 KB a page."""
LONGEST_TEXT: Final = 8_000_000
_ERROR_PASSWORD: Final = 4
_LIMITS: Final = Limits(seconds=120, memory_bytes=3 * 1024 * 1024 * 1024)


class Pdf:
    """pdf."""

    family = "document"
    media_types = frozenset({"application/pdf"})

    def examine(self, box: Workspace, media_type: str) -> Examined:
        """Return pages, title, author and words. Raises Faulty."""
        del media_type
        said = box.call("ingest.formats.pdf:describe", path=str(box.source), limits=_LIMITS)
        facts: Facts = {"pages": said["pages"], "title": said["title"], "author": said["author"]}
        segments = tuple(
            Segment(text, page=number)
            for number, text in enumerate(said["texts"], 1)
            if text.strip()
        )
        reasons = tuple(Reason(code, {"because": word}) for code, word in said["dangers"].items())
        return Examined(facts, segments, reasons)

    def pictures(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make thumbnail, page images and the text. Raises Faulty."""
        del media_type, facts
        made = box.call(
            "ingest.formats.pdf:render",
            path=str(box.source),
            folder=str(box.folder),
            limits=_LIMITS,
        )
        for name, kind in made:
            yield Made(name, kind, box.file(name))

    def forms(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make nothing more."""
        del box, media_type, facts
        yield from ()


def _open(path: str) -> Any:  # noqa: ANN401 - pdfium's document
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _ERROR_PASSWORD or "assword" in str(error)
        raise Faulty("encrypted" if locked else "damaged", because=str(error)) from error


def describe(path: str) -> dict[str, Any]:
    """Read pages, metadata and text, in the child."""
    document = _open(path)
    told = document.get_metadata_dict()
    pages = len(document)
    if not pages:
        raise Faulty("damaged", because="no pages")
    texts, length, broken = [], 0, 0
    for number in range(min(pages, MOST_PAGES_READ)):
        text = _words_of(document, number)
        broken += text is None
        length += len(text or "")
        if length > LONGEST_TEXT:
            break
        texts.append(text or "")
    if broken and broken == len(texts):
        raise Faulty("damaged", because="no page can be read")
    return {
        "pages": pages,
        "title": told.get("Title", "").strip() or None,
        "author": told.get("Author", "").strip() or None,
        "texts": texts,
        "dangers": _dangers(document, path),
    }


def _words_of(document: Any, number: int) -> str | None:  # noqa: ANN401 - pdfium's document
    """Return the words of a page, None where it cannot be read: the others may be whole."""
    import pypdfium2

    try:
        page = document[number]
        words = page.get_textpage()
        text: str = words.get_text_bounded()
    except pypdfium2.PdfiumError:
        return None
    words.close()
    page.close()
    return text


def _dangers(document: Any, path: str) -> dict[str, str]:  # noqa: ANN401 - pdfium's document
    """Return the words that pdfium finds, also in a file with an owner's lock, and the others."""
    from pypdfium2 import raw

    found = dangers(Path(path))
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        found.setdefault("active_content", "JavaScript")
    if raw.FPDFDoc_GetAttachmentCount(document) > 0:
        found.setdefault("active_content", "EmbeddedFiles")
    return found


def render(path: str, folder: str) -> list[tuple[str, str]]:
    """Draw the pages and write the text, in the child; return names and media types."""
    from ingest.formats.pictures import as_webp, thumbnail

    document, target = _open(path), Path(folder)
    made: list[tuple[str, str]] = []
    for number in range(min(len(document), MOST_PAGES_SHOWN)):
        picture = _drawn(document, number)
        if picture is None:
            continue
        if not made:
            (target / "thumbnail").write_bytes(thumbnail(picture, cover=False))
            made.append(("thumbnail", "image/webp"))
        name = f"page_{number + 1}"
        (target / name).write_bytes(as_webp(picture, 55))
        made.append((name, "image/webp"))
    words = "\n\n".join(describe(path)["texts"]).strip()
    if words:
        (target / "text").write_text(words, encoding="utf-8", errors="replace")
        made.append(("text", "text/plain"))
    return made


def _drawn(document: Any, number: int) -> Any:  # noqa: ANN401 - pdfium's document, Pillow's image
    """Return a page as a picture; None where it cannot be read."""
    import pypdfium2

    try:
        page = document[number]
        longest = max(*page.get_size(), 1)
        drawn = page.render(scale=min(PAGE_SIDE / longest, 4)).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, ValueError):
        return None
    page.close()
    return drawn
