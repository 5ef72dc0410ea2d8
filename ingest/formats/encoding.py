"""The command lines of ffmpeg that make small forms of films and sounds.

ffmpeg-python writes them; the sandbox runs them. Every output is without metadata, so that it
carries neither a place nor a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Protocol, TypeAlias

import ffmpeg

from ingest.formats.ffprobe import DEMUXERS, Stream

Argv: TypeAlias = list[str]
Options: TypeAlias = dict[str, Any]

# Two cores are what the smallest machine has; the portal needs one of them now and then.
_THREADS: Final = 2
_CLEAN: Final[Mapping[str, Any]] = {
    "map_metadata": -1,
    "map_chapters": -1,
    "fflags": "+bitexact",
    "flags:v": "+bitexact",
    "flags:a": "+bitexact",
}
# PQ and HLG light (ITU-R BT.2100) brought to the range of an ordinary screen; without it the film
# looks grey.
_TO_SDR: Final = (
    ("zscale", {"t": "linear", "npl": 100}),
    ("format", {"pix_fmts": "gbrpf32le"}),
    ("zscale", {"p": "bt709"}),
    ("tonemap", {"tonemap": "hable", "desat": 0}),
    ("zscale", {"t": "bt709", "m": "bt709", "r": "tv"}),
)


class _Filterable(Protocol):
    """A stream of ffmpeg-python, which has no types of its own."""

    def filter(self, name: str, *args: object, **options: object) -> "_Filterable": ...


@dataclass(frozen=True)
class Source:
    """A file and the demuxer that may read it."""

    path: str
    media_type: str

    def opened(self, **options: object) -> Any:  # noqa: ANN401 - ffmpeg-python has no types
        """Return ffmpeg-python's input: local files only, one demuxer, no data beside the film."""
        return ffmpeg.input(
            f"file:{self.path}",
            f=DEMUXERS[self.media_type],
            protocol_whitelist="file",
            **options,
        )


@dataclass(frozen=True)
class FilmForm:
    """A small form of a film: its short side in pixels, bits a second, frames a second at most."""

    short_side: int
    video_bits: int
    audio_bits: int
    channels: int
    sample_rate: int
    most_frames: int


def watched(argv: Argv, report: str) -> Argv:
    """Return the command with its progress written to a file, a few lines every half second."""
    return [argv[0], "-progress", _file(report), "-stats_period", "0.5", *argv[1:]]


def still_argv(source: Source, video: Stream, at: float, target: str, longest: int) -> Argv:
    """Return the command for one frame at a second of the film, as a JPEG."""
    frame = source.opened(ss=f"{at:.3f}")[str(video.index)]
    width, height = fit(video.display_size, longest=longest)
    frame = _toned(frame, video).filter("scale", width, height).filter("setsar", 1)
    return _argv(frame.output(_file(target), f="mjpeg", vframes=1, **{"q:v": 3}, **_CLEAN))


def film_argv(
    source: Source, video: Stream, audio: Stream | None, form: FilmForm, target: str
) -> Argv:
    """Return the command for a small H.264 film with AAC sound, ready to play while it loads."""
    opened = source.opened()
    width, height = fit(video.display_size, shortest=form.short_side)
    picture = _toned(opened[str(video.index)], video)
    if video.frame_rate is None or video.frame_rate > form.most_frames:
        picture = picture.filter("fps", form.most_frames)
    picture = picture.filter("scale", width, height).filter("setsar", 1)
    streams = [picture.filter("format", "yuv420p")]
    options = _video_options(form, video.frame_rate)
    if audio is not None:
        streams.append(opened[str(audio.index)])
        options |= _audio_options(form.audio_bits, form.channels, form.sample_rate)
    return _argv(
        ffmpeg.output(*streams, _file(target), f="mp4", movflags="+faststart", **options, **_CLEAN)
    )


def sound_argv(source: Source, audio: Stream, *, bits: int, channels: int, target: str) -> Argv:
    """Return the command for the sound alone, as AAC in an MP4 that plays while it loads."""
    sound = source.opened()[str(audio.index)]
    options = _audio_options(bits, min(channels, audio.channels or 1), _RATE_OF_SPEECH)
    return _argv(sound.output(_file(target), f="mp4", movflags="+faststart", **options, **_CLEAN))


def captions_argv(source: Source, subtitle: Stream, target: str) -> Argv:
    """Return the command for a text subtitle of the film as WebVTT."""
    words = source.opened()[str(subtitle.index)]
    return _argv(words.output(_file(target), f="webvtt", **{"c:s": "webvtt"}, **_CLEAN))


def waveform_argv(source: Source, audio: Stream, size: tuple[int, int], target: str) -> Argv:
    """Return the command for a picture of the loudness over time, a transparent PNG."""
    # The filter keeps all samples in memory: at 4 kHz an hour takes 29 MB.
    sound = source.opened()[str(audio.index)]
    sound = sound.filter("aformat", sample_fmts="s16", channel_layouts="mono")
    # A sound shorter than the picture is wide would give no picture at all.
    sound = sound.filter("aresample", 4000).filter("apad", whole_len=4 * size[0])
    drawn = sound.filter(
        "showwavespic", s=f"{size[0]}x{size[1]}", colors="0x38566b", scale="sqrt", draw="full"
    )
    return _argv(drawn.output(_file(target), f="image2", vcodec="png", vframes=1, **_CLEAN))


def cover_argv(source: Source, picture: int, target: str) -> Argv:
    """Return the command for the picture that a sound carries with it, as a JPEG."""
    cover = source.opened()[str(picture)].filter("scale", "min(1280,iw)", -2)
    return _argv(cover.output(_file(target), f="mjpeg", vframes=1, **{"q:v": 3}, **_CLEAN))


def length_argv(source: Source) -> Argv:
    """Return the command that reads the film through without decoding and tells its last moment."""
    nothing = source.opened().output("-", f="null", c="copy", progress="pipe:1", map=0)
    return _argv(nothing)


def last_moment(stdout: bytes) -> float | None:
    """Return the seconds that the command of `length_argv` (or any with progress) last told."""
    told = [line for line in stdout.splitlines() if line.startswith(b"out_time_us=")]
    try:
        return int(told[-1].partition(b"=")[2]) / 1_000_000
    except (IndexError, ValueError):
        return None


def fit(
    size: tuple[int, int], *, shortest: int | None = None, longest: int | None = None
) -> tuple[int, int]:
    """Return the size with its short or long side brought down to a limit; even, never enlarged."""
    width, height = size
    scale = Fraction(1)
    if shortest is not None:
        scale = min(scale, Fraction(shortest, max(1, min(size))))
    if longest is not None:
        scale = min(scale, Fraction(longest, max(1, *size)))
    return _even(width * scale), _even(height * scale)


_RATE_OF_SPEECH: Final = 32_000


def _even(length: Fraction) -> int:
    return max(2, round(length / 2) * 2)


def _toned(picture: Any, video: Stream) -> Any:  # noqa: ANN401 - ffmpeg-python has no types
    for name, options in _TO_SDR if video.hdr else ():
        picture = picture.filter(name, **options)
    return picture


def _video_options(form: FilmForm, frame_rate: Fraction | None) -> Options:
    frames = min(form.most_frames, round(frame_rate) if frame_rate else form.most_frames)
    return {
        "c:v": "libx264",
        "profile:v": "baseline",  # Old telephones decode nothing above it.
        "preset": "veryfast",
        "crf": 27,
        "maxrate": form.video_bits,
        "bufsize": form.video_bits,
        "g": max(1, frames) * 4,
        "threads": _THREADS,
    }


def _audio_options(bits: int, channels: int, sample_rate: int) -> Options:
    return {"c:a": "aac", "b:a": bits, "ac": channels, "ar": sample_rate}


def _file(target: str) -> str:
    return f"file:{target}"


def _argv(output: Any) -> Argv:  # noqa: ANN401 - ffmpeg-python has no types
    """Return the whole command line: quiet, no keyboard, one line of progress a second."""
    argv: Argv = output.global_args("-v", "error", "-hide_banner", "-nostdin").compile(
        overwrite_output=True
    )
    return argv
