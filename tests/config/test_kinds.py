"""The fields of each kind hold what a museum needs, and faults are told by field."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.kinds import KINDS, FieldType, check_details, missing_details

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.text(max_size=5), PLAIN, max_size=2)


def test_the_kinds_are_those_of_the_contract_in_its_order() -> None:
    assert tuple(KINDS) == ("exhibit", "film", "lesson_plan", "activity", "other")
    assert all(name == kind.name for name, kind in KINDS.items())


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (
            "exhibit",
            {
                "floor_area_m2",
                "height_m",
                "power_w",
                "mass_kg",
                "crates",
                "staff",
                "consumables",
                "buildability",
                "drawings",
            },
        ),
        ("film", {"makers", "spoken_languages", "duration_minutes"}),
        (
            "lesson_plan",
            {"duration_minutes", "group_size", "materials", "cost", "safety", "curriculum"},
        ),
        ("other", set()),
    ],
)
def test_each_kind_has_its_fields(kind: str, fields: set[str]) -> None:
    assert {spec.name for spec in KINDS[kind].fields} == fields


def test_every_number_is_bounded_on_both_sides() -> None:
    for kind in KINDS.values():
        for spec in kind.fields:
            if spec.type in {FieldType.INT, FieldType.FLOAT}:
                assert spec.minimum is not None
                assert spec.maximum is not None
                assert spec.minimum < spec.maximum


def test_a_lesson_cannot_be_handed_over_without_its_length_and_ages() -> None:
    assert missing_details("lesson_plan", {}) == ("duration_minutes",)
    assert missing_details("lesson_plan", {"duration_minutes": 45}) == ()
    assert KINDS["lesson_plan"].required == ("ages",)


@pytest.mark.parametrize("kind", ["exhibit", "film", "activity", "other"])
def test_no_other_kind_requires_details(kind: str) -> None:
    assert missing_details(kind, {}) == ()
    assert KINDS[kind].required == ()


def test_good_details_have_no_fault() -> None:
    exhibit: dict[str, Any] = {
        "floor_area_m2": 12.5,
        "height_m": 3,
        "crates": 4,
        "staff": 0,
        "buildability": 2,
        "consumables": ["salt", "LED lamps"],
    }
    assert check_details("exhibit", exhibit) == []
    assert check_details("film", {"makers": ["A. Maker"], "spoken_languages": ["uz-Cyrl"]}) == []
    assert check_details("lesson_plan", {"duration_minutes": 45.0, "cost": "2 yuan"}) == []
    assert check_details("other", {}) == []


@pytest.mark.parametrize(
    ("kind", "field", "value", "code"),
    [
        ("exhibit", "colour", "red", "unknown_field"),
        ("exhibit", "mass_kg", "12", "not_a_number"),
        ("exhibit", "mass_kg", True, "not_a_number"),
        ("exhibit", "mass_kg", None, "not_a_number"),
        ("exhibit", "mass_kg", float("nan"), "not_a_number"),
        ("exhibit", "mass_kg", float("inf"), "not_a_number"),
        ("exhibit", "mass_kg", -0.1, "too_small"),
        ("exhibit", "mass_kg", 10**400, "too_large"),
        ("exhibit", "crates", 1.5, "not_whole"),
        ("exhibit", "buildability", 0, "too_small"),
        ("exhibit", "buildability", 5, "too_large"),
        ("exhibit", "consumables", "salt", "not_a_list"),
        ("exhibit", "consumables", [], "empty"),
        ("exhibit", "consumables", [1], "not_text"),
        ("exhibit", "consumables", ["salt", " "], "empty"),
        ("exhibit", "consumables", ["x" * 201], "too_long"),
        ("exhibit", "consumables", ["x"] * 51, "too_long"),
        ("film", "spoken_languages", ["english"], "not_a_language"),
        ("lesson_plan", "duration_minutes", 0, "too_small"),
        ("lesson_plan", "cost", 5, "not_text"),
        ("lesson_plan", "safety", "x" * 1001, "too_long"),
    ],
)
def test_a_fault_is_told_by_field_and_code(kind: str, field: str, value: Any, code: str) -> None:
    assert check_details(kind, {field: value}) == [(field, code)]


def test_all_faults_are_told_at_once_in_the_order_given() -> None:
    faults = check_details("exhibit", {"staff": -1, "nonsense": 1, "crates": 2, "mass_kg": "x"})
    assert faults == [
        ("staff", "too_small"),
        ("nonsense", "unknown_field"),
        ("mass_kg", "not_a_number"),
    ]


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(KINDS)),
    st.dictionaries(
        st.sampled_from(["mass_kg", "crates", "makers", "spoken_languages", "cost", "x"]), JSON
    ),
)
def test_no_json_value_breaks_the_check(kind: str, details: dict[str, Any]) -> None:
    assert {field for field, _ in check_details(kind, details)} <= set(details)
