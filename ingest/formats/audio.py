"""Sounds: what ffprobe says of them, their loudness as a picture, and a form for thin lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.formats import encoding, streams
from ingest.formats.base import Examined, Made
from ingest.formats.film import SOUND_BITS
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.formats.base import Facts
    from ingest.formats.ffprobe import Probe, Stream
    from ingest.workspace import Workspace

_WAVEFORM_SIZE = (960, 240)


class Audio:
    """mp3, m4a, flac, ogg, opus, wav, and what else ffmpeg reads of the same kinds."""

    family = "audio"
    media_types = frozenset(
        {
            "audio/mpeg",
            "audio/mp4",
            "audio/aac",
            "audio/flac",
            "audio/ogg",
            "audio/wav",
            "audio/webm",
            "audio/x-matroska",
            "audio/x-ms-wma",
        }
    )

    def examine(self, box: Workspace, media_type: str) -> Examined:
        """Return length, streams, title and maker. Raises Faulty."""
        found = streams.probe(box, media_type)
        reasons = streams.faults(box.source, media_type, found)
        seconds = streams.duration(box, media_type, found)
        return Examined(streams.common_facts(found, seconds), reasons=reasons)

    def pictures(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make the waveform, and a thumbnail of it or of the cover. Raises Faulty."""
        del facts
        found = streams.probe(box, media_type)
        source, drawn = streams.source_of(box, media_type), box.file("waveform.raw.png")
        argv = encoding.waveform_argv(source, _sound(found), _WAVEFORM_SIZE, str(drawn))
        streams.run(box, argv)
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

    def forms(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make the sound at a few bits a second. Raises Faulty."""
        sound, target = _sound(streams.probe(box, media_type)), box.file("audio_only.m4a")
        source = streams.source_of(box, media_type)
        argv = encoding.sound_argv(source, sound, bits=SOUND_BITS, channels=1, target=str(target))
        streams.encode(box, argv, seconds=facts.get("duration_s"), share=(0.0, 1.0))
        yield Made("audio_only", "audio/mp4", target)


def _sound(found: Probe) -> Stream:
    for stream in found.of_kind("audio"):
        if stream.codec:
            return stream
    raise Faulty("damaged", because="no sound")


def _cover(box: Workspace, source: encoding.Source, found: Probe) -> Path | None:
    """Return the picture the sound carries, or None; a broken one is left out."""
    path = box.file("cover.jpg")
    for picture in found.pictures[:1]:
        try:
            streams.run(box, encoding.cover_argv(source, picture, str(path)))
        except Faulty:
            return None
    return path if streams.size_of(path) else None
