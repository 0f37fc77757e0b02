"""How often the intervals of whole evaluations hold the truth: every world is a slice of one table.

Rows are independent, or weighed by a number that has nothing to do with them, or come in clusters of five that share a
part of what they are. The truth is the same evaluation of very many rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.metrics import SCORE_METRICS
from sterling.stats.arrays import divide
from sterling.stats.difference import square_and_add
from sterling.stats.ratio import mover_ratio
from tests.stats.kept import Behind, Figures, means
from tests.stats.object_worlds import KINDS, PER_CLUSTER, boxes, labels, masks, sets
from tests.stats.second_models import PAIRS, Pair

WORLDS, FEWER, LOOK = 200, 100, 4
MANY, SOME, QUERIES = 200_000, 30_000, 75_000
PER_QUERY = 12
Roles = Mapping[str, object]


def people(kind: str, rows: int, seed: int) -> pl.DataFrame:
    """Rows with everything that any task reads. With clusters a normal effect is shared by five rows."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    shared = np.repeat(rng.normal(size=-(-rows // PER_CLUSTER)), PER_CLUSTER)[:rows]
    own = rng.normal(size=rows)
    merit = 0.6 * shared + 0.8 * own if kind == "clustered" else own
    label = (rng.random(rows) < 1 / (1 + np.exp(0.6 - 1.3 * merit))).astype(np.int64)
    seen = merit + rng.normal(0, 0.7, rows)
    raw = rng.normal(size=(rows, 3))
    kinds = np.digitize(merit + rng.normal(0, 0.8, rows), [-0.5, 0.7])
    raw[np.arange(rows), kinds] += 1.2
    chances = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    return pl.DataFrame({
        "label": label, "p": 1 / (1 + np.exp(0.6 - seen)), "q": 1 / (1 + np.exp(0.4 - seen - rng.normal(0, 0.6, rows))),
        "amount": 50 + 10 * merit + rng.exponential(4.0, rows), "guess": 54 + 7 * seen,
        "class": np.array(["a", "b", "c"])[kinds], **{f"p_{c}": chances[:, i] for i, c in enumerate("abc")},
        "weight": rng.lognormal(0.0, 0.6, rows) if kind == "weighted" else np.ones(rows),
        "cluster": np.arange(rows) // PER_CLUSTER, "query": np.arange(rows) // PER_QUERY,
    }).with_columns(miss=pl.col("guess") - pl.col("amount"))  # fmt: skip


def own_median(rows: pl.DataFrame) -> float | None:
    """A metric of one's own: the median score of those with a positive label."""
    return rows.filter(label=1)["score"].median()  # type: ignore[return-value]


def grouped(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows in two groups that differ in what they are."""
    rng = np.random.default_rng(frame.height)
    far = frame["amount"].to_numpy() + rng.normal(0, 10, frame.height) > 58
    return frame.with_columns(g=pl.Series(np.where(far, "b", "a")))


def own(frame: pl.DataFrame, metrics: Sequence[str], **roles: object) -> pl.DataFrame:
    st.metric("own_median", low=0, high=1)(own_median)
    try:
        return asked(frame, metrics, **roles)
    finally:
        del SCORE_METRICS["own_median"]


def apart(frame: pl.DataFrame, metrics: Sequence[str], *, groups: str | None, **roles: object) -> pl.DataFrame:
    """Gaps and ratios of group b to group a in each world, each joined of both groups' intervals."""
    of = [m.removeprefix("gap of ").removeprefix("ratio of ") for m in metrics]
    both = ["world", "g"] if groups else ["g"]
    found = asked(grouped(frame), dict.fromkeys(of), groups=both, **roles)
    found = found.filter(pl.all_horizontal(pl.col(f"group:{c}").is_not_null() for c in both))
    sides = [found.filter(pl.col("group:g") == g).rename({"value": "v"}).drop_nulls("v") for g in "ba"]
    on = ["metric", *(["group:world"] if groups else [])]
    joined = sides[0].join(sides[1], on=on, suffix="_a")
    out = []
    for name, metric in zip(metrics, of, strict=True):
        rows = joined.filter(metric=metric)
        ends = [rows[c].to_numpy() for c in ("v", "low", "high", "v_a", "low_a", "high_a")]
        low, high = (mover_ratio if name.startswith("ratio") else square_and_add)(*ends)
        value = divide(ends[0], ends[3]) if name.startswith("ratio") else ends[0] - ends[3]
        slice_ = rows["slice"] if groups else pl.Series(["everyone"] * rows.height)
        out.append(pl.DataFrame({"metric": name, "slice": slice_, "value": value, "low": low, "high": high}))
    return pl.concat(out)


def of_group(frame: pl.DataFrame, metrics: Sequence[str], *, groups: str | None, **roles: object) -> pl.DataFrame:
    """Of the candidates of group b, who stand in lists with those of group a. A world is a table of its own."""
    whole = grouped(frame)
    worlds = [whole] if groups is None else whole.partition_by(groups, maintain_order=True)
    found = [asked(one, metrics, groups="g", **roles).filter(pl.col("group:g") == "b") for one in worlds]
    names = ["everyone"] if groups is None else [str(i) for i in range(len(found))]
    return pl.concat(f.with_columns(slice=pl.lit(name)) for f, name in zip(found, names, strict=True))


def asked(frame: pl.DataFrame, metrics: Sequence[str] | Mapping[str, None], **roles: object) -> pl.DataFrame:
    return evaluated(frame, list(metrics), **roles).frame


def evaluated(frame: pl.DataFrame, metrics: list[str], **roles: object) -> st.Run:
    """One evaluation of all worlds: each is a slice of the column `groups`."""
    thresholds = (0.5,) if roles.get("task", "binary") == "binary" else ()
    cross = len(roles["groups"]) if isinstance(roles.get("groups"), list) else 1  # type: ignore[arg-type]
    plan = st.Plan(asks=(st.ask("QU001", metrics=metrics),), thresholds=thresholds, grid=False, min_n=1, cross=cross)
    return st.evaluate(frame, plan=plan, **roles)  # type: ignore[arg-type]


def queries(kind: str, rows: int, seed: int) -> pl.DataFrame:
    """Candidates; weights and clusters are those of their queries."""
    frame = people(kind, rows, seed)
    return frame.with_columns(pl.col("weight").first().over("query"), cluster=pl.col("query") // PER_CLUSTER)


Evaluated = Callable[..., pl.DataFrame]
Made = Callable[[str, int, int], pl.DataFrame]
YES_NO: Roles = {"label": "label", "score": "p"}
NUMBER: Roles = {"task": "regression", "label": "amount", "score": "guess"}
CLASSES: Roles = {"task": "multiclass", "label": "class", "score": "p_{class}"}
RANKING: Roles = {"task": "ranking", "label": "label", "score": "p", "query": "query"}
LABELS: Roles = {"task": "multilabel", "label": "is_{label}", "score": "p_{label}"}
SETS: Roles = {"task": "sets", "label": "tags", "prediction": "said", "score": "how"}
MASKS: Roles = {"task": "segmentation", "label": "mask", "prediction": "found"}
BOXES: Roles = {"task": "detection", "label": "boxes", "prediction": "found"}
WITHOUT_SCORE: Mapping[str, Roles] = {
    name: {k: v for k, v in roles.items() if k not in ("score", "prediction")}
    for name, roles in {
        "yes/no": YES_NO, "number": NUMBER, "classes": CLASSES, "ranking": RANKING, "labels": LABELS, "sets": SETS,
        "masks": MASKS, "boxes": BOXES,
    }.items()
}  # fmt: skip
"""Roles of tables with two models, which are `PAIRS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A kind of model: how its rows are made and evaluated, and the metrics whose intervals are looked at.

    `pair`: of which two models the change is looked at. `each`: the rows of one unit, as a query has candidates.
    `sizes`: how many units a world has. `many`: the rows that are the truth. `look`: how many worlds the tests draw
    again.
    """

    metrics: tuple[str, ...]
    roles: Roles = field(default_factory=dict)
    made: Made = people
    evaluated: Evaluated = asked
    pair: Pair | None = None
    each: int = 1
    sizes: tuple[int, ...] = (60, 300)
    worlds: int = WORLDS
    look: int = LOOK
    many: int = MANY


ASKED: Mapping[str, Asked] = {
    "yes/no": Asked(roles=YES_NO, metrics=(
        "selection_rate", "precision", "f1", "matthews_correlation", "balanced_accuracy", "diagnostic_odds_ratio",
        "auc", "partial_auc(0.2)", "average_precision", "brier", "log_loss", "mean_score", "calibration_in_the_large",
        "calibration_ratio", "calibration_slope", "calibration_intercept", "expected_calibration_error",
        "coefficient_of_discrimination", "relative_coefficient_of_discrimination", "score_lift", "ks", "max_f1",
        "recall_at_fpr(0.1)", "threshold_at_recall(0.9)", "lift(0.1)",
    )),
    "your own": Asked(roles=YES_NO, evaluated=own, metrics=("own_median",), sizes=(60,), worlds=FEWER),
    "two groups": Asked(roles=YES_NO, evaluated=apart, metrics=tuple(
        f"{kind} of {m}" for m in ("selection_rate", "true_positive_rate", "auc", "brier") for kind in ("gap", "ratio")
    )),
    "change of": Asked(roles=WITHOUT_SCORE["yes/no"], pair=PAIRS["yes/no"], metrics=(
        "selection_rate", "accuracy", "precision", "auc", "brier", "flip_rate",
    )),
    "change of numbers": Asked(roles=WITHOUT_SCORE["number"], pair=PAIRS["number"], metrics=(
        "mean_error", "mean_absolute_error", "root_mean_squared_error", "mean_absolute_percentage_error", "r2",
        "correlation",
    )),
    "change of classes": Asked(roles=WITHOUT_SCORE["classes"], pair=PAIRS["classes"], metrics=(
        "accuracy", "recall of a", "precision of a", "macro_f1", "matthews_correlation", "macro_auc", "weighted_auc",
        "log_loss", "overconfidence", "flip_rate", "top_2_accuracy", "top_recall(2) of a", "top_precision(2) of a",
        "macro_top_recall(2)",
    )),
    "change of rankings": Asked(
        roles=WITHOUT_SCORE["ranking"], made=queries, pair=PAIRS["ranking"],
        each=PER_QUERY, many=QUERIES * PER_QUERY, metrics=(
            "ndcg(10)", "mean_reciprocal_rank", "mean_average_precision", "precision_at(3)", "recall_at(3)",
            "hit_rate(2)", "first_relevant_place",
        ),
    ),
    "change of labels": Asked(roles=WITHOUT_SCORE["labels"], made=labels, pair=PAIRS["labels"], metrics=(
        "subset_accuracy", "hamming_loss", "jaccard_of_rows", "f1 of l0", "auc of l0", "micro_f1", "macro_recall",
        "macro_f1", "macro_auc",
    )),
    "change of sets": Asked(roles=WITHOUT_SCORE["sets"], made=sets, pair=PAIRS["sets"], many=100_000, metrics=(
        "set_precision", "set_recall", "set_f1", "set_jaccard", "subset_accuracy", "jaccard_of_rows",
    )),
    "change of masks": Asked(
        roles=WITHOUT_SCORE["masks"], made=masks, pair=PAIRS["masks"], many=SOME, sizes=(60,), metrics=(
            "mean_iou", "iou of 1", "dice of 1", "pixel_accuracy", "pixel_recall of 1",
        ),
    ),
    "change of boxes": Asked(
        roles=WITHOUT_SCORE["boxes"], made=boxes, pair=PAIRS["boxes"], many=10_000, sizes=(60,), worlds=FEWER,
        look=1, metrics=(
            "box_ap", "box_ap(0.5)", "box_ap of a", "box_ap_medium", "box_ar(1)", "box_ar(100)", "box_precision",
            "box_recall", "box_f1", "boxes_per_image",
        ),
    ),
    "number": Asked(roles=NUMBER, metrics=(
        "mean_error", "average_label", "mean_absolute_error", "root_mean_squared_error",
        "mean_absolute_percentage_error", "median_absolute_error", "absolute_error_p90", "r2", "correlation",
        "squared_correlation",
    )),
    "classes": Asked(roles=CLASSES, metrics=(
        "accuracy", "recall of a", "precision of a", "f1 of a", "macro_f1", "matthews_correlation", "micro_f1",
        "top_2_accuracy", "top_recall(2)", "top_recall(2) of a", "top_precision(2)", "top_precision(2) of a",
        "macro_top_recall(2)", "macro_top_precision(2)", "macro_auc", "brier", "log_loss", "mean_confidence",
        "overconfidence", "confidence_auc",
    )),
    "several labels": Asked(roles=LABELS, made=labels, metrics=(
        "subset_accuracy", "hamming_loss", "jaccard_of_rows", "label_cardinality", "f1 of l0", "auc of l0",
        "micro_precision", "micro_f1", "macro_recall", "macro_f1", "macro_auc",
    )),
    "sets": Asked(roles=SETS, made=sets, many=100_000, metrics=(
        "set_precision", "set_recall", "set_f1", "set_jaccard", "set_precision_at(2)", "set_recall_at(2)",
        "subset_accuracy", "jaccard_of_rows", "label_cardinality",
    )),
    "ranking": Asked(roles=RANKING, made=queries, each=PER_QUERY, many=QUERIES * PER_QUERY, metrics=(
        "ndcg(10)", "mean_reciprocal_rank", "mean_average_precision", "precision_at(3)", "recall_at(3)", "hit_rate(2)",
        "first_relevant_place",
    )),
    "ranking, a group": Asked(
        roles=RANKING, made=queries, evaluated=of_group, each=PER_QUERY, many=QUERIES * PER_QUERY, sizes=(60,),
        worlds=FEWER, metrics=(
            "relative_exposure", "exposure", "exposure_by_merit", "top_share(3)", "top_representation(3)", "skew(3)",
        ),
    ),
    "masks": Asked(roles=MASKS, made=masks, many=SOME, sizes=(60,), metrics=(
        "mean_iou", "iou of 1", "dice of 1", "pixel_accuracy", "pixel_recall of 1", "pixel_share of 1",
    )),
    "boxes": Asked(roles=BOXES, made=boxes, many=10_000, sizes=(60,), worlds=FEWER, look=1, metrics=(
        "box_ap", "box_ap(0.5)", "box_ap of a", "box_ap_small", "box_ap_medium", "box_ap_large", "box_ar(1)",
        "box_ar(100)", "box_ar_small", "box_ar_medium", "box_ar_large", "box_precision", "box_recall", "box_f1",
        "boxes_per_image",
    )),
    "any column": Asked(roles=YES_NO, metrics=("mean(amount)", "mean_absolute(miss)", "mean(label)")),
}  # fmt: skip


def drawn(name: str, kind: str, n: int, worlds: int) -> pl.DataFrame:
    """What is said of worlds of n rows (of n queries), a line for each of its metrics."""
    ask = ASKED[name]
    rows = n * ask.each
    assert n % PER_CLUSTER == 0  # no cluster reaches from one world into the next
    frame = ask.made(kind, worlds * rows, n).with_columns(world=pl.int_range(pl.len()) // rows)
    roles: Mapping[str, str] = {"weighted": {"weight": "weight"}, "clustered": {"cluster": "cluster"}}.get(kind, {})
    found = _said(ask, frame, groups="world", **ask.roles, **roles)
    return found.filter(pl.col("slice") != "everyone")


def _said(ask: Asked, frame: pl.DataFrame, **roles: object) -> pl.DataFrame:
    if ask.pair is not None:
        return ask.pair.compared(frame, ask.metrics, **roles).frame()
    return ask.evaluated(frame, ask.metrics, **roles)


def covered(name: str, kind: str, n: int) -> Figures:
    """The share of worlds whose interval holds the truth, by metric.

    Of the worlds where the metric has a value; NaN where fewer than nine in ten have.
    """
    ask, truth = ASKED[name], _truth(name, kind)
    found = drawn(name, kind, n, ask.worlds)
    out = {}
    for metric in ask.metrics:
        mine = found.filter(metric=_named(metric)).drop_nulls("value")
        held = float(((mine["low"] <= truth[metric]) & (mine["high"] >= truth[metric])).mean())  # type: ignore[arg-type]
        out[metric] = held if mine.height >= 0.9 * ask.worlds else float("nan")
    return out


def ends(name: str, kind: str, n: int) -> Behind:
    """Mean ends of the intervals of a few worlds, by metric. Boxes are resampled 200 times there, not thousands."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sterling.quality.detection.curves.RESAMPLES", (200, 200))
        found = drawn(name, kind, n, ASKED[name].look)
    by = {metric: found.filter(metric=_named(metric)) for metric in ASKED[name].metrics}
    return {metric: means(mine["low"], mine["high"]) for metric, mine in by.items()}


@cache
def _truth(name: str, kind: str) -> dict[str, float]:
    ask = ASKED[name]
    found = _said(ask, ask.made(kind, ask.many // ask.each * ask.each, 999), groups=None, **ask.roles)
    found = found.filter(slice="everyone")
    return {m: float(found.filter(metric=_named(m))["value"][0]) for m in ask.metrics}


def _named(metric: str) -> str:
    return metric.replace("recall of ", "true_positive_rate of ") if metric.startswith("recall of ") else metric
