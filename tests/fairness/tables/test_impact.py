"""Rates, ratios and the four-fifths screen: published examples, SciPy, statsmodels, properties."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as some
from scipy import stats
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, proportions_ztest

from sterling.core.outcomes import CategoryTable
from sterling.core.slices import EVERYONE, Slice
from sterling.fairness.tables.impact import Counts, category_table, ratio_of, screen, two_proportions


def _table(
    people: dict[str | None, tuple[int, int]], *, leave_out: bool = False, flag: float | None = 0.8
) -> CategoryTable:
    """Categories of one column from (n, selected)."""
    total = tuple(map(sum, zip(*people.values(), strict=True)))
    counts = {EVERYONE: (total[0], total[1])} | {Slice.of({"c": k}): v for k, v in people.items()}
    return category_table(Counts(counts), ("c",), level=0.95, small=0.02, leave_out=leave_out, flag=flag)


def _by_name(table: CategoryTable) -> dict[str | None, object]:
    return {c.slice.items[0][1]: c for c in table.categories}


def test_the_example_of_question_11() -> None:
    """44 FR 11996, question 11: rates of 60, 45, 48 and 51 % give 75, 80 and 85 %; only the first is indicated.

    48 over 60 is exactly four fifths, and a division of rounded numbers would fall below it.
    """
    people = {"white": (1000, 600), "American Indian": (1000, 450), "Hispanic": (1000, 480), "Black": (1000, 510)}
    found = {c.slice.items[0][1]: c for c in _table(people).categories}
    assert found["white"].reference and found["white"].ratio is None
    ratios = {k: c.ratio.value for k, c in found.items() if c.ratio is not None}
    assert ratios == pytest.approx({"American Indian": 0.75, "Hispanic": 0.80, "Black": 0.85}, abs=1e-15)
    assert {k for k, c in found.items() if c.screen and c.screen.below} == {"American Indian"}
    assert found["American Indian"].screen is not None and found["American Indian"].screen.short == 30
    assert found["Hispanic"].screen is not None and found["Hispanic"].screen.short == 0


@pytest.mark.parametrize(
    ("people", "ratios"),
    [
        ({"Male": (1390, 667), "Female": (1181, 555)}, {"Female": 0.979}),
        (
            {
                "Hispanic or Latino": (408, 204), "White": (797, 412), "Black": (390, 170), "Pacific": (119, 52),
                "Asian": (616, 302), "Native": (41, 18), "Two or more": (213, 96),
            },
            {"Hispanic or Latino": 0.97, "Black": 0.84, "Pacific": 0.85, "Asian": 0.95, "Native": 0.85,
             "Two or more": 0.87},
        ),
    ],
)  # fmt: skip
def test_figures_in_the_form_of_local_law_144(
    people: dict[str | None, tuple[int, int]], ratios: dict[str, float]
) -> None:
    """Tables such as 6 RCNY 5-301 (b) gives as its example, with ratios rounded as there."""
    found = {c.slice.items[0][1]: c.ratio for c in _table(people, flag=None).categories}
    digits = 3 if "Female" in ratios else 2
    assert {k: round(r.value or 0, digits) for k, r in found.items() if r is not None} == ratios


@given(a=some.integers(0, 60), b=some.integers(0, 60), c=some.integers(0, 60), d=some.integers(0, 60))
def test_tests_as_scipy_and_statsmodels(a: int, b: int, c: int, d: int) -> None:
    n, top_n = a + b, c + d
    assume(n and top_n and c and Fraction(a, n) <= Fraction(c, top_n))
    table = _table({"low": (n, a), "top": (top_n, c)})
    low = next(k for k in table.categories if not k.reference)
    if low.slice.items[0][1] != "low":
        return  # equal rates: the larger group stands as the highest
    assert low.screen is not None
    assert low.screen.fisher == pytest.approx(stats.fisher_exact([[a, b], [c, d]]).pvalue, rel=1e-7)
    assert low.screen.holm == pytest.approx(low.screen.fisher)
    if b + d:
        z, p = proportions_ztest([a, c], [n, top_n])
        assert (low.screen.z, low.screen.z_p) == pytest.approx((z, p), abs=1e-10)
    else:
        assert low.screen.z is None and low.screen.z_p is None
    if a:
        interval = Table2x2(np.array([[a, b], [c, d]], dtype=float)) if b and d else None
        assert low.ratio is not None and low.ratio.value == pytest.approx(a * top_n / (n * c))
        if interval is not None:
            ends = interval.riskratio_confint(0.05, method="normal")
            assert (low.ratio.low, low.ratio.high) == pytest.approx(ends, rel=1e-9)
    ends = proportion_confint(a, n, method="wilson")
    assert (low.rate.low, low.rate.high) == pytest.approx(ends, abs=1e-9)


@given(some.lists(some.tuples(some.integers(1, 80), some.floats(0, 1)), min_size=2, max_size=7))
def test_screen_by_its_definitions(groups: list[tuple[int, float]]) -> None:
    people = {f"g{i}": (n, round(n * share)) for i, (n, share) in enumerate(groups)}
    assume(any(k for _, k in people.values()))
    table = _table(people)
    top = next(c for c in table.categories if c.reference)
    assert all(Fraction(c.selected, c.n) <= Fraction(top.selected, top.n) for c in table.categories)
    screened = [c for c in table.categories if c.screen is not None]
    assert len(screened) == len(people) - 1
    adjusted = multipletests([c.screen.fisher for c in screened if c.screen], method="holm")[1]
    bar = Fraction(4, 5) * Fraction(top.selected, top.n)
    for one, holm in zip(screened, adjusted, strict=True):
        found = one.screen
        assert found is not None
        assert found.holm == pytest.approx(holm)
        enough = next(k for k in range(one.n + 1) if Fraction(k, one.n) >= bar)
        assert found.short == max(enough - one.selected, 0)
        assert found.below == (found.short > 0)
        ahead = one.selected < one.n and Fraction(one.selected + 1, one.n) > Fraction(top.selected - 1, top.n)
        assert found.flips == ahead


def test_one_different_person() -> None:
    """Three of 20 men and one of 10 women: below four fifths, yet one other person selected would turn it around."""
    found = screen(1, 10, 3, 20, flag=0.8, fisher=1.0, adjusted=1.0)
    assert found.below and found.flips and found.short == 1


def test_small_categories_keep_their_numbers_and_leave_the_ratios() -> None:
    people = {"large": (980, 490), "tiny": (10, 10), "middle": (500, 200)}
    kept = _table(people)
    assert next(c for c in kept.categories if c.reference).slice.items[0][1] == "tiny"
    found = {c.slice.items[0][1]: c for c in _table(people, leave_out=True).categories}
    tiny = found["tiny"]
    assert tiny.excluded and tiny.small and tiny.ratio is None and tiny.screen is None
    assert (tiny.n, tiny.selected, tiny.rate.value) == (10, 10, 1.0)
    assert found["large"].reference


def test_unknown_people_are_counted_and_in_no_category() -> None:
    table = _table({"a": (50, 20), "b": (50, 10), None: (7, 7)})
    assert table.unknown == 7
    assert [c.slice.items[0][1] for c in table.categories] == ["a", "b"]
    assert sum(c.share for c in table.categories) == pytest.approx(1)


def test_nobody_selected_and_nobody_at_all() -> None:
    none = _table({"a": (50, 0), "b": (50, 0)})
    assert all(c.ratio is None and not c.reference and c.screen is None for c in none.categories)
    empty = _table({"a": (0, 0), "b": (5, 1)})
    assert {c.slice.items[0][1]: c.rate.value for c in empty.categories} == {"a": None, "b": 0.2}


def test_large_tables() -> None:
    people = {"a": (4_000_000, 2_000_000), "b": (6_000_000, 2_999_000)}
    found = next(c for c in _table(people).categories if c.screen)
    assert found.screen is not None and found.ratio is not None
    assert found.screen.z == pytest.approx(two_proportions(2_999_000, 6_000_000, 2_000_000, 4_000_000)[0])
    assert found.ratio.low is not None and found.ratio.low < 0.9998 < (found.ratio.high or 0)


@pytest.mark.parametrize(("p", "n", "q", "m"), [(0.3, 200, 0.6, 150), (0.5, 40, 0.5, 400), (0.05, 300, 0.1, 300)])
def test_coverage_of_the_ratio_to_a_category_given_beforehand(p: float, n: int, q: float, m: int) -> None:
    rng = np.random.default_rng(11)
    hits, top = rng.binomial(n, p, 1500), rng.binomial(m, q, 1500)
    found = [ratio_of(int(a), n, int(b), m, 0.95) for a, b in zip(hits, top, strict=True) if b]
    inside = np.mean([(f.low or 0) <= p / q <= (f.high or 0) for f in found])
    assert 0.93 <= inside <= 0.98
