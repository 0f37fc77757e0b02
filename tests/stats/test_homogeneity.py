"""The test of homogeneity beside SciPy's and beside every deal; rare cells; the noncentral distribution."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as s
from scipy import stats

from sterling.stats.association import corrected_v
from sterling.stats.homogeneity import chi_square, cramers_v, homogeneity, pooled_rare
from sterling.stats.noncentral import noncentral_cdf, shift_high, shift_low

COUNTS = s.lists(s.tuples(s.integers(0, 30), s.integers(0, 30)), min_size=2, max_size=10).filter(
    lambda cells: all(sum(c[i] for c in cells) for i in (0, 1))
)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@given(COUNTS)
def test_the_statistic_is_scipys(cells: list[tuple[int, int]]) -> None:
    a, b = np.array([c for c in cells if sum(c)], dtype=np.float64).T
    theirs = stats.chi2_contingency(np.stack([a, b]), correction=False).statistic if len(a) > 1 else 0.0
    assert chi_square(a, b) == pytest.approx(theirs, abs=1e-9)


def test_dense_tables_are_scipys_test() -> None:
    a, b = np.array([40.0, 50.0, 60.0]), np.array([55.0, 40.0, 45.0])
    found = homogeneity(a, b, rng=rng())
    assert found.p == pytest.approx(stats.chi2_contingency(np.stack([a, b]), correction=False).pvalue)
    assert found.df == 2


def test_sparse_tables_are_dealt_anew() -> None:
    """Beside the share of all deals of ten rows, worked out one by one."""
    a, b = np.array([3.0, 1.0, 1.0]), np.array([0.0, 2.0, 3.0])
    rows = np.repeat([0, 1, 2], (a + b).astype(int))
    beyond = [
        chi_square(*(np.bincount(rows[np.isin(np.arange(10), deal, invert=i)], minlength=3) * 1.0 for i in (0, 1)))
        >= chi_square(a, b) - 1e-9
        for deal in itertools.combinations(range(10), 5)
    ]
    found = homogeneity(a, b, rng=rng())
    assert "deals" in found.method
    assert found.p == pytest.approx(np.mean(beyond), abs=0.02)


def test_rare_cells_are_taken_together() -> None:
    a, b = np.array([100.0, 1.0, 0.0, 2.0, 90.0]), np.array([90.0, 0.0, 3.0, 1.0, 100.0])
    pooled = pooled_rare(a, b)
    assert pooled.rare == 4  # three rare ones are still rare together, so the smaller of the others joins them
    assert pooled.a.sum() == a.sum()
    assert pooled.b.sum() == b.sum()
    assert pooled_rare(a * 100, b * 100).rare == 0


def test_nothing_to_compare() -> None:
    assert homogeneity(np.array([4.0]), np.array([5.0]), rng=rng()).p == 1.0
    many = np.ones(3000)
    assert homogeneity(np.append(many, 0 * many), np.append(0 * many, many), rng=rng()).p == 1.0


def test_null_tables_are_rejected_at_the_promised_rate() -> None:
    random = np.random.default_rng(4)
    share = random.dirichlet(np.ones(8))
    p = [
        homogeneity(
            random.multinomial(60, share).astype(float), random.multinomial(80, share).astype(float), rng=random
        ).p
        for _ in range(120)
    ]
    assert np.mean(np.array(p) < 0.05) <= 0.12


@pytest.mark.parametrize("df", [1.0, 3.0, 9.7, 80.0])
@pytest.mark.parametrize("shift", [0.0, 0.5, 6.0, 90.0, 4000.0])
def test_the_noncentral_distribution_is_scipys(df: float, shift: float) -> None:
    middle, spread = df + shift, np.sqrt(2 * df + 4 * shift)
    for x in (middle - 1.5 * spread, middle, middle + 2 * spread):
        theirs = stats.ncx2.cdf(x, df, shift) if shift else stats.chi2.cdf(x, df)
        assert noncentral_cdf(float(x), df, shift) == pytest.approx(theirs, abs=6e-3)


def test_shifts_are_inverses() -> None:
    for x, df in ((30.0, 5.0), (400.0, 20.0), (12.0, 2.0)):
        low, high = shift_low(x, df, 0.05), shift_high(x, df, 0.05)
        assert stats.ncx2.sf(x, df, low) == pytest.approx(0.05, abs=3e-3)
        assert stats.ncx2.cdf(x, df, high) == pytest.approx(0.05, abs=3e-3)
    assert shift_low(4.0, 5.0, 0.05) == 0.0
    assert shift_high(0.5, 5.0, 0.05) == 0.0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([30, 20, 10], [10, 25, 35]), ([8, 3, 5, 2], [1, 9, 4, 6]), ([50, 50], [50, 51]), ([40, 0], [0, 40]),
        ([400, 300, 300], [350, 330, 320]),
    ],
)  # fmt: skip
def test_cramers_v_is_that_of_the_paper(a: list[int], b: list[int]) -> None:
    """Bergsma 2013 from SciPy's chi-square: phi-square less its mean, over corrected numbers of rows and columns."""
    table = np.array([a, b])
    n, r, k = table.sum(), *table.shape
    phi = stats.chi2_contingency(table, correction=False).statistic / n
    phi = max(0.0, phi - (k - 1) * (r - 1) / (n - 1))
    r, k = r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)
    first, second = np.array(a, dtype=float), np.array(b, dtype=float)
    found = cramers_v(chi_square(first, second), len(a) - 1, sum(a), sum(b))
    assert found.value == pytest.approx(np.sqrt(phi / min(k - 1, r - 1)), abs=1e-12)
    assert found.value == pytest.approx(corrected_v(table), abs=1e-12)
    low, high = found.at(0.025, 0.025)
    assert low <= found.value <= high


def test_cramers_v_of_one_cell_is_unknown() -> None:
    assert cramers_v(0.0, 0, 10.0, 10.0).at(0.05, 0.05) == (0.0, 1.0)
