"""A reference population: as a text, as a mapping, as a file's name; and every slip of the pen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sterling.core.data.reference import Reference
from sterling.core.errors import ConfigError
from sterling.core.plan import ask
from sterling.data import checks  # noqa: F401  registers them

read = Reference.from_parameter


def shares(value: object) -> dict[tuple[str, ...], dict[tuple[str, ...], float]]:
    return {w.columns: {g.values: g.share for g in w.groups} for w in read(value).written}


def test_text_and_mapping_say_the_same() -> None:
    text = "sex: female=0.51, male=0.49; cut(age,25,40): under 25=0.2, 25 to under 40=.3, 40 and over=0.5"
    mapping = {
        "sex": {"female": 0.51, "male": 0.49},
        "cut(age, 25, 40)": {"under 25": 0.2, "25 to under 40": 0.3, "40 and over": 0.5},
    }
    assert shares(text) == shares(mapping)
    assert list(shares(text)) == [("sex",), ("cut(age, 25, 40)",)]


def test_crosses_and_quotes() -> None:
    text = 'sex, race: female & a=0.2, female × "b, c"=0.3, male & a=0.1, male & "b, c"=0.4'
    nested = {"sex, race": {"female": {"a": 0.2, "b, c": 0.3}, "male": {"a": 0.1, "b, c": 0.4}}}
    assert shares(text) == shares(nested)
    assert shares(text)[("sex", "race")][("male", "b, c")] == 0.4


def test_numbers_as_values_are_written_as_groups_are() -> None:
    assert list(shares({"rooms": {1: 0.5, 2.0: 0.5}})[("rooms",)]) == [("1",), ("2",)]
    assert list(shares({"owns": {True: 0.5, False: 0.5}})[("owns",)]) == [("true",), ("false",)]


@pytest.mark.parametrize("path", ["census.csv", "data/people 2020.parquet", "s3://bucket/a/b.parquet", "C:\\x\\y.csv"])
def test_a_file(path: str) -> None:
    assert read(path) == Reference(table=path)
    assert read(read(path).canonical()) == read(path)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("sex: female=51, male=49", "not percent"),
        ("sex: female=0.6, male=0.6", "add up to 1.2"),
        ("sex: female=1", "two or more"),
        ("sex: female=a, male=0.5", "no number"),
        ({"sex": {"female": -0.5, "male": 1.5}}, "no number"),
        ({"sex": {"female": True, "male": 0}}, "no number"),
        ({"sex": {"female": float("nan"), "male": 0.5}}, "no number"),
        ({"sex": 0.5}, "no list of shares"),
        ({"sex": {None: 0.5, "male": 0.5}}, "missing value"),
        ({}, "names no group column"),
        ("  ", "neither shares nor a file"),
        (7, "neither shares nor a file"),
        ("sex, race: female=0.5, male=0.5", "a value for each column"),
        ("sex: a=0.5, a=0.5", "twice"),
        ({"sex, sex": {"a": {"b": 0.5, "c": 0.5}}}, "a column twice"),
    ],
)
def test_what_cannot_be_read_says_so(value: object, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as error:
        read(value, where="DA003")
    assert error.value.where == "DA003"


def test_rounded_shares_are_scaled() -> None:
    (written,) = read("race: a=0.333, b=0.333, c=0.333").written
    assert [g.share for g in written.scaled()] == pytest.approx([1 / 3] * 3)
    assert written.canonical() == {"a": 0.333, "b": 0.333, "c": 0.333}


def test_an_ask_keeps_it_and_is_read_back() -> None:
    """A plan's written form holds the reference in a form from which the same ask is made."""
    first = ask("DA003", reference={"sex, race": {"f": {"a": 0.5, "b": 0.1}, "m": {"a": 0.2, "b": 0.2}}})
    written = first.canonical()["parameters"]
    again = ask("DA003", **written)  # type: ignore[arg-type]
    assert again.canonical() == first.canonical()
    with pytest.raises(ConfigError, match="neither shares nor a file"):
        ask("DA003", reference=3)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        held = read(text)
    except ConfigError:
        return
    assert held.table == text or held.written


NAMES = st.text(st.characters(exclude_categories=("C",), exclude_characters="`\"'();"), min_size=1, max_size=8).filter(
    lambda t: t.strip() == t and bool(t)
)


@given(st.dictionaries(NAMES, st.floats(0.01, 1), min_size=2, max_size=5), NAMES)
def test_a_mapping_survives_its_canonical_form(groups: dict[str, float], name: str) -> None:
    total = sum(groups.values())
    given_ = {'"' + name + '"': {k: v / total for k, v in groups.items()}}
    try:
        held = read(given_)
    except ConfigError:
        return
    assert read(held.canonical()) == held
