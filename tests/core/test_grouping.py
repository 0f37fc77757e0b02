"""Groups made from a column, and slices with a condition: what their texts mean, and that they are only parsed."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as hs

import sterling as st
from sterling.core.grouping import (
    Cut,
    Parts,
    call_hint,
    edge_value,
    group_name,
    made_from,
    parse_grouping,
    range_words,
    split_groups,
    write_grouping,
)
from sterling.core.named_slices import NamedSlice, named_slices, slice_option
from sterling.core.policy import parse_slice
from sterling.core.predicate import columns_of
from sterling.core.slices import group_order


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cut(age, 25, 40, 65)", Cut(column="age", edges=("25", "40", "65"))),
        ("cut(age,25)", Cut(column="age", edges=("25",))),
        ("cut(t, -5, 0, .5, 1e3)", Cut(column="t", edges=("-5", "0", ".5", "1e3"))),
        ("cut(`job age`, 3.50)", Cut(column="job age", edges=("3.50",))),
        ("cut('a`b', 3)", Cut(column="a`b", edges=("3",))),
        ("cut(day, '2020-01-01', '2021-01-01')", Cut(column="day", edges=("2020-01-01", "2021-01-01"), dates=True)),
        ("quantiles(income, 4)", Parts(kind="quantiles", column="income", count=4)),
        ("  bins( score , 10 ) ", Parts(kind="bins", column="score", count=10)),
        ("race", None),
        ("income (k$)", None),
        ("quantile(income, 4)", None),
    ],
)
def test_what_a_text_means(text: str, expected: Cut | Parts | None) -> None:
    assert parse_grouping(text) == expected
    if expected is not None:
        assert parse_grouping(write_grouping(expected)) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cut(age)", "has no edges"),
        ("cut(age, 40, 25)", "do not ascend"),
        ("cut(age, 25, 25.0)", "do not ascend"),
        ("cut(age, 1,000)", "do not ascend"),
        ("cut(age, x)", "needs a number here"),
        ("cut(age, 25", "misses '\\)'"),
        ("cut(age, 1e999)", "too large"),
        ("cut(5, 25)", "needs a column here"),
        ("cut(day, 2020-01-01)", "write days in quotes"),
        ("cut(day, '2020-13-01')", "needs a number here, or a day"),
        ("cut(day, '2020-01-01', 5)", "mixes days and numbers"),
        ("cut(age, 25) or 1", "left over"),
        ("cut(age, __import__('os'))", "needs a number here"),
        ("cut(age, " + ", ".join(map(str, range(100))) + ")", "more than 99 edges"),
        ("quantiles(income)", "misses ','"),
        ("quantiles(income, 1)", "whole number from 2 to 100"),
        ("quantiles(income, 2.5)", "whole number from 2 to 100"),
        ("bins(income, 101)", "whole number from 2 to 100"),
        ("bins(income, -3)", "whole number from 2 to 100"),
        ("cut(" + "a" * 3000 + ", 3)", "longer than"),
    ],
)
def test_slips_are_named(text: str, words: str) -> None:
    with pytest.raises(st.ConfigError, match=words):
        group_name(text)
    assert made_from(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('race,cut(age, 25, 40),quantiles(income,4)', ["race", "cut(age, 25, 40)", "quantiles(income,4)"]),
        ('"race, as stated",sex', ["race, as stated", "sex"]),
        ('"x""y",z', ['x"y', "z"]),
        (" race , sex ", ["race", "sex"]),
        ("income (k$),sex", ["income (k$)", "sex"]),
        ("cut(`a(b,`, 3),sex", ["cut(`a(b,`, 3)", "sex"]),
        ('"cut(age, 25)",sex', ["cut(age, 25)", "sex"]),
        ("a(b,c", ["a(b", "c"]),
    ],
)  # fmt: skip
def test_lists_on_the_command_line(text: str, expected: list[str]) -> None:
    assert split_groups(text) == expected


@pytest.mark.parametrize("text", ["", ",", "race,", "race,,sex", '""'])
def test_an_empty_name_is_refused(text: str) -> None:
    with pytest.raises(st.ConfigError, match="empty"):
        split_groups(text)


def test_one_name_stands_for_all_ways_to_write_it() -> None:
    assert group_name("cut( age,25 , 40)") == "cut(age, 25, 40)" == group_name("cut(`age`, 25, 40)")
    assert group_name("`cut(%)`") == "cut(%)", "a column whose name looks like a grouping"
    assert group_name(" race ") == " race ", "the name of a column is left as it is"
    assert parse_slice("race=a, b,cut(age,25)=under 25").items == (("race", "a, b"), ("cut(age, 25)", "under 25"))


def test_a_near_word_is_offered() -> None:
    assert call_hint("quantile(income, 4)", ["income"]).startswith("did you mean quantiles?")
    assert call_hint("Cut(age, 4)", ["age"]).startswith("did you mean cut?")
    assert call_hint("rcae", ["race"]) == "did you mean race?"
    assert "known: age" in call_hint("f(x)", ["age"])


def test_words_of_ranges() -> None:
    assert range_words(("25", "40", "65")) == ("under 25", "25 to under 40", "40 to under 65", "65 and over")
    days = ("before 2020-01-01", "2020-01-01 and later")
    assert range_words(("2020-01-01",), dates=True) == days
    assert edge_value("0.10") == Decimal("0.1")
    assert edge_value("2020-01-01", dates=True) == dt.date(2020, 1, 1)


NUMBERS = hs.decimals(-(10**6), 10**6, places=3, allow_nan=False)


@given(edges=hs.lists(NUMBERS, min_size=1, max_size=12, unique=True).map(sorted), shuffled=hs.randoms())
def test_ranges_stand_in_their_order(edges: list[Decimal], shuffled: object) -> None:
    words = list(range_words(tuple(f"{e:f}" for e in edges)))
    mixed: list[str | None] = [*words, "zebra", "Asian", None]
    shuffled.shuffle(mixed)  # type: ignore[attr-defined]
    assert sorted(mixed, key=group_order) == [*words, "Asian", "zebra", None]


def test_labels_that_begin_with_numbers_stand_by_them() -> None:
    for bands in (
        ["under 25", "25-34", "35-64", "65 and over", "not asked"],
        ["Less than 9", "9-17", "17-24", "65+"],
        ["<2", "2", "3.5 years", "10", "100a", "a1"],
        ["-3 to 4", "5 to 9", "10 and over", "unter 25"],
    ):
        bands_from_last = bands[::-1]
        bands_from_last.sort(key=group_order)
        assert bands_from_last == bands


def test_small_negative_edges_are_no_days() -> None:
    words = list(range_words(("-1e-7", "0", "5")))
    assert sorted([*words[1:], words[0]], key=group_order) == words


@given(
    values=hs.lists(hs.none() | hs.text(max_size=12) | hs.sampled_from(["under x", "1.2.3 and over", "- to under 3"]))
)
def test_the_order_of_groups_is_total(values: list[str | None]) -> None:
    once = sorted(values, key=group_order)
    backwards = values[::-1]
    backwards.sort(key=group_order)
    assert backwards == once
    assert None not in once[: len(once) - once.count(None)]


@given(text=hs.text(alphabet="cutbinsqales(), `'\"25.-e0x_=\n\0é", max_size=40))
def test_hostile_text_only_ever_fails_to_parse(text: str) -> None:
    for read in (group_name, split_groups, parse_slice, slice_option):
        _refused(read, text)
    _refused(lambda t: group_name(f"cut({t})"), text)


def _refused(read: Callable[[str], object], text: str) -> None:
    """Read, or refused on purpose: any other exception fails the test."""
    with contextlib.suppress(st.ConfigError):
        read(text)


def test_code_in_a_text_is_never_run(tmp_path: Path) -> None:
    target = tmp_path / "ran"
    for text in (
        f"cut(__import__('pathlib').Path('{target}').touch(), 3)", f"bins(open('{target}','w'), 3)", "cut(age, 3);x",
    ):  # fmt: skip
        with pytest.raises(st.ConfigError):
            group_name(text)
    with pytest.raises(st.ConfigError):
        slice_option(f"x: open('{target}', 'w') = 1")
    assert not target.exists()


def test_named_slices_are_read_alike_everywhere() -> None:
    where = "sex = 'female' and age < 30"
    written = NamedSlice(name="young women", where=where)
    assert slice_option(f"young women: {where}") == written
    assert named_slices({"young women": where}) == (written,) == named_slices({"young women": {"where": where}})
    assert named_slices([written]) == (written,)
    assert named_slices(None) == ()
    policy = st.Policy.parse(f'[[slice]]\nname = "young women"\nwhere = "{where}"\ndescription = "d"\ncross = true')
    assert policy.slices == (NamedSlice(name="young women", where=where, description="d", cross=True),)
    assert columns_of(written.condition) == ("sex", "age")


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('[[slice]]\nname = "a"', "p.toml:1: a slice has no where"),
        ('[[slice]]\nwhere = "age < 3"', "p.toml:1: a slice has no name"),
        ('[[slice]]\nname = "a"\nwhere = "age <"', "p.toml:3: .*number or a quoted text"),
        ('[[slice]]\nname = "a=b"\nwhere = "age < 3"', "p.toml:2: the name of the slice"),
        ('[[slice]]\nname = "a, b"\nwhere = "age < 3"', "p.toml:2: the name of the slice"),
        ('[[slice]]\nname = "a"\nwhere = "age < 3"\nwhen = "x"', "did you mean where"),
        ('[[slice]]\nname = "a"\nwhere = "age < 3"\n[[slice]]\nname = "a"\nwhere = "age < 4"', "p.toml:5: another"),
        ('[[slice]]\nname = "a"\nwhere = "age < 3"\ncross = "yes"', "p.toml:4: .*true or false"),
        ('[[limit]]\nmetric = "auc"\nmin = 0.5\ngroups = ["cut(age, x)"]', "p.toml:4: .*needs a number"),
        ('[[limit]]\nmetric = "auc"\nmin = 0.5\nslice = { "cut(age)" = "x" }', "p.toml:4: .*no edges"),
    ],
)
def test_slips_in_a_policy_name_their_line(toml: str, words: str) -> None:
    with pytest.raises(st.ConfigError, match=f"(?s){words}"):
        st.Policy.parse(toml, origin="p.toml")


@pytest.mark.parametrize("text", ["young women", "a:", ": age < 3", "a: age"])
def test_slips_on_the_command_line(text: str) -> None:
    with pytest.raises(st.ConfigError):
        slice_option(text)


@pytest.mark.parametrize("given_", [{"a": 3}, {"a": {"where": 3}}, {"a": {"where": "x < 3", "whre": 1}}, {"": "x < 3"}])
def test_slips_in_python(given_: dict[str, object]) -> None:
    with pytest.raises(st.ConfigError):
        named_slices(given_)  # type: ignore[arg-type]


def test_limits_name_groups_by_their_one_name() -> None:
    policy = st.Policy.parse(
        '[[limit]]\nmetric = "auc"\nmin = 0.5\nslice = { "cut(age,25)" = "under 25" }\n'
        '[[limit]]\nmetric = "auc"\nmax_gap = 0.5\ngroups = ["race", "quantiles( income,4 )"]\n'
    )
    assert policy.limits[0].slice is not None
    assert policy.limits[0].slice.items == (("cut(age, 25)", "under 25"),)
    assert policy.limits[1].groups == ("race", "quantiles(income, 4)")
