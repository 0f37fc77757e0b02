"""Sentences read as they should: worked examples, one per kind of finding."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sterling.core.evidence import TooSmall
from sterling.core.slices import Slice
from sterling.report.sentences import finding_sentence, selected, sides, too_few


def test_selection_gap_names_the_group_selected_less_often_first(make: SimpleNamespace) -> None:
    for first, second in ((0.86, 0.68), (0.68, 0.86)):
        races = ("white", "black") if first > second else ("black", "white")
        gap = make.finding("selection_rate", "gap", make.side(first, race=races[0]), make.side(second, race=races[1]))
        assert (
            finding_sentence(gap, make.lender)
            == "Black applicants are selected 18 points less often than white applicants"
        )


def test_an_unwanted_prediction_names_the_group_that_gets_it_more_often(make: SimpleNamespace) -> None:
    gap = make.finding(
        "selection_rate", "gap", make.side(0.34, race="Caucasian"), make.side(0.58, race="African-American")
    )
    expected = 'African-American defendants are predicted "reoffended" 24 points more often than Caucasian defendants'
    assert finding_sentence(gap, make.court) == expected


@pytest.mark.parametrize(
    ("metric", "wanted", "worse"),
    [
        ("tpr", "1", "black"),
        ("tpr", "0", "white"),
        ("fpr", "0", "white"),
        ("fnr", "1", "white"),
        ("fnr", "0", "black"),
        ("accuracy", "1", "black"),
        ("accuracy", "0", "black"),
        ("brier", "1", "white"),
        ("log_loss", "0", "white"),
        ("precision", "0", "black"),
        ("selection_rate where income > 3", "0", "white"),
        ("fpr + fnr", "1", "black"),
    ],
)
def test_the_worse_off_side_comes_first(make: SimpleNamespace, metric: str, wanted: str, worse: str) -> None:
    gap = make.finding(metric, "gap", make.side(0.5, race="black"), make.side(0.6, race="white"))
    first, _ = sides(gap, make.replace(make.lender, favourable=wanted))
    assert first.slice == Slice.of({"race": worse})


def test_error_rates_take_the_possessive_and_awkward_groups_do_not(make: SimpleNamespace) -> None:
    gap = make.finding("tpr", "gap", make.side(0.88, sex="Female"), make.side(0.9, sex="Male"))
    assert (
        finding_sentence(gap, make.lender)
        == "Female applicants' true positive rate is 2 points lower than male applicants'"
    )
    gap = make.finding("tpr", "gap", make.side(0.6, age_band="25-34"), make.side(0.9, age_band="65+"))
    expected = "The true positive rate for applicants aged 25-34 is 30 points lower than for applicants aged 65+"
    assert finding_sentence(gap, make.lender) == expected


def test_scores_keep_their_own_scale(make: SimpleNamespace) -> None:
    gap = make.finding(
        "auc", "gap", make.side(0.74, race="black"), make.side(0.81, race="white"), low=0.0, high=0.13, threshold=None
    )
    assert finding_sentence(gap, make.lender) == "The AUC for Black applicants is 0.07 lower than for white applicants"


def test_ratio(make: SimpleNamespace) -> None:
    ratio = make.finding("selection_rate", "ratio", make.side(0.86, race="white"), make.side(0.6536, race="black"))
    expected = "Black applicants are selected 0.76 times as often as white applicants"
    assert finding_sentence(ratio, make.lender) == expected
    ratio = make.finding("precision", "ratio", make.side(0.9, race="white"), make.side(0.45, race="black"))
    assert (
        finding_sentence(ratio, make.lender)
        == "The precision for Black applicants is 0.50 times that for white applicants"
    )


def test_floor_and_ceiling(make: SimpleNamespace) -> None:
    floor = make.finding("accuracy", "lowest", make.side(0.71, sex="female", race="black"), groups_compared=4)
    expected = "The lowest accuracy of any group by sex and race is 71%, for female Black applicants"
    assert finding_sentence(floor, make.lender) == expected
    ceiling = make.finding("fpr", "highest", make.side(0.4, race="white"), groups_compared=3)
    assert (
        finding_sentence(ceiling, make.lender)
        == "The highest false positive rate of any group by race is 40%, for white applicants"
    )
    overall = make.finding("auc", "lowest", make.side(0.812), threshold=None, low=0.78, high=0.84)
    assert finding_sentence(overall, make.lender) == "The AUC for all applicants is 0.81"
    bias = make.finding("calibration_in_the_large", "lowest", make.side(-0.03, race="white"), groups_compared=3)
    assert finding_sentence(bias, make.lender).endswith("of any group by race is \u22123 points, for white applicants")
    drop = make.finding("accuracy", "drop", make.side(0.02, race="white"), against="old", groups_compared=3)
    expected = "is 20 points lower than with old, the largest drop of any group by race"
    assert finding_sentence(make.replace(drop, value=0.2), make.lender).endswith(expected)


def test_a_drop_below_0_is_a_rise_by_so_much(make: SimpleNamespace) -> None:
    """The interval behind it is that of the drop, so its value stands there with its sign."""
    drop = make.finding("auc", "drop", make.side(-0.07), against="base", low=-0.1, high=-0.04)
    expected = "The AUC for all applicants rose by 0.07 from base, a drop of \u22120.07"
    assert finding_sentence(drop, make.lender) == expected
    rise = make.finding("accuracy", "rise", make.side(-0.2), against="base")
    expected = "The accuracy for all applicants dropped by 20 points from base, a rise of \u221220 points"
    assert finding_sentence(rise, make.lender) == expected


def test_baseline_is_named_on_its_side(make: SimpleNamespace) -> None:
    white = Slice.of({"race": "white"})
    gap = make.finding(
        "selection_rate", "gap", make.side(0.68, race="black"), make.side(0.86, race="white"), baseline=white
    )
    assert finding_sentence(gap, make.lender).endswith("less often than white applicants (the baseline)")
    gap = make.finding(
        "selection_rate", "gap", make.side(0.9, race="asian"), make.side(0.86, race="white"), baseline=white
    )
    assert finding_sentence(gap, make.lender).startswith("White applicants (the baseline) are selected 4 points less")


def test_no_gap_is_not_dressed_up(make: SimpleNamespace) -> None:
    equal = make.finding(
        "selection_rate", "gap", make.side(0.5, race="black"), make.side(0.5, race="white"), low=0, high=0.08
    )
    expected = "No gap in selection rate was seen between Black applicants and white applicants"
    assert finding_sentence(equal, make.lender) == expected
    near = make.finding(
        "selection_rate", "gap", make.side(0.5, race="black"), make.side(0.503, race="white"), low=0, high=0.08
    )
    expected = "The gap in selection rate between Black applicants and white applicants is under 1 point"
    assert finding_sentence(near, make.lender) == expected


def test_other_thresholds_and_restrictions_are_said(make: SimpleNamespace) -> None:
    gap = make.finding(
        "selection_rate",
        "gap",
        make.side(0.6, race="black"),
        make.side(0.8, race="white"),
        operating=False,
        threshold=0.3,
        only=Slice.of({"sex": "female"}),
    )
    expected = (
        "Among female applicants: Black applicants are selected 20 points less often than white applicants, "
        "at a threshold of 0.3"
    )
    assert finding_sentence(gap, make.lender) == expected


def test_the_project_says_what_being_selected_is(make: SimpleNamespace) -> None:
    gap = make.finding("selection_rate", "gap", make.side(0.68, race="black"), make.side(0.86, race="white"))
    roles = make.replace(make.lender, decision="approved")
    assert finding_sentence(gap, roles) == "Black applicants are approved 18 points less often than white applicants"


def test_representation_and_gain_have_words_of_their_own(make: SimpleNamespace) -> None:
    share = make.finding(
        "representation", "lowest", make.side(0.041, race="asian"), low=0.03, high=0.05, groups_compared=4
    )
    expected = "The smallest group by race: Asian applicants, 4.1% of all applicants"
    assert finding_sentence(share, make.lender) == expected
    info = make.replace(share.metric, name="accuracy_gain", low=-1.0)
    for value, words in (
        (-0.03, "3 points less often than"),
        (0.12, "12 points more often than"),
        (0.0, "as often as"),
    ):
        gain = make.replace(
            share, metric=info, family=(), first=make.side(value), value=value, low=value - 0.05, high=value + 0.05
        )
        expected = f"The model is right {words} always guessing the most common label would be"
        assert finding_sentence(gain, make.lender) == expected


def test_too_few_names_the_groups(make: SimpleNamespace) -> None:
    small = tuple(
        TooSmall(slice=Slice.of({"race": race}), n=3, n_eligible=3, n_needed=30)
        for race in ("asian", "black", "hispanic", None, "other")
    )
    nan = float("nan")
    gap = make.finding(
        "tpr", "gap", make.side(nan, race="white"), make.side(nan, race="asian"), value=nan, too_small=small
    )
    expected = "Too few Asian applicants, Black applicants, Hispanic applicants and 2 other groups to compare by TPR"
    assert too_few(gap, make.lender) == expected.replace("TPR", "true positive rate")
    gap = make.finding("tpr", "gap", make.side(nan, race="white"), make.side(nan, race="asian"), value=nan)
    assert (
        too_few(gap, make.lender)
        == "Fewer than two groups by race have enough applicants to compare by true positive rate"
    )


@pytest.mark.parametrize(
    ("label", "positive", "favourable", "kind", "expected"),
    [
        ("approved", "1", "1", "human_decision", "selected"),
        ("decision", "approve", "approve", "human_decision", "selected"),
        ("income", ">50K", ">50K", "outcome", 'predicted ">50K"'),
        ("outcome", "reoffended", "did not", "outcome", 'predicted "reoffended"'),
        ("two_year_recid", "1", "0", "outcome", "predicted positive (two_year_recid = 1)"),
        ("default", "1", "0", "outcome", 'predicted "default"'),
        (None, None, None, "unstated", "selected"),
    ],
)
def test_what_selected_is_called(
    make: SimpleNamespace, label: str | None, positive: str | None, favourable: str | None, kind: str, expected: str
) -> None:
    roles = make.replace(make.lender, label=label, positive=positive, favourable=favourable, label_kind=kind)
    assert selected(roles) == expected
