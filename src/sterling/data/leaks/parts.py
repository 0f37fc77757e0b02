"""The tables or parts that are held beside each other: named by a column, or one table each, the oldest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from sterling.core.errors import ConfigError, shown
from sterling.core.frozen import dataclass
from sterling.core.slices import EVERYONE, Slice, group_text
from sterling.data.copies.hashing import countable
from sterling.engine.table import TableAccess

MOST_PARTS = 10
TRAIN = ("train", "training", "development", "dev", "fit", "0")
"""Names by which the part that a model learns from is known, unless one is named."""
KEY, ROWS, PART = "\0key", "\0n", "\0part"
Keys = Callable[[pl.DataFrame], pl.Series]
"""What rows are told apart by, shape (rows,); missing for rows that do not count. It travels to where the rows lie."""
NONE = "neither a column names parts (split) nor is there another table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Names of the parts, the one that a model learns from first, and the columns that all of them have.

    `split`: the column that names them; None where each is a table of its own. `shared` has neither id nor split.
    """

    names: tuple[str, ...]
    split: str | None
    shared: tuple[str, ...]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Every pair, earlier name first."""
        return tuple((a, b) for i, a in enumerate(self.names) for b in self.names[i + 1 :])

    def slice(self, name: str) -> Slice:
        return EVERYONE if self.split is None else Slice(((self.split, name),))


def parts_of(access: TableAccess, *, split: str | None, train: str | None, code: str) -> Parts | None:
    """The parts of a table, or the tables, oldest first and the examined one last; None when there is only one.

    Raises ConfigError when the column does not exist, names one part or more than MOST_PARTS, or none called `train`.
    """
    columns = countable(access.schema)
    if split is None:
        if not access.others:
            return None
        names = list(_tables(access))
        shared = [c for c in columns if c != access.roles.id and all(c in o.columns for o in access.others)]
        return Parts(names=_first(names, train, code), split=None, shared=tuple(shared))
    access.known([split], where=f"{code} split")
    counts = access.fold(_Values(split), _both, [split]).group_by("part").agg(pl.col("n").sum())
    names = sorted(v for v in counts["part"].to_list() if v is not None)
    if not 2 <= len(names) <= MOST_PARTS:
        raise ConfigError(
            f"{shown(split)!r} names {len(names):,} parts", where=f"{code} split", expected=f"from 2 to {MOST_PARTS}",
            hint="name the column that says train or test",
        )  # fmt: skip
    usual = train or next((t for t in TRAIN for n in names if n.lower() == t), None)
    named = next((n for n in names if usual is not None and n.lower() == usual.lower()), usual)
    order = _first(sorted(names), named, code)
    return Parts(names=order, split=split, shared=tuple(c for c in columns if c not in (access.roles.id, split)))


def _first(names: Sequence[str], train: str | None, code: str) -> tuple[str, ...]:
    if train is not None and train not in names:
        raise ConfigError(f"no part is called {shown(train)!r}", where=f"{code} train",
                          expected=", ".join(shown(n) for n in names))  # fmt: skip
    return tuple(sorted(names, key=lambda n: n != train)) if train is not None else tuple(names)


def _tables(access: TableAccess) -> dict[str, TableAccess]:
    """The tables by name, oldest first and the examined one last; the second of one name gets a number."""
    seen: dict[str, int] = {}
    out = {}
    for table in (*access.others, access):
        seen[table.name] = seen.get(table.name, 0) + 1
        out[table.name if seen[table.name] == 1 else f"{table.name} ({seen[table.name]})"] = table
    return out


def of_each(access: TableAccess, parts: Parts, keys: Keys, columns: Sequence[str]) -> pl.DataFrame:
    """How many ROWS of each PART have each KEY. A key may stand in several lines: the table is read in pieces."""
    if parts.split is not None:
        return access.fold(_Counts(keys, parts.split), _both, list(dict.fromkeys([parts.split, *columns])))
    made = [
        table.fold(_Counts(keys), _both, columns).with_columns(pl.lit(name).alias(PART))
        for name, table in _tables(access).items()
    ]  # fmt: skip
    return pl.concat(made, how="vertical_relaxed")


def sample_of_each(
    access: TableAccess, parts: Parts, columns: Sequence[str], *, most: int
) -> tuple[dict[str, pl.DataFrame], bool]:
    """Rows of every part, about `most` of each at most, the same in any order; whether some were left out."""
    if parts.split is not None:
        frame = access.sample(list(dict.fromkeys([parts.split, *columns])), most=most * len(parts.names))
        text = _text(frame[parts.split])
        found = {name: frame.filter(text == name).select(columns) for name in parts.names}
        return found, frame.height < access.rows
    tables = _tables(access)
    rows = {name: tables[name].sample(list(columns), most=most) for name in parts.names}
    return rows, any(rows[n].height < tables[n].rows for n in parts.names)


@dataclass(frozen=True, slots=True)
class _Values:
    column: str

    def __call__(self, frame: pl.DataFrame) -> pl.DataFrame:
        return pl.DataFrame({"part": _text(frame[self.column])}).group_by("part").agg(pl.len().alias("n"))


@dataclass(frozen=True, slots=True)
class _Counts:
    """Rows of each key, and of each part where a column names it."""

    keys: Keys
    split: str | None = None

    def __call__(self, frame: pl.DataFrame) -> pl.DataFrame:
        table = pl.DataFrame({KEY: self.keys(frame)})
        if self.split is not None:
            table = table.with_columns(_text(frame[self.split]).alias(PART))
        return table.drop_nulls().group_by(table.columns).agg(pl.len().cast(pl.Int64).alias(ROWS))


def _text(values: pl.Series) -> pl.Series:
    """Values of a group as the engine writes them."""
    distinct = values.unique()
    written = pl.Series([group_text(v) for v in distinct.to_list()], dtype=pl.String)
    return values.replace_strict(distinct, written, return_dtype=pl.String)


def _both(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([first, second], how="vertical_relaxed", rechunk=False)
