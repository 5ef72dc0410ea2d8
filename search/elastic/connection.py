"""The wire to the cluster: who we are, how long we wait, and its errors as the seam's.

No request is repeated here: a search has to end within its time, and writes are repeated by
`search.elastic.writing`, which knows what was stored.
"""

from __future__ import annotations

import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from elasticsearch import ApiError, Elasticsearch, TransportError, UnsupportedProductError
from elasticsearch import ConnectionError as Unreachable
from elasticsearch import ConnectionTimeout as TimedOut
from elasticsearch import SSLError as BadCertificate
from urllib3 import Timeout

from search.engine import EngineRefused, EngineUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PORT: Final = 9200
CONNECTIONS: Final = 32
"""Kept open by one process; more are made at need and closed again."""
SEARCH_SECONDS: Final = 1.7
"""A whole search with its near matches; the page that says it rests stands within two seconds."""
WRITE_SECONDS: Final = 30.0
_BAD_REQUEST, _UNAUTHORIZED, _FORBIDDEN, _MISSING, _CONFLICT = 400, 401, 403, 404, 409
_UNAVAILABLE: Final = 503


class IndexMissing(EngineUnavailable):
    """The index or alias that was asked does not exist."""


class NotAccepted(EngineUnavailable):
    """The cluster did not take a request as it is, for instance since another was first."""


class Connection:
    """One cluster; may serve all threads of a process, which are connected at their first call."""

    def __init__(self, url: str, *, ca_file: Path | None, api_key: str | None) -> None:
        """Connect nothing yet. Raises `EngineRefused` (`bad_ca_file`)."""
        self._client = _client(url, ca_file, api_key)
        self._counting = threading.Lock()
        self._requests = 0

    @property
    def requests(self) -> int:
        """How many requests were made."""
        return self._requests

    def ask(
        self, call: Callable[[Elasticsearch], Any], *, seconds: float = WRITE_SECONDS
    ) -> dict[str, Any]:
        """Make one request and return the body of its answer.

        Raises `EngineUnavailable`: `unreachable`, `timed_out`, `bad_certificate`, `bad_login`,
        `forbidden`, `read_only`, `not_elasticsearch`, `busy`, `missing`, `failed`.
        """
        if seconds <= 0:
            raise EngineUnavailable("timed_out")
        with self._counting:
            self._requests += 1
        with translated():
            # One limit for connecting and answering together, where a plain number is one for each.
            limit: Any = Timeout(total=seconds)
            answer = call(self._client.options(request_timeout=limit, max_retries=0))
        return dict(answer.body)

    def close(self) -> None:
        """Close what is kept open."""
        self._client.close()


def _client(url: str, ca_file: Path | None, api_key: str | None) -> Elasticsearch:
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    more: dict[str, Any] = {}
    if parts.scheme == "https":
        more["ssl_context"] = _trusting(ca_file)
    if api_key is not None:
        more["api_key"] = api_key
    elif parts.username is not None:
        more["basic_auth"] = (unquote(parts.username), unquote(parts.password or ""))
    return Elasticsearch(
        f"{parts.scheme}://{host}:{parts.port or PORT}{parts.path}",
        connections_per_node=CONNECTIONS,
        retry_on_timeout=False,
        max_retries=0,
        **more,
    )


def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except (OSError, ValueError) as error:
        raise EngineRefused("bad_ca_file", path=str(ca_file)) from error


@contextmanager
def translated() -> Iterator[None]:
    """Turn the client's errors into the seam's."""
    try:
        yield
    except UnsupportedProductError as error:
        raise EngineUnavailable("not_elasticsearch") from error
    except ApiError as error:
        raise of_status(error.status_code, _type_of(error)) from error
    except TimedOut as error:
        raise EngineUnavailable("timed_out") from error
    except BadCertificate as error:
        raise EngineUnavailable("bad_certificate") from error
    except Unreachable as error:
        raise EngineUnavailable("unreachable") from error
    except (TransportError, OSError, ValueError, TypeError) as error:
        # An answer that is no JSON, for instance: something else listens there.
        raise EngineUnavailable("not_elasticsearch") from error


def of_status(status: int, kind: str) -> EngineUnavailable:
    """Return the error for an HTTP status and the type that the cluster calls it by."""
    if kind == "cluster_block_exception":
        # 429 is what a node says whose disk has passed the flood stage.
        return EngineUnavailable("busy" if status == _UNAVAILABLE else "read_only")
    if status == _MISSING:
        return IndexMissing("missing")
    # The last is a 500: a second index to write to under one name.
    if status in (_BAD_REQUEST, _CONFLICT) or kind == "illegal_state_exception":
        return NotAccepted("failed", kind=kind)
    named = {_UNAUTHORIZED: "bad_login", _FORBIDDEN: "forbidden", 405: "not_elasticsearch"}
    return EngineUnavailable(named.get(status, "busy"), status=status)


def _type_of(error: ApiError) -> str:
    try:
        return str(error.body["error"]["type"])
    except (KeyError, TypeError):
        return ""
