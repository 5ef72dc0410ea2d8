"""What ffprobe says of a film or a sound, as values.

The demuxer is forced from the identified type and only local files may be opened, so that a file
can neither be read as a playlist nor send ffmpeg anywhere.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from config.languages import from_stream

DEMUXERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "video/mp4": "mov",
        "video/quicktime": "mov",
        "video/x-m4v": "mov",
        "video/3gpp": "mov",
        "video/3gpp2": "mov",
        "video/x-matroska": "matroska",
        "video/webm": "matroska",
        "video/x-msvideo": "avi",
        "video/mp2t": "mpegts",
        "video/mpeg": "mpeg",
        "video/ogg": "ogg",
        "video/x-ms-wmv": "asf",
        "video/x-ms-asf": "asf",
        "video/x-flv": "flv",
        "audio/mpeg": "mp3",
        "audio/mp4": "mov",
        "audio/aac": "aac",
        "audio/x-hx-aac-adts": "aac",
        "audio/aiff": "aiff",
        "audio/x-aiff": "aiff",
        "audio/flac": "flac",
        "audio/ogg": "ogg",
        "audio/wav": "wav",
        "audio/webm": "matroska",
        "audio/x-matroska": "matroska",
        "audio/x-ms-wma": "asf",
    }
)
"""The demuxer of ffmpeg that may read each media type; a type not named is never given to it."""

_BITMAP_SUBTITLES: Final = frozenset({"hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub"})
_HDR_TRANSFERS: Final = frozenset({"smpte2084", "arib-std-b67"})
_POSITION_TAGS: Final = re.compile(
    r"(com\.apple\.quicktime\.)?location(\b|[-.])|.*gps", re.IGNORECASE
)
_RIGHT_ANGLE: Final = 90
_LONGEST_TAG: Final = 500


@dataclass(frozen=True)
class Stream:
    """One stream of a container; `codec` is None where ffprobe does not know it.

    `rotation` is in degrees clockwise to display, `aspect` the width of one sample by its height.
    """

    index: int
    kind: str
    codec: str | None
    language: str | None = None
    width: int = 0
    height: int = 0
    aspect: Fraction = Fraction(1)
    rotation: int = 0
    frame_rate: Fraction | None = None
    channels: int = 0
    hdr: bool = False

    @property
    def image_based(self) -> bool:
        """Whether this is a subtitle made of pictures, which no tool of ours can read."""
        return self.codec in _BITMAP_SUBTITLES

    @property
    def display_size(self) -> tuple[int, int]:
        """Width and height as shown, after sample aspect ratio and rotation."""
        width, height = round(self.width * self.aspect), self.height
        return (height, width) if self.rotation % 180 == _RIGHT_ANGLE else (width, height)


@dataclass(frozen=True)
class Probe:
    """A container as ffprobe sees it; `duration` in seconds, None where it states none."""

    streams: tuple[Stream, ...]
    duration: float | None
    chapters: int
    tags: Mapping[str, str]
    has_position: bool
    pictures: tuple[int, ...]

    def of_kind(self, kind: str) -> tuple[Stream, ...]:
        """Return the streams of kind `video`, `audio` or `subtitle`; covers are not among them."""
        return tuple(stream for stream in self.streams if stream.kind == kind)


def probe_argv(source: str, media_type: str) -> list[str]:
    """Return the command line that describes the file in JSON.

    Raises KeyError for a type that ffmpeg shall not read.
    """
    return [
        "ffprobe",
        *("-v", "error", "-hide_banner"),
        *("-protocol_whitelist", "file", "-f", DEMUXERS[media_type]),
        *("-show_format", "-show_streams", "-show_chapters", "-of", "json"),
        f"file:{source}",
    ]


def version_argv() -> list[str]:
    """Return the command that asks ffprobe, and so ffmpeg, for its version."""
    return ["ffprobe", "-version"]


def parse_version(stdout: bytes) -> str:
    """Return the version out of what that command prints."""
    found = re.search(rb"version (\S+)", stdout)
    return found.group(1).decode(errors="replace") if found else "of unknown version"


def parse(stdout: bytes) -> Probe:
    """Return what the command of `probe_argv` printed.

    Raises ValueError if that is not what ffprobe prints.
    """
    told = json.loads(stdout)
    if not isinstance(told, dict):
        raise TypeError(told)
    streams = told.get("streams", [])
    container = told.get("format", {})
    tags = _tags(container)
    if container.get("format_name") == "ogg":  # It keeps title and maker with its first stream.
        tags = _tags(next(iter(streams), {})) | tags
    return Probe(
        streams=tuple(_stream(told) for told in streams if not _is_picture(told)),
        duration=_duration(container, streams),
        chapters=len(told.get("chapters", [])),
        tags=MappingProxyType(tags),
        has_position=any(
            _POSITION_TAGS.match(name) for part in (container, *streams) for name in _tags(part)
        ),
        pictures=tuple(int(told["index"]) for told in streams if _is_picture(told)),
    )


def _is_picture(told: Mapping[str, Any]) -> bool:
    return bool(told.get("disposition", {}).get("attached_pic"))


def _tags(told: Mapping[str, Any]) -> dict[str, str]:
    return {
        name.lower(): str(value).strip()[:_LONGEST_TAG]
        for name, value in told.get("tags", {}).items()
    }


def _stream(told: Mapping[str, Any]) -> Stream:
    codec = told.get("codec_name")
    return Stream(
        index=int(told["index"]),
        kind=str(told.get("codec_type", "")),
        codec=None if codec in {None, "unknown", "none"} else str(codec),
        language=from_stream(_tags(told).get("language", "und")),
        width=int(told.get("width", 0)),
        height=int(told.get("height", 0)),
        aspect=_ratio(told.get("sample_aspect_ratio", "").replace(":", "/")) or Fraction(1),
        rotation=_rotation(told),
        frame_rate=_ratio(told.get("avg_frame_rate", "")) or _ratio(told.get("r_frame_rate", "")),
        channels=int(told.get("channels", 0)),
        hdr=told.get("color_transfer") in _HDR_TRANSFERS,
    )


def _rotation(told: Mapping[str, Any]) -> int:
    """Return degrees clockwise: ffprobe counts the display matrix counter-clockwise."""
    angles = [part["rotation"] for part in told.get("side_data_list", ()) if "rotation" in part]
    if angles:
        return int(round(-float(angles[0]) / _RIGHT_ANGLE) * _RIGHT_ANGLE) % 360
    return 0


def _ratio(text: str) -> Fraction | None:
    try:
        ratio = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    return ratio if ratio > 0 else None


def _duration(container: Mapping[str, Any], streams: list[Mapping[str, Any]]) -> float | None:
    stated = [part.get("duration") for part in (container, *streams)]
    known = [seconds for text in stated if (seconds := _seconds(text))]
    return known[0] if known else None


def _seconds(text: object) -> float | None:
    try:
        seconds = float(str(text))
    except ValueError:
        return None
    return seconds if 0 < seconds < float("inf") else None
