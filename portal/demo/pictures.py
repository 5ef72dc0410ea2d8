"""Pictures that the demonstration draws itself, still and moving, from a few formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZE = (960, 640)
DARK_SHARE = 0.9985
"""Of the night sky: the rest are stars."""
RINGS = 70
"""Star trails from the pole to the corner."""
PALETTES = (
    ((38, 34, 30), (176, 122, 52), (250, 236, 202)),
    ((6, 52, 66), (30, 132, 140), (246, 238, 220)),
    ((84, 22, 24), (196, 84, 50), (252, 232, 206)),
    ((16, 26, 62), (70, 104, 164), (232, 236, 240)),
    ((34, 50, 26), (122, 142, 72), (244, 240, 212)),
)
"""Dark, middle and light, of the earths and inks of old prints."""

Pixels = NDArray[np.float64]


def draw(pattern: str, target: Path, seed: int) -> None:
    """Draw one pattern as a JPEG; the same seed draws the same picture."""
    frame(pattern, seed).save(target, "JPEG", quality=82)


def frame(pattern: str, seed: int, size: tuple[int, int] = SIZE, phase: float = 0.0) -> Image.Image:
    """Return one picture of a pattern; `phase` moves on from frame to frame of a film."""
    values = shade(pattern, seed, size, phase)
    palette = np.array(PALETTES[seed % len(PALETTES)], dtype=np.float64)
    stops = np.linspace(0, 1, len(palette))
    channels = [np.interp(values, stops, palette[:, channel]) for channel in range(3)]
    return Image.fromarray(np.stack(channels, axis=-1).astype(np.uint8))


def shade(pattern: str, seed: int, size: tuple[int, int] = SIZE, phase: float = 0.0) -> Pixels:
    """Return the brightness of every pixel, from 0 to 1."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    u, v = (x - width / 2) / height, (y - height / 2) / height
    values = _FORMULAS[pattern](u, v, seed, phase)
    spread = float(np.ptp(values))
    return (values - values.min()) / (spread or 1.0)


def _chladni(u: Pixels, v: Pixels, seed: int, phase: float) -> Pixels:
    n = 3 * (3 + seed % 4) + 0.4 * np.sin(phase / 3)
    return np.abs(np.cos(n * u) * np.cos(5 * v) - np.cos(5 * u) * np.cos(n * v))


def _field(u: Pixels, v: Pixels, seed: int, phase: float) -> Pixels:
    """Lines around two poles, which turn about each other as `phase` goes on."""
    del seed
    turn = phase / 12
    a, b = 0.3 * np.cos(turn), 0.3 * np.sin(turn)
    return np.abs(np.sin(9 * np.arctan2(v - b, u - a) - 9 * np.arctan2(v + b, u + a)))


def _rings(u: Pixels, v: Pixels, seed: int, phase: float) -> Pixels:
    return 0.5 + 0.5 * np.cos(60 * np.hypot(u, v) + (3 + seed % 4) * np.arctan2(v, u) - phase)


def _waves(u: Pixels, v: Pixels, seed: int, phase: float) -> Pixels:
    del seed
    left, right = np.hypot(u - 0.4, v), np.hypot(u + 0.4, v)
    return np.sin(30 * left - phase) + np.sin(30 * right - phase)


def _drops(u: Pixels, v: Pixels, seed: int, phase: float) -> Pixels:
    del seed
    return np.cos(80 * (u * u + v * v) - phase) * np.exp(-2 * np.hypot(u, v))


def _leaf(u: Pixels, v: Pixels, seed: int, phase: float) -> Pixels:
    del seed
    radius = np.hypot(u, v)
    return np.abs(np.sin(7 * u + 4 * np.sin(5 * v) + phase / 4)) * np.exp(-2 * radius)


def _stars(u: Pixels, v: Pixels, seed: int, phase: float) -> Pixels:
    del v, phase
    sky = (np.random.default_rng(seed).random(u.shape) > DARK_SHARE).astype(np.float64)
    wide = sum(np.roll(np.roll(sky, dx, 1), dy, 0) for dx in (0, 1) for dy in (0, 1))
    return np.minimum(wide, 1.0) + 0.25 * np.exp(-6 * (u + 0.2) ** 2)


def _trails(u: Pixels, v: Pixels, seed: int, phase: float) -> Pixels:
    """Stars that turn about the pole, each leaving an arc."""
    random = np.random.default_rng(seed)
    begins, spans = random.random(RINGS) * 2 * np.pi, random.random(RINGS) * 1.4
    radius = np.hypot(u, v - 0.3) * RINGS / 1.5
    ring = np.minimum(radius.astype(np.int64), RINGS - 1)
    behind = np.mod(np.arctan2(v - 0.3, u) - begins[ring] - phase / 20, 2 * np.pi)
    lit = np.clip(1 - behind / (0.2 + spans[ring]), 0, 1)
    return lit * (1 - np.abs(2 * (radius - ring) - 1)) + 0.2 * (v + 0.5)


def _aurora(u: Pixels, v: Pixels, seed: int, phase: float) -> Pixels:
    del seed
    height = v + 0.05 + 0.14 * np.sin(3.5 * u + phase / 6) + 0.05 * np.sin(9 * u - phase / 4)
    curtain = np.where(height < 0, np.exp(4 * height), np.exp(-40 * height))
    return curtain * (0.75 + 0.25 * np.sin(24 * u + 5 * np.sin(2 * u + phase / 5)))


def _strata(u: Pixels, v: Pixels, seed: int, phase: float) -> Pixels:
    del seed
    bent = v + 0.1 * np.sin(2.5 * u + phase / 10) + 0.03 * np.sin(11 * u)
    return np.sin(20 * bent) + 0.5 * np.sin(53 * bent + 2 * np.sin(3 * u)) + 0.8 * bent


def _prism(u: Pixels, v: Pixels, seed: int, phase: float) -> Pixels:
    """Light from the left, parted into a fan on the right."""
    del seed
    behind, above = u + 0.1, v - 0.12 * np.sin(phase / 9)
    angle = np.arctan2(above, np.abs(behind) + 0.02)
    fan = np.exp(-9 * angle**2) * (0.6 + 0.4 * np.cos(26 * angle))
    return np.where(behind > 0, fan, np.exp(-((above / 0.03) ** 2)))


def _lamps(u: Pixels, v: Pixels, seed: int, phase: float) -> Pixels:
    del seed
    sway = 0.05 * np.sin(phase / 5)
    return np.exp(-4 * np.hypot(u - 0.3 - sway, v)) + np.exp(-4 * np.hypot(u + 0.3, v + 0.1))


def _moire(u: Pixels, v: Pixels, seed: int, phase: float) -> Pixels:
    return np.cos((60 + seed % 30) * u + 6 * np.sin(9 * v) + phase)


def _cells(u: Pixels, v: Pixels, seed: int, phase: float) -> Pixels:
    del seed
    return np.abs(
        np.sin(12 * u + np.cos(9 * v + phase / 6)) * np.sin(12 * v + np.cos(9 * u - phase / 6))
    )


_FORMULAS: dict[str, Callable[[Pixels, Pixels, int, float], Pixels]] = {
    "aurora": _aurora,
    "cells": _cells,
    "chladni": _chladni,
    "drops": _drops,
    "field": _field,
    "lamps": _lamps,
    "leaf": _leaf,
    "moire": _moire,
    "prism": _prism,
    "rings": _rings,
    "stars": _stars,
    "strata": _strata,
    "trails": _trails,
    "waves": _waves,
}
PATTERNS = tuple(_FORMULAS)
