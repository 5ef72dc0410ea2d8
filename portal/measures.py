"""Counters for an operator's graphs, in the text format of Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from catalog import jobs, reviews
from catalog.resources import reading

if TYPE_CHECKING:
    from portal.services import Services


def exposition(services: Services) -> bytes:
    """Return what is measured now: the queues, the transfers, the catalogue."""
    registry = CollectorRegistry()
    with services.database.reading() as session:
        waiting = {kind: jobs.waiting_count(session, kind) for kind in jobs.JobKind}
        dead = jobs.dead_count(session)
        submissions = reviews.waiting_count(session)
        published = reading.published_count(session)
    by_kind = Gauge("caravan_jobs_waiting", "Jobs ready or running", ["kind"], registry=registry)
    for kind, count in waiting.items():
        by_kind.labels(str(kind)).set(count)
    singles = {
        "caravan_jobs_dead": ("Jobs that gave up", dead),
        "caravan_submissions_waiting": ("Submissions no curator has claimed", submissions),
        "caravan_resources_published": ("Public resources", published),
        "caravan_transfers": ("Transfers going on here", current_app.extensions["transfers"].taken),
    }
    for name, (meaning, value) in singles.items():
        Gauge(name, meaning, registry=registry).set(value)
    return generate_latest(registry)
