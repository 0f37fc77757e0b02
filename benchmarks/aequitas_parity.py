"""Rates of every group, beside Aequitas' `Group.get_crosstabs`, to 1e-9: on Adult, COMPAS, mortgages and random rows.

It stands here, where peers are installed, and not among the tests, which do without Aequitas and what it brings.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

import sterling as st
from benchmarks.claim import Claim, Line, at_most
from benchmarks.table import table

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
ROWS = 20_000
NONE = "(not recorded)"
NAMES = {
    "true_positive_rate": "tpr", "true_negative_rate": "tnr", "false_positive_rate": "fpr",
    "false_negative_rate": "fnr", "false_omission_rate": "for", "false_discovery_rate": "fdr",
    "negative_predictive_value": "npv", "precision": "precision", "prevalence": "prev",
}  # fmt: skip
"""Our metrics by name, and their columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A table, its label and scores, the threshold, and the columns of groups."""

    name: str
    frame: pl.DataFrame
    label: str
    score: str
    threshold: float
    groups: tuple[str, ...]
    kind: str = "probability"


def measure() -> list[Line]:
    """The largest difference of any rate of any group, table by table."""
    return [at_most(f"largest difference of a rate, {asked.name}", _largest(asked), 1e-9, "") for asked in _tables()]


def _tables() -> list[Asked]:
    def example(name: str) -> pl.DataFrame:
        return pl.read_parquet(EXAMPLES / name / "data" / f"{name}.parquet")

    whose = ("race", "sex")
    return [
        Asked(name="Adult", frame=example("income"), label="over_50k", score="score", threshold=0.5, groups=whose),
        Asked(name="COMPAS", frame=example("recidivism"), label="rearrested", score="decile", threshold=5.0,
              groups=whose, kind="raw"),
        Asked(name="mortgages", frame=example("lending"), label="approved", score="score", threshold=0.5, groups=whose),
        *(Asked(name=f"random rows, seed {seed}", frame=table(ROWS, seed), label="label", score="score",
                threshold=0.5, groups=whose) for seed in (1, 2, 3)),
    ]  # fmt: skip


def _largest(asked: Asked) -> float:
    known = asked.frame.drop_nulls(asked.label)
    run = st.evaluate(
        known, label=asked.label, positive=1, score=asked.score, score_kind=asked.kind, groups=list(asked.groups),  # type: ignore[arg-type]
        plan=st.Plan(asks=(st.ask("QU001", metrics=tuple(NAMES)),), thresholds=(asked.threshold,), grid=False, min_n=1,
                     cross=1),
    )  # fmt: skip
    theirs, worst, compared = _crosstabs(asked, known), 0.0, 0
    for column in asked.groups:
        for row in run.frame.filter(pl.col("slice").str.starts_with(f"{column}=")).iter_rows(named=True):
            value = row[f"group:{column}"]
            if row["value"] is None:  # nobody to divide by
                continue
            worst = max(worst, abs(row["value"] - theirs[column, NONE if value is None else value, row["metric"]]))
            compared += 1
    if not compared:
        raise AssertionError(f"nothing was compared on {asked.name}")
    return worst


def _crosstabs(asked: Asked, known: pl.DataFrame) -> dict[tuple[str, str, str], float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from aequitas.group import Group

        given: Any = known.select(
            *(pl.col(c).cast(pl.String).fill_null(NONE) for c in asked.groups),
            score=(pl.col(asked.score) >= asked.threshold).cast(pl.Int64),
            label_value=pl.col(asked.label).cast(pl.Int64),
        ).to_pandas()
        found, _ = Group().get_crosstabs(given, attr_cols=list(asked.groups))
    return {
        (row["attribute_name"], row["attribute_value"], ours): float(row[theirs])
        for row in found.to_dict("records")
        for ours, theirs in NAMES.items()
    }


CLAIM = Claim(name="aequitas-parity", statement="every rate of every group is the one of Aequitas", measure=measure)
