"""Confusion-cell metrics for 24 slices, beside Aequitas, which gives no interval and no AUC.

Twice: at one threshold, and at the hundred that its `score_thresholds` takes as well.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import polars as pl

from benchmarks import same_question
from benchmarks.claim import Claim, Line, at_least, plain
from benchmarks.measure import in_process
from benchmarks.table import CUTS, table

ROWS = 100_000
COLUMNS = ["sex", "race", "sex_race"]


def measure() -> list[Line]:
    """Aequitas' Group on pandas; crosses are a column of their own there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from aequitas import Audit
        from aequitas.group import Group

    people = table(ROWS)
    scored = people.select(
        "sex",
        "race",
        "score",
        label_value=pl.col("label").cast(pl.Int64),
        sex_race=pl.col("sex") + " " + pl.col("race"),
    )
    frame = scored.with_columns((pl.col("score") >= 0.5).cast(pl.Int64)).to_pandas()
    scores = scored.to_pandas()

    def quietly(job: Callable[[], object]) -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return job()

    def group() -> object:
        return quietly(lambda: Group().get_crosstabs(frame, attr_cols=COLUMNS))

    def group_at_many() -> object:
        # A copy each time: Aequitas sorts the frame it is given and leaves columns in it.
        marks = {"score_val": CUTS}
        return quietly(lambda: Group().get_crosstabs(scores.copy(), score_thresholds=marks, attr_cols=COLUMNS))

    def audit() -> object:
        references = {"sex": "male", "race": "white", "sex_race": "male white"}
        made = Audit(frame, label_column="label_value", sensitive_attribute_column=COLUMNS, reference_groups=references)
        return quietly(made.audit)

    (many,) = in_process(group_at_many, times=1)
    ours, theirs, ours_many, whole, audited = in_process(
        lambda: same_question.rates(people), group, lambda: same_question.rates_at_many(people),
        lambda: same_question.everything(people), audit, times=9,
    )  # fmt: skip
    return [
        plain("sterling, one threshold, AUC and intervals included, CPU", ours.cpu, "s"),
        plain("Aequitas Group, one threshold, CPU", theirs.cpu, "s"),
        plain("Aequitas ÷ sterling, one threshold, CPU", theirs.cpu / ours.cpu, "×"),
        plain("sterling, 100 thresholds, AUC and intervals included, CPU", ours_many.cpu, "s"),
        plain("Aequitas Group, 100 thresholds, CPU", many.cpu, "s"),
        at_least("Aequitas ÷ sterling, 100 thresholds, CPU", many.cpu / ours_many.cpu, 10, "×"),
        plain("sterling with gaps, ratios and floors as well, CPU", whole.cpu, "s"),
        plain("Aequitas Audit: disparities to a reference group as well, CPU", audited.cpu, "s"),
    ]


CLAIM = Claim(
    name="aequitas", statement=f"{ROWS:,} rows, 24 slices, one threshold and a hundred; in process", measure=measure
)
