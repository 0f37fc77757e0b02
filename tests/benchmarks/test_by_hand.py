"""The benchmark compares equal work: the Polars script and Sterling give the same numbers."""

from __future__ import annotations

import polars as pl
import pytest

import sterling as st
from benchmarks import by_hand
from benchmarks.__main__ import main
from benchmarks.table import CUTS, THRESHOLDS, table

RATES = {
    "tpr": "true_positive_rate", "fpr": "false_positive_rate",
    "tnr": "true_negative_rate", "fnr": "false_negative_rate",
    "precision": "precision", "accuracy": "accuracy", "selection_rate": "selection_rate",
}  # fmt: skip
PEOPLE = table(60_000)


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """The slice of each row as Sterling's frame writes it."""
    parts = [pl.when(pl.col(c).is_not_null()).then(pl.format(f"{c}={{}}", pl.col(c))) for c in ("sex", "race")]
    name = pl.concat_str(parts, separator=" × ", ignore_nulls=True)
    return frame.with_columns(slice=pl.when(name == "").then(pl.lit("everyone")).otherwise(name))


@pytest.fixture(scope="module")
def run() -> st.Run:
    return st.evaluate(PEOPLE, label="label", score="score", groups=["sex", "race"], thresholds=THRESHOLDS)


def test_there_are_24_slices_and_100_thresholds(run: st.Run) -> None:
    assert run.asked["slice"].n_unique() == 24
    assert run.asked["threshold"].drop_nulls().n_unique() == 100
    assert by_hand.rates(PEOPLE, CUTS).height == 2400


@pytest.mark.parametrize("short", RATES)
def test_rates_agree(run: st.Run, short: str) -> None:
    ours = run.asked.filter(pl.col("metric") == RATES[short]).select("slice", "threshold", "value")
    cuts = pl.DataFrame({"bin": range(1, 101), "threshold": CUTS}, schema_overrides={"bin": pl.UInt32})
    theirs = _named(by_hand.rates(PEOPLE, CUTS)).with_columns(pl.col("bin").cast(pl.UInt32)).join(cuts, on="bin")
    both = ours.join(theirs, on=["slice", "threshold"], how="inner").drop_nulls("value")
    assert both.height > 1500
    assert (both["value"] - both[short]).abs().max() < 1e-12  # type: ignore[operator]


def test_aucs_agree(run: st.Run) -> None:
    ours = run.frame.filter(pl.col("metric") == "auc").select("slice", "value")
    both = ours.join(_named(by_hand.aucs(PEOPLE)), on="slice")
    assert both.height == 24
    assert (both["value"] - both["auc"]).abs().max() < 1e-9  # type: ignore[operator]


def test_an_unknown_claim_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["slicd"]) == 2
    assert "sliced" in capsys.readouterr().err
