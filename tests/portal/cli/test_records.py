from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalog import people, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.factories.house import House
    from tests.portal.cli.conftest import Ran


def test_an_institution_a_person_a_password_and_a_token_make_somebody_who_may_call(
    run: Callable[..., Ran], house: House
) -> None:
    added = run(
        "institution", "add", "new", "--name", "en=New", "--name", "zh=新", "--country", "my"
    )
    assert (added.code, added.out) == (0, "new\n")
    words = ("user", "add", "new@example.org", "--name", "New", "--role", "contributor")
    assert (
        run(*words, "--institution", "new", "--password-stdin", stdin="a long enough one\n").code
        == 0
    )
    assert (
        run(
            "user", "password", "new@example.org", "--password-stdin", stdin="another long one\n"
        ).code
        == 0
    )
    told = run("token", "create", "new@example.org", "--scope", "read", "--scope", "give")
    with house.services.database.unit_of_work() as session:
        actor = tokens.actor_by_token(session, told.out.split()[-1])
    assert actor is not None


def test_a_role_without_an_institution_is_of_the_whole_site(
    run: Callable[..., Ran], house: House
) -> None:
    assert run("user", "add", "site@example.org", "--name", "S", "--role", "curator").code == 0
    with house.services.database.reading() as session:
        person = people.person_by_email(session, "site@example.org")
        assert person is not None
        actor = people.actor_of(session, person.id)
    assert actor is not None
    assert actor.is_curator


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "institution add lanzhou --name en=A --country CN",
            "There is an institution with this id",
        ),
        ("institution add Capital --name en=A --country CN", "small letters"),
        ("institution add other --name ??=A --country CN", "not a language tag"),
        ("institution add other --name en=A --country ZZ", "not a country code"),
        ("user add nobody --name A --role partner --institution lanzhou", "not a mail address"),
        ("user add b@example.org --name A --role contributor", "institution: This is needed"),
        ("user add b@example.org --name A --role partner --institution nowhere", "no institution"),
        ("user add curator@example.org --name A --role curator", "has that role already"),
        ("user password nobody@example.org --password-stdin", "no such person"),
        ("user password curator@example.org --password-stdin", "too short"),
        ("token create nobody@example.org", "no such person"),
        ("token create curator@example.org --scope everything", "scopes:"),
        ("agreement add one --party lanzhou", "Two institutions are needed"),
        ("agreement add one --party lanzhou --party lanzhou", "Two institutions are needed"),
        ("agreement add one --party lanzhou --party nowhere", "no institution"),
        (
            "agreement add one --party lanzhou --party muscat --from 2026-02-01 --until 2026-01-01",
            "The end lies before the start",
        ),
    ],
)
def test_a_refusal_is_one_with_a_sentence_and_changes_nothing(
    run: Callable[..., Ran], words: str, said: str
) -> None:
    told = run(*words.split(), stdin="x\n")
    assert (told.code, told.out) == (1, "")
    assert said in told.err
    assert len(told.err.splitlines()) == 1


def test_an_agreement_is_made_once(run: Callable[..., Ran]) -> None:
    words = ("agreement", "add", "silk", "--party", "lanzhou", "--party", "muscat")
    assert run(*words, "--from", "2026-01-01", "--until", "2026-12-31").out == "silk\n"
    assert "agreement with this id" in run(*words).err
