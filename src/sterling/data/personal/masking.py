"""Texts with the spans that a pattern finds replaced by the kind in brackets."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from sterling.data.personal.detect import GATES, MAX_CHARS
from sterling.data.personal.kind import Kind
from sterling.data.personal.kinds import ALL

PASSES = 5
"""A match may take the sign that the next one needs before it; so many passes find what stands close together."""
EDGE = 300
"""Characters before the cut that are left out: half of something is no longer found, and can still be read."""
STILL = "(withheld: holds {})"


def masked(texts: pl.Series, kinds: Collection[str]) -> pl.Series:
    """The texts, cut at `MAX_CHARS`, with every span that looks like one of these kinds as `[email]`.

    Check digits are not asked: what only looks like a card is masked too. So is what looks like another kind, except
    kinds that are told by the words beside them alone. A text that still holds a span after `PASSES` is withheld.
    """
    names = set(kinds)
    order = sorted(ALL, key=lambda k: (k.needs_context, k.name not in names))  # what has a form of its own comes first
    long = pl.col("text").str.len_chars() > MAX_CHARS
    cut = pl.col("text").str.slice(0, MAX_CHARS - EDGE).str.replace(r"\S*$", "")
    values = texts.to_frame("text").select(pl.when(long).then(cut).otherwise("text").alias("text")).to_series()
    for kind in order:
        if kind.name in names or not kind.needs_context:
            values = _without(values, kind)
    return values.alias(texts.name)


def _without(texts: pl.Series, kind: Kind) -> pl.Series:
    gate = texts.str.contains(GATES[kind.gate], literal=kind.gate in ("at", "url")).fill_null(value=False)
    if not gate.any():
        return texts
    said = kind.name.replace("_", " ")
    for _ in range(PASSES):
        held = texts.str.contains(kind.pattern).fill_null(value=False)
        if not held.any():
            return texts
        found = _spans(texts, kind)
        texts = texts.str.replace_many(found, [f"[{said}]"], leftmost=True)
    still = texts.str.contains(kind.pattern).fill_null(value=False)
    return pl.select(pl.when(still).then(pl.lit(STILL.format(said))).otherwise(texts)).to_series()


def _spans(texts: pl.Series, kind: Kind) -> list[str]:
    """What the brackets of the pattern hold in each match, the longest first."""
    around = texts.drop_nulls().str.extract_all(kind.pattern).explode(empty_as_null=False)
    parts = [around.str.extract(kind.pattern, i + 1).alias(str(i)) for i in range(kind.brackets)]
    inner = pl.select(pl.coalesce(parts)).to_series().drop_nulls().unique()
    return sorted((span for span in inner.to_list() if span), key=lambda span: (-len(span), span))
