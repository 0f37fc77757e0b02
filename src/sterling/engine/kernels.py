"""The passes over rows that counting spends its time in, as compiled loops.

NumPy's way through the same rows stays the reference, is used for small tables and wherever llvmlite (the extra `fast`)
is missing, and gives the same bits: sums are whole numbers, logarithms are NumPy's own on both ways.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import cache

import numpy as np

from sterling.core.frozen import dataclass
from sterling.engine import views
from sterling.engine.native import Bytes, Floats, Ints, Native, Shorts, Words, compiled_once
from sterling.engine.threads import pool
from sterling.engine.views import EMPTY, FIRST, SECOND

WORTH_IT = 4_000_000
"""From this many rows on, compiling (0.15 to 0.2 s of CPU in a first run) costs less than it saves."""

TALLIED = 8
"""Places of a coarse cell's five sums: a power of 2, so that they never lie across two lines of the cache."""

_EPS = float(np.finfo(np.float64).eps)
_NEARLY = 1.0 - _EPS
_P36, _P31, _P26, _P24 = 2.0**36, 2.0**31, 2.0**26, 2.0**24


def search(scores: Floats, ends: Floats, bins: Ints, rows: int, last: int) -> int:
    """How many of the first `last` points of `ends` each score reaches, as `Cuts.index` where points are searched."""
    for i in range(rows):
        score = scores[i]
        low = 0
        high = last
        while low < high:
            middle = (low + high) >> 1
            if score >= ends[middle]:
                low = middle + 1
            else:
                high = middle
        bins[i] = low
    return 0


def reach(scores: Floats, ends: Floats, table: Ints, bins: Ints, rows: int, slots: int, scale: float) -> int:
    """As `search`, where points are looked up: the first of the steps up from what the table says."""
    top = float(slots - 1)
    first = ends[0]
    for i in range(rows):
        score = scores[i]
        place = (score - first) * scale + 1.0
        place = place if place > 0.0 else 0.0
        place = place if place < top else top
        low = table[int(place)]
        bins[i] = low + (1 if score >= ends[low] else 0)
    return 0


def climb(scores: Floats, ends: Floats, bins: Ints, rows: int) -> int:
    """One step more. NaN follows the points: nothing climbs beyond them."""
    for i in range(rows):
        low = bins[i]
        bins[i] = low + (1 if scores[i] >= ends[low] else 0)
    return 0


def outside(scores: Floats, rows: int) -> int:
    """How many scores are no probabilities: below 0, above 1 or NaN."""
    odd = 0
    for i in range(rows):
        score = scores[i]
        odd += 1 - (1 if score >= 0.0 else 0) * (1 if score <= 1.0 else 0)
    return odd


def chances(scores: Floats, label: Bytes, chance: Floats, rows: int) -> int:
    """What was given to what happened, kept away from 0 and 1 for its logarithm."""
    for i in range(rows):
        given = abs(scores[i] - (1.0 if label[i] != 1 else 0.0))
        given = given if given > _EPS else _EPS
        chance[i] = given if given < _NEARLY else _NEARLY
    return 0


def place(
    leaf: Ints, bins: Ints, label: Bytes, coarse: Ints, cells: Ints, spots: Ints, totals: Words, rows: int, width: int,
    spread: int,
) -> int:  # fmt: skip
    """Each row's place among the cells and among the coarse cells; counts the rows of each cell."""
    for i in range(rows):
        cell = leaf[i] * width + bins[i] * 3 + label[i]
        cells[i] = cell
        totals[cell] += 1
        spots[i] = leaf[i] * spread + coarse[bins[i]] + label[i]
    return 0


def add_fixed(places: Ints, values: Floats, totals: Ints, rows: int, size: int, limbs: int, unit: float) -> int:
    """`exact.add_at`: values in units of 1 / `unit`, one or two limbs of `size` totals each."""
    for i in range(rows):
        rest = values[i] * unit
        whole = np.rint(rest)
        at = places[i]
        totals[at] += int(whole)
        if limbs == 2:
            totals[size + at] += int(np.rint((rest - whole) * _P24))
    return 0


def tally(
    leaf: Shorts, bins: Ints, label: Bytes, coarse: Ints, scores: Floats, logs: Floats, totals: Words, sums: Ints,
    rows: int, width: int, spread: int,
) -> int:  # fmt: skip
    """As `place`, for probabilities without weights: counts the rows of each cell and adds up five sums of each coarse
    cell side by side, `TALLIED` places apart: p, error, error², loss, loss². Nothing is written down in between.
    """
    for i in range(rows):
        code = leaf[i]
        step = bins[i]
        mark = label[i]
        p = scores[i]
        totals[code * width + step * 3 + mark] += 1
        error = 1.0 - abs(p - (1.0 if mark != 1 else 0.0))
        error = error * error
        loss = -logs[i]
        at = (code * spread + coarse[step] + mark) * TALLIED
        sums[at] += int(np.rint(p * _P36))
        sums[at + 1] += int(np.rint(error * _P36))
        sums[at + 2] += int(np.rint(error * error * _P36))
        sums[at + 3] += int(np.rint(loss * _P31))
        sums[at + 4] += int(np.rint(loss * loss * _P26))
    return 0


def lean(
    leaf: Shorts, label: Bytes, coarse: Ints, scores: Floats, ends: Floats, table: Ints, totals: Words, sums: Ints,
    rows: int, width: int, spread: int, slots: int, steps: int, scale: float,
) -> int:  # fmt: skip
    """As `reach` and `climb`, and then as `tally`, with the sums of p and error alone, side by side."""
    top = float(slots - 1)
    for i in range(rows):
        p = scores[i]
        place = (p - ends[0]) * scale + 1.0
        place = place if place > 0.0 else 0.0
        place = place if place < top else top
        step = table[int(place)]
        for _ in range(steps):
            step += 1 if p >= ends[step] else 0
        code = leaf[i]
        mark = label[i]
        totals[code * width + step * 3 + mark] += 1
        error = 1.0 - abs(p - (1.0 if mark != 1 else 0.0))
        at = (code * spread + coarse[step] + mark) * 2
        sums[at] += int(np.rint(p * _P36))
        sums[at + 1] += int(np.rint(error * error * _P36))
    return 0


def look(
    chances: Floats, label: Bytes, column_of: Ints, members: Ints, rank_of: Ints, predicted: Ints, highest: Floats,
    rank: Ints, given: Floats, distance: Floats, rows: int, stride: int, many: int, classes: int,
) -> int:  # fmt: skip
    """What rows with a probability for each class say: `chances` has `many` columns, `stride` apart.

    The class with the highest, the first of equal ones; how high that is; how far down the true class stands, of equal
    ones behind those before it; what was given to it, kept away from 0 and 1 for its logarithm, and 1 without a label;
    half the squared distance between probabilities and label, and 0 without one.
    """
    for i in range(rows):
        known = label[i] < classes
        true = column_of[label[i]]
        mine = chances[true * stride + i]
        best = -1.0
        first = 0
        above = 0
        reached = 0
        squares = 0.0
        k = many - 1
        at = k * stride + i
        while k >= 0:
            chance = chances[at]
            first = k if chance >= best else first
            best = chance if chance >= best else best
            above += 1 if chance > mine else 0
            reached += 1 if chance >= mine else 0
            squares += chance * chance
            k -= 1
            at -= stride
        if reached > above + 1:
            for j in range(true):
                above += 1 if chances[j * stride + i] == mine else 0
        predicted[i] = members[first]
        highest[i] = best
        rank[i] = rank_of[above]
        far = 0.5 * (squares - 2.0 * mine + 1.0)
        far = far if far > 0.0 else 0.0
        far = far if far < 1.0 else 1.0
        distance[i] = far if known else 0.0
        mine = mine if mine > _EPS else _EPS
        mine = mine if mine < _NEARLY else _NEARLY
        given[i] = mine if known else 1.0
    return 0


def confuse(
    leaf: Shorts, label: Bytes, predicted: Ints, rank: Ints, loss: Floats, distance: Floats, cells: Ints, ranks: Ints,
    sums: Ints, rows: int, classes: int, places: int,
) -> int:  # fmt: skip
    """Counts rows by label and prediction, and by rank; adds up loss, loss², distance, distance² side by side.

    A label of `classes` is a missing one; its rank is the last of the `places`.
    """
    for i in range(rows):
        code = leaf[i]
        mark = label[i]
        cells[(code * (classes + 1) + mark) * classes + predicted[i]] += 1
        ranks[code * places + (rank[i] if mark < classes else places - 1)] += 1
        lost = loss[i]
        far = distance[i]
        at = code * 4
        sums[at] += int(np.rint(lost * _P31))
        sums[at + 1] += int(np.rint(lost * lost * _P26))
        sums[at + 2] += int(np.rint(far * _P36))
        sums[at + 3] += int(np.rint(far * far * _P36))
    return 0


def match(hashes: Ints, known: Ints, table: Bytes, codes: Bytes, rows: int, shift: int) -> int:
    """Codes by one byte of each hash; 0 as soon as a hash is not the known one of its slot, else 1."""
    for i in range(rows):
        mine = hashes[i]
        slot = (mine >> shift) & 255
        if known[slot] != mine:
            return 0
        codes[i] = table[slot]
    return 1


def look_up(
    seen: Ints, heads: Ints, tails: Ints, table: Bytes, codes: Bytes, start: int, rows: int, shift: int, mask: int
) -> int:
    """The code of each view (`views.views`) from row `start` on: that of the slot whose two numbers are the view's.

    Returns the first row whose view is in no slot, else `rows`. A slot is taken unless its code is `EMPTY`; some are
    empty, so looking ends, and no view has an empty slot's numbers.
    """
    for k in range(rows - start):
        i = start + k
        head = seen[i + i]
        tail = seen[i + i + 1]
        at = ((head * FIRST + tail * SECOND) >> shift) & mask
        while (1 if heads[at] != head else 1 if tails[at] != tail else 0) != 0:
            if table[at] == EMPTY:
                return i
            at = (at + 1) & mask
        codes[i] = table[at]
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernels:
    """The loops above as machine code; or as Python, for tests."""

    search: Native
    reach: Native
    climb: Native
    outside: Native
    chances: Native
    place: Native
    add_fixed: Native
    tally: Native
    lean: Native
    look: Native
    confuse: Native
    match: Native
    look_up: Native


LOOPS: tuple[Callable[..., int], ...] = (
    search, reach, climb, outside, chances, place, add_fixed, tally, lean, look, confuse, match, look_up,
)  # fmt: skip


@cache
def _started() -> Future[Kernels | None]:
    return pool().submit(build)


def build() -> Kernels | None:
    """Compile now, or load what an earlier run compiled. None where that is impossible: NumPy counts the same."""
    loops = compiled_once(LOOPS, (__file__, views.__file__))
    return Kernels(**loops) if loops is not None else None


def prepare(rows: int) -> None:
    """Begin to compile on another thread when the table is large enough to repay it."""
    if rows >= WORTH_IT:
        _started()


def ready() -> Kernels | None:
    """The compiled loops, once there are any; never waits."""
    if not _started.cache_info().currsize or not _started().done():
        return None
    return _started().result()
