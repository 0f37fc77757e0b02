"""Several classes: the order and the batches of the rows do not matter, and odd tables say what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.errors import ConfigError, InputError
from sterling.core.patterns import with_members
from sterling.core.roles import ModelColumn, Roles
from sterling.core.slices import EVERYONE, Slice
from sterling.core.subject import Subject
from sterling.core.table import EstimateTable
from sterling.engine.task import Request
from sterling.quality.multiclass.measured import MulticlassMeasured
from sterling.quality.multiclass.task import MulticlassTask
from tests.quality.multiclass.tables import made

ROLES = {"task": "multiclass", "label": "y", "score": "p_{class}", "groups": ["g"]}


def table(frame: pl.DataFrame, *also: str, **roles: object) -> EstimateTable:
    plan = st.Plan(asks=(st.ask("QU001", also=list(also)),), grid=False, min_n=1)
    return st.evaluate(frame, plan=plan, **{**ROLES, **roles}).tables[0]  # type: ignore[arg-type]


def holes(frame: pl.DataFrame) -> pl.DataFrame:
    """A few labels and clusters missing, and uneven weights."""
    at = pl.int_range(pl.len())
    return frame.with_columns(
        y=pl.when(at % 17 > 0).then("y"), c=pl.when(at % 13 > 0).then("c"), w=pl.col("w") + (at % 7) / 7
    )


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}, {"weight": "w", "cluster": "c"}], ids=str)
def test_row_order(roles: dict[str, object]) -> None:
    frame = holes(made(1500, ("a", "b", "ç"), seed=1))
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=2)
    one, other = (st.evaluate(f, **{**ROLES, **roles}) for f in (frame, shuffled))  # type: ignore[arg-type]
    assert evidence_bytes(one) == evidence_bytes(other)


@pytest.mark.parametrize("weight", [None, "w"])
def test_parts_add_up_to_the_whole(weight: str | None) -> None:
    """The counts of pieces, merged in any order, are those of all rows, and give what rows in memory give."""
    frame = holes(made(3000, ("a", "b", "c"), seed=3, groups=4))
    roles = Roles(task="multiclass", label="y", groups=("g",), weight=weight, models=(ModelColumn(column="p_{class}"),))
    task, request = MulticlassTask(), Request(thresholds=(), operating=0.5, cross=2, level=0.95, min_n=10, exact_rows=0)
    surveyed = task.survey(with_members(Subject(table=frame.lazy(), roles=roles)), guard=_nobody, also=())
    pieces = [surveyed.encode(frame[i : i + 500]) for i in (500, 2500, 0, 1500, 1000, 2000)]
    (counter,) = task.counters(surveyed, request, surveyed.encode(frame), streaming=True)
    total = counter.count(pieces[0])
    for piece in pieces[1:]:
        total = total.merge(counter.count(piece))
    merged = task.finish(surveyed, request, counter, total, None)
    whole = task.finish(surveyed, request, counter, counter.count(surveyed.encode(frame)), None)
    assert isinstance(merged, MulticlassMeasured)
    assert isinstance(whole, MulticlassMeasured)
    assert merged.slices == whole.slices
    assert np.array_equal(merged.confusion.rows, whole.confusion.rows)
    assert all(np.array_equal(merged.means[name], whole.means[name]) for name in whole.means)
    held = table(frame, weight=weight)
    for name in ("accuracy", "macro_f1", "log_loss", "brier", "macro_auc", "top_2_accuracy", "confidence_auc"):
        metric = next(b for b in held.blocks if b.info.name == name)
        found = merged.quantity(st.core.metrics.resolve_metric(name)).value  # type: ignore[attr-defined]
        assert found == pytest.approx(metric.value, abs=2e-3 if "auc" in name else 1e-9), name


def _nobody(name: str) -> object:
    from contextlib import nullcontext

    return nullcontext()


def test_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = holes(made(4000, ("a", "b", "c"), seed=4))
    frame.write_parquet(tmp_path / "rows.parquet", row_group_size=700)
    whole = table(frame)
    plain = Request.__init__
    monkeypatch.setattr(Request, "__init__", lambda self, **given: plain(self, **{**given, "exact_rows": 10}))
    streamed = table(tmp_path / "rows.parquet")  # type: ignore[arg-type]
    for name in ("accuracy", "balanced_accuracy", "log_loss", "brier", "mean_confidence"):
        assert streamed.estimate(name, EVERYONE) == whole.estimate(name, EVERYONE)
    exact, binned = whole.estimate("auc of a", EVERYONE), streamed.estimate("auc of a", EVERYONE)
    assert binned.value == pytest.approx(exact.value, abs=1e-3)
    assert "binned" in (binned.method or "")


def test_ties_go_to_the_first_class_in_order() -> None:
    frame = pl.DataFrame({"y": ["b", "a"] * 20, "g": "x", "p_b": 0.4, "p_a": 0.4, "p_c": 0.2})
    found = table(frame, "selection_rate of a", "selection_rate of b")
    assert found.estimate("selection_rate of a", EVERYONE).value == 1.0
    assert found.estimate("top_2_accuracy", EVERYONE).value == 1.0


def test_classes_that_are_missing_or_never_predicted() -> None:
    """A class without labels in a slice has no recall there; one never predicted has no precision; both count as 0 in
    macro averages where they occur, and balanced accuracy leaves the first out.
    """
    frame = pl.DataFrame({"y": ["a"] * 40 + ["b"] * 40, "g": ["x"] * 40 + ["z"] * 40, "said": ["a"] * 79 + ["c"]})
    found = table(frame, "recall of b", "precision of b", "recall of c", score=None, prediction="said")
    at = Slice.of({"g": "x"})
    assert found.estimate("true_positive_rate of b", at).value is None
    assert found.estimate("precision of b", EVERYONE).value is None
    assert found.estimate("true_positive_rate of c", EVERYONE).value is None
    assert found.estimate("macro_recall", EVERYONE).value == pytest.approx((1 + 0 + 0) / 3)
    assert found.estimate("balanced_accuracy", EVERYONE).value == pytest.approx((1 + 0) / 2)
    alone = found.estimate("balanced_accuracy", at)
    assert (alone.value, alone.status) == (1.0, "ok")
    assert alone.low is not None
    assert 0.85 < alone.low < 0.95  # 40 of 40 are right: Wilson's low end is 0.91
    assert alone.high == 1.0
    assert not {"log_loss", "macro_auc", "mean_confidence"} & {b.info.name for b in found.blocks}


def test_one_class_only_in_the_labels() -> None:
    frame = made(100, ("a", "b"), seed=5).with_columns(y=pl.lit("a"))
    run = st.evaluate(frame, **ROLES)  # type: ignore[arg-type]
    assert run.tables[0].estimate("auc of a", EVERYONE).value is None
    assert any("same class" in n for n in run.notices)
    assert any("no label is b" in n for n in run.notices)


def test_a_hundred_classes_with_odd_names() -> None:
    classes = tuple(f"№ {i} 'ü'" for i in range(100))
    frame = made(4000, classes, seed=6, skill=3.0)
    run = st.evaluate(frame, **ROLES)  # type: ignore[arg-type]
    assert 0 < (run.tables[0].estimate("accuracy", EVERYONE).value or 0) < 1
    worst = next(e for e in run.evidence if e.check == "QU005")
    assert worst.findings[0].metric.of in classes
    assert st.evaluate(frame, policy=None, **ROLES).frame.height > 0  # type: ignore[arg-type]


def test_numbers_are_classes() -> None:
    """Labels of whole numbers, predictions of floats: the same classes, in the order of their size."""
    frame = pl.DataFrame({"y": [2, 10, 1] * 20, "g": "x", "said": [2.0, 10.0, 10.0] * 20})
    run = st.evaluate(frame, task="multiclass", label="y", prediction="said", groups="g")
    confusion = next(e.confusion for e in run.evidence if e.confusion is not None)
    assert confusion.classes == ("1", "2", "10")
    assert confusion.n[0].tolist() == [[0, 0, 20], [0, 20, 0], [0, 0, 20]]


FRAME = made(60, ("a", "b", "c"), seed=7)
LOGITS = FRAME.with_columns(pl.col("^p_.*$").log())


@pytest.mark.parametrize(
    ("frame", "roles", "words"),
    [
        (LOGITS, {}, "softmax"),
        (FRAME.with_columns(p_a=pl.col("p_a") / 2), {}, "add up to 1"),
        (FRAME.drop("p_b"), {}, "p_b"),
        (FRAME.with_columns(p_a=pl.lit(None, pl.Float64)), {}, "no probability"),
        (FRAME.with_columns(p_a=pl.lit(float("nan"))), {}, "NaN"),
        (FRAME.with_columns(p_a=pl.lit("x")), {}, "not numbers"),
        (FRAME, {"score": "p_a"}, "such as p_{class}"),
        (FRAME, {"score": "q_{class}"}, "no column is named like"),
        (FRAME, {"score": "{class}"}, "cannot be read"),
        (FRAME, {"score_kind": "raw"}, "softmax"),
        (FRAME, {"favourable": "z"}, "favourable"),
        (FRAME.with_columns(y=pl.lit(None, pl.String)), {}, "every row of the label"),
        (FRAME.with_columns(said=pl.lit(2)), {"score": None, "prediction": "said"}, "no class in column 'said' is"),
    ],
)  # fmt: skip
def test_what_is_refused(frame: pl.DataFrame, roles: dict[str, object], words: str) -> None:
    with pytest.raises((InputError, ConfigError)) as caught:
        st.evaluate(frame, **{**ROLES, **roles})  # type: ignore[arg-type]
    assert words in str(caught.value)


def test_an_unknown_class_of_a_limit(tmp_path: Path) -> None:
    (tmp_path / "limits.toml").write_text('[[limit]]\nmetric = "recall of z"\nmin = 0.5\n')
    with pytest.raises(ConfigError, match="no class 'z'"):
        st.evaluate(FRAME, policy=tmp_path / "limits.toml", **ROLES)  # type: ignore[arg-type]
