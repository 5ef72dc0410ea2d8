"""Pictures that the demonstration draws itself: patterns that differ, from a few formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIZE = (960, 640)
DARK_SHARE = 0.9985
"""Of the night sky: the rest are stars."""
PALETTES = (
    ((38, 34, 30), (240, 214, 150)),
    ((10, 90, 103), (244, 238, 226)),
    ((147, 40, 27), (250, 236, 214)),
    ((24, 44, 92), (214, 226, 240)),
    ((60, 80, 40), (240, 240, 214)),
)


def draw(pattern: str, target: Path, seed: int) -> None:
    """Draw one pattern as a JPEG; the same seed draws the same picture."""
    values = shade(pattern, seed)
    dark, light = (np.array(each, dtype=np.float64) for each in PALETTES[seed % len(PALETTES)])
    coloured = dark + values[..., None] * (light - dark)
    Image.fromarray(coloured.clip(0, 255).astype(np.uint8)).save(target, "JPEG", quality=82)


def shade(pattern: str, seed: int) -> NDArray[np.float64]:
    """Return the brightness of every pixel, from 0 to 1."""
    width, height = SIZE
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    u, v = (x - width / 2) / height, (y - height / 2) / height
    radius, angle = np.hypot(u, v), np.arctan2(v, u)
    n = 3 + seed % 4
    formulas = {
        "chladni": np.abs(np.cos(n * 3 * u) * np.cos(5 * v) - np.cos(5 * u) * np.cos(n * 3 * v)),
        "field": np.abs(np.sin(9 * np.arctan2(v, u - 0.3) - 9 * np.arctan2(v, u + 0.3))),
        "rings": 0.5 + 0.5 * np.cos(60 * radius + n * angle),
        "waves": 0.5
        + 0.25 * np.sin(30 * np.hypot(u - 0.4, v))
        + 0.25 * np.sin(30 * np.hypot(u + 0.4, v)),
        "drops": 0.5 + 0.5 * np.cos(80 * radius * radius),
        "leaf": np.abs(np.sin(7 * u + 4 * np.sin(5 * v))) * np.exp(-2 * radius),
        "stars": (np.random.default_rng(seed).random((height, width)) > DARK_SHARE).astype(
            np.float64
        ),
        "lamps": np.exp(-4 * np.hypot(u - 0.3, v)) + np.exp(-4 * np.hypot(u + 0.3, v + 0.1)),
        "moire": 0.5 + 0.5 * np.cos(70 * u + 6 * np.sin(9 * v)),
        "cells": np.abs(np.sin(12 * u + np.cos(9 * v)) * np.sin(12 * v + np.cos(9 * u))),
    }
    values: NDArray[np.float64] = formulas[pattern]
    spread = float(np.ptp(values))
    return (values - values.min()) / (spread or 1.0)
