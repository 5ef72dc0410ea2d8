"""The cues of subtitles: SubRip, WebVTT and ASS to times and plain words, and back to WebVTT.

Read here and not by pysubs2, which drops cues with three-digit seconds, takes NOTE blocks for
speech, and expects the columns of ASS in one order; makers' files have all three.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Final


@dataclass(frozen=True)
class Cue:
    """Words shown from `start` to `end`, in seconds."""

    start: float
    end: float
    text: str


_CLOCK: Final = r"(?:(\d{1,4}):)?(\d{1,3}):(\d{1,3})[.,:](\d{1,3})"
_TIMING: Final = re.compile(rf"[ \t]*{_CLOCK}[ \t]*-->[ \t]*{_CLOCK}(?:[ \t].*)?")
_ASS_CLOCK: Final = re.compile(_CLOCK)
_MARKUP: Final = re.compile(r"</?[A-Za-z][^<>]{0,200}>|<[\d:.]{1,20}>|\{\\[^{}]{0,500}\}")
_ASS_OVERRIDE: Final = re.compile(r"\{[^{}]{0,2000}\}")
_ASS_BREAK: Final = re.compile(r"\\[Nn]")
_BLANKS: Final = re.compile(r"[ \t\u00a0]+")
_INVISIBLE: Final = dict.fromkeys([*range(32), 0x7F, 0xFEFF])


def read_cues(text: str) -> tuple[Cue, ...]:
    """Return the cues in the order of their beginnings; none where the text is no subtitle."""
    lines = text.splitlines()
    found = _ass_cues(lines) if _is_ass(lines) else _timed_cues(lines)
    return tuple(sorted(found, key=lambda cue: cue.start))


def as_webvtt(cues: Iterable[Cue]) -> str:
    """Return the cues as WebVTT (W3C); those that end before they begin are left out."""
    blocks = [
        f"{_clock(cue.start)} --> {_clock(cue.end)}\n{html.escape(cue.text, quote=False)}\n"
        for cue in cues
        if cue.end > cue.start and cue.text
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def _timed_cues(lines: list[str]) -> Iterator[Cue]:
    """SubRip and WebVTT: a line of times, then words up to an empty line or the next times."""
    timings = [
        (number, found) for number, line in enumerate(lines) if (found := _TIMING.fullmatch(line))
    ]
    ends = [*(number for number, _ in timings[1:]), len(lines)]
    for (number, found), following in zip(timings, ends, strict=False):
        words = list(takewhile(str.strip, lines[number + 1 : following]))
        touches = number + 1 + len(words) == following < len(lines)
        if touches and words and words[-1].strip().isdigit():
            words.pop()  # No empty line before the next cue: its number is not speech.
        parts = found.groups()
        yield Cue(_seconds(parts[:4]), _seconds(parts[4:]), _plain("\n".join(words)))


def _is_ass(lines: list[str]) -> bool:
    return any(line.strip().lower() == "[script info]" for line in lines[:50])


def _ass_cues(lines: list[str]) -> Iterator[Cue]:
    columns: list[str] = []
    for line in lines:
        name, _, rest = line.partition(":")
        if name.strip() == "Format":
            columns = [column.strip().lower() for column in rest.split(",")]
        elif name.strip() == "Dialogue" and {"start", "end", "text"} <= set(columns):
            fields = dict(zip(columns, rest.split(",", len(columns) - 1), strict=False))
            start, end = (_ASS_CLOCK.search(fields.get(name, "")) for name in ("start", "end"))
            if start and end:
                words = _ASS_BREAK.sub("\n", _ASS_OVERRIDE.sub("", fields.get("text", "")))
                yield Cue(_seconds(start.groups()), _seconds(end.groups()), _plain(words))


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + int(fraction) / float(10 ** len(fraction))


def _plain(words: str) -> str:
    bare = html.unescape(_MARKUP.sub("", words))
    lines = (_BLANKS.sub(" ", line.translate(_INVISIBLE)).strip() for line in bare.split("\n"))
    return "\n".join(line for line in lines if line)


def _clock(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
