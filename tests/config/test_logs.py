"""Every line of the log carries its ids and none carries a secret."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from config import logs


@pytest.fixture(autouse=True)
def _untouched_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_each_event_is_one_json_object_on_one_line() -> None:
    stream = io.StringIO()
    logs.configure(as_json=True, stream=stream)
    structlog.get_logger("ingest").info("began\nagain", asset="磁铁")
    (line,) = lines(stream)
    assert line["event"] == "began\nagain"
    assert line["asset"] == "磁铁"
    assert line["level"] == "info"
    assert line["logger"] == "ingest"
    assert line["timestamp"].endswith("Z")


def test_the_standard_library_logs_the_same_way_with_its_arguments_filled_in() -> None:
    stream = io.StringIO()
    logs.configure(as_json=True, stream=stream)
    logging.getLogger("gunicorn.error").warning("Listening at %s", "port 8000")
    structlog.get_logger("portal").warning("Listening at %s", "port 8001")
    assert [line["event"] for line in lines(stream)] == [
        "Listening at port 8000",
        "Listening at port 8001",
    ]


def test_the_ids_of_request_and_job_are_on_the_lines_inside_the_block_alone() -> None:
    stream = io.StringIO()
    logs.configure(as_json=True, stream=stream)
    log = structlog.get_logger("portal")
    with logs.bound(request_id="r1"):
        with logs.bound(job_id="j1"):
            log.info("both")
        logging.getLogger("sqlalchemy").warning("one")
    log.info("none")
    ids = [(line.get("request_id"), line.get("job_id")) for line in lines(stream)]
    assert ids == [("r1", "j1"), ("r1", None), (None, None)]


@pytest.mark.parametrize(
    "fields",
    [
        {"password": "hunter2"},
        {"new_password": "hunter2"},
        {"csrf_token": "hunter2"},
        {"Authorization": "hunter2"},
        {"api_key": "hunter2"},
        {"url": "postgresql+psycopg://u:hunter2@db/c"},
        {"header": "sent Bearer hunter2 twice"},
    ],
)
def test_a_secret_is_dropped_whatever_it_comes_in(fields: dict[str, str]) -> None:
    stream = io.StringIO()
    logs.configure(as_json=True, stream=stream)
    structlog.get_logger("portal").info("sign-in", **fields)
    assert "hunter2" not in stream.getvalue()
    assert "***" in stream.getvalue()


def test_a_secret_in_a_message_or_a_traceback_is_dropped_too() -> None:
    stream = io.StringIO()
    logs.configure(as_json=True, stream=stream)

    def fail() -> None:
        message = "no answer from https://elastic:hunter2@search:9200/"
        raise RuntimeError(message)

    try:
        fail()
    except RuntimeError:
        logging.getLogger("search").exception("tried https://elastic:hunter2@search:9200/")
    assert "hunter2" not in stream.getvalue()
    assert "RuntimeError" in stream.getvalue()


def test_a_second_setup_replaces_the_first_and_the_level_holds() -> None:
    first, second = io.StringIO(), io.StringIO()
    logs.configure(as_json=True, stream=first)
    logs.configure(as_json=False, level="warning", stream=second)
    structlog.get_logger("portal").info("quiet")
    structlog.get_logger("portal").warning("loud", n=1)
    assert first.getvalue() == ""
    assert "quiet" not in second.getvalue()
    assert "loud" in second.getvalue()
    assert "n=1" in second.getvalue()
