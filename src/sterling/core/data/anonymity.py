"""How easily rows of a table could be told to be somebody's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Diversity:
    """A sensitive column among rows that share quasi-identifiers: l-diversity (distinct, entropy) and t-closeness."""

    column: str
    distinct_l: int
    entropy_l: float
    t: float
    measure: str = "distinct values; equal or ordered distance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymity:
    """One set of quasi-identifiers. A class is a set of rows that are equal in all of them.

    `k`: size of the smallest class. `unique_rows`: rows alone in theirs. `below`: rows in classes below `wanted`.
    Risks of re-identification by somebody who knows the quasi-identifiers (prosecutor model): `highest_risk` 1/k,
    `average_risk` classes/rows. `given`: named by somebody rather than found.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymitySets:
    """Every set that was looked at, worst first; `searched`: how many sets a search looked at."""

    sets: tuple[Anonymity, ...]
    searched: int = 0
