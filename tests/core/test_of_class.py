"""Metrics of one class: read, written, said in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sterling.core.errors import ConfigError
from sterling.core.metrics import resolve_metric
from sterling.core.of_class import write_class


@pytest.mark.parametrize(
    ("text", "name", "of"),
    [
        ("recall of setosa", "true_positive_rate of setosa", "setosa"),
        ("selection_rate of 3", "selection_rate of 3", "3"),
        ("precision of 'second class'", "precision of 'second class'", "second class"),
        ("roc_auc of `it's`", 'auc of "it\'s"', "it's"),
        ("tp / (tp + fn) of x", "true_positive_rate of x", "x"),
    ],
)
def test_read_and_written(text: str, name: str, of: str) -> None:
    metric = resolve_metric(text)
    assert (metric.info.name, metric.canonical(), metric.info.of) == (name, name, of)
    assert "binary" not in metric.info.tasks


def test_a_where_clause_comes_after_the_class() -> None:
    metric = resolve_metric("fpr of b where age < 30")
    assert metric.canonical() == "false_positive_rate of b where `age` < 30.0"
    assert resolve_metric(metric.canonical()) == metric


@given(some.text(min_size=1, max_size=20).filter(lambda t: not {"'", '"', "`"} <= set(t)))
def test_any_class_can_be_written(name: str) -> None:
    assert resolve_metric(f"recall of {write_class(name)}").info.of == name


def test_in_words() -> None:
    info = resolve_metric("recall of setosa").info
    assert info.plain == "of the people whose label is setosa, the share predicted setosa"
    assert info.eligible == "label is setosa"


@pytest.mark.parametrize("text", ["recall of", "auc of", "recall of a b", "representation of a", "of a"])
def test_unreadable(text: str) -> None:
    with pytest.raises(ConfigError):
        resolve_metric(text)
