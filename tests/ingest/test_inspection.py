"""`caravan inspect`: one object a file, whatever the file is, and a word on each that cannot be read."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

from click.testing import CliRunner

from portal.cli.files import inspect_files

if TYPE_CHECKING:
    from pathlib import Path


def test_each_file_gets_a_line_and_what_cannot_be_read_a_sentence(tmp_path: Path) -> None:
    odd = tmp_path / "-a\n\u202eb.txt"
    odd.write_text("Water boils at a hundred degrees.\n")
    longest = tmp_path / ("x" * 251 + ".txt")
    longest.write_text("")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    missing = tmp_path / "missing\n.txt"
    given = [str(path) for path in (pipe, odd, tmp_path, missing, longest)]
    told = CliRunner().invoke(inspect_files, ["--json", "--", *given])
    assert told.exit_code == 1
    first, second = (json.loads(line) for line in told.stdout.splitlines())
    assert first["path"] == str(odd)
    assert first["sha256"] == hashlib.sha256(odd.read_bytes()).hexdigest()
    facts = ("media_type", "family", "verdict", "reasons", "charset", "language", "text_chars")
    assert [first[name] for name in facts] == [
        *("text/plain", "document", "accept", [], "utf-8", "en", 33)
    ]
    assert second["path"] == str(longest)
    assert second["reasons"] == [{"code": "empty", "message": "The file is empty."}]
    sentences = told.stderr.splitlines()
    assert len(sentences) == 3
    assert sentences[0].endswith("pipe: not a file")
    assert "No such file" in sentences[2]
    words = CliRunner().invoke(inspect_files, ["--", str(odd), str(longest)])
    assert words.exit_code == 0
    assert "\\n\\u202eb.txt: accept" in words.stdout
    assert "empty: The file is empty." in words.stdout
