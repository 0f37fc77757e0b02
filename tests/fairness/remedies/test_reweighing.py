"""Reweighing: the formula by hand, exact independence, and what happens in a model's training."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

import sterling as st
from sterling.core.remedy import REMEDIES
from sterling.core.slices import Slice
from sterling.fairness.remedies.reweighing import reweigh
from sterling.recipes.fitting import fit
from sterling.recipes.registry import RECIPES
from tests.house.law import ROOT

GROUP = ["a", "a", "a", "a", "b", "b", None, None, None, None]
LABEL = np.array([1, 1, 1, 0, 1, 0, 0, 0, 0, 1])


def test_by_hand() -> None:
    """n = 10, half positive. Of group a 3 of 4: each positive weighs 4 * 5 / (10 * 3), the negative 4 * 5 / 10."""
    found = reweigh({"g": GROUP}, LABEL)
    assert found.weights[:4] == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2])
    assert found.weights[4:6] == pytest.approx([1, 1])
    assert found.weights[6:] == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2])
    assert found.cells[-1].slice == Slice((("g", None),))
    assert [(c.label, c.n) for c in found.cells] == [(0, 1), (1, 3), (0, 1), (1, 1), (0, 3), (1, 1)]
    assert not found.notes


rows = some.lists(
    some.tuples(
        some.sampled_from(["x", "y", None]), some.sampled_from(["u", "v"]), some.booleans(), some.floats(0.1, 5)
    ),
    min_size=1,
    max_size=80,
)
both_labels = [(g, h, y, 1.0) for g in ("x", "y", None) for h in ("u", "v") for y in (True, False)]


@given(some.one_of(rows, rows.map(lambda more: [*both_labels, *more])))
def test_group_and_label_are_independent_in_the_weighted_rows(
    people: list[tuple[str | None, str, bool, float]],
) -> None:
    first, second, label, own = (list(part) for part in zip(*people, strict=True))
    y, w = np.array(label, dtype=int), np.array(own)
    found = reweigh({"g": first, "h": second}, y, weights=w)
    assert found.weights.sum() == pytest.approx(w.sum())
    assert (found.weights > 0).all()
    cells = list(zip(first, second, strict=True))
    for cell in set(cells):
        both = {y[i] for i, c in enumerate(cells) if c == cell} == {0, 1}
        assert both != any(note.startswith(f"g={cell[0] or '(not recorded)'} × h={cell[1]}:") for note in found.notes)
    if found.notes:
        return
    share = np.average(y, weights=w)
    for cell in set(cells):
        mine = np.array([c == cell for c in cells])
        assert np.average(y[mine], weights=found.weights[mine]) == pytest.approx(share)
        assert found.weights[mine].sum() == pytest.approx(w[mine].sum())


def test_independent_rows_keep_their_weights() -> None:
    found = reweigh({"g": ["a", "a", "b", "b"]}, [0, 1, 0, 1])
    assert found.weights == pytest.approx(np.ones(4))


def test_a_group_with_one_label_only_is_named() -> None:
    found = reweigh({"g": ["a", "a", "b", "b", "b"]}, [1, 1, 0, 1, 1])
    assert "g=a: every row has the positive label" in found.notes[0]
    assert found.weights.sum() == pytest.approx(5)


@pytest.mark.parametrize(
    ("groups", "label", "weights", "message"),
    [
        ({}, [0, 1], None, "no group column"),
        ({"g": ["a"]}, [0, 1], None, "not of one length"),
        ({"g": ["a", "b"]}, [0, 2], None, "neither 0 nor 1"),
        ({"g": ["a", "b"]}, [0, 1], [-1, 1], "weights"),
        ({"g": ["a", "b"]}, [0, 1], [0, 0], "weights"),
        ({"g": []}, [], None, "weights"),
    ],
)
def test_slips(groups, label, weights, message) -> None:
    with pytest.raises(st.InputError, match=message):
        reweigh(groups, np.array(label), weights=weights)


def test_a_model_trained_with_the_weights_leans_less_on_a_proxy() -> None:
    """Sex tells income in the Adult table and relationship tells sex; with the weights the mean scores come closer."""
    frame = pl.read_parquet(ROOT / "examples/income/data/income.parquet").head(8_000)
    features = ["age", "education_years", "hours_per_week", "relationship", "occupation"]
    y, women = frame["over_50k"].to_numpy(), (frame["sex"] == "female").to_numpy()

    def gap(weights: np.ndarray | None) -> float:
        scores = fit(
            RECIPES["logistic"], {}, frame=frame, features=features, label=y, weights=weights
        ).predict(frame)  # fmt: skip
        return float(scores[~women].mean() - scores[women].mean())

    assert gap(reweigh({"sex": frame["sex"].to_list()}, y).weights) < 0.7 * gap(None)


def test_it_says_what_it_is() -> None:
    assert REMEDIES["reweighing"].uses == "in_training"
