"""What was found is written down and read back whole, and listed as records without a row's values."""

from __future__ import annotations

import polars as pl

from sterling.core.codec import plain, typed
from sterling.core.data.about import AboutData
from sterling.core.data.records import records
from tests.data.about import ask_table
from tests.data.leaks.test_da018_outside_support import people


def test_every_answer_comes_back_as_it_was() -> None:
    first, second = people(1, 600), people(2, 600).with_columns(pl.col("a") + 3)
    for code in ("DA014", "DA015", "DA017", "DA018"):
        evidence = ask_table(code, second, others=[first], groups=["g"])
        assert evidence.outcome == "measured"
        assert typed(plain(evidence.about), AboutData) == evidence.about
    evidence = ask_table("DA016", first, label="g")
    assert typed(plain(evidence.about), AboutData) == evidence.about
    assert {r["question"] for r in records([evidence], "leaks")} == {"label"}


def test_no_value_of_a_row_is_told() -> None:
    secret = pl.DataFrame({"note": [f"the private words of person number {i} " * 2 for i in range(60)], "x": range(60)})
    told = [ask_table(c, secret, others=[secret]) for c in ("DA014", "DA015", "DA017", "DA018")]
    assert not any("private" in repr(e) for e in told)
