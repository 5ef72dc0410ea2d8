from __future__ import annotations

import json
from typing import TYPE_CHECKING

from config.settings import describe, load
from portal.cli import progress

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.portal.cli.conftest import Ran


def test_each_setting_is_printed_with_value_default_and_meaning(run: Callable[..., Ran]) -> None:
    told = [
        json.loads(line) for line in run("settings", "--json", CARAVAN_QUOTA_BYTES="2 GiB").lines
    ]
    assert [each["name"] for each in told] == [line.name for line in describe(load({}))]
    assert all(each["default"] and each["meaning"].endswith(".") for each in told)
    quota = next(each for each in told if each["name"] == "CARAVAN_QUOTA_BYTES")
    assert quota["value"] == "2 GiB"
    plain = run("settings").out
    assert all(each["name"] in plain and each["meaning"] in plain for each in told)


def test_no_secret_is_printed(run: Callable[..., Ran]) -> None:
    secrets = {
        "CARAVAN_SECRET_KEY": "open sesame open sesame open sesame",
        "CARAVAN_MAIL_URL": "smtp://user:sesame@mail.example:25",
        "CARAVAN_SEARCH_URL": "http://user:sesame@search.example:9200",
        "CARAVAN_SEARCH_API_KEY": "sesame-key",
    }
    told = run("settings", "--json", **secrets)
    assert told.code == 0
    assert "sesame" not in told.out


def test_the_doctor_names_each_part(run: Callable[..., Ran]) -> None:
    told = run("doctor", "--json")
    parts = [json.loads(line) for line in told.lines]
    named = {each["part"] for each in parts}
    assert named >= {"database", "storage", "search", "sandbox", "ffmpeg", "queue"}
    assert told.code == (0 if all(each["ok"] for each in parts) else 1)


def test_the_log_and_the_index_are_proved_and_long_work_says_how_far_it_is(
    run: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run("audit")
    assert (told.code, told.out, told.err) == (0, "The log holds.\n", "")
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.0)
    told = run("audit", "--json")
    assert (told.code, told.out) == (0, "")
    first, *_rest, last = told.err.splitlines()
    chains = last.rpartition(" ")[2]
    assert (first, last) == (f"proving: 1 of {chains}", f"proving: {chains} of {chains}")
