"""The disparate-impact remover and the correlation remover, beside fairlearn and slow obvious versions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from fairlearn.preprocessing import CorrelationRemover
from hypothesis import given, settings
from hypothesis import strategies as hyp
from scipy.stats import ks_2samp

from sterling.core.errors import ConfigError, InputError
from sterling.core.roles import Roles
from sterling.core.treatment import find_treatment, learn
from sterling.fairness.remedies.disparate_impact_remover import rank_share
from sterling.pipeline.treating import How, treat_table
from tests.house.law import ROOT

LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"
DIR, CR = "disparate-impact-remover", "correlation-remover"


def people(seed: int, n: int = 800, shift: float = 1.0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    g = rng.choice(["a", "b", "c"], n)
    move = np.select([g == "a", g == "b"], [0.0, shift], -shift)
    x = rng.normal(size=n) + move
    y = (x + rng.normal(size=n) > 0).astype(int)
    return pl.DataFrame({"g": g, "x": x, "w": rng.exponential(size=n) * (1 + abs(move)), "y": y})


def done(name: str, frame: pl.DataFrame, **parameters: object) -> pl.DataFrame:
    roles = Roles(groups=("g",), label="y")
    return treat_table(frame, name, roles=roles, parameters={"at_decision": True, **parameters})[0]


def test_repair_by_hand() -> None:
    """Ten values each: a has 0 … 9, b has 100 … 109. The median of two quantile functions is their mean."""
    frame = pl.DataFrame(
        {"g": ["a"] * 10 + ["b"] * 10, "x": [*map(float, range(10)), *map(float, range(100, 110))], "y": 0}
    )
    assert done(DIR, frame)["x"].to_list() == [*range(50, 60), *range(50, 60)]
    assert done(DIR, frame, amount=0.5)["x"].to_list() == [*range(25, 35), *range(75, 85)]
    assert done(DIR, frame, amount=0.0).equals(frame)


@settings(max_examples=40, deadline=None)
@given(hyp.lists(hyp.integers(-5, 5), min_size=2, max_size=30), hyp.integers(0, 10**6))
def test_places_are_the_inverse_of_quantiles(values: list[int], seed: int) -> None:
    known = np.sort(np.array(values, dtype=float))
    assert np.allclose(np.quantile(known, rank_share(known, known)), known)
    share = rank_share(known, np.sort(np.random.default_rng(seed).uniform(-6, 6, 20)))
    assert (np.diff(share) >= 0).all() and share.min() >= 0 and share.max() <= 1


def test_repaired_groups_have_one_distribution_and_keep_their_order() -> None:
    frame = people(1, 3_000)
    before = frame.clone()
    repaired = done(DIR, frame)
    for column in ("x", "w"):
        parts = {g: repaired.filter(g=g)[column].to_numpy() for g in "abc"}
        assert ks_2samp(frame.filter(g="a")[column], frame.filter(g="b")[column]).statistic > 0.1
        assert ks_2samp(parts["a"], parts["b"]).statistic < 0.01
        for g in "abc":
            own = frame.filter(g=g)[column].to_numpy()
            assert (np.argsort(own) == np.argsort(parts[g], kind="stable")).mean() > 0.99
    assert frame.equals(before)


def test_correlation_remover_is_that_of_fairlearn() -> None:
    frame = people(2)
    table = frame.select("x", "w").to_pandas()
    for g in ("b", "c"):
        table[f"g_{g}"] = (frame["g"] == g).cast(pl.Float64).to_numpy()
    for amount in (0.3, 1.0):
        theirs = CorrelationRemover(sensitive_feature_ids=["g_b", "g_c"], alpha=amount).fit_transform(
            pd.DataFrame(table)
        )
        assert np.allclose(done(CR, frame, amount=amount).select("x", "w").to_numpy(), np.asarray(theirs))


def test_nothing_is_left_for_a_straight_line_and_means_stay() -> None:
    frame = people(3)
    moved = done(CR, frame)
    for g in "abc":
        assert abs(np.corrcoef(moved["x"], (frame["g"] == g).cast(int))[0, 1]) < 1e-10
    assert moved["x"].mean() == pytest.approx(frame["x"].mean())


@pytest.mark.parametrize("name", [DIR, CR])
def test_order_missing_values_and_other_rows(name: str) -> None:
    frame = people(4).with_columns(x=pl.when(pl.int_range(pl.len()) % 7 == 0).then(None).otherwise("x"))
    moved = done(name, frame)
    assert moved["x"].null_count() == frame["x"].null_count()
    back = done(name, frame.reverse()).reverse()
    assert np.allclose(back["x"].fill_null(0).to_numpy(), moved["x"].fill_null(0).to_numpy())
    item = find_treatment(name)
    learned = learn(item, frame, Roles(groups=("g",), label="y"), parameters=item.bind({"at_decision": True}))
    assert np.allclose(learned.treat(frame.head(50))["w"].to_numpy(), moved.head(50)["w"].to_numpy())
    other = learned.treat(pl.DataFrame({"g": ["zz", None], "x": [1.0, 2.0], "w": [1.0, 2.0], "y": [0, 1]}))
    assert other.height == 2 and other["x"].is_finite().all()
    if name == DIR:
        assert other["x"].to_list() == [1.0, 2.0]


@pytest.mark.parametrize("name", [DIR, CR])
def test_planted_association_falls_and_null_stays(name: str) -> None:
    roles = Roles(groups=("g",), label="y")
    _, told = treat_table(
        people(5, 3_000), name, roles=roles, parameters={"at_decision": True}, how=How(recipe="logistic")
    )
    (auc,) = [m for m in told.measures if m.measure == "auc_of_group" and m.column == "x"]
    assert abs((auc.before.value or 0) - 0.5) > 0.2 and abs((auc.after.value or 0) - 0.5) < 0.05
    assert told.remedy.uses == "at_decision" and told.retrained[0].changes
    _, told = treat_table(
        people(6, 3_000, shift=0.0), name, roles=roles, parameters={"at_decision": True}, how=How(recipe="logistic")
    )
    assert told.retrained[0].worse == ()
    assert all(abs(m.before.value - m.after.value) < 0.1 for m in told.measures if m.column == "x")  # type: ignore[operator]


@pytest.mark.parametrize("name", [DIR, CR])
def test_on_real_data_with_two_group_columns(name: str) -> None:
    frame = pl.read_parquet(LENDING).drop("score")
    roles = Roles(label="approved", groups=("race", "sex"), id="id")
    moved, told = treat_table(
        frame, name, roles=roles, parameters={"at_decision": True, "columns": ["income", "loan_amount"]}
    )
    assert told.columns_changed == ("loan_amount", "income")
    assert moved.drop(told.columns_changed).equals(frame.drop(told.columns_changed))


@pytest.mark.parametrize("name", [DIR, CR])
def test_slips_are_told(name: str) -> None:
    with pytest.raises(ConfigError, match="looks at the group"):
        treat_table(people(0), name, roles=Roles(groups=("g",)))
    with pytest.raises(ConfigError, match="an amount of 2"):
        done(name, people(0), amount=2.0)
    with pytest.raises(ConfigError, match="holds no numbers"):
        done(name, people(0).with_columns(s=pl.lit("a")), columns=("s",))
    with pytest.raises(InputError, match="infinite"):
        done(name, people(0).with_columns(x=float("inf")), columns=("x",))
    with pytest.raises(ConfigError, match="no group column"):
        treat_table(people(0), name, roles=Roles(), parameters={"at_decision": True})
    with pytest.raises(InputError):
        done(name, people(0).with_columns(g=pl.lit("a")))
