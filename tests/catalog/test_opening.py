"""A start costs little where nothing has to be brought forward."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory
from argon2 import PasswordHasher
from sqlalchemy import text

from catalog import people, vocabulary
from catalog.migrating import alembic_config, current_revision
from catalog.opening import last_step, open_database

if TYPE_CHECKING:
    from pathlib import Path


def test_the_last_step_is_the_one_that_alembic_takes_last() -> None:
    assert last_step() == ScriptDirectory.from_config(alembic_config()).get_current_head()


def test_a_database_of_this_program_is_opened_without_alembic(tmp_path: Path) -> None:
    words = (
        "import sys; from catalog.opening import open_database;"
        "open_database(sys.argv[1], migrating=True).dispose();"
        "print('alembic' in sys.modules)"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", words, f"sqlite:///{tmp_path / 'caravan.db'}"],
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for _ in range(2)
    ]
    assert told == ["True", "False"]


def test_what_the_vocabulary_lacks_is_brought_in_without_a_step_too(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'caravan.db'}"
    database = open_database(url, migrating=True)
    with database.unit_of_work() as session:
        session.execute(text("DELETE FROM concept_label WHERE concept_id = 'magnetism'"))
    database.dispose()

    left = open_database(url, migrating=False)
    with left.reading() as session:
        assert not _labels(vocabulary.concepts(session))
    again = open_database(url, migrating=True)
    with again.reading() as session:
        assert _labels(vocabulary.concepts(session))
    assert current_revision(again) == last_step()


def _labels(concepts: tuple[vocabulary.ConceptView, ...]) -> dict[str, str]:
    return dict(next(each.labels for each in concepts if each.id == "magnetism"))


def test_an_unknown_account_costs_as_much_as_a_known_one() -> None:
    """The hash that stands in for it is of the kind that passwords are stored by."""
    assert not PasswordHasher().check_needs_rehash(people._DUMMY)
