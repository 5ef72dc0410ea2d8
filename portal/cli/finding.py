"""`caravan search` and `caravan reindex`."""

from __future__ import annotations

import json

import click
from flask import Flask
from flask_babel import Babel

from catalog import jobs
from catalog.policy.actor import ANONYMOUS
from portal.cli.opening import opened
from portal.finding import Asked, Found, find
from search.facets import BY_NAME
from search.indexer import differences


@click.command()
@click.argument("words", nargs=-1)
@click.option("--lang", default="en", help="The language the words are in.")
@click.option("--filter", "filters", multiple=True, metavar="FACET=VALUE")
@click.option("--top", default=20, type=click.IntRange(1, 100))
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
    app = Flask("words")
    Babel(app, default_locale="en")
    with opened() as services, app.test_request_context():
        asked = Asked(q=" ".join(words), lang=lang, filters=chosen, per_page=top)
        _print(find(services, ANONYMOUS, asked, reader="en"), lang, as_json=as_json)


def _print(found: Found, lang: str, *, as_json: bool) -> None:
    for hit in found.hits:
        title = hit.card.title.pick(lang, original=hit.card.language)
        told = {
            "id": hit.card.id,
            "kind": hit.card.kind,
            "title": title.value if title else "",
            "institution": hit.card.institution,
            "near": hit.near,
        }
        line = f"{told['id']}  {told['kind']:<12} {told['title']}"
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else line)
    if not as_json:
        click.echo(f"{found.total} found")


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
            worker(services).work_off_kind(jobs.JobKind.REBUILD)
            left = differences(services.database, services.engine)
            click.echo(f"{services.engine.health().documents} documents, {len(left)} differ")
