"""Samples of real pairs of texts, whose truth is that of all of them: how often the intervals hold it.

Every world is a group of one table, so one evaluation carries them all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import polars as pl

import sterling as st
from tests.house.law import ROOT
from tests.quality.text.references import changed
from tests.stats.kept import Behind, Figures, means

WORLDS, LOOK = 300, 2
SIZES = (30, 100, 300)
Pairs = tuple[list[str] | list[list[str]], list[str]]
METRICS = ("exact_match", "bleu", "rouge_1", "rouge_2", "rouge_l", "length_ratio")


def sentences() -> pl.DataFrame:
    return pl.read_parquet(ROOT / "examples" / "rewriting" / "data" / "rewriting.parquet")


def by_word() -> Pairs:
    """Nearly all words right: one in ten lengths of 13."""
    frame = sentences()
    return frame["reference"].to_list(), frame["by_word"].to_list()


@cache
def garbled() -> Pairs:
    """A quarter of the words wrong or elsewhere."""
    references = sentences()["reference"].to_list()
    return references, changed(references, np.random.default_rng(0), 0.6)


@cache
def several() -> Pairs:
    """One or two references, as far from each other as a garbled answer; half of the answers are near the second."""
    first = sentences()["reference"].to_list()
    rng = np.random.default_rng(3)
    second = changed(first, rng, 0.6)
    answers = changed([second[i] if i % 4 == 1 else r for i, r in enumerate(first)], rng, 0.6)
    return [[r, s][: 1 + i % 2] for i, (r, s) in enumerate(zip(first, second, strict=True))], answers


def elsewhere() -> Pairs:
    """Answers to other sentences: four words in a row are rarely shared."""
    references = sentences()["reference"].to_list()
    return references, np.random.default_rng(1).permutation(references).tolist()


def brief() -> Pairs:
    """The first five words, and all of them in one of ten rows: the penalty for brevity at work."""
    references = sentences()["reference"].to_list()
    return references, [r if i % 10 == 0 else " ".join(r.split()[:5]) for i, r in enumerate(references)]


def nearly_right() -> Pairs:
    """49 of 50 answers are their reference."""
    frame = sentences()
    answers = [w if i % 50 == 0 else r for i, (r, w) in enumerate(frame.select("reference", "by_word").iter_rows())]
    return frame["reference"].to_list(), answers


def drawn(
    pairs: Pairs, n: int, *, weighted: bool = False, each: int = 1, other: Callable[[], Pairs] | None = None,
    worlds: int = WORLDS,
) -> pl.DataFrame:  # fmt: skip
    """What is said of worlds of n pairs, a line for each metric. `each`: rows of a cluster, all of them the same.

    With `other` answers to the same references: what changes from the first to those.
    """
    rng = np.random.default_rng(2)
    pool = _pool(pairs, other)
    rows = pool[rng.integers(0, pool.height, n * worlds)]
    rows = rows.with_columns(g=np.repeat(np.arange(worlds), n), c=pl.int_range(pl.len()), w=rng.gamma(2, 1, n * worlds))
    roles: dict[str, str] = ({"weight": "w"} if weighted else {}) | ({"cluster": "c"} if each > 1 else {})
    return _evaluated(pl.concat([rows] * each), groups="g", **roles).filter(pl.col("slice") != "everyone")


def covered(pairs: Pairs, n: int, **more: Any) -> Figures:
    """How often the 95 % interval of each metric holds what is true of all pairs."""
    whole = _evaluated(_pool(pairs, more.get("other")))
    truth = dict(whole.filter(slice="everyone").select("metric", "value").iter_rows())
    found = drawn(pairs, n, **more)
    out = {}
    for name in METRICS:
        mine = found.filter(metric=name)
        assert mine.height == WORLDS
        held = (pl.col("low") <= truth[name] + 1e-9) & (pl.col("high") >= truth[name] - 1e-9)
        out[name] = mine.filter(held).height / WORLDS
    return out


def ends(pairs: Pairs, n: int, **more: Any) -> Behind:
    """Mean ends of the intervals of a few worlds, by metric."""
    found = drawn(pairs, n, worlds=LOOK, **more)
    return {m: means(found.filter(metric=m)["low"], found.filter(metric=m)["high"]) for m in METRICS}


def _pool(pairs: Pairs, other: Callable[[], Pairs] | None) -> pl.DataFrame:
    return pl.DataFrame({"reference": pairs[0], "answer": pairs[1], **({"other": other()[1]} if other else {})})


def _evaluated(rows: pl.DataFrame, **more: object) -> pl.DataFrame:
    models = [c for c in ("answer", "other") if c in rows.columns]
    two = {"against": "answer", "model": "other"} if len(models) > 1 else {}
    plan = st.Plan(asks=(st.ask("QU004" if two else "QU001", metrics=METRICS, **two),), grid=False, min_n=2)
    run = st.evaluate(rows, task="text", label="reference", prediction=models, plan=plan, **more)  # type: ignore[arg-type]
    return run.evidence[0].comparison.frame() if two else run.frame  # type: ignore[union-attr]


ANSWERS: dict[str, Callable[[], Pairs]] = {
    "nearly all words right": by_word, "a quarter of the words wrong": garbled, "of other sentences": elsewhere,
    "the first words": brief, "49 of 50 right": nearly_right,
}  # fmt: skip
"""Answers to one reference each, of independent rows."""
KINDS: dict[str, tuple[Callable[[], Pairs], dict[str, Any]]] = {
    "a quarter of the words wrong, weighted": (garbled, {"weighted": True}),
    "a quarter of the words wrong, clustered": (garbled, {"each": 3}),
    "a quarter wrong less nearly all right": (by_word, {"other": garbled}),
    "a quarter wrong less nearly all right, weighted": (by_word, {"other": garbled, "weighted": True}),
    "a quarter wrong less nearly all right, clustered": (by_word, {"other": garbled, "each": 3}),
    "one or two references": (several, {}),
    "one or two references, weighted": (several, {"weighted": True}),
    "one or two references, clustered": (several, {"each": 3}),
}
"""Others: with weights, in clusters of three equal rows, and with several references."""
EVERY: dict[str, tuple[Callable[[], Pairs], dict[str, Any]]] = {name: (of, {}) for name, of in ANSWERS.items()} | KINDS
