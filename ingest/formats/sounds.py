"""What is made of the sound of a file, whether it is a sound alone or a film without pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ingest.formats import encoding, streams
from ingest.formats.base import Made
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.formats.ffprobe import Probe, Stream
    from ingest.workspace import Workspace

SOUND_BITS: Final = 40_000
"""Sound alone, one channel: speech is clear from 32 kbit/s of AAC, music bearable from 40."""

_WAVEFORM_SIZE: Final = (960, 240)


def sound_of(found: Probe) -> Stream | None:
    """Return the first stream of sound that can be decoded."""
    return next((stream for stream in found.of_kind("audio") if stream.codec), None)


def sound_argv(box: Workspace, media_type: str, sound: Stream, target: Path) -> list[str]:
    """Return the command for the sound alone, at few bits a second."""
    source = streams.source_of(box, media_type)
    return encoding.sound_argv(source, sound, bits=SOUND_BITS, channels=1, target=str(target))


def pictures_of(box: Workspace, media_type: str, found: Probe, sound: Stream) -> Iterator[Made]:
    """Make the waveform, and a thumbnail of it or of the cover. Raises Faulty."""
    source, drawn = streams.source_of(box, media_type), box.file("waveform.raw.png")
    streams.run(box, encoding.waveform_argv(source, sound, _WAVEFORM_SIZE, str(drawn)))
    cover = _cover(box, source, found)
    streams.child(
        box,
        "frames:compose_sound",
        waveform=str(drawn),
        cover=str(cover) if cover else None,
        folder=str(box.folder),
    )
    yield Made("thumbnail", "image/webp", box.file("thumbnail.webp"))
    yield Made("waveform", "image/png", box.file("waveform.png"))


def _cover(box: Workspace, source: encoding.Source, found: Probe) -> Path | None:
    """Return the picture the sound carries, or None; a broken one is left out."""
    path = box.file("cover.jpg")
    for picture in found.pictures[:1]:
        try:
            streams.run(box, encoding.cover_argv(source, picture, str(path)))
        except Faulty:
            return None
    return path if streams.size_of(path) else None
