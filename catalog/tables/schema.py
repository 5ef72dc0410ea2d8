"""All tables in one place, for migrations and for tests."""

from __future__ import annotations

from catalog.tables import (
    agreement,
    asset,
    checklist,
    concept,
    download,
    event,
    fixity,
    imported,
    institution,
    job,
    ledger,
    people,
    resource,
    review,
    rights,
    text,
    upload,
    usage,
)
from catalog.tables.base import Base

AGGREGATES = (
    institution,
    people,
    agreement,
    concept,
    resource,
    text,
    rights,
    asset,
    fixity,
    upload,
    checklist,
    review,
    event,
    ledger,
    job,
    download,
    usage,
    imported,
)

metadata = Base.metadata
