"""Numbers, sizes, times and names in the reader's language, as filters of the templates."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import request
from flask_babel import format_date, format_decimal, format_time, get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from catalog.policy.actions import Action
from config.countries import COUNTRIES
from config.languages import INTERFACE, LANGUAGES, direction
from portal.collation import in_order
from portal.facet_labels import FACETS, FAMILIES, KINDS, MANY, USES, country_name, language_name
from portal.field_labels import GRADES
from portal.icons import breakable, icon, icon_sprite, marked
from portal.identity import actor
from portal.interface import language
from portal.numerals import digits, in_own_digits, ngettext, number
from portal.sentences import field_sentence, reason_sentence
from portal.sizes import NO_BREAK, UNITS, filesize, limit
from portal.weights import FORM_BYTES, LINES, visitors_line, weight

if TYPE_CHECKING:
    from flask import Flask

MINUTE, HOUR = 60, 3600


def speed(kilobits: int) -> str:
    """Return what a line carries, in kbit/s, with a space that does not break."""
    words = _("%(speed)s kbit/s", speed=format_decimal(kilobits))
    return words.replace(" ", NO_BREAK)


def about(seconds: float) -> str:
    """Return how long something takes, roughly."""
    if seconds < MINUTE:
        count = max(1, round(seconds))
        words = ngettext("%(num)s second", "%(num)s seconds", count)
    elif seconds < 1.5 * HOUR:
        words = ngettext("about %(num)s min", "about %(num)s min", round(seconds / MINUTE))
    else:
        words = ngettext("about %(num)s hour", "about %(num)s hours", round(seconds / HOUR))
    return words.replace(" ", NO_BREAK)


def duration(seconds: float | None) -> str:
    """Return the length of a film or sound: 9 min 12 s."""
    if not seconds:
        return ""
    minutes, rest = divmod(round(seconds), MINUTE)
    if not minutes:
        words = _("%(seconds)s s", seconds=number(rest))
    elif minutes >= 10 or not rest:  # noqa: PLR2004 - of a longer film nobody counts the seconds
        words = _("%(minutes)s min", minutes=number(minutes))
    else:
        minute, second = number(minutes), number(rest)
        words = _("%(minutes)s min %(seconds)s s", minutes=minute, seconds=second)
    return words.replace(" ", NO_BREAK)


def paged(pages: int) -> str:
    """Return how many pages something has, with a space that does not break."""
    return ngettext("%(num)s page", "%(num)s pages", pages).replace(" ", NO_BREAK)


def clock(seconds: float | None) -> str:
    """Return a place in a film: 1:23."""
    minutes, rest = divmod(int(seconds or 0), MINUTE)
    return f"{minutes}:{rest:02d}"


def when(moment: datetime | date | None) -> str:
    """Return a day, or a moment with its zone."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        return _(
            "%(day)s, %(time)s UTC",
            day=day(moment),
            time=in_own_digits(format_time(moment, "HH:mm", rebase=False)),
        )
    return in_own_digits(format_date(moment, _long()))


def day(moment: datetime | None) -> str:
    """Return the day of a moment."""
    return in_own_digits(format_date(moment, _long(), rebase=False)) if moment else ""


def _long() -> str:
    """Return how a day is written: with its month in words, and in English not as in America alone."""
    return "d MMMM y" if get_locale().language == "en" else "long"


def own_name(tag: str) -> str:
    """Return the name a language has for itself."""
    return LANGUAGES[tag].own_name if tag in LANGUAGES else language_name(tag, language())


@lru_cache(maxsize=8)
def by_own_names(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return languages by their own names, script by script, the same for every reader.

    Who looks for their own name must find it at the same place on a page they cannot read.
    """
    return tuple(in_order(tags, "en", lambda tag: LANGUAGES[tag].own_name))


@lru_cache(maxsize=len(INTERFACE))
def countries(reader: str) -> dict[str, str]:
    """Return the names of all countries by their codes, in the order of the reader's language."""
    named = {code: country_name(code, reader) for code in COUNTRIES}
    return {code: named[code] for code in in_order(named, reader, named.__getitem__)}


def kind_name(kind: str) -> str:
    """Return the word for a kind of resource."""
    return str(KINDS.get(kind, kind))


def kind_plural(kind: str) -> str:
    """Return the word for all there is of a kind."""
    return str(MANY.get(kind, kind))


def capital(words: str) -> str:
    """Return a label as it stands at the head of a line; labels of subjects are in small letters."""
    return words[:1].upper() + words[1:]


def gap() -> str:
    """Return what stands between two sentences: in Chinese their marks hold it themselves."""
    return "" if get_locale().language == "zh" else " "


def amid(words: str) -> str:
    """Return a label as it stands within a line; an abbreviation keeps its capitals."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def in_language(tag: str) -> str:
    """Return the address of this page in another language of the interface."""
    if request.method != "GET":
        return f"/?lang={tag}"
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{request.path}?{urlencode([*kept, ('lang', tag)])}"


def install(app: Flask) -> None:
    """Give the templates their filters and what every page needs."""
    app.jinja_env.filters |= {
        "filesize": filesize,
        "about": about,
        "limit": limit,
        "speed": speed,
        "duration": duration,
        "clock": clock,
        "when": when,
        "day": day,
        "number": number,
        "own_name": own_name,
        "kind_name": kind_name,
        "kind_plural": kind_plural,
        "family_name": lambda family: str(FAMILIES.get(family or "other", family)),
        "use_name": lambda use: str(USES.get(use, use)),
        "language_name": lambda tag: language_name(tag, language()),
        "country_name": lambda code: country_name(code, language()),
        "facet_name": lambda name: str(FACETS[name]),
        "reason": reason_sentence,
        "field_sentence": field_sentence,
        "weight": weight,
        "direction": direction,
        "capital": capital,
        "breakable": breakable,
        "state_name": state_name,
    }
    app.jinja_env.globals |= {
        "icon": icon,
        "icon_sprite": icon_sprite,
        "marked": marked,
        "csrf_token": generate_csrf,
        "in_language": in_language,
        "ngettext": ngettext,
        "grades": GRADES,
        "digits": digits,
        "form_limit": lambda: limit(FORM_BYTES),
        "units": lambda: [str(unit) % {"number": "{n}"} for unit in UNITS],
        "countries": lambda: countries(language()),
    }
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_every_page)


def state_name(state: str) -> str:
    """Return the word for a state."""
    names = {
        "draft": _("Draft"),
        "submitted": _("Handed over"),
        "in_review": _("With a curator"),
        "changes_asked": _("Changes asked for"),
        "published": _("Published"),
        "declined": _("Declined"),
        "withdrawn": _("Withdrawn"),
    }
    return names.get(state, state)


def _every_page() -> dict[str, Any]:
    asker = actor_or_nobody()
    return {
        "reader": language(),
        "text_direction": direction(language()),
        "locale": str(get_locale()),
        "asker": asker,
        "may_give": bool(asker and asker.granted_at(Action.RESOURCE_CREATE) != frozenset()),
        "may_judge": bool(asker and asker.is_curator),
        "may_manage": bool(asker and asker.granted_at(Action.PEOPLE_MANAGE) != frozenset()),
        "interface_languages": by_own_names(INTERFACE),
        "all_languages": by_own_names(tuple(LANGUAGES)),
        "wants_token": asker is None or asker.signed_in or request.endpoint == "account.sign_in",
        "line": visitors_line().speed,
        "line_chosen": visitors_line().chosen,
        "pictures": visitors_line().pictures,
        "lines": LINES,
        # Between two sentences: Chinese has no space there.
        "gap": gap(),
        "here": request.full_path.rstrip("?"),
        "path": request.path,
    }


def actor_or_nobody() -> Any:  # noqa: ANN401 - an Actor or None
    """Return who asks; None where a bad token asks for a page."""
    try:
        return actor()
    except Exception:  # noqa: BLE001 - an error page must not fail for the same reason
        return None
