"""DA009: combinations that hardly occur."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sterling.core.codec import evidence_bytes
from sterling.core.data.people import Hole
from sterling.core.errors import ConfigError
from sterling.core.evidence import Evidence
from sterling.data.people.patterns import chance_of_so_few, uncovered
from tests.data.people.asking import INCOME, asked, one, run, shuffled, word

CODE = "DA009"


def holes(evidence: Evidence) -> dict[str, Hole]:
    assert evidence.about is not None and evidence.about.people is not None
    return {str(h.slice): h for h in evidence.about.people.holes}


def test_hand_worked() -> None:
    """a×x 40, a×y 40, b×x 40, b×y 12: one hole. z occurs 5 times: a hole of its own, which covers z×a and z×b."""
    rows = [("a", "x")] * 40 + [("a", "y")] * 40 + [("b", "x")] * 40 + [("b", "y")] * 12 + [("a", "z")] * 5
    frame = pl.DataFrame(rows, schema=["g", "h"], orient="row")
    found = holes(asked(frame, CODE, groups=["g", "h"]))
    assert set(found) == {"g=b × h=y", "h=z"}
    hole = found["g=b × h=y"]
    assert (hole.rows, hole.needed, hole.threshold, hole.largest) == (12, 18, 30, True)
    assert hole.expected == pytest.approx(52 * 52 / 137)
    assert hole.p == pytest.approx(stats.poisson.cdf(12, 52 * 52 / 137))
    assert (found["h=z"].rows, found["h=z"].needed, found["h=z"].p) == (None, 30, None)


def slow(cells: list[tuple[int, ...]], sizes: list[int], threshold: int, depth: int) -> set[tuple[int | None, ...]]:
    """Every pattern one by one, and those whose every wider pattern is covered."""

    def rows(pattern: tuple[int | None, ...]) -> int:
        return sum(all(p is None or p == c for p, c in zip(pattern, cell, strict=True)) for cell in cells)

    out = set()
    for pattern in itertools.product(*([None, *range(s)] for s in sizes)):
        fixed = [i for i, p in enumerate(pattern) if p is not None]
        if not 0 < len(fixed) <= depth or rows(pattern) >= threshold:
            continue
        wider = [tuple(None if i == j else p for i, p in enumerate(pattern)) for j in fixed]
        if all(rows(w) >= threshold for w in wider):
            out.add(pattern)
    return out


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 2)), max_size=40), st.integers(1, 8),
    st.integers(1, 3),
)  # fmt: skip
def test_as_one_by_one(cells: list[tuple[int, ...]], threshold: int, depth: int) -> None:
    sizes = [3, 2, 3]
    table = np.array(cells, dtype=np.int64).reshape(-1, 3)
    found = uncovered(table, np.ones(len(table), dtype=np.int64), sizes, threshold=threshold, depth=depth)
    patterns = {tuple(dict(zip(p.columns, p.codes, strict=True)).get(i) for i in range(3)) for p in found.patterns}
    assert patterns == slow(cells, sizes, threshold, depth)


def test_chance_as_scipy() -> None:
    for k, mean in ((0, 0.5), (3, 10.0), (40, 30.0)):
        assert chance_of_so_few(k, mean) == pytest.approx(stats.poisson.cdf(k, mean))
    assert chance_of_so_few(2, 0.0) == 1


def test_planted_hole_is_found_first() -> None:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"g": rng.choice(["a", "b", "c"], 3000), "h": rng.choice(["x", "y"], 3000)})
    frame = frame.filter(~((pl.col("g") == "c") & (pl.col("h") == "y")))
    found = holes(asked(frame, CODE, groups=["g", "h"]))
    assert list(found) == ["g=c × h=y"] and found["g=c × h=y"].p < 1e-50  # type: ignore[operator]
    assert word(frame, CODE, 'metric = "coverage_holes"\nmax = 0', groups=["g", "h"]) == "over"


def test_null_table_of_full_combinations_is_quiet() -> None:
    rng = np.random.default_rng(1)
    frame = pl.DataFrame({"g": rng.choice(["a", "b", "c"], 3000), "h": rng.choice(["x", "y"], 3000)})
    assert not holes(asked(frame, CODE, groups=["g", "h"]))
    assert word(frame, CODE, 'metric = "coverage_holes"\nmax = 0', groups=["g", "h"]) == "within"


def test_real_people_with_features() -> None:
    settings = {"features": ("education_years", "workclass"), "most": 5}
    first = run(INCOME, CODE, settings, groups=["sex", "race"])
    (evidence,) = first.evidence
    found = list(holes(evidence).values())
    assert len(found) == 5 and one(evidence, "coverage_holes").value > 5
    assert [h.p for h in found] == sorted(h.p for h in found)  # type: ignore[type-var]
    frame = pl.read_parquet(INCOME)
    again = run(shuffled(frame), CODE, settings, groups=["sex", "race"])
    assert evidence_bytes(again) == evidence_bytes(run(frame, CODE, settings, groups=["sex", "race"]))


def test_rare_values_of_features_are_not_named() -> None:
    frame = pl.DataFrame({"g": ["a", "b"] * 100, "t": ["common"] * 197 + ["of one person"] * 3})
    text = str(asked(frame, CODE, {"features": ("t",)}, groups="g").about)
    assert "of one person" not in text and "(rare)" in text


def test_slips_and_weights() -> None:
    frame = pl.DataFrame({"g": ["a", "b"] * 50, "i": range(100), "t": [f"t{i}" for i in range(100)], "w": [2.0] * 100})
    for settings, told in (
        ({"threshold": 0}, "threshold is 0"), ({"depth": 9}, "depth 9"), ({"features": ("t",)}, "has 100 values"),
        ({"features": ("gone",)}, "no column"), ({"features": ("w",)}, "cannot be looked at"),
    ):  # fmt: skip
        with pytest.raises(ConfigError, match=told):
            asked(frame, CODE, settings, groups="g", weight="w")
    assert any("Rows are counted" in n for n in asked(frame, CODE, groups="g", weight="w").notes)
