"""Real models, fitted once on the mortgage example."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from sterling.adapters.tables import to_pandas

LENDING = Path(__file__).resolve().parents[2] / "examples" / "lending" / "data" / "lending.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A table, its label, and models fitted on it. `numbers`: the numeric columns without missing values."""

    table: pl.DataFrame
    label: Any
    numeric: tuple[str, ...]
    text: tuple[str, ...]
    pipeline: Any
    forest: Any

    @property
    def features(self) -> tuple[str, ...]:
        return self.numeric + self.text


@pytest.fixture(scope="session")
def fitted() -> Fitted:
    table = pl.read_parquet(LENDING).head(600)
    label = table["approved"].cast(pl.Int64).to_numpy()
    used = [c for c in table.columns if c not in ("approved", "score", "id")]
    numeric = tuple(c for c in used if table[c].dtype.is_numeric())
    text = tuple(c for c in used if table[c].dtype == pl.String)
    given = to_pandas(table.select(*numeric, *text))
    pipeline = make_pipeline(
        make_column_transformer(
            (make_pipeline(SimpleImputer(), StandardScaler()), list(numeric)),
            (OneHotEncoder(handle_unknown="ignore", sparse_output=False), list(text)),
        ),
        LogisticRegression(),
    ).fit(given, label)
    forest = HistGradientBoostingClassifier(max_iter=20).fit(table.select(numeric).cast(pl.Float64).to_numpy(), label)
    return Fitted(table=table, label=label, numeric=numeric, text=text, pipeline=pipeline, forest=forest)
