"""BLEU of a set of rows, from counts of n-grams: Papineni, Roukos, Ward and Zhu 2002, ACL, with sacreBLEU's smoothing.

All arrays have shape (slices,) or (slices, orders). The counts may be weighted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.stats.arrays import divide

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bleu:
    """`value`, 0 where no word is shared or no answer has as many words as the longest n-gram.

    `penalty` for brevity: below 1 where answers are shorter than references. `none`: orders of which no n-gram is
    shared. Their precision is taken as half of one match (a quarter for the second such order, and so on), as Lin and
    Och 2004 (NIST's mteval) do: there the value says nothing but that it is low.
    """

    value: Floats
    penalty: Floats
    none: NDArray[np.bool_]


def bleu(matches: Floats, grams: Floats, reference_words: Floats, *, unit: Floats) -> Bleu:
    """From shared n-grams and those of the answers, (slices, orders), and the words of the references.

    `unit`: what one match counts in the mean row of each slice, (slices,); half of it stands for the matches of an
    order that has none. It is no more than all n-grams of that order together, so that no precision is above 1.
    """
    orders = matches.shape[-1]
    none = np.less_equal(matches, 0.0)
    halved = 0.5 ** np.cumsum(none, axis=-1) * np.minimum(unit[:, None], grams)
    shown = np.where(none, halved, matches)
    possible = np.logical_and(np.all(grams > 0, axis=-1), np.any(matches > 0, axis=-1))[..., None]
    logs = np.log(np.where(possible, shown, 1.0)) - np.log(np.where(possible, grams, 1.0))
    words = grams[:, 0]
    penalty = np.exp(np.minimum(0.0, 1 - divide(reference_words, words)))
    value = np.where(possible[..., 0], np.nan_to_num(penalty) * np.exp(logs.sum(axis=-1) / orders), 0.0)
    return Bleu(value=value, penalty=penalty, none=none)


def slopes(matches: Floats, grams: Floats, reference_words: Floats) -> tuple[Floats, Floats, Floats]:
    """The slopes of log BLEU by each of the counts: what a small change of each would change it by.

    0 by the matches of orders that have none. About the length at which the penalty ends it has a kink; there the
    slope is that of the side on which the counts lie.
    """
    orders = matches.shape[-1]
    by_matches, by_grams = divide(1.0 / orders, matches), -divide(1.0 / orders, grams)
    words = grams[:, 0]
    brief = words < reference_words
    by_reference = np.where(brief, -divide(1.0, words), 0.0)
    by_grams[:, 0] += np.where(brief, divide(reference_words, words**2), 0.0)
    return np.nan_to_num(np.where(matches > 0, by_matches, 0.0)), np.nan_to_num(by_grams), np.nan_to_num(by_reference)
