"""Verdicts in words: counts, brackets, limits, power, labels."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from sterling.core.evidence import TooSmall
from sterling.core.judge import Deciding, Judgement, More
from sterling.core.metrics import resolve_metric
from sterling.core.roles import ModelColumn
from sterling.core.slices import Slice
from sterling.report import words
from sterling.report.deciding import power_text


@pytest.fixture
def gap(make: SimpleNamespace) -> object:
    return make.finding(
        "selection_rate", "gap", make.side(0.68, 190, race="black"), make.side(0.86, 1688, race="white")
    )


def test_one_line_says_who_how_much_how_sure_and_the_limit(make: SimpleNamespace, gap: object) -> None:
    expected = (
        "Black applicants are selected 18 points less often than white applicants [13, 23]: over your limit of 5."
    )
    assert words.said(make.verdict(gap), make.lender) == expected
    assert words.said(make.verdict(gap, "unjudged", None), make.lender).endswith("[13, 23]: no limit set.")
    assert words.said(make.verdict(gap, "within", bound=0.25), make.lender).endswith(": within your limit of 25.")


def test_undecided_says_what_would_decide_it(make: SimpleNamespace) -> None:
    gap = make.finding(
        "tpr", "gap", make.side(0.88, 260, 212, sex="female"), make.side(0.9, 1500, 1390, sex="male"), low=0, high=0.06
    )
    undecided = make.verdict(gap, "undecided", more_people=893)
    expected = (
        "Female applicants' true positive rate is 2 points lower than male applicants' [0, 6]: "
        "undecided at your limit of 5; about 900 more female applicants would decide this."
    )
    assert words.said(undecided, make.lender) == expected
    never = make.verdict(gap, "undecided", bound=0.021, more_people=None)
    assert power_text(never, make.lender) == (
        "no number of applicants would decide this while the value stays so close to the limit"
    )
    assert power_text(make.verdict(gap, "over"), make.lender) == ""
    auc = make.finding("auc", "gap", make.side(0.7, 50, race="black"), make.side(0.8, 90, race="white"))
    expected = (
        "more Black applicants and white applicants would narrow the interval; how many is not worked out for AUC"
    )
    assert power_text(make.verdict(auc, "undecided"), make.lender) == expected


def test_undecided_names_every_group_that_it_takes_and_why(make: SimpleNamespace) -> None:
    black, white, hispanic = (make.side(v, n, race=r) for v, n, r in
                              ((0.88, 200, "Black"), (0.9, 1500, "white"), (0.89, 110, "Hispanic")))  # fmt: skip
    gap = make.finding("tpr", "gap", black, white, low=0, high=0.07, others=(hispanic,), groups_compared=3)
    more = tuple(More(slice=s.slice, people=n, there=s.n) for s, n in ((black, 290), (hispanic, 110)))
    pairs = ((white, black), (white, hispanic))
    open_ = make.verdict(gap, "undecided", deciding=Deciding(more=more, open=pairs, rows=1810))
    assert power_text(open_, make.lender) == (
        "about 290 more Black applicants and about 110 more Hispanic applicants would decide this: "
        "the gap between white applicants and Hispanic applicants is open too"
    )
    alone = make.verdict(gap, "undecided", deciding=Deciding(more=more[1:], open=pairs[1:], rows=1810))
    assert power_text(alone, make.lender) == (
        "about 110 more Hispanic applicants would decide this: "
        "the gap between white applicants and Hispanic applicants is open"
    )
    far = make.verdict(gap, "undecided", deciding=Deciding(more=more[:1], open=pairs[:1], rows=80))
    assert power_text(far, make.lender) == (
        "deciding this would take more than 3 times the rows there are, of Black applicants"
    )
    twice = make.verdict(gap, "undecided", deciding=Deciding(more=more[:1], open=pairs[:1], rows=200))
    assert power_text(twice, make.lender) == ("deciding this would take more rows than there are, of Black applicants")


def test_the_end_of_an_interval_says_whose_it_is(make: SimpleNamespace) -> None:
    """The lowest AUC is one group's, and another, smaller one may lie lower."""
    lowest, few = make.side(0.9, 300, sex="female"), make.side(0.93, 40, sex="male")
    auc = make.finding("auc", "lowest", lowest, low=0.85, high=0.91, outermost=(few,), groups_compared=2)
    said = power_text(make.verdict(auc, "undecided", "min", 0.88), make.lender)
    assert said == (
        "its low end is the AUC for male applicants: more of them would narrow the interval; "
        "how many is not worked out for AUC"
    )
    within = words.reason(make.verdict(auc, "within", "min", 0.8), make.lender)
    assert within.endswith("; its low end is the AUC for male applicants")
    fell = make.finding(
        "auc", "drop", make.side(0.011, 300, sex="female"), low=0.001, high=0.028, outermost=(few,), against="old",
        groups_compared=2,
    )  # fmt: skip
    whose = "its high end is the drop of the AUC for male applicants"
    more = f"{whose}: more of them would narrow the interval; how many is not worked out for AUC"
    assert power_text(make.verdict(fell, "undecided", "max_drop", 0.02), make.lender) == more
    assert words.reason(make.verdict(fell, "undecided", "max_drop", 0.02), make.lender).endswith(f"; {whose}")
    beyond = power_text(make.verdict(fell, "undecided", "max_drop", 0.01), make.lender)
    assert beyond.startswith("more female applicants would narrow the interval")
    own = make.replace(auc, outermost=(lowest,))
    assert "end is" not in words.reason(make.verdict(own, "within", "min", 0.8), make.lender)


def test_the_interval_of_the_worst_group_is_not_read_as_that_groups_own(make: SimpleNamespace) -> None:
    """It is of the lowest of all: a smaller group sets its low end. Of one group alone it stands behind the name."""
    lowest, few = make.side(0.9, 300, sex="female"), make.side(0.93, 40, sex="male")
    auc = make.finding("auc", "lowest", lowest, low=0.851, high=0.912, outermost=(few,), groups_compared=2)
    said = words.said(make.verdict(auc, "within", "min", 0.8), make.lender)
    assert said.startswith("The lowest AUC of any group by sex is 0.90 [0.85, 0.91], for female applicants: within")
    alone = make.replace(auc, first=make.side(0.9), family=(), groups_compared=1, outermost=())
    assert "The AUC for all applicants is 0.90 [0.85, 0.91]: " in words.said(
        make.verdict(alone, "within", "min", 0.8), make.lender
    )


@pytest.mark.parametrize(
    ("more", "text"), [(0, "a few"), (7, "a few"), (87, "about 87"), (1_234, "about 1,300"), (895, "about 900")]
)
def test_power_is_rounded_up_to_two_digits(make: SimpleNamespace, gap: object, more: int, text: str) -> None:
    assert power_text(make.verdict(gap, "undecided", more_people=more), make.lender).startswith(f"{text} more Black")


def test_brackets_keep_only_supported_digits_and_a_real_minus(make: SimpleNamespace) -> None:
    gap = make.finding(
        "tpr", "gap", make.side(0.88, sex="female"), make.side(0.9, sex="male"), low=-0.0149, high=0.0601
    )
    assert words.bracket(gap) == "[\u22121, 6]"
    fine = make.finding("tpr", "gap", make.side(0.88), make.side(0.9), low=0.0149, high=0.0251)
    assert words.bracket(fine) == "[1.5, 2.5]"
    auc = make.finding("auc", "gap", make.side(0.71), make.side(0.74), low=-0.004, high=0.06)
    assert words.bracket(auc) == "[0.00, 0.06]"


def test_an_end_of_an_interval_is_not_rounded_onto_what_decides(make: SimpleNamespace, gap: object) -> None:
    over = make.verdict(make.replace(gap, low=0.0521, high=0.23))
    assert words.bracket(over.finding, over.limit) == "[5.2, 23]"
    assert "[5.2, 23]: over your limit of 5." in words.said(over, make.lender)
    assert words.bracket(make.replace(gap, low=0.0042, high=0.23)) == "[0.4, 23]"
    assert words.bracket(make.replace(gap, low=0.0, high=0.23)) == "[0, 23]"
    assert words.bracket(make.replace(gap, low=1e-12, high=0.23)) == "[0, 23]"
    ratio = make.replace(gap, kind="ratio", value=0.74, low=0.3, high=0.9996)
    assert words.bracket(ratio) == "[0.30, 0.9996]"
    assert " 0.74 times as often " in words.said(make.verdict(ratio), make.lender)


def test_limits_as_they_were_typed(make: SimpleNamespace, gap: object) -> None:
    assert words.limit_text(make.verdict(gap, bound=0.125)) == "at most 12.5 points"
    ratio = make.finding("selection_rate", "ratio", make.side(0.6, race="black"), make.side(0.8, race="white"))
    assert words.limit_text(make.verdict(ratio, statement="min_ratio", bound=0.8)) == "at least 0.8"
    floor = make.finding("accuracy", "lowest", make.side(0.71, race="black"), groups_compared=3)
    assert words.limit_text(make.verdict(floor, statement="min", bound=0.7)) == "at least 70%"
    assert words.said(make.verdict(floor, statement="min", bound=0.8), make.lender).endswith(
        "under your minimum of 80%."
    )
    auc = make.finding("auc", "lowest", make.side(0.71, race="black"), groups_compared=3)
    assert words.limit_text(make.verdict(auc, statement="min", bound=0.7)) == "at least 0.7"
    ceiling = make.finding("error_rate", "highest", make.side(0.2, race="black"), groups_compared=3)
    assert words.limit_text(make.verdict(ceiling, statement="max", bound=0.1)) == "at most 10%"
    drop = make.finding("accuracy", "drop", make.side(0.02, race="black"), against="old")
    assert words.limit_text(make.verdict(drop, statement="max_drop", bound=0.01)) == "at most 1 point"
    part = make.replace(drop, relative=True)
    assert words.limit_text(make.verdict(part, statement="max_drop", bound=0.05)) == "at most 5%"
    assert words.limit_text(make.verdict(gap, "unjudged", None)) == ""


def test_reasons_name_the_side_of_the_limit_and_the_number_of_groups(make: SimpleNamespace, gap: object) -> None:
    assert words.reason(make.verdict(gap), make.lender) == "the whole interval lies above the limit"
    many = make.replace(gap, groups_compared=5)
    expected = "the whole interval lies above the limit; the widest gap of 5 groups by race"
    assert words.reason(make.verdict(many), make.lender) == expected
    within = make.verdict(gap, "within", reason="the whole interval lies within the limit")
    assert words.reason(within, make.lender) == "the whole interval lies below the limit"
    floor = make.finding("accuracy", "lowest", make.side(0.5, race="black"))
    below = make.verdict(floor, statement="min", bound=0.7)
    assert words.reason(below, make.lender) == "the whole interval lies below the limit"
    nan = float("nan")
    small = (TooSmall(slice=Slice.of({"race": "asian"}), n=22, n_eligible=11, n_needed=30),
             TooSmall(slice=Slice.of({"race": None}), n=7, n_eligible=3, n_needed=30))  # fmt: skip
    few = make.replace(gap, value=nan, low=nan, high=nan, too_small=small)
    expected = (
        "Asian applicants: 11 of the 30 needed and applicants with no recorded race: fewer than 10 of the 30 needed"
    )
    assert words.reason(make.verdict(few, "insufficient"), make.lender) == expected


def test_headline_counts_in_the_order_to_show(make: SimpleNamespace, gap: object) -> None:
    seen = ["within", "over", "undecided", "within", "unjudged", "undecided", "insufficient"]
    judgement = Judgement(verdicts=tuple(make.verdict(gap, word) for word in seen))
    assert words.headline_counts(judgement) == (
        "1 over your limit · 2 undecided · 1 comparison that cannot be made · 2 within your limits · "
        "1 measured with no limit set"
    )
    assert [v.verdict for v in words.in_order(judgement)][:3] == ["over", "undecided", "undecided"]
    assert words.headline_counts(Judgement(verdicts=())) == "nothing compared"


@pytest.mark.parametrize("word", ["over", "undecided"])
def test_one_finding_of_each_metric_comes_before_any_second_one(make: SimpleNamespace, word: str) -> None:
    def gap(metric: str, by: str, value: float) -> object:
        side = (make.side(0.5 - value, **dict.fromkeys(by.split("_x_"), "a")), make.side(0.5, **{by: "b"}))
        found = make.finding(metric, "gap", *side, value=value, low=value - 0.04, high=value + 0.04)
        return make.verdict(make.replace(found, family=tuple(by.split("_x_"))), word)

    asked = [
        ("selection_rate", "sex", 0.2), ("selection_rate", "sex_x_race", 0.4), ("selection_rate", "race", 0.3),
        ("accuracy", "sex_x_race", 0.3), ("true_positive_rate", "race", 0.1), ("true_positive_rate", "sex", 0.15),
    ]  # fmt: skip
    verdicts = [gap(*a) for a in asked]
    within = make.verdict(verdicts[0].finding, "within")
    listed = words.in_order(Judgement(verdicts=(within, *verdicts)))
    expected = [2, 5, 3, 0, 4, 1]  # the furthest beyond of each metric, single columns before crosses; then the rest
    assert listed == [*(verdicts[i] for i in expected), within]


def test_how_far_beyond_its_limit_counts_in_parts_of_the_limit(make: SimpleNamespace) -> None:
    """Gaps and ratios of one metric are near-identical: the rest of them waits until each metric was named."""
    wide = make.finding("selection_rate", "gap", make.side(0.1), make.side(0.5), value=0.4, low=0.3, high=0.5)
    ratio = make.finding("selection_rate", "ratio", make.side(0.1), make.side(0.5), value=0.2, low=0.1, high=0.3)
    floor = make.finding("accuracy", "lowest", make.side(0.5), value=0.5, low=0.4, high=0.6)
    verdicts = (
        make.verdict(ratio, statement="min_ratio", bound=0.8), make.verdict(floor, statement="min", bound=0.7),
        make.verdict(wide, statement="max_gap", bound=0.05), make.verdict(wide, statement="max_gap", bound=0.0),
    )  # fmt: skip
    listed = words.in_order(Judgement(verdicts=verdicts))
    assert [v.limit.bound for v in listed if v.limit] == [0.05, 0.7, 0.8, 0.0]


def test_a_minimum_is_not_reached_rather_than_exceeded(make: SimpleNamespace, gap: object) -> None:
    ratio = make.finding("selection_rate", "ratio", make.side(0.6, race="black"), make.side(0.8, race="white"))
    under, over = make.verdict(ratio, statement="min_ratio", bound=0.8), make.verdict(gap)
    assert words.said(under, make.lender).endswith(": under your minimum of 0.8.")
    assert (words.word_of(under), words.word_of(over)) == ("under minimum", "over limit")
    assert words.word_of_all([under, under]) == "under minimum"
    assert words.word_of_all([under, over]) == "over limit or under minimum"
    within = make.verdict(ratio, "within", statement="min_ratio", bound=0.5)
    assert words.word_of(within) == "within limit"
    for verdicts, said in (
        ((under, within), "1 under your minimum · 1 within your limit"),
        ((under, under), "2 under your minimums"),
        ((under, over), "2 over your limits or under your minimums"),
    ):
        assert words.headline_counts(Judgement(verdicts=verdicts)) == said


def test_a_model_is_named_when_there_are_several(make: SimpleNamespace, gap: object) -> None:
    two = make.replace(make.lender, models=(ModelColumn(column="p"), ModelColumn(column="q")))
    assert words.sentence(make.verdict(gap), two).endswith("than white applicants (model p)")
    assert ") (model p): over" not in words.said(make.verdict(gap), two)
    assert re.search(r"than white applicants \[[^]]+\] \(model p\): ", words.said(make.verdict(gap), two))
    assert words.sentence(make.verdict(gap), two, name_model=False).endswith("than white applicants")


def test_limits_that_met_nothing_still_have_a_sentence(make: SimpleNamespace) -> None:
    unmet = make.verdict(None, "not_applicable", reason="there is no label")
    assert words.said(unmet, make.lender) == "Your limit on selection rate was not answered: there is no label."
    failed = make.verdict(None, "error", None, reason="ZeroDivisionError")
    assert words.said(failed, make.lender) == "The check 'selection rate gap' stopped with an error: ZeroDivisionError."


def test_the_label_stands_beside_every_number_that_uses_it(make: SimpleNamespace) -> None:
    assert words.label_note(make.lender) == "label: the lender's past decision; agreement with past decisions"
    assert words.label_note(make.court) == "label: what happened later"
    assert words.label_note(make.replace(make.court, label=None)) == ""
    tpr = resolve_metric("tpr").info
    assert words.metric_note(tpr, make.lender) == (
        "true positive rate: of the applicants whose label is positive, the share selected; "
        "label: the lender's past decision; agreement with past decisions"
    )
    rate = words.metric_note(resolve_metric("selection_rate").info, make.lender)
    assert rate == "selection rate: of all applicants, the share the model selects"


def test_roles_are_settled_from_the_run(make: SimpleNamespace) -> None:
    roles = make.replace(make.lender, positive=None, favourable=None)
    settled = words.settled_roles(make.run(roles=roles))
    assert (settled.positive, settled.favourable) == ("1", "1")


def test_counts_that_do_not_tell_a_minimum_from_a_maximum_are_neutral() -> None:
    counts = {"over": 2, "undecided": 1}
    assert words.counts_by_word(counts, under=None) == ["2 over your limits or under your minimums", "1 undecided"]


def test_where_a_query_is_drawn_it_takes_more_queries(make: SimpleNamespace) -> None:
    roles = make.replace(make.lender, task="ranking", query="search", people="candidates")
    women, men = make.side(0.84, 50, sex="female"), make.side(0.9, 60, sex="male")
    ndcg = make.replace(resolve_metric("auc").info, label="NDCG of the first 5", unit="queries")
    gap = make.replace(make.finding("auc", "gap", women, men, shared=40), metric=ndcg)
    assert gap.n_eligible == 70
    open_ = make.replace(make.verdict(gap, word="undecided"), deciding=None)
    assert power_text(open_, roles).startswith("more queries with female candidates and male candidates would")
    assert words.people_text(open_, roles, frozenset()) == "70 queries"
    lowest = make.replace(make.finding("auc", "lowest", women), metric=ndcg)
    floor = make.verdict(lowest, word="undecided", statement="min", bound=0.85)
    open_ = make.replace(floor, deciding=None)
    assert power_text(open_, roles).startswith("more queries with female candidates would")
    nobody = float("nan")
    small = TooSmall(slice=women.slice, n=9, n_eligible=3, n_needed=30)
    unknown = make.verdict(make.replace(gap, value=nobody, too_small=(small,)), word="insufficient")
    assert words.sentence(unknown, roles) == "Too few queries with female candidates to compare by NDCG of the first 5"
    assert words.reason(unknown, roles) == "female candidates: fewer than 10 of the 30 queries needed"
