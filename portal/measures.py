"""Counters for an operator's graphs, in the text format of Prometheus.

All is read at the moment of asking: from the catalogue, so that every portal and worker is in it,
and from the parts themselves, which are asked once each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app
from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, generate_latest

from catalog.watching import figures
from portal.health import parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalog.watching import Figures
    from portal.services import Services


def exposition(services: Services) -> bytes:
    """Return what is measured now; `docs/operating.md` says what each figure is for."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    with services.database.reading() as session:
        found = figures(session)
    _plain(registry, found)
    _by(registry, "caravan_jobs", "Jobs by kind and state", ("kind", "state"), found.jobs)
    _by(registry, "caravan_steps", "Steps of ingest, by state", ("step", "state"), found.steps)
    _by(registry, "caravan_failures", "Failed steps by code", ("step", "code"), found.failures)
    asked = parts(services)
    up = Gauge("caravan_part_up", "Whether a part answers", ["part"], registry=registry)
    took = Gauge("caravan_part_seconds", "How long its answer took", ["part"], registry=registry)
    for part in asked:
        up.labels(part.name).set(part.ok)
        took.labels(part.name).set(part.milliseconds / 1000)
    return generate_latest(registry)


def _plain(registry: CollectorRegistry, found: Figures) -> None:
    last = found.last_check.timestamp() if found.last_check else 0.0
    singles = {
        "caravan_queue_oldest_seconds": ("How long the oldest due job waits", found.longest_wait),
        "caravan_submissions_waiting": ("Submissions no curator has claimed", found.submissions),
        "caravan_resources_published": ("Public resources", found.published),
        "caravan_files_quarantined": ("Stored files found damaged", found.quarantined),
        "caravan_fixity_last_run_timestamp_seconds": ("End of the last check of files", last),
        "caravan_transfers": ("Transfers going on here", current_app.extensions["transfers"].taken),
    }
    for name, (meaning, value) in singles.items():
        Gauge(name, meaning, registry=registry).set(value)


def _by(
    registry: CollectorRegistry,
    name: str,
    meaning: str,
    labels: tuple[str, str],
    counts: Mapping[tuple[str, str], int],
) -> None:
    gauge = Gauge(name, meaning, labels, registry=registry)
    for values, count in counts.items():
        gauge.labels(*values).set(count)
