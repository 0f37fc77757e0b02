"""Scores beside decisions that were given: as if the scores had been cut by hand, and both were decisions."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import sterling as st
from sterling.core.errors import ConfigError
from tests.quality.comparison.worlds import CLASSES, LABELS, classes, evaluate, found, labels

Changes = dict[tuple[str, str], tuple[float, float, float, int]]
ROLES = pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"weight": "w", "cluster": "c"}], ids=str)


def changes(run: st.Run, threshold: float | None) -> Changes:
    """Value, ends and n of every change at one threshold, or without any."""
    rows = found(run).frame().filter(pl.col("threshold").eq_missing(threshold)).iter_rows(named=True)
    return {(r["metric"], str(r["slice"])): (r["value"], r["low"], r["high"], r["n"]) for r in rows}


def yes_no(cut: float, scale: float) -> tuple[pl.DataFrame, dict[str, Any], str, str]:
    frame = labels(5).select(
        "g", "w", "c", y="is_a", score=pl.col("old_a") * scale, said=(pl.col("new_a") >= 0.4).cast(int)
    )
    how = {"label": "y", "positive": 1, "score_kind": "probability" if scale == 1 else "raw"}
    return frame.with_columns(by_hand=(pl.col("score") >= cut).cast(int)), how, "score", "by_hand"


def named(cut: float, _: float) -> tuple[pl.DataFrame, dict[str, Any], str, str]:
    """Rows of which a model is not sure are of no class by it: as decisions they are of one that no label has."""

    def best(model: str) -> pl.Expr:
        return pl.concat_list(f"{model}_{c}" for c in CLASSES).list.arg_max().replace_strict(dict(enumerate(CLASSES)))

    frame = classes(5).with_columns(said=best("new"))
    sure = pl.max_horizontal(f"old_{c}" for c in CLASSES) >= cut
    frame = frame.with_columns(by_hand=pl.when(sure).then(best("old")).otherwise(pl.lit("nobody")))
    return frame, {"label": "y", "task": "multiclass"}, "old_{class}", "by_hand"


def several(cut: float, scale: float) -> tuple[pl.DataFrame, dict[str, Any], str, str]:
    frame = labels(5).select(
        "g", "w", "c", *LABELS, *(pl.col(f"old_{c}").alias(f"score_{c}") * scale for c in CLASSES),
        *((pl.col(f"new_{c}") >= 0.4).cast(int).alias(f"said_{c}") for c in CLASSES),
    )  # fmt: skip
    frame = frame.with_columns((pl.col(f"score_{c}") >= cut).cast(int).alias(f"hand_{c}") for c in CLASSES)
    return frame, {"label": "is_{label}", "task": "multilabel"}, "score_{label}", "hand_{label}"


CASES = [(yes_no, 0.3, 1.0), (yes_no, 7.0, 20.0), (yes_no, -3.0, -20.0), (named, 0.6, 1.0), (several, 0.3, 1.0)]


@pytest.mark.parametrize(("made", "cut", "scale"), CASES)
@pytest.mark.parametrize("turned", [False, True], ids=["scores against decisions", "decisions against scores"])
@ROLES
def test_scores_are_cut_at_their_threshold(
    made: Any, cut: float, scale: float, turned: bool, roles: dict[str, str]
) -> None:
    frame, how, score, by_hand = made(cut, scale)
    said = "said_{label}" if made is several else "said"
    given = {**how, **roles}
    given["metrics"] = {yes_no: ["accuracy", "selection_rate", "precision"], named: ["accuracy", "tpr of a"],
                        several: ["subset_accuracy", "micro_recall", "macro_precision"]}[made]  # fmt: skip
    mixed = evaluate(frame, given, score=score, prediction=said, compare=score if turned else said, thresholds=str(cut))
    both = {k: v for k, v in given.items() if k != "score_kind"}
    hand = evaluate(frame, both, prediction=[by_hand, said], compare=by_hand if turned else said)
    mine, reference = changes(mixed, None if turned else cut), changes(hand, None)
    shared = {key for key in mine if key in reference}
    assert len({metric for metric, _ in shared}) >= 4
    for key in shared:
        assert mine[key] == pytest.approx(reference[key], abs=1e-9, nan_ok=True), key
    method = next(e.method for e in mixed.evidence if e.comparison is not None)
    assert (f"are cut at {cut:g}" in method) == turned


def test_a_limit_is_held_at_its_own_threshold() -> None:
    frame, how, score, _ = yes_no(0.5, 1.0)
    policy = st.Policy.parse(
        '[[limit]]\nmetric = "selection_rate"\nthreshold = 0.8\nmax_rise = 0.1\nagainst = "score"\n'
    )
    run = evaluate(frame, how, score=score, prediction="said", policy=policy)
    rise = next(v.finding for v in run.judgement.verdicts if v.limit is not None and v.finding.family == ())
    assert rise.value == pytest.approx(frame["said"].mean() - (frame["score"] >= 0.8).mean())  # type: ignore[operator]


def test_scores_without_a_threshold_are_refused() -> None:
    frame, how, score, _ = yes_no(7.0, 20.0)
    with pytest.raises(ConfigError, match="have no threshold") as told:
        evaluate(frame, how, score=score, prediction="said", compare="score")
    assert "--thresholds" in str(told.value)
