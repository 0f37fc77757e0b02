"""One table for the terminal: the groups down the side, a few metrics with intervals across."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sterling.cli.terminal import Terminal, cells, cut, pad, wrap
from sterling.core.frozen import dataclass
from sterling.core.slices import EVERYONE, Slice
from sterling.report.text import FEW, Scale, count, decimals, listed, number, plain, value_text

if TYPE_CHECKING:
    from sterling.core.table import Block, EstimateTable

MOST_ROWS, GROUP_WIDTH, GAP = 12, 26, 2
TOO_FEW, UNDEFINED = "too few", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: a slice, or the name of a column above its values."""

    text: str
    slice: Slice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Heading lines and cells, all as wide as each other."""

    heading: tuple[str, ...]
    cells: tuple[str, ...]
    width: int


def group_table(
    table: EstimateTable, metrics: Sequence[str], *, first: Sequence[Slice], threshold: float | None,
    terminal: Terminal, asked: Sequence[str] = (),
) -> list[str]:  # fmt: skip
    """Lines of the table, no wider than the terminal.

    `metrics` in the order wanted; as many as fit are shown, and of those `asked` for the others are named. `first` are
    the slices that must not be left out when there are more than `MOST_ROWS`.
    """
    shown, left_out = _chosen(table, first)
    rows = _rows(shown)
    numbers = [r.slice for r in rows if r.slice is not None]
    sizes = _sizes(table, numbers)
    name_width = min(GROUP_WIDTH, max(cells(r.text) for r in rows))
    room = terminal.width - name_width - GAP - sizes.width
    columns = [sizes]
    blocks = {b.info.name: b for b in table.blocks}
    wanted = [blocks[name] for name in dict.fromkeys(metrics) if name in blocks]
    for block in wanted:
        column = _column(table, block, numbers, threshold)
        if GAP + column.width > room:
            break
        room -= GAP + column.width
        columns.append(column)
    lines = [terminal.style(line, "quiet") for line in _headings(name_width, columns)]
    lines += _body(rows, name_width, columns)
    hidden = [plain(b.info.label, 40) for b in wanted[len(columns) - 1 :] if b.info.name in asked]
    if hidden:
        text = f"{listed(hidden, most=6)}: no room here, in the report"
        lines += [terminal.style(line, "quiet") for line in terminal.wrapped(text, first="", rest="  ")]
    if left_out:
        lines.append(terminal.style(f"and {count(left_out)} more {_groups(left_out)} in the report", "quiet"))
    return lines


def _groups(n: int) -> str:
    return "group" if n == 1 else "groups"


def _chosen(table: EstimateTable, first: Sequence[Slice]) -> tuple[list[Slice], int]:
    """Everyone and the groups of single columns, in the table's order; of too many, `first` and the largest."""
    single = [s for s in table.slices if len(s.items) == 1]
    if len(single) > MOST_ROWS:
        size = dict(zip(table.slices, table.n.tolist(), strict=True))
        wanted = [s for s in dict.fromkeys(first) if s in size and len(s.items) == 1]
        largest = sorted(single, key=lambda s: -size[s])
        kept = set(list(dict.fromkeys([*wanted, *largest]))[:MOST_ROWS])
        shown = [s for s in single if s in kept]
    else:
        shown = single
    return [EVERYONE, *shown], len(single) - len(shown)


def _rows(slices: Sequence[Slice]) -> list[Row]:
    rows: list[Row] = []
    heading = ""
    for item in slices:
        if not item.items:
            rows.append(Row(text="Everyone", slice=item))
            continue
        column, value = item.items[0]
        if column != heading:
            heading = column
            rows.append(Row(text=cut(plain(column), GROUP_WIDTH)))
        name = "not recorded" if value is None else value_text(value)
        rows.append(Row(text=cut(f"  {name}", GROUP_WIDTH), slice=item))
    return rows


def _sizes(table: EstimateTable, slices: Sequence[Slice]) -> Column:
    size = dict(zip(table.slices, table.n.tolist(), strict=True))
    texts = [count(size[s]) if size[s] >= FEW else f"<{FEW}" for s in slices]
    width = max(map(len, texts))
    return Column(heading=("n",), cells=tuple(pad(t, width, right=True) for t in texts), width=width)


def _column(table: EstimateTable, block: Block, slices: Sequence[Slice], threshold: float | None) -> Column:
    """`91 [89, 92]`, each of the three numbers below its like."""
    at = table.thresholds.index(threshold) if block.info.by_threshold and threshold in table.thresholds else 0
    status = table.status(block)[:, at].tolist()
    rows = [table.slices.index(s) for s in slices]
    arrays = (block.value, block.low, block.high)
    known = [[float(a[r, at]) for a in arrays] for r in rows if status[r] == "ok"]
    share = block.info.scale == "share"
    scale: Scale = "points" if share else "value"
    digits = _digits([decimals(low, high, scale) for _, low, high in known])
    texts = [[number(x, digits, scale) for x in triple] for triple in known]
    widths = [max((len(t[i]) for t in texts), default=1) for i in range(3)]
    filled = iter(
        f"{pad(v, widths[0], right=True)} [{pad(lo, widths[1], right=True)}, {pad(hi, widths[2], right=True)}]"
        for v, lo, hi in texts
    )
    words = [next(filled) if status[r] == "ok" else TOO_FEW if status[r] == "insufficient" else UNDEFINED for r in rows]
    heading = wrap(f"{plain(block.info.label, 80)}{' %' if share else ''}", max(14, sum(widths) + 5))
    width = max(cells(t) for t in [*words, *heading])
    return Column(heading=tuple(heading), cells=tuple(pad(w, width) for w in words), width=width)


def _digits(supported: list[int]) -> int:
    """One number of decimals for a column: what most of its intervals support."""
    return sorted(supported)[len(supported) // 2] if supported else 0


def _headings(name_width: int, columns: Sequence[Column]) -> list[str]:
    height = max(len(c.heading) for c in columns)
    lines: list[str] = []
    for i in range(height):
        line = " " * name_width
        for column in columns:
            above = height - len(column.heading)
            text = column.heading[i - above] if i >= above else ""
            line += " " * GAP + pad(text, column.width, right=column is columns[0])
        lines.append(line.rstrip())
    return lines


def _body(rows: Sequence[Row], name_width: int, columns: Sequence[Column]) -> list[str]:
    lines: list[str] = []
    at = 0
    for row in rows:
        if row.slice is None:
            lines.append(row.text)
            continue
        parts = [pad(row.text, name_width), *(c.cells[at] for c in columns)]
        lines.append((" " * GAP).join(parts).rstrip())
        at += 1
    return lines
