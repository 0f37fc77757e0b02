"""Groups in words."""

from __future__ import annotations

import pytest

from sterling.core.roles import ROWS
from sterling.core.slices import Slice
from sterling.report.people import group, groups


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ({}, "all applicants"),
        ({"race": "Black"}, "Black applicants"),
        ({"race": "black"}, "Black applicants"),
        ({"race": "White"}, "white applicants"),
        ({"race": "HISPANIC"}, "Hispanic applicants"),
        ({"Ethnic group": "African-American"}, "African-American applicants"),
        ({"race": "Native American"}, "Native American applicants"),
        ({"race": "Other"}, "applicants with race 'Other'"),
        ({"race": "Two or more races"}, "applicants with race 'Two or more races'"),
        ({"sex": "FEMALE"}, "female applicants"),
        ({"sex": "F"}, "applicants with sex F"),
        ({"race": "Black", "sex": "Female"}, "female Black applicants"),
        ({"age_band": "25-34"}, "applicants aged 25-34"),
        ({"age_band": "65 and over"}, "applicants aged 65 and over"),
        ({"age_cat": "Less than 25"}, "applicants aged less than 25"),
        ({"age": "unknown"}, "applicants with age 'unknown'"),
        ({"account_age": "0-1"}, "applicants with account_age 0-1"),
        ({"race": "Asian or Pacific Islander", "age": "25-34"}, "Asian or Pacific Islander applicants aged 25-34"),
        ({"education": "HS-grad"}, "applicants with education 'HS-grad'"),
        ({"disability": "1"}, "applicants with disability 1"),
        ({"digit": "0"}, "applicants with digit 0"),
        ({"digit": "7"}, "applicants with digit 7"),
        ({"sex": None}, "applicants with no recorded sex"),
        ({"race": "Black", "sex": None}, "Black applicants with no recorded sex"),
        (
            {"sex": "male", "age_band": "25-34", "region": "north"},
            "male applicants aged 25-34 with region 'north'",
        ),
        ({"": ""}, 'applicants with (no name) "" (empty text)'),
        ({"race": " "}, 'applicants with race " " (blank)'),
        ({"cut(age, 25, 40)": "25 to under 40"}, "applicants aged 25 to under 40"),
        ({"cut(age, 25, 40)": None}, "applicants with no recorded age"),
        ({"quantiles(income, 4)": "-1.5 to under 37250"}, "applicants with income -1.5 to under 37250"),
        ({"cut(`job days`, 30)": "30 and over", "sex": "female"}, "female applicants with job days 30 and over"),
    ],
)
def test_group_phrases(items: dict[str, str | None], expected: str) -> None:
    assert group(Slice.of(items), "applicants").text == expected


def test_people_is_the_noun_by_default_and_women_are_not_women_people() -> None:
    assert group(Slice.of({"race": "Black"})).text == "Black people"
    assert group(Slice.of({"race": "Black", "sex": "women"})).text == "Black women"
    assert group(Slice.of({"sex": "women"}), "applicants").text == "women applicants"
    assert group(Slice.of({"race": "Black"}), "   ").text == "Black people"


def test_possessives() -> None:
    assert group(Slice.of({"race": "Black"}), "applicants").possessive == "Black applicants'"
    assert group(Slice.of({"race": "Black"})).possessive == "Black people's"


def test_long_values_keep_both_ends() -> None:
    text = group(Slice.of({"town": "a" * 5_000 + "-the-end"})).text
    assert len(text) < 70
    assert text.endswith("-the-end'")


def test_lists_of_groups_say_how_many_more() -> None:
    some = [Slice.of({"race": r}) for r in ("Black", "Asian", "white", "Hispanic", "Native")]
    assert groups(some, "applicants") == "Black applicants, Asian applicants, white applicants and 2 other groups"
    assert groups(some[:2], "applicants") == "Black applicants and Asian applicants"


@pytest.mark.parametrize("things", sorted(set(ROWS.values())))
def test_rows_that_are_no_people_have_no_sex_and_no_age(things: str) -> None:
    written = group(Slice.of({"sex": "female", "age": "25-34"}), things)
    assert written.text == f"{things} with sex 'female' and age 25-34"
