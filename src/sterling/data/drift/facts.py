"""What a comparison rests on, however it was counted: in memory, batch by batch, or on a cluster."""

from __future__ import annotations

from dataclasses import field

from sterling.core.frozen import dataclass
from sterling.stats.arrays import Array
from sterling.stats.effect import Effect
from sterling.stats.transport import Moments


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much stands behind one side: rows, and what they are worth as equally weighted ones (Kish)."""

    rows: int
    effective: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberFacts:
    """Two samples of numbers, first the other table's. `ks_most` and `far_most`: what the statistics can be at most.

    `cells` are effective counts of both in ten parts of the values of both together, each part the same share of them.
    `p`: exact, or None for the limit. `scale`: the interquartile range of the first or, if that is 0, its deviation.
    """

    sizes: tuple[Size, Size]
    ks: float
    ks_most: float
    far: float
    far_most: float
    moments: tuple[Moments, Moments]
    noise: float
    scale: float | None
    cells: tuple[Array, Array]
    p: float | None = None
    infinite: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryFacts:
    """Two samples of categories, first the other table's: effective counts of every value in a fixed order.

    `whole`: they are counts of rows. `hashed`: values were too many to be told apart, and the cells are hashes of them.
    `unlike`: nearly every row has a value of its own. `lengths`: counts of texts by their length.
    """

    sizes: tuple[Size, Size]
    cells: tuple[Array, Array]
    whole: bool = True
    hashed: int = 0
    unlike: bool = False
    lengths: tuple[Array, Array] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Effective rows without a value, of all; first the other table's."""

    sizes: tuple[Size, Size]
    missing: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known of one column in both tables. Nothing known of its values: too few, or not comparable."""

    missing: Missing
    numbers: NumberFacts | None = None
    categories: CategoryFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One statistic, and the test that says whether it is beyond chance."""

    statistic: str
    effect: Effect
    test: str | None
    unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """A test of one column: of its values, of what is missing, of lengths."""

    p: float
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is known of one column between two tables. `rows`: with a value, here and in the other table."""

    column: str
    how: str
    rows: tuple[int, int]
    all_rows: tuple[int, int]
    found: tuple[Found, ...]
    tests: dict[str, Tested] = field(default_factory=dict)
    strength: float = 0.0
    changed: str = ""
    note: str = ""
