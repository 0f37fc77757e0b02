"""No class below a threshold of confidence: every metric beside scikit-learn's, with "none" as a prediction."""

from __future__ import annotations

import warnings
from pathlib import Path

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
from sterling.core.roles import ModelColumn
from sterling.core.run import Run
from sterling.core.slices import EVERYONE, Slice
from sterling.engine import cube, encode, kernels
from sterling.quality.multiclass import counting, cutting, rows, squares
from sterling.quality.multiclass.averages import abstaining
from sterling.quality.multiclass.measured import MulticlassMeasured, Tally
from sterling.stats.normal import z
from tests.quality.multiclass.tables import made, wine
from tests.quality.multiclass.test_multiclass_rows import holes

AT = (0.0, 0.4, 0.5, 0.7, 1.0)
ASKED = ["mcc", "kappa", "weighted_recall", "micro_f1", "micro_precision", "micro_recall", "error_rate"]
ROLES = {"task": "multiclass", "label": "y", "score": "p_{class}", "groups": "g"}
NONE = "(none)"


def run(frame: pl.DataFrame, *also: str, thresholds: tuple[float, ...] = AT, **roles: object) -> Run:
    asks = (st.ask("QU001", also=[*ASKED, *also]), st.ask("QU002"), st.ask("QU005"))
    plan = st.Plan(asks=asks, grid=False, min_n=1, thresholds=thresholds)
    return st.evaluate(frame, **{**ROLES, "plan": plan, **roles})  # type: ignore[arg-type]


def said_at(p: np.ndarray, classes: list[str], threshold: float) -> np.ndarray:
    return np.where(p.max(axis=1) >= threshold, np.array(classes)[p.argmax(axis=1)], NONE)


def reference(y: np.ndarray, said: np.ndarray, classes: list[str], w: np.ndarray | None) -> dict[str, float]:
    """By scikit-learn. No prediction is a prediction like others, and no class that an average is over."""
    out = {
        "accuracy": sk.accuracy_score(y, said, sample_weight=w),
        "error_rate": 1 - sk.accuracy_score(y, said, sample_weight=w),
        "abstention_rate": float(np.average(said == NONE, weights=w)),
        "cohens_kappa": sk.cohen_kappa_score(y, said, sample_weight=w),
        "matthews_correlation": sk.matthews_corrcoef(y, said, sample_weight=w),
    }
    kept = {"sample_weight": w, "zero_division": 0, "labels": sorted({*y, *said} - {NONE})}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out["balanced_accuracy"] = sk.recall_score(y, said, average="macro", **{**kept, "labels": sorted({*y})})
        for average in ("macro", "weighted", "micro"):
            for name, score in (("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)):
                out[f"{average}_{name}"] = score(y, said, average=average, **kept)
        for c in classes:
            out[f"true_positive_rate of {c}"] = sk.recall_score(
                y == c, said == c, sample_weight=w, zero_division=np.nan
            )
            out[f"precision of {c}"] = sk.precision_score(y == c, said == c, sample_weight=w, zero_division=np.nan)
    return out


def check(
    found: Run, frame: pl.DataFrame, classes: list[str], at: Slice, label: str = "y", w: str | None = None
) -> None:
    y, p = frame[label].to_numpy(), frame.select(f"p_{c}" for c in classes).to_numpy()
    for threshold in AT:
        said = said_at(p, classes, threshold)
        for name, value in reference(y, said, classes, None if w is None else frame[w].to_numpy()).items():
            estimate = found.tables[0].estimate(name, at, threshold)
            if estimate.value is None:  # the reference gives 0 where nothing was predicted, or there is no correlation
                assert np.isnan(value) or value == 0, (name, threshold)
                continue
            assert estimate.value == pytest.approx(value, abs=1e-9), (name, threshold)
            assert estimate.low is not None
            assert estimate.high is not None
            assert estimate.low - 1e-9 <= value <= estimate.high + 1e-9, (name, threshold)


@settings(max_examples=8, deadline=None)
@given(
    n=some.integers(20, 120), k=some.integers(3, 6), seed=some.integers(0, 10_000), weighted=some.booleans(),
    skill=some.sampled_from([0.0, 1.0, 4.0]),
)  # fmt: skip
def test_random_tables(n: int, k: int, seed: int, weighted: bool, skill: float) -> None:
    classes = [f"c{i}" for i in range(k)]
    frame = made(n, tuple(classes), seed=seed, skill=skill)
    w = "w" if weighted else None
    found = run(frame, **({"weight": "w"} if weighted else {}))
    check(found, frame, classes, EVERYONE, w=w)
    for g in frame["g"].unique():
        check(found, frame.filter(g=g), classes, Slice.of({"g": g}), w=w)


def test_real_wines() -> None:
    frame = wine()
    classes = sorted(frame["kind"].unique())
    found = run(frame, label="kind", groups="colour")
    for name in ("deep", "light"):
        check(found, frame.filter(colour=name), classes, Slice.of({"colour": name}), label="kind")
    (worst,) = [e for e in found.evidence if e.check == "QU005"]
    assert worst.confusion is not None
    assert worst.findings[0].threshold == 0.5
    p = frame.select(f"p_{c}" for c in classes).to_numpy()
    table = sk.confusion_matrix(frame["kind"], said_at(p, classes, 0.5), labels=[*classes, NONE])[:-1]
    assert (worst.confusion.n[0] == table).all()
    np.testing.assert_allclose(worst.confusion.share[0], table / table.sum(axis=1, keepdims=True))
    (baseline,) = [e for e in found.evidence if e.check == "QU002"]
    most = max((frame["kind"] == c).mean() for c in classes)
    assert baseline.findings[0].value == pytest.approx(
        np.mean(frame["kind"].to_numpy() == said_at(p, classes, 0.5)) - most
    )


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}, {"weight": "w", "cluster": "c"}], ids=str)
def test_a_class_at_a_threshold_is_a_yes_no_model(roles: dict[str, str]) -> None:
    """Its intervals too; the abstention rate is the selection rate of a model that says who has no class."""
    frame, classes = made(400, ("a", "b", "c"), seed=5), ["a", "b", "c"]
    names = ["selection_rate", "true_positive_rate", "false_positive_rate", "precision", "f1", "accuracy"]
    found = run(frame, *(f"{m} of b" for m in names), **roles).tables[0]
    p = frame.select(f"p_{c}" for c in classes).to_numpy()
    plan = st.Plan(asks=(st.ask("QU001"),), grid=False, min_n=1)
    for threshold in AT[:-1]:
        said = said_at(p, classes, threshold)
        yes = pl.Series((said == "b").astype(int)), pl.Series((said == NONE).astype(int))
        binary = frame.with_columns(is_b=(pl.col("y") == "b").cast(int), says=yes[0], none=yes[1])
        for column, asked in (
            ("says", [(f"{m} of b", m) for m in names]),
            ("none", [("abstention_rate", "selection_rate")]),
        ):
            if not binary[column].sum():
                continue
            other = st.evaluate(binary, label="is_b", prediction=column, groups="g", plan=plan, **roles).tables[0]  # type: ignore[arg-type]
            for mine_, theirs_ in asked:
                for at in (EVERYONE, Slice.of({"g": "g0"})):
                    mine, theirs = found.estimate(mine_, at, threshold), other.estimate(theirs_, at)
                    assert (mine.value, mine.low, mine.high) == pytest.approx((theirs.value, theirs.low, theirs.high))


@pytest.mark.parametrize("weight", [{}, {"weight": "w"}], ids=str)
def test_clusters_at_all_thresholds_at_once(weight: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each threshold has what its rows alone give, and none has rows of its own: a byte a row tells all of them."""
    seen: list[MulticlassMeasured] = []

    def keeps(*given_: object) -> MulticlassMeasured:
        seen.append(cutting.cut_at(*given_))  # type: ignore[arg-type]
        return seen[-1]

    monkeypatch.setattr("sterling.quality.multiclass.task.cut_at", keeps)
    frame = holes(made(500, ("a", "b", "c"), seed=4))
    run(frame, cluster="c", **weight)  # type: ignore[arg-type]
    (whole,) = seen
    k = len(whole.classes)
    for threshold, m in zip(whole.thresholds, whole.cut, strict=True):
        of = m.clustered
        assert of is not None and of.reached is not None and whole.clustered is not None
        assert of.rows is whole.clustered.rows and of.reached.dtype == np.uint8
        assert whole.cut[0].clustered is not None and of.reached is whole.cut[0].clustered.reached
        label, predicted = of.batch.label, np.where(of.rows.confidence >= threshold, of.rows.predicted, k)
        missing = label == k
        assert (of.predicted == predicted).all()
        assert (of.cells == label.astype(int) * (k + 1) + predicted).all()
        counts = np.where(missing, 2, 1).astype(np.uint8)
        right = [i for i in range(k * (k + 1)) if i % (k + 2) == 0]
        wrong = [i for i in range(k * (k + 1)) if i % (k + 2)]
        for mine, labels, hit in (
            (of.of_class(1), np.where(missing, 2, label == 1).astype(np.uint8), predicted == 1),
            (of.of_none(), np.where(missing, 2, 0).astype(np.uint8), predicted == k),
            (of.of_hits("cell", right), counts, (label == predicted) & ~missing),
            (of.of_hits("cell", wrong), counts, (label != predicted) & ~missing),
            (of.of_decided(), np.where(predicted == k, 2, counts).astype(np.uint8), (label == predicted) & ~missing),
        ):
            alone = of._gram(labels, hit)
            assert (mine.patterns == alone.patterns).all()
            np.testing.assert_allclose(mine.products, alone.products, rtol=1e-12)


@pytest.mark.parametrize("weight", [{}, {"weight": "w"}], ids=str)
@pytest.mark.parametrize("limits", [{}, {"FEW_ROWS": 4}, {"MOST_PRODUCTS": 0}], ids=str)
def test_squared_totals_of_clusters_at_every_threshold(
    limits: dict[str, int], weight: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in long floats, one by one; also of a slice in which rows add a millionth of what they add elsewhere."""
    seen: list[MulticlassMeasured] = []

    def keeps(*given_: object) -> MulticlassMeasured:
        seen.append(cutting.cut_at(*given_))  # type: ignore[arg-type]
        return seen[-1]

    monkeypatch.setattr("sterling.quality.multiclass.task.cut_at", keeps)
    for name, limit in limits.items():
        monkeypatch.setattr(squares, name, limit)
    frame = holes(made(400, ("a", "b", "c"), seed=7))
    first, other = (
        evidence_bytes(run(f, cluster="c", **weight))  # type: ignore[arg-type]
        for f in (frame, frame.sample(fraction=1.0, shuffle=True, seed=8))
    )
    assert first == other
    whole = seen[0]
    rng, k = np.random.default_rng(0), len(whole.classes)
    for m in (whole, *whole.cut):
        of = m.clustered
        assert of is not None and of.batch.cluster is not None
        slope = (
            rng.normal(size=(len(m.slices), *m.confusion.rows.shape[1:])) * np.array([1.0, 1.0, 1e-6])[:, None, None]
        )
        found, clusters = of.squares(slope)
        weights = np.ones(len(of.batch.label)) if of.batch.weight is None else of.batch.weight
        for row, group in enumerate([None, 0, 1]):
            mine = (of.batch.label < k) & (True if group is None else of.batch.groups[0].codes == group)
            added = slope[row].ravel()[of.cells[mine]].astype(np.longdouble) * weights[mine]
            totals = np.zeros(of.batch.cluster.max() + 1, dtype=np.longdouble)
            np.add.at(totals, of.batch.cluster[mine], added)
            assert found[row] == pytest.approx(float((totals**2).sum()) * of.unit**2, rel=1e-12)
            assert clusters[row] == len(np.unique(of.batch.cluster[mine]))


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}], ids=str)
def test_a_threshold_that_everyone_reaches_changes_nothing(roles: dict[str, str]) -> None:
    frame = holes(made(300, ("a", "b", "c"), seed=2))
    plan = st.Plan(asks=(st.ask("QU001", also=ASKED),), grid=False, min_n=1)
    base = st.evaluate(frame, **{**ROLES, "plan": plan, **roles})  # type: ignore[arg-type]
    cut = run(frame, **roles)  # type: ignore[arg-type]
    columns = ["metric", "slice", "value", "low", "high", "n_eligible", "status"]
    mine = cut.frame.filter(pl.col("threshold").is_null() | (pl.col("threshold") == 0)).select(columns)
    both = base.frame.select(columns).join(mine, on=["metric", "slice"], suffix="_cut")
    assert len(both) == len(base.frame)
    both = both.filter(pl.col("metric") != "micro_f1")  # with abstention a mean of its own, else a share
    for name in columns[2:6]:
        np.testing.assert_allclose(both[name].to_numpy(), both[f"{name}_cut"].to_numpy(), rtol=1e-12)


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}], ids=str)
def test_the_same_bytes_streamed_and_compiled(
    roles: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = holes(made(3000, ("a", "b", "ç"), seed=1, groups=4))
    given_ = {**ROLES, **roles, "thresholds": "0.5,0.7"}
    held = st.evaluate(frame, **given_)  # type: ignore[arg-type]
    assert sum(e.confusion is not None and e.confusion.abstains for e in held.evidence) == 2
    seen = [evidence_bytes(held)]
    frame.sample(fraction=1, shuffle=True, seed=1).write_parquet(tmp_path / "rows.parquet", row_group_size=700)
    monkeypatch.setattr("sterling.engine.survey.BATCH_ROWS", 900)
    seen.append(evidence_bytes(st.evaluate(tmp_path / "rows.parquet", **given_)))  # type: ignore[arg-type]
    fast = kernels.build()
    if fast is not None:
        for module in (cube, encode, rows, counting):
            monkeypatch.setattr(module, "ready", lambda: fast)
        seen.append(evidence_bytes(st.evaluate(frame, **given_)))  # type: ignore[arg-type]
    assert len(set(seen)) == 1


def test_limits_at_a_threshold_leave_other_numbers_alone(tmp_path: Path) -> None:
    """Only a limit names one: it is held at that one, and everybody is given a class elsewhere."""
    frame = made(600, ("a", "b", "c"), seed=3)
    (tmp_path / "limits.toml").write_text(
        '[[limit]]\nmetric = "abstention_rate"\nmax_gap = 0.5\nthreshold = 0.5\n'
        '[[limit]]\nmetric = "accuracy"\nmin = 0.1\n'
    )
    given_ = st.evaluate(frame, policy=tmp_path / "limits.toml", **ROLES)  # type: ignore[arg-type]
    plain = st.evaluate(frame, **ROLES)  # type: ignore[arg-type]
    verdicts = {
        v.finding.metric.name: v.finding for v in given_.judgement.verdicts if v.limit is not None and v.finding
    }
    assert verdicts["abstention_rate"].threshold == 0.5
    assert verdicts["abstention_rate"].value > 0
    assert verdicts["accuracy"].value == plain.frame.filter(metric="accuracy")["value"].min()


@pytest.mark.parametrize("metric", ["accuracy", "error_rate"])
def test_a_search_at_a_threshold_is_of_the_numbers_of_the_table(metric: str) -> None:
    """A row that is given no class is missed; losses know no threshold. Half of the rows are searched, half not."""
    frame = made(4000, ("a", "b", "c"), seed=9).with_columns(x=pl.int_range(4000) % 40)
    given_ = {**ROLES, "thresholds": (0.5, 0.7), "metrics": (metric,)}
    for threshold in (0.5, 0.7):
        found = st.evaluate(frame, discover={"metric": metric, "threshold": threshold}, **given_)  # type: ignore[arg-type]
        searched = next(e.discovered for e in found.evidence if e.discovered)
        table = found.tables[0].estimate(metric, EVERYONE, threshold)
        assert (searched.threshold, searched.overall.value) == (threshold, pytest.approx(table.value, abs=0.03))
    found = st.evaluate(frame, discover="log_loss", **given_)  # type: ignore[arg-type]
    searched = next(e.discovered for e in found.evidence if e.discovered)
    loss = sk.log_loss(frame["y"], frame.select("^p_.$").to_numpy())
    assert (searched.threshold, searched.overall.value) == (None, pytest.approx(loss, abs=0.03))


def test_slopes_of_averages() -> None:
    """Every slope is the change of the value by a thousandth of a row more in a cell."""
    table = np.random.default_rng(1).integers(1, 30, (3, 4, 4)).astype(float)
    table[:, 3] = 0  # nobody's label is no class
    for name, average in abstaining(np.array([3.0, 1.0, 0.5])).items():
        _, slope = average(table)
        for i, j in ((i, j) for i in range(3) for j in range(4)):
            more, less = table.copy(), table.copy()
            more[:, i, j] += 1e-4
            less[:, i, j] -= 1e-4
            moved = (average(more)[0] - average(less)[0]) / 2e-4
            assert slope[:, i, j] == pytest.approx(moved, abs=1e-6), name


GOOD = np.array([[0.25, 0.02, 0.01, 0.05], [0.03, 0.2, 0.02, 0.1], [0.01, 0.01, 0.2, 0.1]])
RARE = np.array([[0.5, 0.03, 0.02, 0.2], [0.04, 0.05, 0.01, 0.05], [0.03, 0.01, 0.03, 0.03]])
AVERAGED = ("macro_precision", "macro_recall", "macro_f1", "weighted_f1", "weighted_precision", "micro_f1",
            "micro_precision", "balanced_accuracy", "kappa", "mcc")  # fmt: skip


@pytest.mark.parametrize(("chances", "n"), [(GOOD, 60), (GOOD, 300), (RARE, 150), (RARE, 600)])
def test_coverage(chances: np.ndarray, n: int) -> None:
    """In 2,000 worlds the 95 % interval holds the truth in at least 92 % (rare classes of a few rows: 89 %)."""
    times, k = 2000, 3
    counts = np.random.default_rng(7).multinomial(n, chances.ravel(), times).reshape(times, k, k + 1)
    held = np.concatenate([counts, np.zeros((times, 1, k + 1), dtype=np.int64)], axis=1).astype(float)
    m = MulticlassMeasured(
        model=ModelColumn(column="p"), slices=tuple(Slice((("w", str(i)),)) for i in range(times)),
        n=np.full(times, n), has_label=True, level=0.95, min_n=1, groups=("w",), classes=("a", "b", "c"),
        confusion=Tally(rows=held, w=None, q=None), ranks=None, means={}, scored={}, sure=None, clustered=None,
        abstains=True,
    )  # fmt: skip
    whole = np.concatenate([chances, np.zeros((1, k + 1))])[None] * n
    averages = abstaining(np.ones(k))
    truths = {"micro_precision": np.trace(chances) / chances[:, :k].sum()}
    for name in AVERAGED:
        info = resolve_metric(name).info.name
        truth = truths[name] if name in truths else float(averages[info](whole)[0][0])
        low, high = m.quantity(resolve_metric(name)).interval_at(np.full((times, 1), z(0.95)))
        covered = float(((low <= truth) & (truth <= high))[:, 0].mean())
        assert covered >= (0.89 if chances is RARE and n < 200 else 0.92), (name, covered)
        assert covered < 1.0, name


@pytest.mark.parametrize("at", ["1.5", "-0.1", "0.5,2"])
def test_no_probability_reaches_it(at: str) -> None:
    with pytest.raises(SterlingError, match="outside the probabilities"):
        st.evaluate(made(50, ("a", "b"), seed=1), thresholds=at, **ROLES)  # type: ignore[arg-type]


def test_more_tables_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "MOST_CELLS", 1000)
    with pytest.raises(SterlingError, match="101 thresholds of 3 classes"):
        st.evaluate(made(50, ("a", "b", "c"), seed=1), thresholds="0:1:0.01", **ROLES)  # type: ignore[arg-type]


def test_no_thresholds_no_abstention(tmp_path: Path) -> None:
    (tmp_path / "limits.toml").write_text('[[limit]]\nmetric = "abstention_rate"\nmax_gap = 0.5\n')
    found = st.evaluate(made(50, ("a", "b", "c"), seed=1), policy=tmp_path / "limits.toml", **ROLES)  # type: ignore[arg-type]
    (verdict,) = (v for v in found.judgement.verdicts if v.limit is not None)
    assert verdict.verdict == "not_applicable"
    assert "needs a threshold" in verdict.reason


def test_scores_in_32_bits_reach_what_was_written() -> None:
    frame = pl.DataFrame({"y": ["a", "b"] * 20, "g": ["x"] * 40, "p_a": [0.7] * 40, "p_b": [0.3] * 40})
    short = frame.with_columns(pl.col("^p_.$").cast(pl.Float32))
    for given_ in (frame, short):
        found = run(given_, thresholds=(0.7, 0.71)).tables[0]
        assert [found.estimate("abstention_rate", EVERYONE, t).value for t in (0.7, 0.71)] == [0, 1]
