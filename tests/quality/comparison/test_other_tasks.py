"""QU004 of models that predict a number or name a class: values, spread, order, weights, clusters, missing labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs

import sterling as st
from sterling.core.codec import evidence_bytes, read_run
from sterling.stats.normal import z
from tests.quality.comparison.worlds import NAMED, NUMBERS, classes, evaluate, found, numbers, whole

WORLDS = {"numbers": (numbers, NUMBERS), "classes": (classes, NAMED)}
EVERY = pytest.mark.parametrize("name", list(WORLDS))
ROLES = pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}, {"weight": "w", "cluster": "c"}])


@EVERY
@ROLES
def test_changes_are_differences_of_the_two_tables(name: str, roles: dict[str, str]) -> None:
    """Every metric and slice of which a change is said, with labels missing."""
    made, how = WORLDS[name]
    frame = made(1).with_columns(y=pl.when(pl.int_range(pl.len()) % 9 == 0).then(None).otherwise("y"))
    run = evaluate(frame, how, **roles)
    keys = ["metric", "slice"]
    before, after = (run.asked.filter(model=m).select(*keys, "value") for m in how["score"])
    both = (
        before.join(after, on=keys, suffix="_new")
        .join(found(run).frame(), on=keys, suffix="_change")
        .drop_nulls("value_change")
    )
    assert both["metric"].n_unique() > (9 if name == "numbers" else 30)
    apart = (both["value_change"] - (both["value_new"] - both["value"])).abs()
    assert float(apart.max()) < 1e-9  # type: ignore[arg-type]
    inside = both.filter((pl.col("low") <= pl.col("value_change")) & (pl.col("high") >= pl.col("value_change")))
    assert inside.height == both.height > 30


@ROLES
def test_changes_at_thresholds_of_confidence(roles: dict[str, str]) -> None:
    """Rows of which a model is not sure have no class by it: differences of the two tables at each threshold."""
    run = evaluate(classes(1), NAMED, thresholds=(0.5, 0.8), **roles)
    keys = ["metric", "slice", "threshold"]
    before, after = (run.asked.filter(model=m).select(*keys, "value") for m in NAMED["score"])
    both = before.join(after, on=keys, suffix="_new", nulls_equal=True)
    both = both.join(found(run).frame(), on=keys, suffix="_change", nulls_equal=True)
    both = both.drop_nulls(["value", "value_new", "value_change"])
    cut = set(both.filter(threshold=0.8)["metric"])
    assert {"accuracy", "macro_f1", "micro_precision", "micro_f1", "abstention_rate", "precision of a"} <= cut
    assert float((both["value_change"] - (both["value_new"] - both["value"])).abs().max()) < 1e-9  # type: ignore[arg-type]


SPREAD = [
    ("numbers", m) for m in ("mean_error", "root_mean_squared_error", "mean_absolute_percentage_error", "r2",
                             "correlation", "squared_correlation")
] + [
    ("classes", m) for m in ("macro_f1", "matthews_correlation", "weighted_precision", "macro_auc", "weighted_auc",
                             "confidence_auc", "log_loss", "precision of b", "top_2_accuracy")
]  # fmt: skip


@pytest.mark.parametrize(("name", "metric"), SPREAD)
def test_spread_of_a_change_is_that_of_resampled_rows(name: str, metric: str) -> None:
    """Rows weighed by chance (exponential, mean and variance 1) are the oracle: tables that are known to be right."""
    draws, n = 150, 500
    made, how = WORLDS[name]
    frame = made(7, n)
    rng = np.random.default_rng(0)
    many = pl.concat([frame.with_columns(draw=pl.lit(i), w=pl.Series(rng.exponential(1.0, n))) for i in range(draws)])
    plan = st.Plan(asks=(st.ask("QU001", metrics=[metric]),), thresholds=(), grid=False, min_n=1, cross=1)
    given_ = {k: v for k, v in how.items() if k != "compare"}
    table = st.evaluate(many, label="y", groups="draw", weight="w", plan=plan, **given_).asked
    before, after = (table.filter((pl.col("model") == m) & (pl.col("slice") != "everyone")) for m in how["score"])
    changes = (after.sort("slice")["value"] - before.sort("slice")["value"]).to_numpy()
    assert len(changes) == draws
    value, low, high = whole(evaluate(frame, how, metrics=[metric]))[st_name(metric)]
    assert (high - low) / (2 * z(0.95)) == pytest.approx(float(np.std(changes)), rel=0.25)
    assert value == pytest.approx(float(np.mean(changes)), abs=float(np.std(changes)))


def st_name(metric: str) -> str:
    from sterling.core.metrics import resolve_metric

    return resolve_metric(metric).info.name


@EVERY
def test_row_order_changes_no_byte(name: str) -> None:
    made, how = WORLDS[name]
    frame = made(3)
    for roles in ({}, {"weight": "w", "cluster": "c"}):
        orders = (frame, frame.sample(fraction=1.0, shuffle=True, seed=1), frame.reverse())
        assert len({evidence_bytes(evaluate(f, how, **roles)) for f in orders}) == 1


@EVERY
def test_rows_told_three_times_in_clusters_are_rows_told_once(name: str) -> None:
    made, how = WORLDS[name]
    once = made(5, 300)
    thrice = pl.concat([once.with_columns(c=pl.int_range(pl.len()))] * 3)
    alone, together = whole(evaluate(once, how, groups=None)), whole(evaluate(thrice, how, groups=None, cluster="c"))
    for metric, (value, low, high) in alone.items():
        assert together[metric][0] == pytest.approx(value, abs=1e-9)
        assert together[metric][2] - together[metric][1] == pytest.approx(high - low, rel=0.06, abs=1e-9), metric


@EVERY
def test_weights_that_are_all_alike_change_nothing_of_note(name: str) -> None:
    made, how = WORLDS[name]
    frame = made(6).with_columns(w=pl.lit(3.5))
    plain, weighted = whole(evaluate(frame, how)), whole(evaluate(frame, how, weight="w"))
    for metric, three in plain.items():
        assert weighted[metric] == pytest.approx(three, abs=2e-3), metric


@EVERY
def test_rows_without_a_label_are_as_if_they_were_not_there(name: str) -> None:
    made, how = WORLDS[name]
    frame = made(8).with_columns(y=pl.when(pl.int_range(pl.len()) % 4 == 0).then(None).otherwise("y"))
    every, some = whole(evaluate(frame, how)), whole(evaluate(frame.drop_nulls("y"), how))
    alone = {"average_prediction", "mean_confidence", "flip_rate"}
    for metric, three in some.items():
        if metric not in alone and not metric.startswith("selection_rate"):
            assert every[metric] == pytest.approx(three, rel=1e-6, abs=1e-7), metric


@EVERY
@given(seed=hs.integers(0, 2**32 - 1), n=hs.integers(1, 25))
@settings(max_examples=12)
def test_few_rows(name: str, seed: int, n: int) -> None:
    """One row, one class, small groups: an interval around the value, or nothing is said."""
    made, how = WORLDS[name]
    plan = st.Plan(
        asks=(st.ask("QU004", against=how["compare"], model=how["score"][1], metrics=("all",)),), thresholds=(),
        grid=False, min_n=1, cross=1,
    )  # fmt: skip
    run = st.evaluate(
        made(seed, n), label="y", groups="g", plan=plan, **{k: v for k, v in how.items() if k != "compare"}
    )
    assert all(e.outcome != "error" for e in run.evidence), [e.reason for e in run.evidence]
    for row in found(run).frame().iter_rows(named=True):
        if row["value"] is not None and row["low"] is not None:
            assert row["low"] - 1e-9 <= row["value"] <= row["high"] + 1e-9, row


@EVERY
def test_a_file_that_is_streamed_says_the_same(name: str, tmp_path: Path) -> None:
    made, how = WORLDS[name]
    made(2).write_parquet(tmp_path / "rows.parquet", row_group_size=64)
    streamed, held = evaluate(tmp_path / "rows.parquet", how), evaluate(made(2), how)
    assert whole(streamed) == whole(held)


LIMITS = {"numbers": ("root_mean_squared_error", "rise"), "classes": ("accuracy", "drop")}


@EVERY
def test_planted_harm_is_over_its_limit_and_equal_skill_is_not(name: str) -> None:
    made, how = WORLDS[name]
    metric, end = LIMITS[name]
    against = how["compare"]
    policy = st.Policy.parse(
        f'[[limit]]\nmetric = "{metric}"\nmax_{end} = 0.05\nrelative = true\nagainst = "{against}"\n'
    )
    harmed = evaluate(made(1, 3000, harm=2.0), how, policy=policy)
    over = {str(v.finding.first.slice) for v in harmed.judgement.verdicts if v.verdict == "over" and v.finding}
    assert "g=日" in over and harmed.judgement.exit_code == 1
    nothing = st.Policy.parse(f'[[limit]]\nmetric = "{metric}"\nmax_{end} = 0.0\nagainst = "{against}"\ngroups = "g"\n')
    alarms = sum(
        evaluate(made(seed, 300), how, policy=nothing, metrics=[metric]).judgement.exit_code == 1 for seed in range(30)
    )
    assert alarms <= 3


@EVERY
def test_evidence_is_read_back(name: str) -> None:
    made, how = WORLDS[name]
    run = evaluate(made(2), how)
    content = evidence_bytes(run)
    again = read_run(content, provenance=run.provenance, policy=run.policy, wiring=run.wiring)
    assert evidence_bytes(again) == content and found(again).frame().equals(found(run).frame())


def test_predictions_of_classes_have_no_metrics_of_probabilities() -> None:
    names = ["old", "new"]
    frame = classes(4).with_columns(**{
        n: pl.concat_list(f"{n}_a", f"{n}_b", f"{n}_ü").list.arg_max().replace_strict({0: "a", 1: "b", 2: "ü"})
        for n in names
    })  # fmt: skip
    how = {"task": "multiclass", "prediction": names, "compare": "old"}
    said, scored = whole(evaluate(frame, how)), whole(evaluate(frame, NAMED))
    assert "macro_auc" not in said and "log_loss" not in said
    for metric, three in said.items():
        assert three == pytest.approx(scored[metric], abs=1e-9), metric


def test_who_is_named_otherwise() -> None:
    frame = classes(9).with_columns(y=pl.when(pl.int_range(pl.len()) % 5 == 0).then(None).otherwise("y"))
    first, second = (
        np.array(["a", "b", "ü"])[frame.select(f"{m}_a", f"{m}_b", f"{m}_ü").to_numpy().argmax(axis=1)]
        for m in ("old", "new")
    )
    y, known = frame["y"].to_numpy(), frame["y"].is_not_null().to_numpy()
    right, now = (first == y)[known], (second == y)[known]
    said = whole(evaluate(frame, NAMED))
    assert said["flip_rate"][0] == pytest.approx((first != second).mean())
    assert said["flip_rate_to_right"][0] == pytest.approx(now[~right].mean())
    assert said["flip_rate_to_wrong"][0] == pytest.approx((~now)[right].mean())


def test_without_a_label_what_needs_none_is_compared() -> None:
    assert set(whole(evaluate(numbers(1).drop("y"), NUMBERS, label=None))) == {"average_prediction"}
    said = set(whole(evaluate(classes(1).drop("y"), NAMED, label=None)))
    assert {"mean_confidence", "selection_rate of a", "flip_rate"} <= said and "accuracy" not in said


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"compare": "old"}, "compare is for yes/no, class and number models, and the task is ranking"),
    (
        {"policy": '[[limit]]\nmetric = "ndcg(10)"\nmax_drop = 0.1\nagainst = "old"\n'},
        "max_drop is for yes/no, class and number models, and the task is ranking",
    ),
]


@pytest.mark.parametrize(("asked", "said"), REFUSED)
def test_other_tasks_are_refused_before_anything_is_measured(asked: dict[str, Any], said: str) -> None:
    given_ = {k: st.Policy.parse(v) if k == "policy" else v for k, v in asked.items()}
    with pytest.raises(st.ConfigError, match=said) as caught:
        st.evaluate(numbers(1), task="ranking", label="w", score=["old", "new"], query="c", **given_)
    assert caught.value.hint and "--task" not in str(caught.value)


@pytest.mark.parametrize("metric", ["median_absolute_error", "absolute_error_p90"])
def test_quantiles_of_errors_have_no_change(metric: str) -> None:
    text = f'[[limit]]\nmetric = "{metric}"\nmax_rise = 1.0\nagainst = "old"\n'
    with pytest.raises(st.ConfigError, match=r"the change of .* is not worked out") as caught:
        evaluate(numbers(1), NUMBERS, policy=st.Policy.parse(text))
    assert caught.value.where
    assert metric not in whole(evaluate(numbers(1), NUMBERS))
