"""In process: 5,000 pairs of texts in 24 slices, beside sacreBLEU and rouge-score called slice by slice."""

from __future__ import annotations

import logging

import numpy as np
import polars as pl

import sterling as st
from benchmarks.by_hand import FAMILIES
from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.measure import in_process
from benchmarks.table import table

ROWS = 5_000
WORDS = 20_000
LENGTHS = (8, 33)
CHANGED = 0.25


def texts(rows: int) -> pl.DataFrame:
    """The people of the other benchmarks with a reference each, and an answer that has some of its words wrong."""
    rng = np.random.default_rng(0)
    words = np.array([f"word{i}" for i in range(WORDS)])
    often = 1 / np.arange(1, WORDS + 1)
    lengths = rng.integers(*LENGTHS, rows)
    said = rng.choice(WORDS, int(lengths.sum()), p=often / often.sum())
    heard = np.where(rng.random(len(said)) < CHANGED, rng.integers(0, WORDS, len(said)), said)
    ends = np.cumsum(lengths)[:-1]
    written = [[" ".join(words[part]) + "." for part in np.split(side, ends)] for side in (said, heard)]
    return table(rows).select("sex", "race").with_columns(reference=pl.Series(written[0]), answer=pl.Series(written[1]))


def by_hand(people: pl.DataFrame) -> dict[tuple[object, ...], tuple[float, ...]]:
    """BLEU, ROUGE-1, -2 and -L and exact match of every slice. Rows are scored once for ROUGE, and averaged.

    No interval, no check of the input, no report.
    """
    import sacrebleu
    from rouge_score.rouge_scorer import RougeScorer

    logging.getLogger("absl").setLevel(logging.WARNING)
    kinds = ["rouge1", "rouge2", "rougeL"]
    scorer = RougeScorer(kinds)
    pairs = zip(people["reference"], people["answer"], strict=True)
    scored = [tuple(s.fmeasure for s in scorer.score(r, a).values()) for r, a in pairs]
    rows = people.with_columns(pl.DataFrame(scored, schema=kinds, orient="row"))
    rows = rows.with_columns(exact=pl.col("reference") == pl.col("answer"))
    out: dict[tuple[object, ...], tuple[float, ...]] = {}
    for family in FAMILIES:
        for key, part in rows.group_by(family) if family else [((), rows)]:
            score = sacrebleu.corpus_bleu(part["answer"].to_list(), [part["reference"].to_list()]).score / 100
            out[(family, key)] = (score, *(float(part[name].mean()) for name in (*kinds, "exact")))  # type: ignore[arg-type]
    return out


def measure() -> list[Line]:
    """The whole evaluation, with intervals and gaps between groups."""
    people = texts(ROWS)

    def sterling() -> object:
        given = {"task": "text", "label": "reference", "prediction": "answer", "groups": ["sex", "race"]}
        return st.evaluate(people, **given).frame  # type: ignore[arg-type]

    ours, theirs = in_process(sterling, lambda: by_hand(people), times=3)
    return [
        plain("Sterling, wall", ours.wall, "s"),
        plain("sacreBLEU and rouge-score, wall", theirs.wall, "s"),
        plain("wall: theirs ÷ ours", theirs.wall / ours.wall, "×"),
        at_most("CPU: ours ÷ theirs", ours.cpu / theirs.cpu, 0.5, "×"),
    ]


CLAIM = Claim(
    name="texts",
    statement=f"{ROWS:,} pairs of texts, 24 slices: BLEU, ROUGE and exact match with intervals; beside sacreBLEU and "
    "rouge-score, without; in process",
    measure=measure,
)
