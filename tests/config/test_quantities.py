"""Sizes and durations are read as people write them, and written so that they read back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.quantities import format_bytes, parse_bytes, parse_seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("1048576", 2**20),
        (" 50 GiB ", 50 * 2**30),
        ("50gib", 50 * 2**30),
        ("1.5MB", 1_500_000),
        ("3 kB", 3000),
        ("0.5 KiB", 512),
        ("0.0001 kB", 0),
        ("2 TiB", 2**41),
    ],
)
def test_a_size_is_read_with_or_without_its_unit(text: str, size: int) -> None:
    assert parse_bytes(text) == size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30", 30), ("15 min", 900), ("1.5h", 5400), ("7 d", 604_800), ("5 s", 5), ("2 sec", 2)],
)
def test_a_duration_is_read_with_or_without_its_unit(text: str, seconds: int) -> None:
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "GiB", "-1", "1e9", "nan", "1 2", "5 XB", "1_000", "٣", "9" * 5000, "1.", "0x10"]
)
def test_anything_else_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        parse_bytes(text)
    with pytest.raises(ValueError, match=r"^"):
        parse_seconds(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0"), (1000, "1000"), (1024, "1 KiB"), (1536, "1536"), (50 * 2**30, "50 GiB")],
)
def test_a_size_is_written_in_the_largest_unit_that_divides_it(size: int, text: str) -> None:
    assert format_bytes(size) == text


@settings(max_examples=100)
@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_what_is_written_reads_back_as_the_same_number(number: int) -> None:
    assert parse_bytes(format_bytes(number)) == number
