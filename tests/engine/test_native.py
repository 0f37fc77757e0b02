"""Compiled functions do what Python does with the same lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as hs

from sterling.engine.native import Bytes, Floats, Ints, Shorts, compiled

pytest.importorskip("llvmlite", reason="compiled loops need llvmlite: pip install 'sterling[fast]'")

FACTOR = 3


def steps(a: Floats, b: Ints, c: Bytes, d: Shorts, out: Floats, rows: int, least: float) -> int:
    """A bit of everything."""
    seen = 0
    for i in range(rows):
        x = a[i] * 2 + float(b[i] & 7)
        k = 0
        while k < FACTOR and x > least:
            x = x - 1.5
            k += 1
        if c[i] != 1:
            x = -x
            seen += 1
        else:
            x = abs(x) + (d[i] >> 2)
        seen += k if x >= 0.0 else -1
        out[i] = np.rint(x) + int(x)
    return seen


def narrow(c: Bytes, d: Shorts, rows: int) -> int:
    """Writes into narrow arrays; leaves early."""
    for i in range(rows):
        if c[i] == 9:
            return i
        d[i] = c[i] * 2
    return rows


CODE = compiled((steps, narrow))
NUMBERS = hs.floats(-1e6, 1e6)


@given(rows=hs.lists(hs.tuples(NUMBERS, hs.integers(-(2**40), 2**40), hs.integers(0, 255), hs.integers(0, 65535))),
       least=hs.floats(-10, 10))  # fmt: skip
def test_machine_code_gives_the_bits_that_python_gives(rows: list[tuple[float, int, int, int]], least: float) -> None:
    kinds = (np.float64, np.int64, np.uint8, np.uint16)
    given_ = [np.array([row[k] for row in rows], dtype=kind) for k, kind in enumerate(kinds)]
    slow, fast = np.zeros(len(rows)), np.zeros(len(rows))
    expected = steps(*given_, slow, len(rows), least)  # type: ignore[arg-type]
    assert CODE["steps"](*given_, fast, len(rows), least) == expected
    assert np.array_equal(slow, fast)


def test_narrow_stores_and_an_early_return() -> None:
    given_, out = np.array([1, 127, 9, 4], dtype=np.uint8), np.zeros(4, dtype=np.uint16)
    assert CODE["narrow"](given_, out, 4) == 2
    assert out.tolist() == [2, 254, 0, 0]
    assert CODE["narrow"](given_, out, 0) == 0


def test_arrays_of_another_kind_are_refused() -> None:
    """A wrong width would read beyond the array's end."""
    with pytest.raises(TypeError, match="contiguous Shorts, got uint32"):
        CODE["narrow"](np.zeros(4, dtype=np.uint8), np.zeros(4, dtype=np.uint32), 4)
    with pytest.raises(TypeError, match="contiguous"):
        CODE["narrow"](np.zeros(8, dtype=np.uint8)[::2], np.zeros(4, dtype=np.uint16), 4)


def divides(rows: int) -> int:
    return rows // 2


def prints(rows: int) -> int:
    print(rows)
    return 0


@pytest.mark.parametrize("function", [divides, prints])
def test_what_is_not_in_the_language_is_refused(function: object) -> None:
    with pytest.raises(TypeError, match="not in the language"):
        compiled((function,))  # type: ignore[arg-type]
