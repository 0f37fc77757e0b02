"""The k most probable classes as predictions: every metric beside scikit-learn's, intervals, and where rows are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn import metrics as sk

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.errors import SterlingError
from sterling.core.metrics import resolve_metric
from sterling.core.run import Run
from sterling.core.slices import EVERYONE, Slice
from sterling.engine import cube, encode, kernels
from sterling.quality.multiclass import counting, rows
from tests.quality.multiclass.tables import made, wine
from tests.quality.multiclass.test_multiclass_rows import holes

ROLES: dict[str, Any] = {"task": "multiclass", "label": "y", "score": "p_{class}", "groups": "g"}


def named(k: int, classes: list[str]) -> list[str]:
    of = [f"{name}({k}) of {c}" for name in ("top_recall", "top_precision") for c in classes]
    return [*of, *(f"{macro}top_{name}({k})" for macro in ("", "macro_") for name in ("recall", "precision"))]


def run(frame: pl.DataFrame, metrics: list[str], **roles: object) -> Run:
    plan = st.Plan(asks=(st.ask("QU001", also=metrics),), grid=False, min_n=1)
    return st.evaluate(frame, **{**ROLES, "plan": plan, **roles})


def reference(y: np.ndarray, p: np.ndarray, classes: list[str], k: int, w: np.ndarray | None) -> dict[str, float]:
    """By scikit-learn: rows of several labels, of which one is true and k are predicted."""
    best = np.argsort(-p, axis=1, kind="stable")[:, :k]
    said = np.zeros(p.shape, dtype=int)
    np.put_along_axis(said, best, 1, axis=1)
    true = (y[:, None] == np.array(classes)).astype(int)
    kept = {"sample_weight": w, "zero_division": np.nan}
    recall, precision = (score(true, said, average=None, **kept) for score in (sk.recall_score, sk.precision_score))
    out = {f"top_recall({k}) of {c}": v for c, v in zip(classes, recall, strict=True)}
    out |= {f"top_precision({k}) of {c}": v for c, v in zip(classes, precision, strict=True)}
    out[f"top_recall({k})"] = sk.top_k_accuracy_score(y, p, k=k, labels=classes, sample_weight=w)
    out[f"top_precision({k})"] = sk.precision_score(true, said, average="micro", sample_weight=w)
    out[f"macro_top_recall({k})"] = np.nanmean(recall)
    out[f"macro_top_precision({k})"] = np.nanmean(np.where(true.any(axis=0), np.nan_to_num(precision), precision))
    return out


def check(found: Run, at: Slice, expected: dict[str, float]) -> None:
    for name, value in expected.items():
        estimate = found.tables[0].estimate(name, at)
        if np.isnan(value):
            assert estimate.value is None, name
            continue
        assert estimate.value == pytest.approx(value, abs=1e-9), name
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low - 1e-9 <= value <= estimate.high + 1e-9, name


@settings(max_examples=20, deadline=None)
@given(
    n=some.integers(20, 120), many=some.integers(3, 7), seed=some.integers(0, 10_000), weighted=some.booleans(),
    k=some.integers(1, 6), skill=some.sampled_from([0.0, 1.0, 4.0]), ties=some.booleans(),
)  # fmt: skip
def test_random_tables(n: int, many: int, seed: int, weighted: bool, k: int, skill: float, ties: bool) -> None:
    classes, k = [f"c{i}" for i in range(many)], min(k, many - 1)
    frame = made(n, tuple(classes), seed=seed, skill=skill)
    if ties:  # in whole eighths, the rest of the last class
        p = np.floor(frame.select(f"p_{c}" for c in classes).to_numpy() * 8) / 8
        p[:, -1] = 1 - p[:, :-1].sum(axis=1)
        frame = frame.with_columns(pl.Series(f"p_{c}", p[:, i]) for i, c in enumerate(classes))
    found = run(frame, named(k, classes), **({"weight": "w"} if weighted else {}))
    for g in (None, *frame["g"].unique()):
        part = frame if g is None else frame.filter(g=g)
        w = part["w"].to_numpy() if weighted else None
        p = part.select(f"p_{c}" for c in classes).to_numpy()
        expected = reference(part["y"].to_numpy(), p, classes, k, w)
        if ties:  # scikit-learn's top-k accuracy takes the last of equal ones
            expected.pop(f"top_recall({k})")
        check(found, EVERYONE if g is None else Slice.of({"g": g}), expected)


def test_real_wines() -> None:
    frame = wine()
    classes = sorted(frame["kind"].unique())
    found = run(frame, named(2, classes), label="kind", groups="colour")
    for name in ("deep", "light"):
        part = frame.filter(colour=name)
        p = part.select(f"p_{c}" for c in classes).to_numpy()
        check(found, Slice.of({"colour": name}), reference(part["kind"].to_numpy(), p, classes, 2, None))
    estimate = found.tables[0].estimate("top_recall(2)", EVERYONE)
    other = found.tables[0].estimate("top_2_accuracy", EVERYONE)
    assert (estimate.value, estimate.low, estimate.high) == (other.value, other.low, other.high)


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}, {"weight": "w", "cluster": "c"}], ids=str)
def test_a_class_among_the_best_is_a_yes_no_model(roles: dict[str, str]) -> None:
    """Intervals too; that the label is among them is one that is always asked about a yes."""
    frame, classes = holes(made(400, ("a", "b", "c", "d"), seed=5)), ["a", "b", "c", "d"]
    found = run(frame, named(2, classes), **roles).tables[0]
    p = frame.select(f"p_{c}" for c in classes).to_numpy()
    best = np.array(classes)[np.argsort(-p, axis=1, kind="stable")[:, :2]]
    binary = frame.with_columns(
        is_b=(pl.col("y") == "b").cast(int), says=pl.Series((best == "b").any(axis=1).astype(int)),
        there=pl.when(pl.col("y").is_not_null()).then(1),
        held=pl.Series((best == frame["y"].to_numpy()[:, None]).any(axis=1).astype(int)),
    )  # fmt: skip
    plan = st.Plan(asks=(st.ask("QU001"),), grid=False, min_n=1)
    asked = [
        ("is_b", "says", "top_recall(2) of b", "true_positive_rate"),
        ("is_b", "says", "top_precision(2) of b", "precision"),
        ("there", "held", "top_recall(2)", "true_positive_rate"),
    ]  # fmt: skip
    for label, prediction, name, rate in asked:
        other = st.evaluate(binary, label=label, positive=1, prediction=prediction, groups="g", plan=plan, **roles)  # type: ignore[arg-type]
        for at in (EVERYONE, Slice.of({"g": "g0"})):
            mine, theirs = found.estimate(name, at), other.tables[0].estimate(rate, at)
            assert (mine.value, mine.low, mine.high) == pytest.approx((theirs.value, theirs.low, theirs.high)), name


MORE = ["top_recall(2)", "top_precision(2) of 'ç'", "macro_top_recall(2)", "macro_top_precision(3)"]
ASKED = {"metrics": ["all", *MORE]}


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}], ids=str)
def test_the_same_bytes_streamed_and_compiled(
    roles: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = holes(made(3000, ("a", "b", "ç", "d"), seed=1, groups=4))
    given_ = {**ROLES, **roles, **ASKED}
    held = st.evaluate(frame, **given_)
    assert {f"{name}(3)" for name in ("top_recall", "macro_top_precision")} <= {
        b.info.name for b in held.tables[0].blocks
    }
    seen = [evidence_bytes(held)]
    frame.sample(fraction=1, shuffle=True, seed=1).write_parquet(tmp_path / "rows.parquet", row_group_size=700)
    monkeypatch.setattr("sterling.engine.survey.BATCH_ROWS", 900)
    seen.append(evidence_bytes(st.evaluate(tmp_path / "rows.parquet", **given_)))
    fast = kernels.build()
    if fast is not None:
        for module in (cube, encode, rows, counting):
            monkeypatch.setattr(module, "ready", lambda: fast)
        seen.append(evidence_bytes(st.evaluate(frame, **given_)))
    assert len(set(seen)) == 1


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Rows as two Parquet files, counted in parts."""
    monkeypatch.setattr("sterling.engine.pieces.PIECE_ROWS", 400)
    frame = holes(made(1500, ("a", "b", "ç", "d"), seed=2, groups=3))
    frame[:700].write_parquet(tmp_path / "a.parquet", row_group_size=300)
    frame[700:].write_parquet(tmp_path / "b.parquet")
    return tmp_path


ELSEWHERE: dict[str, Any] = {**ROLES, **ASKED, "thresholds": "0.5,0.7", "weight": "w"}


@pytest.mark.slow
@pytest.mark.usefixtures("spark")
def test_files_on_spark(folder: Path) -> None:
    here = evidence_bytes(st.evaluate(folder, **ELSEWHERE))
    assert evidence_bytes(st.evaluate(folder, engine="spark", **ELSEWHERE)) == here


@pytest.mark.slow
def test_a_table_of_ray(ray: Any, folder: Path) -> None:
    table = ray.data.read_parquet(str(folder), override_num_blocks=4).materialize()
    assert evidence_bytes(st.evaluate(table, **ELSEWHERE)) == evidence_bytes(st.evaluate(folder, **ELSEWHERE))


def test_limits_and_gaps(tmp_path: Path) -> None:
    (tmp_path / "limits.toml").write_text(
        '[[limit]]\nmetric = "top_recall(2) of b"\nmax_gap = 0.9\n'
        '[[limit]]\nmetric = "macro_top_recall(2)"\nslice = { g = "g0" }\nmin = 0.1\n'
    )
    found = st.evaluate(made(600, ("a", "b", "c", "d"), seed=3), policy=tmp_path / "limits.toml", **ROLES)
    judged = [v for v in found.judgement.verdicts if v.limit is not None]
    assert [v.verdict for v in judged] == ["within", "within"]
    assert judged[0].finding is not None
    assert judged[0].finding.metric.name == "top_recall(2) of b"


@pytest.mark.parametrize(
    ("metric", "said"),
    [("top_recall(1.5)", "out of range"), ("top_recall(0)", "out of range"),
     ("macro_top_recall(2) of a", "takes no class"),
     ("top_recall", "misses its number"), ("top_recall(2) of", "needs a class")],
)  # fmt: skip
def test_what_is_no_such_metric(metric: str, said: str) -> None:
    with pytest.raises(SterlingError, match=said):
        resolve_metric(metric)


def test_as_many_as_there_are_classes(tmp_path: Path) -> None:
    (tmp_path / "limits.toml").write_text('[[limit]]\nmetric = "top_recall(3)"\nmax_gap = 0.5\n')
    found = st.evaluate(made(80, ("a", "b", "c"), seed=1), policy=tmp_path / "limits.toml", **ROLES)
    (verdict,) = (v for v in found.judgement.verdicts if v.limit is not None)
    assert verdict.verdict == "not_applicable"
    assert "looks at all of 3 classes" in verdict.reason
