"""What all tests share: the real sample files, where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_left_out: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--samples",
        type=Path,
        default=ROOT.parent / "shared" / "samples",
        help="The folder of real sample files with their MANIFEST.csv.",
    )


@pytest.fixture(scope="session")
def samples(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.config.getoption("--samples")
    if not (folder / "MANIFEST.csv").is_file():
        _left_out.append(request.node.name)
        pytest.skip(f"there are no samples at {folder.name}")
    return folder


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    if call.when == "setup" and call.excinfo and "there are no samples" in str(call.excinfo.value):
        _left_out.append(item.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _left_out:
        terminalreporter.write_line(f"{len(_left_out)} tests left out: the samples are absent")
