"""Models of texts of which one garbles the answers to a group. docs/coverage.md has the coverage of the intervals."""

from __future__ import annotations

import numpy as np
import polars as pl

import sterling as st
from sterling.core.judge import judge
from tests.quality.text.references import changed
from tests.stats.text_worlds import sentences
from tests.worlds.world import allowed


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
