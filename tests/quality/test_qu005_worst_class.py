"""QU005: a class that is missed is named; where all are recognised alike, alarms stay as rare as promised."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.judge import judge
from tests.worlds.world import allowed, share

CLASSES = ("a", "b", "c")


def worlds(recall: tuple[float, ...], *, n: int, count: int, seed: int) -> pl.DataFrame:
    """Predictions right with a probability for each class, else one of the others; labels and groups drawn once."""
    rng = np.random.default_rng(seed)
    label = np.arange(n) % 3
    columns = {}
    for k in range(count):
        other = (label + rng.integers(1, 3, n)) % 3
        columns[f"world{k}"] = np.array(CLASSES)[np.where(rng.random(n) < np.array(recall)[label], label, other)]
    return pl.DataFrame({"y": np.array(CLASSES)[label], "g": np.where(np.arange(n) // 3 % 2, "x", "z")} | columns)


def verdicts(frame: pl.DataFrame, least: float) -> list[str]:
    plan = st.Plan(asks=(st.ask("QU005", name="q"),), grid=False)
    names = [c for c in frame.columns if c.startswith("world")]
    run = st.evaluate(frame, task="multiclass", label="y", prediction=names, plan=plan, groups="g")
    policy = st.Policy.parse(f'[[ask]]\nname = "q"\ncheck = "QU005"\n[[limit]]\nask = "q"\nmin = {least}')
    found = judge(policy, run.evidence, more_people=lambda *_: None).verdicts
    return [v.verdict for v in found if v.finding is not None and v.finding.family == ("g",)]


def test_planted_missed_class_is_named() -> None:
    frame = worlds((0.9, 0.9, 0.3), n=900, count=5, seed=1)
    assert verdicts(frame, 0.6) == ["over"] * 5
    plan = st.Plan(asks=(st.ask("QU005"),), grid=False)
    run = st.evaluate(frame, task="multiclass", label="y", prediction="world0", plan=plan, groups="g")
    (evidence,) = run.evidence
    assert {f.metric.of for f in evidence.findings} == {"c"}
    assert evidence.confusion is not None
    assert evidence.confusion.n[0].sum() == 900
    assert evidence.confusion.share[0].sum(axis=1) == pytest.approx(np.ones(3))


def test_planted_good_model_is_within() -> None:
    assert verdicts(worlds((0.9, 0.9, 0.9), n=1800, count=5, seed=2), 0.7) == ["within"] * 5


def test_null_worlds_alarm_at_most_as_promised() -> None:
    """Every class in every group recognised exactly as often as the limit asks: over in at most 5 % of worlds."""
    found = verdicts(worlds((0.7, 0.7, 0.7), n=600, count=200, seed=3), 0.7)
    assert share(found, "over") <= allowed(0.05, 200)
    assert share(found, "within") <= allowed(0.05, 200)


def test_hand_worked() -> None:
    """Of a 40 right of 50, of b 30 of 50: b is recognised least often, in 60 %, a in its place in 20 of 50."""
    frame = pl.DataFrame({"y": ["a"] * 50 + ["b"] * 50, "p": ["a"] * 40 + ["b"] * 10 + ["b"] * 30 + ["a"] * 20})
    run = st.evaluate(frame, task="multiclass", label="y", prediction="p")
    evidence = next(e for e in run.evidence if e.check == "QU005")
    assert (evidence.findings[0].metric.of, evidence.findings[0].value) == ("b", pytest.approx(0.6))
    assert evidence.confusion is not None
    assert evidence.confusion.share[0].tolist() == [[0.8, 0.2], [0.4, 0.6]]
    gain = next(e for e in run.evidence if e.check == "QU002").findings[0]
    assert gain.value == pytest.approx(0.2)  # right on 70 of 100; always "a" is right on 50


def test_labels_too() -> None:
    rng = np.random.default_rng(4)
    truth = rng.random((400, 2)) < 0.5
    said = np.where(rng.random((400, 2)) < [0.9, 0.6], truth, ~truth)
    frame = pl.DataFrame(
        {f"is_{c}": truth[:, i] for i, c in enumerate("xy")} | {f"says_{c}": said[:, i] for i, c in enumerate("xy")}
    )
    run = st.evaluate(frame, task="multilabel", label="is_{label}", prediction="says_{label}")
    finding = next(e for e in run.evidence if e.check == "QU005").findings[0]
    assert finding.metric.of == "y"
