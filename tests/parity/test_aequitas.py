"""Counts, rates, disparities and parities of every group, to 1e-9, against what Aequitas said of the same rows."""

from __future__ import annotations

import json

import polars as pl
import pytest

from tests.parity.aequitas_numbers import ABOUT, ASKED, NUMBERS, compared, digest
from tests.parity.examples import HARD, Example


@pytest.mark.parametrize("example", ASKED, ids=lambda e: e.name)
def test_every_number_of_every_group(example: Example) -> None:
    about = json.loads(ABOUT.read_text(encoding="utf-8"))
    assert about["versions"]["aequitas"] == "1.1.0"
    again = "the rows are others: make bench, then .venv-bench/bin/python -m benchmarks.aequitas_parity"
    assert about["sha256 of the rows"][example.name] == digest(example), again
    theirs = pl.read_parquet(NUMBERS).filter(table=example.name)
    pairs = list(compared(example, theirs))
    assert len(pairs) > 45 * theirs.height
    assert not [pair for pair in pairs if not pair.apart <= 1e-9]
    for kind in ("tp of", "group_size of", "ppr of", "precision of", " over ", "parity of ppr", "smallest ratio of"):
        assert any(kind in pair.what and pair.ours is not None for pair in pairs), kind


@pytest.mark.parametrize(
    ("number", "what"),
    [
        ("tp", "tp of g=b c"), ("npv", "negative_predictive_value of g=b c"),
        ("pprev_disparity", "selection_rate of g=b c over k"),
        ("tpr_disparity_given", "true_positive_rate of g=b c over b c"),
        ("Statistical Parity", "parity of ppr of g=b c"),
    ],
)  # fmt: skip
def test_another_number_is_found(number: str, what: str) -> None:
    """The comparison reaches counts, rates, both kinds of disparity and parities."""
    theirs = pl.read_parquet(NUMBERS).filter(table=HARD.name)
    mine = pl.col(number)
    wrong = ~mine if theirs.schema[number] == pl.Boolean else mine + 1
    there = pl.col("attribute_value") == "b c"
    found = [p for p in compared(HARD, theirs.with_columns(pl.when(there).then(wrong).otherwise(mine).alias(number)))
             if not p.apart <= 1e-9]  # fmt: skip
    assert any(p.what.startswith(what) for p in found), found
