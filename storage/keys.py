"""Keys: the only place where one is spelled. Made from ids of ours, never from a given name."""

from __future__ import annotations

import re

KEY_FORM = re.compile(r"[a-z0-9][a-z0-9_.-]*(/[a-z0-9][a-z0-9_.-]*)*")
LONGEST_KEY = 300
"""Far below S3's 1,024 bytes and a file system's 4,096."""

_ID = re.compile(r"[a-z0-9]{2,64}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,80}")


def original_key(blob_id: str) -> str:
    """Return the key of an original's bytes. Raises ValueError for what is no id."""
    if not _ID.fullmatch(blob_id):
        raise ValueError(blob_id)
    return f"originals/{blob_id[:2]}/{blob_id}"


def rendition_key(blob_id: str, name: str) -> str:
    """Return the key of what was made from a blob. Raises ValueError for a strange name."""
    folded = name.lower().replace("-", "_")
    if not _ID.fullmatch(blob_id) or not _NAME.fullmatch(folded):
        raise ValueError(name)
    return f"renditions/{blob_id[:2]}/{blob_id}/{folded}"


def checked_key(key: str) -> str:
    """Return a key as it is; raises ValueError when it is none of ours."""
    if not is_key(key):
        raise ValueError(key)
    return key


def is_key(key: str) -> bool:
    """Whether a key could be one of ours."""
    return len(key) <= LONGEST_KEY and bool(KEY_FORM.fullmatch(key)) and ".." not in key
