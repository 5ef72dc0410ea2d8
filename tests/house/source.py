"""The house as its tests read it: every module parsed once, every committed file listed."""

from __future__ import annotations

import ast
import functools
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("config", "storage", "catalog", "ingest", "search", "portal")
MADE_BY_TOOLS = "catalog/migrations/versions/"
NOT_OURS = {".git", ".venv", "var", "build"}


@dataclass(frozen=True)
class Module:
    """One module: its place relative to the repository, its text and its tree."""

    place: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.place.split("/", 1)[0]

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def imports(self, within: ast.AST | None = None) -> set[str]:
        """Every module named by an import; `from a import b` may name a.b, so that counts too."""
        found: set[str] = set()
        for node in ast.walk(within or self.tree):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                start = f"{node.module}." if node.module else ""
                found.update(f"{start}{alias.name}" for alias in node.names)
        return found

    def calls(self) -> set[str]:
        """Every called thing as it is spelled: `os.system`, `print`."""
        return {
            ast.unparse(node.func) for node in ast.walk(self.tree) if isinstance(node, ast.Call)
        }


@functools.cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every module below the folders, in order of their places."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(
        Module(path.relative_to(ROOT).as_posix(), text, ast.parse(text))
        for path in paths
        for text in [path.read_text(encoding="utf-8")]
    )


def code() -> tuple[Module, ...]:
    """Every module of the six rooms."""
    return modules(*ROOMS)


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Every committed file; where git cannot tell (an unpacked archive), every file that is ours."""
    argv = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    asked = subprocess.run(argv, cwd=ROOT, capture_output=True, check=False)
    if asked.returncode == 0:
        names = [ROOT / name for name in asked.stdout.decode().split("\0") if name]
    else:
        names = [path for path in ROOT.rglob("*") if not NOT_OURS & set(path.parts)]
    return tuple(path for path in names if path.is_file())
