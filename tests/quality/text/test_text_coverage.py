"""How often intervals hold the truth: samples of real pairs of texts, whose truth is that of all of them.

Every world is a group of one table, so one evaluation carries them all.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.judge import judge
from tests.house.law import ROOT
from tests.quality.text.references import changed
from tests.worlds.world import allowed

WORLDS = 300
Pairs = tuple[list[str], list[str]]
METRICS = ("exact_match", "bleu", "rouge_1", "rouge_2", "rouge_l", "length_ratio")


def sentences() -> pl.DataFrame:
    return pl.read_parquet(ROOT / "examples" / "rewriting" / "data" / "rewriting.parquet")


def by_word() -> Pairs:
    """Nearly all words right: one in ten lengths of 13."""
    frame = sentences()
    return frame["reference"].to_list(), frame["by_word"].to_list()


def garbled() -> Pairs:
    """A quarter of the words wrong or elsewhere."""
    references = sentences()["reference"].to_list()
    return references, changed(references, np.random.default_rng(0), 0.6)


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


def missed(pairs: Pairs, n: int, *, weighted: bool = False, each: int = 1) -> dict[str, float]:
    """How often the 95 % interval of each metric misses. `each`: rows of a cluster, all of them the same."""
    rng = np.random.default_rng(2)
    pool = pl.DataFrame({"reference": pairs[0], "answer": pairs[1]})
    drawn = pool[rng.integers(0, pool.height, n * WORLDS)]
    drawn = drawn.with_columns(
        g=np.repeat(np.arange(WORLDS), n), c=pl.int_range(pl.len()), w=rng.gamma(2, 1, n * WORLDS)
    )
    plan = st.Plan(asks=(st.ask("QU001", metrics=METRICS),), grid=False, min_n=2)
    roles: dict[str, str] = ({"weight": "w"} if weighted else {}) | ({"cluster": "c"} if each > 1 else {})

    def frame(rows: pl.DataFrame, **more: object) -> pl.DataFrame:
        given = {"task": "text", "label": "reference", "prediction": "answer", "plan": plan, **more}
        return st.evaluate(rows, **given).frame  # type: ignore[arg-type]

    truth = dict(frame(pool).select("metric", "value").iter_rows())
    found = frame(pl.concat([drawn] * each), groups="g", **roles).filter(pl.col("slice") != "everyone")
    out = {}
    for name in METRICS:
        mine = found.filter(metric=name)
        assert mine.height == WORLDS
        away = (pl.col("low") > truth[name] + 1e-9) | (pl.col("high") < truth[name] - 1e-9)
        out[name] = mine.filter(away).height / WORLDS
    return out


@pytest.mark.slow
@pytest.mark.parametrize("n", [30, 100, 300])
@pytest.mark.parametrize("pairs", [by_word, garbled, elsewhere, brief, nearly_right])
def test_intervals_cover(pairs: Callable[[], Pairs], n: int) -> None:
    for name, share in missed(pairs(), n).items():
        assert share <= allowed(0.07, WORLDS), f"{name}: {share}"


@pytest.mark.slow
def test_intervals_cover_with_weights_and_clusters() -> None:
    for name, share in missed(garbled(), 80, weighted=True).items():
        assert share <= allowed(0.08, WORLDS), f"{name}: {share}"
    for name, share in missed(garbled(), 50, each=3).items():
        assert share <= allowed(0.07, WORLDS), f"{name}: {share}"


def test_planted_gaps_fire_and_null_ones_stay_quiet() -> None:
    """40 models of the same sentences; in one world the answers to one group are garbled more."""
    references = sentences()["reference"].to_list()[:360]
    rng = np.random.default_rng(3)
    groups = np.repeat(["a", "b", "c"], 120)
    policy = st.Policy.parse(
        '[[limit]]\nmetric = "bleu"\nmax_gap = 0.01\n[[limit]]\nmetric = "rouge_l"\nmax_gap = 0.01\n'
    )
    shares = {}
    for worse in (0.2, 0.6):
        models = {}
        for k in range(40):
            some, more = changed(references, rng, 0.2), changed(references, rng, worse)
            models[f"m{k}"] = [m if g == "c" else s for s, m, g in zip(some, more, groups, strict=True)]
        frame = pl.DataFrame({"reference": references, "g": groups, **models})
        run = st.evaluate(frame, task="text", label="reference", prediction=list(models), groups="g", policy=policy)
        verdicts = judge(policy, run.evidence, more_people=lambda *_: None).verdicts
        over = [v.verdict == "over" for v in verdicts if v.limit is not None]
        assert len(over) == 80
        shares[worse] = float(np.mean(over))
    assert shares[0.6] == 1
    assert shares[0.2] <= allowed(0.05, 80)
