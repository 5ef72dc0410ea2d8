"""Drawn stand-ins for films, pages and drawings: a few lines of SVG, so that nothing is loaded."""

from __future__ import annotations

from urllib.parse import quote

WIDE, PAGE, SHEET = (320, 180), (240, 320), (1616, 364)
"""Sizes in pixels; a contact sheet has two rows of five frames of 320 x 180, four pixels apart."""
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}">'
MAGNET = (
    '<rect width="320" height="180" fill="#e9dcc2"/><g transform="rotate(-18 160 90)">'
    '<rect x="90" y="72" width="70" height="36" fill="#1d4a7c"/>'
    '<rect x="160" y="72" width="70" height="36" fill="#a83224"/></g>'
)
LINES = (
    '<rect width="240" height="320" fill="#fff"/><path d="M24 40h120M24 72h192M24 92h192M24 112h150'
    'M24 232h192M24 252h192M24 272h96" stroke="#555" stroke-width="6"/>'
    '<rect x="24" y="136" width="192" height="72" fill="#e6dbc6"/>'
)


def film() -> str:
    """Return a still of a film, 16:9."""
    return _address(WIDE, MAGNET)


def page() -> str:
    """Return a page of a document, 3:4."""
    return _address(PAGE, LINES)


def sheet() -> str:
    """Return a contact sheet of ten frames."""
    frames = (
        f'<g transform="translate({place % 5 * 324} {place // 5 * 184})">{MAGNET}</g>'
        for place in range(10)
    )
    return _address(SHEET, "".join(frames))


def _address(size: tuple[int, int], drawn: str) -> str:
    return f"data:image/svg+xml,{quote(HEAD.format(*size) + drawn + '</svg>')}"
