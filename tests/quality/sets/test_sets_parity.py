"""Every metric of sets beside scikit-learn's on binarised sets, and beside plain loops where only some items count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as some
from sklearn import metrics as sk
from sklearn.preprocessing import MultiLabelBinarizer

import sterling as st
from sterling.core.slices import EVERYONE, Slice
from sterling.core.table import EstimateTable
from tests.quality.sets.worlds import made

TOPS = (1, 2, 3, 62)
NAMES = ("set_precision", "set_recall", "set_f1", "set_jaccard")
AT = [f"{name}_at({k})" for name in NAMES for k in TOPS]


def table(frame: pl.DataFrame, *also: str, score: str | None = "how", **roles: object) -> EstimateTable:
    plan = st.Plan(asks=(st.ask("QU001", also=(*AT, *also)),), grid=False, min_n=1)
    return st.evaluate(
        frame, task="sets", label="tags", prediction="said", score=score, plan=plan, **roles,  # type: ignore[arg-type]
    ).tables[0]  # fmt: skip


def best(items: Sequence[str], scores: Sequence[float] | None, k: int) -> set[str]:
    """The k best different items, equal ones as given."""
    order = sorted(range(len(items)), key=lambda i: 0 if scores is None else -scores[i])
    return set(list(dict.fromkeys(items[i] for i in order))[:k])


def micro(true: list[set[str]], said: list[set[str]], w: np.ndarray | None) -> dict[str, float]:
    both = MultiLabelBinarizer().fit([*true, *said])
    # Of one column scikit-learn would take 0 and 1 for two classes, so one more stands beside them that nobody has.
    y, p = (np.pad(both.transform(sets), ((0, 0), (0, 2))) for sets in (true, said))
    weight = np.ones(len(true)) if w is None else w
    p_r_f = sk.precision_recall_fscore_support(
        y, p, average="micro", sample_weight=w, zero_division=np.nan
    )[:3] if true else (np.nan,) * 3  # fmt: skip
    out = dict(zip(NAMES, p_r_f, strict=False))
    cells = (weight[:, None] * np.stack([y & p, y | p])).sum(axis=(1, 2))
    out["set_jaccard"] = cells[0] / cells[1] if cells[1] else np.nan
    return out


def reference(frame: pl.DataFrame, *, weighted: bool, scored: bool) -> dict[str, float]:
    known = frame.filter(pl.col("tags").is_not_null())
    if weighted:
        known = known.filter(pl.col("w") > 0)
    w = known["w"].to_numpy() if weighted else None
    true = [set(t) for t in known["tags"].to_list()]
    items, scores = known["said"].to_list(), known["how"].to_list() if scored else [None] * len(known)
    said = [set(s) for s in items]
    out = micro(true, said, w)
    for k in TOPS:
        first = [best(s, r, k) for s, r in zip(items, scores, strict=True)]
        out |= {f"{name}_at({k})": v for name, v in micro(true, first, w).items()}
    if not len(known):
        return out
    shares = [len(t & s) / len(t | s) if t | s else 1.0 for t, s in zip(true, said, strict=True)]
    return out | {
        "subset_accuracy": float(np.average([t == s for t, s in zip(true, said, strict=True)], weights=w)),
        "jaccard_of_rows": float(np.average(shares, weights=w)),
        "label_cardinality": float(np.average([len(t) for t in true], weights=w)),
        "predicted_cardinality": float(np.average([len(s) for s in said], weights=w)),
    }


def check(found: EstimateTable, expected: dict[str, float], at: Slice) -> None:
    for name, value in expected.items():
        estimate = found.estimate(name, at)
        if estimate.value is None:
            assert np.isnan(value) or estimate.n_eligible < 2, name
            continue
        assert estimate.value == pytest.approx(value, abs=1e-9), name
        if estimate.n_eligible < 2:
            continue
        assert estimate.low is not None
        assert estimate.high is not None
        if "cardinality" in name and np.isnan(estimate.low):  # weights leave one row: how means vary is not known
            continue
        assert estimate.low - 1e-9 <= value <= estimate.high + 1e-9, name


@settings(max_examples=15, deadline=None)
@given(
    n=some.integers(1, 90), seed=some.integers(0, 10_000), weighted=some.booleans(), scored=some.booleans(),
    unknown=some.sampled_from([0.0, 0.2, 0.9]),
)  # fmt: skip
def test_random_tables(n: int, seed: int, *, weighted: bool, scored: bool, unknown: float) -> None:
    frame = made(n, seed=seed, unknown=unknown)
    assume(all((frame[c].drop_nulls().list.len() > 0).any() for c in ("tags", "said")))
    weighted = weighted and frame["w"].sum() > 0
    found = table(frame, groups="g", score="how" if scored else None, **({"weight": "w"} if weighted else {}))
    check(found, reference(frame, weighted=weighted, scored=scored), EVERYONE)
    for name in frame["g"].unique().to_list():
        rows = frame.filter(pl.col("g").eq_missing(name))
        check(found, reference(rows, weighted=weighted, scored=scored), Slice.of({"g": name}))


def test_the_example_of_tensorflow_model_analysis() -> None:
    """Its own test: the first two of three predictions hold no true one; scores there are in no order."""
    frame = pl.DataFrame(
        {"tags": [["dogs", "cats"], ["birds", "cats"]], "said": [["dogs", "pigs"], ["dogs", "pigs", "birds"]]}
    )
    plan = st.Plan(
        asks=(st.ask("QU001", metrics=("set_match_precision", "set_match_recall", *AT)),), grid=False, min_n=1
    )
    found = st.evaluate(frame, task="sets", label="tags", prediction="said", plan=plan).tables[0]
    expected = {"set_precision": 0.4, "set_recall": 0.5, "set_precision_at(2)": 0.25, "set_recall_at(2)": 0.25}
    for name, value in expected.items():
        assert found.estimate(name, EVERYONE).value == pytest.approx(value)


def test_the_best_by_score_and_as_given() -> None:
    """Equal scores keep their order; an item that stands twice has its better place."""
    frame = pl.DataFrame(
        {"tags": [["a"], ["b"]] * 2, "said": [["x", "a", "x", "b"]] * 4, "how": [[0.1, 0.5, 0.5, 0.5]] * 4}
    )
    plan = st.Plan(asks=(st.ask("QU001", metrics=("set_recall_at(1)", "set_recall_at(2)", "set_recall_at(3)")),),
                   grid=False, min_n=1)  # fmt: skip
    given_order = st.evaluate(frame, task="sets", label="tags", prediction="said", plan=plan).tables[0]
    by_score = st.evaluate(frame, task="sets", label="tags", prediction="said", score="how", plan=plan).tables[0]
    for found, values in ((given_order, (0.0, 0.5, 1.0)), (by_score, (0.5, 0.5, 1.0))):
        for k, value in enumerate(values, start=1):
            assert found.estimate(f"set_recall_at({k})", EVERYONE).value == value


@pytest.mark.parametrize("kind", [pl.Categorical, pl.Enum([*map(str, range(14))]), pl.Int16, pl.UInt64, pl.Binary])
def test_kinds_of_items(kind: pl.DataType) -> None:
    """The same items in any type, and in label and prediction of different ones, give the same numbers."""
    frame = made(60, seed=3)
    code = {
        w: str(i) for i, w in enumerate(frame["said"].explode().append(frame["tags"].explode()).unique().drop_nulls())
    }
    frame = frame.with_columns(pl.col("tags", "said").list.eval(pl.element().replace_strict(code)))
    whole = kind in (pl.Int16, pl.UInt64)
    inner = pl.element().cast(pl.Int64).cast(kind) if whole else pl.element().cast(kind)
    other = frame.with_columns(pl.col("said").list.eval(inner))
    label = pl.element().cast(pl.Int64) if whole else pl.element().cast(kind) if kind == pl.Binary else pl.element()
    other = other.with_columns(pl.col("tags").list.eval(label))
    mine, theirs = table(frame), table(other)
    for name in (*NAMES, *AT):
        assert mine.estimate(name, EVERYONE) == theirs.estimate(name, EVERYONE), name


def test_a_fixed_number_of_items_and_missing_ones() -> None:
    """Arrays are lists; nothing inside a list is no item, and the reader is told how many there were."""
    frame = pl.DataFrame({"tags": [["a", None], ["b", "a"]] * 20, "said": [["a", "b"], ["b", None]] * 20})
    fixed = frame.cast({"tags": pl.Array(pl.String, 2), "said": pl.Array(pl.String, 2)})
    runs = [
        st.evaluate(f, task="sets", label="tags", prediction="said", metrics="set_precision") for f in (frame, fixed)
    ]
    for run in runs:
        estimate = run.tables[0].estimate("set_precision", EVERYONE)
        assert (estimate.value, estimate.n, estimate.n_eligible) == (pytest.approx(2 / 3), 40, 60)
        assert any("20 items are missing inside the lists of tags" in n for n in run.notices)


def test_nothing_predicted_and_nothing_true() -> None:
    """An empty list is a label and a prediction; precision of none is no number, never 0."""
    lists = {c: [[]] * 50 + [["a"]] * 50 for c in ("tags", "said")}
    frame = pl.DataFrame({**lists, "g": ["none"] * 50 + ["one"] * 50})
    found = st.evaluate(frame, task="sets", label="tags", prediction="said", groups="g").tables[0]
    at = Slice.of({"g": "none"})
    for name in NAMES:
        assert found.estimate(name, at).value is None
    assert found.estimate("subset_accuracy", at).value == 1.0
    assert found.estimate("jaccard_of_rows", at).value == 1.0


def test_several_models_without_a_label() -> None:
    frame = made(80, seed=1).with_columns(other="tags").with_columns(pl.col("other").fill_null([]))
    run = st.evaluate(frame, task="sets", prediction=["said", "other"], groups="g", min_n=5)
    assert {b.info.name for t in run.tables for b in t.blocks} == {"representation"}
    run = st.evaluate(frame, task="sets", label="tags", prediction=["said", "other"], groups="g", min_n=5)
    values = [t.estimate("set_recall", EVERYONE).value for t in run.tables]
    assert values[1] == 1.0
    assert values[0] is not None
    assert values[0] < 1.0
