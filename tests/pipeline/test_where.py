"""Rates of some rows only, rates of one's own, and asks written in a policy, through the whole path."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.evidence import Finding
from sterling.engine.task import Request


def table(n: int = 600, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    s = rng.random(n).round(3)
    return pl.DataFrame(
        {
            "y": (rng.random(n) < s).astype(int),
            "s": s,
            "g": rng.choice(["a", "b"], n),
            "income": rng.integers(0, 100, n) * 1000.0,
            "region": pl.Series(rng.choice(["north", "south", "east"], n)).set(pl.Series(rng.random(n) < 0.1), None),
        }
    )


ROLES = {"label": "y", "score": "s", "groups": "g"}
CLAUSES = {
    "income > 50000": pl.col("income") > 50_000,
    'region in ["north", "south"] and income <= 20000': (
        pl.col("region").is_in(["north", "south"]) & (pl.col("income") <= 20_000)
    ),
    "region is missing": pl.col("region").is_null(),
    'not region = "north"': (pl.col("region") != "north").fill_null(value=True),
    's > 0.5 or g = "b"': (pl.col("s") > 0.5) | (pl.col("g") == "b"),
}  # fmt: skip


def gap(data: object, metric: str, **more: object) -> Finding:
    plan = st.Plan(asks=(st.ask("FA001", metric=metric),), grid=False)
    return st.evaluate(data, plan=plan, **{**ROLES, **more}).evidence[0].findings[0]


@pytest.mark.parametrize("clause", CLAUSES)
@pytest.mark.parametrize("kind", ["frame", "csv", "parquet"])
def test_a_where_clause_equals_filtering_by_hand(clause: str, kind: str, tmp_path: Path) -> None:
    """Columns of the clause need no role. The same for tables in memory, text files and column files."""
    frame = table()
    data: object = frame
    if kind == "csv":
        frame.write_csv(tmp_path / "t.csv")
        data = tmp_path / "t.csv"
    if kind == "parquet":
        frame.write_parquet(tmp_path / "t.parquet")
        data = tmp_path / "t.parquet"
    mine, by_hand = gap(data, f"tpr where {clause}"), gap(frame.filter(CLAUSES[clause]), "tpr")
    seen = (mine.value, mine.low, mine.high, mine.first.n, mine.first.n_eligible, mine.too_small)
    theirs = (by_hand.value, by_hand.low, by_hand.high, by_hand.first.n, by_hand.first.n_eligible, by_hand.too_small)
    assert np.array_equal(seen[:3], theirs[:3], equal_nan=True)
    assert seen[3:] == theirs[3:]


@pytest.mark.parametrize("streamed", [False, True])
def test_a_clause_that_no_row_meets_is_insufficient(
    streamed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table().write_parquet(tmp_path / "t.parquet")
    if streamed:
        plain = Request.__init__
        monkeypatch.setattr(Request, "__init__", lambda self, **given: plain(self, **{**given, "exact_rows": 10}))
    policy = st.Policy.parse('[[limit]]\nmetric = "tpr where income > 1e9"\nmax_gap = 0.1')
    judgement = st.evaluate(tmp_path / "t.parquet", policy=policy, **ROLES).judgement
    assert [v.verdict for v in judgement.verdicts if v.limit is not None] == ["insufficient"]
    assert judgement.exit_code == 3


def test_an_unknown_column_in_a_clause_is_named() -> None:
    with pytest.raises(st.ConfigError, match="did you mean income"):
        gap(table(), "tpr where incme > 3")


def test_a_rate_of_ones_own_is_the_named_one() -> None:
    own, named = gap(table(), "2*tp/(2*tp+fp+fn)"), gap(table(), "f1")
    assert (own.metric.name, own.value, own.low, own.high) == ("f1", named.value, named.low, named.high)


def test_a_rate_nobody_named_is_measured_and_judged() -> None:
    frame = table()
    policy = st.Policy.parse('[[limit]]\nmetric = "fp / (tp + fp + fn)"\nmax_gap = 0.9')
    run = st.evaluate(frame, policy=policy, **ROLES)
    assert run.judgement.verdicts[0].verdict == "within"
    rows = run.asked.filter(metric="fp / (tp + fp + fn)", slice="everyone")
    picked = frame["s"] >= 0.5
    tp, fp, fn = (
        (picked & (frame["y"] == 1)).sum(),
        (picked & (frame["y"] == 0)).sum(),
        (~picked & (frame["y"] == 1)).sum(),
    )
    assert rows["value"].item() == pytest.approx(fp / (tp + fp + fn))


def test_asks_of_a_policy() -> None:
    policy = st.Policy.parse(
        '[[ask]]\nname = "approval gap"\ncheck = "FA001"\nrate = "selection_rate"\nthreshold = 0.3\ngroups = ["g"]\n'
        '[[ask]]\nname = "gain"\ncheck = "trivial-baseline"\n'
        '[[limit]]\nask = "approval gap"\nmax_gap = 0.5\n[[limit]]\nask = "gain"\nmin = -0.5\n'
    )
    run = st.evaluate(table(), policy=policy, **ROLES)
    judged = {v.ask: v for v in run.judgement.verdicts if v.limit is not None}
    assert {a: v.verdict for a, v in judged.items()} == {"approval gap": "within", "gain": "within"}
    assert judged["approval gap"].finding is not None
    assert judged["approval gap"].finding.threshold == 0.3


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        ('check = "FA099"', "unknown check"),
        ('check = "FA001"\nmetric = "tpr"\ntreshold = 0.3', "did you mean threshold"),
        ('check = "FA001"\nrate = "selectionrate"', "did you mean selection_rate"),
    ],
)
def test_typos_in_asks_stop_before_measuring(ask: str, words: str) -> None:
    with pytest.raises(st.ConfigError, match=words):
        st.evaluate(table(), policy=st.Policy.parse(f'[[ask]]\nname = "x"\n{ask}', origin="p.toml"), **ROLES)


def test_limits_by_slice_threshold_baseline_and_model() -> None:
    frame = table().with_columns(other=1 - pl.col("s"))
    policy = st.Policy.parse(
        '[[limit]]\nmetric = "auc"\nmin = 0.6\nslice = { g = "a" }\n'
        '[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.5\nthreshold = 0.25\n'
        '[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.5\nbaseline = { g = "b" }\n'
        '[[limit]]\nmetric = "accuracy"\nmin = 0.6\ngroups = ["g"]\nmodel = "other"\n'
    )
    run = st.evaluate(frame, label="y", score=["s", "other"], groups="g", policy=policy)
    words = {
        (v.limit.statement, v.limit.metric.info.name, v.model): v.verdict for v in run.judgement.verdicts if v.limit
    }  # type: ignore[union-attr]
    assert words["min", "auc", "s"] == "within"
    assert words["min", "auc", "other"] == "over"
    assert words["min", "accuracy", "other"] == "over"
    assert ("min", "accuracy", "s") not in words


def test_a_new_policy_judges_an_old_run() -> None:
    run = st.evaluate(table(), **ROLES)
    assert run.judgement.exit_code == 0
    strict = st.Policy.parse('[[limit]]\nmetric = "accuracy"\nmin = 0.99')
    loose = st.Policy.parse('[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.6')
    assert run.judge(loose).exit_code == 0
    assert run.judge(strict).exit_code == 3  # no floor was measured: nothing is claimed
    assert run.with_policy(loose).judgement.exit_code == 0


def test_a_crash_of_one_check_is_one_record() -> None:
    from sterling.core.registry import CHECKS, check

    def broken(measured: object) -> None:
        raise KeyError("a value of a person")

    check(code="ZZ999", name="broken", title="x", question="x")(broken)
    try:
        plan = st.Plan(asks=(st.ask("ZZ999"), st.ask("DA002"), st.ask("FA001", metric="auc")), grid=False)
        run = st.evaluate(table(), plan=plan, **ROLES)
    finally:
        del CHECKS["ZZ999"]
    assert [e.outcome for e in run.evidence] == ["error", "measured", "measured"]
    assert run.evidence[0].reason == "ZZ999 failed with KeyError"


def test_every_ask_is_answered_once_for_every_model() -> None:
    frame = table().with_columns(other=1 - pl.col("s"))
    run = st.evaluate(frame, label="y", score=["s", "other"], groups="g")
    assert [(e.ask, e.model) for e in run.evidence] == [(a.name, m) for a in run.plan.asks for m in ("s", "other")]


@pytest.mark.parametrize("clause", ["income > 50000", "income != 50000", "income is missing"])
def test_nan_is_missing_in_a_clause_too(clause: str) -> None:
    """A frame may hold NaN where a file holds nothing."""
    empty = table(2000).with_columns(pl.when(pl.col("income") >= 40_000).then("income"))
    mine, theirs = (
        gap(t, f"tpr where {clause}") for t in (empty.with_columns(pl.col("income").fill_null(np.nan)), empty)
    )
    assert mine == theirs and mine.value == mine.value
