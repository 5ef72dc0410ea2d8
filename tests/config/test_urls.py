"""Credentials in an address are hidden, also where the address itself is damaged."""

import pytest

from config.urls import hide_credentials, send_files


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://host:9200/a", "https://host:9200/a"),
        ("https://user:pw@host", "https://***@host"),
        ("https://user:p/w?@x@host", "https://***@host"),
        ("smtp://user:a\nb@host", "smtp://***@host"),
        ("postgresql://h/d?sslpassword=pw&x=1", "postgresql://h/d?sslpassword=***&x=1"),
        ("http://h/?a=1&Access_Token=t", "http://h/?a=1&Access_Token=***"),
        ("embedded:", "embedded:"),
    ],
)
def test_only_the_secret_part_of_an_address_is_replaced(url: str, shown: str) -> None:
    assert hide_credentials(url) == shown


@pytest.mark.parametrize("text", ["x-accel:/a b", "x-accel:/a\n", "x-accel:", "Direct"])
def test_a_prefix_that_could_break_a_header_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        send_files(text)
