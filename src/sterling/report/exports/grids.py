"""The tables of a document as CSV, for spreadsheets: numbers unrounded, each interval in two columns of its own."""

from __future__ import annotations

import csv
import io

from sterling.core.document import Cell, Document, Grid

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def grids_csv(document: Document) -> str:
    """Every grid of the document. Grids with equal headings are one table, with their captions in the first column.

    Tables with other headings follow after an empty line. Text that a spreadsheet would take for a formula begins with
    an apostrophe.
    """
    grids = [b for s in document.sections for b in s.blocks if isinstance(b, Grid)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for i, columns in enumerate(dict.fromkeys(g.columns for g in grids)):
        if i:
            writer.writerow([])
        _write(writer, columns, [g for g in grids if g.columns == columns])
    return out.getvalue()


def _write(writer: csv._writer, columns: tuple[str, ...], grids: list[Grid]) -> None:  # type: ignore[name-defined]
    spread = [any(row[k].interval is not None for g in grids for row in g.rows) for k in range(len(columns))]
    heads = [h for name, two in zip(columns, spread, strict=True) for h in _heads(name, two)]
    writer.writerow(["Table", *heads])
    for grid in grids:
        for row in grid.rows:
            values = [v for cell, two in zip(row, spread, strict=True) for v in _values(cell, two)]
            writer.writerow([_text(grid.caption), *values])


def _heads(name: str, two: bool) -> list[str]:
    return [name, f"{name}: low", f"{name}: high"] if two else [name]


def _values(cell: Cell, two: bool) -> list[object]:
    value: object = _text(cell.text) if cell.number is None else _number(cell.number)
    ends = ["", ""] if cell.interval is None else [_number(x) for x in cell.interval]
    return [value, *ends] if two else [value]


def _number(value: float) -> object:
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
