"""Random tables to compare on, with everything that goes wrong in real columns, and their slices by plain filtering."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import strategies as st

from tests.parity.examples import GROUPS, texts


@st.composite
def tables(
    draw: st.DrawFn, *, missing_labels: bool = True, two_classes: bool = False, max_rows: int = 60
) -> pl.DataFrame:
    """Columns y (0, 1, null), s (scores), w (above 0), g and h (groups), c (clusters).

    Scores have many ties, lie on decimals of three places, or are constant.

    One class only, slices without rows, and constant scores all occur.
    """
    n = draw(st.integers(2, max_rows))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    decimals = draw(st.sampled_from([1, 2, 3, 17]))
    score = np.round(rng.random(n), decimals) if draw(st.integers(0, 9)) else np.full(n, round(rng.random(), 3))
    label = (rng.random(n) < draw(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]))).astype(int)
    if two_classes:
        label[:2] = [0, 1]
    known = rng.random(n) < (draw(st.sampled_from([1.0, 0.8])) if missing_labels else 1.0)
    known[:2] = True
    g = [GROUPS[i] for i in rng.integers(0, draw(st.integers(1, len(GROUPS))), n)]
    return pl.DataFrame(
        {
            "y": pl.Series([int(v) if k else None for v, k in zip(label, known, strict=True)], dtype=pl.Int64),
            "s": score,
            "w": rng.uniform(0.1, 10.0, n),
            "g": pl.Series(g, dtype=pl.String),
            "h": rng.integers(0, 3, n),
            "c": rng.integers(0, max(2, n // 3), n),
        }
    )


def slices(frame: pl.DataFrame, groups: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    """Every slice of up to two columns by its readable name, by plain filtering."""
    found = {"everyone": frame}
    text = {g: texts(frame[g]) for g in groups}
    for i, a in enumerate(groups):
        for value in text[a].unique():
            rows = _equal(text[a], value)
            found[_name({a: value})] = frame.filter(rows)
            for b in groups[i + 1 :]:
                for other in text[b].filter(rows).unique():
                    found[_name({a: value, b: other})] = frame.filter(rows & _equal(text[b], other))
    return found


def _equal(column: pl.Series, value: str | None) -> pl.Series:
    return column.is_null() if value is None else (column == value).fill_null(value=False)


def _name(slice_: dict[str, str | None]) -> str:
    return " × ".join(f"{c}={'(not recorded)' if v is None else v}" for c, v in slice_.items())
