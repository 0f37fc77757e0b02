"""DA006: outliers by group, by common fences and by each group's own."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import median_abs_deviation

from sterling.core.codec import evidence_bytes
from sterling.core.errors import ConfigError
from sterling.data.people.fences import fence
from sterling.pipeline.tables import profile
from tests.data.people.asking import INCOME, asked, one, run, shuffled, word

CODE = "DA006"


def test_fences_by_hand() -> None:
    """1 to 9: quartiles 3 and 7, so fences at -3 and 13; median 5, median deviation 2."""
    values = np.arange(1.0, 10.0)
    assert fence(values, "fences", 1.5) == (-3.0, 13.0)
    low, high = fence(values, "mad", 3.5)  # type: ignore[misc]
    width = 3.5 * median_abs_deviation(values, scale="normal")
    assert (low, high) == (pytest.approx(5 - width), pytest.approx(5 + width))
    assert fence(np.array([1.0, 1, 1, 1, 9]), "fences", 1.5) is None
    assert fence(np.array([np.nan]), "mad", 3.5) is None
    assert fence(np.array([np.inf] * 3 + [1.0]), "mad", 3.5) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=60), st.floats(-100, 100), st.floats(0.5, 10))
def test_fences_move_with_the_values(values: list[float], shift: float, scale: float) -> None:
    x = np.array(values)
    first, second = fence(x, "fences", 1.5), fence(x * scale + shift, "fences", 1.5)
    if first is not None and second is not None and first.high - first.low > 1e-3:
        assert second.low == pytest.approx(first.low * scale + shift, rel=1e-6, abs=1e-3)


def test_hand_worked() -> None:
    """99 usual values and one far one in each of 2 groups of a, none in b."""
    usual = list(range(50)) * 2
    frame = pl.DataFrame({"g": ["a"] * 100 + ["b"] * 100, "x": [1000, -1000, *usual[2:], *usual]})
    gap = one(asked(frame, CODE, groups="g"), "outlier_gap", columns=("x",))
    assert (gap.value, gap.first.value, gap.first.n_eligible) == (0.02, 0.02, 100)


def test_planted_outliers_are_over() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=1000)
    x[:500] = np.where(rng.random(500) < 0.2, 50.0, x[:500])
    frame = pl.DataFrame({"g": ["a"] * 500 + ["b"] * 500, "x": x})
    for metric in ("outlier_gap", "outlier_gap_within"):
        assert word(frame, CODE, f'metric = "{metric}"\nmax = 0.05', groups="g") == "over"


def test_null_of_other_centres_does_not_fool_the_fences_within() -> None:
    """A small group far from the rest is all beyond common fences, and like the others beyond its own."""
    rng, within = np.random.default_rng(2), 0
    for _ in range(60):
        x = np.concatenate([rng.normal(size=900), 30 + rng.normal(size=100)])
        frame = pl.DataFrame({"g": ["a"] * 900 + ["b"] * 100, "x": x})
        evidence = asked(frame, CODE, groups="g")
        assert one(evidence, "outlier_gap").low > 0.8
        within += one(evidence, "outlier_gap_within").low > 0
    assert within <= 9
    assert any("Other centres" in n for n in evidence.notes)


def test_null_worlds() -> None:
    rng, called = np.random.default_rng(4), 0
    for _ in range(60):
        frame = pl.DataFrame({"g": np.repeat(["a", "b", "c"], 300), "x": rng.standard_t(3, 900)})
        called += one(asked(frame, CODE, {"rule": "mad"}, groups="g"), "outlier_gap").low > 0
    assert called <= 9


def test_real_people_as_numpy_counts() -> None:
    frame = pl.read_parquet(INCOME)
    evidence = asked(frame, CODE, {"columns": ("hours_per_week",)}, groups="sex")
    x = frame["hours_per_week"].to_numpy()
    q1, q3 = np.quantile(x, [0.25, 0.75])
    far = (x < q1 - 1.5 * (q3 - q1)) | (x > q3 + 1.5 * (q3 - q1))
    women = (frame["sex"] == "female").to_numpy()
    gap = one(evidence, "outlier_gap", columns=("hours_per_week",))
    assert gap.value == pytest.approx(abs(far[women].mean() - far[~women].mean()))


def test_flat_missing_and_other_columns_are_left_out() -> None:
    frame = pl.DataFrame(
        {"g": ["a", "b"] * 50, "flat": [1] * 100, "none": pl.Series([None] * 100, dtype=pl.Float64), "t": ["x"] * 100}
    )
    evidence = asked(frame, CODE, groups="g")
    assert evidence.outcome == "not_applicable" and "2 columns have no fences" in evidence.notes[0]
    assert asked(frame.select("g", "t"), CODE, groups="g").outcome == "not_applicable"


def test_infinite_values_are_far_out_and_order_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=400)
    x[:20], x[20:40] = np.inf, np.nan
    frame = pl.DataFrame({"g": ["a", "b"] * 200, "x": x})
    first = run(frame, CODE, groups="g")
    assert evidence_bytes(first) == evidence_bytes(run(shuffled(frame, 2), CODE, groups="g"))
    found = one(first.evidence[0], "outlier_gap", columns=("x",))
    assert found.first.n_eligible == 190


def test_slips() -> None:
    frame = pl.DataFrame({"g": ["a", "b"] * 50, "x": range(100), "t": ["x"] * 100})
    for settings, told in (
        ({"rule": "z"}, "the rule is"), ({"k": 0.0}, "k is 0"), ({"columns": ("t",)}, "holds values of type"),
        ({"columns": ("gone",)}, "no column"),
    ):  # fmt: skip
        with pytest.raises(ConfigError, match=told):
            asked(frame, CODE, settings, groups="g")


def test_the_order_of_rows_moves_no_bit() -> None:
    rng = np.random.default_rng(1)
    pay = np.where(rng.random(900) < 0.03, 1e6, np.round(rng.normal(50, 10, 900), 2))
    frame = pl.DataFrame({"g": rng.choice(["a", "b", "c"], 900), "pay": pay, "x": rng.standard_t(2, 900)})
    for rule in ("fences", "mad"):
        orders = (frame, frame[::-1], frame.sample(fraction=1, shuffle=True, seed=2))
        runs = [profile(f, groups="g", checks="DA006", settings={"DA006": {"rule": rule}}) for f in orders]
        assert len({evidence_bytes(run) for run in runs}) == 1


def test_coarse_numbers_have_no_fences_of_groups() -> None:
    """Counts: many values are equal where a fence is hung. Common fences stay, and own ones are not told."""
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"count": rng.poisson(3.0, 2000), "smooth": rng.normal(size=2000), "g": ["a", "b"] * 1000})
    (evidence,) = profile(frame, groups=["g"], checks=CODE).evidence
    within = {f.columns for f in evidence.findings if f.metric.name == "outlier_gap_within" and f.value == f.value}
    assert ("smooth",) in within and ("count",) not in within
    common = {f.columns for f in evidence.findings if f.metric.name == "outlier_gap" and f.value == f.value}
    assert ("count",) in common
    assert any("fence of its own" in note and "count" in note for note in evidence.notes)
