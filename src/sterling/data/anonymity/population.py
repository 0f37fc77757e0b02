"""How far a row that is unique in a sample can be told apart in the population that the sample is drawn from."""

from __future__ import annotations

from sterling.core.estimate import Estimate
from sterling.data.anonymity.classes import Sizes
from sterling.stats.proportion import clopper_pearson

METHOD = (
    "Skinner and Elliot 2002, with exact limits of the share of pairs; rows are taken to be drawn independently and "
    "with equal chances from the population"
)


def match_of_unique(sizes: Sizes, population: int, *, level: float) -> Estimate:
    """The chance that somebody of the population who matches a unique row, picked at random, is that row's person.

    theta = p n1 / (p n1 + 2 (1 - p) n2), with p the sampling fraction, n1 classes of one row and n2 of two (Skinner
    and Elliot 2002, J. R. Statist. Soc. B 64:855, eq. 6). Given their sum, n2 is taken to be binomial, which gives
    exact limits of n2 / n1 and so of theta. A row that is unique here and in the population counts as 1; hence theta
    is no less than the share of unique rows that are unique in the population. None where no row is unique.
    """
    p = sizes.rows / population
    single, pairs = sizes.of(1), sizes.of(2)

    def theta(share_of_pairs: float) -> float:
        right, wrong = p * (1.0 - share_of_pairs), 2.0 * (1.0 - p) * share_of_pairs
        return right / (right + wrong) if right + wrong > 0 else 1.0

    if not single:
        return Estimate(
            value=None, low=None, high=None, level=level, n=sizes.rows, n_eligible=0, method=METHOD,
            status="insufficient",
        )  # fmt: skip
    among = clopper_pearson(pairs, single + pairs, level=level)
    return Estimate(
        value=theta(pairs / (single + pairs)), low=theta(float(among.high)), high=theta(float(among.low)),
        level=level, n=sizes.rows, n_eligible=single, method=METHOD,
    )  # fmt: skip
