"""The words that policy, workflow and tables share: states, roles of files, kinds of access."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a version of a resource stands. `workflow` says how it moves."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    CHANGES_ASKED = "changes_asked"
    PUBLISHED = "published"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    """A version that was published and has been followed by a newer one."""


OPEN_STATES = frozenset({State.DRAFT, State.SUBMITTED, State.IN_REVIEW, State.CHANGES_ASKED})
"""States of a version that is still on its way; a resource has at most one such version."""

EDITABLE_STATES = frozenset({State.DRAFT, State.CHANGES_ASKED})
HANDED_OVER_STATES = frozenset({State.SUBMITTED, State.IN_REVIEW, State.CHANGES_ASKED})


class Access(StrEnum):
    """Who may take the bytes of a published resource."""

    OPEN = "open"
    PARTNERS = "partners"
    AGREEMENT = "agreement"


class AssetRole(StrEnum):
    """What a file is to its resource."""

    MAIN = "main"
    DRAWING = "drawing"
    SUBTITLE = "subtitle"
    AUDIO_TRACK = "audio_track"
    POSTER = "poster"
    ATTACHMENT = "attachment"


class StepState(StrEnum):
    """Where one step of ingest stands for one stored file."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class JobState(StrEnum):
    """Where one job of the queue stands."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Origin(StrEnum):
    """Where a text comes from."""

    ORIGINAL = "original"
    HUMAN = "human"
    MACHINE = "machine"
