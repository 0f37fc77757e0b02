"""The confirmation half: numbers as other libraries give them, tests that are quiet where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats as reference
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportion_effectsize

from sterling.quality.discovery.confirming import Contrast, contrast, level_of
from sterling.quality.discovery.losses import Kind
from sterling.quality.discovery.sums import Rows


def rows(loss: np.ndarray, *, weight: np.ndarray | None = None, cluster: np.ndarray | None = None) -> Rows:
    return Rows(codes=(), loss=loss.astype(np.float64), weight=weight, cluster=cluster, event=weight is None)


def compared(loss: np.ndarray, inside: np.ndarray, kind: Kind = "event", **more: np.ndarray) -> Contrast:
    held = rows(loss, **more)
    if kind != "event":
        held = Rows(codes=(), loss=held.loss, weight=held.weight, cluster=held.cluster, event=False)
    n = int(inside.sum())
    return contrast(held, inside, kind, n=n, n_rest=len(loss) - n, level=0.95, min_n=2)


def shares(a: int, m: int, b: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Losses and mask of a slice with `a` hits among `m`, the others with `b` among `n`."""
    loss = np.concatenate([np.arange(m) < a, np.arange(n) < b]) * 1.0
    return loss, np.arange(m + n) < m


@given(some.integers(2, 300).flatmap(lambda m: some.tuples(some.integers(0, m), some.just(m))),
       some.integers(2, 300).flatmap(lambda n: some.tuples(some.integers(0, n), some.just(n))))  # fmt: skip
def test_shares_are_compared_as_statsmodels_does(first: tuple[int, int], second: tuple[int, int]) -> None:
    (a, m), (b, n) = first, second
    seen = compared(*shares(a, m, b, n))
    assert seen.gap == pytest.approx(a / m - b / n, abs=1e-12)
    low, high = confint_proportions_2indep(a, m, b, n, method="newcomb", compare="diff")
    assert (seen.low, seen.high) == pytest.approx((low, high), abs=1e-9)
    assert (seen.slice.low, seen.slice.high) == pytest.approx(proportion_confint(a, m, method="wilson"), abs=1e-9)
    assert seen.effect == pytest.approx(proportion_effectsize(a / m, b / n), abs=1e-7)
    assert seen.harm == pytest.approx(m / (m + n) * (a / m - (a + b) / (m + n)), abs=1e-12)
    assert seen.coverage == (pytest.approx(a / (a + b)) if a + b else None)


@pytest.mark.parametrize("counts", [(30, 100, 60, 900), (5, 60, 10, 900), (12, 40, 300, 5000), (40, 90, 40, 210)])
def test_p_is_near_fishers_and_on_the_careful_side(counts: tuple[int, int, int, int]) -> None:
    a, m, b, n = counts
    exact = reference.fisher_exact([[a, m - a], [b, n - b]])[1]
    p = compared(*shares(a, m, b, n)).p
    assert p is not None and 0.9 * exact < p < 8 * exact + 1e-9


def test_p_and_an_exact_interval_say_the_same() -> None:
    """The interval of the difference from Clopper-Pearson limits touches 0 at the level 1 - p."""
    a, m, b, n = 20, 80, 50, 400
    p = compared(*shares(a, m, b, n)).p
    assert p is not None
    first, second = (proportion_confint(x, y, alpha=p, method="beta") for x, y in ((a, m), (b, n)))
    gap = a / m - b / n
    assert gap - np.hypot(a / m - first[0], second[1] - b / n) == pytest.approx(0, abs=2e-4)


def test_means_are_compared_nearly_as_welch_does() -> None:
    rng = np.random.default_rng(1)
    loss, inside = rng.gamma(4, 1, 4000), np.arange(4000) < 700
    loss[inside] += 0.2
    seen = compared(loss, inside, "positive")
    welch = reference.ttest_ind(loss[inside], loss[~inside], equal_var=False)
    assert seen.gap == pytest.approx(loss[inside].mean() - loss[~inside].mean())
    assert seen.p == pytest.approx(welch.pvalue, rel=0.35)
    interval = welch.confidence_interval()
    assert (seen.low, seen.high) == pytest.approx((interval.low, interval.high), abs=0.01)
    pooled = np.sqrt((loss[inside].var() * 700 + loss[~inside].var() * 3300) / 4000)
    assert seen.effect == pytest.approx(seen.gap / pooled, rel=1e-9)


@settings(max_examples=10)
@given(some.integers(0, 2**32))
def test_equal_weights_and_clusters_of_one_change_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    loss, inside = (rng.random(300) < 0.3) * 1.0, rng.random(300) < 0.3
    plain = compared(loss, inside)
    weighted = compared(loss, inside, weight=np.full(300, 0.25))
    alone = compared(loss, inside, cluster=rng.permutation(300))
    for name in ("gap", "low", "high", "p", "harm", "effect", "coverage"):
        assert getattr(weighted, name) == pytest.approx(getattr(plain, name), rel=1e-9)
    assert alone.gap == plain.gap
    assert alone.low <= plain.low + 1e-9 and alone.high >= plain.high - 1e-9
    assert alone.high - alone.low == pytest.approx(plain.high - plain.low, rel=0.06)


def test_rows_given_twice_as_clusters_count_once() -> None:
    rng = np.random.default_rng(4)
    loss, inside = (rng.random(900) < 0.3) * 1.0, rng.random(900) < 0.3
    once = compared(loss, inside)
    twice = compared(np.repeat(loss, 2), np.repeat(inside, 2), cluster=np.repeat(np.arange(900), 2))
    assert twice.gap == pytest.approx(once.gap)
    assert twice.high - twice.low == pytest.approx(once.high - once.low, rel=0.02)
    assert twice.p == pytest.approx(once.p, rel=0.1)


def test_too_few_rows_say_nothing() -> None:
    loss, inside = (np.arange(100) % 3 == 0) * 1.0, np.arange(100) < 20
    seen = contrast(rows(loss), inside, "event", n=20, n_rest=80, level=0.95, min_n=30)
    assert seen.p is None and seen.gap is None and seen.slice.value is None
    assert (seen.slice.n, seen.rest.value) == (20, pytest.approx(loss[20:].mean()))
    assert level_of(rows(loss[:0]), "event", n=0, level=0.95, min_n=30).value is None


NULL = {
    "event": lambda rng, n: (rng.random(n) < 0.08) * 1.0,
    "bounded": lambda rng, n: rng.beta(0.4, 2.0, n),
    "positive": lambda rng, n: rng.exponential(1, n) ** 1.3,
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", NULL)
def test_null_slices_are_rarely_told_apart(kind: Kind, weighted: bool) -> None:
    """p at most 0.05 in at most 5 % of worlds without a difference, but for the play of 200 draws."""
    rng = np.random.default_rng(sum(map(ord, kind)) + weighted)
    worlds, alarms, covered = 200, 0, 0
    for _ in range(worlds):
        loss, inside = NULL[kind](rng, 1500), np.arange(1500) < 210
        weight = {"weight": rng.lognormal(0, 0.5, 1500)} if weighted else {}
        seen = compared(loss, inside, kind, **weight)
        assert seen.p is not None and seen.low is not None and seen.high is not None
        alarms += seen.p <= 0.05
        covered += seen.low <= 0 <= seen.high
    assert alarms <= reference.binom.ppf(0.999, worlds, 0.05)
    assert covered >= reference.binom.ppf(0.001, worlds, 0.93)


def test_null_clusters_are_rarely_told_apart() -> None:
    rng = np.random.default_rng(77)
    worlds, alarms = 150, 0
    for _ in range(worlds):
        cluster = np.repeat(np.arange(400), 4)
        base = rng.beta(1, 3, 400)
        loss, inside = (rng.random(1600) < base[cluster]) * 1.0, cluster < 110
        p = compared(loss, inside, cluster=cluster).p
        alarms += p is not None and p <= 0.05
    assert alarms <= reference.binom.ppf(0.999, worlds, 0.05)
