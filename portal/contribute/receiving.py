"""The bytes of a file on their way in: made durable, hashed along, noted under the upload's lease.

Each window of what the line brings goes to the store, and then offset and hash are noted in one
transaction, while the next window comes in (ahead.py). Who has lost the lease meanwhile writes
nothing.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from catalog import uploads, writers
from catalog.database import DatabaseBusy
from catalog.errors import Conflict, Fault, Invalid
from catalog.uploads import Limits
from portal.checksums import MOST_CHECKED, Checksum, ChecksumMismatch
from portal.contribute.ahead import Ahead
from portal.contribute.holders import has_ended, this_process
from portal.contribute.windows import pieces, windows
from portal.weights import FORM_BYTES
from storage.hashing import RunningHash
from storage.keys import original_key
from storage.store import ObjectBusy, ObjectCorrupt, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.assets import Given
    from catalog.policy.actor import Actor
    from catalog.uploads import UploadView
    from portal.services import Services

READ_AT_ONCE = 256 * 1024 * 1024
"""So much is read back within the last PATCH, a second or two, where something may have landed late;
more is left to ingest."""


@dataclass
class Receiving:
    """One PATCH: an upload under its lease, with the hash up to where it is durable."""

    services: Services
    actor: Actor
    upload: UploadView
    running: RunningHash | None
    received: int
    interrupted: bool = False
    """The store did not say what became of a write: it may still arrive."""

    def __post_init__(self) -> None:
        """Write as one who knows by the lease that nobody else does."""
        self._append = self.services.store.writer(self.upload.key)

    @classmethod
    def begin(cls, services: Services, actor: Actor, upload_id: str, offset: int) -> Receiving:
        """Take the lease. Raises Conflict, NotFound."""
        with services.database.unit_of_work() as session:
            upload = uploads.lease(
                session,
                by=actor,
                upload_id=upload_id,
                offset=offset,
                holder=this_process(),
                has_ended=has_ended,
            )
        return cls(services, actor, upload, _hash_so_far(upload), upload.received)

    def take(self, stream: BinaryIO) -> int:
        """Read to the end of the body or of the file; return the durable offset.

        A broken line ends the reading like the end of the body: what came counts.
        """
        try:
            at, most = self.received, self.upload.length - self.received
            with Ahead(self._keep) as ahead:
                for window in windows(ahead.watch(pieces(stream, most, at=at)), at=at):
                    ahead.put(window, self._hash(window))
        finally:
            self.let_go()
        return self.received

    def _hash(self, window: list[bytes]) -> bytes | None:
        """Add a window to the hash; return the hash's state behind it."""
        if self.running is None:
            return None
        for piece in window:
            self.running.update(piece)
        return self.running.state()

    def _keep(self, window: list[bytes], hash_state: bytes | None) -> None:
        self._store(window)
        self._note(hash_state)

    def take_checked(self, stream: BinaryIO, checksum: Checksum) -> int:
        """Read the whole body and count it only if its checksum holds.

        What comes goes to the store window by window, as ever, but is noted only at the end: the
        next writer cuts off what was never noted. Raises ChecksumMismatch, Invalid `too_large`.
        """
        before = self.received
        try:
            self._note(self._take_unnoted(stream, checksum))
        except BaseException:
            self.received = before
            raise
        finally:
            self.let_go()
        return self.received

    def _take_unnoted(self, stream: BinaryIO, checksum: Checksum) -> bytes | None:
        digest, before = checksum.begin(), self.received
        state = self._hash([])
        most = min(self.upload.length - before, MOST_CHECKED + 1)
        for window in windows(pieces(stream, most, at=before), at=before):
            for piece in window:
                digest.update(piece)
            self._store(window)
            state = self._hash(window)
            with self.services.database.unit_of_work() as session:
                writers.renew(session, self.upload.id, token=self.upload.token)
        if self.received - before > MOST_CHECKED:
            fault = Fault("Upload-Checksum", "too_large", {"most_bytes": MOST_CHECKED})
            raise Invalid((fault,), code="too_large")
        if digest.digest() != checksum.digest:
            raise ChecksumMismatch("chunk_checksum_mismatch")
        return state

    def _store(self, window: list[bytes]) -> None:
        """Make a window durable behind what came before."""
        try:
            self.received = self._append(
                self.received, self._while_leased(window), durable=lambda _offset: None
            )
        except ObjectBusy as error:
            raise Conflict("upload_busy") from error
        except ObjectCorrupt as error:
            # The store in use is another one than was written to, or what was there has gone.
            with self.services.database.unit_of_work() as session:
                writers.give_up(session, self.upload.id, token=self.upload.token)
            raise Conflict("upload_expired") from error
        except StoreError:
            self.interrupted = True
            raise

    def _while_leased(self, window: list[bytes]) -> Iterator[bytes]:
        """Give the window if the lease is still ours; asked when the store holds the object.

        Without this a line that slept longer than its lease would, on waking, cut off what another
        has brought since.
        """
        with self.services.database.reading() as session:
            writers.demand_lease(session, self.upload.id, token=self.upload.token)
        yield from window

    def _note(self, hash_state: bytes | None) -> None:
        """Note offset and hash, both or neither."""
        with self.services.database.unit_of_work() as session:
            writers.note(
                session,
                self.upload.id,
                token=self.upload.token,
                received=self.received,
                hash_state=hash_state,
            )

    def let_go(self) -> None:
        """Give the lease back, unless the file is whole and about to be finished."""
        if self.received < self.upload.length:
            self._release()

    def _release(self) -> None:
        # Where the database is full or away the lease ends by itself, in seconds.
        with suppress(DatabaseBusy), self.services.database.unit_of_work() as session:
            writers.let_go(
                session, self.upload.id, token=self.upload.token, interrupted=self.interrupted
            )

    def finish(self) -> str:
        """Make an asset of what is whole; return its id. Raises ChecksumMismatch, Conflict."""
        digest = self.running.hexdigest() if self.running is not None else None
        try:
            return finish(self.services, self.actor, self.upload, self.upload.token, digest)
        except BaseException:
            self._release()
            raise


def finish(
    services: Services, actor: Actor, upload: UploadView, token: int, sha256: str | None
) -> str:
    """Finish an upload whose bytes are all there.

    Raises ChecksumMismatch when the file is not what its giver declared, or what was acknowledged:
    then no asset exists and the upload is dropped.
    """
    if upload.declared_sha256 and sha256 and upload.declared_sha256 != sha256:
        _refuse(services, actor, upload, token)
    services.store.finish(upload.key, size=upload.length)
    is_sure = services.store.locks or not upload.interrupted
    if not is_sure and sha256 is not None and upload.length <= READ_AT_ONCE:
        running = RunningHash()
        for piece in services.store.read(upload.key):
            running.update(piece)
        is_sure = running.hexdigest() == sha256
        if not is_sure:
            _refuse(services, actor, upload, token)
    with services.database.unit_of_work() as session:
        return uploads.finish(
            session,
            by=actor,
            upload_id=upload.id,
            token=token,
            sha256=sha256,
            is_sure=is_sure,
        )


def _refuse(services: Services, actor: Actor, upload: UploadView, token: int) -> NoReturn:
    with services.database.unit_of_work() as session:
        writers.let_go(session, upload.id, token=token)
        uploads.drop(session, by=actor, upload_id=upload.id)
    services.store.abandon(upload.key)
    services.store.delete(upload.key)
    raise ChecksumMismatch("checksum_mismatch")


def finish_whole(services: Services, actor: Actor, upload: UploadView) -> str:
    """Finish an upload whose bytes are all noted, whoever may be at it; raises as `finish`.

    Its bytes and their hash change no more, and finishing twice gives the same asset.
    """
    running = _hash_so_far(upload)
    digest = running.hexdigest() if running is not None else None
    return finish(services, actor, upload, upload.token, digest)


def _hash_so_far(upload: UploadView) -> RunningHash | None:
    """Take up the hash where it was put down; None where that cannot be done (storage/hashing)."""
    if upload.received == 0:
        return RunningHash()
    if upload.hash_state is None:
        return None
    try:
        return RunningHash.resume(upload.hash_state)
    except ValueError:
        return None


def receive_whole(
    services: Services, actor: Actor, resource_id: str, given: Given, stream: BinaryIO, *, most: int
) -> str:
    """Take a file whose length nobody knows before its end, as a plain form sends it.

    It has at most `most` bytes. Returns the id of the asset. Raises Invalid, QuotaExceeded,
    NotPermitted, StoreFull, and what `stream` raises.
    """
    limits = Limits(
        min(services.settings.limits.max_upload_bytes, FORM_BYTES),
        services.settings.limits.quota_bytes,
    )
    with services.database.unit_of_work() as session:
        upload = uploads.begin(
            session,
            by=actor,
            resource_id=resource_id,
            given=given,
            length=min(limits.file_bytes, most),
            limits=limits,
            key_of=original_key,
        )
    receiving = Receiving.begin(services, actor, upload.id, 0)
    try:
        received = receiving.take(stream)
        _demand_end(stream, upload, received)
        with services.database.unit_of_work() as session:
            whole = uploads.cut(session, by=actor, upload_id=upload.id, length=received)
    except BaseException:
        _forget(services, actor, receiving)
        raise
    digest = receiving.running.hexdigest() if receiving.running is not None else None
    return finish(services, actor, whole, receiving.upload.token, digest)


def _demand_end(stream: BinaryIO, upload: UploadView, received: int) -> None:
    if received == upload.length and stream.read(1):
        fault = Fault("length", "too_large", {"most_bytes": upload.length})
        raise Invalid((fault,), code="too_large")


def _forget(services: Services, actor: Actor, receiving: Receiving) -> None:
    """End an upload that nobody can go on with; where the database is full, a sweep does it."""
    upload = receiving.upload
    with suppress(DatabaseBusy), services.database.unit_of_work() as session:
        writers.let_go(session, upload.id, token=upload.token)
        uploads.drop(session, by=actor, upload_id=upload.id)
    services.store.abandon(upload.key)


def end_upload(services: Services, actor: Actor, upload_id: str) -> None:
    """End an upload and forget its bytes. Raises NotFound, Conflict."""
    with services.database.unit_of_work() as session:
        key = uploads.drop(session, by=actor, upload_id=upload_id, has_ended=has_ended)
    if key:
        services.store.abandon(key)
