"""What the specimens of giving and of the desk show: files on their way, notes, a queue. Invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from catalog.decisions import Decision
from catalog.reviews import Claim
from catalog.texts import Picked
from portal.contribute.columns import column_of
from portal.contribute.forms import DraftForm
from portal.contribute.stopped import StoppedRow
from portal.field_labels import ROLES, role_name
from portal.file_rows import DOING, FileRow
from portal.formatting import clock
from portal.moderate.findings import Finding
from portal.moderate.present import Point
from portal.moderate.waiting import Waiting, points_open
from portal.numerals import ngettext
from portal.paging import Shown
from portal.playing import Frame, FrameStrip
from portal.specimens import pictures
from portal.threads import Place, Said

HERE = "/components"
AT = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
GIVER, CURATOR = "Lin Yue", "M. Haddad"
FORM = DraftForm(
    kind="film",
    language="zh",
    title={"zh": "会指北的针", "en": "The needle that knows north"},
    summary={
        "zh": "一根缝衣针，在磁铁上同一方向擦四十次，就会指向北方。",
        "en": "A sewing needle wiped forty times on a magnet will point to the north.",
    },
)


def things() -> dict[str, Any]:
    """Return the things by the names that the page has for them."""
    files = _files()
    return {
        "files": files,
        "stopped": _stopped(),
        "roles": [(role, str(words)) for role, words in ROLES.items()],
        "columns": [
            column_of("zh", original=True),
            column_of(
                "en",
                original=False,
                drafted=frozenset({"summary"}),
                checked={"title": _("Checked by you")},
            ),
        ],
        "form": FORM,
        "faults": [Shown(field, _("This is too long.")) for field in ("country", "title.zh")],
        "decisions": [Decision("ask_changes", "Please name the children's school.", CURATOR, AT)],
        "queue": _queue(),
        "strip": _strip(),
        "notes": _notes(),
        "findings": [
            Finding("accept", _("All files open and are whole")),
            Finding("hold", _("holds a file that is the same"), "Волны маятника", HERE),
            Finding("refuse", _("Cannot be taken")),
        ],
        "points": [
            Point("science", "The science is right", "en", ticked=True),
            Point("people", "People who are seen have agreed", "en", ticked=False),
        ],
        "points_open": points_open(1, 2),
        "claim": Claim("curator", CURATOR, AT, AT + timedelta(days=7)),
    }


def _files() -> list[FileRow]:
    """Return a file in each of its states: read, good, held, refused, failed."""
    good = FileRow(
        id="poster",
        filename="poster_4k.png",
        icon="draw",
        picture=pictures.film(),
        role=role_name("poster"),
        size=6_200_000,
        facts=("2400 × 1350",),
        verdict="accept",
        reasons=(),
        released=False,
        release_note=None,
        working=False,
        failed=False,
        step=4,
        steps=4,
        doing="",
        role_tag="poster",
        language=None,
        address=HERE,
        film=None,
        pictures=(),
    )
    paper = replace(good, icon="lesson_plan", picture=None, role=role_name("attachment"))
    doing = str(DOING["pictures"])
    return [
        replace(good, id="read", verdict=None, working=True, step=3, doing=doing, facts=()),
        good,
        replace(paper, id="held", filename="macros.docm", verdict="hold", reasons=("macros",)),
        replace(paper, id="refused", filename="part2.mov", verdict="refuse", reasons=("damaged",)),
        replace(paper, id="failed", filename="plan.pdf", verdict=None, failed=True),
    ]


def _stopped() -> StoppedRow:
    return StoppedRow(
        id="stopped",
        filename="field_film_master_1080p.mp4",
        icon="film",
        role=role_name("main"),
        size=3_100_000_000,
        received=1_900_000_000,
        address=HERE,
        modified="",
        path="",
    )


def _queue() -> list[Waiting]:
    """Return submissions of each finding, one of them open, one in other hands."""
    first = Waiting(
        id="needle",
        address=HERE,
        kind="film",
        picture=pictures.film(),
        title=Picked("会指北的针", "zh", "original"),
        giver="Lanzhou",
        age=_("today"),
        languages=("zh", "en"),
        finding=Finding("hold", ngettext("%(num)s file held", "%(num)s files held", 1)),
        holder=None,
        mine=False,
        current=True,
    )
    waves = Picked("Волны маятника", "ru", "original")
    well = Finding("accept", _("All checks passed"))
    light = Picked("Η διαδρομή του φωτός", "el", "original")
    return [
        first,
        replace(first, kind="exhibit", picture=None, title=waves, finding=well, current=False),
        replace(first, title=light, holder="Ana Petrović", current=False),
    ]


def _strip() -> FrameStrip:
    frames = tuple(
        Frame(55.0 * place, -(place % 5) * 324, -(place // 5) * 184, noted=place in (4, 7))
        for place in range(10)
    )
    return FrameStrip(pictures.sheet(), *pictures.SHEET, 180, frames)


def _notes() -> list[Said]:
    """Return an open note with an answer, and a settled one among curators."""
    first = Said(
        id="1",
        text="Whose hands are these? Please say that the parents agreed, or cut here.",
        author=CURATOR,
        mine=True,
        at=AT,
        place=Place(clock(220), "play", "", HERE, 220.0, "film"),
        private=False,
        settled_at=None,
        state=_("open"),
    )
    answer = replace(
        first, id="2", text="They signed in September.", author=GIVER, mine=False, state=""
    )
    table = replace(
        first,
        id="3",
        text="The table runs off the page.",
        mine=False,
        place=Place(_("page %(page)s", page="2"), "lesson_plan", "plan.pdf", HERE),
        private=True,
        settled_at=AT,
        state=_("settled"),
    )
    return [replace(first, answers=(answer,)), table]
