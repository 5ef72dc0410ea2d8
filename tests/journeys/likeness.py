"""What a page of components looks like, in numbers and in small pictures, and how like two of them are.

The numbers hold whatever the fonts are (`likeness.js`). The pictures are drawn a quarter as large, in
sixteen greys, with a few files of Debian's Noto and no other fonts, whatever a machine has.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops

FOLDER = Path(__file__).parent / "baseline"
SCRIPT = Path(__file__).with_suffix(".js")
SMALLER, GREYS, BLOCK = 4, 16, 8
"""A picture is drawn four times smaller, in sixteen greys, and compared in blocks of eight by eight."""
MOST_OF_A_BLOCK = 12
"""Of 255, the mean difference of a block: greys that are rounded otherwise give 2, a word that has
moved by half its height 20 and more."""
FONT_FOLDER = Path("/usr/share/fonts")
FONTS = (
    *("NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSerif-Regular.ttf"),
    *("NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf", "NotoNaskhArabic-Regular.ttf"),
    *("NotoSansThai-Regular.ttf", "NotoSansThai-Bold.ttf", "NotoSerifThai-Regular.ttf"),
    *("NotoSansMyanmar-Regular.ttf", "NotoSansMyanmar-Bold.ttf"),
    *("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "NotoSerifCJK-Regular.ttc"),
)
FONTCONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{folder}/cache</cachedir><match target="font">
<edit name="hinting" mode="assign"><bool>false</bool></edit>
<edit name="rgba" mode="assign"><const>none</const></edit></match></fontconfig>
"""


@dataclass(frozen=True)
class Look:
    """One way to look at the page."""

    name: str
    width: int
    tag: str = "en"
    colours: str = "light"


Styles = dict[str, dict[str, list[str]]]
"""Of each component, of each kind of element in it: what the stylesheet says of it."""


@dataclass(frozen=True)
class Seen:
    """What was seen of each component: its styles, and its picture, reduced."""

    styles: Styles
    pictures: dict[str, Image.Image]


def only_noto(folder: Path) -> tuple[dict[str, str], list[str]]:
    """Give an environment in which Chromium knows these fonts only; and a digest of each file."""
    found = {path.name: path for path in FONT_FOLDER.rglob("Noto*") if path.name in FONTS}
    digests = []
    for name in FONTS:
        if name in found:
            (folder / name).symlink_to(found[name])
            digests.append(f"{name} {hashlib.sha256(found[name].read_bytes()).hexdigest()[:12]}")
    (folder / "fonts.conf").write_text(FONTCONFIG.format(folder=folder), "utf-8")
    return {"FONTCONFIG_FILE": str(folder / "fonts.conf")}, digests


def in_greys(picture: Image.Image) -> Image.Image:
    """Return a picture in sixteen greys."""
    step = 256 // GREYS
    return picture.convert("L").point([level // step for level in range(256)])


def unlike(kept: Image.Image, now: Image.Image) -> int:
    """Return by how much the most different block of two pictures of one size differs, of 255."""
    step = 256 // GREYS
    difference = ImageChops.difference(kept, now).point(
        [level * step % 256 for level in range(256)]
    )
    return int(difference.reduce(BLOCK).getextrema()[1])


def differences(kept: Seen, now: Seen) -> dict[str, list[str]]:
    """Return in words what differs, by component."""
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys([*kept.styles, *now.styles]):
        if name not in now.styles or name not in kept.styles:
            found[name] = ["is not there" if name in kept.styles else "was not there"]
            continue
        words = styled(kept.styles[name], now.styles[name])
        if name in kept.pictures and name in now.pictures:
            words += pictured(kept.pictures[name], now.pictures[name])
        if words:
            found[name] = words
    return found


def styled(kept: dict[str, list[str]], now: dict[str, list[str]]) -> list[str]:
    """Return which elements are styled otherwise, each with what is new and what is gone."""
    words = []
    for path in dict.fromkeys([*kept, *now]):
        old = {each for text in kept.get(path, ()) for each in text.split("; ")}
        new = {each for text in now.get(path, ()) for each in text.split("; ")}
        if path not in kept or path not in now:
            words.append(f"{path}: {'is not there' if path in kept else 'was not there'}")
        elif kept[path] != now[path]:
            words.append(f"{path}: now {sorted(new - old)}, was {sorted(old - new)}")
    return words


def pictured(kept: Image.Image, now: Image.Image) -> list[str]:
    """Return how two pictures of a component differ; a row of them more or less is no difference."""
    if any(abs(one - other) > 1 for one, other in zip(kept.size, now.size, strict=True)):
        return [f"its picture is {_pixels(now)} and was {_pixels(kept)}"]
    size = (min(kept.width, now.width), min(kept.height, now.height))
    much = unlike(kept.crop((0, 0, *size)), now.crop((0, 0, *size)))
    return [f"a part of its picture differs by {much} of 255"] if much > MOST_OF_A_BLOCK else []


def _pixels(picture: Image.Image) -> str:
    return " x ".join(str(SMALLER * each) for each in picture.size)


# -- kept -----------------------------------------------------------------------------------------


def keep(seen: dict[str, Seen], made_with: list[str]) -> None:
    """Write what was seen as the baseline: of all looks but the first only what is styled otherwise."""
    FOLDER.mkdir(exist_ok=True)
    first = next(iter(seen.values())).styles
    told = {"made with": made_with, "looks": {}}
    for look, each in seen.items():
        sizes = {name: picture.size for name, picture in each.pictures.items()}
        styles = first if each.styles is first else over(first, each.styles)
        told["looks"][look] = {"sizes": sizes, "styles": styles}
        sheet(each.pictures).save(FOLDER / f"{look}.png", optimize=True, bits=4)
    (FOLDER / "baseline.json").write_text(
        json.dumps(told, indent=0, ensure_ascii=False) + "\n", "utf-8"
    )


def kept() -> tuple[dict[str, Seen], list[str]]:
    """Return the baseline, and what it was made with."""
    told = json.loads((FOLDER / "baseline.json").read_text("utf-8"))
    seen: dict[str, Seen] = {}
    for look, each in told["looks"].items():
        first = next(iter(seen.values())).styles if seen else {}
        pictures = cut(Image.open(FOLDER / f"{look}.png"), each["sizes"])
        seen[look] = Seen(laid(first, each["styles"]), pictures)
    return seen, told["made with"]


def over(first: Styles, other: Styles) -> dict[str, dict[str, list[str]]]:
    """Return in what styles differ from those of the first look; an empty list stands for none."""
    changed = {
        name: {
            path: other.get(name, {}).get(path, [])
            for path in dict.fromkeys([*first.get(name, {}), *other.get(name, {})])
            if first.get(name, {}).get(path) != other.get(name, {}).get(path)
        }
        for name in dict.fromkeys([*first, *other])
    }
    return {name: paths for name, paths in changed.items() if paths}


def laid(first: Styles, changes: Styles) -> Styles:
    """Return the styles of which `changes` tells how they differ from the first ones."""
    whole = {}
    for name in dict.fromkeys([*first, *changes]):
        paths = first.get(name, {}) | changes.get(name, {})
        whole[name] = {path: texts for path, texts in paths.items() if texts}
    return {name: paths for name, paths in whole.items() if paths}


def sheet(pictures: dict[str, Image.Image]) -> Image.Image:
    """Return pictures one below the other, with a palette of sixteen greys."""
    size = (
        max(each.width for each in pictures.values()),
        sum(each.height for each in pictures.values()),
    )
    whole = Image.new("P", size)
    whole.putpalette([level * 255 // (GREYS - 1) for level in range(GREYS) for _ in "rgb"])
    top = 0
    for each in pictures.values():
        whole.paste(Image.frombytes("P", each.size, each.tobytes()), (0, top))
        top += each.height
    return whole


def cut(whole: Image.Image, sizes: dict[str, tuple[int, int]]) -> dict[str, Image.Image]:
    """Return the pictures of a sheet."""
    levels = Image.frombytes("L", whole.size, whole.tobytes())
    pictures, top = {}, 0
    for name, (width, height) in sizes.items():
        pictures[name] = levels.crop((0, top, width, top + height))
        top += height
    return pictures


def beside(kept: Seen, now: Seen, names: list[str]) -> Image.Image:
    """Return the pictures of some components as they were, as they are, and where they differ."""
    blank = Image.new("L", (1, 1), GREYS - 1)
    rows = {}
    for name in names:
        one, other = kept.pictures.get(name, blank), now.pictures.get(name, blank)
        width, height = max(one.width, other.width), max(one.height, other.height)
        row = Image.new("L", (3 * width + 16, height + 8), GREYS // 2)
        sides = [Image.new("L", (width, height), GREYS - 1) for _ in (one, other)]
        for place, (side, picture) in enumerate(zip(sides, (one, other), strict=True)):
            side.paste(picture, (0, 0))
            row.paste(side, (place * (width + 8), 0))
        differs = ImageChops.difference(*sides).point(
            [GREYS - 1 - each for each in range(GREYS)] * GREYS
        )
        row.paste(differs, (2 * (width + 8), 0))
        rows[name] = row
    return sheet(rows)
