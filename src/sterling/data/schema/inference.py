"""A first schema from a table: what another table of the same source would keep, and never one row's own value.

With the promises inferred here, a table of at least as many rows from the same source shows an error in at most 1 of 20
cases, all promises taken together; `allowance` says how. What people know better, they write.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sterling.core.data.schema import ColumnSchema, Schema
from sterling.core.data.schema_file import column_of
from sterling.core.data.schema_text import digest_of, flat
from sterling.core.defaults import SHARED
from sterling.core.roles import Roles
from sterling.data.schema.allowance import allowed_rows, allowed_share
from sterling.data.schema.counting import MOST_NEW
from sterling.data.schema.looking import Looked, LookedColumn, look
from sterling.engine.table import TableAccess

CHANCE = 0.05
"""Chance of any error in another table of the same source, shared among all promises."""
PROMISES = 6
"""At most so many promises of a column can break by chance."""
MOST_KNOWN = 100
"""A column with more values is no list of known ones."""
SPARE = 0.25
"""A range is wider than what was seen by so much of it at each end, then rounded outwards."""
_FLOATS = 2**53
"""Whole numbers beyond it may be none of float64."""
_ID = re.compile(r"(^|[_\W])(id|uuid|guid|key)$|(?<=[a-z])(Id|ID)$|^(id|uuid|guid)([_\W]|$)", re.IGNORECASE)
ENVIRONMENTS = ("training", "serving")


def infer(access: TableAccess, *, name: str = "") -> Schema:
    """The schema of a table. Its label, when there is one, is not expected when a model serves."""
    roles, columns = access.roles, access.columns
    unique = tuple(c for c in columns if c == roles.id or _ID.search(c))
    looked = look(access, unique=unique)
    alpha = CHANCE / (PROMISES * max(len(columns), 1))
    label = roles.label_members or ((roles.label,) if roles.label else ())
    found = [_column(c, looked, alpha, roles, is_label=c in label) for c in columns]
    return Schema(
        columns=tuple(found), name=name or access.name, environments=ENVIRONMENTS if label else (),
        inferred={c.name: {k: digest_of(v) for k, v in flat(c).items()} for c in found},
    )  # fmt: skip


def _column(name: str, looked: Looked, alpha: float, roles: Roles, *, is_label: bool) -> ColumnSchema:
    about = looked[name]
    keys: dict[str, Any] = {"type": about.kind}
    if is_label:
        keys["not_in"] = ("serving",)
    keys |= dict(_allowed(about))
    if about.missing < about.n:
        missing = allowed_share(about.missing, about.n, alpha)
        if missing < 1:
            keys["presence.min_share"] = _down(1 - missing)
        keys |= dict(_values(about, alpha, is_id=name == roles.id))
    return column_of(name, keys)


def _down(share: float) -> float:
    return math.floor(share * 10_000 + 1e-6) / 10_000


def _allowed(about: LookedColumn) -> Iterator[tuple[str, Any]]:
    if about.nan:
        yield "allow.nan", True
    if about.infinite:
        yield "allow.infinite", True


def _values(about: LookedColumn, alpha: float, *, is_id: bool) -> Iterator[tuple[str, Any]]:
    present = about.n - about.missing
    different = about.values is not None and about.values.distinct == present
    if is_id or (different and present >= SHARED):  # somebody said that it names rows: repeats break a promise
        yield "unique", True
        return
    known = _known(about)
    rare = present - sum((about.frequent or {}).get(v, 0) for v in known)
    share = allowed_share(rare, about.n, alpha)
    if known and share < 1:
        yield "domain.values", known
        yield "domain.max_unseen_share", share
    elif about.kind == "text":
        yield from _texts(about, alpha)
    elif about.kind in ("integer", "number"):
        yield from _range(about, alpha)
    elif about.kind in ("date", "datetime"):
        yield from _days(about, alpha)
    elif about.kind == "list":
        yield from _sizes("valency", about, alpha)
    top = max((about.frequent or {}).values(), default=present)
    if len(about.frequent or ()) < MOST_NEW and present - top > allowed_rows(0, alpha):
        yield "limits.min_distinct", 2


def _known(about: LookedColumn) -> tuple[str, ...]:
    """Values that at least ten rows share, when they are nearly all there is: of texts, and of numbers with two."""
    found = about.frequent or {}
    if len(found) >= MOST_NEW or (about.kind == "integer" and len(found) > 2) or about.kind == "boolean":
        return ()
    shared = [v for v, n in found.items() if n >= SHARED]
    if any(v.startswith("\0") for v in shared):  # long texts are counted by their hashes: nobody would read them
        return ()
    most = sum(found[v] for v in shared)
    present = about.n - about.missing
    return tuple(sorted(shared)) if len(shared) <= MOST_KNOWN and most >= 0.95 * present else ()


def _texts(about: LookedColumn, alpha: float) -> Iterator[tuple[str, Any]]:
    yield from _sizes("length", about, alpha)
    present = about.n - about.missing
    numeric = allowed_share(about.numeric, present, alpha)
    if about.numeric < present and numeric < 1:
        yield "limits.max_numeric_share", numeric


def _sizes(part: str, about: LookedColumn, alpha: float) -> Iterator[tuple[str, Any]]:
    low, high = about.sizes
    share = allowed_share(0, about.n, alpha)
    if low is None or high is None or share == 1:
        return
    if low >= 1:
        yield f"{part}.min", 1
    yield f"{part}.max", int(_outwards(2 * max(high, 1), 0.0, up=True, step=_step(2 * max(high, 1))))
    yield f"{part}.max_outside_share", share


def _range(about: LookedColumn, alpha: float) -> Iterator[tuple[str, Any]]:
    low, high = about.numbers
    share = allowed_share(about.infinite, about.n, alpha)
    if low is None or high is None or share == 1 or not math.isfinite(high - low):
        return
    whole = not isinstance(low, float) and max(abs(low), abs(high)) > _FLOATS
    ends = _whole_range(low, high) if whole else _round_range(float(low), float(high), about.kind)
    if ends is not None:
        yield "range.min", ends[0]
        yield "range.max", ends[1]
        yield "range.max_outside_share", share


def _round_range(low: float, high: float, kind: str) -> tuple[float, float] | None:
    """Ends widened and rounded outwards, whole ones where they can be; None beyond float64."""
    wide = (high - low) or max(abs(high), 1.0)
    step = _step(wide)
    least, most = _outwards(low, SPARE * wide, up=False, step=step), _outwards(high, SPARE * wide, up=True, step=step)
    least = max(least, 0.0) if low >= 0 else least
    most = min(most, 0.0) if high <= 0 else most
    if not (math.isfinite(least) and math.isfinite(most)):
        return None
    whole = kind == "integer" or (least.is_integer() and most.is_integer() and abs(least) + abs(most) < 1e15)
    return (math.floor(least), math.ceil(most)) if whole else (least, most)


def _whole_range(low: int | Decimal, high: int | Decimal) -> tuple[int, int]:
    """The same of whole numbers and decimals that float64 may round: whole numbers, reckoned as such."""
    first, last = math.floor(low), math.ceil(high)
    wide = last - first if low < high else abs(last)
    power, spare = 10 ** (len(str(wide)) - 1), -(-wide // 4)
    step = max(power // 2 if wide >= 2 * power else power // 10, 1)
    least, most = (first - spare) // step * step, -(-(last + spare) // step) * step
    return max(least, 0) if low >= 0 else least, min(most, 0) if high <= 0 else most


def _step(wide: float) -> float:
    """What ends are rounded to: a tenth to a half of how wide the values lie."""
    power = 10.0 ** math.floor(math.log10(wide))
    return power / 2 if wide >= 2 * power else power / 10


def _outwards(end: float, spare: float, *, up: bool, step: float) -> float:
    count = (end + spare if up else end - spare) / step if step else math.inf
    if not math.isfinite(count):
        return math.inf
    edge = (math.ceil(count) if up else math.floor(count)) * step
    short = float(f"{edge:.12g}")
    return short if (short >= end if up else short <= end) else edge


def _days(about: LookedColumn, alpha: float) -> Iterator[tuple[str, Any]]:
    """From the beginning of the first year on; without an end, since time goes on."""
    first, share = about.days[0], allowed_share(0, about.n, alpha)
    if first is None or share == 1 or first.year == 1:
        return
    yield "range.min", f"{first.year:04d}-01-01" + ("T00:00:00" if about.kind == "datetime" else "")
    yield "range.max_outside_share", share
