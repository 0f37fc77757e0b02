"""Pages about tables to open: one of every kind of finding, one of hostile text, one of three hundred columns."""

from __future__ import annotations

import base64
import random
from dataclasses import replace

import polars as pl

from sterling.core.data.about import AboutData
from sterling.core.data.profile import ColumnProfile, Histogram, Profile, Quantile, ValueCount
from sterling.core.document import Document
from sterling.core.run import Run
from sterling.report.about.document import profile_document
from tests.browser import fixtures
from tests.report import columns_of, tables_of

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def drawn(run: Run) -> Document:
    return profile_document(run, run.judgement)


def full() -> Document:
    """Every kind of record."""
    return drawn(tables_of.run())


def with_rows() -> Document:
    """As `full`, with rows that somebody asked for."""
    assert base64.b64decode(PIXEL)
    rows = pl.DataFrame(
        {
            "age": [31, 45],
            "notes": ["(withheld: holds email)", "<b>bold</b>"],
            "photo": [f"data:image/png;base64,{PIXEL}", None],
        }
    )
    return drawn(tables_of.run(rows=rows))


def alone() -> Document:
    """One table without slices."""
    about = AboutData(profiles=(columns_of.profile(),))
    return drawn(tables_of.run(evidence=(replace(tables_of.evidence()[0], about=about),)))


def hostile() -> Document:
    """Names and values meant to break out."""
    texts = fixtures.HOSTILE
    columns = tuple(
        columns_of.words(name or " ", dict.fromkeys(texts, 40), missing=3, role=name) for name in (*texts, "x" * 10_000)
    )
    profile = Profile(table=texts[0], rows=1000, columns=columns)
    base = tables_of.about()
    assert base.anomalies is not None
    found = tuple(replace(a, what=t, column=t, hint=t) for a in base.anomalies.found for t in texts)
    about = replace(base, profiles=(profile,), anomalies=replace(base.anomalies, schema=texts[1], found=found))
    return drawn(
        tables_of.run(evidence=(replace(tables_of.evidence()[0], about=about),), title=texts[1], notices=texts)
    )


def wide(columns: int = 300, tables: int = 2) -> Document:
    """So many columns of as many tables, two in three of numbers."""
    draw = random.Random(5)
    profiles = tuple(
        Profile(table=f"table {t}", rows=1_000_000, columns=tuple(_column(i, draw) for i in range(columns)))
        for t in range(tables)
    )
    return drawn(tables_of.run(evidence=(replace(tables_of.evidence()[0], about=AboutData(profiles=profiles)),)))


def _column(i: int, draw: random.Random) -> ColumnProfile:
    n, missing = 1_000_000, draw.randrange(0, 300_000, 1000) if i % 4 == 0 else 0
    if i % 3 == 2:
        top = tuple(ValueCount(value=f"value {j}", count=float(draw.randrange(10, 90_000))) for j in range(20))
        return ColumnProfile(
            name=f"text_{i:03}", type="String", kind="text", role="", n=n, missing=missing, distinct=5000, top=top
        )
    counts = tuple(float(draw.randrange(0, 60_000)) for _ in range(40))
    edges = tuple(float(x) for x in range(41))
    return ColumnProfile(
        name=f"number_{i:03}", type="Float64", kind="number", role="", n=n, missing=missing, distinct=n,
        mean=draw.random(),

        std=1.0, quantiles=tuple(Quantile(p=p / 20, value=draw.random() + p) for p in range(21)),
        histograms=(
            Histogram(kind="uniform", edges=edges, counts=counts),
            Histogram(kind="quantile", edges=edges[:11], counts=counts[:10]),
        ),
    )  # fmt: skip
