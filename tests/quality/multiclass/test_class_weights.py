"""Averages with weights of classes beside NumPy's weighted mean of scikit-learn's numbers of single classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn import metrics as sk

import sterling as st
from sterling.cli.main import main
from sterling.core.class_weights import class_weights, class_weights_option
from sterling.core.codec import evidence_bytes, read_run
from sterling.core.errors import ConfigError
from sterling.core.project_file import parse_project
from sterling.core.slices import EVERYONE, Slice
from sterling.core.table import EstimateTable

EACH = ("precision", "recall", "f1")
CLASSES = list("abcd")


def made(n: int, *, seed: int, several: bool) -> pl.DataFrame:
    """Labels of four classes, one of them rare, with probabilities that know a little; or four labels a row."""
    rng = np.random.default_rng(seed)
    y = rng.choice(4, n, p=[0.5, 0.3, 0.15, 0.05])
    one = np.eye(4)[y]
    truth = (rng.random((n, 4)) < 0.4) if several else one
    chances = rng.dirichlet(np.ones(4), n) + 0.6 * truth
    chances = np.clip(chances / 1.6, 0, 1) if several else chances / chances.sum(axis=1, keepdims=True)
    names = {"y": [CLASSES[i] for i in y], **{f"is_{c}": truth[:, i].astype(int) for i, c in enumerate(CLASSES)}}
    people = {"g": rng.choice(["u", "v"], n), "w": rng.integers(1, 4, n), "c": rng.integers(0, max(n // 3, 2), n)}
    return pl.DataFrame({**names, **{f"p_{c}": chances[:, i] for i, c in enumerate(CLASSES)}, **people})


def table(frame: pl.DataFrame, weights: dict[str, float] | None, *, several: bool, **roles: object) -> EstimateTable:
    plan = st.Plan(asks=(st.ask("QU001"),), grid=False, min_n=1)
    task, label = ("multilabel", "is_{label}") if several else ("multiclass", "y")
    score = "p_{label}" if several else "p_{class}"
    return st.evaluate(
        frame, task=task, label=label, score=score, plan=plan, class_weights=weights, **roles,  # type: ignore[arg-type]
    ).tables[0]  # fmt: skip


def of_classes(frame: pl.DataFrame, *, several: bool, weighted: bool) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """By metric a number for each class, and which classes occur."""
    chances = frame.select(f"p_{c}" for c in CLASSES).to_numpy()
    w = frame["w"].to_numpy() if weighted else None
    if several:
        y, said = frame.select(f"is_{c}" for c in CLASSES).to_numpy(), (chances >= 0.5).astype(int)
    else:
        y, said = np.eye(4)[[CLASSES.index(v) for v in frame["y"]]], np.eye(4)[chances.argmax(axis=1)]
    found = sk.precision_recall_fscore_support(y, said, average=None, sample_weight=w, zero_division=0)[:3]
    out = dict(zip(EACH, found, strict=True))
    both = (y.min(axis=0) != y.max(axis=0))  # fmt: skip
    out["auc"] = np.array(
        [sk.roc_auc_score(y[:, i], chances[:, i], sample_weight=w) if both[i] else np.nan for i in range(4)]
    )
    return out, (y + said).any(axis=0)


@settings(max_examples=20, deadline=None)
@given(
    n=some.integers(20, 120), seed=some.integers(0, 10_000), several=some.booleans(), weighted=some.booleans(),
    weights=some.lists(some.sampled_from([0.0, 0.5, 1.0, 7.0]), min_size=4, max_size=4).filter(any),
)  # fmt: skip
def test_random_tables(n: int, seed: int, *, several: bool, weighted: bool, weights: list[float]) -> None:
    frame = made(n, seed=seed, several=several)
    given = dict(zip(CLASSES, weights, strict=True))
    found = table(frame, given, several=several, groups="g", **({"weight": "w"} if weighted else {}))
    for name in (None, "u", "v"):
        rows = frame if name is None else frame.filter(g=name)
        expected, occurs = of_classes(rows, several=several, weighted=weighted)
        at = EVERYONE if name is None else Slice.of({"g": name})
        for metric, each in expected.items():
            known = ~np.isnan(each) if metric == "auc" else occurs
            counted = np.where(known, weights, 0.0)
            estimate = found.estimate(f"class_weighted_{metric}", at, None if not several or metric == "auc" else 0.5)
            if not counted.any():
                assert estimate.value is None
                continue
            value = np.average(np.nan_to_num(each), weights=counted)
            assert estimate.value == pytest.approx(value, abs=1e-9), metric
            assert estimate.low - 1e-9 <= value <= estimate.high + 1e-9  # type: ignore[operator]


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}], ids=str)
def test_equal_weights_are_macro_averages(roles: dict[str, str], *, several: bool) -> None:
    """Interval and all, whatever the size of the weights."""
    found = table(made(300, seed=1, several=several), dict.fromkeys(CLASSES, 3.0), several=several, groups="g", **roles)
    for name in (*EACH, "auc"):
        for at in (EVERYONE, Slice.of({"g": "u"})):
            mine, macro = (found.estimate(f"{how}_{name}", at) for how in ("class_weighted", "macro"))
            assert (mine.value, mine.low, mine.high) == pytest.approx((macro.value, macro.low, macro.high), rel=1e-12)


def test_one_class_alone_is_its_own_recall() -> None:
    """With all weight on one class the average is that class's number, and as sure as it."""
    found = table(made(500, seed=2, several=False), {"b": 1.0}, several=False)
    mine, own = found.estimate("class_weighted_recall", EVERYONE), found.estimate("true_positive_rate of b", EVERYONE)
    assert mine.value == pytest.approx(own.value)
    assert (mine.low, mine.high) == pytest.approx((own.low, own.high), abs=0.02)


@pytest.mark.parametrize("several", [True, False])
@pytest.mark.parametrize("factor", [2.0**1021, 2.0**-1070])
def test_only_ratios_count_however_large(factor: float, *, several: bool) -> None:
    frame, weights = made(300, seed=4, several=several), {"a": 2.0, "b": 2.0, "c": 1.0}
    usual, other = (
        table(frame, {c: w * f for c, w in weights.items()}, several=several)
        .frame()
        .filter(pl.col("value").is_finite())
        for f in (1.0, factor)
    )
    assert usual.filter(metric="class_weighted_recall").height
    assert other.equals(usual)


def test_the_weights_are_remembered_and_said() -> None:
    frame = made(200, seed=3, several=False)
    given = {"task": "multiclass", "label": "y", "score": "p_{class}", "groups": "g"}
    run = st.evaluate(frame, **given, class_weights={"a": 2, "c": 1})  # type: ignore[arg-type]
    assert "averages with class weights weigh a 2, c 1; b, d weigh nothing" in run.notices
    content = evidence_bytes(run)
    again = read_run(content, provenance=run.provenance, policy=run.policy, wiring=run.wiring)
    assert again.roles.class_weights == (("a", 2.0), ("c", 1.0))
    assert content != evidence_bytes(st.evaluate(frame, **given, class_weights={"a": 1, "c": 1}))  # type: ignore[arg-type]
    asked = {v.finding.metric.name for v in run.judgement.verdicts if v.finding is not None}
    assert "class_weighted_recall" in asked
    with pytest.raises(ConfigError, match="needs class weights, and none were given"):
        st.evaluate(frame, **given, metrics=["accuracy", "class_weighted_f1"])  # type: ignore[arg-type]


def test_a_limit_on_an_average_without_weights_says_why() -> None:
    policy = st.Policy.parse('[[limit]]\nmetric = "class_weighted_recall"\nmin = 0.5')
    run = st.evaluate(made(100, seed=4, several=False), task="multiclass", label="y", score="p_{class}", policy=policy)
    verdict = next(v for v in run.judgement.verdicts if v.limit is not None)
    assert verdict.verdict == "not_applicable"
    assert "needs class weights" in verdict.reason


BAD = [
    ({"z": 1}, "a weight is given to 'z', which is no class"),
    ({"a": -1, "b": 2}, "the weight of the class 'a' is -1"),
    ({"a": 0, "b": 0}, "every class weight is 0"),
    ({"a": float("nan")}, "the weight of the class 'a' is nan"),
    ({"a": float("inf")}, "the weight of the class 'a' is inf"),
    ({"a": True}, "the weight of the class 'a' is True"),
    ({"a": 10**400}, f"the weight of the class 'a' is 1{'0' * 78}…"),
]


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize(("weights", "what"), BAD)
def test_bad_weights(weights: dict[str, float], what: str, *, several: bool) -> None:
    with pytest.raises(ConfigError) as error:
        table(made(50, seed=5, several=several), weights, several=several)
    assert error.value.what == what


def test_what_is_typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert class_weights_option(["a=2, b=1", "c=d=0.5"]) == {"a": 2.0, "b": 1.0, "c=d": 0.5}
    assert class_weights({True: 2, 3: 1}) == (("true", 2.0), ("3", 1.0))
    path = tmp_path / "t.parquet"
    made(400, seed=6, several=False).write_parquet(path)
    usual = ["evaluate", str(path), "--label", "y", "--no-report", "--groups", "g"]
    many = [*usual, "--task", "multiclass", "--score", "p_{class}"]
    assert main([*many, "--class-weights", "a=2,b=1"]) == 0
    assert "Averages with class weights weigh a 2, b 1; c, d weigh nothing" in " ".join(capsys.readouterr().out.split())
    cases = {
        ("a",): "cannot read the class weight 'a'",
        ("a=x",): "cannot read the class weight 'a=x'",
        ("a=1", "a=2"): "the class 'a' is weighted twice",
        ("aa=1",): "a weight is given to 'aa', which is no class",
    }
    for texts, what in cases.items():
        assert main([*many, *(x for t in texts for x in ("--class-weights", t))]) == 2
        assert what in capsys.readouterr().err
    assert main([*usual, "--positive", "a", "--score", "p_a", "--class-weights", "a=1"]) == 2
    assert "models of the task binary have no classes to average over" in capsys.readouterr().err


PROJECT = """
[project]
name = "classes"
[data]
path = "t.csv"
label = "y"
task = "multiclass"
class_weights = {weights}
[model]
predictions = ["said"]
"""


def test_weights_in_a_project(tmp_path: Path) -> None:
    file = tmp_path / "sterling.toml"
    project = parse_project(PROJECT.replace("{weights}", '{ a = 2, "b c" = 0.5 }'), file=file)
    assert project.data.class_weights == (("a", 2.0), ("b c", 0.5))
    for weights, what in (("{ a = -1 }", "is -1"), ("{ a = 0 }", "every class weight is 0"), ("3", "class_weights"),
                          ('{ a = "x" }', "is x")):  # fmt: skip
        with pytest.raises(ConfigError) as error:
            parse_project(PROJECT.replace("{weights}", weights), file=file)
        assert what in error.value.what
        assert "sterling.toml:8" in str(error.value.where)


@pytest.mark.slow
def test_intervals_cover() -> None:
    """Truth: what 200,000 rows show; 200 worlds are held against it."""
    weights, worlds, names = {"a": 1.0, "d": 5.0}, 200, [f"class_weighted_{m}" for m in EACH]
    truth = table(made(200_000, seed=1, several=False), weights, several=False)
    missed = dict.fromkeys(names, 0)
    for seed in range(worlds):
        found = table(made(400, seed=10 + seed, several=False), weights, several=False)
        for name in names:
            e = found.estimate(name, EVERYONE)
            missed[name] += not e.low <= truth.estimate(name, EVERYONE).value <= e.high  # type: ignore[operator]
    from tests.worlds.world import allowed

    for name, times in missed.items():
        assert times / worlds <= allowed(0.08, worlds), (name, times)
