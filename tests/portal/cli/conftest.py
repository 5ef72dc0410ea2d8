"""The program as an operator uses it: words in, exit code and both streams out."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from portal.cli.main import main
from tests.factories.house import build_house

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.factories.house import House


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def furnished(home: Path) -> House:
    """Build a house with a published resource, found, and one that waits."""
    built = build_house(home)
    built.bring_to("published", source_id="here")
    built.bring_to("submitted")
    built.index()
    return built


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli") / "home"


@pytest.fixture(scope="session")
def house(home: Path) -> Iterator[House]:
    """Give a house that the tests of all commands share, and write into."""
    built = furnished(home)
    yield built
    built.services.close()


@pytest.fixture
def run(home: Path, house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run `caravan` with words, in the home of the house; `stdin` is what is typed."""
    del house

    def ran(*words: str, stdin: str = "", **environ: Any) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        with monkeypatch.context() as patched, redirect_stdout(out), redirect_stderr(err):
            for name, value in {"CARAVAN_HOME": str(home), **environ}.items():
                patched.setenv(name, value)
            patched.setattr(sys, "argv", ["caravan", *words])
            patched.setattr(sys, "stdin", io.StringIO(stdin))
            with pytest.raises(SystemExit) as ended:
                main()
        code = ended.value.code
        assert isinstance(code, int)
        return Ran(code, out.getvalue(), err.getvalue())

    return ran
