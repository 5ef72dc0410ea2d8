"""Where the parts of an upload begin: numbers alone, so that every process cuts a file alike.

A multipart upload has at most 10,000 parts, each but the last of at least 5 MiB and at most 5 GiB
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). Nobody knows the length of a
file when its first part is sent; so the first 7,000 parts have 5 MiB, and those after them 40 MiB.
"""

from __future__ import annotations

from storage.store import PART_BYTES

MOST_PARTS = 10_000
SMALL_PARTS = 7_000
SMALL_BYTES = PART_BYTES
LARGE_BYTES = 8 * PART_BYTES
LARGEST_OBJECT = SMALL_PARTS * SMALL_BYTES + (MOST_PARTS - SMALL_PARTS) * LARGE_BYTES
"""151 GiB: what 10,000 parts hold."""

_LARGE_FROM = SMALL_PARTS * SMALL_BYTES


def part_at(offset: int) -> int:
    """Return the number, from 1, of the part that holds the byte at `offset`."""
    if offset < _LARGE_FROM:
        return offset // SMALL_BYTES + 1
    return SMALL_PARTS + (offset - _LARGE_FROM) // LARGE_BYTES + 1


def part_start(number: int) -> int:
    """Return the offset of the first byte of a part."""
    before = number - 1
    return min(before, SMALL_PARTS) * SMALL_BYTES + max(before - SMALL_PARTS, 0) * LARGE_BYTES


def part_size(number: int) -> int:
    """Return the bytes of a part that is full."""
    return SMALL_BYTES if number <= SMALL_PARTS else LARGE_BYTES
