"""Columns as codes: a condition written as a where-clause holds for the very rows whose codes it names."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from sterling.core.named_slices import NamedSlice
from sterling.core.predicate import parse_predicate, to_polars
from sterling.quality.discovery.edges import edges_of, roundest
from sterling.quality.discovery.features import BINS, Feature, code_features, number_text
from sterling.quality.discovery.lattice import literals
from sterling.quality.discovery.writing import clause_of, condition_words, conditions, limit_toml, name_of, slice_names

numbers = some.lists(
    some.one_of(some.none(), some.floats(), some.integers(-5, 5).map(float), some.sampled_from([0.0, -0.0, 1e300])),
    min_size=1, max_size=80,
)  # fmt: skip
texts = some.lists(some.one_of(some.none(), some.text(max_size=4), some.sampled_from(["a", "b", "é", "'", '"', "'\""])),
                   min_size=1, max_size=80)  # fmt: skip


def coded(column: pl.Series, *, rare: int = 1) -> Feature | str:
    found, skipped = code_features(column.to_frame(), [column.name], rare=rare)
    return found[0] if found else skipped[0].reason


def holds(feature: Feature, column: pl.Series) -> None:
    """Every condition that the search can make, and sets that the tree can make, as a where-clause."""
    odd = tuple(range(0, feature.bins, 2))
    assert int(feature.codes.max()) < feature.bins
    for codes in (*literals(feature).sets, odd):
        said = conditions([(0, codes)], [feature])
        clause = clause_of(said)
        assert clause, said
        rows = column.to_frame().select(to_polars(parse_predicate(clause), (column.name,)).alias("in"))["in"]
        assert rows.to_list() == np.isin(feature.codes, codes).tolist(), clause


@given(numbers)
@example([float("inf"), float("-inf"), 1.0, 2.0])
@example([0.1 + 0.2, 0.3, 0.30000000000000004, 1 / 3])
def test_conditions_on_numbers_hold_for_the_rows_they_name(values: list[float | None]) -> None:
    column = pl.Series("x y", values, dtype=pl.Float64)
    feature = coded(column)
    if isinstance(feature, Feature):
        holds(feature, column)
    else:
        known = {v for v in values if v is not None and math.isfinite(v)}
        assert feature in ("it has one value only", "it is empty") and len(known) < 2


@given(some.lists(some.one_of(some.none(), some.integers(-(2**40), 2**40)), min_size=1, max_size=80))
def test_conditions_on_whole_numbers_hold_for_the_rows_they_name(values: list[int | None]) -> None:
    column = pl.Series("n", values, dtype=pl.Int64)
    feature = coded(column)
    if isinstance(feature, Feature):
        holds(feature, column)


@given(texts)
def test_conditions_on_texts_hold_for_the_rows_they_name(values: list[str | None]) -> None:
    column = pl.Series("and", values, dtype=pl.String)
    feature = coded(column)
    if isinstance(feature, Feature):
        holds(feature, column)


@given(some.lists(some.floats(-1e6, 1e6), min_size=2, max_size=200), some.integers(2, BINS))
def test_edges_part_the_numbers(values: list[float], bins: int) -> None:
    ordered = np.sort(np.array(values))
    edges = edges_of(ordered, bins)
    assert len(edges) < bins
    assert all(a < b for a, b in pairwise(edges))
    if ordered[0] < ordered[-1]:
        assert edges
        assert np.bincount(np.searchsorted(edges, ordered, side="right"), minlength=len(edges) + 1).min() > 0


def test_bins_of_many_different_numbers_hold_alike_many() -> None:
    ordered = np.sort(np.random.default_rng(5).lognormal(3, 1, 100_000))
    sizes = np.bincount(np.searchsorted(edges_of(ordered, 10), ordered, side="right"))
    assert len(sizes) == 10
    assert sizes.min() > 5_000 and sizes.max() < 15_500
    assert all(len(number_text(e)) <= 4 for e in edges_of(ordered, 10))


@given(some.floats(-1e9, 1e9), some.floats(1e-6, 1e9), some.floats(0, 1))
def test_the_roundest_number_lies_where_it_must(low: float, width: float, place: float) -> None:
    high = low + width
    if low < high:
        assert low < roundest(low, high, low + place * width) <= high


@pytest.mark.parametrize(("low", "high", "round_"), [(23.2, 26.1, 25), (0, 3, 2), (0.41, 0.58, 0.5), (-3, -1, -2),
                                                     (1894, 2270, 2000), (0, 1, 1)])  # fmt: skip
def test_cuts_are_numbers_that_people_use(low: float, high: float, round_: float) -> None:
    assert roundest(low, high, (low + high) / 2) == round_


def test_a_value_that_most_rows_share_has_a_range_of_its_own() -> None:
    values = np.sort(np.concatenate([np.zeros(900), np.linspace(17.3, 5000, 100)]))
    assert edges_of(values, 10)[0] == 10
    negative = np.sort(np.concatenate([-np.linspace(1, 50, 100), np.zeros(800), np.linspace(7, 50, 100)]))
    assert {0.0, 7.0} <= set(edges_of(negative, 10)) or {0.0, 5.0} <= set(edges_of(negative, 10))


def test_what_is_not_searched_is_said() -> None:
    n = 3000
    frame = pl.DataFrame(
        {"one": [1] * n, "none": pl.Series([None] * n, dtype=pl.Float64), "id": list(range(n)), "nan": [math.nan] * n,
         "name": [f"person {i}" for i in range(n)], "day": pl.Series([0] * n).cast(pl.Date), "null": [None] * n,
         "rare": [f"v{i // 9}" for i in range(n)], "a`b": [i % 2 for i in range(n)], "list": [[1]] * n}
    )  # fmt: skip
    found, skipped = code_features(frame, frame.columns, rare=30)
    assert not found
    own, odd = "nearly every row has its own value", "values of type {} are not searched".format
    assert {s.feature: s.reason for s in skipped} == {
        "one": "it has one value only", "none": "it is empty", "id": own, "nan": "it is empty", "name": own,
        "day": odd("Date"), "null": "it is empty", "rare": "no value is frequent enough",
        "a`b": "its name holds a back-tick", "list": odd("List(Int64)"),
    }  # fmt: skip


def test_300_categories_keep_the_frequent_ones_and_name_no_rare_one() -> None:
    values = [f"ж{i}" for i in range(300) for _ in range(1 + (i < 20) * (40 + i))]
    feature = coded(pl.Series("job", values), rare=30)
    assert isinstance(feature, Feature)
    assert feature.values == tuple(f"ж{i}" for i in range(19, 3, -1))
    assert feature.others == 284 and feature.bins == BINS + 1
    said = " ".join(condition_words(feature, s) for s in literals(feature).sets)
    assert "ж3" not in said.split() and "ж250" not in said and "any other" in said
    holds(feature, pl.Series("job", values))


def test_codes_do_not_depend_on_the_order_of_rows() -> None:
    rng = np.random.default_rng(1)
    values = pl.Series("x", rng.normal(size=500).round(1))
    turned = rng.permutation(500)
    first, second = coded(values), coded(values[turned.tolist()])
    assert isinstance(first, Feature) and isinstance(second, Feature)
    assert first.edges == second.edges
    assert first.codes[turned].tolist() == second.codes.tolist()


def test_words() -> None:
    age = Feature(name="age", codes=np.zeros(1, dtype=np.uint8), ordered=True, missing=True, edges=(25.0, 40.0))
    count = Feature(name="n", codes=np.zeros(1, dtype=np.uint8), ordered=True, missing=False, edges=(1.0, 2.0),
                    exact=(0.0, 1.0, 2.0))  # fmt: skip
    job = Feature(name="job", codes=np.zeros(1, dtype=np.uint8), ordered=False, missing=True, values=tuple("abcdef"),
                  others=3)  # fmt: skip
    assert [condition_words(age, c) for c in ((0,), (1,), (2,), (3,), (0, 1, 2), (0, 3), (0, 2))] == [
        "under 25", "25 to under 40", "40 and over", "not recorded", "recorded", "under 25 or not recorded",
        "under 25 or 40 and over",
    ]  # fmt: skip
    assert [condition_words(count, c) for c in ((0,), (1,), (0, 1), (1, 2))] == [
        "is 0", "is 1", "1 and under", "1 and over",
    ]  # fmt: skip
    assert condition_words(job, (0, 6)) == "is a or any other"
    assert condition_words(job, (0, 1, 2, 3, 4, 5)) == "is a, b, c, d or 2 more"
    both = conditions([(0, (1,)), (1, (0,))], [age, job])
    assert name_of(both) == "age 25 to under 40 and job is a"
    assert clause_of(both) == 'age >= 25 and age < 40 and job = "a"'


def test_a_clause_too_long_for_the_grammar_is_not_written() -> None:
    job = Feature(name="job", codes=np.zeros(1, dtype=np.uint8), ordered=False, missing=False,
                  values=tuple("x" * 200 + str(i) for i in range(12)), others=3)  # fmt: skip
    assert clause_of(conditions([(0, (12,))], [job])) == ""
    assert clause_of(conditions([(0, (1,))], [job])) != ""


def test_a_limit_is_toml_that_says_what_it_means() -> None:
    import tomllib

    long = 'job is "a\\b" and, so on, x = 1' + " and more" * 20
    name, other, short, some_ = slice_names([[long], [long + " still"], ["short"], ["age 25 to under 40", long, "c"]])
    read = tomllib.loads(limit_toml(name, 'job = "a\\b"', "accuracy", 0.9, highest=False, threshold=0.25))
    assert read["slice"] == [{"name": name, "where": 'job = "a\\b"'}]
    assert read["limit"] == [{"metric": "accuracy", "min": 0.9, "threshold": 0.25, "slice": {name: "yes"}}]
    for made in (name, other, short, some_):
        assert NamedSlice(name=made, where="x > 1").name == made
    of_model = tomllib.loads(limit_toml(name, "x = 1", "accuracy", 0.9, highest=False, threshold=None, model='a "b"'))
    assert of_model["limit"][0]["model"] == 'a "b"'
    own = slice_names([[long], ["short"], ["age 25 to under 40", long, "c"]], model="gradient, boosting=2")
    assert own[1] == "short" and own[0] != name
    assert all(NamedSlice(name=made, where="x > 1").name == made for made in own)
    assert own[2].endswith("and 2 more (t boosting 2)")
    assert some_ == "age 25 to under 40 and 2 more"
    assert name != other and short == "short"
