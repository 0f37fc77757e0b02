"""The question peers are asked, put to Sterling: rates of 24 slices at one threshold; AUC and intervals included."""

from __future__ import annotations

import polars as pl

import sterling as st
from benchmarks.table import CUTS

PLAN = st.Plan(asks=(st.ask("QU001"),), thresholds=(0.5,), grid=False)

MANY = st.Plan(asks=(st.ask("QU001"),), thresholds=tuple(CUTS), grid=False)


def rates(people: pl.DataFrame) -> pl.DataFrame:
    """Confusion-cell rates and AUC of every slice, as tidy rows."""
    return st.evaluate(people, label="label", score="score", groups=["sex", "race"], plan=PLAN).asked


def rates_at_many(people: pl.DataFrame) -> pl.DataFrame:
    """The same at a hundred thresholds."""
    return st.evaluate(people, label="label", score="score", groups=["sex", "race"], plan=MANY).asked


def everything(people: pl.DataFrame) -> pl.DataFrame:
    """What `evaluate` does unasked: gaps, ratios and floors between groups too, at a grid of thresholds."""
    return st.evaluate(people, label="label", score="score", groups=["sex", "race"], thresholds=[0.5]).asked
