"""Questions to axe-core about a page, and what it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT: Final = Axe().axe_script
LEVELS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING: Final = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
COLOURS: Final = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
"""The rules of axe-core that look at colours: what else they look at is the same in the dark."""
ROOM: Final = {
    "runOnly": {"type": "rule", "values": ["target-size", "scrollable-region-focusable"]},
    "resultTypes": ["violations"],
}
"""The rules that look at where things are, which is not the same on a small screen."""


def ask(page: Page, options: dict[str, Any]) -> None:
    """Have axe-core look, and go on meanwhile: two pages are looked at on two cores."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(SCRIPT)
    page.evaluate(
        "options => { window.looked = axe.run(document, options).then((told) => told.violations); }",
        options,
    )


def findings(page: Page, where: str) -> list[str]:
    """Return what axe-core has found."""
    found = page.evaluate("() => window.looked")
    return [f"{where}: {each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]
