"""From the sums of all rows to the totals of every slice, and of all rows outside of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sterling.engine.amounts.counting import AmountCounter, is_count, numbers_of, products_of
from sterling.engine.amounts.measured import Amounts, Totals
from sterling.engine.by_cluster import by_cluster
from sterling.engine.encode import Batch
from sterling.engine.slicing import Slicing, slicing
from sterling.engine.sums import Sums
from sterling.engine.survey import Surveyed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def finish(surveyed: Surveyed, counter: AmountCounter, sums: Sums, kept: Batch | None) -> Amounts:
    """What was added up, by slice. `kept`: all rows, when they are held in memory: clusters need them."""
    sliced = slicing(counter.families, sums.values, surveyed.roles.groups, sums.counts("rows"))
    weighted = surveyed.roles.weight is not None
    within = _totals(sums, sliced, counter, weighted=weighted)
    rest = _of_rest(within)
    if kept is not None and kept.cluster is not None:
        within, rest = _clustered(within, rest, sliced, counter, kept)
    return Amounts(
        summing=counter.summing, slices=sliced.slices, within=within, rest=rest, weighted=weighted,
        unit=2.0**surveyed.weight_exponent if weighted else 1.0,
    )  # fmt: skip


def _totals(sums: Sums, sliced: Slicing, counter: AmountCounter, *, weighted: bool) -> Totals:
    names = [key[2:] for key in sums.totals[0] if key.startswith(("n ", "w "))]
    counts = {n: _whole(sliced, sums, n) for n in dict.fromkeys(names) if is_count(n)}
    of = {
        n: sliced.values(sums.of(f"w {n}")) if weighted or not is_count(n) else counts[n].astype(np.float64)
        for n in dict.fromkeys(names)
    }
    products = {
        (a, b): of[b] if not weighted and is_count(a) else sliced.values(sums.of(f"q {a} {b}"))
        for a, b in products_of(counter.summing)
    }
    return Totals(sums=of, products=products, counts=counts)


def _whole(sliced: Slicing, sums: Sums, name: str) -> Ints:
    return sliced.gather(sums.counts(f"n {name}"))


def _of_rest(within: Totals) -> Totals:
    """Everyone's totals less those of each slice."""
    return Totals(
        sums={name: total[0] - total for name, total in within.sums.items()},
        products={pair: total[0] - total for pair, total in within.products.items()},
        counts={name: n[0] - n for name, n in within.counts.items()},
    )


def _clustered(
    within: Totals, rest: Totals, sliced: Slicing, counter: AmountCounter, kept: Batch
) -> tuple[Totals, Totals]:
    """The same with products over clusters. A cluster that lies in a slice and outside of it is part of both."""
    pairs, shape = list(products_of(counter.summing)), len(sliced.slices)
    inside, outside = ({pair: np.zeros(shape) for pair in pairs} for _ in range(2))
    counted = {name: np.zeros(shape, dtype=np.int64) for name in within.counts}
    away = {name: np.zeros(shape, dtype=np.int64) for name in within.counts}
    every: Mapping[str, Floats] = {}
    for part in by_cluster(kept, counter.families, sliced, numbers_of(kept, counter.summing)):
        every = every or part.totals  # everyone comes first, and has each cluster once
        left = {name: every[name][part.cluster] - total for name, total in part.totals.items()}
        for name in counted:
            counted[name][part.rows] = part.summed(part.totals[name] > 0)
            gone = part.summed((left[name] <= 0) & (every[name][part.cluster] > 0))
            away[name][part.rows] = np.count_nonzero(every[name] > 0) - gone
        for a, b in pairs:
            inside[a, b][part.rows] = part.summed(part.totals[a] * part.totals[b])
            whole = float(np.sum(every[a] * every[b]))
            moved = part.summed(left[a] * left[b] - (every[a] * every[b])[part.cluster])
            outside[a, b][part.rows] = whole + moved
    return (
        Totals(sums=within.sums, products=inside, counts=within.counts, clusters=counted),
        Totals(sums=rest.sums, products=outside, counts=rest.counts, clusters=away),
    )
