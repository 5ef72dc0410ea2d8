"""The components look as they did: their styles and small pictures against a stored baseline.

The page of components comes straight from the app, without a server. After a change that is meant:
`python -m pytest tests/journeys/test_components.py --renew-baseline`, and look at what has changed.
"""

from __future__ import annotations

import base64
import io
import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, Route

from config.settings import load
from portal.app import create_app
from portal.services import build
from portal.specimens.views import install
from tests.journeys import browsing, likeness
from tests.journeys.axe import COLOURS, EVERYTHING, ask, findings
from tests.journeys.browsing import ARGS, SIDEWAYS
from tests.journeys.conftest import ROOT
from tests.journeys.likeness import SMALLER, Look, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

LOOKS = (
    Look("wide", 1280),
    Look("wide-dark", 1280, colours="dark"),
    Look("narrow", 320),
    Look("wide-arabic", 1280, "ar"),
    Look("narrow-arabic-dark", 320, "ar", "dark"),
)
ORIGIN = "http://components.test"
PATIENCE = 300_000
"""Milliseconds for a page, only against hanging: with both cores busy one has taken 30 s."""
PICTURES = ROOT / "build" / "pictures" / "components"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    settings = load({"CARAVAN_HOME": str(tmp_path_factory.mktemp("components"))})
    services = build(settings)
    app = create_app(settings, services)
    install(app)
    yield app.test_client()
    services.close()


@pytest.fixture(scope="module")
def noto(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], list[str]]:
    return likeness.only_noto(tmp_path_factory.mktemp("fonts"))


@pytest.fixture(scope="module")
def browser(playwright: Playwright, noto: tuple[dict[str, str], list[str]]) -> Iterator[Browser]:
    """Give a browser with a few fonts and no colours of its own."""
    args = (*ARGS, "--force-color-profile=srgb", "--hide-scrollbars")
    running = browsing.opened(playwright, args, env={**os.environ, **noto[0]})
    yield running
    running.close()


@pytest.fixture(scope="module")
def made_with(browser: Browser, noto: tuple[dict[str, str], list[str]]) -> list[str]:
    return [f"Chromium {browser.version.partition('.')[0]}", *noto[1]]


def unchanged(path: str, body: bytes) -> bytes:
    del path
    return body


@pytest.fixture
def opened(browser: Browser, client: FlaskClient) -> Iterator[Callable[..., Page]]:
    """Open a page that the app answers without a server; `change` may change what is sent."""
    pages: list[Page] = []

    def open_page(change: Callable[[str, bytes], bytes] = unchanged) -> Page:
        def serve(route: Route) -> None:
            url = urlsplit(route.request.url)
            answer = client.get(f"{url.path}?{url.query}")
            headers = {name: each for name, each in answer.headers.items() if name != "Set-Cookie"}
            body = change(url.path, answer.data)
            route.fulfill(status=answer.status_code, headers=headers, body=body)

        pages.append(browser.new_context(reduced_motion="reduce").new_page())
        pages[-1].context.route("**/*", serve)
        pages[-1].set_default_timeout(PATIENCE)
        return pages[-1]

    yield open_page
    for page in pages:
        page.context.close()


def visit(page: Page, look: Look) -> None:
    """Bring the page to a look; it is loaded where it is not there in that language."""
    page.set_viewport_size({"width": look.width, "height": 800})
    page.emulate_media(color_scheme="dark" if look.colours == "dark" else "light")
    address = f"{ORIGIN}/components?lang={look.tag}"
    if page.url != address:
        page.goto(address)
        page.wait_for_selector("html[data-shown]", state="attached")


def seen(page: Page, look: Look) -> Seen:
    """Look at the components."""
    visit(page, look)
    told = page.evaluate(likeness.SCRIPT.read_text("utf-8"))
    return Seen(told["styles"], taken(page, told["boxes"]))


def taken(page: Page, boxes: list[tuple[str, int, int, int, int]]) -> dict[str, Image.Image]:
    """Take a picture of each component, out of one of the page that is drawn smaller."""
    size: tuple[int, int] = page.evaluate(
        "[document.documentElement.clientWidth, document.documentElement.scrollHeight]"
    )
    clip = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1 / SMALLER}
    asked = {"format": "png", "captureBeyondViewport": True, "clip": clip}
    answer = page.context.new_cdp_session(page).send("Page.captureScreenshot", asked)
    image = likeness.in_greys(Image.open(io.BytesIO(base64.b64decode(answer["data"]))))
    found = {}
    for name, *place in boxes:
        x, y, width, height = (round(each / SMALLER) for each in place)
        found[name] = image.crop((x, y, x + width, y + height))
    return found


def test_components_look_as_they_did(
    opened: Callable[..., Page], made_with: list[str], request: pytest.FixtureRequest
) -> None:
    page = opened()
    now = {look.name: seen(page, look) for look in LOOKS}
    if request.config.getoption("--renew-baseline"):
        likeness.keep(now, made_with)
    kept, was_made_with = likeness.kept()
    assert list(kept) == list(now)
    wrong = {name: found for name in now if (found := likeness.differences(kept[name], now[name]))}
    for look in LOOKS:
        if look.name in wrong:
            PICTURES.mkdir(parents=True, exist_ok=True)
            pictured = likeness.beside(kept[look.name], now[look.name], list(wrong[look.name]))
            pictured.save(PICTURES / f"{look.name}-difference.png")
            seen(page, look)
            page.screenshot(path=PICTURES / f"{look.name}.png", full_page=True)
    assert not wrong, said(wrong, sorted(set(made_with) ^ set(was_made_with)))


def said(wrong: dict[str, dict[str, list[str]]], made_otherwise: list[str]) -> str:
    """Return what differs, in lines; first that the baseline was made with other fonts, if it was."""
    lines = [f"Pictures are in {PICTURES.relative_to(ROOT)}."]
    if made_otherwise:
        lines += [
            "The baseline was made with others, so that pictures may differ:",
            *made_otherwise,
        ]
    for look, components in wrong.items():
        for name, words in components.items():
            lines += [f"{look}, {name}: {each}" for each in words[:3]]
    return "\n".join(lines[:60])


BREAKS = (
    (
        "Controls",
        "caravan.css",
        b"min-block-size: 44px; padding: 8px 18px",
        b"min-block-size: 44px; padding: 8px 22px",
    ),
    (
        "Verdict badge",
        "caravan.css",
        b".verdict.accept { color: var(--glaze)",
        b".verdict.accept { color: var(--ink)",
    ),
    (
        "Upload row",
        "caravan.css",
        b"var(--glaze) 6px, transparent 6.5px",
        b"var(--glaze) 1px, transparent 1.5px",
    ),
    ("Pager", "components", b'data-component="Pager"', b""),
)
"""A padding, a colour, the bead of a line that no style of an element tells of, a component."""


def test_what_changes_is_seen(opened: Callable[..., Page]) -> None:
    def broken(path: str, body: bytes) -> bytes:
        for _name, end, old, new in BREAKS:
            if path.endswith(end):
                assert old in body, old
                body = body.replace(old, new)
        return body

    kept, _made_with = likeness.kept()
    found = likeness.differences(kept["wide"], seen(opened(broken), LOOKS[0]))
    assert {name for name, *_rest in BREAKS} <= set(found)
    assert any("picture" in words for words in found["Upload row"])


def test_components_are_for_everybody_in_every_state(opened: Callable[..., Page]) -> None:
    """By axe-core, and within 320 px with all that can be opened open, where words are longest."""
    page = opened()
    visit(page, LOOKS[0])
    # Two ways through pages stand on this page alone, both named as each is on its own.
    every = {**EVERYTHING, "rules": {"landmark-unique": {"enabled": False}}}
    ask(page, every)
    wrong = findings(page, "light")
    visit(page, LOOKS[1])
    ask(page, COLOURS)
    wrong += findings(page, "dark")
    for tag in ("ru", "fr", "my"):
        visit(page, Look("narrow", 320, tag))
        page.evaluate(
            "document.querySelectorAll('main details').forEach((each) => each.open = true)"
        )
        if page.evaluate(SIDEWAYS) > 0:
            wrong.append(f"{tag}: wider than the screen")
    assert wrong == []
