"""FA008: flips counted by hand, in each direction; planted and null worlds; weights, clusters, bad columns."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.errors import ConfigError, InputError
from sterling.core.evidence import Finding
from tests.house.law import ROOT
from tests.worlds.world import allowed, findings

LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"


def _world(seed: int, *, flips: float, n: int = 500, base: float = 0.02) -> pl.DataFrame:
    """Two groups; decisions of group b flip with probability `flips`, those of group a with `base`."""
    rng = np.random.default_rng(seed)
    group = np.repeat(["a", "b"], n)
    score = rng.random(2 * n)
    flipped = rng.random(2 * n) < np.where(group == "b", flips, base)
    return pl.DataFrame({"group": group, "p": score, "cf": np.where(flipped, 1 - score, score)})


def _run(frame: pl.DataFrame, *, score: str = "p", groups: str = "group", **more: object) -> st.Run:
    asked = {k: more.pop(k) for k in ("counterfactual", "flips", "threshold") if k in more}
    plan = st.Plan(asks=(st.ask("FA008", name="q", **{"counterfactual": "cf", **asked}),), grid=False)
    given = {"prediction": score, "positive": "1"} if more.pop("decided", False) else {"score": score}
    return st.evaluate(frame, groups=groups, plan=plan, **given, **more)


def _of(run: st.Run, family: tuple[str, ...] = ()) -> Finding:
    return next(f for f in findings(run) if f.family == family)


def _verdicts(run: st.Run, limit: str) -> list[str]:
    policy = st.Policy.parse(f'[[ask]]\nname = "q"\ncheck = "FA008"\n[[limit]]\nask = "q"\n{limit}')
    return [v.verdict for v in run.judge(policy).verdicts]


def test_planted_flips_are_over() -> None:
    for seed in range(10):
        run = _run(_world(seed, flips=0.3))
        assert "over" in _verdicts(run, "max = 0.1")
        assert str(_of(run, ("group",)).first.slice) == "group=b"


def test_null_worlds_alarm_at_most_as_promised() -> None:
    """The truth is the limit in both groups: over in at most 5 % of worlds."""
    worlds = 200
    alarms = sum(_of(_run(_world(s, flips=0.1, base=0.1, n=200)), ("group",)).low > 0.1 for s in range(worlds))
    assert alarms / worlds <= allowed(0.05, worlds)


@pytest.mark.parametrize("flips", ["any", "positive_to_negative", "negative_to_positive"])
def test_on_real_data_as_counted_by_hand(flips: str) -> None:
    rng = np.random.default_rng(1)
    frame = pl.read_parquet(LENDING)
    frame = frame.with_columns(cf=(pl.col("score") + pl.Series(rng.normal(0, 0.2, frame.height))).clip(0, 1))
    found = _run(frame, score="score", groups="race", flips=flips)
    before, after = frame["score"] >= 0.5, frame["cf"] >= 0.5
    among = {"any": before.is_in([True, False]), "positive_to_negative": before}.get(flips, ~before)
    everyone = _of(found)
    assert everyone.value == pytest.approx((before != after).filter(among).mean())
    assert everyone.n_eligible == among.sum()
    rates = {
        g: (before != after).filter(among & (frame["race"] == g)).mean()
        for g in frame["race"].unique()
        if (among & (frame["race"] == g)).sum() >= 30
    }
    assert _of(found, ("race",)).value == pytest.approx(max(rates.values()))


def test_decisions_may_be_given_as_words() -> None:
    frame = pl.DataFrame({"group": ["a", "b"] * 50, "d": [1, 1, 0, 0] * 25, "cf": [1, 0, 0, 1] * 25})
    assert _of(_run(frame, score="d", decided=True)).value == pytest.approx(0.5)
    assert _of(_run(frame, score="d", decided=True, flips="positive_to_negative")).value == pytest.approx(0.5)


def test_another_threshold() -> None:
    frame = _world(2, flips=0.2)
    plan = st.Plan(asks=(st.ask("FA008", counterfactual="cf", threshold=0.8),), extra=(0.8,), grid=False)
    run = st.evaluate(frame, score="p", groups="group", plan=plan)
    expected = ((frame["p"] >= 0.8) != (frame["cf"] >= 0.8)).mean()
    assert _of(run).value == pytest.approx(expected) and _of(run).threshold == 0.8


def test_no_flip_still_has_an_upper_end() -> None:
    found = _of(_run(_world(1, flips=0.0, base=0.0)))
    assert (found.value, found.low) == (0, 0) and 0 < found.high < 0.01


def test_the_order_of_rows_does_not_matter() -> None:
    frame = _world(3, flips=0.2)
    once, again = (_of(_run(f), ("group",)) for f in (frame, frame.sample(fraction=1, shuffle=True, seed=1)))
    assert (once.value, once.low, once.high) == (again.value, again.low, again.high)


def test_weights_and_clusters() -> None:
    frame = _world(4, flips=0.2).with_row_index("id").with_columns(w=pl.col("id") % 3 + 1)
    weighed = _of(_run(frame, weight="w"))
    flipped = (frame["p"] >= 0.5) != (frame["cf"] >= 0.5)
    assert weighed.value == pytest.approx((flipped * frame["w"]).sum() / frame["w"].sum())
    twice = pl.concat([frame, frame])
    plain, clustered = _of(_run(twice)), _of(_run(twice, cluster="id"))
    assert clustered.value == plain.value
    assert clustered.high - clustered.low > 1.3 * (plain.high - plain.low)


def test_few_people_say_nothing() -> None:
    found = _of(_run(_world(1, flips=0.5, n=10)))
    assert np.isnan(found.value)


@pytest.mark.parametrize(
    ("column", "said"),
    [(["x"] * 1000, "no numbers"), ([None] + [0.5] * 999, "1 row has no score"), ([float("nan")] * 1000, "NaN")],
)
def test_columns_that_cannot_be_read(column: list[object], said: str) -> None:
    frame = _world(1, flips=0.1).with_columns(cf=pl.Series(column))
    with pytest.raises(InputError, match=said):
        _run(frame)


def test_parameters_that_mean_nothing() -> None:
    with pytest.raises(ConfigError, match="did you mean cf"):
        _run(_world(1, flips=0.1), counterfactual="cff")
    with pytest.raises(ConfigError, match="positive_to_negative"):
        _run(_world(1, flips=0.1), flips="both")
