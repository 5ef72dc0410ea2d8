"""Mails: to whom, in which language, and what they say."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
from flask_babel import gettext

from catalog import people
from catalog.jobs import JobKind
from catalog.notices import Notice, tell_admins
from config.languages import INTERFACE
from portal.handlers import worker
from portal.words import speaking

if TYPE_CHECKING:
    from email.message import EmailMessage

    from tests.factories.house import House


def mails(house: House) -> list[EmailMessage]:
    worker(house.services).work_off(JobKind.MAIL)
    folder = house.services.settings.home / "mail"
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]


@pytest.mark.parametrize(
    ("state", "subject"),
    [
        ("published", "Published: Magnets float"),
        ("changes_asked", "Changes asked for: Magnets float"),
        ("declined", "Declined: Magnets float"),
    ],
)
def test_the_giver_is_told_what_was_decided(house: House, state: str, subject: str) -> None:
    rid = house.bring_to(state)
    (mail,) = mails(house)
    assert (mail["To"], mail["Subject"]) == ("contributor@example.org", subject)
    text = mail.get_content()
    assert "As it is." in text
    assert f"/resources/{rid}" in text


def test_the_giver_is_told_of_a_withdrawal(house: House) -> None:
    house.bring_to("withdrawn")
    assert {mail["Subject"] for mail in mails(house)} == {
        "Published: Magnets float",
        "Withdrawn: Magnets float",
    }


def test_a_mail_is_written_in_the_language_of_the_pages_its_reader_used(house: House) -> None:
    giver = house.actors["contributor"].person_id
    assert giver is not None
    with house.services.database.unit_of_work() as session:
        people.remember_language(session, giver, "zh")
    house.bring_to("published")
    (mail,) = mails(house)
    assert "磁铁" in mail["Subject"]
    assert "Published" not in mail["Subject"]


def test_a_mail_is_in_one_language_whichever_it_is(house: House) -> None:
    giver = house.actors["contributor"].person_id
    assert giver is not None
    sent: list[EmailMessage] = []
    for number, tag in enumerate(INTERFACE):
        with house.services.database.unit_of_work() as session:
            people.remember_language(session, giver, tag)
        house.bring_to("published", content=tag.encode())
        known = {each["Message-ID"] for each in sent}
        sent = mails(house)
        assert len(sent) == number + 1
        (mail,) = (each for each in sent if each["Message-ID"] not in known)
        with speaking(tag):
            subject = gettext("Published: %(title)s", title="")
            words = gettext("A curator has decided on what you gave.")
        assert mail["Subject"].startswith(subject.strip()), tag
        assert words in mail.get_content(), tag
        assert tag == "en" or "Dear" not in mail.get_content()


def test_who_has_no_account_any_more_is_not_written_to(house: House) -> None:
    house.bring_to("published")
    with house.services.database.unit_of_work() as session:
        person = people.person_by_email(session, "contributor@example.org")
        assert person is not None
        person.active = False
    assert mails(house) == []


def test_admins_of_the_site_are_told_of_damage_once(house: House) -> None:

    with house.services.database.unit_of_work() as session:
        people.add_person(session, by=None, email="site@example.org", name="Site", role="admin")
    for _ in range(3):
        with house.services.database.unit_of_work() as session:
            tell_admins(session, Notice.FIXITY_FAULT, quiet_for=timedelta(0))
    told = mails(house)
    assert len({mail["To"] for mail in told}) == len(told)
    assert all("damaged" in mail["Subject"] for mail in told)
