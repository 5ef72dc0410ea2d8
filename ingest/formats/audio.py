"""Sounds: what ffprobe says of them, their loudness as a picture, and a form for thin lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ingest.formats import sounds, streams
from ingest.formats.base import Examined, Made
from ingest.verdict import Faulty, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.formats.base import Facts
    from ingest.formats.ffprobe import Probe, Stream
    from ingest.workspace import Workspace

_MPEG, _FLAC = "audio/mpeg", "audio/flac"
# Codecs work in frames of a tenth of a second at most; beyond this something is missing.
_LACKING: Final = 0.05


def _is_lacking(stated: float | None, read: float | None) -> bool:
    """Whether clearly fewer seconds could be read than the file says that it has."""
    return stated is not None and (read or 0) < stated * (1 - _LACKING) - _LACKING


def _is_guessed(box: Workspace, media_type: str) -> bool:
    """Whether the length was guessed from the first frames: of an MP3 without a header of its own."""
    return media_type == _MPEG and not _counts_frames(box.source)


class Audio:
    """mp3, m4a, flac, ogg, opus, wav, and what else ffmpeg reads of the same kinds."""

    family = "audio"
    media_types = frozenset(
        {
            _MPEG,
            "audio/mp4",
            "audio/aac",
            "audio/x-hx-aac-adts",
            "audio/aiff",
            "audio/x-aiff",
            _FLAC,
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
        stated = found.duration
        if media_type in {_MPEG, _FLAC} or stated is None:
            read = streams.read_through(box, media_type)
            lacking = _is_lacking(stated, read)
            if lacking and media_type == _FLAC and not reasons:
                reasons = (Reason("damaged", {"because": "cut off"}),)
            if lacking or stated is None or _is_guessed(box, media_type):
                stated = read
        return Examined(streams.common_facts(found, stated), reasons=reasons)

    def pictures(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make the waveform, and a thumbnail of it or of the cover. Raises Faulty."""
        del facts
        found = streams.probe(box, media_type)
        yield from sounds.pictures_of(box, media_type, found, _sound(found))

    def forms(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make the sound at a few bits a second. Raises Faulty."""
        sound, target = _sound(streams.probe(box, media_type)), box.file("audio_only.m4a")
        argv = sounds.sound_argv(box, media_type, sound, target)
        streams.encode(box, argv, seconds=facts.get("duration_s"), share=(0.0, 1.0))
        yield Made("audio_only", "audio/mp4", target)


def _sound(found: Probe) -> Stream:
    sound = sounds.sound_of(found)
    if sound is None:
        raise Faulty("damaged", because="no sound")
    return sound


def _counts_frames(path: Path) -> bool:
    """Whether an MP3 says in its first frame how many there are, behind a tag if it has one."""
    with path.open("rb") as file:
        head = file.read(10)
        tag = sum((each & 0x7F) << (21 - 7 * place) for place, each in enumerate(head[6:10]))
        file.seek(10 + tag if head.startswith(b"ID3") else 0)
        first = file.read(4096)
    return any(mark in first for mark in (b"Xing", b"Info", b"VBRI"))
