"""A Parquet file whose statistics are not true of its rows: what is read from them alone is held against the rows."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sterling as st

ROWS = 300_000
"""More than are looked at before statistics are trusted, and too many for one batch."""
TRUE, SAID = 7_777, 1


def lying(path: Path, column: str, at: int) -> Path:
    """A file with one row of another value in `column`, whose statistics say that 1 is the largest."""
    rng = np.random.default_rng(3)
    score = rng.random(ROWS)
    label = (rng.random(ROWS) < score).astype(np.int64)
    table = pl.DataFrame({"y": label, "p": score, "d": label, "g": rng.choice(["a", "b"], ROWS)})
    table[at, column] = TRUE
    table.write_parquet(path, row_group_size=50_000, statistics=True, compression="uncompressed")
    content = path.read_bytes()
    start = len(content) - 8 - struct.unpack("<I", content[-8:-4])[0]
    footer = content[start:].replace(struct.pack("<q", TRUE), struct.pack("<q", SAID))
    assert footer != content[start:]
    path.write_bytes(content[:start] + footer)
    assert pl.read_parquet(path)[at, column] == TRUE
    return path


@pytest.mark.parametrize("at", [60_000, ROWS - 1])
@pytest.mark.parametrize(
    ("column", "model"), [("y", {"score": "p"}), ("y", {"prediction": "d"}), ("d", {"prediction": "d"})]
)
def test_values_that_the_statistics_hide_are_found_while_rows_are_counted(
    tmp_path: Path, column: str, model: dict[str, str], at: int
) -> None:
    path = lying(tmp_path / "lies.parquet", column, at)
    with pytest.raises(st.InputError, match=f"statistics that the file keeps of the column '{column}'") as caught:
        st.evaluate(path, label="y", groups="g", **model)  # type: ignore[arg-type]
    assert caught.value.where.endswith("lies.parquet")
    assert str(TRUE) not in str(caught.value)
