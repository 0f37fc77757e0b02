"""Numbers with a decimal comma are text: whoever gives them for numbers is told."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import sterling as st
from sterling.core.errors import InputError

COMMA = [f"0,{i:02}" for i in range(100)]
TABLE = pl.DataFrame(
    {
        "y": [0, 1] * 50,
        "y_0": [0, 1] * 50,
        "y_1": [1, 0] * 50,
        "p": COMMA,
        "p_0": COMMA,
        "p_1": COMMA,
        "n": list(range(100)),
        "q": [1, 2] * 50,
    }
)


@pytest.mark.parametrize(
    "given",
    [
        {"label": "y", "score": "p"},
        {"label": "n", "score": "p", "task": "regression"},
        {"label": "p", "score": "n", "task": "regression"},
        {"label": "y", "score": "p", "task": "ranking", "query": "q"},
        {"label": "y", "score": "p_{class}", "task": "multiclass"},
        {"label": "y_{label}", "score": "p_{label}", "task": "multilabel"},
        {"label": "y", "score": "n", "weight": "p"},
    ],
)
def test_the_hint_speaks_of_a_decimal_comma(given: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="holds text, not numbers") as caught:
        st.evaluate(TABLE, **given)
    assert "decimal comma" in caught.value.hint
    assert "0,0" not in str(caught.value)
    flags = TABLE.with_columns(pl.lit([1]).alias(c) for c in ("p", "p_0", "p_1"))
    with pytest.raises(InputError, match=r"not numbers|not single values") as other:
        st.evaluate(flags, **given)
    assert "comma" not in other.value.hint


def test_weights_of_a_table_likewise() -> None:
    with pytest.raises(InputError, match="the weight column 'p' holds text") as caught:
        st.profile(TABLE, weight="p")
    assert "decimal comma" in caught.value.hint
