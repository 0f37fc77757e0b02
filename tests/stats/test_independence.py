"""One share in all groups? Held against SciPy and its own promise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sterling.stats.independence import independence_p


def p(hits: list[int], n: list[int], seed: int = 0, *, whole: bool = True) -> float:
    return independence_p(np.array(hits, float), np.array(n, float), rng=np.random.default_rng(seed), whole=whole)


def test_large_groups_as_scipy() -> None:
    table = np.array([[40, 160], [55, 145], [20, 180]])
    expected = stats.chi2_contingency(table, correction=False).pvalue
    assert p([40, 55, 20], [200, 200, 200]) == pytest.approx(expected)
    assert p([40, 55, 20], [200, 200, 200], whole=False) == pytest.approx(expected)


def test_two_small_groups_as_fisher() -> None:
    assert p([3, 0], [10, 12]) == pytest.approx(stats.fisher_exact([[3, 7], [0, 12]]).pvalue)


def test_many_small_groups_near_the_exact_test() -> None:
    """All tables with these margins, one by one, against 1,999 that were dealt."""
    n, hits = [6, 5, 4], [4, 0, 1]
    tables = [(a, b, 5 - a - b) for a in range(6) for b in range(6 - a) if 0 <= 5 - a - b <= 4]
    weight = {t: np.prod([stats.binom(m, 0.5).pmf(k) for m, k in zip(n, t, strict=True)]) for t in tables}

    def far(t: tuple[int, ...]) -> float:
        return sum((k - m / 3) ** 2 / m for k, m in zip(t, n, strict=True))

    total = sum(weight.values())
    exact = sum(w for t, w in weight.items() if far(t) >= far(tuple(hits)) - 1e-9) / total
    assert p(hits, n, seed=3) == pytest.approx(exact, abs=0.03)


def test_nothing_to_compare() -> None:
    assert p([0, 0], [5, 9]) == p([5, 9], [5, 9]) == p([3], [5]) == p([3, 0], [5, 0]) == 1


def test_null_worlds() -> None:
    rng = np.random.default_rng(5)
    for n in ([8, 9, 10, 40], [300, 200, 100]):
        called = sum(p(rng.binomial(n, 0.1).tolist(), n, seed=k) <= 0.05 for k in range(300))
        assert called <= 26
