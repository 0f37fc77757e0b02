"""Entries of the register open by themselves, stay what they are, and close by evidence or a decision alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sterling.core.dossier import DataFacts, Leaked, ModelFacts
from sterling.core.evidence import Evidence, Finding, Side
from sterling.core.judge import Judgement, judge, over_or_within
from sterling.core.metrics import resolve_metric
from sterling.core.policy import STATEMENTS, Limit, Statement
from sterling.core.project import Project, ReviewRules, Waiver
from sterling.core.records import Decision, Risk
from sterling.core.review import held_back
from sterling.core.scope import Scope
from sterling.core.slices import Slice
from sterling.pipeline.issues import _beyond
from sterling.pipeline.risks import GONE, accepted, gate, register
from tests.pipeline.projects import NOW, ledger_in, project

LIMIT = '[[limit]]\nname = "gap"\nmetric = "selection_rate"\nmax_gap = 0.1\ngroups = ["race"]\n'
DATA = DataFacts(name="loans", digest="sha256:d", rows=1000, columns=(), duplicates=0)
MODEL = ModelFacts(
    name="m", kind="classifier", recipe="logistic", digest="sha256:m", format="skops", size=1, parameters={},
    features=("a", "b"), trained_on=600, cross_fitted=None, seed=0,
)  # fmt: skip
NOTHING_OPEN = Scope(purpose="x")
ASKS_TWO = ReviewRules(required=2)


@pytest.fixture
def of(tmp_path: Path) -> Project:
    """A project whose scope is answered and that sets one limit."""
    return project(tmp_path, limits=LIMIT, scope=NOTHING_OPEN)


def gap(low: float, high: float, family: tuple[str, ...] = ("race",)) -> Finding:
    sides = [
        Side(slice=Slice.of({family[0]: g}), value=v, n=100, n_eligible=100, n_effective=100.0)
        for g, v in (("a", 0.5), ("b", 0.5 - (low + high) / 2))
    ]
    return Finding(
        metric=resolve_metric("selection_rate").info, kind="gap", family=family, threshold=0.5, first=sides[0],
        second=sides[1], value=(low + high) / 2, low=low, high=high, level=0.95, groups_compared=2,
    )  # fmt: skip


def measured(*findings: Finding, model: str = "m") -> Evidence:
    return Evidence(
        ask="selection_rate gap", check="FA001", title="t", question="?", outcome="measured", model=model,
        parameters={"metric": "selection_rate"}, findings=findings,
    )  # fmt: skip


def crashed(ask: str = "calibration") -> Evidence:
    return Evidence(
        ask=ask, check="QU009", title="t", question="?", outcome="error", model="m", reason="failed",
        parameters={"metric": "brier"},
    )  # fmt: skip


def judged(of: Project, evidence: Sequence[Evidence]) -> Judgement:
    return judge(
        of.policy, evidence, more_people=lambda *_: None, waivers=of.waivers, today=dt.date(2026, 11, 22)
    )  # fmt: skip


def told(
    of: Project, previous: Sequence[Risk], *evidence: Evidence, data: DataFacts = DATA, run: str = "r1", **more: Any
) -> tuple[Risk, ...]:
    return register(
        previous, project=of, run=run, judgement=judged(of, evidence) if evidence else None, data=data, now=NOW,
        evidence=evidence, **more,
    )  # fmt: skip


def after(previous: Sequence[Risk], changed: Sequence[Risk]) -> tuple[Risk, ...]:
    """The newest state of each entry."""
    return tuple({r.id: r for r in [*previous, *changed]}.values())


def by_hand(risk: Risk) -> Risk:
    """The entry as somebody's acceptance leaves it."""
    return accepted(
        risk,
        Decision(id="dec1", run="r1", kind="accept_risk", by="Olu", reason="known", about=risk.id, at=NOW),
    )


OVER, WORSE, OPEN, WITHIN = gap(0.2, 0.3), gap(0.35, 0.5), gap(0.05, 0.15), gap(0.01, 0.05)


@pytest.mark.parametrize(("finding", "said"), [(OVER, "is exceeded: 0.250 [0.200, 0.300]"), (OPEN, "is undecided")])
def test_a_limit_that_is_not_met_opens_an_entry(of: Project, finding: Finding, said: str) -> None:
    (risk,) = told(of, (), measured(finding))
    assert (risk.stage, risk.resolved, risk.proceed, risk.owner, risk.opened) == ("inference", False, False, "Olu", NOW)
    assert f"the limit 'gap' (selection_rate max_gap 0.1 by race, model m) {said}" in risk.issue


def test_unknown_and_unanswered_limits_open_entries_too(of: Project) -> None:
    nan = float("nan")
    for evidence in (
        measured(replace(OVER, value=nan, low=nan, high=nan)),
        replace(measured(), outcome="not_applicable", reason="no groups"),
        replace(measured(), outcome="error", reason="FA001 failed with KeyError"),
        replace(measured(), ask="other", parameters={}),
    ):
        (risk,) = told(of, (), evidence)
        assert "was not answered: " in risk.issue
        assert not risk.proceed
        assert "nan" not in str(risk.properties).lower()


def test_what_is_within_opens_nothing(of: Project) -> None:
    assert told(of, (), measured(WITHIN)) == ()


def test_the_worst_of_a_limits_comparisons_is_named(of: Project) -> None:
    both = gap(0.2, 0.3, ("race", "sex"))
    wide = replace(of, policy=type(of.policy).parse(LIMIT.replace('["race"]', '["race", "sex"]')))
    (risk,) = told(wide, (), measured(WITHIN, replace(WORSE, family=("sex",)), both))
    assert "0.425" in risk.issue
    assert "and so is 1 more of its comparisons" in risk.issue


def test_nothing_new_is_nothing_told(of: Project) -> None:
    risks = told(of, (), measured(OVER), crashed(), model=MODEL)
    assert len(risks) == 2
    assert told(of, risks, measured(OVER), crashed(), model=MODEL, run="r2") == ()


def test_an_open_entry_keeps_its_id_and_day_and_is_brought_up_to_date(of: Project) -> None:
    (first,) = told(of, (), measured(OPEN))
    looser = replace(of, policy=type(of.policy).parse(LIMIT.replace("0.1", "0.01")))
    (second,) = told(looser, [replace(first, opened=NOW - dt.timedelta(days=3))], measured(OPEN), run="r2")
    assert (second.id, second.run) == (first.id, "r2")
    assert second.opened == NOW - dt.timedelta(days=3)
    assert "is exceeded" in second.issue
    assert told(replace(of, name="other"), (), measured(OPEN))[0].id != first.id


def test_evidence_closes_an_entry_and_opens_it_again(of: Project) -> None:
    (opened,) = told(of, (), measured(OVER))
    (closed,) = told(of, [opened], measured(WITHIN), run="r2", proof="sha256:e")
    assert (closed.resolved, closed.closed_by, closed.run) == (True, "sha256:e", "r2")
    assert told(of, [closed], measured(WITHIN), run="r3") == ()
    (again,) = told(of, [closed], measured(OPEN), run="r4")
    assert (again.id, again.resolved, again.closed_by, again.properties["reopened"]) == (opened.id, False, None, 1)
    assert again.properties["closed_before"] == "sha256:e"


def test_time_and_silence_close_nothing(of: Project) -> None:
    (opened,) = told(of, (), measured(OVER))
    assert told(of, [opened]) == (), "before anything was measured nothing is known of limits"
    without = replace(of, policy=type(of.policy)())
    (gone,) = told(without, [opened], measured(OVER))
    assert (gone.id, gone.resolved, gone.proceed) == (opened.id, False, False), "taking a limit away is no evidence"
    assert "after results were seen the limit was taken away" in gone.issue
    assert told(without, [gone], measured(OVER)) == ()
    assert told(without, [by_hand(gone)], measured(OVER)) == (), "somebody answered for it"
    (back,) = told(of, [gone], measured(OVER))
    assert back.issue == opened.issue
    assert told(replace(without, name="other"), [opened], measured(OVER)) == (), "another project's entries are its own"


def bounded(of: Project, bound: float) -> Project:
    return replace(of, policy=type(of.policy).parse(LIMIT.replace("0.1", str(bound))))


def test_a_loosened_limit_closes_nothing(of: Project) -> None:
    (opened,) = told(of, (), measured(OVER))
    looser = bounded(of, 0.4)
    (held,) = told(looser, [opened], measured(OVER), run="r2")
    assert (held.id, held.resolved, held.proceed, held.closed_by) == (opened.id, False, False, None)
    assert "max_gap 0.4" in held.issue
    assert "is met: 0.250" in held.issue
    assert "loosened from 0.1 after results were seen, under which it is not met" in held.issue
    assert gate([held], "signing", rules=ASKS_TWO) == (held,)
    assert told(looser, [held], measured(OVER), run="r3") == ()
    assert told(looser, [by_hand(held)], measured(OVER), run="r3") == (), "a signed decision closes it"
    assert told(of, [by_hand(held)], measured(OVER), run="r3") == (), "it is what was accepted"
    (closed,) = told(looser, [held], measured(WITHIN), run="r3", proof="sha256:e")
    assert (closed.resolved, closed.closed_by) == (True, "sha256:e"), "what was found meets the stricter bound too"
    (by_steps,) = told(bounded(of, 0.25), [opened], measured(OVER), run="r2")
    assert by_steps.issue.endswith("the limit was loosened from 0.1 after results were seen")
    (last,) = told(looser, [by_steps], measured(OVER), run="r3")
    assert "loosened from 0.1" in last.issue, "the strictest bound counts, however many steps lead away from it"
    (tighter,) = told(bounded(of, 0.05), [opened], measured(OVER), run="r2")
    assert "loosened" not in tighter.issue
    (back,) = told(of, [tighter], measured(gap(0.06, 0.08)), run="r3")
    assert "loosened from 0.05" in back.issue


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_register_reads_a_limit_as_its_judge_does(statement: Statement) -> None:
    """What the judge calls over lies beyond the limit for the register of risks, too."""
    limit = Limit(metric=resolve_metric("accuracy"), statement=statement, bound=0.5)
    for low, high in ((0.1, 0.2), (0.8, 0.9)):
        least, most = _beyond(replace(gap(low, high), value=(low + high) / 2), limit)
        assert least is not None
        assert most is not None
        word = over_or_within(statement, limit.bound, low, high)
        assert word == ("over" if least > 0 else "within")
        assert (word == "within") == (most <= 0)


def test_a_loosened_floor_closes_nothing(of: Project) -> None:
    floor = LIMIT.replace("max_gap = 0.1", "min_ratio = 0.8")
    low = replace(gap(0.5, 0.6), kind="ratio", value=0.55)
    of = replace(of, policy=type(of.policy).parse(floor))
    (opened,) = told(of, (), measured(low))
    assert "race, model m) is not reached: 0.550" in opened.issue
    written = replace(opened, issue=opened.issue.replace("is not reached", "is exceeded"))
    (same,) = told(of, [written], measured(low), run="r2")
    assert (same.id, same.opened, same.issue) == (opened.id, opened.opened, opened.issue)
    looser = replace(of, policy=type(of.policy).parse(floor.replace("0.8", "0.4")))
    (held,) = told(looser, [opened], measured(low))
    assert not held.resolved
    assert "loosened from 0.8" in held.issue
    (closed,) = told(looser, [held], measured(replace(low, low=0.85, high=0.95, value=0.9)))
    assert closed.resolved


def test_what_was_accepted_stays_closed_until_it_is_worse_or_cured(of: Project) -> None:
    (opened,) = told(of, (), measured(OVER))
    held = by_hand(opened)
    assert told(of, [held], measured(OVER)) == ()
    assert told(of, [held], measured(OPEN)) == ()
    assert told(of, [held], measured(gap(0.25, 0.45))) == (), "the intervals overlap: it may be the same"
    (reopened,) = told(of, [held], measured(WORSE))
    assert not reopened.resolved
    (cured,) = told(of, [held], measured(WITHIN), proof="sha256:e")
    assert (cured.closed_by, cured.properties["closed"]) == ("sha256:e", "evidence")
    (back,) = told(of, [cured], measured(OVER))
    assert not back.resolved, "the acceptance was of what is cured now"


def test_accepting_what_is_undecided_does_not_cover_what_is_over(of: Project) -> None:
    (opened,) = told(of, (), measured(OPEN))
    (reopened,) = told(of, [by_hand(opened)], measured(OVER))
    assert "is exceeded" in reopened.issue


def test_a_waiver_lets_proceed_and_says_who(of: Project) -> None:
    waiver = Waiver(limit="gap", owner="Ada", reason="cured in March", expires=dt.date(2026, 12, 1))
    waived = replace(of, waivers=(waiver,))
    (risk,) = told(waived, (), measured(OVER))
    assert (risk.resolved, risk.proceed, risk.owner) == (False, True, "Ada")
    assert risk.step_taken == "waived by Ada until 2026-12-01: cured in March"
    (again,) = told(of, [risk], measured(OVER))
    assert (again.proceed, again.step_taken, again.id) == (False, "", risk.id)


def test_broken_promises_of_the_data_hold_training_back(of: Project) -> None:
    broken = replace(DATA, problems=("1,234 ids in x1 are there more than once", "no row has a value in x2"))
    risks = told(of, (), data=broken)
    assert [r.stage for r in risks] == ["data", "data"]
    assert gate(risks, "training", rules=of.review) == risks
    assert gate(risks, "signing", rules=ASKS_TWO) == risks, "what holds training back holds back all that follows"
    fewer = replace(broken, problems=("7 ids in x1 are there more than once",))
    changed = told(of, risks, data=fewer, run="r2")
    assert {r.id for r in changed} == {r.id for r in risks}
    assert [r.resolved for r in sorted(changed, key=lambda r: r.resolved)] == [False, True]
    held = tuple(by_hand(r) for r in risks)
    assert told(of, held, data=broken) == ()
    more = replace(broken, problems=(broken.problems[0].replace("1,234", "2,000"), broken.problems[1]))
    assert [r.issue for r in told(of, held, data=more)] == ["2,000 ids in x1 are there more than once"]


def test_problems_that_differ_by_a_number_alone_stay_apart(of: Project) -> None:
    twice = replace(DATA, problems=("5 rows lack 1", "5 rows lack 2", "no value in g1", "no value in g2"))
    assert len({r.id for r in told(of, (), data=twice)}) == 4


def test_scope_is_one_entry_and_holds_back_signing_alone(of: Project) -> None:
    for scope, said in ((None, "nobody has written down"), (Scope(missing=tuple("abcde")), "5 questions")):
        (risk,) = told(replace(of, scope=scope), ())
        assert (risk.stage, risk.proceed) == ("scope", True)
        assert said in risk.issue
        assert gate([risk], "training", rules=ASKS_TWO) == ()
        assert gate([risk], "signing", rules=ASKS_TWO) == (risk,)
        assert held_back(risk, ASKS_TWO) == "signing"
        assert held_back(risk, ReviewRules()) is None, "nobody waits for a signature that nobody asks for"
    (closed,) = told(of, [risk])
    assert closed.resolved
    (fewer,) = told(replace(of, scope=Scope(missing=("a",))), [risk])
    assert fewer.id == risk.id
    assert fewer.issue == "1 question about the scope is not answered: a"


def test_preprocessing_and_training_are_noted_and_hold_nothing_back(of: Project) -> None:
    data = replace(DATA, duplicates=12, parts={"train": 60, "certify": 20})
    risks = told(of, (), data=data, model=replace(MODEL, trained_on=19, cross_fitted=5))
    assert sorted(r.stage for r in risks) == ["preprocessing", "preprocessing", "training", "training"]
    assert all(r.proceed for r in risks)
    assert gate(risks, "signing", rules=ASKS_TWO) == ()
    assert any("12 rows are there more than once" in r.issue for r in risks)
    assert any("kept for certify has 20 rows" in r.issue for r in risks)
    assert told(of, risks) != (), "duplicates are gone"
    assert {r.stage for r in told(of, risks)} == {"preprocessing"}
    closed = told(of, risks, data=replace(DATA, parts={"train": 600, "certify": 200}), model=MODEL)
    assert len(closed) == 4
    assert all(r.resolved for r in closed)


def test_rows_that_repeat_are_told_by_what_they_do_and_a_handful_without_a_number(of: Project) -> None:
    (few,) = told(of, (), data=replace(DATA, duplicates=2))
    assert few.issue == "fewer than 10 rows are there more than once: each counts as often as it is there"
    (split,) = told(of, (), data=replace(DATA, duplicates=12, parts={"train": 600, "certify": 300}))
    assert split.issue == "12 rows are there more than once: a row may be trained on and measured on"


def test_rows_in_two_parts_of_a_split_are_a_risk_and_gone_they_close_it(of: Project) -> None:
    leaks = (
        Leaked(kind="exact", first="train", second="certify", rows=40, n=398),
        Leaked(kind="entity", first="train", second="certify", rows=3, n=398),
        Leaked(kind="time", first="train", second="certify", rows=398, n=398),
    )
    parts = {"train": 600, "certify": 398}
    risks = told(of, (), data=replace(DATA, parts=parts, leaks=leaks), model=MODEL)
    assert [r.issue for r in risks] == [
        f"{what} train: what is measured may look too good"
        for what in (
            "40 of 398 rows kept for certify have the same values as rows of",
            "fewer than 10 rows kept for certify are of somebody who has rows in",
        )
    ]
    assert all((r.stage, r.proceed) == ("preprocessing", True) for r in risks)
    gone = tuple(replace(leak, rows=0) for leak in leaks)
    assert [r.resolved for r in told(of, risks, data=replace(DATA, parts=parts, leaks=gone), model=MODEL)] == [True] * 2


def test_a_check_that_stopped_under_no_limit_is_noted(of: Project) -> None:
    (risk,) = told(of, (), measured(WITHIN), crashed())
    assert (risk.proceed, risk.stage) == (True, "inference")
    assert told(of, [risk], measured(WITHIN)) == (), "not asked again is not answered"
    (closed,) = told(of, [risk], measured(WITHIN), replace(crashed(), outcome="measured"))
    assert closed.resolved


def test_entries_survive_the_ledger(of: Project) -> None:
    ledger = ledger_in(of.folder)
    risks = told(of, (), measured(OVER), data=replace(DATA, problems=("3 rows have no id in x",), duplicates=4))
    ledger.put(*risks)
    assert {r.id for r in ledger.risks()} == {r.id for r in risks}
    assert (
        told(of, ledger.risks(), measured(OVER), data=replace(DATA, problems=("3 rows have no id in x",), duplicates=4))
        == ()
    )


steps = st.lists(
    st.tuples(st.sampled_from([OVER, WORSE, OPEN, WITHIN]), st.booleans(), st.booleans()), min_size=1, max_size=8
)


@given(steps)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_course_of_events(of: Project, course: list[tuple[Finding, bool, bool]]) -> None:
    """After every run: what is within is closed, what is not is open or accepted; and a second look changes nothing."""
    risks: tuple[Risk, ...] = ()
    for step, (finding, broken, accept) in enumerate(course):
        data = replace(DATA, problems=("5 rows have no id in x",) if broken else ())
        risks = after(risks, told(of, risks, measured(finding), data=data, run=f"r{step}"))
        assert told(of, risks, measured(finding), data=data, run="again") == ()
        of_limit = next((r for r in risks if r.stage == "inference"), None)
        if finding is WITHIN:
            assert of_limit is None or (of_limit.resolved and of_limit.properties["closed"] == "evidence")
        else:
            assert of_limit is not None
            assert not of_limit.resolved or of_limit.properties["closed"] == "decision"
        assert all(r.resolved for r in risks if r.stage == "data") or broken
        assert len({r.id for r in risks}) == len(risks) <= 2
        if accept:
            risks = tuple(r if r.resolved else by_hand(r) for r in risks)
            assert gate(risks, "signing", rules=ASKS_TWO) == ()


def test_of_a_handful_of_rows_the_ledger_holds_no_number(of: Project) -> None:
    risks = told(of, (), data=replace(DATA, duplicates=2, parts={"train": 600, "certify": 4}))
    assert {abs(float(str(r.properties[end]))) for r in risks for end in ("least", "most")} == {10.0}
    assert any(r.issue.startswith("the part of the rows kept for certify has fewer than 10 rows") for r in risks)


def test_rows_in_two_parts_that_nobody_asks_for_any_more_stay_open_and_say_so(of: Project) -> None:
    leaks = (Leaked(kind="entity", first="train", second="certify", rows=40, n=398),)
    (risk,) = told(of, (), data=replace(DATA, leaks=leaks))
    (left,) = (r for r in told(of, [risk], measured(WITHIN)) if r.id == risk.id)
    assert (left.issue, left.resolved, left.proceed) == (risk.issue + GONE, False, True)
    assert left.id not in {r.id for r in told(of, [left], measured(WITHIN))}
    (closed,) = told(of, [left], data=replace(DATA, leaks=(replace(leaks[0], rows=0),)))
    assert (closed.resolved, closed.issue) == (True, risk.issue)
