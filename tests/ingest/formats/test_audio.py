"""Sounds: their facts, their waveform, and a form that a thin line carries."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ingest.formats.audio import Audio
from ingest.verdict import Faulty

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.formats.base import Made
    from ingest.workspace import Workspace

TONE = ("-f", "lavfi", "-i", "sine=d=3", "-ac", "2", "-metadata", "title=Кит", "-metadata")
KINDS = {
    "tone.mp3": "audio/mpeg",
    "tone.m4a": "audio/mp4",
    "tone.flac": "audio/flac",
    "tone.opus": "audio/ogg",
    "tone.wav": "audio/wav",
}


def made_of(box: Workspace, media_type: str) -> dict[str, Made]:
    """Return the small things made of a sound, by name."""
    return {one.name: one for one in Audio().pictures(box, media_type, {})}


@pytest.mark.parametrize(("name", "media_type"), KINDS.items())
def test_every_kind_of_sound_tells_length_channels_title_and_maker(
    ffmpeg: Callable[..., Path], box_of: Callable[[Path], Workspace], name: str, media_type: str
) -> None:
    box = box_of(ffmpeg(name, *TONE, "artist=Ода"))
    seen = Audio().examine(box, media_type)
    assert seen.reasons == ()
    assert seen.facts["duration_s"] == pytest.approx(3, abs=0.1)
    assert [told["channels"] for told in seen.facts["audio"]] == [2]
    assert (seen.facts["title"], seen.facts["author"]) == ("Кит", "Ода")


def test_the_form_is_small_and_mono(
    ffmpeg: Callable[..., Path], box_of: Callable[[Path], Workspace]
) -> None:
    box = box_of(ffmpeg("tone.wav", *TONE, "artist=Ода"))
    (made,) = Audio().forms(box, "audio/wav", {"duration_s": 3.0})
    assert (made.name, made.media_type) == ("audio_only", "audio/mp4")
    assert made.path.stat().st_size < box.source.stat().st_size / 20
    facts = Audio().examine(box_of(made.path), "audio/mp4").facts
    assert facts["audio"] == [{"codec": "aac", "channels": 1, "language": None}]
    assert facts["title"] is None


def test_the_waveform_is_silent_where_the_sound_is(
    ffmpeg: Callable[..., Path], box_of: Callable[[Path], Workspace]
) -> None:
    half = ("-f", "lavfi", "-i", "sine=d=4", "-af", "volume=0:enable='lt(t,2)'")
    made = made_of(box_of(ffmpeg("half.wav", *half)), "audio/wav")
    with Image.open(made["waveform"].path) as waveform:
        alpha = waveform.convert("RGBA").getchannel("A")
    width, height = alpha.size
    loud = alpha.crop((width * 6 // 10, 0, width * 9 // 10, height)).getbbox()
    quiet = alpha.crop((0, 0, width * 4 // 10, height)).getbbox()
    assert loud is not None
    assert loud[3] - loud[1] > height * 0.8
    assert quiet is None or quiet[3] - quiet[1] < height * 0.1


@pytest.mark.parametrize("seconds", ["0.05", "2"])
def test_a_sound_without_cover_has_its_waveform_as_thumbnail(
    ffmpeg: Callable[..., Path], box_of: Callable[[Path], Workspace], seconds: str
) -> None:
    path = ffmpeg(f"short{seconds}.wav", "-f", "lavfi", "-i", f"sine=d={seconds}")
    made = made_of(box_of(path), "audio/wav")
    with Image.open(made["thumbnail"].path) as thumbnail:
        assert thumbnail.size == (320, 180)
        assert thumbnail.convert("RGBA").getchannel("A").getpixel((0, 0)) == 0


def test_a_cover_is_the_thumbnail(
    ffmpeg: Callable[..., Path], box_of: Callable[[Path], Workspace]
) -> None:
    cover = ffmpeg("red.png", "-f", "lavfi", "-i", "color=red:s=200x200", "-frames:v", "1")
    sound = ffmpeg("tone.mp3", *TONE, "artist=Ода")
    options = ("-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic")
    path = ffmpeg("covered.mp3", "-i", str(sound), "-i", str(cover), *options)
    with Image.open(made_of(box_of(path), "audio/mpeg")["thumbnail"].path) as thumbnail:
        red, green, _ = np.asarray(thumbnail.convert("RGB"))[90, 160]
    assert red > 200
    assert green < 60


@pytest.mark.parametrize("media_type", sorted(set(KINDS.values())))
@pytest.mark.parametrize("content", [b"", b"\0" * 4000, b"RIFF\xff\0\0\0WAVEfmt "])
def test_what_is_no_sound_is_damaged(
    box_of: Callable[[Path], Workspace], tmp_path: Path, media_type: str, content: bytes
) -> None:
    path = tmp_path / "original"
    path.write_bytes(content)
    try:
        codes = [reason.code for reason in Audio().examine(box_of(path), media_type).reasons]
    except Faulty as fault:
        codes = [fault.code]
    assert codes == ["damaged"]


@pytest.mark.parametrize("name", ["tone.wav", "tone.flac", "tone.m4a"])
def test_a_cut_off_recording_is_damaged(
    ffmpeg: Callable[..., Path], box_of: Callable[[Path], Workspace], tmp_path: Path, name: str
) -> None:
    whole = ffmpeg(name, *TONE, "artist=Ода").read_bytes()
    path = tmp_path / "original"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    try:
        codes = [one.code for one in Audio().examine(box_of(path), KINDS[name]).reasons]
    except Faulty as fault:
        codes = [fault.code]
    assert codes == ["damaged"]


def test_an_mp3_without_a_header_of_its_own_tells_its_true_length(
    ffmpeg: Callable[..., Path], box_of: Callable[[Path], Workspace]
) -> None:
    quiet_then_loud = "aevalsrc=exprs='if(lt(t,2),0,random(0)-0.5)':d=20"
    options = ("-c:a", "libmp3lame", "-q:a", "2", "-write_xing", "0")
    path = ffmpeg("bare.mp3", "-f", "lavfi", "-i", quiet_then_loud, *options)
    facts = Audio().examine(box_of(path), "audio/mpeg").facts
    assert facts["duration_s"] == pytest.approx(20, abs=0.3)


def test_the_sounds_of_the_samples_are_understood(
    samples: Path,
    rows: Callable[[str], list[dict[str, str]]],
    box_of: Callable[[Path], Workspace],
) -> None:
    for row in rows("audio"):
        box = box_of(samples / row["path"])
        seen = Audio().examine(box, row["mime_expected"])
        length = float(row["expected_duration_s"])
        assert math.isclose(seen.facts["duration_s"] or 0, length, abs_tol=0.1), row["path"]
        (told,) = seen.facts["audio"]
        assert row["expected_audio"].startswith(f"{told['codec']} {told['channels']}ch")
        assert (seen.facts["title"] or "") == row["expected_title"]
        assert (seen.facts["author"] or "") == row["expected_author"]
        assert set(made_of(box, row["mime_expected"])) == {"thumbnail", "waveform"}
