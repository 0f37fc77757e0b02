"""What may be wrong with a column of text that was to hold numbers."""

from __future__ import annotations

import polars as pl

_COMMA = 'numbers with a decimal comma are text: write them with a point, in Polars .str.replace(",", ".").cast(float)'


def text_hint(dtype: pl.DataType, hint: str) -> str:
    """The hint for a column that holds no numbers; of text, also what makes text of numbers."""
    return f"{hint}; {_COMMA}" if dtype in (pl.String, pl.Categorical, pl.Enum) else hint
