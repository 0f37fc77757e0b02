"""QU004 of every task but yes/no: values, spread, order, weights, clusters, missing labels."""

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
from tests.quality.comparison.worlds import (
    LABELLED,
    NAMED,
    NUMBERS,
    RANKED,
    WORLDS,
    classes,
    evaluate,
    found,
    labels,
    lists,
    numbers,
    whole,
)

pytestmark = pytest.mark.slow
EVERY = pytest.mark.parametrize("name", list(WORLDS))
ROLES = pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}, {"weight": "w", "cluster": "c"}])
KEYS = ["metric", "slice", "threshold"]


SHARED = {
    "representation", "prevalence", "average_label", "label_cardinality", "candidates_per_query", "objects_per_image",
    "pixel_share",
}  # fmt: skip
QUANTILES = ("median_absolute_error", "absolute_error_p")


def beside(run: st.Run, models: list[str]) -> pl.DataFrame:
    """Both models' own values beside the change, wherever a change is said."""
    before, after = (run.asked.filter(model=m).select(*KEYS, "value", "n") for m in models)
    both = before.join(after, on=KEYS, suffix="_new", nulls_equal=True)
    return both.join(found(run).frame(), on=KEYS, suffix="_change", nulls_equal=True).drop_nulls("value_change")


@EVERY
@ROLES
def test_changes_are_differences_of_the_two_tables(name: str, roles: dict[str, str]) -> None:
    """Every metric and slice of which a change is said, with labels missing."""
    world = WORLDS[name]
    both = beside(evaluate(world.partly(1, 150 if name == "boxes" else 400), world.how, **roles), world.models)
    assert both["metric"].n_unique() >= world.metrics
    apart = (both["value_change"] - (both["value_new"] - both["value"])).abs()
    assert float(apart.max()) < 1e-9  # type: ignore[arg-type]
    inside = both.filter((pl.col("low") <= pl.col("value_change")) & (pl.col("high") >= pl.col("value_change")))
    assert inside.height == both.height > 30


@EVERY
def test_what_is_known_of_both_has_a_change(name: str) -> None:
    """All but what both models have in common, and what rests on quantiles."""
    world = WORLDS[name]
    run = evaluate(world.made(1), world.how)
    before, after = (set(run.asked.filter(model=m).drop_nulls("value")["metric"]) for m in world.models)
    lacking = {m.split(" of ")[0] for m in (before & after) - set(found(run).frame()["metric"])}
    assert all(m in SHARED or m.startswith(QUANTILES) for m in lacking), lacking


@ROLES
def test_changes_at_thresholds_of_confidence(roles: dict[str, str]) -> None:
    """Rows of which a model is not sure have no class by it: differences of the two tables at each threshold."""
    run = evaluate(classes(1), NAMED, thresholds=(0.5, 0.8), **roles)
    both = beside(run, NAMED["score"]).drop_nulls(["value", "value_new"])
    cut = set(both.filter(threshold=0.8)["metric"])
    assert {"accuracy", "macro_f1", "micro_precision", "micro_f1", "abstention_rate", "precision of a"} <= cut
    assert float((both["value_change"] - (both["value_new"] - both["value"])).abs().max()) < 1e-9  # type: ignore[arg-type]


@ROLES
def test_changes_of_labels_at_thresholds(roles: dict[str, str]) -> None:
    run = evaluate(WORLDS["labels"].partly(1), LABELLED, thresholds=(0.4, 0.7), **roles)
    both = beside(run, LABELLED["score"])
    said = {"micro_f1", "macro_f1", "weighted_precision", "subset_accuracy", "jaccard_of_rows", "precision of a"}
    assert all(said <= set(both.filter(threshold=t)["metric"]) for t in (0.4, 0.7))
    assert float((both["value_change"] - (both["value_new"] - both["value"])).abs().max()) < 1e-9  # type: ignore[arg-type]


SPREAD = {
    "numbers": ("mean_error", "root_mean_squared_error", "mean_absolute_percentage_error", "r2", "correlation",
                "squared_correlation"),
    "classes": ("macro_f1", "matthews_correlation", "weighted_precision", "macro_auc", "weighted_auc",
                "confidence_auc", "log_loss", "precision of b", "top_2_accuracy", "top_recall(2)", "top_precision(2)",
                "top_recall(2) of b", "top_precision(2) of b", "macro_top_recall(2)", "macro_top_precision(2)"),
    "labels": ("micro_precision", "micro_f1", "hamming_loss", "subset_accuracy", "jaccard_of_rows", "macro_f1",
               "weighted_precision", "weighted_f1", "macro_auc", "weighted_auc", "predicted_cardinality",
               "recall of b"),
    "sets": ("set_precision", "set_recall", "set_f1", "set_jaccard", "set_recall_at(2)", "subset_accuracy",
             "jaccard_of_rows", "predicted_cardinality"),
    "texts": ("bleu", "rouge_1", "rouge_2", "rouge_l", "length_ratio", "exact_match", "normalised_exact_match"),
    "lists": ("ndcg(10)", "ndcg_linear(5)", "precision_at(3)", "recall_at(3)", "hit_rate(2)", "mean_reciprocal_rank",
              "mean_average_precision", "first_relevant_place"),
    "masks": ("mean_iou", "mean_dice", "frequency_weighted_iou", "mean_pixel_recall", "pixel_accuracy", "iou of road",
              "pixel_precision of road"),
    "boxes": ("box_ap", "box_ap(0.5)", "box_ap of a", "box_ar(10)", "box_recall", "box_precision", "box_f1",
              "boxes_per_image"),
}  # fmt: skip


@EVERY
def test_spread_of_a_change_is_that_of_resampled_rows(name: str) -> None:
    """Rows weighed by chance (exponential, mean and variance 1) are the oracle: tables that are known to be right.

    Both models have the same weights in every draw.
    """
    draws, n, world = (100, 80, WORLDS[name]) if name == "boxes" else (150, 400, WORLDS[name])
    metrics, frame = list(SPREAD[name]), world.made(7, n)
    many = world.weighed(frame, np.random.default_rng(2), draws)
    plan = st.Plan(asks=(st.ask("QU001", metrics=metrics),), thresholds=(), grid=False, min_n=1, cross=1)
    given_ = {k: v for k, v in world.how.items() if k != "compare"}
    table = st.evaluate(many, groups="draw", weight="w", plan=plan, **given_).asked.filter(
        pl.col("slice") != "everyone"
    )
    said = whole(evaluate(frame, world.how, metrics=metrics))
    for metric in metrics:
        of = table.filter(metric=st_name(metric)).sort("slice")
        if metric in ("box_recall", "box_precision", "box_f1", "boxes_per_image"):
            of = of.filter(threshold=0.5)
        before, after = (of.filter(model=m)["value"].to_numpy() for m in world.models)
        assert len(before) == draws
        value, low, high = said[st_name(metric)]
        spread = float(np.std(after - before))
        assert (high - low) / (2 * z(0.95)) == pytest.approx(spread, rel=0.25), metric
        assert value == pytest.approx(float(np.mean(after - before)), abs=spread), metric


@ROLES
def test_spread_of_a_share_of_places_is_that_of_resampled_queries(roles: dict[str, str]) -> None:
    """Of a group: its queries, and those without it, are weighed by chance."""
    world, draws, metrics = WORLDS["lists"], 120, ["exposure", "relative_exposure", "top_share(3)", "skew(3)"]
    frame, how = world.made(3, 200), {k: v for k, v in RANKED.items() if k != "compare"}
    if "cluster" in roles:  # those of one cluster together
        rng = np.random.default_rng(1)
        chance = rng.exponential(1.0, (draws, 67))[:, frame["c"].to_numpy()]
    else:
        chance = np.random.default_rng(1).exponential(1.0, (draws, 200))[:, frame["q"].to_numpy()]
    base = frame["w"].to_numpy() if "weight" in roles else np.ones(frame.height)
    changes = []
    for w in chance * base:
        plan = st.Plan(asks=(st.ask("QU001", metrics=metrics),), thresholds=(), grid=False, min_n=1, cross=1)
        table = st.evaluate(frame.with_columns(v=pl.Series(w)), groups="g", weight="v", plan=plan, **how).asked
        before, after = (table.filter(model=m, slice="g=日").sort("metric")["value"] for m in ("old", "new"))
        changes.append((after - before).to_numpy())
    said = found(evaluate(frame, RANKED, metrics=metrics, **roles)).frame().filter(slice="g=日").sort("metric")
    reach = ((said["high"] - said["low"]) / (2 * z(0.95))).to_numpy()
    assert reach == pytest.approx(np.std(changes, axis=0), rel=0.25)


def st_name(metric: str) -> str:
    from sterling.core.metrics import resolve_metric

    return resolve_metric(metric).info.name


@EVERY
def test_row_order_changes_no_byte(name: str) -> None:
    world = WORLDS[name]
    frame = world.made(3, 200)
    for roles in ({}, {"weight": "w", "cluster": "c"}):
        orders = (frame, frame.sample(fraction=1.0, shuffle=True, seed=1), frame.reverse())
        assert len({evidence_bytes(evaluate(f, world.how, **roles)) for f in orders}) == 1


@EVERY
def test_rows_told_three_times_in_clusters_are_rows_told_once(name: str) -> None:
    world = WORLDS[name]
    once = world.made(5, 300)
    alone = whole(evaluate(once, world.how, groups=None))
    together = whole(evaluate(world.times(once, 3), world.how, groups=None, cluster="c"))
    for metric, (value, low, high) in alone.items():
        assert together[metric][0] == pytest.approx(value, abs=1e-9)
        if value:  # shares of independent rows have a score interval, which is wider where hardly any row changes
            assert together[metric][2] - together[metric][1] == pytest.approx(high - low, rel=0.1, abs=1e-9), metric


@EVERY
def test_weights_that_are_all_alike_change_nothing_of_note(name: str) -> None:
    world = WORLDS[name]
    frame = world.made(6).with_columns(w=pl.lit(3.5))
    plain, weighted = whole(evaluate(frame, world.how)), whole(evaluate(frame, world.how, weight="w"))
    for metric, (value, low, high) in plain.items():
        assert weighted[metric][0] == pytest.approx(value, abs=1e-6), metric
        # Shares of rows without weights have a score interval.
        assert weighted[metric][1:] == pytest.approx((low, high), abs=0.015 if high - low > 0.02 else 0.005), metric


@pytest.mark.parametrize("name", [name for name, world in WORLDS.items() if len(world.labels) == 1])
def test_rows_without_a_label_are_as_if_they_were_not_there(name: str) -> None:
    world = WORLDS[name]
    frame = world.partly(8, every=4)
    every, some = whole(evaluate(frame, world.how)), whole(evaluate(frame.drop_nulls("y"), world.how))
    for metric, three in some.items():
        if not (metric in world.alone or metric.startswith(("selection_rate", "predicted_share"))):
            assert every[metric] == pytest.approx(three, rel=1e-6, abs=1e-7), metric


@EVERY
@given(seed=hs.integers(0, 2**32 - 1), n=hs.integers(1, 25))
@settings(max_examples=12)
def test_few_rows(name: str, seed: int, n: int) -> None:
    """One row, one class, small groups: an interval around the value, or nothing is said."""
    world = WORLDS[name]
    asks = (st.ask("QU004", against=world.how["compare"], model=world.models[1], metrics=("all",)),)
    plan = st.Plan(asks=asks, thresholds=(), grid=False, min_n=1, cross=1)
    run = st.evaluate(
        world.made(seed, n), groups="g", plan=plan, **{k: v for k, v in world.how.items() if k != "compare"}
    )
    assert all(e.outcome != "error" for e in run.evidence), [e.reason for e in run.evidence]
    for row in found(run).frame().iter_rows(named=True):
        if row["value"] is not None and row["low"] is not None:
            assert row["low"] - 1e-9 <= row["value"] <= row["high"] + 1e-9, row


@EVERY
def test_a_file_that_is_streamed_says_the_same(name: str, tmp_path: Path) -> None:
    world = WORLDS[name]
    world.made(2).write_parquet(tmp_path / "rows.parquet", row_group_size=64)
    streamed, held = evaluate(tmp_path / "rows.parquet", world.how), evaluate(world.made(2), world.how)
    assert whole(streamed) == whole(held)


@EVERY
def test_planted_harm_is_over_its_limit_and_equal_skill_is_not(name: str) -> None:
    world = WORLDS[name]
    (metric, end), against = world.limit, world.how["compare"]
    limit = f'[[limit]]\nmetric = "{metric}"\nagainst = "{against}"\n'
    given_ = {k: v for k, v in world.how.items() if k not in ("compare", "metrics")}

    def judged(frame: pl.DataFrame, bound: str, **facts: Any) -> st.Run:
        asks = (st.ask("QU004", model=world.models[1], against=against, metric=metric, end=end, **facts),)
        plan = st.Plan(asks=asks, thresholds=(), grid=False, cross=1)
        return st.evaluate(frame, groups="g", plan=plan, policy=st.Policy.parse(limit + bound), **given_)

    harmed = judged(world.made(1, 1500, harm=2.0), f"max_{end} = 0.05\nrelative = true\n", relative=True)
    over = {str(v.finding.first.slice) for v in harmed.judgement.verdicts if v.verdict == "over" and v.finding}
    assert "g=日" in over and harmed.judgement.exit_code == 1
    alarms = sum(
        judged(world.made(seed, 150), f'max_{end} = 0.0\ngroups = "g"\n', groups=("g",)).judgement.exit_code == 1
        for seed in range(30)
    )
    assert alarms <= 4


@EVERY
def test_evidence_is_read_back(name: str) -> None:
    world = WORLDS[name]
    run = evaluate(world.made(2), world.how)
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


def test_who_is_given_other_labels() -> None:
    frame = labels(9)
    first, second = (frame.select(f"{m}_a", f"{m}_b", f"{m}_ü").to_numpy() >= 0.5 for m in ("old", "new"))
    true = frame.select("is_a", "is_b", "is_ü").to_numpy() == 1
    right, now = (first == true).all(axis=1), (second == true).all(axis=1)
    said = whole(evaluate(frame, LABELLED))
    assert said["flip_rate"][0] == pytest.approx((first != second).any(axis=1).mean())
    assert said["flip_rate_to_right"][0] == pytest.approx(now[~right].mean())
    assert said["flip_rate_to_wrong"][0] == pytest.approx((~now)[right].mean())


def test_everyone_has_all_places_with_either_model() -> None:
    said = whole(evaluate(lists(1, 50), RANKED))
    for metric in ("exposure", "relative_exposure", "exposure_by_merit", "top_share(10)", "top_representation(10)"):
        assert said[metric] == (0, 0, 0)


def test_models_that_order_alike_may_still_differ() -> None:
    """No change in fifty queries does not show that there is none: one query may go all the way."""
    frame = lists(1, 50).with_columns(new="old")
    rows = found(evaluate(frame, RANKED)).frame().filter(slice="g=日")
    for row in rows.iter_rows(named=True):
        assert row["value"] == 0 and row["low"] < -0.01 and row["high"] > 0.01, row["metric"]


def test_an_uncommon_metric_of_a_limit_is_in_the_table() -> None:
    limit = '[[limit]]\nmetric = "weighted_recall"\nmax_drop = 1.0\nagainst = "old_{label}"\n'
    run = evaluate(labels(1, 100), LABELLED, metrics=None, policy=st.Policy.parse(limit))
    before, after = (run.asked.filter(model=m, metric="weighted_recall", slice="everyone") for m in LABELLED["score"])
    held = found(run).frame().filter(metric="weighted_recall", slice="everyone")
    assert held["value"].item() == pytest.approx(after["value"].item() - before["value"].item())
    assert "weighted_recall" not in whole(evaluate(labels(1, 100), LABELLED, metrics=None))


NOT_CHANGED = [
    ("numbers", "median_absolute_error"), ("numbers", "absolute_error_p90"), ("lists", "candidates_per_query"),
    ("lists", "representation"), ("labels", "label_cardinality"), ("sets", "representation"),
    ("texts", "representation"), ("classes", "representation"), ("masks", "pixel_share of sky"),
    ("boxes", "objects_per_image"), ("classes", "prevalence of a"), ("labels", "prevalence of a"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "metric"), NOT_CHANGED)
def test_what_has_no_change_is_refused_before_anything_is_measured(name: str, metric: str) -> None:
    world = WORLDS[name]
    text = f'[[limit]]\nmetric = "{metric}"\nmax_rise = 1.0\nagainst = "{world.how["compare"]}"\n'
    with pytest.raises(st.ConfigError, match=r"the change of .* is not worked out") as caught:
        evaluate(world.made(1, 50), world.how, policy=st.Policy.parse(text))
    assert caught.value.where and caught.value.expected and caught.value.hint
    assert metric not in whole(evaluate(world.made(1, 50), world.how))
