"""Several classes counted by compiled loops, all at once or when first asked for: the same bits as one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.metrics import resolve_metric
from sterling.core.of_class import write_class
from sterling.core.patterns import with_members
from sterling.core.rates import Rate
from sterling.core.roles import ModelColumn, Roles
from sterling.core.subject import Subject
from sterling.engine import cube, encode, kernels
from sterling.engine.binary.quantities import binary_quantity
from sterling.engine.columns import Columns
from sterling.engine.local import measure
from sterling.engine.quantity import Quantity
from sterling.engine.task import Request, task_of
from sterling.quality.multiclass import counting, rows
from sterling.quality.multiclass.measured import MulticlassMeasured
from sterling.quality.multiclass.metrics import of_classes
from sterling.quality.multiclass.rows import SLAB, Look, Rows, look_at
from tests.quality.multiclass.tables import made
from tests.quality.multiclass.test_multiclass_rows import ROLES, holes

pytest.importorskip("llvmlite", reason="compiled loops need llvmlite: pip install 'sterling[fast]'")

FAST = kernels.build()
assert FAST is not None
CLASSES = ("a", "b", "ç", "10", "9")
POLICY = "".join(
    f'[[limit]]\nmetric = "{metric}"\nmax_gap = 0.5\n'
    for metric in ("log_loss of a", "brier of b", "mean_score of b", "auc of a", "recall of a", "mean_confidence")
)


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled loops for tables of any size."""
    for module in (cube, encode, rows, counting):
        monkeypatch.setattr(module, "ready", lambda: FAST)


def measured(frame: pl.DataFrame, **more: object) -> MulticlassMeasured:
    given_ = {
        "task": "multiclass",
        "label": "y",
        "groups": ("g",),
        "models": (ModelColumn(column="p_{class}"),),
        **more,
    }
    roles = Roles(**given_)  # type: ignore[arg-type]
    surveyed = task_of("multiclass").survey(
        with_members(Subject(table=frame.lazy(), roles=roles)), guard=_free, also=()
    )
    request = Request(thresholds=(), operating=0.5, cross=2, level=0.95, min_n=10)
    (found,) = measure(surveyed, request)
    assert isinstance(found, MulticlassMeasured)
    return found


def _free(name: str) -> object:
    from contextlib import nullcontext

    return nullcontext()


@given(
    many=hs.sampled_from([2, 3, 7]), seed=hs.integers(0, 2**32 - 1), n=hs.integers(1, 200),
    steps=hs.sampled_from([2, 3, 1000]),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_both_ways_see_the_same_in_a_row(many: int, seed: int, n: int, steps: int) -> None:
    """With ties (few steps), columns in any order, and labels that are missing."""
    rng = np.random.default_rng(seed)
    columns = Columns(tuple(rng.integers(0, steps, n) / steps for _ in range(many)))
    look, label = Look(rng.permutation(many), many), rng.integers(0, many + 1, n).astype(np.uint8)
    slow, fast = Rows.empty(n), Rows.empty(n)
    look.at(columns, label, slow, None)
    look.at(columns, label, fast, FAST)
    for name in ("predicted", "confidence", "rank", "loss", "distance"):
        assert np.array_equal(getattr(slow, name), getattr(fast, name)), name


@pytest.mark.usefixtures("always")
def test_more_rows_than_are_looked_at_at_a_time() -> None:
    rng, n = np.random.default_rng(1), 2 * SLAB + 77
    columns, label = Columns(tuple(rng.random(n) for _ in range(3))), rng.integers(0, 4, n)
    fast, slow = (look_at(columns, label.astype(kind), np.arange(3), 3) for kind in (np.uint8, np.int64))
    assert np.array_equal(fast.predicted, slow.predicted)
    assert np.array_equal(fast.loss, slow.loss)


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}], ids=str)
@pytest.mark.parametrize("exact_rows", [4_000_000, 10])
def test_evidence_is_the_same_bytes_either_way(
    roles: dict[str, object], exact_rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Losses of single classes among it: in memory they are counted when asked for, streamed with all else."""
    (tmp_path / "limits.toml").write_text(POLICY)
    plain = Request.__init__
    monkeypatch.setattr(Request, "__init__", lambda self, **given: plain(self, **{**given, "exact_rows": exact_rows}))
    frame, given_ = holes(made(3000, CLASSES, seed=1, groups=4)), {**ROLES, **roles, "policy": tmp_path / "limits.toml"}
    seen = [evidence_bytes(st.evaluate(frame, **given_))]  # type: ignore[arg-type]
    if exact_rows == 10 and "cluster" not in roles:
        frame.write_parquet(tmp_path / "rows.parquet", row_group_size=700)
        monkeypatch.setattr("sterling.engine.survey.BATCH_ROWS", 900)
        seen.append(evidence_bytes(st.evaluate(tmp_path / "rows.parquet", **given_)))  # type: ignore[arg-type]
    for module in (cube, encode, rows, counting):
        monkeypatch.setattr(module, "ready", lambda: FAST)
    seen.append(evidence_bytes(st.evaluate(frame, **given_)))  # type: ignore[arg-type]
    assert len(set(seen)) == 1


@pytest.mark.parametrize("weight", [None, "w"])
def test_a_rate_of_all_classes_is_that_of_each(weight: str | None) -> None:
    """To the last digit, where exact bounds are searched for and where they are not."""
    found = measured(made(4000, CLASSES, seed=2, groups=6), weight=weight)
    for name in ("recall", "selection_rate", "f1", "tp / (tp + fp + fn)"):
        for c in CLASSES:
            metric = resolve_metric(f"{name} of {write_class(c)}")
            assert isinstance(metric, Rate)
            _assert_same(found.quantity(metric), binary_quantity(found.decided(c), metric))


def test_with_more_classes_than_are_searched_together(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, metric = made(2000, CLASSES, seed=4), resolve_metric("recall of a")
    together = measured(frame).quantity(metric)
    monkeypatch.setattr("sterling.quality.multiclass.measured.MOST_TOGETHER", 0)
    _assert_same(together, measured(frame).quantity(metric))


def _assert_same(mine: Quantity, theirs: Quantity) -> None:
    assert mine.info == theirs.info
    assert mine.method == theirs.method
    some = np.full(theirs.value.shape, np.nan)
    some[1:4] = 2.4
    bounds = [(q.interval_at(np.full((1, 1), 1.96)), q.decide_at(some), q.decide_at(some)) for q in (mine, theirs)]
    parts = [
        (q.value, q.n_eligible, q.n_effective, *(end for b in at for end in b))
        for q, at in zip((mine, theirs), bounds, strict=True)
    ]
    for a, b in zip(*parts, strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_is_listed_of_each_class_is_what_its_name_means() -> None:
    listed = of_classes(measured(made(300, CLASSES, seed=3)))
    assert len(listed) == 8 * len(CLASSES)
    assert all(resolve_metric(metric.info.name) == metric for metric in listed)
