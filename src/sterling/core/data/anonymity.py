"""How easily rows of a table could be told to be somebody's."""

from __future__ import annotations

from sterling.core.estimate import Estimate
from sterling.core.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversity:
    """A sensitive column among rows that share quasi-identifiers: l-diversity (distinct, entropy) and t-closeness.

    Of all classes, the worst: `distinct_l` values at least; `entropy_l`, the exponential of the least entropy; `t`, the
    largest distance to the whole table. `recursive_c`: the smallest c for which recursive (c, 2)-diversity does not
    hold beyond, that is the largest ratio of the commonest value's rows to those of all others; None where a class has
    one value only. `one_value`: rows in such classes: whoever knows the class knows the value. `values`: different
    values in the table.
    """

    column: str
    distinct_l: int
    entropy_l: float
    t: float
    measure: str = "distinct values; equal or ordered distance"
    recursive_c: float | None = None
    one_value: int = 0
    values: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymity:
    """One set of quasi-identifiers. A class is a set of rows that are equal in all of them.

    `k`: size of the smallest class. `unique_rows`: rows alone in theirs. `below`: rows in classes below `wanted`.
    Risks of re-identification by somebody who knows the quasi-identifiers (prosecutor model): `highest_risk` 1/k,
    `average_risk` classes/rows. `given`: named by somebody rather than found. `population`: how many people the rows
    are drawn from, when somebody said so; `match`: then the chance that a person who matches a unique row is that row's
    person (journalist model). All counts are exact for the rows of this table.
    """

    quasi: tuple[str, ...]
    n: int
    k: int
    classes: int
    unique_rows: int
    below: int
    wanted: int
    highest_risk: float
    average_risk: float
    given: bool = True
    diversity: tuple[Diversity, ...] = ()
    population: int | None = None
    match: Estimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymitySets:
    """Every set that was looked at, worst first; `searched`: how many sets a search looked at.

    `columns`: those the search crossed, on `search_rows` rows. `alone`: columns left out since each singles out most
    rows by itself: a name, a number of a file. `left_out`: columns that nothing was said of, as they were too many.
    """

    sets: tuple[Anonymity, ...]
    searched: int = 0
    columns: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    search_rows: int = 0
