"""An S3 store behind the seam. Two promises make it one: an object is readable only once the store
has put it together and said how large it is, and nothing of an upload lies on a local disk.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, BinaryIO

from storage.keys import is_key
from storage.s3.appending import Writing
from storage.s3.bucket import open_bucket
from storage.s3.draft import Draft, extent, joined, put
from storage.s3.parts import part_size, part_start
from storage.s3.reading import Reading
from storage.s3.refusals import ConditionFailed, ConditionUnknown, UploadOver, told
from storage.store import (
    LINK_SECONDS,
    ByteRange,
    Listed,
    ObjectCorrupt,
    ObjectMissing,
    Stored,
    StoreUnavailable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from storage.s3.bucket import Bucket
    from storage.s3.draft import Part
    from storage.store import Append

PAUSES = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0)
"""Seconds between the looks at an object that another is putting together."""
LISTED = 1000
"""Names in one answer to a list: the most that S3 gives."""


class S3Store:
    """A `MediaStore` in a bucket."""

    locks = False

    def __init__(self, url: str, *, public_endpoint: str | None = None) -> None:
        """Ask the bucket whether it is there and lets us in.

        Raises StoreDenied when it does not, StoreUnavailable when nobody answers.
        """
        self._bucket: Bucket = open_bucket(url, public_endpoint=public_endpoint)
        self._bucket.look(self._bucket.client)

    def append(
        self, key: str, offset: int, chunks: Iterable[bytes], *, durable: Callable[[int], None]
    ) -> int:
        """Send full parts under the final key; what is less stays a piece beside it."""
        return self.writer(key)(offset, chunks, durable=durable)

    def writer(self, key: str) -> Append:
        """Return an `append` that asks the bucket only once what is there."""
        return Writing(self._bucket, key).append

    def unfinished_size(self, key: str) -> int:
        """Count the parts and what lies behind them."""
        _row, _pieces, end = extent(Draft(self._bucket, key))
        return end

    def finish(self, key: str, *, size: int) -> Stored:
        """Put the parts together, or the pieces where there is no part, if it was not done yet."""
        draft = Draft(self._bucket, key)
        done = self._done(key, size)
        if done is None:
            try:
                self._close(draft, size)
            except UploadOver:
                done = self._awaited(key, size)
            except (ConditionFailed, ObjectCorrupt, ObjectMissing):
                # Another finished it between two of our questions, or an answer was lost.
                done = self._done(key, size)
                if done is None:
                    raise
            # Not always there at once: where two close it, a server may put one for the other.
            done = done or self._awaited(key, size)
        if done.size != size:
            raise ObjectCorrupt(key, because=f"{done.size} bytes, not {size}")
        draft.abandon()
        return done

    def abandon(self, key: str) -> None:
        """Drop parts and pieces."""
        Draft(self._bucket, key).abandon()

    def put(self, key: str, source: BinaryIO) -> Stored:
        """Store what fits a part at once, what is larger part by part: never more in memory."""
        draft = Draft(self._bucket, key)
        parts: list[Part] = []
        running, size = hashlib.sha256(), 0
        place = self._bucket.place(key)
        try:
            while True:
                content = _filled(source, part_size(len(parts) + 1))
                running.update(content)
                size += len(content)
                if not parts and len(content) < part_size(1):
                    put(self._bucket, key, place, content)
                    return Stored(key, size, running.hexdigest())
                if not parts:
                    draft.begin()
                if content:
                    parts.append(draft.send_part(len(parts) + 1, content))
                if len(content) < part_size(len(parts)):
                    break
            draft.complete(parts)
        except BaseException:
            draft.abandon_own()
            raise
        if self.stat(key).size != size:
            raise ObjectCorrupt(key, because=f"not the {size} bytes that were sent")
        return Stored(key, size, running.hexdigest())

    def read(self, key: str, span: ByteRange | None = None) -> Iterator[bytes]:
        """Ask at once, then give pieces."""
        if span is not None and span.start == span.end:
            self.stat(key)
            return iter(())
        return Reading(self._bucket, key, span)

    def stat(self, key: str) -> Stored:
        """Ask for the head of the object."""
        with told(key):
            found = self._bucket.client.head_object(
                Bucket=self._bucket.name, Key=self._bucket.place(key)
            )
        return Stored(key, found["ContentLength"])

    def delete(self, key: str) -> None:
        """Drop the object."""
        with told(key):
            self._bucket.client.delete_object(Bucket=self._bucket.name, Key=self._bucket.place(key))

    def keys(self, prefix: str = "") -> Iterator[Listed]:
        """List the objects, then what is unfinished, of which each costs three calls more.

        What has no name of ours is none of ours, and is left alone.
        """
        start = f"{self._bucket.prefix}objects/"
        for name, size, modified in self._objects(start + prefix):
            if is_key(name.removeprefix(start)):
                yield Listed(name.removeprefix(start), size, modified, finished=True)
        for key, modified in sorted(self._drafts(prefix).items()):
            if not is_key(key):
                continue
            yield Listed(key, self.unfinished_size(key), modified, finished=False)

    def path(self, key: str) -> Path | None:
        """Return None: there is no local file."""
        self.stat(key)
        return None

    def link(self, key: str, *, media_type: str, disposition: str) -> str | None:
        """Sign an address; the store is not asked."""
        with told(key):
            return self._bucket.signer.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self._bucket.name,
                    "Key": self._bucket.place(key),
                    "ResponseContentType": media_type,
                    "ResponseContentDisposition": disposition,
                    "ResponseCacheControl": "private, no-cache",
                },
                ExpiresIn=LINK_SECONDS,
            )

    def free_bytes(self) -> int | None:
        """Return None, if the bucket answers: it does not tell."""
        self._bucket.look(self._bucket.brief)
        return None

    def _done(self, key: str, size: int) -> Stored | None:
        """Return the finished object, None when there is none. Raises ObjectCorrupt."""
        try:
            found = self.stat(key)
        except ObjectMissing:
            return None
        if found.size != size:
            raise ObjectCorrupt(key, because=f"{found.size} bytes, not {size}")
        return found

    def _awaited(self, key: str, size: int) -> Stored:
        """Return what another is putting together at this moment. Raises StoreUnavailable."""
        for pause in PAUSES:
            done = self._done(key, size)
            if done is not None:
                return done
            time.sleep(pause)
        raise StoreUnavailable(key, because="another puts it together, or has dropped it")

    def _close(self, draft: Draft, size: int) -> None:
        """Make the object of what there is of it; never over another one where the store can tell."""
        row, pieces, end = extent(draft)
        if not row and not pieces:
            raise ObjectMissing(draft.key)
        if end != size and any(piece.start > end for piece in pieces):
            raise UploadOver(draft.key, because="the parts between the pieces have gone")
        if end != size:
            raise ObjectCorrupt(draft.key, because=f"{end} bytes, not {size}")
        tail = joined(draft, pieces, part_start(len(row) + 1), end)
        if row and tail:
            row = [*row, draft.send_part(len(row) + 1, tail)]

        def make(**conditions: str) -> None:
            if row:
                draft.complete(row, **conditions)
            else:
                put(self._bucket, draft.key, self._bucket.place(draft.key), tail, **conditions)

        try:
            make(IfNoneMatch="*")
        except ConditionUnknown:
            make()

    def _objects(self, prefix: str) -> Iterator[tuple[str, int, datetime]]:
        pages = self._bucket.client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket.name, Prefix=prefix, PaginationConfig={"PageSize": LISTED}
        )
        with told():
            for page in pages:
                for each in page.get("Contents", ()):
                    yield each["Key"], each["Size"], each["LastModified"]

    def _drafts(self, prefix: str) -> dict[str, datetime]:
        """Return what is unfinished, and when it was last written to as far as a list tells."""
        found: dict[str, datetime] = {}
        start = f"{self._bucket.prefix}unfinished/"
        for name, _size, modified in self._objects(start + prefix):
            key = name.removeprefix(start).rpartition("/")[0]
            found[key] = max(modified, found.get(key, modified))
        start = f"{self._bucket.prefix}objects/"
        pages = self._bucket.client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._bucket.name, Prefix=start + prefix
        )
        with told():
            for page in pages:
                for each in page.get("Uploads", ()):
                    key = each["Key"].removeprefix(start)
                    found[key] = max(each["Initiated"], found.get(key, each["Initiated"]))
        return found


def _filled(source: BinaryIO, size: int) -> bytes:
    """Read until `size` bytes are there or the source ends."""
    found = bytearray()
    while len(found) < size and (piece := source.read(size - len(found))):
        found += piece
    return bytes(found)
