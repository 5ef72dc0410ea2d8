"""A real browser, and what people do in it on every journey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.factories.house import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, ViewportSize

    from tests.journeys.conftest import Running
    from tests.journeys.furnished import Sight

ARGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--host-resolver-rules=MAP plain.test 127.0.0.1",
)
"""`plain.test` is this machine by a name that Chromium does not trust, as it does a loopback address:
there it tells nothing of its line (Accept-CH counts in secure contexts only)."""
PATIENCE: Final = 120_000
"""Milliseconds: a machine busy with other tests takes its time over a page."""
SMALL: Final[ViewportSize] = {"width": 320, "height": 640}
LARGE: Final[ViewportSize] = {"width": 1280, "height": 800}
SIDEWAYS: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""How many pixels a page is wider than its window."""

FOCUS: Final = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const box = [...here.getClientRects()].find((each) => each.width && each.height)
    || here.getBoundingClientRect();
  const style = getComputedStyle(here);
  const free = [[.5, .5], [.05, .1], [.95, .9], [.05, .9], [.95, .1]].some(([across, down]) => {
    const top = document.elementFromPoint(box.x + box.width * across, box.y + box.height * down);
    return top && (here.contains(top) || [...here.labels || []].some((each) => each.contains(top)));
  });
  return {
    name: `${here.tagName} ${here.id || here.name || here.textContent.trim().slice(0, 30)}`,
    seen: box.width > 0 && box.height > 0 && style.outlineStyle !== 'none' && free,
  };
}"""
"""Where the keyboard is, and whether it can be seen there: outlined, and not below something else."""


def opened(
    playwright: Playwright,
    args: Sequence[str] = ARGS,
    env: dict[str, str | float | bool] | None = None,
) -> Browser:
    """Start the browser of the machine."""
    program = "/usr/bin/chromium"
    return playwright.chromium.launch(executable_path=program, args=list(args), env=env)


def sign_in(page: Page, running: Running, who: str) -> None:
    """Sign in by keyboard alone: the first field has the focus already."""
    page.goto(f"{running.address}/sign-in")
    page.locator("#email:focus").wait_for()
    page.keyboard.type(f"{who}@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{running.address}/")


def draft_of(page: Page) -> str:
    """Return the id of the gift whose page is open."""
    return page.url.partition("#")[0].partition("?")[0].rpartition("/")[2]


class Visit:
    """A page of a browser for each person, and what its console said."""

    def __init__(
        self, browser: Browser, running: Running, tag: str, window: ViewportSize = LARGE
    ) -> None:
        self.said: list[str] = []
        self.window = window
        self._browser, self._running, self._tag = browser, running, tag
        self._pages: dict[str | None, Page] = {}

    def page_of(self, who: str | None) -> Page:
        """Return the page of a person, signed in, and without motion."""
        if who not in self._pages:
            context = self._browser.new_context(
                viewport=self.window, locale=self._tag, reduced_motion="reduce"
            )
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            page.on("console", self._hear)
            page.on("pageerror", lambda error: self.said.append(str(error)))
            self._pages[who] = page
            if who is not None:
                sign_in(page, self._running, who)
        return self._pages[who]

    def opened(self, sight: Sight) -> Page:
        """Open a page and do there what belongs to it."""
        page = self.page_of(sight.who)
        page.set_viewport_size(self.window)
        with sight.trouble(self._running):
            page.goto(f"{self._running.address}{sight.path}")
            if sight.then is not None:
                sight.then(page)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        """Note errors and warnings, but that an error page comes with its status."""
        if message.type in ("error", "warning") and "a status of" not in message.text:
            self.said.append(message.text)

    def close(self) -> None:
        """Close the pages of everybody."""
        for page in self._pages.values():
            page.context.close()
