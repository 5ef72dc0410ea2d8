"""Films: what ffprobe says of them, a poster and ten frames, captions, and forms for thin lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ingest.formats import encoding, sounds, streams
from ingest.formats.base import Examined, Made, Segment
from ingest.formats.encoding import FilmForm
from ingest.sandbox import Limits
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ingest.formats.base import Facts
    from ingest.formats.ffprobe import Probe, Stream
    from ingest.workspace import Workspace

FORMS: Final[Mapping[str, FilmForm]] = {
    "film_144p": FilmForm(144, 80_000, 24_000, channels=1, sample_rate=24_000, most_frames=15),
    "film_240p": FilmForm(240, 200_000, 32_000, channels=1, sample_rate=32_000, most_frames=25),
    "film_480p": FilmForm(480, 700_000, 64_000, channels=2, sample_rate=44_100, most_frames=30),
}
"""From the lightest to the heaviest; 144p with sound is 104 kbit/s, 0.8 MB a minute."""

_FRAMES: Final = 10
_FRAME_SIDE: Final = 1280
_PER_FRAME: Final = Limits(seconds=60)
# Subtitles are read out of at most this many streams; films for the disk trade carry thirty.
_MOST_CAPTIONS: Final = 40


class Film:
    """mp4, mov, mkv, webm, avi, and what else ffmpeg reads of the same kinds."""

    family = "film"
    media_types = frozenset(
        {
            "video/mp4",
            "video/quicktime",
            "video/x-m4v",
            "video/3gpp",
            "video/3gpp2",
            "video/x-matroska",
            "video/webm",
            "video/x-msvideo",
            "video/mp2t",
            "video/mpeg",
            "video/ogg",
            "video/x-ms-wmv",
            "video/x-ms-asf",
            "video/x-flv",
        }
    )

    def examine(self, box: Workspace, media_type: str) -> Examined:
        """Return the streams' facts and the words of the subtitles inside. Raises Faulty."""
        found = streams.probe(box, media_type)
        reasons = streams.faults(box.source, media_type, found)
        seconds = streams.duration(box, media_type, found)
        facts = streams.common_facts(found, seconds) | _video_facts(found)
        segments = [
            Segment(words, second=second)
            for name, stream in captions_of(found).items()
            for second, words in _captions(box, media_type, stream, f"{name}.vtt")
        ]
        return Examined(facts, tuple(segments), reasons)

    def pictures(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make thumbnail, poster, contact sheet and captions. Raises Faulty."""
        found = streams.probe(box, media_type)
        video, sound = next(iter(found.of_kind("video")), None), sounds.sound_of(found)
        if video:
            yield from _stills(box, media_type, video, facts.get("duration_s"))
        elif sound:
            yield from sounds.pictures_of(box, media_type, found, sound)
        for name, stream in captions_of(found).items():
            if _captions(box, media_type, stream, f"{name}.vtt"):
                yield Made(name, "text/vtt", box.file(f"{name}.vtt"))

    def forms(self, box: Workspace, media_type: str, facts: Facts) -> Iterator[Made]:
        """Make the sound alone and the small films, lightest first. Raises Faulty."""
        found = streams.probe(box, media_type)
        source, seconds = streams.source_of(box, media_type), facts.get("duration_s")
        video = next(iter(found.of_kind("video")), None)
        sound = sounds.sound_of(found)
        tasks: list[tuple[Made, list[str]]] = []
        if sound:
            target = box.file("audio_only.m4a")
            argv = sounds.sound_argv(box, media_type, sound, target)
            tasks.append((Made("audio_only", "audio/mp4", target), argv))
        if video:
            for name, form in forms_for(video.display_size).items():
                target = box.file(f"{name}.mp4")
                argv = encoding.film_argv(source, video, sound, form, str(target))
                tasks.append((Made(name, "video/mp4", target), argv))
        for number, (made, argv) in enumerate(tasks):
            share = (number / len(tasks), (number + 1) / len(tasks))
            streams.encode(box, argv, seconds=seconds, share=share)
            yield made


def forms_for(display_size: tuple[int, int]) -> dict[str, FilmForm]:
    """Return the forms of a film of this size: none above its short side, the smallest always."""
    fitting = {name: form for name, form in FORMS.items() if form.short_side <= min(display_size)}
    smallest = next(iter(FORMS))
    return fitting or {smallest: FORMS[smallest]}


def moments(duration: float | None) -> tuple[float, ...]:
    """Return the seconds at which the frames are cut: the middles of ten equal parts."""
    if not duration:
        return (0.0,)
    return tuple(round(duration * (part + 0.5) / _FRAMES, 3) for part in range(_FRAMES))


def captions_of(found: Probe) -> dict[str, Stream]:
    """Return the text subtitles by the name of their rendition, the first of each language."""
    named: dict[str, Stream] = {}
    for stream in found.of_kind("subtitle")[:_MOST_CAPTIONS]:
        if stream.codec and not stream.image_based:
            named.setdefault(captions_name(stream.language), stream)
    return named


def captions_name(language: str | None) -> str:
    """Return the name of the captions in a language, or in one that the film does not name."""
    return f"captions_{language or 'und'}"


def _video_facts(found: Probe) -> Facts:
    facts: Facts = {
        "gps": found.has_position,
        "subtitles": [
            {
                "codec": stream.codec,
                "language": stream.language,
                "image_based": stream.image_based,
            }
            for stream in found.of_kind("subtitle")
        ],
    }
    for video in found.of_kind("video")[:1]:
        width, height = video.display_size
        rate = video.frame_rate
        facts |= {
            "width": video.width or None,
            "height": video.height or None,
            "display_width": width or None,
            "display_height": height or None,
            "rotation": video.rotation,
            "frame_rate": None if rate is None else round(float(rate), 3),
            "video_codec": video.codec,
        }
    return facts


def _stills(
    box: Workspace, media_type: str, video: Stream, seconds: float | None
) -> Iterator[Made]:
    source = streams.source_of(box, media_type)
    cut: list[tuple[Path, float]] = []
    # The very first frame stands in where the film is shorter than it says.
    for number, at in enumerate((*moments(seconds), 0.0)):
        if at == 0.0 and cut:
            break
        path = box.file(f"frame_{number}.jpg")
        argv = encoding.still_argv(source, video, at, str(path), _FRAME_SIDE)
        try:
            streams.run(box, argv, limits=_PER_FRAME)
        except Faulty:
            continue  # A frame that cannot be decoded is left out; others tell of the film.
        if streams.size_of(path):
            cut.append((path, at))
    if not cut:
        raise Faulty("damaged", because="no frame can be decoded")
    box.progress(0.8)
    paths = [str(path) for path, _ in cut]
    chosen = streams.child(box, "frames:compose", frames=paths, folder=str(box.folder))
    yield Made("thumbnail", "image/webp", box.file("thumbnail.webp"))
    yield Made("poster", "image/jpeg", box.file("poster.jpg"), {"second": cut[chosen][1]})
    seconds_of = {"seconds": [at for _, at in cut]}
    yield Made("contact_sheet", "image/jpeg", box.file("contact_sheet.jpg"), seconds_of)


def _captions(
    box: Workspace, media_type: str, stream: Stream, name: str
) -> list[tuple[float, str]]:
    """Write a subtitle stream as WebVTT; return its seconds and words, none where it is empty."""
    source, raw = streams.source_of(box, media_type), box.file("captions.raw")
    try:
        streams.run(box, encoding.captions_argv(source, stream, str(raw)))
        target = str(box.file(name))
        said = streams.child(box, "subtitle:rewrite", path=str(raw), target=target)
    except Faulty:
        return []  # A broken subtitle does not make the film a broken one.
    return [(cue["start"], cue["text"]) for cue in said["cues"]]
