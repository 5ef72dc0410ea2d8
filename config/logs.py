"""The log of the process: structlog, set up once, to stderr.

What is logged through the standard library, by gunicorn or SQLAlchemy, goes the same way. The ids
of the request and the job that a line belongs to are bound around the work by ``bound``.
"""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from config.urls import hide_credentials

_SECRET_KEY: Final = re.compile(
    r"password|passwd|secret|token|api_?key|authorization|cookie|csrf", re.IGNORECASE
)
_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_BEARER: Final = re.compile(r"\b(Bearer|Basic)\s+\S+", re.IGNORECASE)
_HIDDEN: Final = "***"


def configure(*, as_json: bool, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send all logging of the process to ``stream``, by default stderr.

    JSON is one object a line, for programs; otherwise lines are for people. May be called again,
    and then replaces what was set up before.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        drop_secrets,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Alembic tells each of its plugins at every start, botocore whose credentials it found and, asked
    # for more, every signature, the search client every request: only what is wrong is of use.
    for library in ("alembic", "botocore", "boto3"):
        logging.getLogger(library).setLevel(logging.WARNING)
    # It tells of each try at a cluster that is away; whoever asked says once what came of it.
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)


@contextmanager
def bound(**ids: str) -> Iterator[None]:
    """Put the given ids, such as `job_id`, on every line that is logged inside the block."""
    with structlog.contextvars.bound_contextvars(**ids):
        yield


def drop_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace by stars what is named like a secret, and credentials in addresses and headers."""
    for name, value in event.items():
        if _SECRET_KEY.search(name) and value is not None:
            event[name] = _HIDDEN
        elif isinstance(value, str):
            event[name] = _without_credentials(value)
    return event


def _without_credentials(text: str) -> str:
    text = _BEARER.sub(rf"\1 {_HIDDEN}", text)
    return _URL.sub(lambda found: hide_credentials(found[0]), text)
