"""Columns of a table that was examined, with facts of every kind made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sterling.core.data.profile import (
    Association,
    ColumnProfile,
    Histogram,
    ImageFacts,
    Lengths,
    Profile,
    Quantile,
    TextFacts,
    ValueCount,
)
from sterling.core.estimate import Estimate
from sterling.core.slices import EVERYONE, Slice


def estimate(value: float | None, half: float = 0.02, n: int = 1000) -> Estimate:
    if value is None:
        return Estimate(
            value=None, low=None, high=None, level=0.95, n=n, n_eligible=n, method="", status="insufficient"
        )
    return Estimate(value=value, low=value - half, high=value + half, level=0.95, n=n, n_eligible=n, method="Wilson")


def number(
    name: str, *, n: int = 1000, missing: int = 0, shift: float = 0.0, role: str = "", **more: Any
) -> ColumnProfile:
    return ColumnProfile(
        name=name,
        type="Int64",
        kind="integer",
        role=role,
        n=n,
        missing=missing,
        distinct=60,
        zeros=3,
        mean=38.5 + shift,
        std=12.25,
        low=20.0,
        high=70.0,
        quantiles=tuple(
            Quantile(p=p, value=v + shift)
            for p, v in ((0.05, 21.0), (0.25, 29.0), (0.5, 37.0), (0.75, 48.0), (0.95, 63.0))
        ),
        histograms=(
            Histogram(
                kind="uniform", edges=(20.0, 30.0, 40.0, 50.0, 60.0, 70.0), counts=(300.0, 310.0, 200.0, 134.0, 6.0)
            ),
            Histogram(kind="quantile", edges=(20.0, 29.0, 37.0, 48.0, 70.0), counts=(237.0, 238.0, 237.0, 238.0)),
        ),
        associations=(
            Association(column="hours", measure="spearman", value=0.31, low=0.25, high=0.37, level=0.95, n=950),
        ),
        **more,
    )


def words(
    name: str, values: dict[str, int], *, n: int = 1000, missing: int = 0, distinct: int = 0, role: str = ""
) -> ColumnProfile:
    return ColumnProfile(
        name=name,
        type="String",
        kind="text",
        role=role,
        n=n,
        missing=missing,
        distinct=distinct or len(values),
        top=tuple(ValueCount(value=v, count=float(c)) for v, c in values.items()),
        lengths=Lengths(low=2, mean=5.5, high=12),
    )


def notes_column() -> ColumnProfile:
    return replace(
        words("notes", {}, distinct=990),
        text=TextFacts(
            empty=2, blank=1, words=8.2, vocabulary=1400, vocabulary_error=0.01, language="en", language_share=0.97
        ),
    )


def photo() -> ColumnProfile:
    size = Lengths(low=64, mean=120.0, high=512)
    facts = ImageFacts(
        broken=2,
        widths=size,
        heights=size,
        channels=(ValueCount(value="RGB", count=998.0),),
        brightness=Lengths(low=0.1, mean=0.5, high=0.9),
    )
    return ColumnProfile(
        name="photo", type="Binary", kind="image", role="", n=1000, missing=0, distinct=1000, image=facts
    )


def profile(table: str = "people", shift: float = 0.0, rows: int = 1000, slice_: Slice = EVERYONE) -> Profile:
    born = ColumnProfile(
        name="born",
        type="Date",
        kind="date",
        role="",
        n=rows,
        missing=0,
        distinct=800,
        first="1954-03-01",
        last="2004-11-30",
        histograms=(Histogram(kind="uniform", edges=(-499737600.0, 300000000.0, 1101772800.0), counts=(600.0, 400.0)),),
    )
    return Profile(
        table=table,
        rows=rows,
        slice=slice_,
        columns=(
            number("age", n=rows, missing=50, shift=shift),
            number("hours", n=rows, shift=shift / 2),
            words("sex", {"Male": 650, "Female": 330}, n=rows, missing=20, role="group"),
            words("occupation", {"Craft": 300, "Sales": 280, "Tech": 120}, n=rows, missing=182, distinct=14),
            born,
            notes_column(),
            photo(),
        ),
    )
