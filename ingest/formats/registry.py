"""The formats, as an explicit list. To add one: write its file, and put it here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.formats.audio import Audio
from ingest.formats.film import Film
from ingest.formats.image import Image
from ingest.formats.model import Model
from ingest.formats.office import Office
from ingest.formats.package import Package
from ingest.formats.pdf import Pdf
from ingest.formats.subtitle import Subtitle
from ingest.formats.text import PlainText

if TYPE_CHECKING:
    from ingest.formats.base import Format

FORMATS: tuple[Format, ...] = (
    Film(),
    Audio(),
    Image(),
    Pdf(),
    Office(),
    PlainText(),
    Model(),
    Subtitle(),
    Package(),
)

_BY_TYPE = {kind: each for each in FORMATS for kind in each.media_types}


def format_of(media_type: str) -> Format | None:
    """Return the format that takes a media type, if any does."""
    return _BY_TYPE.get(media_type)
