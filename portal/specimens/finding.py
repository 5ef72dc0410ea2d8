"""What the specimens of finding and taking show: results, facets, a resource, its forms. Invented."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_babel import gettext as _

from catalog.texts import Picked
from config.rights import licence
from portal.browse.looking import Drawing, Leaf, Model, PagePicture
from portal.browse.narrowing import FacetLine
from portal.browse.searching import Why
from portal.browse.taking import FormRow
from portal.facet_labels import KINDS, country_name, language_name
from portal.field_labels import field_label, unit_name
from portal.field_values import enumerated
from portal.formatting import duration
from portal.interface import language
from portal.numerals import ngettext
from portal.paging import Pages
from portal.playing import Player, PlayForm, Track
from portal.rows import Row, age_range, form_name
from portal.specimens import pictures
from portal.weights import line_speed
from search.highlights import Snippet

HERE = "/components"
MUSEUM = "Museum of Earth and Sky, Lanzhou"
SECONDS = (59, 181, 456, 1281, 96_875)
"""What the five weights take on the visitor's line: one to five beads."""
SUMMARY = (
    "Why does a sewing needle, stroked forty times with a magnet, turn to the north? A film in one"
    " take, without narration tricks, from a school yard in Lanzhou."
)
SAID = "…leave the magnet alone and watch the needle find its own way."
LONGER = (
    "Forty strokes along a bar magnet, always in the same direction, and an ordinary sewing needle"
    " knows where north is.\nThere is no narrator. The children say what they see, they are"
    " sometimes wrong, and they find it out themselves."
)


def things() -> dict[str, Any]:
    """Return the things by the names that the page has for them."""
    return {
        "weights": [round(each * line_speed() * 125) for each in SECONDS],
        "results": _results(),
        "chips": [("magnetism", HERE), (language_name("en", language()), HERE)],
        "sorts": [(_("Best match first"), HERE, True), (_("Newest first"), HERE, False)],
        "facets": _facets(),
        "pages": Pages(21, 40, HERE, HERE),
        "kinds": [("film", 214), ("exhibit", 96), ("lesson_plan", 131), ("activity", None)],
        "subjects": [("physics", HERE, 52), ("astronomy", HERE, 41), ("geology", HERE, None)],
        "player": _player(),
        "leaf": Leaf(_page(2), 3, _page(1), _page(3)),
        "model": Model(pictures.film(), "mesh", 640_000),
        "texts": _texts(),
        "dossier": _dossier(),
        "uses": _uses(),
        "rights": licence("CC-BY-ND-4.0"),
        "museum": MUSEUM,
        "drawings": [
            Drawing(pictures.film(), "Front and side", page=1),
            Drawing(pictures.film(), "Model", triangles=18_400),
        ],
        "forms": _forms(),
        "beside": _beside(),
    }


def _result() -> Row:
    at = SUMMARY.index("magnet")
    heard = SAID.index("magnet")
    return Row(
        id="needle",
        kind="film",
        address=HERE,
        picture=pictures.film(),
        is_page=False,
        title=Picked("The needle that knows north", "en", "human"),
        original=Picked("会指北的针", "zh", "original"),
        facts=(duration(552), "2021"),
        labels=(
            (_("Spoken"), language_name("zh", language())),
            (_("Subtitles"), enumerated(language_name(tag, language()) for tag in ("en", "ar"))),
            (_("Ages"), age_range(8, 12)),
        ),
        giver=MUSEUM,
        country=country_name("CN", language()),
        size=5_800_000,
        form=form_name("film_144p", "film"),
        texts=(Snippet("summary", "en", SUMMARY, ((at, at + 6),)),),
        quotes=(Snippet("file", "en", SAID, ((heard, heard + 6),), second=83.0),),
        found_by=(Why(_("Found by subject:"), HERE, "magnetism", "磁学", "zh"),),
    )


def _results() -> list[Row]:
    """Return a film, a document by its page, and a row whose picture and weight are not there yet."""
    film = _result()
    plan = replace(
        film,
        kind="lesson_plan",
        picture=pictures.page(),
        is_page=True,
        title=Picked("A compass from a cork", "en", "human"),
        original=Picked("สร้างเข็มทิศจากจุกไม้ก๊อก", "th", "original"),
        facts=(duration(2700), ngettext("%(num)s page", "%(num)s pages", 4)),
        size=96_000,
        form=form_name("text", "document"),
        texts=(),
        quotes=(),
    )
    coming = replace(
        plan,
        kind="exhibit",
        picture=None,
        is_page=False,
        title=Picked("البوصلة والأسطرلاب على ظهر السفينة", "ar", "original"),
        original=None,
        facts=(),
        labels=(),
        size=None,
        form="",
        found_by=(),
    )
    return [replace(film, shape="tall"), plan, coming]


def _facets() -> list[tuple[str, list[FacetLine], bool]]:
    kinds = [
        FacetLine(kind, str(KINDS[kind]), count, chosen=False)
        for kind, count in (("film", 14), ("exhibit", 6), ("lesson_plan", 11))
    ]
    subjects = [
        FacetLine("physics", "physics", 52, chosen=False),
        FacetLine("magnetism", "magnetism", 38, chosen=True, depth=1),
        FacetLine("eddy_currents", "eddy currents", 4, chosen=False, depth=2),
    ]
    return [("kind", kinds, True), ("subject", subjects, True), ("age", kinds, False)]


def _player() -> Player:
    forms = tuple(
        PlayForm(name, label, HERE, HERE, media_type, size)
        for name, label, media_type, size in (
            ("film_144p", "144p", "video/mp4", 5_800_000),
            ("film_240p", "240p", "video/mp4", 14_600_000),
            ("audio_only", "", "audio/mp4", 3_300_000),
        )
    )
    tracks = tuple(Track(HERE, tag, chosen=tag == "en") for tag in ("en", "zh", "ar"))
    return Player("film", pictures.film(), forms[0], forms, tracks)


def _page(number: int) -> PagePicture:
    return PagePicture(number, pictures.page(), f"{HERE}?page={number}", 64_000)


def _texts() -> list[tuple[Picked, str]]:
    """Return a text of each origin with its words."""
    return [
        (Picked(LONGER, "en", "original"), _("Written by the museum")),
        (Picked(LONGER, "en", "human"), _("Translated by a person")),
        (Picked(LONGER, "en", "machine"), _("Translated by a machine, not checked")),
    ]


def _dossier() -> list[tuple[str, str, str]]:
    figures = (
        ("floor_area_m2", "2.4", "m2"),
        ("height_m", "2.4", "m"),
        ("power_w", _("none"), ""),
        ("mass_kg", "86", "kg"),
        ("crates", "2", ""),
        ("staff", "1", ""),
    )
    return [(field_label(name), figure, unit_name(unit)) for name, figure, unit in figures]


def _uses() -> list[tuple[str, bool, str]]:
    return [
        ("show", True, _("to any public")),
        ("copy", True, _("and pass it on")),
        ("translate", True, _("and share that")),
        ("build", False, _("not for films")),
        ("broadcast", True, _("radio, television")),
        ("alter", False, _("ask first")),
    ]


def _forms() -> list[FormRow]:
    film = FormRow(form_name("film_144p", "film"), _("Good on a laptop"), 5_800_000, HERE)
    return [
        replace(film, suggested=True, use=_("One small file for a phone or a village hall")),
        replace(film, name=form_name("film_480p", "film"), size=41_000_000),
        replace(film, name=form_name("captions_zh", "subtitle"), size=38_000),
        FormRow("worksheet.docm", "", 210_000, None, held=_("A curator must still look at it")),
    ]


def _beside() -> list[FormRow]:
    pages = ngettext("%(num)s page", "%(num)s pages", 2)
    return [
        FormRow("Questions for the class", pages, 84_000, HERE, light=(HERE, 6_000)),
        FormRow("Poster picture", "2400 × 1350", 410_000, HERE),
    ]
