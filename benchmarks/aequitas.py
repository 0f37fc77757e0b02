"""Confusion-cell metrics for 24 slices, beside Aequitas, which gives no interval and no AUC."""

from __future__ import annotations

import warnings

import polars as pl

from benchmarks import same_question
from benchmarks.claim import Claim, Line, at_least, plain
from benchmarks.measure import in_process
from benchmarks.table import table

ROWS = 100_000


def measure() -> list[Line]:
    """Aequitas' Group on pandas; crosses are a column of their own there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from aequitas import Audit
        from aequitas.group import Group

    people = table(ROWS)
    both = people.select(
        "sex",
        "race",
        score=(pl.col("score") >= 0.5).cast(pl.Int64),
        label_value=pl.col("label").cast(pl.Int64),
        sex_race=pl.col("sex") + " " + pl.col("race"),
    )
    frame = both.to_pandas()

    def group() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Group().get_crosstabs(frame, attr_cols=["sex", "race", "sex_race"])

    def audit() -> object:
        columns = ["sex", "race", "sex_race"]
        references = {"sex": "male", "race": "white", "sex_race": "male white"}
        made = Audit(frame, label_column="label_value", sensitive_attribute_column=columns, reference_groups=references)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return made.audit()

    ours, theirs, whole, audited = in_process(
        lambda: same_question.rates(people), group, lambda: same_question.everything(people), audit, times=7
    )
    return [
        plain("sterling, AUC and intervals included, CPU", ours.cpu, "s"),
        plain("Aequitas Group, CPU", theirs.cpu, "s"),
        plain("sterling with gaps, ratios and floors as well, CPU", whole.cpu, "s"),
        plain("Aequitas Audit: disparities to a reference group as well, CPU", audited.cpu, "s"),
        at_least("Aequitas ÷ sterling, CPU", theirs.cpu / ours.cpu, 10, "×"),
    ]


CLAIM = Claim(name="aequitas", statement=f"{ROWS:,} rows, 24 slices, one threshold; in process", measure=measure)
