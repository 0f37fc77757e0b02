"""What the catalogue says a metric is counted among is what `n_eligible` counts."""

from __future__ import annotations

import polars as pl
import pytest

import sterling as st
from sterling.core.algebra import CELLS
from sterling.core.metrics import SCORE_METRICS
from sterling.core.rates import RATES, MetricInfo

COUNTS = dict(zip(CELLS, (40, 80, 160, 320, 640, 1280), strict=True))
"""Rows per cell: of any set of cells another sum."""
LABELLED = frozenset(CELLS[:4])
SELECTED = frozenset({"tp", "fp", "selected_unlabelled"})
WORDS = {
    "everyone": frozenset(CELLS),
    "labelled": LABELLED,
    "label is positive": frozenset({"tp", "fn"}),
    "label is negative": frozenset({"fp", "tn"}),
    "selected": SELECTED,
    "not selected": frozenset(CELLS) - SELECTED,
}
THRESHOLD = 0.5


def said(eligible: str) -> frozenset[str]:
    """The cells of a text such as `selected and labelled, or label is positive`."""
    either = [[WORDS[word] for word in part.split(" and ")] for part in eligible.split(", or ")]
    return frozenset().union(*(frozenset.intersection(*both) for both in either))


def table() -> pl.DataFrame:
    """Rows of every cell in the numbers of COUNTS, no two scores of a cell alike."""
    parts = []
    for cell, n in COUNTS.items():
        label = None if cell not in LABELLED else int(cell in WORDS["label is positive"])
        score = (pl.int_range(n, eager=True) + 1) / (2 * n + 2) + (THRESHOLD if cell in SELECTED else 0.0)
        parts.append(pl.DataFrame({"y": [label] * n, "p": score}, schema_overrides={"y": pl.Int64}))
    return pl.concat(parts)


@pytest.fixture(scope="module")
def counted() -> dict[str, int]:
    found = st.evaluate(table(), label="y", score="p", metrics=["all"]).frame
    there = found.filter(pl.col("threshold").is_null() | (pl.col("threshold") == THRESHOLD))
    return dict(there.select("metric", "n_eligible").iter_rows())


def infos() -> list[MetricInfo]:
    scores = (m.info for m in SCORE_METRICS.values() if m.own is None and "binary" in m.info.tasks)
    return [*(rate.info for rate in RATES.values()), *scores]


@pytest.mark.parametrize("info", infos(), ids=lambda info: info.name)
def test_the_catalogue_names_the_cells_that_are_counted(info: MetricInfo, counted: dict[str, int]) -> None:
    assert counted[info.name] == sum(COUNTS[cell] for cell in said(info.eligible))


def test_the_cells_of_a_rate_are_those_of_its_denominator() -> None:
    """Of a plain share; of any other algebra all that it reads."""
    for rate in RATES.values():
        cells = rate.proportion[1] if rate.proportion else rate.cells_read
        assert said(rate.info.eligible) == {CELLS[i] for i in cells}, rate.name
