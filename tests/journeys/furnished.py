"""A house with something in every state, and each kind of page of it with who may see it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from catalog import agreements, notes
from catalog.resources import reading
from tests.factories.files import CHINESE, ENGLISH, FILM, PLAN, QUESTIONS, TUBE, publish
from tests.journeys.troubles import disk_full, files_away, search_away

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.factories.house import House
    from tests.journeys.conftest import Running

SEARCHES_PER_MINUTE: Final = 100
"""Of the portal over this house: enough for all who look at it, and soon spent by one who hurries."""


@dataclass(frozen=True)
class Sight:
    """A page, who looks at it, and what they do there before it is as meant."""

    path: str
    who: str | None = None
    then: Callable[[Page], None] | None = None
    trouble: Callable[[Running], AbstractContextManager[object]] = nullcontext
    """What is wrong with the portal meanwhile."""


@dataclass(frozen=True)
class Furnished:
    """A portal over such a house, and its pages by name."""

    running: Running
    sights: dict[str, Sight]


def furnish(house: House) -> dict[str, Sight]:
    """Put something into every state; return each kind of page."""
    film = house.bring_to("published", description={"en": "Long.", "zh": "长。"})
    files = [FILM, ENGLISH, CHINESE, QUESTIONS, replace(PLAN, role="attachment")]
    words = {"title": {"en": "Forty strokes"}, "summary": {"en": "A needle", "zh": "针"}}
    whole = publish(house, files, **words)
    exhibit = publish(
        house,
        [TUBE, PLAN],
        kind="exhibit",
        title={"ar": "بندول", "en": "A pendulum"},
        details={"mass_kg": 86, "buildability": 2},
    )
    closed = house.bring_to("published", access="partners", content=b"closed")
    gone = house.bring_to("withdrawn", content=b"gone")
    draft = house.give(content=b"draft", verdict="hold")
    bare = house.give(content=b"bare", title={}, subjects=[])
    asked = house.bring_to("changes_asked", content=b"asked")
    declined = house.bring_to("declined", content=b"declined")
    waiting = house.bring_to("submitted", content=b"waiting", verdict="hold")
    mine = house.bring_to("in_review", content=b"mine")
    _talk_and_agree(house, mine)
    house.index()
    return {
        "front": Sight("/"),
        "found": Sight("/?q=magnets&kind=film"),
        "nothing found": Sight("/?q=zzzz"),
        "film": Sight(f"/resources/{film}"),
        "film of all forms": Sight(f"/resources/{whole}"),
        "exhibit": Sight(f"/resources/{exhibit}"),
        "closed": Sight(f"/resources/{closed}"),
        "withdrawn": Sight(f"/resources/{gone}"),
        "published, to its curator": Sight(f"/resources/{film}", "curator"),
        **_for_all(),
        **_giving(draft, bare, asked, declined, waiting),
        **_judging(waiting, mine),
        **_managing(),
        **_in_trouble(film, mine),
    }


def _talk_and_agree(house: House, rid: str) -> None:
    """Leave a note on a resource in review, and make an agreement."""
    with house.services.database.unit_of_work() as session:
        curator = house.actors["curator"]
        view = reading.working_version(session, curator, rid)
        notes.leave(session, by=curator, view=view, text="Here.", anchor={"field": "title"})
        parties = ["lanzhou", "muscat"]
        agreements.add(session, by=None, agreement_id="silk", parties=parties)


def _for_all() -> dict[str, Sight]:
    pages = ("about", "terms", "privacy", "help", "accessibility", "institutions", "statistics")
    return {
        **{name: Sight(f"/{name}") for name in pages},
        "institution": Sight("/institutions/lanzhou"),
        "API": Sight("/api/v1/docs"),
        "sign-in": Sight("/sign-in"),
        "sign-in refused": Sight("/sign-in", then=_with_a_wrong_password),
        "account": Sight("/account", "contributor"),
        "not found": Sight("/nothing"),
        "not understood": Sight("/?page=x"),
        "not open": Sight("/moderate", "contributor"),
    }


def _giving(draft: str, bare: str, asked: str, declined: str, waiting: str) -> dict[str, Sight]:
    pages = {
        "given": Sight("/contribute"),
        "draft": Sight(f"/contribute/{draft}?beside=ar"),
        "draft refused": Sight(f"/contribute/{bare}", then=_press("button[value=hand_over]")),
        "changes asked": Sight(f"/contribute/{asked}"),
        "declined": Sight(f"/contribute/{declined}"),
        "handed over": Sight(f"/contribute/{waiting}"),
        "statistics of its own": Sight("/institutions/lanzhou/statistics"),
    }
    return {name: replace(sight, who="contributor") for name, sight in pages.items()}


def _judging(waiting: str, mine: str) -> dict[str, Sight]:
    decide = "button[name=decision][value={}]"
    pages = {
        "queue": Sight("/moderate"),
        "review": Sight(f"/moderate/{waiting}"),
        "review of one's own": Sight(f"/moderate/{mine}"),
        "asked once more": Sight(f"/moderate/{mine}", then=_press(decide.format("publish"))),
        "decision refused": Sight(f"/moderate/{mine}", then=_press(decide.format("decline"))),
        "too large": Sight(f"/moderate/{mine}", then=_with_too_long_a_note),
    }
    return {name: replace(sight, who="curator") for name, sight in pages.items()}


def _managing() -> dict[str, Sight]:
    pages = {
        "managing": Sight("/manage"),
        "managing an institution": Sight("/manage/institutions/lanzhou"),
        "managing people": Sight("/manage/people"),
        "managing agreements": Sight("/manage/agreements"),
        "managing an agreement": Sight("/manage/agreements/silk"),
        "managing words": Sight("/manage/vocabulary"),
        "managing a word": Sight("/manage/vocabulary/magnetism"),
        "managing checklists": Sight("/manage/checklists"),
        "managing a point": Sight("/manage/checklists", then=_follow("main .rows a")),
    }
    return {name: replace(sight, who="admin") for name, sight in pages.items()}


def _in_trouble(film: str, mine: str) -> dict[str, Sight]:
    """Return the pages that say what does not work now: 429, 503 and 507."""
    review = Sight(f"/moderate/{mine}", "curator")
    return {
        "front, while the search rests": Sight("/", trouble=search_away),
        "words, while the search rests": Sight("/?q=magnets", trouble=search_away),
        "kinds, while the search rests": Sight("/?kind=film", trouble=search_away),
        "files away": Sight(f"/resources/{film}", then=_take, trouble=files_away),
        "disk full": replace(review, then=_with_a_note, trouble=disk_full),
        "too many searches": Sight("/?q=magnets", then=_in_a_hurry),
    }


def _press(selector: str) -> Callable[[Page], None]:
    """Press a button, and wait for the page that answers."""

    def pressed(page: Page) -> None:
        with page.expect_navigation():
            page.locator(f"main {selector}:visible").last.click()

    return pressed


def _follow(selector: str) -> Callable[[Page], None]:
    def followed(page: Page) -> None:
        with page.expect_navigation():
            page.locator(selector).first.click()

    return followed


def _with_a_wrong_password(page: Page) -> None:
    page.fill("#email", "nobody@example.org")
    page.fill("#password", "not this one")
    with page.expect_navigation():
        page.click("main form .btn.solid")


def _with_a_note(page: Page, length: float = 300) -> None:
    with page.expect_navigation():
        page.evaluate(
            "(length) => { const form = document.querySelector('.new-note');"
            " form.elements.text.value = 'x'.repeat(length); form.requestSubmit(); }",
            length,
        )


def _with_too_long_a_note(page: Page) -> None:
    _with_a_note(page, 4.3e6)


def _take(page: Page) -> None:
    """Open the file itself, as a link does that somebody was sent."""
    file = page.locator("a[download]").first.get_attribute("href")
    page.goto(page.evaluate("path => new URL(path, location).href", file))


def _in_a_hurry(page: Page) -> None:
    """Search until it is too much; from an address of one's own, so that others go on searching."""
    page.set_extra_http_headers({"X-Forwarded-For": "192.0.2.1"})
    page.evaluate(
        "async (most) => { for (let count = 0; count <= most; count += 1) {"
        " const told = await fetch('/api/v1/suggestions?q=m'); if (told.status === 429) return; } }",
        SEARCHES_PER_MINUTE,
    )
    page.reload()
    page.set_extra_http_headers({})
