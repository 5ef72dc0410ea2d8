from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from portal.cli.main import COMMANDS, caravan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.portal.cli.conftest import Ran

CONTRACT = {
    "serve", "worker", "demo", "inspect", "import", "search", "reindex", "doctor", "settings",
    "institution", "user", "token", "agreement", "audit",
}  # fmt: skip


def every_command(
    group: click.Group, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))


ALL = dict(every_command(caravan))


def test_the_commands_of_the_contract_are_there() -> None:
    assert set(COMMANDS) >= CONTRACT


@pytest.mark.parametrize("path", [(), *ALL], ids=" ".join)
def test_every_command_explains_itself(run: Callable[..., Ran], path: tuple[str, ...]) -> None:
    told = run(*path, "--help")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Usage: ")


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_and_option_has_a_sentence(path: tuple[str, ...]) -> None:
    command = ALL[path]
    assert command.help
    without = [
        option.name
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert without == []


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("fly",),
        ("import",),
        ("import", "absent.jsonl", "--institution", "lanzhou"),
        ("institution",),
        ("institution", "add", "new", "--name", "no language", "--country", "CN"),
        ("search", "--top", "0"),
        ("search", "--top", "many"),
        ("search", "--filter", "kind"),
        ("search", "--filter", "colour=red"),
        ("serve", "--port", "99999"),
        ("serve", "--processes", "0"),
        ("worker", "--concurrency", "0"),
        ("user", "add", "a@example.org", "--name", "A", "--role", "king"),
        ("agreement", "add", "new", "--party", "lanzhou", "--from", "yesterday"),
        ("settings", "--yaml"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_two_with_a_sentence(run: Callable[..., Ran], words: tuple[str, ...]) -> None:
    told = run(*words)
    assert told.code == 2
    assert told.out == ""
    assert told.err.strip()


@pytest.mark.parametrize("words", [("settings",), ("serve",), ("worker",), ("search", "magnet")])
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CARAVAN_SEARCH_ULR", "embedded:", "did you mean CARAVAN_SEARCH_URL?"),
        ("CARAVAN_MAX_UPLOAD_BYTES", "lots", "must be a size"),
        ("CARAVAN_TRUSTED_PROXIES", "-1", "CARAVAN_TRUSTED_PROXIES"),
        ("CARAVAN_BASE_URL", "museum", "CARAVAN_BASE_URL"),
    ],
)
def test_a_setting_that_does_not_hold_stops_the_start_with_one_sentence(
    run: Callable[..., Ran], words: tuple[str, ...], name: str, value: str, said: str
) -> None:
    told = run(*words, **{name: value})
    assert (told.code, told.out) == (1, "")
    assert len(told.err.splitlines()) == 1
    assert said in told.err


def test_a_home_that_cannot_be_written_is_said_in_one_sentence(
    run: Callable[..., Ran], tmp_path: object
) -> None:
    file = f"{tmp_path}/file"
    with open(file, "w", encoding="utf-8") as made:  # noqa: PTH123 - a path as text is what is set
        made.write("no folder")
    told = run("search", "magnet", CARAVAN_HOME=file)
    assert (told.code, told.out) == (1, "")
    assert len(told.err.splitlines()) == 1
    assert "Traceback" not in told.err
