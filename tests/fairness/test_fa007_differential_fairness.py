"""FA007: the definition with its smoothing, bounds that hold, amplification."""

from __future__ import annotations

import json
import math

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.errors import ConfigError
from sterling.testing.worlds import GroupRates, drawn
from tests.house.law import ROOT
from tests.worlds.world import allowed, asked, decisions, findings

INCOME = ROOT / "examples" / "income" / "data" / "income.parquet"


def _run(frame: pl.DataFrame, **parameters: object) -> st.Run:
    plan = st.Plan(asks=(st.ask("FA007", name="q", **parameters),), grid=False)
    return st.evaluate(frame, label="label", positive=1, groups="group", prediction="prediction", plan=plan)


def _slow(hits: dict[str, int], n: dict[str, int], concentration: float) -> float:
    """Foulds et al. 2020: the largest log ratio of smoothed chances of either outcome."""
    p = {g: (hits[g] + concentration / 2) / (n[g] + concentration) for g in n}
    ratios = [abs(math.log(q(p[a]) / q(p[b]))) for a in n for b in n for q in (lambda x: x, lambda x: 1 - x)]
    return max(ratios)


@pytest.mark.parametrize("concentration", [0.5, 1.0, 2.0])
def test_on_real_data_as_the_definition(concentration: float) -> None:
    frame = pl.read_parquet(INCOME).with_columns(chosen=(pl.col("score") >= 0.5).cast(pl.Int8))
    plan = st.Plan(asks=tuple(st.ask("FA007", name=of, of=of, concentration=concentration)
                              for of in ("decision", "label", "amplification")), grid=False)  # fmt: skip
    run = st.evaluate(frame, label="over_50k", prediction="chosen", groups=["sex", "race"], plan=plan)
    by = {(e.ask, f.family): f for e in run.evidence for f in e.findings}
    for column in ("sex", "race"):
        table = frame.group_by(column).agg(pl.len(), pl.col("chosen").sum(), pl.col("over_50k").sum())
        n = dict(zip(table[column], table["len"], strict=True))
        expected = {
            of: _slow(dict(zip(table[column], table[name], strict=True)), n, concentration)
            for of, name in (("decision", "chosen"), ("label", "over_50k"))
        }
        for of, value in expected.items():
            found = by[of, (column,)]
            assert found.value == pytest.approx(value)
            assert found.low <= value <= found.high
        both = by["amplification", (column,)]
        assert both.value == pytest.approx(expected["decision"] - expected["label"])


def test_planted_differences_are_over() -> None:
    rates = {"a": GroupRates(n=500, true_positive_rate=0.6, false_positive_rate=0.6),
             "b": GroupRates(n=500, true_positive_rate=0.2, false_positive_rate=0.2)}  # fmt: skip
    policy = st.Policy.parse('[[ask]]\nname = "q"\ncheck = "FA007"\n[[limit]]\nask = "q"\nmax = 0.5')
    for seed in range(10):
        run = _run(drawn(rates, seed=seed).table)
        assert [v.verdict for v in run.judge(policy).verdicts] == ["over"]  # the truth is log 3 = 1.1
        (found,) = findings(_run(drawn(rates, seed=seed).table, of="amplification"))
        assert found.low > 0  # the label rates are equal


@pytest.mark.parametrize(("sizes", "rate"), [([200, 200], 0.5), ([400, 60, 60, 60], 0.2), ([500] * 5, 0.05)])
def test_null_worlds_alarm_at_most_as_promised(sizes: list[int], rate: float) -> None:
    worlds = 80
    run = asked(decisions(sizes, rate, worlds=worlds, seed=len(sizes)), "FA007")
    assert np.mean([f.low > 0 for f in findings(run)]) <= allowed(0.05, worlds)


@pytest.mark.parametrize("rates", [[0.5, 0.3], [0.6, 0.5, 0.4]])
def test_bounds_hold(rates: list[float]) -> None:
    worlds = 80
    truth = max(abs(math.log(q(a) / q(b))) for a in rates for b in rates for q in (lambda x: x, lambda x: 1 - x))
    run = asked(decisions([300] * len(rates), rates, worlds=worlds, seed=9), "FA007")
    assert np.mean([f.low > truth for f in findings(run)]) <= allowed(0.05, worlds)
    assert np.mean([f.high < truth for f in findings(run)]) <= allowed(0.05, worlds)


def test_amplification_of_equal_rates_is_rarely_shown() -> None:
    alarms = sum(
        findings(_run(drawn({"a": GroupRates(n=300), "b": GroupRates(n=300)}, seed=s).table, of="amplification"))[0].low
        > 0
        for s in range(60)
    )
    assert alarms <= 3


def test_a_group_without_a_hit_has_a_finite_value_and_no_upper_end() -> None:
    frame = pl.DataFrame(
        {"group": ["a"] * 40 + ["b"] * 40, "label": [0, 1] * 40, "prediction": [1] * 20 + [0] * 20 + [0] * 40}
    )
    run = _run(frame)
    (found,) = findings(run)
    assert math.isfinite(found.value) and found.low > 0 and found.high == math.inf
    assert evidence_bytes(run)
    assert json.dumps(run.to_dict(), allow_nan=False)


def test_nobody_selected_anywhere_is_no_difference() -> None:
    frame = pl.DataFrame({"group": ["a", "b"] * 40, "label": [0, 0, 1, 1] * 20, "prediction": [0] * 80})
    plan = st.Plan(asks=(st.ask("FA007"),), grid=False)
    run = st.evaluate(
        frame.with_columns(s=pl.lit(0.1)), label="label", score="s", groups="group", plan=plan
    )  # fmt: skip
    (found,) = findings(run)
    assert (found.value, found.low) == (0.0, 0.0)


def test_parameters_that_mean_nothing() -> None:
    frame = drawn({"a": GroupRates(n=50), "b": GroupRates(n=50)}, seed=1).table
    for wrong in ({"of": "score"}, {"concentration": -1.0}):
        with pytest.raises(ConfigError, match="FA007"):
            _run(frame, **wrong)
