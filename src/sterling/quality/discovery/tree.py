"""The error-analysis tree: rows split again and again where the mean loss differs most.

Grown on the search half, so that the numbers of its nodes on the other half are honest.
Source: Breiman, Friedman, Olshen and Stone 1984, Classification and Regression Trees, chapters 4 and 8 (for a mean, the
best two-way split of categories is among those that cut them in the order of their means: theorem 4.5); honest trees:
Athey and Imbens 2016, PNAS 113:7353.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.quality.discovery.features import Feature
from sterling.quality.discovery.lattice import Codes, Found, score_of
from sterling.quality.discovery.sums import Floats, Rows, Sums, sums_by, total

SURE = 4.0
"""A split is made where the two means differ by more than this many standard errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A node: its parent's index (None for the root), the feature split on, the codes that lead here, the path."""

    parent: int | None
    feature: int
    codes: Codes
    parts: tuple[tuple[int, Codes], ...]


def grow(rows: Rows, features: tuple[Feature, ...], *, smallest: int, depth: int) -> tuple[Split, ...]:
    """A tree of at most `depth` splits on any path; parents stand before their children, the worse child first."""
    nodes = [Split(parent=None, feature=-1, codes=(), parts=())]

    def split(rows: Rows, node: int, left: int) -> None:
        best = _best_split(rows, features, smallest) if left else None
        if best is None:
            return
        feature, codes = best
        others = tuple(c for c in range(features[feature].bins) if c not in codes)
        for side in (codes, others):
            inside = np.isin(rows.codes[feature], np.array(side))
            path = _joined(nodes[node].parts, feature, side, features[feature].bins)
            nodes.append(Split(parent=node, feature=feature, codes=dict(path)[feature], parts=path))
            split(rows.part(inside), len(nodes) - 1, left - 1)

    split(rows, 0, depth)
    return tuple(nodes)


def leaves(tree: tuple[Split, ...], rows: Rows, places: NDArray[np.int64]) -> list[Found]:
    """Every node other than the root as a conjunction, where it does worse than the rest for sure.

    `places`: the leaf of each row, shape (rows,), as `leaf_of` gives it.
    """
    by_leaf = sums_by(rows, places, len(tree))
    member = np.zeros((len(tree), len(tree)))
    for leaf in range(len(tree)):
        node: int | None = leaf
        while node is not None:
            member[node, leaf] = 1.0
            node = tree[node].parent
    score, gap = score_of(by_leaf.joined(member), total(rows))
    return [
        Found(parts=tree[k].parts, score=float(score[k]), gap=float(gap[k]))
        for k in range(1, len(tree))
        if score[k] > 0
    ]


def leaf_of(tree: tuple[Split, ...], rows: Rows, features: tuple[Feature, ...]) -> NDArray[np.int64]:
    """The deepest node that each row reaches, shape (rows,)."""
    at = np.zeros(rows.size, dtype=np.int64)
    for k, node in enumerate(tree):
        if node.parent is None:
            continue
        allowed = np.zeros(features[node.feature].bins, dtype=bool)
        allowed[list(node.codes)] = True
        at[(at == node.parent) & allowed[rows.codes[node.feature]]] = k
    return at


def _joined(
    path: tuple[tuple[int, Codes], ...], feature: int, codes: Codes, bins: int
) -> tuple[tuple[int, Codes], ...]:
    """The path with one more condition; conditions on the same feature become one."""
    before = dict(path).get(feature, tuple(range(bins)))
    both = tuple(c for c in before if c in codes)
    return tuple(sorted({**dict(path), feature: both}.items()))


def _best_split(rows: Rows, features: tuple[Feature, ...], smallest: int) -> tuple[int, Codes] | None:
    """The split that takes away most of the spread, its worse side first; None where no split is sure."""
    everyone = total(rows)
    best: tuple[float, int, Codes] | None = None
    for f, feature in enumerate(features):
        sums = sums_by(rows, rows.codes[f], feature.bins)
        sides = _sides(feature, sums)
        member = np.zeros((len(sides), feature.bins))
        for row, codes in enumerate(sides):
            member[row, list(codes)] = 1.0
        gain = _gain(sums.joined(member), everyone, smallest)
        k = int(np.argmax(gain)) if len(gain) else 0
        if len(gain) and gain[k] > 0 and (best is None or gain[k] > best[0]):
            side = sides[k]
            inside = sums.joined(member[k : k + 1])
            worse = bool((inside.mean > everyone.mean)[0])
            best = (float(gain[k]), f, side if worse else tuple(c for c in range(feature.bins) if c not in side))
    return None if best is None else (best[1], best[2])


def _sides(feature: Feature, sums: Sums) -> list[Codes]:
    """Ways to part the bins in two: cuts of a number with missing on either side, of categories by their means."""
    if not feature.ordered:
        seen = [c for c in range(feature.bins) if sums.n[c] > 0]
        order = sorted(seen, key=lambda c: (float(sums.mean[c]), c))
        return [tuple(sorted(order[:k])) for k in range(1, len(order))]
    cuts = [tuple(range(k)) for k in range(1, feature.known)]
    if not feature.missing:
        return cuts
    return [*cuts, *((*c, feature.known) for c in cuts), (feature.known,)]


def _gain(sides: Sums, everyone: Sums, smallest: int) -> Floats:
    """The spread that a split takes away; -inf where a side is too small or the means do not differ for sure."""
    rest = everyone.minus(sides)
    gap = sides.mean - rest.mean
    error = np.sqrt(sides.variance + rest.variance)
    with np.errstate(invalid="ignore"):
        sure = (sides.n >= smallest) & (rest.n >= smallest) & (np.abs(gap) > SURE * error)
    return np.where(sure, sides.w * rest.w / everyone.w * gap * gap, -np.inf)
