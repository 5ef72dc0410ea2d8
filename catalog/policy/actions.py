"""Everything somebody may be allowed to do, and the scope a token needs for it."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """What a bearer token may be narrowed to. Every scope includes reading."""

    READ = "read"
    GIVE = "give"
    MODERATE = "moderate"
    MANAGE = "manage"


class Action(StrEnum):
    """One thing that may be asked for, in alphabetical order."""

    AGREEMENT_MANAGE = "agreement:manage"
    CHECKLIST_EDIT = "checklist:edit"
    EVENT_READ = "event:read"
    FILE_GIVE = "file:give"
    FILE_RELEASE = "file:release"
    FILE_RETRY = "file:retry"
    FILE_SHOW = "file:show"
    """See the thumbnail or the poster."""
    FILE_TAKE = "file:take"
    INSTITUTION_CREATE = "institution:create"
    INSTITUTION_EDIT = "institution:edit"
    METRICS_READ = "metrics:read"
    NOTE_READ = "note:read"
    NOTE_SETTLE = "note:settle"
    """Say that a note is settled, or open again."""
    NOTE_WRITE = "note:write"
    PEOPLE_MANAGE = "people:manage"
    QUEUE_READ = "queue:read"
    RESOURCE_CLAIM = "resource:claim"
    RESOURCE_CREATE = "resource:create"
    RESOURCE_DECIDE = "resource:decide"
    RESOURCE_EDIT = "resource:edit"
    RESOURCE_FREE_CLAIM = "resource:free_claim"
    """Give back what another curator has claimed."""
    RESOURCE_READ = "resource:read"
    RESOURCE_SUBMIT = "resource:submit"
    RESOURCE_WITHDRAW = "resource:withdraw"
    USAGE_READ = "usage:read"
    """See how often each single resource was found and taken."""
    VOCABULARY_EDIT = "vocabulary:edit"


_GIVE = frozenset({Scope.GIVE})
_JUDGE = frozenset({Scope.MODERATE})
_MANAGE = frozenset({Scope.MANAGE})
_READ = frozenset(Scope)

SCOPES: dict[Action, frozenset[Scope]] = {
    Action.AGREEMENT_MANAGE: _MANAGE,
    Action.CHECKLIST_EDIT: _MANAGE,
    Action.EVENT_READ: _READ,
    Action.FILE_GIVE: _GIVE,
    Action.FILE_RELEASE: _JUDGE,
    Action.FILE_RETRY: _GIVE | _JUDGE,
    Action.FILE_SHOW: _READ,
    Action.FILE_TAKE: _READ,
    Action.INSTITUTION_CREATE: _MANAGE,
    Action.INSTITUTION_EDIT: _MANAGE,
    Action.METRICS_READ: _MANAGE,
    Action.NOTE_READ: _READ,
    Action.NOTE_SETTLE: _JUDGE,
    Action.NOTE_WRITE: _GIVE | _JUDGE,
    Action.PEOPLE_MANAGE: _MANAGE,
    Action.QUEUE_READ: _READ,
    Action.RESOURCE_CLAIM: _JUDGE,
    Action.RESOURCE_CREATE: _GIVE,
    Action.RESOURCE_DECIDE: _JUDGE,
    Action.RESOURCE_EDIT: _GIVE,
    Action.RESOURCE_FREE_CLAIM: _JUDGE,
    Action.RESOURCE_READ: _READ,
    Action.RESOURCE_SUBMIT: _GIVE,
    Action.RESOURCE_WITHDRAW: _JUDGE | _MANAGE,
    Action.USAGE_READ: _READ,
    Action.VOCABULARY_EDIT: _MANAGE,
}
"""The scopes of which a narrowed token needs one."""
