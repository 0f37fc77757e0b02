"""Slices that were found rather than asked for, with what rows that had no part in the search say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sterling.core.frozen import dataclass

if TYPE_CHECKING:
    import polars as pl

EffectName = Literal["Cohen's h", "Cohen's d"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A metric among some rows, with its interval; None together when fewer rows than the minimum are eligible."""

    n: int
    n_eligible: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What one feature must be: in words, and as a where-clause. `is_group`: the feature is a group column."""

    feature: str
    words: str
    where: str
    is_group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveredSlice:
    """Rows that meet all `conditions`. All numbers are of the confirmation half, other than `found_gap`.

    `gap` is the slice's value less that of everyone else (`rest`), turned so that above 0 is worse. `harm` is the
    slice's share of the eligible weight times its gap to the average: by so much the overall value would be better if
    the slice were like the average. `coverage` is the slice's share, 0 to 1, of all errors or of the whole loss. `p` is
    two-sided, `p_adjusted` is Holm's over all candidates of the search. `found_gap` is what the search half showed:
    flattered by having been chosen. `also` names slices that share more than half of its rows and were merged into
    this one.
    """

    name: str
    where: str
    conditions: tuple[Condition, ...]
    level: Level
    rest: Level
    gap: float | None
    gap_low: float | None
    gap_high: float | None
    effect: float | None
    p: float | None
    p_adjusted: float | None
    harm: float | None
    coverage: float | None
    found_gap: float
    confirmed: bool
    also: tuple[str, ...] = ()
    limit: str = ""
    """A `[[slice]]` and a `[[limit]]` table in TOML; empty when the conditions cannot be written as a where-clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeNode:
    """A node of the error-analysis tree: the condition that its parent adds, and its rows of the confirmation half."""

    condition: str
    parent: int | None
    level: Level
    coverage: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LossMap:
    """The metric by two features (or one: a single row): `cells[row][column]`, on the confirmation half."""

    row_feature: str
    column_feature: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Level, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A column that was not searched, and why."""

    feature: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """A search for the slices where one model does worst, and what came of it.

    `metric`, `label` and `plain` name what is counted; `scale` says whether it is a share. `looked_at` counts the
    conjunctions whose numbers were compared on the search half.
    """

    metric: str
    label: str
    plain: str
    scale: Literal["share", "value"]
    threshold: float | None
    features: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    n_search: int
    overall: Level
    level: float
    seed: int
    smallest: int
    looked_at: int
    effect_name: EffectName
    method: str
    slices: tuple[DiscoveredSlice, ...] = ()
    tree: tuple[TreeNode, ...] = ()
    maps: tuple[LossMap, ...] = ()

    @property
    def confirmed(self) -> tuple[DiscoveredSlice, ...]:
        """The slices that the confirmation half bears out, most harm first."""
        return tuple(s for s in self.slices if s.confirmed)

    @property
    def frame(self) -> pl.DataFrame:
        """A row per slice, confirmed or not: what it is, its value, everyone else's, the gap, with intervals and n."""
        import polars as pl

        numbers = ("gap", "gap_low", "gap_high", "p", "p_adjusted", "effect", "harm", "coverage")
        kinds: dict[str, type[pl.DataType]] = {"slice": pl.String, "where": pl.String, "confirmed": pl.Boolean}
        kinds |= dict.fromkeys(("value", "low", "high"), pl.Float64) | dict.fromkeys(("n", "n_eligible"), pl.Int64)
        kinds |= dict.fromkeys(("rest", "rest_low", "rest_high", *numbers), pl.Float64)
        rows = [
            (s.name, s.where, s.confirmed, s.level.value, s.level.low, s.level.high, s.level.n, s.level.n_eligible,
             s.rest.value, s.rest.low, s.rest.high, *(getattr(s, name) for name in numbers))
            for s in self.slices
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=kinds, orient="row")
