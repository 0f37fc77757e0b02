"""Columns made from others: the same groups as pandas and NumPy make, for any order of rows, in memory and streamed."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as hs

import sterling as st
from sterling.core.grouping import range_words
from sterling.core.named_slices import NamedSlice, columns_behind
from sterling.core.predicate import parse_predicate, to_polars
from sterling.core.roles import Roles
from sterling.core.slices import group_order
from sterling.core.subject import Subject
from sterling.engine.edges import shortest
from sterling.engine.grouping import ANY, with_groups

FLOATS = hs.none() | hs.floats() | hs.sampled_from([0.0, -0.0, 1.0, 1.0, 25.0, 40.0, 39.999999999999996, math.inf])
CENTS = hs.decimals(-(10**5), 10**5, places=2).map(float)
WHOLE = hs.none() | hs.integers(-(2**63), 2**63 - 1) | hs.integers(-50, 50) | hs.sampled_from([2**53, 2**53 + 1])
COLUMNS = hs.one_of(
    hs.lists(FLOATS, min_size=1, max_size=40).map(lambda v: pl.Series("x", v, dtype=pl.Float64)),
    hs.lists(CENTS, min_size=1, max_size=40).map(lambda v: pl.Series("x", v, dtype=pl.Float64)),
    hs.lists(WHOLE, min_size=1, max_size=40).map(lambda v: pl.Series("x", v, dtype=pl.Int64)),
    hs.lists(hs.integers(0, 255), min_size=1, max_size=40).map(lambda v: pl.Series("x", v, dtype=pl.UInt8)),
)  # fmt: skip
EDGES = hs.lists(
    hs.decimals(-1000, 1000, places=2) | hs.integers(-(2**53), 2**60).map(Decimal), min_size=1, max_size=6, unique=True
).map(sorted)


def made(data: pl.DataFrame | pl.LazyFrame, group: str) -> tuple[list[str | None], tuple[str, ...]]:
    """The made column and the notices."""
    subject = with_groups(Subject(table=data.lazy(), roles=Roles(groups=(group,))))
    return subject.table.select(group).collect().to_series().cast(pl.String).to_list(), subject.notices


def finite(column: pl.Series) -> list[float]:
    return [v for v in column.to_list() if v is not None and math.isfinite(v)]


@given(column=COLUMNS, edges=EDGES)
def test_cut_puts_every_value_where_exact_arithmetic_does(column: pl.Series, edges: Sequence[Decimal]) -> None:
    texts = tuple(f"{e:f}" for e in edges)
    exact = [Fraction(e) if column.dtype.is_integer() else Fraction(float(e)) for e in edges]
    words = range_words(texts)

    def expected(value: float | None) -> str | None:
        if value is None or value != value:
            return None
        if math.isinf(value):
            return words[0] if value < 0 else words[-1]
        return words[sum(Fraction(value) >= e for e in exact)]

    assert made(column.to_frame(), f"cut(x, {', '.join(texts)})")[0] == [expected(v) for v in column.to_list()]


@given(values=hs.lists(FLOATS | CENTS, min_size=1, max_size=60))
def test_cut_is_that_of_pandas(values: list[float | None]) -> None:
    edges = (-5, 0, 25, 40)
    theirs = pd.cut(
        pd.Series(values, dtype="float64"),
        [-np.inf, *edges, np.inf],
        right=False,
        labels=range_words(tuple(map(str, edges))),
    )
    expected = [None if pd.isna(v) else str(v) for v in theirs]
    # pandas leaves +inf out of its last interval, which is open there.
    expected = ["40 and over" if v == math.inf else e for v, e in zip(values, expected, strict=True)]
    assert made(pl.DataFrame({"x": pl.Series(values, dtype=pl.Float64)}), "cut(x, -5, 0, 25, 40)")[0] == expected


@given(column=COLUMNS, count=hs.integers(2, 9))
def test_quantiles_are_order_statistics_of_numpy(column: pl.Series, count: int) -> None:
    """Part k begins at the inverted-CDF quantile's next value, so that with distinct values parts differ by one row."""
    found, notices = made(column.to_frame(), f"quantiles(x, {count})")
    known = np.array(finite(column), dtype=object)
    if not len(known):
        assert set(found) <= {ANY, None}
        return
    ordered = np.sort(known)
    begins = [ordered[p] for p in (-(-k * len(ordered) // count) for k in range(1, count)) if p < len(ordered)]
    edges = sorted({b for b in begins if b > ordered[0]})
    part = [sum(v >= e for e in edges) for v in known]
    mine = [w for w, v in zip(found, column.to_list(), strict=True) if v is not None and math.isfinite(v)]
    names = sorted(set(mine), key=group_order)  # type: ignore[type-var]
    assert [names.index(w) for w in mine] == [sorted(set(part)).index(p) for p in part]
    assert len(names) == len(edges) + 1
    assert bool(notices) == (len(names) < count)
    if len(set(known)) == len(known):
        sizes = Counter(mine).values()
        assert max(sizes) - min(sizes) <= 1


@given(values=hs.lists(CENTS, min_size=2, max_size=60, unique=True), count=hs.integers(2, 9))
def test_quantile_edges_against_numpy(values: list[float], count: int) -> None:
    """Each edge parts the rows as NumPy's `higher` quantile at the same order statistic does."""
    found, _ = made(pl.DataFrame({"x": values}), f"quantiles(x, {count})")
    n = len(values)
    places = sorted({p for p in (-(-k * n // count) for k in range(1, count)) if 0 < p < n})
    theirs = [float(np.quantile(values, p / (n - 1), method="nearest")) for p in places]
    expected = [sum(v >= e for e in theirs) for v in values]
    names = sorted(set(found), key=group_order)  # type: ignore[type-var]
    assert [names.index(w) for w in found] == expected


@given(column=COLUMNS, count=hs.integers(2, 12))
def test_bins_are_of_equal_width(column: pl.Series, count: int) -> None:
    found, _ = made(column.to_frame(), f"bins(x, {count})")
    known = finite(column)
    if not known or min(known) == max(known):
        assert set(found) <= {ANY, None}
        return
    low, high = Fraction(min(known)), Fraction(max(known))
    exact = [low + (high - low) * k / count for k in range(1, count)]
    at = exact if column.dtype.is_integer() else [Fraction(float(e)) for e in exact]
    part = {v: sum(Fraction(v) >= e for e in at) for v in known}
    word = {v: w for v, w in zip(column.to_list(), found, strict=True) if v is not None and math.isfinite(v)}
    together = {(a, b): part[a] == part[b] for a in part for b in part}
    assert all((word[a] == word[b]) == same for (a, b), same in together.items())


def test_bins_are_those_of_pandas() -> None:
    values = np.random.default_rng(0).normal(50, 20, 5_000)
    theirs = pd.cut(values, np.linspace(values.min(), values.max(), 8), right=False, include_lowest=True)
    codes = np.where(theirs.codes < 0, 6, theirs.codes)  # pandas leaves the greatest value out
    found, _ = made(pl.DataFrame({"x": values}), "bins(x, 7)")
    names = sorted(set(found), key=group_order)  # type: ignore[type-var]
    assert [names.index(w) for w in found] == codes.tolist()


@given(values=hs.lists(CENTS | hs.floats(allow_nan=False), min_size=1, max_size=30), seed=hs.randoms())
def test_no_order_of_rows_changes_a_group(values: list[float], seed: object) -> None:
    mixed = list(values)
    seed.shuffle(mixed)  # type: ignore[attr-defined]
    for group in ("quantiles(x, 4)", "bins(x, 5)"):
        once, again = (made(pl.DataFrame({"x": v}), group) for v in (values, mixed))
        assert dict(zip(values, once[0], strict=True)) == dict(zip(mixed, again[0], strict=True))
        assert once[1] == again[1]


@given(
    low=hs.floats(allow_nan=False, allow_infinity=False), high=hs.floats(allow_nan=False, allow_infinity=False),
    share=hs.floats(0, 1), coarsest=hs.none() | hs.integers(-5, 5),
)  # fmt: skip
def test_an_edge_in_few_digits_divides_as_the_exact_one(
    low: float, high: float, share: float, coarsest: int | None
) -> None:
    low, high = min(low, high), max(low, high)
    at = float(Fraction(low) + (Fraction(high) - Fraction(low)) * Fraction(share))
    if not low < at <= high:
        return
    text = shortest(low, at, high, coarsest=coarsest)
    assert low < float(text) <= high


@pytest.mark.parametrize(
    ("low", "at", "high", "coarsest", "text"),
    [
        (37234.12, 37251.9, 37251.9, None, "37250"), (3, 5, 5, None, "5"), (-3.0, 0.0004, 0.0004, None, "0"),
        (31, 32, 32, 0, "32"), (46.0, 46.2, 47.0, 0, "47"), (0.0, 0.1, 0.1, None, "0.1"),
        (1e-9, 2e-9, 2e-9, None, "2e-9"), (0.0, 1e20, 1e20, None, "1e20"), (-2.0, -1.0, -1.0, None, "-1"),
        (2**53, 2**53 + 1, 2**53 + 1, None, "9007199254740993"),
    ],
)  # fmt: skip
def test_edges_in_words(low: float, at: float, high: float, coarsest: int | None, text: str) -> None:
    assert shortest(low, at, high, coarsest=coarsest) == text


@pytest.mark.parametrize(
    ("values", "group", "seen", "notice"),
    [
        ([5.0, 5.0, None], "quantiles(x, 4)", {ANY, None}, "every recorded number is the same"),
        ([5, 5], "bins(x, 4)", {ANY}, "every recorded number is the same"),
        ([None, math.nan], "bins(x, 4)", {None}, "no row has a number"),
        ([0, 0, 0, 0, 9], "quantiles(x, 4)", {"under 9", "9 and over"}, "many rows share a value"),
        ([1, 100, 99], "bins(x, 5)", {"under 21", "81 and over"}, "the others have no rows"),
        ([0, 0, 0, 0, 0, 9], "quantiles(x, 2)", {ANY}, "most rows share the least value"),
        ([-math.inf, 1, 2, math.inf], "quantiles(x, 2)", {"under 2", "2 and over"}, None),
    ],
)
def test_what_cannot_be_divided_is_said(
    values: list[float | None], group: str, seen: set[str | None], notice: str | None
) -> None:
    found, notices = made(pl.DataFrame({"x": values}, strict=False), group)
    assert set(found) == seen
    assert (notice is None and not notices) or (notice is not None and notice in notices[0])


@pytest.mark.parametrize("kind", [pl.Float32, pl.Float64, pl.Decimal(10, 2)])
def test_a_value_typed_like_an_edge_reaches_it(kind: pl.DataType) -> None:
    cents = [f"{c / 100:.2f}" for c in range(100)]
    column = pl.Series("x", cents).cast(kind)
    for edge in cents[1::7]:
        found, _ = made(column.to_frame(), f"cut(x, {edge})")
        assert found == [f"under {edge}" if c < edge else f"{edge} and over" for c in cents]


def test_days() -> None:
    days = [dt.date(2019, 12, 31), dt.date(2020, 1, 1), dt.date(2021, 6, 1), None]
    group, words = "cut(x, '2020-01-01', '2021-01-01')", range_words(("2020-01-01", "2021-01-01"), dates=True)
    expected = [*words, None]
    day = pl.Series("x", days)
    for column in (day, day.cast(pl.String), day.cast(pl.Datetime), day.cast(pl.Datetime("ms", "Europe/Berlin"))):
        assert made(column.to_frame(), group)[0] == expected


@pytest.mark.parametrize(
    ("column", "group", "words"),
    [
        (pl.Series("x", ["a"]), "cut(x, 3)", "holds text, not numbers"),
        (pl.Series("x", [True]), "quantiles(x, 3)", "values of type Boolean, not numbers"),
        (pl.Series("x", [dt.date(2020, 1, 1)]), "cut(x, 3)", "write days in quotes"),
        (pl.Series("x", [3]), "cut(x, '2020-01-01')", "not days"),
        (pl.Series("x", ["2020-01-01", "secret"]), "cut(x, '2020-01-01')", "1 texts in 'x' are no days"),
        (pl.Series("x", [3]), "cut(y, 3)", "needs a column 'y'"),
        (pl.Series("x", [3]), "quantile(x, 3)", "did you mean quantiles"),
    ],
)
def test_columns_that_cannot_be_divided(column: pl.Series, group: str, words: str) -> None:
    with pytest.raises(st.InputError, match=words) as caught:
        made(column.to_frame(), group)
    assert "secret" not in str(caught.value)


def test_a_column_of_that_name_is_taken_as_it_is() -> None:
    table = pl.DataFrame({"x": [1, 30], "cut(x, 25)": ["young", "old"]})
    assert made(table, "cut(x, 25)") == (["young", "old"], ())
    subject = with_groups(Subject(table=table.lazy(), roles=Roles(groups=("x",))))
    assert subject.made == ()


def test_once_made_is_made() -> None:
    roles = Roles(groups=("cut(x, 25)", "young"), slices=(NamedSlice(name="young", where="x < 25"),))
    once = with_groups(Subject(table=pl.LazyFrame({"x": [1, 30]}), roles=roles))
    assert with_groups(once) is once
    assert once.made == ("cut(x, 25)", "young")


PEOPLE = pl.DataFrame(
    {"sex": ["f", "f", "f", "m", None, "m"], "age": [20.0, 40.0, None, 20.0, 20.0, math.nan]}, strict=False
)
LOGIC = {
    "sex = 'f' and age < 30": ["yes", "no", None, "no", None, "no"],
    "sex = 'f' or age < 30": ["yes", "yes", "yes", "yes", "yes", None],
    "not sex = 'f'": ["no", "no", "no", "yes", None, "yes"],
    "sex is missing": ["no", "no", "no", "no", "yes", "no"],
    "age is not missing": ["yes", "yes", "no", "yes", "yes", "no"],
    "sex in ['f', 'x']": ["yes", "yes", "yes", "no", None, "no"],
    "sex not in ['f']": ["no", "no", "no", "yes", None, "yes"],
    "age is missing or age >= 40": ["no", "yes", "yes", "no", "no", "yes"],
}


@pytest.mark.parametrize("where", LOGIC)
def test_a_condition_that_cannot_be_told_is_not_recorded(where: str) -> None:
    roles = Roles(groups=("s",), slices=(NamedSlice(name="s", where=where),))
    subject = with_groups(Subject(table=PEOPLE.lazy(), roles=roles))
    assert subject.table.collect()["s"].cast(pl.String).to_list() == LOGIC[where]
    plain = PEOPLE.select(to_polars(parse_predicate(where), ("sex", "age"))).to_series()
    told = [w for w, p in zip(LOGIC[where], plain, strict=True) if w is not None and (w == "yes") != p]
    assert not told, "where it can be told, a slice and a where-clause agree"


def test_a_condition_may_speak_of_ranges() -> None:
    where = "`cut(age, 30)` = 'under 30' and sex = 'f'"
    roles = Roles(groups=("s", "cut(age, 30)"), slices=(NamedSlice(name="s", where=where),))
    made_too = with_groups(Subject(table=PEOPLE.lazy(), roles=roles)).table.collect()
    assert made_too["s"].cast(pl.String).to_list() == LOGIC["sex = 'f' and age < 30"]
    assert columns_behind(roles.groups, roles.slices) == ("age", "sex")


@pytest.mark.parametrize(
    ("slice_", "words"),
    [
        (NamedSlice(name="age", where="age < 30"), "has the name of a column"),
        (NamedSlice(name="s", where="agee < 30"), "did you mean age"),
    ],
)
def test_slips_of_named_slices(slice_: NamedSlice, words: str) -> None:
    with pytest.raises(st.SterlingError, match=words):
        with_groups(Subject(table=PEOPLE.lazy(), roles=Roles(groups=(slice_.name,), slices=(slice_,))))


@pytest.mark.parametrize("kind", ["parquet", "ipc", "pieces"])
def test_streamed_groups_are_those_in_memory(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sterling.engine.edges.BATCH_ROWS", 1_000)
    monkeypatch.setattr("sterling.engine.edges.HELD", 500)
    rng = np.random.default_rng(1)
    frame = pl.DataFrame({"x": rng.lognormal(10, 1, 20_000), "k": rng.integers(0, 90, 20_000)})
    if kind == "pieces":
        for i in range(5):
            frame[i * 4_000 : (i + 1) * 4_000].write_parquet(tmp_path / f"{i}.parquet", row_group_size=700)
        lazy = pl.scan_parquet(tmp_path)
    else:
        getattr(frame, f"write_{kind}")(tmp_path / "t")
        lazy = getattr(pl, f"scan_{kind}")(tmp_path / "t")
    for group in ("cut(x, 20000, 50000)", "quantiles(x, 7)", "bins(k, 5)", "quantiles(k, 4)"):
        assert made(lazy, group) == made(frame, group)
