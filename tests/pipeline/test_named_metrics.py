"""Metrics that somebody names are measured, or it is said why not: none is left out without a word."""

from __future__ import annotations

from typing import Any

import pytest

import sterling as st
from sterling.core.errors import ConfigError
from tests.pipeline.small import people
from tests.pipeline.test_single_values import TABLE, TASKS


@pytest.mark.parametrize(
    ("task", "metric", "said"),
    [
        ("detection", "iou of cat", "iou of cat is no metric of a detection model"),
        ("segmentation", "box_ap of 1", "box_ap of 1 is no metric of a segmentation model"),
        ("segmentation", "iou", "IoU is of one class: write which, for example iou of 0"),
        ("segmentation", "auc of 1", "needs probabilities, and masks name classes"),
        ("multiclass", "auc of 'a cat'", "needs probabilities, and only predictions were given"),
        ("multiclass", "recall", "it is of one class or label: true_positive_rate of NAME"),
        ("binary", "recall of 1", "no metric of a binary model"),
        ("text", "bleu of en", "takes no class"),
        ("detection", "box_recall(0.75)", "box_recall takes no number in brackets"),
        ("regression", "mae(2)", "takes no number in brackets"),
        ("binary", "auc(5)", "auc takes no number in brackets"),
        ("regression", "iou of 1", "no metric of a regression model"),
    ],
)
def test_what_cannot_be_measured_is_refused(task: Any, metric: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        st.evaluate(TABLE, task=task, **TASKS[task], metrics=[metric, "representation"])


def test_without_a_label_what_needs_one_is_refused() -> None:
    with pytest.raises(ConfigError, match="Accuracy needs a label") as caught:
        st.evaluate(people(), score="p", metrics=["accuracy", "selection_rate"])
    assert caught.value.where == "metrics"
    assert caught.value.got == "accuracy"


def test_what_one_of_the_models_lacks_is_said() -> None:
    table = people().with_columns(d=(people()["p"] > 0.5).cast(int))
    run = st.evaluate(table, label="y", score="p", prediction="d", metrics=["auc", "accuracy"], groups="g")
    assert run.notices[0] == "not measured of d: AUC needs scores, and only decisions were given"
    assert {t.model: [b.info.name for b in t.blocks] for t in run.tables} == {
        "p": ["auc", "accuracy"], "d": ["accuracy"],
    }  # fmt: skip
