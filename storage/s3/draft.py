"""What there is of an unfinished object: parts of a multipart upload, and pieces behind them.

Parts cannot be read back, nor dropped one by one. So what was reported durable inside a part stays
as a piece of its own, `unfinished/KEY/OFFSET-NAME`, until the object is finished: from the pieces an
upload goes on after a process was killed between a part and the note of it. A part that no longer
counts is overwritten by a single byte; only an unbroken row of full parts counts.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.s3.parts import part_size, part_start
from storage.s3.refusals import sent, told
from storage.store import ObjectCorrupt, ObjectMissing, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.s3.bucket import Bucket

OFFSET_DIGITS = 15
NAME_BYTES = 8
MOST_DELETED = 1000
"""Objects in one call of DeleteObjects."""
NO_PART = b"\0"
"""What stands where a part was dropped."""


@dataclass(frozen=True)
class Part:
    """A part as the store has it; by its ETag it is named when the object is put together."""

    number: int
    size: int
    etag: str

    @property
    def full(self) -> bool:
        """Whether it counts."""
        return self.size == part_size(self.number)


@dataclass(frozen=True, order=True)
class Piece:
    """Bytes of the object from `start` on, kept as an object of their own."""

    start: int
    size: int
    name: str = ""
    """By chance, so that none is ever written over: a piece that a dead writer had sent may land
    when another has written a longer one from the same offset."""

    @property
    def end(self) -> int:
        """The offset behind its last byte."""
        return self.start + self.size


class Draft:
    """An unfinished object in a bucket, as it is there; nothing is remembered here but its upload."""

    def __init__(self, bucket: Bucket, key: str) -> None:
        """Name it; nothing is asked yet."""
        self.key, self._bucket = key, bucket
        self._place, self._pieces = bucket.place(key), bucket.drafts(key)
        self._upload: str | None = None

    def uploads(self) -> list[str]:
        """Return the multipart uploads under the key, by their names."""
        found = []
        with told(self.key):
            pages = self._bucket.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self._bucket.name, Prefix=self._place
            )
            for page in pages:
                found += [
                    each["UploadId"]
                    for each in page.get("Uploads", ())
                    if each["Key"] == self._place
                ]
        return sorted(found)

    def parts(self, *, after: int = 0) -> list[Part]:
        """Return the parts with a number above `after`, in order, of the upload that counts."""
        self._choose()
        return [] if self._upload is None else self._parts(self._upload, after)

    def _choose(self) -> None:
        """Take the upload that counts: of several, that with most parts, else the first by name.

        There are several where two processes began at once, or where the answer to a beginning was
        lost; the time of beginning tells nothing, as some stores move it with every part.
        """
        uploads = self.uploads()
        if len(uploads) > 1:
            uploads.sort(key=lambda each: -len(unbroken(self._parts(each, 0))))
        self._upload = uploads[0] if uploads else None

    def _parts(self, upload: str, after: int) -> list[Part]:
        found: list[Part] = []
        more = True
        # An upload that is over by now, completed or dropped by another, has no parts.
        with suppress(ObjectMissing), told(self.key):
            while more:
                page = self._bucket.client.list_parts(
                    Bucket=self._bucket.name,
                    Key=self._place,
                    UploadId=upload,
                    PartNumberMarker=after,
                )
                found += [
                    Part(each["PartNumber"], each["Size"], each["ETag"])
                    for each in page.get("Parts", ())
                ]
                more = page["IsTruncated"]
                after = page.get("NextPartNumberMarker", after)
        return sorted(found, key=lambda part: part.number)

    def pieces(self, *, since: int = 0) -> list[Piece]:
        """Return the pieces that begin at `since` or later, in order."""
        asked: dict[str, Any] = {"Bucket": self._bucket.name, "Prefix": self._pieces}
        if since:
            asked["StartAfter"] = f"{self._pieces}{since:0{OFFSET_DIGITS}}"[:-1]
        found = []
        with told(self.key):
            for page in self._bucket.client.get_paginator("list_objects_v2").paginate(**asked):
                for each in page.get("Contents", ()):
                    name = each["Key"].removeprefix(self._pieces)
                    digits = name.partition("-")[0]
                    if digits.isdigit() and int(digits) >= since:
                        found.append(Piece(int(digits), each["Size"], name))
        return sorted(found)

    def read(self, piece: Piece) -> bytes:
        """Return the bytes of a piece."""
        with told(self.key):
            answer = self._bucket.client.get_object(
                Bucket=self._bucket.name, Key=f"{self._pieces}{piece.name}"
            )
            with answer["Body"] as body:
                return body.read()

    def write(self, start: int, content: bytes) -> Piece:
        """Keep bytes as a piece, durably."""
        name = f"{start:0{OFFSET_DIGITS}}-{secrets.token_hex(NAME_BYTES)}"
        put(self._bucket, self.key, f"{self._pieces}{name}", content)
        return Piece(start, len(content), name)

    def drop(self, pieces: Iterable[Piece]) -> None:
        """Delete pieces."""
        names = [f"{self._pieces}{piece.name}" for piece in pieces]
        for first in range(0, len(names), MOST_DELETED):
            doomed = [{"Key": name} for name in names[first : first + MOST_DELETED]]
            with told(self.key):
                answer = self._bucket.client.delete_objects(
                    Bucket=self._bucket.name,
                    Delete={"Objects": doomed, "Quiet": True},  # type: ignore[typeddict-item]
                )
            if answer.get("Errors"):
                raise StoreUnavailable(
                    self.key, because=f"not deleted: {answer['Errors'][0]}"[:200]
                )

    def send_part(self, number: int, content: bytes) -> Part:
        """Keep bytes as a part, durably; the first part begins the upload."""
        if self._upload is None:
            self.begin()
            self._choose()
        upload = self._upload or ""
        answer = sent(
            self.key,
            lambda: self._bucket.client.upload_part(
                Bucket=self._bucket.name,
                Key=self._place,
                UploadId=upload,
                PartNumber=number,
                Body=content,
                **digest(self._bucket, content),
            ),
        )
        return Part(number, len(content), answer["ETag"])

    def begin(self) -> None:
        """Begin a multipart upload, beside any other."""
        with told(self.key):
            answer = self._bucket.client.create_multipart_upload(
                Bucket=self._bucket.name, Key=self._place
            )
        self._upload = answer["UploadId"]

    def complete(self, parts: list[Part], **conditions: Any) -> None:  # noqa: ANN401 - boto's own
        """Make the object of its parts. Raises ObjectMissing where the upload is over already."""
        with told(self.key):
            self._bucket.patient.complete_multipart_upload(
                Bucket=self._bucket.name,
                Key=self._place,
                UploadId=self._upload or "",
                MultipartUpload={
                    "Parts": [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
                },
                **conditions,
            )

    def abandon(self) -> None:
        """Drop all there is."""
        for upload in self.uploads():
            self._abort(upload)
        self.drop(self.pieces())

    def abandon_own(self) -> None:
        """Drop the upload that `begin` began, and no other."""
        if self._upload is not None:
            self._abort(self._upload)

    def _abort(self, upload: str) -> None:
        with suppress(ObjectMissing), told(self.key):
            self._bucket.client.abort_multipart_upload(
                Bucket=self._bucket.name, Key=self._place, UploadId=upload
            )


def unbroken(parts: Iterable[Part]) -> list[Part]:
    """Return the full parts up to the first that is missing or does not count."""
    row: list[Part] = []
    for part in parts:
        if part.number != len(row) + 1 or not part.full:
            break
        row.append(part)
    return row


def covered(pieces: Iterable[Piece], start: int) -> int:
    """Return how far pieces reach from `start` without a gap."""
    end = start
    for piece in sorted(pieces):
        if piece.start > end:
            break
        end = max(end, piece.end)
    return end


def joined(draft: Draft, pieces: Iterable[Piece], start: int, end: int) -> bytes:
    """Return the bytes from `start` to `end`, which pieces must cover."""
    found = bytearray()
    for piece in sorted(pieces):
        at = start + len(found)
        if piece.start <= at < min(piece.end, end):
            found += draft.read(piece)[at - piece.start : end - piece.start]
    if len(found) != end - start:
        raise ObjectCorrupt(draft.key, because="a piece changed while it was read")
    return bytes(found)


def extent(draft: Draft) -> tuple[list[Part], list[Piece], int]:
    """Return the parts that count, the pieces behind them, and the size of what is there."""
    row = unbroken(draft.parts())
    start = part_start(len(row) + 1)
    pieces = draft.pieces(since=start)
    return row, pieces, covered(pieces, start)


def put(bucket: Bucket, key: str, name: str, content: bytes, **conditions: Any) -> None:  # noqa: ANN401 - boto's own
    """Store a small object at once; the store has checked its bytes when this returns."""
    sent(
        key,
        lambda: bucket.client.put_object(
            Bucket=bucket.name, Key=name, Body=content, **digest(bucket, content), **conditions
        ),
    )


def digest(bucket: Bucket, content: bytes) -> Any:  # noqa: ANN401 - arguments of boto
    """Return the MD5 by which the store checks what arrives, where nothing else tells it."""
    if not bucket.digests:
        return {}
    found = hashlib.md5(content, usedforsecurity=False).digest()
    return {"ContentMD5": base64.b64encode(found).decode()}
