"""A few rows to look at, for a page whose makers asked for rows: no id, nothing that was found to be personal data."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import polars as pl

from sterling.core.data.personal import PersonalData
from sterling.core.digest import as_texts
from sterling.core.errors import MissingExtra
from sterling.core.evidence import Evidence
from sterling.core.extras import require
from sterling.data.personal.kinds import ALL
from sterling.data.personal.masking import masked
from sterling.engine.table import TableAccess

ROWS = 20
"""Rows on a page: enough to see what a row is like."""
SNIPPET, THUMB = 160, 96
"""Characters of a text, and pixels of a picture's longer side."""
WITHHELD, NOT_LOOKED_AT = "(withheld: holds {})", "(withheld: nobody looked for personal data here)"
_CANDIDATES = 2000
_PATTERNS = {k.name for k in ALL}


def example_rows(access: TableAccess, evidence: Sequence[Evidence], *, most: int = ROWS) -> pl.DataFrame:
    """`most` rows, drawn by a hash of their content and the seed, so that any order of rows gives the same ones.

    The id is left out. In a column of texts with personal data in between, what looks like it is replaced by its kind
    in brackets; a column that is such data as a whole, or where a model of language found it, shows only its kind.
    No text is shown when no detector was asked. Texts are cut, pictures made small, everything else is as it is.
    """
    known = _personal(evidence)
    columns = [c for c in access.columns if c != access.roles.id]
    few = access.sample(columns, most=_CANDIDATES)
    order = few.select(pl.struct(pl.all()).hash(access.seed).alias("at")).to_series().arg_sort()
    rows = few[order[:most]]
    return rows.select(_shown(rows[c], known) for c in columns)


def _personal(evidence: Sequence[Evidence]) -> dict[str, list[PersonalData]] | None:
    """By column, the kinds of personal data in it; a column that was looked at has a list. None: nobody looked."""
    found = [e.about.personal for e in evidence if e.about is not None and e.about.personal is not None]
    if not found:
        return None
    kinds: dict[str, list[PersonalData]] = {column: [] for item in found for column in item.columns}
    for item in found:
        for p in item.found:
            kinds.setdefault(p.column, []).append(p)
    return kinds


def _inside(held: Sequence[PersonalData]) -> bool:
    """Whether patterns alone found it, and as a part of texts: then the spans are known, and the rest can be shown."""
    return all(p.where == "text" and p.by.startswith("pattern") and p.kind in _PATTERNS for p in held)


def _shown(column: pl.Series, known: dict[str, list[PersonalData]] | None) -> pl.Series:
    held = (known or {}).get(column.name)
    if held and column.dtype == pl.String and _inside(held):
        column = masked(column, {p.kind for p in held})
    elif held:
        said = WITHHELD.format(" and ".join(dict.fromkeys(p.kind.replace("_", " ") for p in held)))
        return pl.select(pl.when(column.is_not_null()).then(pl.lit(said))).to_series().alias(column.name)
    if column.dtype == pl.Binary:
        return pl.Series(column.name, [_thumbnail(v) for v in column.to_list()], dtype=pl.String)
    if column.dtype in (pl.String, pl.Categorical) or isinstance(column.dtype, pl.Enum):
        texts = column.cast(pl.String)
        if held is None:
            return pl.select(pl.when(texts.is_not_null()).then(pl.lit(NOT_LOOKED_AT))).to_series().alias(column.name)
        cut = texts.str.len_chars() > SNIPPET
        return (
            pl.select(pl.when(cut).then(texts.str.head(SNIPPET) + "…").otherwise(texts)).to_series().alias(column.name)
        )
    if column.dtype.is_numeric() or column.dtype == pl.Boolean or column.dtype.is_temporal():
        return as_texts(column) if column.dtype.is_temporal() else column
    return pl.Series(column.name, [f"({column.dtype.base_type()})"] * len(column), dtype=pl.String)


def _thumbnail(value: bytes | None) -> str | None:
    """A small PNG as a data address; words where the bytes are no picture that can be read."""
    if value is None:
        return None
    try:
        image = require("PIL.Image", extra="images", why="to make small pictures of the rows on the page")
        with image.open(io.BytesIO(value)) as picture:
            picture.draft("RGB", (THUMB, THUMB))
            small = picture.convert("RGB")
            small.thumbnail((THUMB, THUMB))
            out = io.BytesIO()
            small.save(out, format="PNG")
    except MissingExtra:
        return "(a picture: pictures are shown with the extra images)"
    except Exception:  # noqa: BLE001  whatever the bytes are, the page is drawn
        return "(cannot be read as a picture)"
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")
