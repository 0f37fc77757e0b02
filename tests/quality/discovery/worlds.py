"""Made-up features and losses for discovery, and a slow and obvious search to hold it against."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from sterling.core.rates import RATES
from sterling.quality.discovery.discover import Settings, discover
from sterling.quality.discovery.features import Feature
from sterling.quality.discovery.losses import Kind, Losses
from sterling.quality.discovery.sums import Rows

INFO = RATES["false_positive_rate"].info


def number(name: str, codes: NDArray[np.integer], bins: int, *, missing: bool = False) -> Feature:
    """A feature of whole numbers 0 … bins - 1; with `missing` the last code stands for a missing value."""
    edges = tuple(float(k) for k in range(1, bins - missing))
    return Feature(name=name, codes=codes.astype(np.uint8), ordered=True, missing=missing, edges=edges)


def category(name: str, codes: NDArray[np.integer], values: str) -> Feature:
    return Feature(name=name, codes=codes.astype(np.uint8), ordered=False, missing=False, values=tuple(values))


def noise(rng: np.random.Generator, n: int, *, features: int = 4) -> tuple[Feature, ...]:
    """Features that have nothing to do with anything."""
    return tuple(
        number(f"x{i}", rng.integers(0, 8, n), 8) if i % 2 else category(f"c{i}", rng.integers(0, 5, n), "abcde")
        for i in range(features)
    )


def found(features: tuple[Feature, ...], loss: NDArray[np.float64], *, kind: Kind = "event", **more: object):  # type: ignore[no-untyped-def]
    """`discover` with everyone eligible. `weight`, `cluster`, and the fields of Settings by name."""
    weight, cluster = more.pop("weight", None), more.pop("cluster", None)
    losses = Losses(loss=loss.astype(np.float64), eligible=np.ones(len(loss), dtype=bool), kind=kind)
    return discover(features, losses, info=INFO, weight=weight, cluster=cluster, threshold=None,  # type: ignore[arg-type]
                    settings=Settings(**more))  # type: ignore[arg-type]  # fmt: skip


def rows_of(
    features: tuple[Feature, ...], loss: NDArray[np.float64], weight: NDArray[np.float64] | None = None
) -> Rows:
    return Rows(codes=tuple(f.codes for f in features), loss=loss.astype(np.float64), weight=weight, cluster=None,
                event=weight is None and set(np.unique(loss)) <= {0.0, 1.0})  # fmt: skip


def every_mask(features: tuple[Feature, ...], depth: int):  # type: ignore[no-untyped-def]
    """Every conjunction of up to `depth` conditions, as parts and as a mask, one row after the other."""
    for size in range(1, depth + 1):
        for chosen in combinations(range(len(features)), size):
            for sets in product(*(_sets(features[f]) for f in chosen)):
                inside = np.ones(len(features[0].codes), dtype=bool)
                for f, codes in zip(chosen, sets, strict=True):
                    inside &= np.array([c in codes for c in features[f].codes])
                yield tuple(zip(chosen, sets, strict=True)), inside


def _sets(feature: Feature) -> list[tuple[int, ...]]:
    k = feature.known
    if feature.ordered:
        sets = [tuple(range(i, j)) for i in range(k) for j in range(i + 1, k + 1) if j - i < feature.bins]
    else:
        sets = [(c,) for c in range(k)]
    return [*sets, *([(k,)] if feature.missing else [])]
