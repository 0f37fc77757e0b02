"""Intervals of averages over classes: slopes against finite differences, coverage in simulated worlds, clusters."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.metrics import resolve_metric
from sterling.core.roles import ModelColumn
from sterling.core.slices import EVERYONE, Slice
from sterling.quality.multiclass import task as _task
from sterling.quality.multiclass.averages import AVERAGES
from sterling.quality.multiclass.measured import MulticlassMeasured, Tally
from sterling.stats.normal import z
from tests.quality.multiclass.tables import made

REGISTERED = _task


@pytest.mark.parametrize("name", AVERAGES)
def test_slopes(name: str) -> None:
    """Every slope is the change of the value by a thousandth of a row more in a cell."""
    rng = np.random.default_rng(1)
    table = rng.integers(1, 30, (3, 4, 4)).astype(float)
    table[2, 3] = table[2, :, 3] = 0  # a class that does not occur
    value, slope = AVERAGES[name](table)
    occurs = [(i, j) for i in range(4) for j in range(4)]
    for i, j in occurs:
        more, less = table.copy(), table.copy()
        more[:, i, j] += 1e-4
        less[:, i, j] -= 1e-4
        moved = (AVERAGES[name](more)[0] - AVERAGES[name](less)[0]) / 2e-4
        known = slice(0, 2) if 3 in (i, j) else slice(0, 3)
        assert slope[known, i, j] == pytest.approx(moved[known], abs=1e-6)
    assert np.isfinite(value).all()


def worlds(chances: np.ndarray, n: int, times: int, seed: int) -> MulticlassMeasured:
    """Confusion tables of `n` rows drawn from `chances`, one a slice."""
    k = len(chances)
    counts = np.random.default_rng(seed).multinomial(n, chances.ravel(), times).reshape(times, k, k)
    rows = np.concatenate([counts, np.zeros((times, 1, k), dtype=np.int64)], axis=1).astype(float)
    return MulticlassMeasured(
        model=ModelColumn(column="p", kind="prediction"), slices=tuple(Slice((("w", str(i)),)) for i in range(times)),
        n=np.full(times, n), has_label=True, level=0.95, min_n=1, groups=("w",),
        classes=tuple(f"c{i}" for i in range(k)), confusion=Tally(rows=rows, w=None, q=None), ranks=None, means={},
        scored={}, sure=None, clustered=None,
    )  # fmt: skip


GOOD = np.array([[0.3, 0.02, 0.01], [0.03, 0.3, 0.02], [0.01, 0.01, 0.3]])
RARE = np.array([[0.7, 0.03, 0.02], [0.04, 0.1, 0.01], [0.03, 0.01, 0.06]])
FLAT = np.full((4, 4), 1 / 16)


@pytest.mark.parametrize(("chances", "n"), [(GOOD, 60), (GOOD, 300), (RARE, 120), (RARE, 600), (FLAT, 100)])
@pytest.mark.parametrize("name", AVERAGES)
def test_coverage(name: str, chances: np.ndarray, n: int) -> None:
    """In 2,000 worlds the 95 % interval holds the truth in at least 92 % (rare classes of a few rows: 90 %)."""
    m = worlds(chances, n, 2000, seed=7)
    truth = float(AVERAGES[name](chances[None] * n)[0][0])
    found = m.quantity(resolve_metric(name))
    low, high = found.interval_at(np.full((2000, 1), z(0.95)))
    covered = float(((low <= truth) & (truth <= high))[:, 0].mean())
    assert covered >= (0.90 if chances is RARE and n < 200 else 0.92), covered
    assert covered < 1.0


def test_clusters_widen() -> None:
    """Every row four times, as a cluster: the interval is that of the rows once, or wider; as rows it would halve."""
    frame = made(200, ("a", "b", "c"), seed=9)
    many = frame.with_row_index("person").select("person", "y", "g", "^p_.*$")
    plan = st.Plan(asks=(st.ask("QU001"),), grid=False, min_n=1)
    roles = {"task": "multiclass", "label": "y", "score": "p_{class}", "plan": plan}
    once = st.evaluate(many, **roles).tables[0]  # type: ignore[arg-type]
    four = st.evaluate(pl.concat([many] * 4), cluster="person", **roles).tables[0]  # type: ignore[arg-type]
    for name in ("macro_f1", "balanced_accuracy", "accuracy", "log_loss", "brier", "top_2_accuracy", "macro_auc"):
        a, b = once.estimate(name, EVERYONE), four.estimate(name, EVERYONE)
        assert a.value == pytest.approx(b.value)
        assert None not in (a.low, a.high, b.low, b.high)
        assert (b.high - b.low) == pytest.approx(a.high - a.low, rel=0.2), name  # type: ignore[operator]
