"""The three-valued rule, what a limit speaks of, and the exit code."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as hs

import sterling as st
from sterling.core.evidence import Finding, Side
from sterling.core.judge import Deciding, More, VerdictWord, judge, over_or_within
from sterling.core.metrics import resolve_metric
from sterling.core.project import Waiver
from sterling.core.slices import Slice

A, B = Slice.of({"race": "a"}), Slice.of({"race": "b"})
GAP = Finding(
    metric=resolve_metric("selection_rate").info,
    kind="gap",
    family=("race",),
    threshold=0.5,
    first=Side(slice=A, value=0.5, n=100, n_eligible=100, n_effective=100.0),
    second=Side(slice=B, value=0.3, n=100, n_eligible=100, n_effective=100.0),
    value=0.2,
    low=0.1,
    high=0.3,
    level=0.95,
    groups_compared=2,
)


def evidence(*findings: Finding, **more: object) -> st.Evidence:
    given = {"ask": "q", "check": "FA001", "title": "t", "question": "?", "outcome": "measured", "model": "m", **more}
    return st.Evidence(findings=findings, **given)


def of_group(people: int) -> Deciding:
    return Deciding(more=(More(slice=Slice.of({"g": "A"}), people=people, there=50),), rows=100)


def decide(text: str, *items: st.Evidence, more: int | None = None) -> st.Judgement:
    return judge(st.Policy.parse(text), items, more_people=lambda *_: None if more is None else of_group(more))


def words(text: str, *items: st.Evidence) -> list[VerdictWord]:
    return [v.verdict for v in decide(text, *items).verdicts]


@pytest.mark.parametrize(
    ("statement", "bound", "word"),
    [
        ("max_gap", 0.05, "over"),
        ("max_gap", 0.1, "undecided"),
        ("max_gap", 0.2, "undecided"),
        ("max_gap", 0.3, "within"),
        ("max", 0.09, "over"),
        ("min", 0.31, "over"),
        ("min", 0.3, "undecided"),
        ("min", 0.1, "within"),
        ("min_ratio", 0.5, "over"),
        ("min_ratio", 0.05, "within"),
    ],
)
def test_bounds_decide_and_points_never_do(statement: str, bound: float, word: str) -> None:
    """The interval is [0.1, 0.3]. Touching the limit from inside is within; touching it from outside is not over."""
    assert over_or_within(statement, bound, 0.1, 0.3) == word  # type: ignore[arg-type]


@given(bound=hs.floats(0, 1), ends=hs.tuples(hs.floats(0, 1), hs.floats(0, 1)).map(sorted))
def test_mirrored(bound: float, ends: list[float]) -> None:
    low, high = ends
    assert over_or_within("max", bound, low, high) == over_or_within("min", -bound, -high, -low)


@pytest.mark.parametrize(
    ("limit", "speaks"),
    [
        ('metric = "selection_rate"\nmax_gap = 0.05', True),
        ('metric = "accuracy"\nmax_gap = 0.05', False),
        ('metric = "selection_rate"\nmin_ratio = 0.5', False),
        ('metric = "selection_rate"\nmax_gap = 0.05\ngroups = ["race", "sex"]', True),
        ('metric = "selection_rate"\nmax_gap = 0.05\ngroups = ["sex"]', False),
        ('metric = "selection_rate"\nmax_gap = 0.05\nthreshold = 0.5', True),
        ('metric = "selection_rate"\nmax_gap = 0.05\nthreshold = 0.3', False),
        ('metric = "selection_rate"\nmax_gap = 0.05\nmodel = "m"', True),
        ('metric = "selection_rate"\nmax_gap = 0.05\nmodel = "other"', False),
        ('metric = "selection_rate"\nmax_gap = 0.05\nbaseline = { race = "a" }', False),
        ('metric = "selection_rate"\nmax_gap = 0.05\nslice = { race = "a" }', False),
    ],
)
def test_what_a_limit_speaks_of(limit: str, *, speaks: bool) -> None:
    found = decide("[[limit]]\n" + limit, evidence(GAP)).verdicts
    assert [v.verdict for v in found] == (["over"] if speaks else ["not_applicable", "unjudged"])


def test_a_limit_on_an_ask_judges_that_ask_alone() -> None:
    text = '[[ask]]\nname = "q"\ncheck = "FA001"\n[[limit]]\nask = "q"\nmax_gap = 0.05'
    other = evidence(replace(GAP, metric=resolve_metric("auc").info), ask="other")
    assert words(text, evidence(GAP), other) == ["over", "unjudged"]


def test_other_thresholds_are_judged_only_when_asked() -> None:
    aside = replace(GAP, threshold=0.3, operating=False)
    assert words('[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.05', evidence(aside)) == [
        "not_applicable",
        "unjudged",
    ]
    assert words('[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.05\nthreshold = 0.3', evidence(aside)) == ["over"]


def test_limits_that_meet_nothing_say_why() -> None:
    skipped = evidence(outcome="not_applicable", reason="there is no label", parameters={"metric": "selection_rate"})
    (verdict,) = decide('[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.05', skipped).verdicts
    assert (verdict.verdict, verdict.reason) == ("not_applicable", "there is no label")


def test_a_crashed_check_is_an_error_and_not_a_pass() -> None:
    crashed = evidence(outcome="error", reason="FA001 failed with KeyError", parameters={"metric": "selection_rate"})
    found = decide('[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.05', crashed)
    assert {v.verdict for v in found.verdicts} == {"error"}
    assert found.exit_code == 3


def test_unknown_values_are_insufficient() -> None:
    nan = float("nan")
    found = decide(
        '[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.05', evidence(replace(GAP, value=nan, low=nan, high=nan))
    )
    assert found.verdicts[0].verdict == "insufficient"
    assert found.exit_code == 3


@pytest.mark.parametrize(("limits", "code"), [
    ([], 0), ([0.3], 0), ([0.2], 3), ([0.05], 1), ([0.3, 0.2], 3), ([0.3, 0.2, 0.05], 1),
])  # fmt: skip
def test_exit_codes(limits: list[float], code: int) -> None:
    text = "".join(f'[[limit]]\nmetric = "selection_rate"\nmax_gap = {b}\n' for b in limits)
    for order in itertools.permutations([evidence(GAP)]):
        assert decide(text, *order).exit_code == code


def test_over_raises_and_the_rest_does_not() -> None:
    with pytest.raises(st.LimitExceeded, match="1 of your limits is not met") as caught:
        decide('[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.05', evidence(GAP)).raise_if_over()
    assert caught.value.exit_code == 1
    decide('[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.2', evidence(GAP)).raise_if_over()


def test_only_undecided_verdicts_ask_for_more_people() -> None:
    text = "".join(f'[[limit]]\nmetric = "selection_rate"\nmax_gap = {b}\n' for b in (0.05, 0.2, 0.3))
    found = {v.verdict: v.more_people for v in decide(text, evidence(GAP), more=340).verdicts}
    assert found == {"over": None, "undecided": 340, "within": None}


def test_estimates_are_whole_or_unknown() -> None:
    with pytest.raises(ValueError, match="or none of them"):
        st.Estimate(value=0.5, low=None, high=0.7, level=0.95, n=3, n_eligible=3, method="")


TODAY = dt.date(2026, 11, 22)
NAMED = '[[limit]]\nname = "approval gap"\nmetric = "selection_rate"\nmax_gap = 0.05\n'


def waiver(limit: str = "approval gap", *, days: int = 7) -> Waiver:
    return Waiver(limit=limit, owner="Ada", reason="known, cured in March", expires=TODAY + dt.timedelta(days=days))


def waived(text: str, *items: st.Evidence, waivers: Sequence[Waiver]) -> st.Judgement:
    return judge(st.Policy.parse(text), items, more_people=lambda *_: None, waivers=waivers, today=TODAY)


def test_a_waiver_lifts_the_exit_code_and_not_the_word() -> None:
    found = waived(NAMED, evidence(GAP), waivers=[waiver()])
    assert [(v.verdict, v.waiver) for v in found.verdicts] == [("over", waiver())]
    assert found.exit_code == 0
    assert found.waived == found.verdicts
    found.raise_if_over()


@given(days=hs.integers(-400, 400))
def test_a_waiver_holds_through_its_last_day(days: int) -> None:
    found = waived(NAMED, evidence(GAP), waivers=[waiver(days=days)])
    assert found.exit_code == (0 if days >= 0 else 1)


def test_of_several_waivers_the_longest_is_named() -> None:
    (verdict,) = waived(NAMED, evidence(GAP), waivers=[waiver(days=d) for d in (1, 9, -1)]).verdicts
    assert verdict.waiver == waiver(days=9)


@pytest.mark.parametrize("name", ["", "selection_rate", "selection_rate gap", "q", "approval"])
def test_a_waiver_lifts_what_it_names_and_nothing_else(name: str) -> None:
    unnamed = '[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.05\n'
    for text in (NAMED, unnamed):
        found = waived(text, evidence(GAP), waivers=[waiver(name)])
        assert found.waived == ()
        assert found.exit_code == 1


def test_a_waiver_may_name_an_ask() -> None:
    text = '[[ask]]\nname = "q"\ncheck = "FA001"\n[[limit]]\nask = "q"\nmax_gap = 0.05'
    assert waived(text, evidence(GAP), waivers=[waiver("q")]).exit_code == 0


def test_a_waiver_of_one_limit_leaves_the_others() -> None:
    other = '[[limit]]\nname = "other"\nmetric = "selection_rate"\nmax_gap = 0.06\n'
    found = waived(NAMED + other, evidence(GAP), waivers=[waiver()])
    assert found.exit_code == 1
    assert [v.limit.name for v in found.waived if v.limit] == ["approval gap"]


def test_what_is_within_needs_no_waiver_and_a_crash_cannot_be_waived() -> None:
    within = NAMED.replace("0.05", "0.5")
    assert waived(within, evidence(GAP), waivers=[waiver()]).waived == ()
    crashed = evidence(outcome="error", reason="FA001 failed", parameters={"metric": "selection_rate"})
    found = waived(NAMED, crashed, waivers=[waiver()])
    assert (found.waived, found.exit_code) == ((), 3)


def test_open_limits_can_be_waived_too() -> None:
    assert waived(NAMED.replace("0.05", "0.2"), evidence(GAP), waivers=[waiver()]).exit_code == 0
    assert waived(NAMED, waivers=[waiver()]).exit_code == 0


def test_a_crash_under_a_limit_is_told_once() -> None:
    text = '[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.05\n[[limit]]\nmetric = "selection_rate"\nmin = 0.1\n'
    asked = {"outcome": "error", "reason": "failed", "parameters": {"metric": "selection_rate"}}
    gap = evidence(ask="selection_rate gap", **asked)
    floor = evidence(
        ask="selection_rate lowest", **asked | {"parameters": {"metric": "selection_rate", "end": "lowest"}}
    )
    found = decide(text, gap, floor).verdicts
    assert sorted((v.ask, v.verdict) for v in found) == [
        ("selection_rate gap", "error"),
        ("selection_rate lowest", "error"),
    ]
    assert all(v.limit is not None for v in found)


def test_a_crash_that_no_limit_speaks_of_is_told_too() -> None:
    crashed = evidence(ask="calibration", outcome="error", reason="failed", parameters={"metric": "calibration"})
    found = decide('[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.3', evidence(GAP), crashed)
    assert [(v.ask, v.verdict) for v in found.verdicts] == [("calibration", "error"), ("q", "within")]


def test_every_model_a_limit_speaks_of_has_a_verdict() -> None:
    skipped = evidence(model="d", outcome="not_applicable", reason="no scores", parameters={"metric": "selection_rate"})
    text = '[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.3\n'
    found = decide(text, evidence(GAP, parameters={"metric": "selection_rate"}), skipped)
    assert {(v.model, v.verdict, v.reason) for v in found.verdicts if v.model == "d"} == {
        ("d", "not_applicable", "no scores")
    }
    assert {v.model for v in found.verdicts} == {"m", "d"}
    assert found.exit_code == 3
    only = decide(text + 'model = "m"\n', evidence(GAP, parameters={"metric": "selection_rate"}), skipped)
    assert [v.model for v in only.verdicts] == ["m"]


@pytest.mark.parametrize("written", ["tp / (tp + fp + fn)", "tp/(tp+fp+fn)"])
def test_an_own_expression_keeps_its_reason_and_any_spacing(written: str) -> None:
    metric = resolve_metric("tp / (tp + fp + fn)")
    text = f'[[limit]]\nmetric = "{written}"\nmax_gap = 0.05\n'
    asked = {"parameters": {"metric": metric.canonical()}}
    (verdict,) = decide(text, evidence(outcome="not_applicable", reason="there is no label", **asked)).verdicts
    assert (verdict.verdict, verdict.reason) == ("not_applicable", "there is no label")
    assert words(text, evidence(replace(GAP, metric=metric.info), **asked)) == ["over"]


def test_a_limit_on_a_number_of_a_table_speaks_of_every_ask_that_found_another_one() -> None:
    text = '[[limit]]\nmetric = "k_anonymity"\nmin = 5\n'
    info = resolve_metric("k_anonymity").info

    def found(k: float) -> Finding:
        return replace(GAP, metric=info, kind="lowest", family=(), threshold=None, second=None, value=k, low=k, high=k)

    wide, narrow = evidence(found(13.0), ask="usual", model=None), evidence(found(2.0), ask="two", model=None)
    for items in ((wide, narrow), (narrow, wide)):
        judged = {v.ask: v.verdict for v in decide(text, *items).verdicts if v.limit is not None}
        assert judged == {"usual": "within", "two": "over"}
    assert len(decide(text, wide, replace(wide, ask="again")).verdicts) == 1


def test_numbers_of_a_column_are_the_same_for_every_model_and_judged_once() -> None:
    def found(name: str) -> Finding:
        return replace(GAP, metric=resolve_metric(name).info)

    items = [evidence(found(name), model=m, ask=name) for name in ("mean(age)", "auc") for m in ("p", "q")]
    judged = decide('[[limit]]\nmetric = "mean(age)"\nmax_gap = 0.1\n', *items)
    assert [(v.model, v.limit is not None) for v in judged.verdicts] == [(None, True), ("p", False), ("q", False)]


def test_rates_of_the_label_alone_are_the_same_for_every_model_and_judged_once() -> None:
    """An expression can be one too; models that leave out different rows have a verdict each."""
    for name in ("prevalence", "(tp + fn) / (tp + fp + fn + tn)", "true_positive_rate"):
        found = replace(GAP, metric=resolve_metric(name).info)
        items = [evidence(found, model=m, ask=name) for m in ("p", "q")]
        judged = decide(f'[[limit]]\nmetric = "{name}"\nmax_gap = 0.1\n', *items)
        assert [v.model for v in judged.verdicts] == (["p", "q"] if name == "true_positive_rate" else [None])
    found = replace(GAP, metric=resolve_metric("prevalence").info)
    fewer = replace(found, first=replace(found.first, n_eligible=found.first.n_eligible - 1))
    items = [evidence(found, model="p", ask="prevalence"), evidence(fewer, model="q", ask="prevalence")]
    judged = decide('[[limit]]\nmetric = "prevalence"\nmax_gap = 0.1\n', *items)
    assert [v.model for v in judged.verdicts] == ["p", "q"]
