"""Files that the demonstration makes itself: films, sounds, documents, models, subtitles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import docx
import openpyxl
import pptx
import trimesh

from ingest.sandbox import Limits, run
from portal.demo.pictures import PATTERNS, draw, frame
from portal.demo.sheets import sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SECONDS = 8
FRAME_RATE = 12
FILM_SIZE = (426, 240)
_LIMITS = Limits(seconds=120)


def make(
    what: str, folder: Path, texts: Mapping[str, Mapping[str, str]], seed: int
) -> dict[str, str]:
    """Make one file, such as `film:life` or `srt:en`, and return it as a line of an import names it."""
    kind, _, detail = what.partition(":")
    return MAKERS[kind](detail, folder, texts, seed)


def _film(
    source: str, folder: Path, texts: Mapping[str, Mapping[str, str]], seed: int
) -> dict[str, str]:
    """Film a pattern that moves, with a tone that differs from film to film.

    `field*15` is fifteen times as long and as heavy, for the cost of one.
    """
    del texts
    source, _star, times = source.partition("*")
    target = folder / f"film-{source}.mp4"
    for number in range(SECONDS * FRAME_RATE):
        picture = frame(source, seed, FILM_SIZE, phase=number * 0.2)
        picture.save(folder / f"frame-{number:03}.jpg", "JPEG", quality=88)
    argv = [
        *("ffmpeg", "-v", "error", "-nostdin", "-y", "-framerate", str(FRAME_RATE)),
        *("-i", str(folder / "frame-%03d.jpg")),
        *("-f", "lavfi", "-i", f"sine=frequency={220 + 40 * (seed % 12)}:sample_rate=44100"),
        *("-t", str(SECONDS), "-c:v", "libx264", "-preset", "veryfast", "-crf", "28"),
        *("-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "48k", "-shortest", str(target)),
    ]
    run(argv, limits=_LIMITS, writes=folder)
    if times:
        once = target.rename(folder / "once.mp4")
        loop = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-stream_loop", str(int(times) - 1)]
        run(
            [*loop, "-i", str(once), "-c", "copy", str(target)],
            limits=_LIMITS,
            reads=[once],
            writes=folder,
        )
    return {"path": target.name, "role": "main"}


def _sound(
    name: str, folder: Path, texts: Mapping[str, Mapping[str, str]], seed: int
) -> dict[str, str]:
    del texts
    target = folder / f"{name}.mp3"
    noise = f"anoisesrc=color=pink:duration={SECONDS}:amplitude=0.3:seed={seed}"
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", noise]
    run([*argv, "-b:a", "64k", str(target)], limits=_LIMITS, writes=folder)
    return {"path": target.name, "role": "main"}


def _picture(
    pattern: str, folder: Path, texts: Mapping[str, Mapping[str, str]], seed: int
) -> dict[str, str]:
    del texts
    target = folder / f"{pattern}-{seed}.jpg"
    draw(pattern, target, seed)
    return {"path": target.name, "role": "main"}


def _model(
    shape: str, folder: Path, texts: Mapping[str, Mapping[str, str]], seed: int
) -> dict[str, str]:
    del texts, seed
    target = folder / f"{shape}.glb"
    export: Callable[..., bytes] = _shape(shape).export
    target.write_bytes(export(file_type="glb"))
    return {"path": target.name, "role": "main"}


def _shape(name: str) -> trimesh.Scene:
    scene = trimesh.Scene()

    def add(mesh: trimesh.Trimesh, x: float = 0, y: float = 0, z: float = 0) -> None:
        mesh.apply_translation((x, y, z))
        scene.add_geometry(mesh)

    add(trimesh.creation.box((1.6, 1.0, 0.1)))
    if name == "tube":
        add(trimesh.creation.annulus(0.1, 0.14, 0.96), z=0.55)
        add(trimesh.creation.cylinder(0.03, 1.1), x=0.5, z=0.6)
    elif name == "pendulums":
        for number in range(12):
            add(
                trimesh.creation.icosphere(subdivisions=2, radius=0.05),
                x=-0.66 + 0.12 * number,
                z=0.9 - 0.05 * number,
            )
        add(trimesh.creation.box((1.6, 0.05, 0.05)), z=1.4)
    elif name == "cone":
        add(trimesh.creation.cone(0.45, 0.8), z=0.05)
    elif name == "tower":
        for number in range(5):
            add(
                trimesh.creation.box((0.5 - 0.08 * number, 0.5 - 0.08 * number, 0.2)),
                z=0.15 + 0.2 * number,
            )
    else:
        add(trimesh.creation.annulus(0.3, 0.34, 0.7), z=0.4)
        add(trimesh.creation.torus(0.45, 0.05), z=0.9)
    # Built with z upward; in a glTF file y is (glTF 2.0, section 3.4).
    turn: Callable[..., object] = scene.apply_transform
    turn([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
    return scene


def _pdf(
    title: str, folder: Path, texts: Mapping[str, Mapping[str, str]], seed: int
) -> dict[str, str]:
    said = texts["summary"].get("en") or title
    target = folder / f"{title.lower().replace(' ', '-')}.pdf"
    target.write_bytes(sheet(title, said, frame(PATTERNS[seed % len(PATTERNS)], seed), seed))
    return {"path": target.name, "role": "main", "language": "en"}


def _words(texts: Mapping[str, Mapping[str, str]], tag: str) -> tuple[str, str]:
    title = texts["title"].get(tag) or next(iter(texts["title"].values()))
    return title, texts["summary"].get(tag) or texts["summary"].get("en", title)


def _docx(
    tag: str, folder: Path, texts: Mapping[str, Mapping[str, str]], seed: int
) -> dict[str, str]:
    title, summary = _words(texts, tag)
    paper = docx.Document()
    paper.core_properties.title = title
    paper.add_heading(title)
    paper.add_paragraph(summary)
    target = folder / f"notes-{seed}-{tag}.docx"
    paper.save(str(target))
    return {"path": target.name, "role": "attachment", "language": tag}


def _pptx(
    tag: str, folder: Path, texts: Mapping[str, Mapping[str, str]], seed: int
) -> dict[str, str]:
    title, summary = _words(texts, tag)
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = title
    slide.placeholders[1].text = summary
    target = folder / f"slides-{seed}-{tag}.pptx"
    show.save(str(target))
    return {"path": target.name, "role": "attachment", "language": tag}


def _xlsx(
    detail: str, folder: Path, texts: Mapping[str, Mapping[str, str]], seed: int
) -> dict[str, str]:
    del detail, texts
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["straws", "rice in grams"])
    for straws in range(10, 60, 10):
        sheet.append([straws, straws * 24 + seed])
    target = folder / f"table-{seed}.xlsx"
    book.save(str(target))
    return {"path": target.name, "role": "attachment", "language": "en"}


def _txt(
    tag: str, folder: Path, texts: Mapping[str, Mapping[str, str]], seed: int
) -> dict[str, str]:
    title, summary = _words(texts, tag)
    target = folder / f"text-{seed}-{tag}.txt"
    target.write_text(f"{title}\n\n{summary}\n", encoding="utf-8")
    return {"path": target.name, "role": "attachment", "language": tag}


def _srt(
    tag: str, folder: Path, texts: Mapping[str, Mapping[str, str]], seed: int
) -> dict[str, str]:
    title, summary = _words(texts, tag)
    target = folder / f"subtitles-{seed}-{tag}.srt"
    cues = f"1\n00:00:01,000 --> 00:00:03,500\n{title}\n\n2\n00:00:04,000 --> 00:00:07,500\n{summary}\n"
    target.write_text(cues, encoding="utf-8")
    return {"path": target.name, "role": "subtitle", "language": tag}


def _svg(
    detail: str, folder: Path, texts: Mapping[str, Mapping[str, str]], seed: int
) -> dict[str, str]:
    del detail, texts
    target = folder / f"plan-{seed}.svg"
    target.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="3"/></svg>'
    )
    return {"path": target.name, "role": "drawing"}


MAKERS: dict[str, Callable[[str, Path, Mapping[str, Mapping[str, str]], int], dict[str, str]]] = {
    "docx": _docx,
    "film": _film,
    "model": _model,
    "pdf": _pdf,
    "picture": _picture,
    "pptx": _pptx,
    "sound": _sound,
    "srt": _srt,
    "svg": _svg,
    "txt": _txt,
    "xlsx": _xlsx,
}
