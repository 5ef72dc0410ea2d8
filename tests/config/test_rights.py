"""Licences are known by their SPDX id, and any sentence may be one."""

from urllib.parse import urlsplit

import pytest

from config.rights import ACCESS, LICENCES, LONGEST_LICENCE, USES, Licence, licence


def test_uses_and_access_are_the_words_of_the_contract_in_their_order() -> None:
    assert USES == ("show", "copy", "translate", "build", "broadcast", "alter")
    assert ACCESS == ("open", "partners", "agreement")


@pytest.mark.parametrize(
    "spdx_id",
    [
        "CC0-1.0",
        "CC-BY-4.0",
        "CC-BY-SA-4.0",
        "CC-BY-ND-4.0",
        "CC-BY-NC-4.0",
        "CC-BY-NC-SA-4.0",
        "CC-BY-NC-ND-4.0",
        "PDDL-1.0",
        "MIT",
        "CERN-OHL-P-2.0",
    ],
)
def test_a_known_licence_has_a_name_and_an_address(spdx_id: str) -> None:
    known = licence(spdx_id)
    assert known.spdx_id == spdx_id
    assert known.name != spdx_id
    assert urlsplit(known.url or "").scheme == "https"


def test_no_two_licences_share_a_name() -> None:
    assert len({known.name for known in LICENCES.values()}) == len(LICENCES)


def test_an_id_is_known_in_any_case_and_with_spaces_around() -> None:
    assert licence(" cc-by-sa-4.0 ") is LICENCES["CC-BY-SA-4.0"]


def test_any_other_sentence_is_a_licence_by_its_own_words() -> None:
    words = "May be shown in  museums;\nask before printing."
    expected = Licence(None, "May be shown in museums; ask before printing.", None)
    assert licence(words) == expected


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST_LICENCE + 1)])
def test_nothing_and_a_whole_treatise_are_no_licence(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        licence(text)
