"""FA011: planted gaps have a small p, null worlds rarely; against rows that are shuffled; what does not matter."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.errors import ConfigError
from sterling.core.evidence import Finding
from sterling.core.rates import parse_rate
from sterling.engine.task import Request
from sterling.fairness.shuffling import apart
from sterling.pipeline import runner
from sterling.report.words import power_text
from sterling.stats.shuffles import shuffle_test
from sterling.testing.worlds import GroupRates, drawn
from tests.house.law import ROOT
from tests.worlds.world import allowed, asked, decisions, findings, scores

INCOME = ROOT / "examples" / "income" / "data" / "income.parquet"


def _run(frame: pl.DataFrame, *, seed: int = 0, groups: list[str] | None = None, **parameters: object) -> st.Run:
    given = {"metric": "selection_rate", **parameters}
    plan = st.Plan(asks=(st.ask("FA011", name="q", **given),), grid=False, seed=seed)
    return st.evaluate(
        frame, label="label", positive=1, groups=groups or "group", prediction="prediction", plan=plan
    )  # fmt: skip


def _p(run: st.Run) -> list[Finding]:
    return [f for f in findings(run) if f.kind == "lowest"]


def _two(first: tuple[int, int], second: tuple[int, int]) -> pl.DataFrame:
    """Two groups with so many selected and not selected people; labels in turn."""
    prediction = np.repeat([1, 0, 1, 0], [*first, *second])
    group = np.repeat(["a", "b"], [sum(first), sum(second)])
    return pl.DataFrame({"group": group, "prediction": prediction, "label": np.arange(len(group)) % 2})


@pytest.mark.parametrize("metric", ["selection_rate", "true_positive_rate", "precision", "f1"])
def test_planted_gaps_are_no_luck(metric: str) -> None:
    rates = {"a": GroupRates(n=500, true_positive_rate=0.8, false_positive_rate=0.2),
             "b": GroupRates(n=500, true_positive_rate=0.5, false_positive_rate=0.4)}  # fmt: skip
    policy = st.Policy.parse('[[ask]]\nname = "q"\ncheck = "FA011"\n[[limit]]\nask = "q"\nmin = 0.05')
    for seed in range(5):
        frame = drawn(rates, seed=seed).table
        if metric == "selection_rate":
            frame = frame.filter(pl.col("label") == 1)
        run = _run(frame, metric=metric)
        assert [v.verdict for v in run.judge(policy).verdicts if v.limit is not None] == ["over"]


@pytest.mark.parametrize("studentised", [True, False])
@pytest.mark.parametrize(("sizes", "rate"), [([200, 200], 0.5), ([400, 60, 60, 60], 0.2), ([500] * 5, 0.05)])
def test_null_worlds_alarm_at_most_as_promised(sizes: list[int], rate: float, studentised: bool) -> None:
    worlds = 100
    run = asked(decisions(sizes, rate, worlds=worlds, seed=len(sizes)), "FA011", metric="selection_rate",
                shuffles=199, studentised=studentised)  # fmt: skip
    p = np.array([f.value for f in _p(run)])
    assert len(p) == worlds
    assert (p <= 0.05).mean() <= allowed(0.05, worlds)
    assert (p <= 0.5).mean() > 0.3


def test_groups_unlike_in_other_ways_need_studentised_shuffles() -> None:
    """True less false positive rate is 0 in both groups, but positive labels are rare in the smaller one."""
    rng, worlds, n, rate = np.random.default_rng(1), 500, np.array([1500, 300]), parse_rate("tpr - fpr")
    positive = rng.binomial(n, [0.5, 0.1], size=(worlds, 2))
    tp, fp = rng.binomial(positive, 0.5), rng.binomial(n - positive, 0.5)
    cells = np.stack([tp, fp, positive - tp, n - positive - fp, 0 * tp, 0 * tp], axis=-1)
    for studentised, least, most in ((True, 0.02, allowed(0.06, worlds)), (False, 0.15, 0.3)):
        p = [shuffle_test(c, apart(rate, studentised), shuffles=199, rng=rng).p_value for c in cells]
        assert least < np.mean(np.array(p) <= 0.05) < most


def test_as_rows_that_are_shuffled() -> None:
    """An independent test, of the rows themselves: the plain gap in precision on real data."""
    frame = pl.read_parquet(INCOME).with_columns(prediction=(pl.col("score") >= 0.5).cast(pl.Int8), label="over_50k")
    frame = frame.head(4000)
    (found,) = _p(_run(frame, metric="precision", groups=["sex"], studentised=False, shuffles=4999))
    counted = frame.filter(pl.col("prediction") == 1)
    parts = [part["label"].to_numpy().astype(float) for part in counted.partition_by("sex", maintain_order=True)]
    other = stats.permutation_test(
        parts, lambda x, y, axis: np.abs(x.mean(axis=axis) - y.mean(axis=axis)), alternative="greater",
        n_resamples=4999, vectorized=True, rng=np.random.default_rng(2),
    )  # fmt: skip
    p = found.value
    assert p == pytest.approx(other.pvalue, abs=4 * (2 * p * (1 - p) / 4999) ** 0.5 + 1e-9)
    assert found.n_eligible == counted.height


def test_selection_rates_of_two_groups_as_fisher() -> None:
    (found,) = _p(_run(_two((25, 35), (14, 46)), studentised=False))
    assert found.low <= stats.fisher_exact([[25, 35], [14, 46]]).pvalue <= found.high


def test_the_gap_is_that_of_fa001_and_limits_speak_of_either() -> None:
    frame = drawn({"a": GroupRates(n=300), "b": GroupRates(n=300, true_positive_rate=0.3)}, seed=3).table
    plan = st.Plan(asks=(st.ask("FA001", name="w", metric="true_positive_rate"),), grid=False)
    other = st.evaluate(frame, label="label", positive=1, groups="group", prediction="prediction", plan=plan)
    gap, p = findings(_run(frame, metric="true_positive_rate"))
    assert gap == findings(other)[0]
    assert p.low <= p.value <= p.high < 0.05
    limits = '[[limit]]\nask = "q"\nmax_gap = 0.9\n[[limit]]\nask = "q"\nmin = 0.001'
    text = f'[[ask]]\nname = "q"\ncheck = "FA011"\n{limits}'
    found = _run(frame, metric="true_positive_rate").judge(st.Policy.parse(text)).verdicts
    assert {v.finding.kind: v.verdict for v in found if v.finding} == {"gap": "within", "lowest": "over"}


def test_a_limit_on_the_metric_is_none_on_p() -> None:
    text = """
    [[ask]]
    name = "q"
    check = "FA011"
    metric = "selection_rate"
    [[limit]]
    metric = "selection_rate"
    min = 0.3
    """
    run = st.evaluate(
        _two((40, 40), (40, 40)), label="label", groups="group", prediction="prediction", policy=st.Policy.parse(text)
    )
    assert run.judgement is not None
    judged = [v.finding.metric.name for v in run.judgement.verdicts if v.limit is not None and v.finding]
    assert set(judged) == {"selection_rate"}  # of everyone and of the lowest group


def test_several_families_are_adjusted_and_said() -> None:
    plan = st.Plan(asks=(st.ask("FA011", metric="true_positive_rate"),), grid=False, cross=2)
    run = st.evaluate(pl.read_parquet(INCOME), label="over_50k", score="score", groups=["sex", "race"], plan=plan)
    (evidence,) = run.evidence
    assert [f.family for f in _p(run)] == [("sex",), ("race",), ("sex", "race")]
    assert all("of 9,999 shuffles" in note and "adjusted for 3 families" in note for note in evidence.notes)
    sex, race, _ = _p(run)
    assert sex.value == pytest.approx(3 / 10_000)  # the smallest there is, times three
    assert race.value > sex.value
    assert evidence.notes[0].startswith("In 0 of 9,999 shuffles, groups by sex differ this clearly or more in ")
    assert ": p = 0.01% [0, 0.037]; adjusted for 3 families of groups: 0.03%. " in evidence.notes[0]
    assert evidence.too_small
    assert json.dumps(run.to_dict(), allow_nan=False)
    assert "The p-value of the gap in true positive rate by race is 0.0" in json.dumps(run.to_dict())


def test_one_family_says_shuffles_p_interval_and_rows() -> None:
    run = _run(_two((25, 35), (14, 46)), shuffles=999)
    (note,), (found,) = run.evidence[0].notes, _p(run)
    hits = round(1000 * found.value) - 1
    assert note.startswith(f"In {hits} of 999 shuffles, groups by group differ this clearly or more in selection rate")
    assert f": p = {100 * found.value:.2g}% [" in note and note.endswith("]. 120 rows in 2 groups.")


def test_the_method_says_whose_standard_error_it_is() -> None:
    of_rate = _run(_two((25, 35), (14, 46)), shuffles=99).evidence[0].method
    of_auc = _scored(scores([60, 40], 0.6, worlds=1, seed=4), shuffles=99).evidence[0].method
    assert "its standard error (delta method)" in of_rate and "DeLong" not in of_rate
    assert "its standard error (DeLong)" in of_auc and "(delta method)" not in of_auc.split(";")[1]


def test_order_of_rows_and_other_groups_do_not_matter_and_seeds_do() -> None:
    frame = pl.read_parquet(INCOME).with_columns(prediction=(pl.col("score") >= 0.5).cast(pl.Int8), label="over_50k")
    mixed = frame.sample(fraction=1, shuffle=True, seed=1)
    first = _run(frame, groups=["race"], metric="false_negative_rate")
    assert evidence_bytes(first) == evidence_bytes(_run(mixed, groups=["race"], metric="false_negative_rate"))
    again = _run(frame, groups=["sex", "race"], metric="false_negative_rate")
    shuffles = [n.partition("; adjusted")[0] for n in again.evidence[0].notes]
    assert first.evidence[0].notes[0].partition("]. ")[0] + "]" in shuffles
    other = _run(frame, groups=["race"], metric="false_negative_rate", seed=1)
    assert _p(other)[0].value == pytest.approx(_p(first)[0].value, abs=0.03)
    assert evidence_bytes(other) != evidence_bytes(first)


def test_streamed_as_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plan = st.Plan(asks=(st.ask("FA011", metric="precision"),), grid=False)
    held = st.evaluate(INCOME, label="over_50k", score="score", groups=["sex"], plan=plan)
    monkeypatch.setattr(runner, "Request", lambda **given: Request(**given, exact_rows=100))
    streamed = st.evaluate(INCOME, label="over_50k", score="score", groups=["sex"], plan=plan)
    assert findings(held) == findings(streamed)
    frame = pl.read_parquet(INCOME)[::10]  # few enough for a p that is not the smallest there is
    frame.write_parquet(tmp_path / "some.parquet")
    area = st.Plan(asks=(st.ask("FA011", metric="auc", shuffles=999),), grid=False)
    path, given = tmp_path / "some.parquet", {"label": "over_50k", "score": "score", "groups": "race"}
    bins = _p(st.evaluate(path, plan=area, **given))[0]
    monkeypatch.undo()
    rows = _p(st.evaluate(path, plan=area, **given))[0]
    assert bins.value == pytest.approx(rows.value, abs=0.05)


def test_undecided_for_want_of_shuffles() -> None:
    run = _run(_two((25, 35), (14, 46)), shuffles=199)
    bound = _p(run)[0].value
    policy = st.Policy.parse(f'[[ask]]\nname = "q"\ncheck = "FA011"\n[[limit]]\nask = "q"\nmin = {bound}')
    (verdict,) = (v for v in run.judge(policy).verdicts if v.limit is not None)
    assert verdict.verdict == "undecided"
    assert verdict.more_people is None
    assert power_text(verdict, run.roles) == "more shuffles would decide this, if the value held"


def _scored(frame: pl.DataFrame, **parameters: object) -> st.Run:
    plan = st.Plan(asks=(st.ask("FA011", metric="auc", **parameters),), grid=False)
    return st.evaluate(frame, label="y", positive=1, score="world0", score_kind="raw", groups="group", plan=plan)


def test_planted_gaps_in_auc_are_no_luck() -> None:
    gap, p = findings(_scored(scores([400, 300], [0.2, 1.5], worlds=1, seed=1)))
    assert gap.low > 0.1 and p.high < 0.01 and p.n_eligible == 700


@pytest.mark.parametrize("studentised", [True, False])
def test_null_worlds_of_auc_alarm_at_most_as_promised(studentised: bool) -> None:
    worlds = 50
    frame = scores([200, 60, 60], 0.8, worlds=worlds, seed=3).with_columns(pl.col("^world.*$").round(0))
    run = asked(frame, "FA011", kind="raw", metric="auc", shuffles=99, studentised=studentised)
    p = np.array([f.value for f in _p(run)])
    assert (p <= 0.05).mean() <= allowed(0.05, worlds) and (p <= 0.5).mean() > 0.25


def test_auc_as_rows_that_are_shuffled_among_those_of_the_same_label() -> None:
    """Scores of few values are shuffled as they are: the same as shuffling rows, one by one."""
    frame = scores([60, 40], [0.6, 1.1], worlds=1, seed=4).with_columns(pl.col("world0").round(1).clip(-2, 2))
    found = _p(_scored(frame, studentised=False, shuffles=1999))[0].value
    rng, apart_, y = np.random.default_rng(5), [], frame["y"].to_numpy()
    score, group = frame["world0"].to_numpy(), frame["group"].to_numpy() == "g0"
    for k in range(2000):
        areas = []
        for side in (group, ~group):
            above = score[side & (y == 1)][:, None] - score[side & (y == 0)]
            areas.append(np.mean((above > 0) + 0.5 * (above == 0)))
        apart_.append(abs(areas[0] - areas[1]))
        for label in (0, 1):
            group[y == label] = rng.permutation(group[y == label])
        assert k or apart_[0] == pytest.approx(findings(_scored(frame, shuffles=99))[0].value)
    other = (np.array(apart_) >= apart_[0] - 1e-9).mean()
    assert found == pytest.approx(other, abs=4 * (found * (1 - found) / 1000) ** 0.5)


def test_auc_of_scores_that_separate_or_say_nothing() -> None:
    frame = scores([60, 40], 0.6, worlds=1, seed=4)
    for told in (pl.col("y"), pl.lit(0)):
        (p,) = _p(_scored(frame.with_columns(world0=told.cast(pl.Float64)), shuffles=99))
        assert p.value == 1.0
    one = pl.when(pl.col("group") == "g0").then(pl.col("y")).otherwise(0)  # all that can be said of one group alone
    (p,) = _p(_scored(frame.with_columns(world0=one.cast(pl.Float64)), shuffles=99))
    assert p.value == 0.01


def test_one_outcome_for_everybody() -> None:
    (found,) = _p(_run(_two((60, 0), (60, 0))))
    assert found.value == found.high == 1.0


def test_missing_labels_and_values_count_as_the_metric_says() -> None:
    frame = _two((40, 40), (30, 50)).with_columns(
        label=pl.when(pl.int_range(pl.len()) % 4 == 0).then(None).otherwise(pl.col("label")),
        group=pl.when(pl.int_range(pl.len()) % 3 == 0).then(None).otherwise(pl.col("group")),
    )
    (everyone,), (labelled,) = _p(_run(frame)), _p(_run(frame, metric="accuracy"))
    assert (everyone.n_eligible, labelled.n_eligible) == (160, 120)


def test_groups_that_are_too_small_are_named() -> None:
    frame = pl.concat([_two((40, 40), (30, 50)), _two((3, 4), (2, 2)).with_columns(group=pl.lit("c"))])
    _, p = findings(_run(frame))
    assert [str(t.slice) for t in p.too_small] == ["group=c"] and p.n_eligible == 160
    alone = _run(frame.filter(pl.col("group") != "b"))
    assert np.isnan([f.value for f in findings(alone)]).all()
    assert not alone.evidence[0].notes


def test_no_row_meets_the_clause() -> None:
    frame = _two((40, 40), (30, 50)).with_columns(x=pl.lit(1))
    assert _run(frame, metric="selection_rate where x > 5").evidence[0].outcome == "insufficient"


def test_what_is_not_applicable() -> None:
    frame = _two((40, 40), (30, 50)).with_columns(w=pl.lit(2.0), c=pl.int_range(pl.len()) % 50, s=pl.lit(0.3))
    plan = st.Plan(asks=(st.ask("FA011", metric="selection_rate"),), grid=False)
    loss = st.Plan(asks=(st.ask("FA011", metric="brier"),), grid=False)
    given = {"label": "label", "positive": 1, "groups": "group"}
    runs = [
        st.evaluate(frame, prediction="prediction", weight="w", plan=plan, **given),
        st.evaluate(frame, prediction="prediction", cluster="c", plan=plan, **given),
        st.evaluate(frame, score="s", plan=loss, **given),
    ]
    assert [(r.evidence[0].outcome, r.evidence[0].reason.split()[0]) for r in runs] == [
        ("not_applicable", "rows"), ("not_applicable", "rows"), ("not_applicable", "Brier"),
    ]  # fmt: skip


def test_parameters_that_mean_nothing() -> None:
    for shuffles in (9, 10_000_000):
        with pytest.raises(ConfigError, match="FA011"):
            _run(_two((40, 40), (30, 50)), shuffles=shuffles)
