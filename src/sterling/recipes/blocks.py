"""The first steps that recipes share: missing values, rare and unseen text values. Plain scikit-learn, nothing else.

Missing text arrives as None (Polars) or NaN (pandas); both become one value, so a model gives equal scores to both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sterling.recipes.columns import Columns
from sterling.recipes.parameters import Value

MISSING = "(missing)"
RARE = "(rare or unseen)"


def text_filled() -> list[tuple[str, Any]]:
    """Steps that turn missing text into a value of its own."""
    import numpy as np
    from sklearn.impute import SimpleImputer

    fill = {"strategy": "constant", "fill_value": MISSING, "keep_empty_features": True}
    return [
        ("nan", SimpleImputer(missing_values=np.nan, **fill)),
        ("none", SimpleImputer(missing_values=None, **fill)),
    ]


def one_column_per_value(parameters: Mapping[str, Value]) -> Any:
    """Text as one 0/1 column per value. Rare values share a column, and unseen ones go there too."""
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder

    encoder = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        min_frequency=int(parameters["min_frequency"]),
        max_categories=int(parameters["max_categories"]),
    )
    return Pipeline([*text_filled(), ("values", encoder)])


def one_number_per_value(parameters: Mapping[str, Value]) -> Any:
    """Text as numbers for trees. Rare values share a number; unseen ones become missing, which trees send on."""
    import numpy as np
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OrdinalEncoder

    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
        min_frequency=int(parameters["min_frequency"]),
        max_categories=int(parameters["max_categories"]),
    )
    return Pipeline([*text_filled(), ("values", encoder)])


def beside(columns: Columns, *, numbers: Any, texts: Any) -> Any:
    """Number columns through one block, text columns through another, side by side: numbers first."""
    from sklearn.compose import ColumnTransformer

    blocks = [("numbers", numbers, list(columns.numbers)), ("texts", texts, list(columns.texts))]
    return ColumnTransformer([b for b in blocks if b[2]], verbose_feature_names_out=False)


def value_names(block: Any, columns: tuple[str, ...]) -> list[tuple[str, str]]:
    """(column, value) for every output of `one_column_per_value`, in its order."""
    encoder = block.named_steps["values"]
    names: list[tuple[str, str]] = []
    rare = encoder.infrequent_categories_
    for column, values, few in zip(columns, encoder.categories_, rare, strict=True):
        few_set = set() if few is None else set(few)
        names += [(column, str(v)) for v in values if v not in few_set]
        names += [(column, RARE)] if few_set else []
    return names
