"""What features add to a model's scores, by slice: columns of attributions, and what a check found of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.table import EstimateTable

if TYPE_CHECKING:
    import polars as pl

MODEL = "{model}"
"""Stands for a model's name in a pattern of columns."""
_HOLE = re.compile(r"\*|\{\s*feature\s*\}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attributed:
    """Attributions of one model's features. Both tables have blocks of metrics such as `mean(shap_age)`.

    `features` are read from the names of `columns`; `unit` is what the attributions are in, empty where nobody said.
    `estimates` holds mean, mean size, total, total size and share of all sizes of each feature. `apart` holds, for each
    group, its mean less that of everybody else, or of the baseline in `against`; its bounds hold for all features and
    groups of a column together.
    """

    features: tuple[str, ...]
    columns: tuple[str, ...]
    unit: str
    estimates: EstimateTable
    apart: EstimateTable
    against: tuple[str, ...] = ()

    def frame(self) -> pl.DataFrame:
        """Tidy rows as of `EstimateTable.frame`; the column `of` tells estimates and differences apart."""
        import polars as pl

        both = (("estimate", self.estimates), ("apart", self.apart))
        return pl.concat([table.frame().with_columns(pl.lit(of).alias("of")) for of, table in both])


def attribution_columns(patterns: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """The features that patterns find among the columns of a table, in its order, and the column of each.

    `shap_*` and `shap_{feature}` stand for all columns named so; a name without either is one column.
    Raises ConfigError for a pattern that finds nothing, holds two places, or finds another column of the same feature.
    """
    out: dict[str, str] = {}
    for pattern in patterns:
        if MODEL in pattern:
            raise ConfigError(f"{shown(pattern)!r} stands for several models", expected="the columns of one model",
                              hint="write the model's name in its place")  # fmt: skip
        found = _matches(pattern, known)
        if not found:
            raise ConfigError(
                f"no column is named like {shown(pattern)!r}", expected="columns of attributions, one for each feature",
                hint=near_miss(pattern, known),
            )  # fmt: skip
        for feature, column in found.items():
            if out.setdefault(feature, column) != column:
                raise ConfigError(
                    f"{shown(out[feature])!r} and {shown(column)!r} are both attributions of {shown(feature)!r}",
                    expected="one column for each feature", hint="write a pattern that fits one of them",
                )  # fmt: skip
    return out


def _matches(pattern: str, known: Sequence[str]) -> dict[str, str]:
    parts = _HOLE.split(pattern)
    if len(parts) == 1:
        return {pattern: pattern} if pattern in known else {}
    if len(parts) > 2 or not any(parts):
        raise ConfigError(
            f"the pattern {shown(pattern)!r} cannot be read", expected="a name with one * or {feature} in it: shap_*",
            hint="name the columns alike but for the feature, with something before or after it",
        )  # fmt: skip
    read = re.compile("(.+)".join(map(re.escape, parts)), re.DOTALL)
    return {m[1]: name for name in known if (m := read.fullmatch(name)) is not None}
