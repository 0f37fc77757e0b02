"""From the facts of a column to its statistics: effect sizes with bounds, and a test of each hypothesis."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial

import numpy as np

from sterling.data.drift.columns import Compared
from sterling.data.drift.facts import CategoryFacts, Facts, Found, Measured, Missing, NumberFacts, Size, Tested
from sterling.stats.arrays import Array
from sterling.stats.difference import square_and_add
from sterling.stats.divergence import (
    FLOOR,
    jensen_shannon_effect,
    l_infinity_effect,
    psi_effect,
    psi_plain,
    total_variation_effect,
)
from sterling.stats.draws import stream
from sterling.stats.effect import Effect
from sterling.stats.exact import fisher_exact
from sterling.stats.homogeneity import chi_square, cramers_v, homogeneity, pooled_rare
from sterling.stats.kolmogorov import ks_effect, ks_p
from sterling.stats.normal import z
from sterling.stats.proportion import clopper_pearson_z
from sterling.stats.special import chi2_sf
from sterling.stats.transport import wasserstein_effect

VALUES, GONE, LENGTHS = "values", "missing", "lengths"
PRIMARY = ("ks", "jensen_shannon")
_DENSE, _DENSER, _FEW_CELLS = 10.0, 25.0, 100
"""A divergence is worked out of cells that are expected so often at least, more often where there are many."""
_TENTHS = "ten parts of the values of both tables together"


def measured(column: Compared, facts: Facts, *, seed: int, min_n: int, key: str) -> Measured:
    """Every statistic of one column. `key` names its random stream, for tests that deal rows anew."""
    sizes = facts.missing.sizes
    found, tests = _missing(facts.missing, min_n)
    held = facts.numbers or facts.categories
    rows = (held.sizes[1].rows, held.sizes[0].rows) if held is not None else (0, 0)
    note = column.note
    if held is not None and min(rows) >= min_n:
        if facts.numbers is not None:
            more, other = _numbers(facts.numbers, column, sizes)
        else:
            assert facts.categories is not None
            more, other = _categories(facts.categories, stream(seed, key))
        found, tests = more + found, other | tests
    elif column.how in ("number", "length", "category"):
        note = f"fewer than {min_n} values in one of the tables: too few to compare"
    strength = max((abs(f.effect.value) for f in found if f.statistic in (*PRIMARY, "missing_share")), default=0.0)
    return Measured(
        column=column.name, how=column.how, rows=rows, all_rows=(sizes[1].rows, sizes[0].rows), found=tuple(found),
        tests=tests, strength=strength, note=note,
    )  # fmt: skip


def _numbers(facts: NumberFacts, column: Compared, sizes: tuple[Size, Size]) -> tuple[list[Found], dict[str, Tested]]:
    n, m = (s.effective for s in facts.sizes)
    weighted = any(abs(s.effective - s.rows) > 1e-9 for s in facts.sizes)
    how = "deals of the pooled rows, ties kept together" if facts.p is not None else "limit"
    p = facts.p if facts.p is not None else ks_p(facts.ks, n, m)
    rough = f"; from counts between cut points, short of the exact statistic by at most {facts.ks_most - facts.ks:.2g}"
    method = f"two-sample Kolmogorov-Smirnov test, {how}" + ("; effective sizes" if weighted else "")
    method += rough if facts.ks_most > facts.ks else ""
    told = "no distance in units: there are infinite values" if math.isnan(facts.far) else ""
    found = [Found(statistic="ks", effect=ks_effect(facts.ks, n, m, most=facts.ks_most), test=VALUES, note=told)]
    if len(facts.cells[0]) > 1:
        tenths = "ten parts of the values of both tables together"
        found.append(
            Found(statistic="jensen_shannon", effect=jensen_shannon_effect(*facts.cells), test=VALUES, note=tenths)
        )
        found.append(_stability(facts.cells, tenths, facts.cells))
    if not math.isnan(facts.far):
        found += _moved(facts, column)
    return found, {VALUES: Tested(p=p, method=method)}


def _moved(facts: NumberFacts, column: Compared) -> list[Found]:
    def effect(scale: float) -> Effect:
        return wasserstein_effect(
            facts.far, *facts.moments, facts.noise, scale=scale, most=max(facts.far_most, facts.far)
        )

    note = f"{facts.infinite:,} infinite values left out" if facts.infinite else ""
    out = [Found(statistic="wasserstein_units", effect=effect(1.0), test=VALUES, unit=column.unit, note=note)]
    if facts.scale:
        ranges = "interquartile ranges of the other table"
        out.insert(0, Found(statistic="wasserstein", effect=effect(facts.scale), test=VALUES, unit=ranges, note=note))
    return out


def _stability(cells: tuple[Array, Array], note: str, every: tuple[Array, Array]) -> Found:
    """`cells`: those that the index is worked out of; `every`: those of the plain one, rare ones by themselves."""
    effect = psi_effect(*cells)
    plain = f"plain index of these rows {psi_plain(*every):.4g} (shares under {FLOOR:g} taken as {FLOOR:g})"
    endless = math.isinf(effect.at(0.5, 0.5)[1])
    told = "no upper bound: a part has hardly a row in one of the tables" if endless else ""
    return Found(statistic="psi", effect=effect, test=VALUES, note="; ".join(t for t in (note, told, plain) if t))


def _categories(facts: CategoryFacts, rng: np.random.Generator) -> tuple[list[Found], dict[str, Tested]]:
    a, b = facts.cells
    n, m = float(a.sum()), float(b.sum())
    found: list[Found] = []
    tests: dict[str, Tested] = {}
    hashed = f"values are told apart by {facts.hashed:,} hashes: at least this far apart" if facts.hashed else ""
    if not facts.unlike:
        tested = homogeneity(a, b, rng=rng, whole=facts.whole)
        method = f"test of homogeneity, {tested.method}" + ("" if facts.whole else "; effective counts")
        tests[VALUES] = Tested(p=tested.p, method=method)
        least = _DENSE if len(a) <= _FEW_CELLS else _DENSER
        dense = pooled_rare(a, b, least=least)
        together = f"values expected fewer than {least:.0f} times are taken together"
        note = "; ".join(t for t in (together if dense.rare else "", hashed) if t)
        if len(dense.a) > 1:
            effect = jensen_shannon_effect(dense.a, dense.b)
            found.append(Found(statistic="jensen_shannon", effect=effect, test=VALUES, note=note))
        one = l_infinity_effect(a, b)
        every = total_variation_effect(a, b, one=one)
        found.append(Found(statistic="l_infinity", effect=one, test=VALUES, note=hashed))
        found.append(Found(statistic="total_variation", effect=every, test=VALUES, note=hashed))
        if len(dense.a) > 1:
            found.append(_stability((dense.a, dense.b), note, (a, b)))
            effect = cramers_v(chi_square(dense.a, dense.b), len(dense.a) - 1, n, m)
            found.append(Found(statistic="cramers_v", effect=effect, test=VALUES, note=note))
    if not facts.hashed:
        found.append(Found(statistic="new_values", effect=_share(float(b[a == 0].sum()), m), test=None))
    if facts.lengths is not None:
        first, second = (c / c.sum() for c in facts.lengths)
        ks = float(np.max(np.abs(np.cumsum(first) - np.cumsum(second))))
        found.append(Found(statistic="length_ks", effect=ks_effect(ks, n, m), test=LENGTHS, unit="characters"))
        tests[LENGTHS] = Tested(p=ks_p(ks, n, m), method="two-sample Kolmogorov-Smirnov test of lengths, limit")
    return found, tests


def _share(hits: float, n: float) -> Effect:
    limits = cache(partial(clopper_pearson_z, hits, n))

    def at(over: float, within: float) -> tuple[float, float]:
        return float(limits(z(1.0 - over, 1)).low), float(limits(z(1.0 - within, 1)).high)

    return Effect(value=hits / n, at=at, method="Clopper-Pearson; the values of the other table are taken as given")


def _missing(facts: Missing, min_n: int) -> tuple[list[Found], dict[str, Tested]]:
    (a, b), (x, y) = facts.sizes, facts.missing
    if min(a.rows, b.rows) < min_n or not a.effective or not b.effective:
        return [], {}
    found = [Found(statistic="missing_share", effect=_change(x, a.effective, y, b.effective), test=GONE)]
    if x + y == 0 or x + y >= (a.effective + b.effective) * (1 - 1e-12):
        return found, {}  # the same in every row: unchanged, there is nothing that chance could have done
    return found, {GONE: _two_shares(x, a.effective, y, b.effective, whole=_whole(facts))}


def _whole(facts: Missing) -> bool:
    return all(s.effective == s.rows for s in facts.sizes)


def _change(x: float, n: float, y: float, m: float) -> Effect:
    """The second share less the first, exact limits squared and added."""

    @cache
    def side(critical: float) -> tuple[Array, Array]:
        i, j = clopper_pearson_z(y, m, critical), clopper_pearson_z(x, n, critical)
        return square_and_add(y / m, i.low, i.high, x / n, j.low, j.high)

    def at(over: float, within: float) -> tuple[float, float]:
        return float(side(z(1.0 - over, 1))[0]), float(side(z(1.0 - within, 1))[1])

    return Effect(value=y / m - x / n, at=at, method="Clopper-Pearson limits of both shares, squared and added")


def _two_shares(x: float, n: float, y: float, m: float, *, whole: bool) -> Tested:
    cells = np.array([[x, n - x], [y, m - y]])
    expected = cells.sum(axis=0) * min(n, m) / (n + m)
    if whole and float(expected.min()) < 5.0:
        p = fisher_exact(round(x), round(n - x), round(y), round(m - y))
        return Tested(p=p, method="Fisher's exact test")
    statistic = chi_square(cells[0], cells[1])
    return Tested(p=float(chi2_sf(statistic, 1)), method=f"test of two shares, chi-square {statistic:.4g}")


def size_of(effect: Effect) -> Callable[[float, float], tuple[float, float]]:
    """Bounds of the absolute value of a number that may be negative."""

    def at(over: float, within: float) -> tuple[float, float]:
        low, high = effect.at(over / 2.0, over / 2.0)
        least, most = effect.at(within, within)
        return max(low, -high, 0.0), max(most, -least, abs(effect.value))

    return at
