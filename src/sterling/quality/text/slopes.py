"""Metrics of models that write text as functions of the totals of the basis: values, and slopes by each total.

Values have shape (slices,), slopes (slices, basis). BLEU and the length ratio are linearised (Särndal, Swensson and
Wretman 1992, 5.5), as are means, which are ratios of totals.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sterling.quality.text.bleu import slopes
from sterling.quality.text.measured import TextMeasured
from sterling.quality.text.rows import COUNTED, GRAMS, MATCHES, ROUGE
from sterling.stats.arrays import divide

Floats = NDArray[np.float64]
Sloped = tuple[Floats, Floats]


def log_bleu(m: TextMeasured) -> Floats:
    """The slopes of the logarithm of BLEU."""
    return _by_counts(m, *slopes(m.matches, m.grams, m.of.total("reference_words")))


def bleu(m: TextMeasured) -> Sloped:
    value = m.bleu.value
    return value, value[:, None] * log_bleu(m)


def length_ratio(m: TextMeasured) -> Sloped:
    """Words of the answers over words of the references."""
    mine, theirs = m.of.total("words"), m.of.total("reference_words")
    ratio, nothing = divide(mine, theirs), np.zeros((len(mine), len(MATCHES)))
    by_words = np.concatenate([divide(1.0, theirs)[:, None], nothing[:, 1:]], axis=1)
    return ratio, _by_counts(m, nothing, by_words, -divide(ratio, theirs))


def mean(m: TextMeasured, what: str, among: str) -> Sloped:
    """The mean of a number of the basis among the rows that another one counts."""
    total = m.of.total(among)
    value, slope = divide(m.of.total(what), total), np.zeros_like(m.of.sums)
    slope[:, m.of.basis.place(what)], slope[:, m.of.basis.place(among)] = divide(1.0, total), -divide(value, total)
    return value, slope


def _by_counts(m: TextMeasured, matches: Floats, grams: Floats, reference_words: Floats) -> Floats:
    """Slopes by the totals of the basis, (slices, basis), from those by counts of words."""
    slope = np.zeros_like(m.of.sums)
    parts = dict(zip((*MATCHES, *GRAMS), np.concatenate([matches, grams], axis=1).T, strict=True))
    for name in COUNTED:
        slope[:, m.of.basis.place(name)] = parts.get(name, reference_words)
    return slope


def among(name: str) -> str:
    """The rows that a metric is taken among, by their name in the basis."""
    return "all" if name == "answered" else "one"


SLOPED: dict[str, Callable[[TextMeasured], Sloped]] = {
    "bleu": bleu, "length_ratio": length_ratio,
    **{
        name: partial(mean, what=name, among=among(name))
        for name in ("answered", "exact_match", "normalised_exact_match", *ROUGE)
    },
}  # fmt: skip
