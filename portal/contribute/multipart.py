"""A file sent by a plain form, streamed: the body never passes through a form parser or memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, cast

from flask import request
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestEntityTooLarge
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Event,
    Field,
    File,
    MultipartDecoder,
    NeedData,
)

from portal.weights import FORM_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_FIELD = 10_000
PIECE_BYTES = 256 * 1024


class SentFile:
    """The one file of a form: its fields first, then its bytes as a stream that can be read once.

    The fields must stand before the file in the form, as they do in ours.
    """

    def __init__(self) -> None:
        """Read up to the first byte of the file. Raises BadRequest, RequestEntityTooLarge."""
        if (request.content_length or 0) > FORM_BYTES + 64 * 1024:
            raise RequestEntityTooLarge
        boundary = request.mimetype_params.get("boundary", "")
        if request.mimetype != "multipart/form-data" or not boundary:
            raise BadRequest
        self._decoder = MultipartDecoder(boundary.encode("ascii", "replace"))
        self._stream = cast("BinaryIO", request.stream)
        self._events = self._read_events()
        self.fields: dict[str, str] = {}
        self.filename = ""
        self.most_bytes = min(request.content_length or FORM_BYTES, FORM_BYTES)
        self._read_head()
        self._left = b""
        self._ended = not self.filename

    def _read_events(self) -> Iterator[Event]:
        while True:
            try:
                event = self._decoder.next_event()
                if isinstance(event, NeedData):
                    self._decoder.receive_data(self._stream.read(PIECE_BYTES) or None)
                    continue
            except (ValueError, OSError, ClientDisconnected) as error:
                # No form that ends here is whole: a part of a file must never pass for all of it.
                raise BadRequest from error
            yield event
            if isinstance(event, Epilogue):
                return

    def _read_head(self) -> None:
        name, value = "", b""
        for event in self._events:
            if isinstance(event, Field):
                name, value = event.name, b""
            elif isinstance(event, File):
                self.filename = event.filename
                return
            elif isinstance(event, Data):
                value += event.data
                if len(value) > LONGEST_FIELD:
                    raise RequestEntityTooLarge
                if not event.more_data:
                    self.fields[name] = value.decode("utf-8", "replace")

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes of the file; none at its end."""
        while not self._left and not self._ended:
            event = next(self._events, None)
            if isinstance(event, Data):
                self._left, self._ended = event.data, not event.more_data
            else:
                self._ended = True
        piece, self._left = self._left[:size], self._left[size:]
        return piece
