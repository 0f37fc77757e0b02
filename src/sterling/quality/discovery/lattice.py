"""The lattice of conjunctions: every one and every pair of conditions is looked at, and the best pairs are refined.

A condition is a range of adjacent bins of a number, a category, or being missing. All of a pair's conjunctions come
from one table of sums (bins × bins), so looking at a hundred thousand of them costs two small matrix products.

Source: subgroup discovery by beam search (Herrera et al. 2011, Knowledge and Information Systems 29:495); a conjunction
must say more than each of its parts (productive patterns: Webb 2007, Machine Learning 68:1); slices of models: Chung et
al. 2019, IEEE TKDE 32:2284 (Slice Finder).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sterling.core.frozen import dataclass
from sterling.quality.discovery.features import Feature
from sterling.quality.discovery.sums import Floats, Rows, Sums, pair_codes, sums_by, total

CAUTION = 3.0
"""Slices are compared at this many standard errors below the estimate of their gap, so that noise does not win."""
MORE = 2.0
"""A condition more must make a slice worse by more than this many standard errors."""
BEAM = 24
_PER_FEATURE, _PER_PAIR = 4, 2
_CELLS = 200_000_000
"""With so many features that pairs × rows exceeds this, pairs are looked at on a part of the rows."""
_LEAST_ROWS = 20_000

Codes = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A conjunction: for each feature (by index, ascending) the codes it may have; `score` as in `score_of`."""

    parts: tuple[tuple[int, Codes], ...]
    score: float
    gap: float

    @property
    def features(self) -> tuple[int, ...]:
        return tuple(f for f, _ in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Literals:
    """The conditions that one feature offers: `sets` and the same as 0/1 rows of shape (conditions, bins)."""

    sets: tuple[Codes, ...]
    member: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The conjunctions worth a second look, best first, and how many were compared."""

    found: tuple[Found, ...]
    looked_at: int


def literals(feature: Feature) -> Literals:
    """Every range of adjacent bins, or every category; missing by itself. Never all rows."""
    known, bins = feature.known, feature.bins
    if feature.ordered:
        sets = [tuple(range(i, j)) for i in range(known) for j in range(i + 1, known + 1)]
    else:
        sets = [(code,) for code in range(known)]
    sets = [s for s in sets if len(s) < bins] + ([(known,)] if feature.missing else [])
    member = np.zeros((len(sets), bins))
    for row, codes in enumerate(sets):
        member[row, list(codes)] = 1.0
    return Literals(sets=tuple(sets), member=member)


def search(rows: Rows, features: tuple[Feature, ...], *, smallest: int, depth: int) -> Searched:
    """Conjunctions of up to `depth` (1 to 3) conditions that hold for at least `smallest` rows and do worse than the
    rest. `rows`: the eligible rows of the search half.
    """
    everyone = total(rows)
    offers = [literals(f) for f in features]
    single = [sums_by(rows, codes, f.bins) for codes, f in zip(rows.codes, features, strict=True)]
    looked = 0
    found: list[Found] = []
    for i, offer in enumerate(offers):
        sums = single[i].joined(offer.member)
        looked += len(offer.sets)
        found += _best(sums, everyone, [((i, s),) for s in offer.sets], smallest, _PER_FEATURE)
    if depth > 1 and len(features) > 1:
        pairs, seen = _pairs(rows, features, offers, single, smallest)
        found, looked = [*found, *pairs], looked + seen
        if depth > 2 and len(features) > 2:
            for start in _beam(pairs):
                triples, seen = _refined(rows, features, offers, everyone, start, smallest)
                found, looked = [*found, *triples], looked + seen
    return Searched(found=tuple(sorted(found, key=_rank)), looked_at=looked)


def _rank(found: Found) -> tuple[float, int, tuple[tuple[int, Codes], ...]]:
    return -found.score, len(found.parts), found.parts


def score_of(sums: Sums, everyone: Sums) -> tuple[Floats, Floats]:
    """How sharply each slice stands out, and its gap to everyone else.

    The score is the root of the spread of losses that the slice explains, share × (1 - share) × gap², with the gap
    taken CAUTION standard errors below its estimate. Of all slices the true one explains most. Ranking by size times
    gap alone would not tell it from a wider slice that takes in average rows: these add size as they dilute the gap.
    """
    rest = everyone.minus(sums)
    gap = sums.mean - rest.mean
    error = np.sqrt(_spread(sums, everyone) + _spread(rest, everyone))
    shares = sums.w * rest.w / everyone.w**2
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(np.sqrt(shares) * (gap - CAUTION * error), nan=-np.inf), gap


def _spread(sums: Sums, everyone: Sums) -> Floats:
    """Variance of the mean, with one imaginary row as spread as everyone: a few equal losses are no certainty."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(sums.variance + everyone.variance * everyone.n / np.maximum(sums.n, 1.0) ** 2)


def _best(
    sums: Sums, everyone: Sums, parts: list[tuple[tuple[int, Codes], ...]], smallest: int, most: int
) -> list[Found]:
    score, gap = score_of(sums, everyone)
    score[sums.n < smallest] = -np.inf
    order = np.argsort(-score, kind="stable")[:most]
    return [Found(parts=parts[k], score=float(score[k]), gap=float(gap[k])) for k in order.tolist() if score[k] > 0]


def _pairs(
    rows: Rows, features: tuple[Feature, ...], offers: list[Literals], single: list[Sums], smallest: int
) -> tuple[list[Found], int]:
    """The best conjunctions of every two features."""
    several = list(combinations(range(len(features)), 2))
    kept = min(rows.size, max(_LEAST_ROWS, _CELLS // len(several)))
    part = rows if kept == rows.size else rows.part(np.arange(rows.size) < kept)
    if part is not rows:  # rows stand in the order of their hashes: the first ones are a random sample
        single = [sums_by(part, codes, f.bins) for codes, f in zip(part.codes, features, strict=True)]
    everyone = total(part)
    least = max(1, round(smallest * kept / rows.size))
    alone = [s.joined(o.member) for s, o in zip(single, offers, strict=True)]
    found: list[Found] = []
    looked = 0
    for a, b in several:
        width = features[b].bins
        cells = sums_by(part, pair_codes(part, a, b, width), features[a].bins * width)
        table = cells.each(lambda part, width=width: part.reshape(-1, width))  # type: ignore[misc]
        sums = table.joined(offers[a].member, offers[b].member).each(np.ravel)
        looked += sums.n.size
        score, gap = score_of(sums, everyone)
        better = np.maximum(alone[a].mean[:, None], alone[b].mean[None, :]).ravel()
        score[(sums.n < least) | ~_productive(sums, everyone, better)] = -np.inf
        for k in _top(score, _PER_PAIR):
            i, j = divmod(k, len(offers[b].sets))
            parts = ((a, offers[a].sets[i]), (b, offers[b].sets[j]))
            found.append(Found(parts=parts, score=float(score[k]), gap=float(gap[k])))
    return found, looked


def _productive(sums: Sums, everyone: Sums, parents: Floats) -> NDArray[np.bool_]:
    """Whether a conjunction does worse than each of its parts by more than noise."""
    error = np.sqrt(_spread(sums, everyone))
    with np.errstate(invalid="ignore"):
        return np.asarray(sums.mean - MORE * error > parents)


def _top(score: Floats, most: int) -> list[int]:
    order = np.argpartition(-score, min(most, len(score) - 1))[:most]
    return sorted((int(k) for k in order if score[k] > 0), key=lambda k: (-score[k], k))


def _beam(pairs: Iterable[Found]) -> list[Found]:
    """The best pair of each two features, best first."""
    best: dict[tuple[int, ...], Found] = {}
    for pair in sorted(pairs, key=_rank):
        best.setdefault(pair.features, pair)
    return list(best.values())[:BEAM]


def _refined(
    rows: Rows, features: tuple[Feature, ...], offers: list[Literals], everyone: Sums, start: Found, smallest: int
) -> tuple[list[Found], int]:
    """The best third condition of each other feature."""
    inside = rows.part(mask(start.parts, rows, features))
    parent = total(inside)
    found: list[Found] = []
    looked = 0
    for f, offer in enumerate(offers):
        if f in start.features:
            continue
        sums = sums_by(inside, inside.codes[f], features[f].bins).joined(offer.member)
        looked += len(offer.sets)
        score, gap = score_of(sums, everyone)
        score[(sums.n < smallest) | ~_productive(sums, everyone, parent.mean)] = -np.inf
        for k in _top(score, 1):
            parts = tuple(sorted((*start.parts, (f, offer.sets[k]))))
            found.append(Found(parts=parts, score=float(score[k]), gap=float(gap[k])))
    return found, looked


def mask(parts: Iterable[tuple[int, Codes]], rows: Rows, features: tuple[Feature, ...]) -> NDArray[np.bool_]:
    """Which rows meet every condition, shape (rows,)."""
    inside = np.ones(rows.size, dtype=bool)
    for feature, codes in parts:
        allowed = np.zeros(features[feature].bins, dtype=bool)
        allowed[list(codes)] = True
        inside &= allowed[rows.codes[feature]]
    return inside
