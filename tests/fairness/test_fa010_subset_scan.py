"""FA010: a planted subgroup is over, calibrated worlds are not; its words; limits of use."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.errors import ConfigError
from tests.house.law import ROOT
from tests.worlds.world import allowed, findings

INCOME = ROOT / "examples" / "income" / "data" / "income.parquet"


def _world(seed: int, *, shift: float, n: int = 1500) -> pl.DataFrame:
    """Calibrated, save that women of the north have a positive label less often by `shift`."""
    rng = np.random.default_rng(seed)
    sex, region, age = rng.choice(["f", "m"], n), rng.choice(["n", "s", "e"], n), rng.integers(18, 80, n)
    p = rng.uniform(0.2, 0.8, n)
    y = rng.random(n) < p - shift * ((sex == "f") & (region == "n"))
    return pl.DataFrame({"sex": sex, "region": region, "age": age, "p": p, "y": y.astype(int)})


def _run(frame: pl.DataFrame, *, groups: list[str] | None = None, seed: int = 0, **parameters: object) -> st.Run:
    plan = st.Plan(asks=(st.ask("FA010", name="q", **parameters),), grid=False, seed=seed)
    return st.evaluate(frame, label="y", positive=1, score="p", groups=groups or ["sex", "region"], plan=plan)


def _verdicts(run: st.Run) -> list[str]:
    policy = st.Policy.parse('[[ask]]\nname = "q"\ncheck = "FA010"\n[[limit]]\nask = "q"\nmax = 0.0')
    return [v.verdict for v in run.judge(policy).verdicts]


def test_planted_subgroup_is_over_and_named() -> None:
    for seed in range(5):
        run = _run(_world(seed, shift=0.2), features=("age",))
        assert _verdicts(run) == ["over"]
        said = run.evidence[0].notes[0]
        assert "sex: f" in said and "region: n" in said and "m" not in said.partition(".")[0].partition("sex: ")[2][:1]


def test_null_worlds_alarm_at_most_as_promised() -> None:
    worlds = 50
    alarms = sum(_verdicts(_run(_world(s, shift=0.0, n=400), seed=s, shuffles=39)) == ["over"] for s in range(worlds))
    assert alarms / worlds <= allowed(0.05, worlds)


def test_a_scan_never_says_within() -> None:
    assert _verdicts(_run(_world(1, shift=0.0))) == ["undecided"]


def test_on_real_data_the_counts_are_those_of_the_subgroup() -> None:
    frame = pl.read_parquet(INCOME)
    plan = st.Plan(asks=(st.ask("FA010", name="q", shuffles=19),), grid=False)
    run = st.evaluate(frame, label="over_50k", score="score", groups=["sex", "race"], plan=plan)
    said = run.evidence[0].notes[0]
    of = dict(part.split(": ", 1) for part in said.removeprefix("The subgroup: ").partition(". ")[0].split("; "))
    rows = frame
    for column, values in of.items():
        rows = rows.filter(pl.col(column).is_in(values.split(", ")))
    assert f"{rows.height:,} people, {rows['over_50k'].sum():,} positive labels" in said
    assert f"where {rows['score'].sum():,.1f} were predicted" in said


def test_equal_runs_are_equal_and_the_order_of_rows_does_not_matter() -> None:
    frame = _world(3, shift=0.1)
    runs = [_run(f) for f in (frame, frame, frame.sample(fraction=1, shuffle=True, seed=1))]
    assert len({(r.evidence[0].notes, findings(r)[0].value, findings(r)[0].low) for r in runs}) == 1


def test_missing_labels_and_missing_values() -> None:
    frame = _world(4, shift=0.2).with_columns(
        y=pl.when(pl.int_range(pl.len()) % 10 == 0).then(None).otherwise(pl.col("y")),
        region=pl.when(pl.int_range(pl.len()) % 7 == 0).then(None).otherwise(pl.col("region")),
    )
    (found,) = findings(_run(frame))
    assert found.n_eligible == 1350


def test_what_is_not_applicable() -> None:
    frame = _world(1, shift=0.1).with_columns(d=(pl.col("p") > 0.5).cast(pl.Int8), w=pl.lit(2.0))
    plan = st.Plan(asks=(st.ask("FA010"),), grid=False)
    decided = st.evaluate(frame, label="y", prediction="d", groups="sex", plan=plan)
    weighed = st.evaluate(frame, label="y", score="p", weight="w", groups="sex", plan=plan)
    alone = st.evaluate(frame, label="y", score="p", plan=plan)
    assert [r.evidence[0].outcome for r in (decided, weighed, alone)] == ["not_applicable"] * 3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"direction": "up"}, "higher"), ({"shuffles": 3}, "19"), ({"features": ("agee",)}, "did you mean age"),
     ({"features": ("p",)}, "no feature"), ({"penalty": -1.0}, "at least 0")],
)  # fmt: skip
def test_parameters_that_mean_nothing(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        _run(_world(1, shift=0.1), **wrong)


def test_columns_with_too_many_words_are_refused() -> None:
    frame = _world(1, shift=0.1).with_columns(name=pl.Series([f"n{i}" for i in range(1500)]))
    with pytest.raises(ConfigError, match="coarser"):
        _run(frame, features=("name",))
