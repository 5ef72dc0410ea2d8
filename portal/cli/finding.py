"""`caravan search` and `caravan reindex`."""

from __future__ import annotations

import json

import click

from catalog import jobs
from catalog.policy.actor import ANONYMOUS
from config.languages import normalise_tag
from portal.api.present import found_record
from portal.cli.opening import opened
from portal.cli.progress import bar
from portal.cli.wording import say
from portal.finding import Asked, Found, find
from portal.words import speaking
from search.facets import BY_NAME
from search.indexer import differences


def _tag(context: click.Context, option: click.Parameter, value: str) -> str:
    del context, option
    try:
        return normalise_tag(value)
    except ValueError:
        message = f"{value!r} is not a language tag, such as uz or zh-Hant"
        raise click.BadParameter(message) from None


@click.command()
@click.argument("words", nargs=-1)
@click.option(
    "--lang", default="en", show_default=True, callback=_tag, help="The language the words are in."
)
@click.option("--filter", "filters", multiple=True, metavar="FACET=VALUE", help="Repeatable.")
@click.option(
    "--top", default=20, show_default=True, type=click.IntRange(1, 100), help="Results at most."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a result.")
def search(
    words: tuple[str, ...],
    lang: str,
    filters: tuple[str, ...],
    top: int,
    as_json: bool,
) -> None:
    """Find published resources."""
    chosen: dict[str, tuple[str, ...]] = {}
    for each in filters:
        name, equals, value = each.partition("=")
        if not equals or name not in BY_NAME:
            message = f"--filter takes FACET=VALUE with one of {', '.join(BY_NAME)}"
            raise click.UsageError(message)
        chosen[name] = (*chosen.get(name, ()), value)
    with opened() as services, speaking():
        asked = Asked(q=" ".join(words), lang=lang, filters=chosen, per_page=top)
        _print(find(services, ANONYMOUS, asked, reader="en"), lang, as_json=as_json)


def _print(found: Found, lang: str, *, as_json: bool) -> None:
    for hit in found.hits:
        told = found_record(hit, lang)
        if as_json:
            click.echo(json.dumps(told, ensure_ascii=True))
        else:
            near = "  (near)" if hit.near else ""
            say(f"{told['id']}  {told['kind']:<12} {told['title']}{near}")
    if not as_json:
        click.echo(f"{found.total} found")


SAFE = "The old index answers as before. A worker does the rest; or run it again."
"""Said on Ctrl-C."""


@click.command()
@click.option("--wait/--no-wait", default=True, help="Wait until the worker has done it.")
def reindex(wait: bool) -> None:
    """Fill a new search index from the catalogue and swap it in.

    A running worker does it; without one it is done here.
    """
    from portal.handlers import worker

    with opened() as services:
        with services.database.unit_of_work() as session:
            jobs.enqueue(session, jobs.JobKind.REBUILD, "all", priority=20)
        if wait:
            with bar("indexing", safe=SAFE) as draw:
                worker(services, rebuilt=draw).work_off(jobs.JobKind.REBUILD)
            left = differences(services.database, services.engine)
            click.echo(f"{services.engine.health().documents} documents, {len(left)} differ")
