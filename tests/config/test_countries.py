"""Country codes are those of ISO 3166-1, and Babel has a name for each."""

import pytest
from babel import Locale

from config.countries import COUNTRIES, country


def test_all_assigned_codes_are_known_and_each_has_a_name() -> None:
    assert len(COUNTRIES) == 249
    assert set(Locale("en").territories) >= COUNTRIES


@pytest.mark.parametrize("code", ["CN", "cn", " uz ", "MM", "RS", "GR"])
def test_a_code_is_accepted_in_either_case(code: str) -> None:
    assert country(code) == code.strip().upper()


@pytest.mark.parametrize("code", ["", "EU", "XX", "ZZ", "CHN", "China", "156"])
def test_what_is_no_country_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        country(code)
