"""How many rows more may break a promise that was inferred from a sample, before it is news."""

from __future__ import annotations

import math

import numpy as np

from sterling.stats.normal import z
from sterling.stats.special import log_gamma

MANY = 5_000


def allowed_rows(hits: int, alpha: float) -> int:
    """The fewest rows y such that another sample of the same size and source has more than y with chance at most alpha.

    `hits`: rows like that in this sample. Given hits + y + 1 of them in both samples together, each is in either with
    chance 1/2, so that this sample has at most `hits` with the chance of a binomial tail: it holds whatever share of
    the source is like that (the conditional test of Przyborowski and Wilenski 1940, Biometrika 31:313).
    """
    if hits > MANY:
        return hits + math.ceil(z(1 - alpha, sided=1) * math.sqrt(2.0 * hits) * 1.05 + 10)
    low, high = hits, 2 * hits + math.ceil(math.log2(1 / alpha)) + 1
    while _tail(hits, hits + high + 1) > alpha:
        high *= 2
    while low < high:
        middle = (low + high) // 2
        if _tail(hits, hits + middle + 1) <= alpha:
            high = middle
        else:
            low = middle + 1
    return high


def _tail(hits: int, n: int) -> float:
    """The chance of at most `hits` among n at 1/2."""
    k = np.arange(hits + 1)
    logs = log_gamma(n + 1.0) - log_gamma(k + 1.0) - log_gamma(n - k + 1.0) - n * math.log(2.0)
    return float(np.exp(logs).sum())


def allowed_share(hits: int, n: int, alpha: float) -> float:
    """The share of n rows that may be like that, rounded up to two digits; 1 where a promise would say nothing."""
    rows = allowed_rows(hits, alpha)
    return 1.0 if 2 * (rows - hits) > n or not n else min(1.0, rounded_up(rows / n))


def rounded_up(x: float) -> float:
    """Up to two digits: 0.00653 becomes 0.0066."""
    if x <= 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(x)) - 1)
    return float(f"{math.ceil(x / step - 1e-9) * step:.2g}")
