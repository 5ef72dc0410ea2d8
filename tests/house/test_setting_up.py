"""The set-up, run as a shell runs it, on a machine that is made of stand-ins for apt and pip.

Nothing is installed: `apt-get`, `dpkg-query`, `sudo` and Python write down what they are asked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.house.source import ROOT

TOOLS = [
    "bash",
    "cat",
    "cp",
    "cut",
    "dirname",
    "env",
    "flock",
    "grep",
    "mkdir",
    "mktemp",
    "mv",
    "rm",
    "sha256sum",
    "touch",
    "true",
]
NEEDED = (
    "ffmpeg",
    "libmagic1",
    "bubblewrap",
    "chromium",
    "fonts-noto-core",
    "fonts-noto-cjk",
    "postgresql",
    "nginx-light",
    "curl",
    "procps",
    "libatomic1",
    "default-jdk-headless",
    "maven",
)
DPKG = 'grep -qx "${!#}" "$MACHINE/packages" && printf installed\n'
APT = """
echo "apt-get $*" >> "$MACHINE/log"
while [[ ${1:-} == -* ]]; do shift; done
[[ $1 == install ]] || exit 0
for name in "$@"; do grep -qx -- "$name" "$MACHINE/unknown" && exit 100; done
for name in "$@"; do echo "$name" >> "$MACHINE/packages"; done
"""
SUDO = 'echo "sudo $*" >> "$MACHINE/log"\n[[ -e $MACHINE/may-sudo ]] || exit 1\nshift\nexec "$@"\n'
PYTHON = """
case "$*" in
    -V | -VV | --version) echo "Python 3.12.99" ;;
    *"ensurepip, venv"*) [[ -e $MACHINE/no-venv ]] && ! grep -q venv "$MACHINE/packages" && exit 1 ;;
    *_base_executable*) echo "$0" ;;
    *"%d-venv"*) echo python3.12-venv ;;
    *"-m venv"*) mkdir -p .venv/bin && cp "$MACHINE/bin/python3" .venv/bin/python ;;
    "-m pip install"*) echo "pip $*" >> "$MACHINE/log" ;;
esac
exit 0
"""


@dataclass
class Machine:
    """A folder that stands for a machine, with a clone on it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def clone(self) -> Path:
        return self.folder / "clone"

    def program(self, name: str, text: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/bash\n{text}", encoding="utf-8")
        path.chmod(0o755)

    def set_up(self) -> subprocess.CompletedProcess[str]:
        (self.folder / "log").write_text("", encoding="utf-8")
        return subprocess.run(
            ["scripts/setup"],
            cwd=self.clone,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine without root and sudo, on which everything is installed."""
    for folder in ("bin", "clone/scripts", "home"):
        (tmp_path / folder).mkdir(parents=True)
    made = Machine(tmp_path, {"MACHINE": str(tmp_path), "HOME": str(tmp_path / "home")})
    made.environment["PATH"] = str(tmp_path / "bin")
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None, name
        (tmp_path / "bin" / name).symlink_to(found)
    for name, text in {
        "apt-get": APT,
        "dpkg-query": DPKG,
        "id": 'cat "$MACHINE/user"\n',
        "python3": PYTHON,
        "sudo": SUDO,
    }.items():
        made.program(name, text)
    (tmp_path / "packages").write_text("\n".join(NEEDED) + "\n", encoding="utf-8")
    (tmp_path / "unknown").write_text("", encoding="utf-8")
    (tmp_path / "user").write_text("1000\n", encoding="utf-8")
    shutil.copy(ROOT / "scripts" / "setup", made.clone / "scripts" / "setup")
    for name in ("requirements.lock", "pyproject.toml"):
        (made.clone / name).write_text("", encoding="utf-8")
    return made


def lacking(machine: Machine, *names: str) -> None:
    left = [name for name in NEEDED if name not in names]
    (machine.folder / "packages").write_text("\n".join(left) + "\n", encoding="utf-8")


def test_all_is_installed_once_and_a_second_run_installs_nothing(machine: Machine) -> None:
    first = machine.set_up()
    assert first.returncode == 0, first.stderr
    assert "pip -m pip install --quiet --require-hashes -r requirements.lock" in machine.log()
    assert "--no-build-isolation --no-deps -e ." in machine.log()
    second = machine.set_up()
    assert (second.returncode, second.stderr, machine.log()) == (0, "", "")


def test_a_changed_lock_installs_again_into_the_same_environment(machine: Machine) -> None:
    machine.set_up()
    (machine.clone / ".venv" / "kept").touch()
    (machine.clone / "requirements.lock").write_text("flask==3.1\n", encoding="utf-8")
    machine.set_up()
    assert "--require-hashes" in machine.log()
    assert (machine.clone / ".venv" / "kept").exists()


def test_a_clone_that_was_moved_gets_a_new_environment(machine: Machine) -> None:
    machine.set_up()
    (machine.clone / ".venv" / "caravan-folder").write_text("/elsewhere\n", encoding="utf-8")
    (machine.clone / ".venv" / "caravan-stamp").unlink()
    assert "Making a virtual environment" in machine.set_up().stderr


def test_root_installs_what_is_missing_and_nothing_else(machine: Machine) -> None:
    lacking(machine, "ffmpeg", "chromium")
    (machine.folder / "user").write_text("0\n", encoding="utf-8")
    assert machine.set_up().returncode == 0
    asked = [line for line in machine.log().splitlines() if line.startswith("apt-get")]
    assert asked == [
        "apt-get -q -y update",
        "apt-get -q -y install --no-install-recommends ffmpeg chromium",
    ]


def test_sudo_is_used_only_where_it_asks_for_no_password(machine: Machine) -> None:
    lacking(machine, "ffmpeg")
    (machine.folder / "may-sudo").touch()
    assert machine.set_up().returncode == 0
    assert "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get" in machine.log()
    assert "apt-get -q -y install --no-install-recommends ffmpeg" in machine.log()


def test_without_root_and_sudo_one_message_names_command_and_loss_and_it_goes_on(
    machine: Machine,
) -> None:
    lacking(machine, "ffmpeg", "bubblewrap")
    done = machine.set_up()
    assert done.returncode == 0
    command = "sudo apt-get update && sudo apt-get install -y --no-install-recommends"
    assert f"{command} ffmpeg bubblewrap\n" in done.stderr
    assert "ffmpeg: films and sounds" in done.stderr
    assert "bubblewrap: decoders" in done.stderr
    assert "chromium" not in done.stderr
    assert "apt-get" not in machine.log()
    assert "--require-hashes" in machine.log()


def test_a_package_that_the_release_does_not_have_keeps_no_other_away(machine: Machine) -> None:
    lacking(machine, "ffmpeg", "chromium")
    (machine.folder / "user").write_text("0\n", encoding="utf-8")
    (machine.folder / "unknown").write_text("chromium\n", encoding="utf-8")
    done = machine.set_up()
    assert done.returncode == 0
    assert "ffmpeg" in (machine.folder / "packages").read_text(encoding="utf-8")
    assert "These Debian packages are missing: chromium\n" in done.stderr


def test_the_new_name_of_libmagic_counts(machine: Machine) -> None:
    lacking(machine, "libmagic1")
    with (machine.folder / "packages").open("a", encoding="utf-8") as packages:
        packages.write("libmagic1t64\n")
    assert "missing" not in machine.set_up().stderr


def test_a_java_that_came_in_another_way_is_enough(machine: Machine) -> None:
    lacking(machine, "postgresql", "default-jdk-headless", "maven")
    told = machine.set_up().stderr
    assert "missing: postgresql default-jdk-headless maven\n" in told
    assert "  maven: make test, make contracts and make services cannot" in told
    for name in ("java", "mvn"):
        machine.program(name, "exit 0\n")
    assert "missing: postgresql\n" in machine.set_up().stderr


def test_a_python_without_venv_gets_the_package_of_debian(machine: Machine) -> None:
    (machine.folder / "no-venv").touch()
    refused = machine.set_up()
    assert refused.returncode == 1
    assert "python3.12-venv: no virtual environment can be made" in refused.stderr
    (machine.folder / "user").write_text("0\n", encoding="utf-8")
    assert machine.set_up().returncode == 0
    assert "install --no-install-recommends python3.12-venv" in machine.log()


def test_a_machine_without_a_fitting_python_is_told_what_to_install(machine: Machine) -> None:
    machine.program("python3", "exit 1\n")
    refused = machine.set_up()
    assert refused.returncode == 1
    assert "sudo apt-get install -y python3 python3-venv" in refused.stderr


@pytest.mark.parametrize("home", [None, "", "/nonexistent"])
def test_without_a_home_nothing_lands_in_the_clone(machine: Machine, home: str | None) -> None:
    machine.environment.pop("HOME")
    if home is not None:
        machine.environment["HOME"] = home
    assert machine.set_up().returncode == 0
    assert {path.name for path in machine.clone.iterdir()} == {
        ".venv",
        "pyproject.toml",
        "requirements.lock",
        "scripts",
    }


def make(*targets: str) -> str:
    asked = subprocess.run(
        ["make", "--no-print-directory", *targets],
        cwd=ROOT,
        env={**os.environ, "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return asked.stdout


def test_make_help_has_a_line_for_each_command_of_the_contract() -> None:
    told = make("help")
    for target in ("demo", "test", "setup", "services", "contracts", "check", "help"):
        assert f"make {target} " in told
    assert make() == told


def test_the_server_takes_the_place_of_the_shell_so_that_signals_arrive() -> None:
    assert "exec .venv/bin/caravan demo --port 9123" in make("-n", "demo", "PORT=9123")


def test_ci_runs_the_command_of_the_readme() -> None:
    run = ROOT / ".ci" / "run"
    assert os.access(run, os.X_OK)
    assert run.read_text(encoding="utf-8").rstrip().endswith("exec make test")
