"""Tables nobody wishes for: every question answers, and no value of a row is told."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from sterling.core.codec import evidence_bytes
from sterling.pipeline.tables import profile

CODES = ("DA003", "DA004", "DA005", "DA006", "DA007", "DA008", "DA009")
SETTINGS = {"DA003": {"reference": "g: a\u202e=0.5, b=0.5"}, "DA007": {"recipe": "logistic"}}


def hostile(n: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "g": (["a\u202e", "b"] * n)[:n], "many": [f"<b>{i}</b>\x00" for i in range(n)], "long": ["x" * 10_000] * n,
            "none": [None] * n, "nan": [float("nan")] * n, "inf": ([float("inf"), -1.0, None] * n)[:n],
            "big": ([2**63 - 1, -(2**63)] * n)[:n], "flat": [1] * n, "list": [[1, None]] * n,
            "struct": [{"a": 1}] * n, "raw": [b"\x00\xff"] * n, "day": [dt.date(1, 1, 1)] * n,
            "kinds": [f"k{i % 300}" for i in range(n)], "y": ([0, 1, 1, None] * n)[:n],
        },
        schema_overrides={"big": pl.Int64},
    )  # fmt: skip


@pytest.mark.parametrize("n", [1, 2, 40, 300])
def test_every_question_answers(n: int) -> None:
    for label in ("y", "many", "none", "list", "inf", None) if n <= 40 else ("y", "inf"):
        run = profile(
            hostile(n), label=label, positive=1 if label == "y" and n > 1 else None, groups=["g"], checks=CODES,
            settings=SETTINGS,
        )  # fmt: skip
        assert len(run.evidence) == len(CODES)
        assert [(e.check, e.reason) for e in run.evidence if e.outcome == "error"] == []
        assert b"<b>" not in evidence_bytes(run) and b"xxxxxxxxxx" not in evidence_bytes(run)


@pytest.mark.parametrize("group", ["none", "nan", "flat", "kinds", "inf", "big"])
def test_any_column_can_be_a_group(group: str) -> None:
    run = profile(
        hostile(700), label="y", positive=1, groups=[group], checks=[c for c in CODES if c not in ("DA003", "DA007")]
    )
    assert [(e.check, e.reason) for e in run.evidence if e.outcome == "error"] == []


def test_groups_whose_rows_weigh_nothing_beside_others() -> None:
    table = hostile(700).with_columns(w=pl.when(pl.col("g") == "b").then(0.0).otherwise(1e6))
    run = profile(table, label="y", positive=1, groups=["g"], weight="w", checks=[c for c in CODES if c != "DA007"])
    assert [(e.check, e.reason) for e in run.evidence if e.outcome == "error"] == []
