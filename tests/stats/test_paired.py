"""The change of a share among the same people: published values, brute force, properties, exact coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from sterling.stats.difference import square_and_add
from sterling.stats.normal import z
from sterling.stats.paired import constrained_loss, paired_change

SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
SLACK = 1e-12


def test_nobody_changed_still_has_a_width() -> None:
    low, high = paired_change(0, 0, 50)
    # The score test of no change at all has this closed form.
    reach = z(0.95) ** 2 / (50 + z(0.95) ** 2)
    assert (float(low), float(high)) == pytest.approx((-reach, reach))


def test_nobody_at_all_gives_nothing() -> None:
    assert np.isnan(paired_change(0, 0, 0)).all()


def test_a_change_of_zero_is_rejected_when_mcnemar_rejects() -> None:
    """At a change of zero the score test is McNemar's: (b - c)^2 / (b + c) against chi-squared."""
    for b, c, n in ((12, 2, 50), (9, 3, 40), (30, 15, 200), (20, 5, 25), (7, 6, 300)):
        low, high = paired_change(b, c, n)
        rejected = (b - c) ** 2 / (b + c) > stats.chi2.ppf(0.95, 1)
        assert bool((low > 0) | (high < 0)) == rejected


@pytest.mark.parametrize(
    ("delta", "b", "c", "n"), [(0.1, 5, 2, 30), (-0.2, 5, 2, 30), (0.3, 1, 4, 15), (-0.05, 0, 3, 40), (0.4, 0, 0, 20)]
)
def test_constrained_likelihood_against_a_fine_grid(delta: float, b: int, c: int, n: int) -> None:
    lost = np.linspace(max(0.0, -delta), (1 - delta) / 2, 400_001)
    chances = np.stack([lost + delta, lost, np.maximum(1 - 2 * lost - delta, 0.0)])
    counts = np.array([[b], [c], [n - b - c]])
    with np.errstate(divide="ignore", invalid="ignore"):
        likelihood = np.where(counts > 0, counts * np.log(chances), 0.0).sum(axis=0)
    found = float(constrained_loss(delta, b, c, n))
    assert found == pytest.approx(lost[np.nanargmax(likelihood)], abs=1e-5)


counts = some.integers(1, 200).flatmap(
    lambda n: some.integers(0, n).flatmap(
        lambda b: some.integers(0, n - b).map(lambda c: (b, c, n)),
    )
)


@given(counts, some.floats(0.6, 0.98))
def test_bounds_are_ordered_inside_the_scale_and_swap_sign(case: tuple[int, int, int], level: float) -> None:
    b, c, n = case
    low, high = (float(x) for x in paired_change(b, c, n, level=level))
    assert -1 - 1e-9 <= low <= (b - c) / n + 1e-9
    assert (b - c) / n - 1e-9 <= high <= 1 + 1e-9
    assert high > low
    swapped = paired_change(c, b, n, level=level)
    assert (-float(swapped.high), -float(swapped.low)) == pytest.approx((low, high), abs=1e-8)


@pytest.mark.parametrize(("n", "least"), [(10, 0.95), (20, 0.94), (50, 0.935), (100, 0.93)])
def test_it_covers(n: int, least: float) -> None:
    """By adding up the probability of every outcome, at every pair of chances of the grid."""
    b, c = (part.ravel() for part in np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"))
    b, c = b[b + c <= n], c[b + c <= n]
    low, high = paired_change(b, c, n)
    covered = []
    for up in SHARES:
        for down in SHARES:
            chance = stats.multinomial.pmf(np.stack([b, c, n - b - c], axis=1), n, [up, down, 1 - up - down])
            covered.append(chance[(low <= up - down + SLACK) & (up - down <= high + SLACK)].sum())
    assert min(covered) >= least
    assert 0.945 <= np.mean(covered) <= 0.995


@pytest.mark.parametrize("sizes", [(60, 25), (30, 30), (400, 100)])
def test_two_changes_joined_err_on_either_side_at_most_as_promised(sizes: tuple[int, int]) -> None:
    """How the gap between two groups changes: both groups' intervals, squared and added, over 20,000 worlds each."""
    rng = np.random.default_rng(0)
    for moves in ((0.02, 0.02, 0.02, 0.02), (0.1, 0.1, 0.1, 0.1), (0.15, 0.05, 0.02, 0.1), (0.3, 0.1, 0.2, 0.2)):
        chances = np.array(moves).reshape(2, 2)
        parts = []
        for n, (up, down) in zip(sizes, chances, strict=True):
            b, c, _ = rng.multinomial(n, [up, down, 1 - up - down], size=20_000).T
            parts.append(((b - c) / n, *paired_change(b, c, n)))
        low, high = square_and_add(*parts[0], *parts[1])
        truth = (chances[0, 0] - chances[0, 1]) - (chances[1, 0] - chances[1, 1])
        assert np.mean(high < truth - SLACK) <= 0.033
        assert np.mean(low > truth + SLACK) <= 0.033
