"""`discover` from Python: what it asks, of which columns, and that files and frames give the same answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.discovered import Discovery
from sterling.core.errors import ConfigError
from sterling.pipeline.discover import with_search


def people(n: int = 4000) -> pl.DataFrame:
    rng = np.random.default_rng(5)
    age, sex = rng.integers(18, 80, n), rng.choice(["f", "m"], n)
    label = rng.random(n) < 0.5
    wrong = rng.random(n) < np.where(age < 30, 0.4, 0.15)
    return pl.DataFrame({"y": label * 1, "p": (label ^ wrong) * 1, "age": age, "sex": sex, "w": rng.random(n) + 0.5})


def searched(data: object, **more: object) -> Discovery:
    run = st.evaluate(data, label="y", prediction="p", **({"discover": True} | more))  # type: ignore[arg-type]
    return next(e.discovered for e in run.evidence if e.discovered is not None)


def test_files_and_frames_give_the_same(tmp_path: Path) -> None:
    frame = people()
    frame.write_parquet(tmp_path / "p.parquet", row_group_size=500)
    frame.sample(fraction=1, shuffle=True, seed=1).write_csv(tmp_path / "p.csv")
    held = searched(frame, weight="w")
    assert held.confirmed[0].name == "age under 30"
    assert searched(tmp_path / "p.parquet", weight="w") == held
    assert searched(tmp_path / "p.csv", weight="w") == held
    assert searched(frame.to_pandas(), weight="w") == held


def test_columns_made_for_groups_are_not_searched_and_those_they_are_made_of_are() -> None:
    found = searched(people(), groups=["sex", "cut(age, 25, 40)"], slices={"young": "age < 25"})
    assert found.features == ("age", "sex", "w")
    marked = searched(people(), groups=["sex", "age"]).confirmed[0].conditions[0]
    assert (marked.feature, marked.is_group) == ("age", True)


def test_a_plan_of_ones_own_gets_the_search_too() -> None:
    plan = st.Plan(asks=(st.ask("QU002"),), grid=False)
    run = st.evaluate(people(), label="y", prediction="p", plan=plan, discover="false_positive_rate")
    assert [e.check for e in run.evidence] == ["QU002", "QU003"]
    assert run.plan.asks[-1].canonical()["parameters"]["metric"] == "false_positive_rate"  # type: ignore[index]
    assert run.plan.hash != plan.hash


def test_what_was_found_as_a_table() -> None:
    run = st.evaluate(people(), label="y", prediction="p", discover=True)
    (found,) = run.discovered
    table = found.frame
    assert table.height == len(found.slices) and table["slice"][0] == "age under 30" and table["confirmed"][0]
    assert table.select("value", "low", "high", "gap", "p_adjusted").null_count().row(0) == (0, 0, 0, 0, 0)
    assert table["value"][0] - table["rest"][0] == pytest.approx(table["gap"][0])
    nothing = st.evaluate(people().with_columns(p="y"), label="y", prediction="p", discover=True).discovered[0]
    assert nothing.frame.height == 0 and nothing.frame.columns == table.columns
    assert st.evaluate(people(), label="y", prediction="p").discovered == ()


def test_an_equal_search_is_asked_once() -> None:
    plan = st.Plan(asks=(st.ask("QU003", name="mine"),))
    assert with_search(plan, True, "binary") is plan
    assert len(with_search(plan, {"most": 3}, "binary").asks) == 2
    assert with_search(plan, False, "binary") is plan
    assert with_search(plan, {"threshold": 0.3}, "binary").extra == (0.3,)


def test_every_model_is_searched_by_itself() -> None:
    frame = people().with_columns(q=1 - pl.col("y"))
    run = st.evaluate(frame, label="y", prediction=["p", "q"], discover=True)
    found = {e.model: e.discovered for e in run.evidence if e.discovered is not None}
    assert set(found) == {"p", "q"}
    assert found["p"].confirmed and not found["q"].confirmed
    assert found["q"].overall.value == 1


@pytest.mark.parametrize("wrong", ["", "nothing_rate", {"feature": ["age"]}, {"most": "many"}])
def test_slips_are_told(wrong: object) -> None:
    with pytest.raises(ConfigError):
        st.evaluate(people(100), label="y", prediction="p", discover=wrong)  # type: ignore[arg-type]


def test_a_policy_may_ask_for_it() -> None:
    policy = st.Policy.parse('[[ask]]\ncheck = "QU003"\nfeatures = ["age"]\nmost = 2\n')
    run = st.evaluate(people(), label="y", prediction="p", policy=policy)
    found = next(e.discovered for e in run.evidence if e.discovered is not None)
    assert found.features == ("age",) and [s.name for s in found.confirmed] == ["age under 30"]


def test_questions_of_rows_are_answered_beside_columns_that_are_added_up() -> None:
    run = st.evaluate(
        _scored_by_x(), label="y", score="p", groups="g", discover=True, metrics=["mean(x)"], attributions="shap_*",
        memberships={"h": {"u": "p_u", "v": "p_v"}},
    )  # fmt: skip
    assert {e.check: e.reason for e in run.evidence if e.outcome == "error"} == {}
    assert {"QU003", "FA020", "EX001"} <= {e.check for e in run.evidence if e.outcome == "measured"}


def _scored_by_x() -> pl.DataFrame:
    rng = np.random.default_rng(2)
    x, chance = rng.normal(size=800), rng.random(800)
    p = 1 / (1 + np.exp(-x))
    return pl.DataFrame(
        {
            "x": x, "p": p, "y": (rng.random(800) < p).astype(int), "g": rng.choice(["a", "b"], 800), "shap_x": x / 2,
            "p_u": chance, "p_v": 1 - chance,
        }
    )  # fmt: skip
