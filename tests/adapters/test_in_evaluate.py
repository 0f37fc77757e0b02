"""Live models through the front door: the positive label decides which probability is the score."""

from __future__ import annotations

import polars as pl
import pytest

import sterling as st
from sterling.adapters import as_model
from sterling.core.errors import InputError
from tests.adapters.conftest import Fitted


def auc(fitted: Fitted, **given: object) -> float:
    run = st.evaluate(fitted.table, label="approved", groups="sex", **given)  # type: ignore[arg-type]
    table = run.tables[0]
    block = next(b for b in table.blocks if b.info.name == "auc")
    return float(block.value[0, 0])


@pytest.mark.parametrize("positive", [None, 1, 0])
def test_the_score_is_that_of_the_positive_label(fitted: Fitted, positive: object) -> None:
    """Whichever label value is positive, a model better than chance has an AUC above a half."""
    assert auc(fitted, model=fitted.pipeline, positive=positive) > 0.7


def test_two_models_of_one_make(fitted: Fitted) -> None:
    run = st.evaluate(fitted.table, label="approved", model=[fitted.pipeline, fitted.pipeline], groups="race")
    assert [t.model for t in run.tables] == ["LogisticRegression", "LogisticRegression 2"]


def test_a_name_that_is_a_column(fitted: Fitted) -> None:
    with pytest.raises(InputError, match="column named like the model"):
        st.evaluate(fitted.table, label="approved", model=as_model(fitted.pipeline, name="race"), groups="race")


def test_a_label_the_model_does_not_know(fitted: Fitted) -> None:
    words = fitted.table.with_columns(
        approved=pl.when(pl.col("approved") == 1).then(pl.lit("yes")).otherwise(pl.lit("no"))
    )
    with pytest.raises(InputError, match="no class yes") as caught:
        st.evaluate(words, label="approved", positive="yes", model=fitted.pipeline)
    assert "positive=" in caught.value.hint
    run = st.evaluate(words, label="approved", positive="yes", model=as_model(fitted.pipeline, positive=1))
    assert run.tables
