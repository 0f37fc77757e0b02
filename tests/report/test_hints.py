"""What to do next and what is unknown."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import pytest

from sterling.core.estimate import Estimate
from sterling.core.judge import Deciding, Judgement, More
from sterling.core.plan import Plan
from sterling.core.policy import Policy
from sterling.core.remedy import Candidate, Remedy, Search
from sterling.core.roles import ModelColumn
from sterling.report import hints
from sterling.report.hints import LESS_DISCRIMINATORY, MOST_STEPS, next_steps, no_limit, small_groups, unknowns, widest


def test_first_what_could_close_a_gap_then_the_label_then_more_people(make: SimpleNamespace) -> None:
    run = make.run()
    steps = next_steps(run, run.judgement)
    assert steps[0].startswith(LESS_DISCRIMINATORY) and "sterling init" in steps[0]
    assert steps[1].startswith("Check the label: it is the lender's past decision")
    assert "Compare other models" in steps
    more = "Collect more data where a limit is undecided: about 920 more Black applicants would decide the limit on TPR"
    assert more.replace("TPR", "true positive rate") in steps
    assert any(s.startswith("Run again with --debug: calibration") for s in steps)
    assert len(steps) <= MOST_STEPS


def test_where_one_label_is_all_there_is_more_people_are_no_help(make: SimpleNamespace) -> None:
    table = make.table()
    none = make.replace(table.blocks[1], n_eligible=table.blocks[1].n_eligible * 0)
    run = make.run(tables=(make.replace(table, blocks=(table.blocks[0], none)),))
    small = make.finding("tpr", "gap", make.side(float("nan"), race="black"), make.side(float("nan"), race="white"))
    judged = Judgement(verdicts=(make.verdict(small, "insufficient"),))
    steps = " ".join(next_steps(run, judged))
    assert "every labelled row has the same label" in steps and "--positive" in steps
    assert "Collect more data on small groups" not in steps
    assert "Collect more data on small groups" in " ".join(next_steps(make.run(), judged))


def test_advice_names_what_to_write_in_a_project(make: SimpleNamespace) -> None:
    made = make.run().provenance
    run = make.run(provenance=make.replace(made, command=hints.OF_PROJECT))
    steps = next_steps(run, run.judgement)
    assert steps[0].endswith("([alternatives] in sterling.toml, where [train] makes the model)")
    assert any("as the label ([data] label)" in s for s in steps)


def test_where_no_number_of_people_decides_people_do(make: SimpleNamespace) -> None:
    run = make.run()
    gap = make.finding("tpr", "gap", make.side(0.86, race="black"), make.side(0.91, race="white"))
    never = Judgement(verdicts=(make.verdict(gap, "undecided", more_people=None),))
    as_people = "Decide as people where data will not: "
    near = as_people + "true positive rate lies so near your limit that no number of applicants would settle it."
    assert any(s.startswith(near) for s in next_steps(run, never))
    far = Deciding(more=(More(slice=gap.first.slice, people=57_000, there=900),), rows=9_682)
    steps = next_steps(run, Judgement(verdicts=(make.verdict(gap, "undecided", deciding=far),)))
    more = as_people + "it would take more applicants again than there are to settle the limit on true positive rate."
    assert any(s.startswith(more) for s in steps)
    assert not any("near your limit" in s for s in steps)
    assert not any("Collect more" in s or "57" in s for s in steps)


def test_without_limits_the_reader_is_told_to_set_one(make: SimpleNamespace) -> None:
    run = make.run(policy=Policy())
    said = no_limit(run.judgement)
    assert said is not None
    assert "2 measured with no limit set" in said
    assert any(s.startswith("Set a limit before you look again") for s in next_steps(run, run.judgement))
    assert no_limit(make.run().judgement) is None


def test_without_groups_labels_or_label_kind_the_first_step_is_to_give_them(make: SimpleNamespace) -> None:
    bare = make.run(roles=make.replace(make.lender, groups=(), label=None), evidence=(), policy=Policy())
    steps = " ".join(next_steps(bare, bare.judgement))
    assert "--groups" in steps
    assert "--label" in steps
    unsaid = make.run(roles=make.replace(make.lender, label_kind="unstated"))
    assert any("--label-kind" in s for s in next_steps(unsaid, unsaid.judgement))


def test_raw_scores_need_a_threshold_before_anything_else_can_be_said(make: SimpleNamespace) -> None:
    raw = make.replace(make.lender, models=(ModelColumn(column="p", kind="raw"),))
    run = make.run(roles=raw, plan=Plan(asks=()), evidence=())
    assert any("--thresholds" in s for s in next_steps(run, run.judgement))
    run = make.run(roles=raw, evidence=())
    assert not any("--thresholds" in s for s in next_steps(run, run.judgement))


def test_unknowns_name_what_was_not_recorded(make: SimpleNamespace) -> None:
    found = " | ".join(unknowns(make.run()))
    assert "No group column is named like: age and disability" in found
    assert "The race of fewer than 10 applicants: not recorded" in found
    assert "agreement with past decisions" in found
    assert "What became of applicants decided against in the past" in found
    assert "Errors for 12 applicants without a label (1%)" in found
    assert "Groups too small to say anything about: Asian applicants (22)" in found
    assert "a gap is a measurement, not a cause" in found


def test_a_group_too_small_is_counted_over_all_rows(make: SimpleNamespace) -> None:
    """A question about some rows only (`where age < 25`) held fewer of the group than there are."""
    run = make.run()
    (item, *others) = run.evidence
    part = tuple(make.replace(t, n=4, n_eligible=2) for t in item.too_small)
    run = make.run(evidence=(make.replace(item, too_small=part, findings=()), *others))
    assert [(str(t.slice), t.n, t.n_eligible) for t in small_groups(run)] == [("race=asian", 22, 2)]
    assert "Groups too small to say anything about: Asian applicants (22)" in unknowns(run)


@pytest.mark.parametrize(
    ("columns", "missing"),
    [
        (("race", "sex"), "age and disability"),
        (("language",), "race or ethnicity, sex or gender, age and disability"),
        (("ageGroup", "is_female", "Ethnicity"), "disability"),
        (("age", "gender", "race", "disabled"), None),
    ],
)
def test_typical_groups_are_known_by_their_columns(
    make: SimpleNamespace, columns: tuple[str, ...], missing: str | None
) -> None:
    run = make.run(roles=make.replace(make.lender, groups=columns))
    found = [u for u in unknowns(run) if u.startswith("No group column")]
    assert found == ([] if missing is None else [f"No group column is named like: {missing}"])


def test_groups_a_project_says_it_lacks_come_before_the_usual_ones(make: SimpleNamespace) -> None:
    roles = make.replace(make.lender, not_recorded=("caste",))
    assert "Groups not among those given: caste" in unknowns(make.run(roles=roles))


def test_crosses_left_out_are_unknown(make: SimpleNamespace) -> None:
    run = make.run(plan=Plan(asks=(), thresholds=(0.5,), cross=1))
    assert any(u.startswith("Crosses of groups") for u in unknowns(run))


def test_outcomes_have_no_past_decisions_to_doubt(make: SimpleNamespace) -> None:
    run = make.run(roles=make.replace(make.lender, label_kind="outcome", label_words=None))
    assert "past decision" not in " ".join((*unknowns(run), *next_steps(run, run.judgement)))


@pytest.mark.parametrize("words", ["the income people reported", "self-assessed health", "what people told the census"])
def test_a_label_that_people_gave_of_themselves_is_held_against_records(make: SimpleNamespace, words: str) -> None:
    run = make.run(roles=make.replace(make.lender, label_kind="outcome", label_words=words))
    assert any(s.startswith(f"Check the label: it is {words}, and groups may report unlike") for s in
               next_steps(run, run.judgement))  # fmt: skip


@pytest.mark.parametrize(
    "words",
    ["the loan was paid back", "the borrower declared bankruptcy", "a crime reported to the police",
     "customer answered the call", "stated income verified", "the surveyor came"],
)  # fmt: skip
def test_a_label_that_others_wrote_down_is_not(make: SimpleNamespace, words: str) -> None:
    run = make.run(roles=make.replace(make.lender, label_kind="outcome", label_words=words))
    assert not any("report unlike" in s for s in next_steps(run, run.judgement))


def test_small_groups_once_each_and_the_clearest_gap(make: SimpleNamespace) -> None:
    run = make.run()
    assert [t.n for t in small_groups(run)] == [22]
    gap = widest(run)
    assert gap is not None
    assert gap.metric.name == "selection_rate"


def _search(*, better: bool) -> Search:
    known = Estimate(value=0.8, low=0.7, high=0.9, level=0.95, n=344, n_eligible=344, method="Wilson")

    def one(name: str, **more: Any) -> Candidate:
        return Candidate(
            name=name, recipe="logistic", dropped=(), parameters={}, threshold=0.5, utility=known, impact=known, **more
        )  # fmt: skip

    kept = one("forest", kept=True, why="", better=better)
    return Search(
        remedy=Remedy(name="a", title="A", uses="never", improves="", worsens="", source="", docs=""), group="race",
        utility_metric="accuracy", impact_metric="selection_rate", selection_rate=0.9, chosen_on="choose",
        certified_on="certify", n_chosen=398, n_certified=344, current=one("now", kept=False, why=""),
        chosen=(kept, one("other", kept=False, why="")), certified=(one("now", kept=False, why=""), kept), budget=2,
        seed=0,
    )  # fmt: skip


def test_advice_to_look_for_alternatives_gives_way_to_what_was_found() -> None:
    steps = (hints.LESS_DISCRIMINATORY, "Check the label")
    assert hints.after_search(steps, None) == steps
    none = hints.after_search(steps, _search(better=False))
    assert none[1] == steps[1]
    assert none[0].startswith(
        "Search wider ([alternatives] budget), or change the data: of 2 alternatives tried, compared by"
    )
    assert hints.after_search(steps, _search(better=True))[0].startswith("Look at forest: of 2 alternatives tried")


def test_where_nothing_was_kept_nothing_is_said_of_the_rows_it_would_have_been_measured_on() -> None:
    search = _search(better=False)
    none = dataclasses.replace(search, chosen=search.chosen[1:], certified=search.certified[:1])
    assert hints.searched(none) == (
        "Search wider, or change the data: of 1 alternative tried, compared by race, 0 kept, "
        "so that none was measured on the other rows (see Alternatives)"
    )


@pytest.mark.parametrize(("command", "said"), [("sterling run", "[plan] thresholds"), (None, "--thresholds")])
def test_hints_of_checks_name_the_option_or_the_key(make: SimpleNamespace, command: str | None, said: str) -> None:
    """On the page of a project in the words of its file, else as options."""
    run = make.run()
    run = make.replace(run, provenance=make.replace(run.provenance, command=command))
    advice = ("Compare at other thresholds (--thresholds): it is a choice.", "Look.")
    assert hints.told(run, advice) == (f"Compare at other thresholds ({said}): it is a choice.", "Look.")


def test_an_open_limit_without_a_number_of_people_says_of_whom_more_would_help(make: SimpleNamespace) -> None:
    run = make.run()
    gap = make.finding("auc", "gap", make.side(0.7, 50, race="black"), make.side(0.8, 90, race="white"))
    open_ = make.verdict(gap, "undecided")
    steps = next_steps(run, Judgement(verdicts=(open_, open_)))
    assert (
        "Collect more data where a limit is undecided: more Black applicants and white applicants would narrow the "
        "interval of AUC; so with 1 other limit"
    ) in steps
