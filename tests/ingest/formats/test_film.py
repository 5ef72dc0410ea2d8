"""Films: their facts, their pictures, and forms that a thin line carries."""

from __future__ import annotations

import json
import math
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from ingest.formats.film import Film, forms_for
from ingest.renditions import renditions_for
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.formats.base import Examined, Made
    from ingest.workspace import Workspace

MKV, MP4, WEBM = "video/x-matroska", "video/mp4", "video/webm"
PORTRAIT = ("-f", "lavfi", "-i", "testsrc2=s=320x240:r=10:d=1", "-c:v", "libx264")


def examined(box: Workspace, media_type: str) -> Examined:
    """Return what the format sees."""
    return Film().examine(box, media_type)


def probed(path: Path) -> dict[str, Any]:
    """Return what ffprobe itself says, for comparison."""
    argv = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    told = subprocess.run(argv, check=True, capture_output=True, timeout=60).stdout
    return dict(json.loads(told))


def test_the_facts_of_a_film_with_everything(
    film: Path, box_of: Callable[[Path], Workspace]
) -> None:
    seen = examined(box_of(film), MKV)
    assert seen.facts == {
        "title": "Boiling",
        "author": "Museum",
        "duration_s": pytest.approx(6, abs=0.1),
        "audio": [{"codec": "aac", "channels": 2, "language": "zh"}],
        "subtitles": [{"codec": "subrip", "language": "ru", "image_based": False}],
        "chapters": 2,
        "gps": True,
        "width": 320,
        "height": 240,
        "display_width": 320,
        "display_height": 240,
        "rotation": 0,
        "frame_rate": 25.0,
        "video_codec": "h264",
    }
    assert seen.reasons == ()
    (said,) = seen.segments
    assert said.text == "Вода кипит"
    assert said.second == pytest.approx(1, abs=0.1)


def test_the_poster_is_no_black_frame_and_the_sheet_knows_its_seconds(
    film: Path, box_of: Callable[[Path], Workspace]
) -> None:
    box = box_of(film)
    made = {one.name: one for one in Film().pictures(box, MKV, examined(box, MKV).facts)}
    assert set(made) == {"thumbnail", "poster", "contact_sheet", "captions_ru"}
    expected = renditions_for("film", examined(box, MKV).facts)
    assert set(made) == {spec.name for spec in expected if not spec.heavy}
    assert made["poster"].facts["second"] > 2
    seconds = made["contact_sheet"].facts["seconds"]
    assert len(seconds) == 10
    assert seconds == sorted(seconds)
    assert made["thumbnail"].path.stat().st_size <= 12_000
    with Image.open(made["thumbnail"].path) as thumbnail:
        assert thumbnail.size == (320, 180)
    assert "Вода кипит" in made["captions_ru"].path.read_text(encoding="utf-8")


def test_the_forms_are_light_play_anywhere_and_say_nothing_of_place_or_maker(
    film: Path, box_of: Callable[[Path], Workspace]
) -> None:
    told: list[float] = []
    box = box_of(film)
    box = type(box)(box.source, box.folder, told.append)
    made: dict[str, Made] = {one.name: one for one in Film().forms(box, MKV, {"duration_s": 6.0})}
    assert list(made) == ["audio_only", "film_144p", "film_240p"]
    assert told == sorted(told)
    assert told[-1] == 1.0
    small = probed(made["film_144p"].path)
    video, audio = small["streams"]
    assert (video["codec_name"], video["width"], video["height"]) == ("h264", 192, 144)
    assert video["profile"] == "Constrained Baseline"
    assert (audio["codec_name"], audio["channels"]) == ("aac", 1)
    assert float(small["format"]["bit_rate"]) < 125_000
    start = made["film_144p"].path.read_bytes()
    assert start.index(b"moov") < start.index(b"mdat")
    for one in made.values():
        tags = probed(one.path)["format"]["tags"]
        assert {"title", "artist", "location", "encoder"}.isdisjoint(tags)


def test_progress_is_told_while_a_film_is_made(
    ffmpeg: Callable[..., Path], box_of: Callable[[Path], Workspace]
) -> None:
    source = "testsrc2=s=1280x720:r=25:d=40"
    path = ffmpeg("long.mp4", "-f", "lavfi", "-i", source, "-c:v", "mpeg4", "-b:v", "1M")
    told: list[float] = []
    box = box_of(path)
    next(Film().forms(type(box)(box.source, box.folder, told.append), MP4, {"duration_s": 40.0}))
    assert [share for share in told if 0 < share < 0.33]


@pytest.mark.parametrize(
    ("size", "names"),
    [
        ((1920, 1080), ["film_144p", "film_240p", "film_480p"]),
        ((720, 1280), ["film_144p", "film_240p", "film_480p"]),
        ((640, 428), ["film_144p", "film_240p"]),
        ((176, 144), ["film_144p"]),
        ((80, 80), ["film_144p"]),
    ],
)
def test_no_form_is_larger_than_the_film(size: tuple[int, int], names: list[str]) -> None:
    assert list(forms_for(size)) == names


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_film_says_how_it_is_shown(
    ffmpeg: Callable[..., Path], box_of: Callable[[Path], Workspace], turn: int
) -> None:
    upright = ffmpeg("upright.mp4", *PORTRAIT)
    options = ("-i", str(upright), "-c", "copy", "-metadata:s:v:0", f"rotate={turn}")
    facts = examined(box_of(ffmpeg(f"turned{turn}.mp4", *options)), MP4).facts
    # ffmpeg's option turns against the clock; its own player then shows the film so.
    assert facts["rotation"] == 360 - turn
    shown = (320, 240) if turn == 180 else (240, 320)
    assert (facts["width"], facts["height"]) == (320, 240)
    assert (facts["display_width"], facts["display_height"]) == shown


def test_the_shape_of_the_samples_counts(
    ffmpeg: Callable[..., Path], box_of: Callable[[Path], Workspace]
) -> None:
    path = ffmpeg("wide.mp4", *PORTRAIT, "-vf", "setsar=4/3")
    facts = examined(box_of(path), MP4).facts
    assert (facts["display_width"], facts["display_height"]) == (427, 240)


def test_a_film_without_pictures_is_shown_by_its_sound(
    ffmpeg: Callable[..., Path], box_of: Callable[[Path], Workspace]
) -> None:
    box = box_of(ffmpeg("sound.mp4", "-f", "lavfi", "-i", "sine=d=2", "-c:a", "aac"))
    seen = examined(box, MP4)
    assert seen.reasons == ()
    assert "width" not in seen.facts
    made = [*Film().pictures(box, MP4, seen.facts), *Film().forms(box, MP4, seen.facts)]
    names = {one.name for one in made}
    assert names == {"thumbnail", "waveform", "audio_only"}
    assert names == {spec.name for spec in renditions_for("film", seen.facts)}


def test_a_film_without_stated_length_is_read_through(
    film: Path, ffmpeg: Callable[..., Path], box_of: Callable[[Path], Workspace]
) -> None:
    options = ("-i", str(film), "-map", "0:v", "-c:v", "vp8", "-live", "1", "-f", "webm")
    path = ffmpeg("live.webm", *options)
    assert "duration" not in probed(path)["format"]
    assert examined(box_of(path), WEBM).facts["duration_s"] == pytest.approx(6, abs=0.1)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.99])
@pytest.mark.parametrize("kind", ["cut.mp4", "cut.mkv", "cut.avi"])
def test_a_cut_off_film_is_damaged(
    ffmpeg: Callable[..., Path],
    box_of: Callable[[Path], Workspace],
    tmp_path: Path,
    kind: str,
    kept: float,
) -> None:
    whole = ffmpeg(kind, "-f", "lavfi", "-i", "testsrc2=s=64x48:d=2", "-c:v", "mpeg4").read_bytes()
    path = tmp_path / "original"
    path.write_bytes(whole[: int(len(whole) * kept)])
    media_type = {"mp4": MP4, "mkv": MKV, "avi": "video/x-msvideo"}[kind[-3:]]
    assert reason_of(box_of(path), media_type) == "damaged"


@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b"ftypisom" * 50, b"#EXTM3U\n/etc/passwd"])
def test_what_is_no_film_is_damaged(
    box_of: Callable[[Path], Workspace], tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "original"
    path.write_bytes(content)
    assert reason_of(box_of(path), MP4) == "damaged"


def test_a_list_of_files_is_never_followed(
    film: Path, box_of: Callable[[Path], Workspace], tmp_path: Path
) -> None:
    path = tmp_path / "original"
    path.write_text(f"ffconcat version 1.0\nfile {film}\n")
    assert reason_of(box_of(path), MKV) == "damaged"


def reason_of(box: Workspace, media_type: str) -> str:
    """Return the code of the first thing that is wrong with a film."""
    try:
        return examined(box, media_type).reasons[0].code
    except Faulty as fault:
        return fault.code


def wanted(row: dict[str, str]) -> dict[str, object]:
    """Return the facts that the manifest tells of a film."""
    width, height = (int(side) for side in row["expected_display_size"].split("x"))
    return {
        "width": int(row["expected_width"]),
        "height": int(row["expected_height"]),
        "display_width": width,
        "display_height": height,
        "rotation": int(row["expected_rotation"] or 0) % 360,
        "video_codec": row["expected_video_codec"],
    }


def test_the_films_of_the_samples_are_understood(
    samples: Path,
    rows: Callable[[str], list[dict[str, str]]],
    box_of: Callable[[Path], Workspace],
) -> None:
    for row in rows("films"):
        seen = examined(box_of(samples / row["path"]), row["mime_expected"])
        assert seen.reasons == (), row["path"]
        assert {name: seen.facts[name] for name in wanted(row)} == wanted(row), row["path"]  # type: ignore[literal-required]
        length = float(row["expected_duration_s"])
        assert math.isclose(seen.facts["duration_s"] or 0, length, abs_tol=0.1), row["path"]
        tracks = [f"{told['codec']} {told['channels']}ch" for told in seen.facts["audio"]]
        assert [track for track in tracks if track not in row["expected_audio"]] == []
        assert len(tracks) == int(row["expected_audio_tracks"]), row["path"]


def test_hostile_films_of_the_samples_get_their_reason(
    samples: Path, box_of: Callable[[Path], Workspace]
) -> None:
    hostile = samples / "hostile"
    trap = box_of(hostile / "avi_hls_local_file_read.avi")
    assert reason_of(trap, "video/x-msvideo") == "external_reference"
    assert list(Film().pictures(trap, "video/x-msvideo", {})) == []
    assert reason_of(box_of(hostile / "mp4_missing_stsd.mp4"), MP4) == "damaged"
    assert reason_of(box_of(hostile / "webm_named_as_mp4.mp4"), MP4) == "damaged"
