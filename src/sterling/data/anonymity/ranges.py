"""A column on a line, so that it can be cut; and what the values of a class become: a range, a set, an ancestor."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.digest import as_texts
from sterling.core.frozen import dataclass
from sterling.data.anonymity.diversity import is_ordered
from sterling.data.anonymity.mondrian import Axis, Floats, Ints

Hierarchy = Mapping[str, tuple[str, ...]]
"""The ancestors of each value, nearest first."""
ANY = "*"
LISTED = 4
"""So many values of a class are listed; more are written as any."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """`values`: the column's different values in order, missing first; `axis`: the code of each row among them."""

    name: str
    values: pl.Series
    axis: Axis
    ordered: bool
    ancestors: Hierarchy


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Released:
    """The new column, and the penalty of each class's cell: 0 as it was, 1 for nothing told."""

    column: pl.Series
    loss: Floats


def axis_of(column: pl.Series, ancestors: Hierarchy | None) -> Line:
    """Numbers and dates stand where they are; other values one after the other, kin beside kin, missing first."""
    plain = column.fill_nan(None) if column.dtype.is_float() else column
    ordered = is_ordered(plain.dtype)
    plain = plain if ordered else plain.cast(pl.String)
    values = plain.unique().sort(nulls_last=False)
    if not ordered and ancestors:
        kin = ["\0" if v is None else "\0".join([*reversed(ancestors.get(v, ())), v]) for v in values.to_list()]
        values = values[np.argsort(np.array(kin, dtype=object), kind="stable")]
    order = pl.DataFrame({"value": values}).with_row_index("code")
    codes = (
        plain.rename("value").to_frame().join(order, on="value", how="left", nulls_equal=True, maintain_order="left")
    )
    place = _places(values) if ordered else np.arange(len(values), dtype=np.float64)
    axis = Axis(codes=codes["code"].to_numpy().astype(np.int64), place=place)
    return Line(name=column.name, values=values, axis=axis, ordered=ordered, ancestors=ancestors or {})


def _places(values: pl.Series) -> Floats:
    """Numbers as they are, dates by their physical number; missing is the lowest, infinities are the ends."""
    number = values.to_physical().cast(pl.Float64)
    finite = number.filter(number.is_finite())
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)  # type: ignore[arg-type]
    return np.asarray(np.clip(number.fill_null(low).to_numpy(), low, high))


def released(line: Line, part: Ints, *, middle: bool) -> Released:
    """The column with one value for each class."""
    codes, n = line.axis.codes, int(part.max()) + 1
    order = np.lexsort((codes, part))
    starts = np.flatnonzero(np.diff(part[order], prepend=-1))
    ends = np.append(starts[1:], part.size) - 1
    low, high = codes[order][starts], codes[order][ends]
    if line.ordered:
        return _ranges(line, part, low, high, middle=middle)
    pairs = pl.DataFrame({"class": part, "code": codes}).unique().sort("class", "code")
    texts, leaves = _sets(line, pairs, n)
    loss = np.where(leaves > 1, leaves / max(len(line.values), 1), 0.0)
    return Released(column=texts.gather(part).rename(line.name), loss=np.minimum(loss, 1.0))


def _ranges(line: Line, part: Ints, low: Ints, high: Ints, *, middle: bool) -> Released:
    span = line.axis.span
    loss = (line.axis.place[high] - line.axis.place[low]) / span if span > 0 else np.zeros(low.size)
    lacks = line.values.is_null().to_numpy()
    missing = lacks[low]
    if middle and line.values.dtype.is_numeric():
        known = line.values.gather(line.axis.codes).cast(pl.Float64)
        means = pl.DataFrame({"class": part, "x": known}).select(pl.col("x").mean().over("class")).to_series()
        return Released(column=means.rename(line.name), loss=np.where(missing & (low < high), 1.0, loss))
    first = np.minimum(low + (missing & (low < high)), high)
    words = as_texts(line.values)
    texts = pl.DataFrame({"a": words.gather(first), "b": words.gather(high), "m": missing, "same": low == high})
    apart = pl.format("[{}, {}]", "a", "b")
    one = pl.when(pl.col("a") == pl.col("b")).then("a").otherwise(apart)
    column = texts.select(
        pl.when(pl.col("same")).then("a").when(pl.col("m")).then(pl.format("{} or missing", one)).otherwise(one)
    ).to_series()
    loss = np.where(missing & (low < high), 1.0, loss)  # a range that may be no value at all tells little
    return Released(column=column.gather(part).rename(line.name), loss=np.asarray(loss))


def _sets(line: Line, pairs: pl.DataFrame, n: int) -> tuple[pl.Series, Ints]:
    """The text of each class, and how many values of the column it stands for."""
    words = line.values.fill_null("missing")
    grouped = pairs.with_columns(word=words.gather(pairs["code"])).group_by("class", maintain_order=True)
    sets = grouped.agg(pl.col("word"), pl.col("code").first(), pl.len().cast(pl.Int64).alias("leaves"))
    leaves: NDArray[np.int64] = sets["leaves"].to_numpy().copy()
    alone = line.values.gather(sets["code"])
    listed = sets["word"].list.join(" | ")
    texts = pl.DataFrame({"n": leaves, "one": alone, "all": listed}).select(
        pl.when(pl.col("n") == 1).then("one").when(pl.col("n") <= LISTED).then("all").otherwise(pl.lit(ANY))
    ).to_series()  # fmt: skip
    if not line.ancestors:
        return texts, np.where(leaves > LISTED, len(line.values), leaves)
    # One row for each different set of values: far fewer than rows, and bound by the number of classes.
    paths = {v: (v, *line.ancestors.get(v, ())) for v in words.to_list()}
    found = [_kin(s, paths) for s in sets["word"].to_list()]
    below = np.array([sum(k in p for p in paths.values()) if k != ANY else len(paths) for k in found])
    return pl.Series([k if b > 1 else o for k, b, o in zip(found, below, alone.to_list(), strict=True)]), below


def _kin(values: list[str], paths: Mapping[str, tuple[str, ...]]) -> str:
    """The nearest ancestor that all the values share."""
    shared = set.intersection(*(set(paths[v]) for v in values))
    return next((a for a in paths[values[0]] if a in shared), ANY)
