"""How often intervals hold the truth: samples of real pairs of texts, whose truth is that of all of them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.judge import judge
from tests.quality.text.references import changed
from tests.stats.text_worlds import ANSWERS, WORLDS, garbled, missed, sentences
from tests.worlds.world import allowed


@pytest.mark.slow
@pytest.mark.parametrize("n", [30, 100, 300])
@pytest.mark.parametrize("answers", ANSWERS)
def test_intervals_cover(answers: str, n: int) -> None:
    for name, share in missed(ANSWERS[answers](), n).items():
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
