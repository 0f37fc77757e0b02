"""FA009: erratic decisions fall below a floor, steady ones do not; features, groups, limits of use."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.neighbors import NearestNeighbors

import sterling as st
from sterling.core.errors import ConfigError
from tests.house.law import ROOT
from tests.worlds.world import allowed, findings

LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"


def _world(seed: int, *, erratic: float, n: int = 400) -> pl.DataFrame:
    """Decisions follow x, save that those of group b are random with probability `erratic`."""
    rng = np.random.default_rng(seed)
    x, y, group = rng.normal(size=n), rng.normal(size=n), rng.choice(["a", "b"], n)
    steady = (x > 0).astype(int)
    random = (rng.random(n) < erratic) & (group == "b")
    return pl.DataFrame({"x": x, "y": y, "group": group, "d": np.where(random, rng.integers(0, 2, n), steady)})


def _run(frame: pl.DataFrame, **parameters: object) -> st.Run:
    plan = st.Plan(asks=(st.ask("FA009", name="q", **parameters),), grid=False)
    return st.evaluate(frame, prediction="d", positive="1", groups="group", plan=plan)


def _verdicts(run: st.Run, limit: str) -> list[str]:
    policy = st.Policy.parse(f'[[ask]]\nname = "q"\ncheck = "FA009"\n[[limit]]\nask = "q"\n{limit}')
    return [v.verdict for v in run.judge(policy).verdicts]


def test_planted_erratic_decisions_are_under_the_floor() -> None:
    for seed in range(5):
        run = _run(_world(seed, erratic=0.9), features=("x",))
        assert "over" in _verdicts(run, "min = 0.85")
        assert str(findings(run)[1].first.slice) == "group=b"


def test_null_worlds_alarm_at_most_as_promised() -> None:
    """The same chance for all: consistency is one half, and so is the floor."""
    worlds, alarms = 80, 0
    for seed in range(worlds):
        frame = _world(seed, erratic=0.0, n=200).with_columns(
            d=pl.Series(np.random.default_rng(seed).integers(0, 2, 200))
        )
        alarms += any(f.high < 0.5 for f in findings(_run(frame)))
    assert alarms / worlds <= allowed(0.05, worlds)


def test_on_real_data_as_scikit_learn_has_it() -> None:
    frame = pl.read_parquet(LENDING)
    features = ["obligations_ratio", "loan_to_value", "loan_amount"]
    plan = st.Plan(asks=(st.ask("FA009", name="q", features=tuple(features)),), grid=False)
    found = findings(st.evaluate(frame, score="score", groups="race", plan=plan))[0]
    places = frame.select(features).to_numpy().astype(float)
    places = (places - places.mean(axis=0)) / places.std(axis=0)
    near = NearestNeighbors(n_neighbors=5).fit(places).kneighbors(return_distance=False)
    decision = (frame["score"] >= 0.5).to_numpy().astype(float)
    expected = 1 - np.abs(decision - decision[near].mean(axis=1)).mean()
    assert found.value == pytest.approx(expected, abs=0.01)  # ties are broken at random there, and shared here
    assert found.low < expected < found.high
    assert found.n_eligible == frame.height


def test_features_are_all_columns_without_a_role_unless_named() -> None:
    run = _run(_world(1, erratic=0.2))
    assert run.evidence[0].notes[0] == "Alike in: x, y."
    named = _run(_world(1, erratic=0.2), features=("y", "group"))
    assert named.evidence[0].notes[0] == "Alike in: y, group."


def test_columns_that_name_rows_are_left_out_and_said_so() -> None:
    frame = _world(1, erratic=0.2).with_columns(name=pl.Series([f"n{i}" for i in range(400)]))
    assert "name" in _run(frame).evidence[0].notes[1]
    with pytest.raises(ConfigError, match="coarser"):
        _run(frame, features=("name",))


def test_a_sample_of_people_is_drawn_by_their_values_alone() -> None:
    frame = _world(2, erratic=0.5)
    once, again = (
        findings(_run(f, most=100))[0] for f in (frame, frame.sample(fraction=1, shuffle=True, seed=3))
    )  # fmt: skip
    assert (once.value, once.n_eligible) == (again.value, 100)
    assert abs(once.value - findings(_run(frame))[0].value) < 0.1


def test_weights_and_small_tables_are_refused() -> None:
    frame = _world(1, erratic=0.2).with_columns(w=pl.lit(1.5))
    plan = st.Plan(asks=(st.ask("FA009"),), grid=False)
    run = st.evaluate(frame, prediction="d", positive="1", groups="group", weight="w", plan=plan)
    assert run.evidence[0].outcome == "not_applicable"
    assert _run(_world(1, erratic=0.2, n=5)).evidence[0].outcome == "insufficient"
    few = findings(_run(_world(1, erratic=0.2, n=20)))
    assert np.isnan(few[0].value)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"neighbours": 0}, "1 to 100"), ({"features": ("xx",)}, "no column"), ({"features": ("d",)}, "no feature")],
)
def test_parameters_that_mean_nothing(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        _run(_world(1, erratic=0.2), **wrong)
