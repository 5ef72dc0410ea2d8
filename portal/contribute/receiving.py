"""The bytes of a file on their way in: read as the line brings them, made durable, hashed along.

What has come is handed to the store in windows of at most 4 MiB or two seconds, so that a killed
portal loses no more, and the wait for a slow line holds neither the store nor the database.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from catalog import uploads
from catalog.errors import Conflict
from catalog.uploads import Limits
from portal.checksums import MOST_CHECKED, Checksum, ChecksumMismatch
from portal.contribute.multipart import MOST_BYTES
from storage.hashing import RunningHash
from storage.keys import original_key
from storage.store import PART_BYTES, ObjectBusy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.assets import Given
    from catalog.policy.actor import Actor
    from catalog.uploads import UploadView
    from portal.services import Services

WINDOW_SECONDS = 2.0
WINDOW_BYTES = PART_BYTES // 2
"""Half of what a killed portal may lose: the other half may be on its way in."""
SMALLEST_READ = 8 * 1024
LARGEST_READ = 1024 * 1024
QUICK_SECONDS = 0.05
"""A read that takes less than this is doubled, one that takes longer is halved."""


@dataclass
class Receiving:
    """One PATCH: an upload under its lease, with the hash up to where it is durable."""

    services: Services
    actor: Actor
    upload: UploadView
    running: RunningHash | None
    received: int

    @classmethod
    def begin(cls, services: Services, actor: Actor, upload_id: str, offset: int) -> Receiving:
        """Take the lease. Raises Conflict, NotFound."""
        with services.database.unit_of_work() as session:
            upload = uploads.lease(session, by=actor, upload_id=upload_id, offset=offset)
        running = None
        if upload.received == 0:
            running = RunningHash()
        elif upload.hash_state is not None:
            running = RunningHash.resume(upload.hash_state)
        return cls(services, actor, upload, running, upload.received)

    def take(self, stream: BinaryIO) -> int:
        """Read to the end of the body or of the file; return the durable offset.

        A broken line ends the reading like the end of the body: what came counts.
        """
        try:
            for window in _windows(_pieces(stream, self.upload.length - self.received)):
                self._keep(window)
        finally:
            self._let_go()
        return self.received

    def take_checked(self, stream: BinaryIO, checksum: Checksum, length: int) -> int:
        """Read the whole body and keep it only if its checksum holds. Raises ChecksumMismatch."""
        try:
            content = b"".join(_pieces(stream, min(length, MOST_CHECKED)))
            if len(content) != length or not checksum.holds(content):
                raise ChecksumMismatch("chunk_checksum_mismatch")
            self._keep([content])
        finally:
            self._let_go()
        return self.received

    def _keep(self, window: list[bytes]) -> None:
        running = self.running
        # The hash runs over the window before the store has it; noted are both or neither.
        if running is not None:
            for piece in window:
                running.update(piece)
        state = running.state() if running is not None else None
        try:
            offset = self.services.store.append(
                self.upload.key, self.received, window, durable=lambda _offset: None
            )
        except ObjectBusy as error:
            raise Conflict("upload_busy") from error
        with self.services.database.unit_of_work() as session:
            uploads.note(
                session,
                self.upload.id,
                token=self.upload.token,
                received=offset,
                hash_state=state,
            )
        self.received = offset

    def _let_go(self) -> None:
        if self.received < self.upload.length:
            with self.services.database.unit_of_work() as session:
                uploads.let_go(session, self.upload.id, token=self.upload.token)

    def finish(self) -> str:
        """Make an asset of what is whole; return its id. Raises ChecksumMismatch, Conflict."""
        digest = self.running.hexdigest() if self.running is not None else None
        return finish(self.services, self.actor, self.upload, self.upload.token, digest)


def finish(
    services: Services, actor: Actor, upload: UploadView, token: int, sha256: str | None
) -> str:
    """Finish an upload whose bytes are all there.

    Raises ChecksumMismatch when the file is not what its giver declared: then no asset exists and
    the upload is dropped.
    """
    if upload.declared_sha256 and sha256 and upload.declared_sha256 != sha256:
        with services.database.unit_of_work() as session:
            uploads.let_go(session, upload.id, token=token)
            uploads.drop(session, by=actor, upload_id=upload.id)
        services.store.abandon(upload.key)
        raise ChecksumMismatch("checksum_mismatch")
    services.store.finish(upload.key, size=upload.length)
    with services.database.unit_of_work() as session:
        return uploads.finish(session, by=actor, upload_id=upload.id, token=token, sha256=sha256)


def _pieces(stream: BinaryIO, most: int) -> Iterator[bytes]:
    """Give what the line brings, in pieces that suit its speed."""
    size = SMALLEST_READ
    while most > 0:
        began = time.monotonic()
        try:
            piece = stream.read(min(size, most))
        except (OSError, ValueError):
            return
        if not piece:
            return
        most -= len(piece)
        quick = time.monotonic() - began < QUICK_SECONDS
        size = min(size * 2, LARGEST_READ) if quick else max(size // 2, SMALLEST_READ)
        yield piece


def _windows(pieces: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Gather pieces into windows of at most a part or a couple of seconds."""
    window: list[bytes] = []
    size, began = 0, time.monotonic()
    for piece in pieces:
        if window and size + len(piece) > WINDOW_BYTES:
            yield window
            window, size, began = [], 0, time.monotonic()
        window.append(piece)
        size += len(piece)
        if time.monotonic() - began > WINDOW_SECONDS:
            yield window
            window, size, began = [], 0, time.monotonic()
    if window:
        yield window


def receive_whole(
    services: Services, actor: Actor, resource_id: str, given: Given, stream: BinaryIO
) -> str:
    """Take a file whose length nobody knows before its end, as a plain form sends it.

    Returns the id of the asset. Raises Invalid, QuotaExceeded, NotPermitted, StoreFull.
    """
    limits = Limits(
        min(services.settings.limits.max_upload_bytes, MOST_BYTES),
        services.settings.limits.quota_bytes,
    )
    with services.database.unit_of_work() as session:
        upload = uploads.begin(
            session,
            by=actor,
            resource_id=resource_id,
            given=given,
            length=limits.file_bytes,
            limits=limits,
            key_of=original_key,
        )
    receiving = Receiving.begin(services, actor, upload.id, 0)
    try:
        received = receiving.take(stream)
        with services.database.unit_of_work() as session:
            whole = uploads.cut(session, by=actor, upload_id=upload.id, length=received)
    except BaseException:
        with services.database.unit_of_work() as session:
            uploads.let_go(session, upload.id, token=receiving.upload.token)
            uploads.drop(session, by=actor, upload_id=upload.id)
        services.store.abandon(upload.key)
        raise
    digest = receiving.running.hexdigest() if receiving.running is not None else None
    return finish(services, actor, whole, receiving.upload.token, digest)
