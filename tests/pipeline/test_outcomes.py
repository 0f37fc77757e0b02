"""Tables of outcomes from rows: counts as Polars gives them, cuts at the median, what people want, challengers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from sterling.core.errors import ConfigError, InputError
from sterling.core.outcomes import ImpactTable, ModelRiskTable
from sterling.pipeline.outcomes import outcome_table
from tests.house.law import ROOT

INCOME = ROOT / "examples" / "income" / "data" / "income.parquet"
LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"


def _impact(*args: object, **options: object) -> ImpactTable:
    made = outcome_table(*args, **options)  # type: ignore[arg-type]
    assert isinstance(made, ImpactTable)
    return made


def _risk(*args: object, **options: object) -> ModelRiskTable:
    made = outcome_table(*args, **options)  # type: ignore[arg-type]
    assert isinstance(made, ModelRiskTable)
    return made


def test_scoring_rates_are_shares_strictly_above_the_median_of_all() -> None:
    made = _impact("ll144", str(INCOME), score=["score"], groups=["sex", "race"])
    frame = pl.read_parquet(INCOME)
    above = pl.col("score") > frame["score"].median()
    assert made.measure == "scoring"
    assert [t.columns for t in made.tables] == [("sex",), ("race",), ("sex", "race")]
    for table in made.tables:
        expected = {
            tuple(row[: len(table.columns)]): row[len(table.columns) :]
            for row in frame.group_by(table.columns).agg(pl.len(), above.sum().alias("k")).iter_rows()
        }
        assert {tuple(v for _, v in c.slice.items): (c.n, c.selected) for c in table.categories} == expected


@pytest.mark.parametrize("scores", [[0.2, 0.5, 0.5, 0.5, 0.9, 1.0], [1.0] * 6, [0.0, 0.0, 1.0, 1.0], [3.0, -2.0, 7.5]])
def test_ties_at_the_median_are_not_above_it(scores: list[float]) -> None:
    frame = pl.DataFrame({"s": scores, "g": (["a", "b"] * 3)[: len(scores)]})
    made = _impact("ll144", frame, score=["s"], groups=["g"])
    above = sum(s > np.median(scores) for s in scores)
    assert sum(c.selected for c in made.tables[0].categories) == above


def test_people_of_unknown_category_count_for_the_median_and_in_no_rate() -> None:
    frame = pl.DataFrame({"s": [0.1, 0.2, 0.3, 0.8, 0.9], "g": ["a", "b", "a", None, None]})
    made = _impact("ll144", frame, score=["s"], groups=["g"])
    (table,) = made.tables
    assert table.unknown == 2
    assert [(c.slice.items[0][1], c.n, c.selected) for c in table.categories] == [("a", 2, 0), ("b", 1, 0)]


def test_decisions_and_thresholds() -> None:
    frame = pl.read_parquet(LENDING).with_columns((pl.col("score") >= 0.7).cast(pl.Int8).alias("chosen"))
    by_cut = _impact("four-fifths", frame, score=["score"], threshold=0.7, groups=["race"])
    by_choice = _impact("four-fifths", frame, prediction=["chosen"], positive="1", groups=["race"])
    counts = [[(c.n, c.selected) for c in t.categories] for made in (by_cut, by_choice) for t in made.tables]
    assert counts[0] == counts[1]
    assert by_cut.threshold == 0.7 and by_choice.threshold is None


def test_where_being_selected_is_not_wanted_the_others_are_counted() -> None:
    """A score of risk: those below the cut are the ones who get what they want."""
    frame = pl.read_parquet(LENDING).with_columns((1 - pl.col("approved")).alias("denied"))
    frame = frame.with_columns((1 - pl.col("score")).alias("risk"))
    made = _impact(
        "four-fifths", frame, score=["risk"], label="denied", positive="1", favourable="0", groups=["race"]
    )  # fmt: skip
    wanted = frame.filter(pl.col("risk") < 0.5).group_by("race").len()
    assert {c.slice.items[0][1]: c.selected for c in made.tables[0].categories} == dict(wanted.iter_rows())
    with pytest.raises(ConfigError, match="low scores are what people want"):
        _impact("ll144", frame, score=["risk"], label="denied", positive="1", favourable="0", groups=["race"])


def test_small_categories_leave_ratios_only_with_a_reason(tmp_path: Path) -> None:
    facts = tmp_path / "facts.toml"
    facts.write_text('exclusion_reason = "fewer than 2 %"\n', encoding="utf-8")
    plain, excused = (
        _impact("ll144", str(INCOME), score=["score"], groups=["race"], facts=f) for f in (None, facts)
    )  # fmt: skip
    assert not any(c.excluded for c in plain.tables[0].categories)
    left_out = {c.slice.items[0][1] for c in excused.tables[0].categories if c.excluded}
    assert left_out == {"American Indian", "Other"}


def test_outcomes_analysis_as_scikit_learn_has_it() -> None:
    frame = pl.read_parquet(LENDING)
    made = _risk("model-risk", frame, score=["score"], label="approved", positive="1", groups=["race"])
    for one in made.segments:
        rows = frame if not one.slice.items else frame.filter(pl.col("race") == one.slice.items[0][1])
        assert one.test is not None
        assert one.test.count == rows["approved"].sum() and one.test.n == rows.height
        assert one.test.expected == pytest.approx(rows["score"].sum(), abs=1e-6)
        assert one.auc.value == pytest.approx(roc_auc_score(rows["approved"], rows["score"]))
        assert one.brier.value == pytest.approx(brier_score_loss(rows["approved"], rows["score"]), abs=1e-7)
    assert sum(b.test.n for b in made.bands) == frame.height
    assert sum(b.test.count for b in made.bands) == frame["approved"].sum()


def test_a_challenger_is_compared_on_the_same_labelled_people() -> None:
    rng = np.random.default_rng(0)
    frame = pl.read_parquet(LENDING).with_columns(
        (pl.col("score") * 0.8 + 0.1).alias("other"),
        pl.when(pl.Series(rng.random(1989) < 0.1)).then(None).otherwise(pl.col("approved")).alias("known"),
    )
    made = _risk("model-risk", frame, score=["score", "other"], label="known", positive="1")
    rows = frame.drop_nulls("known")
    assert made.challenger is not None and made.challenger.n == rows.height
    found = {c.metric: c for c in made.challenger.comparisons}
    assert found["AUC"].difference.value == pytest.approx(0, abs=1e-12)
    for name, rule in (("Brier score", brier_score_loss), ("log loss", log_loss)):
        first, second = rule(rows["known"], rows["score"]), rule(rows["known"], rows["other"])
        assert (found[name].champion, found[name].challenger) == pytest.approx((first, second), abs=1e-9)
        low, high = found[name].difference.low, found[name].difference.high
        assert low is not None and high is not None and low < second - first < high


def test_right_probabilities_lie_within_their_range_and_wrong_ones_outside() -> None:
    rng = np.random.default_rng(4)
    p = rng.uniform(0.05, 0.95, 20_000)
    frame = pl.DataFrame({"p": p, "y": (rng.random(20_000) < p).astype(int), "q": p * 0.9})
    right = _risk("model-risk", frame, score=["p"], label="y", positive="1")
    wrong = _risk("model-risk", frame, score=["q"], label="y", positive="1")
    assert right.segments[0].test is not None and not right.segments[0].test.outside
    assert wrong.segments[0].test is not None and wrong.segments[0].test.outside
    assert (right.inversions, right.sure_inversions) == (0, 0)


def test_reversed_scores_are_out_of_order() -> None:
    rng = np.random.default_rng(5)
    p = rng.uniform(0, 1, 5000)
    frame = pl.DataFrame({"p": 1 - p, "y": (rng.random(5000) < p).astype(int)})
    made = _risk("model-risk", frame, score=["p"], label="y", positive="1")
    assert made.inversions == made.sure_inversions == len(made.bands) - 1


@pytest.mark.parametrize(
    ("rule", "options", "said"),
    [
        ("ll144", {"score": ["score"]}, "no groups"),
        ("ll144", {"groups": ["race"]}, "one selection"),
        ("ll144", {"score": ["score"], "prediction": ["approved"], "groups": ["race"]}, "one selection"),
        ("model-risk", {"score": ["score"]}, "needs outcomes"),
        ("model-risk", {"prediction": ["approved"], "label": "approved"}, "probabilities"),
        ("four-fifths", {"score": ["scroe"], "groups": ["race"]}, "did you mean score"),
        ("ll144", {"score": ["race"], "groups": ["race"]}, "no median"),
    ],
)
def test_what_does_not_fit_is_said(rule: str, options: dict[str, object], said: str) -> None:
    with pytest.raises((ConfigError, InputError), match=said):
        outcome_table(rule, str(LENDING), **options)  # type: ignore[arg-type]
