"""What all tests share: the real sample files, where they are, and the real servers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
pytest_plugins = ["tests.services"]
ABSENT = "the sample files are absent"

# What an example takes in time is no fault: both cores may be busy.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--samples",
        type=Path,
        default=ROOT.parent / "shared" / "samples",
        help="The folder of real sample files with their MANIFEST.csv.",
    )
    parser.addoption(
        "--renew-baseline",
        action="store_true",
        help="Keep how the components look now as what they are compared with.",
    )


@pytest.fixture(scope="session")
def samples(request: pytest.FixtureRequest) -> Path:
    """Give the folder of real sample files; a test that asks for it is left out without them."""
    folder: Path = request.config.getoption("--samples").resolve()
    if not (folder / "MANIFEST.csv").is_file():
        pytest.skip(f"{ABSENT}: no MANIFEST.csv in {folder}")
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests had no samples: read from the reports, which reach us from xdist too."""
    left_out = [
        each for each in terminalreporter.stats.get("skipped", ()) if ABSENT in str(each.longrepr)
    ]
    if left_out:
        terminalreporter.write_line(
            f"{len(left_out)} tests were left out: {ABSENT} (see --samples DIR)", yellow=True
        )
