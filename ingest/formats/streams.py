"""What films and sounds have in common: how they are looked into, and how long work is watched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ingest.formats import encoding, ffprobe
from ingest.formats.containers import is_whole
from ingest.sandbox import Finished, Limits, ToolFailed
from ingest.verdict import Faulty, Reason

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.formats.base import Facts
    from ingest.workspace import Workspace

_MIB: Final = 1024 * 1024
_LOOKING: Final = Limits(seconds=120, memory_bytes=2048 * _MIB, output_bytes=16 * _MIB)
# Reading a film of 50 GB through from a slow disk.
_READING_THROUGH: Final = Limits(seconds=1200)
_PLAYLIST: Final = b"#EXTM3U"
_PLAYLIST_SEARCHED: Final = 1024 * 1024
_AUTHOR_TAGS: Final = ("artist", "author", "creator", "album_artist", "director", "composer")


def probe(box: Workspace, media_type: str) -> ffprobe.Probe:
    """Return what ffprobe says of the file. Raises Faulty."""
    told = run(box, ffprobe.probe_argv(str(box.source), media_type), limits=_LOOKING)
    try:
        return ffprobe.parse(told.stdout)
    except (ValueError, TypeError, KeyError) as error:
        raise Faulty("damaged", because=repr(error)[:300]) from error


def run(box: Workspace, argv: list[str], *, limits: Limits | None = None) -> Finished:
    """Run a tool over the file. Raises Faulty with `timed_out`, `too_large` or `damaged`."""
    try:
        return box.run(argv, limits=limits)
    except ToolFailed as error:
        raise Faulty(error.code, because=error.stderr[-300:]) from error


def source_of(box: Workspace, media_type: str) -> encoding.Source:
    """Return the file as ffmpeg is to open it."""
    return encoding.Source(str(box.source), media_type)


def duration(box: Workspace, media_type: str, found: ffprobe.Probe) -> float | None:
    """Return the length in seconds; read through where the header states none. Raises Faulty."""
    if found.duration is None and found.streams:
        return read_through(box, media_type)
    return found.duration


def read_through(box: Workspace, media_type: str) -> float | None:
    """Return the last second of the file, read through but not decoded. Raises Faulty."""
    argv = encoding.length_argv(source_of(box, media_type))
    return encoding.last_moment(run(box, argv, limits=_READING_THROUGH).stdout)


def faults(path: Path, media_type: str, found: ffprobe.Probe) -> tuple[Reason, ...]:
    """Return what is wrong with the container, as far as can be seen without decoding it."""
    seen = found.of_kind("video") + found.of_kind("audio")
    if _is_playlist(path) and not seen:
        return (Reason("external_reference"),)
    if not seen:
        return (Reason("damaged", {"because": "no picture and no sound"}),)
    if any(stream.codec is None for stream in seen):
        return (Reason("damaged", {"because": "a stream without description"}),)
    if not is_whole(path, ffprobe.DEMUXERS[media_type]):
        return (Reason("damaged", {"because": "cut off"}),)
    return ()


def common_facts(found: ffprobe.Probe, seconds: float | None) -> Facts:
    """Return the facts that films and sounds share."""
    return {
        "title": found.tags.get("title") or None,
        "author": next((found.tags[tag] for tag in _AUTHOR_TAGS if found.tags.get(tag)), None),
        "duration_s": None if seconds is None else round(seconds, 3),
        "audio": [
            {"codec": stream.codec, "channels": stream.channels, "language": stream.language}
            for stream in found.of_kind("audio")
        ],
        "chapters": found.chapters,
    }


def encode(
    box: Workspace, argv: list[str], *, seconds: float | None, share: tuple[float, float]
) -> None:
    """Run a long encoding; its progress moves `box.progress` from one share to the other.

    Raises Faulty.
    """
    report = box.file("progress.txt")
    begin, end = share

    def watch() -> None:
        done = encoding.last_moment(_tail(report))
        if done is not None and seconds:
            box.progress(begin + (end - begin) * min(1.0, done / seconds))

    # A long film in a heavy codec is decoded at about the speed it plays on one slow core.
    limits = Limits(seconds=600 + 6 * (seconds or 600), memory_bytes=3072 * _MIB)
    try:
        box.run(encoding.watched(argv, str(report)), limits=limits, watch=watch)
    except ToolFailed as error:
        raise Faulty(error.code, because=error.stderr[-300:]) from error
    finally:
        report.unlink(missing_ok=True)
    box.progress(end)


def _tail(report: Path) -> bytes:
    try:
        return report.read_bytes()[-2000:]
    except FileNotFoundError:
        return b""


def _is_playlist(path: Path) -> bool:
    """Tell an HLS playlist in a film's clothes, which old players followed (CVE-2017-9993)."""
    with path.open("rb") as stream:
        return _PLAYLIST in stream.read(_PLAYLIST_SEARCHED)


def size_of(path: Path) -> int:
    """Return the bytes of a file that a tool should have written; nought where it did not."""
    return path.stat().st_size if path.is_file() else 0


def child(box: Workspace, task: str, **arguments: Any) -> Any:  # noqa: ANN401 - JSON
    """Run one of this room's tasks that make pictures in a child process. Raises Faulty."""
    return box.call(f"ingest.formats.{task}", limits=_LOOKING, **arguments)
