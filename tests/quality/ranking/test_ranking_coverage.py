"""How often intervals over queries hold the truth, and that gaps between groups of one list keep their promise."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.judge import judge
from tests.worlds.world import allowed

WORLDS = 50


def frame(queries: int, *, shift: float, seed: int, models: int, size: int = 8) -> pl.DataFrame:
    """Lists of `size` candidates, a third of them of group b whose scores are `shift` lower; relevance at random."""
    rng = np.random.default_rng(seed)
    n = queries * size
    group = rng.random(n) < 1 / 3
    columns = {f"s{k}": rng.normal(size=n) - shift * group for k in range(models)}
    return pl.DataFrame(
        {"q": np.arange(n) // size, "g": np.where(group, "b", "a"), "y": (rng.random(n) < 0.4).astype(int), **columns}
    )


@pytest.mark.slow
@pytest.mark.parametrize("queries", [20, 100])
def test_intervals_cover(queries: int) -> None:
    """Truth: what 4,000 queries show; 40 worlds are held against it."""
    names = ("ndcg(10)", "mean_reciprocal_rank", "precision_at(3)", "relative_exposure", "top_share(3)")
    many = frame(4_000, shift=0.7, seed=2, models=1)
    plan = st.Plan(asks=(st.ask("QU001", metrics=names),), grid=False, min_n=2)
    given = {"task": "ranking", "query": "q", "label": "y", "groups": "g", "plan": plan}
    truth = st.evaluate(many, score="s0", **given).tables[0].frame()  # type: ignore[arg-type]
    drawn = [frame(queries, shift=0.7, seed=10 + k, models=1) for k in range(40)]
    missed = dict.fromkeys(names, 0)
    for one in drawn:
        rows = st.evaluate(one, score="s0", **given).tables[0].frame()  # type: ignore[arg-type]
        for name in names:
            where = {"metric": name, "slice": "g=b"}
            value = truth.filter(**where)["value"].item()
            low, high = rows.filter(**where).select("low", "high").row(0)
            missed[name] += not low <= value <= high
    for name, times in missed.items():
        assert times / 40 <= allowed(0.06, 40), name


def verdicts(shift: float, check: str, limit: str, **parameters: object) -> list[str]:
    people = frame(60, shift=shift, seed=5, models=WORLDS)
    plan = st.Plan(asks=(st.ask(check, name="q", **parameters),), grid=False)
    run = st.evaluate(
        people, task="ranking", query="q", label="y", score=[f"s{k}" for k in range(WORLDS)], groups="g", plan=plan
    )
    policy = st.Policy.parse(f'[[ask]]\nname = "q"\ncheck = "{check}"\n[[limit]]\nask = "q"\n{limit}')
    return [v.verdict for v in judge(policy, run.evidence, more_people=lambda *_: None).verdicts]


@pytest.mark.parametrize("metric", ["relative_exposure", "top_representation(3)"])
def test_null_gaps_stay_quiet_though_groups_share_their_places(metric: str) -> None:
    """What one group gains the other loses, so as if independent they would alarm in about one world in six."""
    found = verdicts(0.0, "FA001", "max_gap = 0", metric=metric)
    assert found.count("over") / WORLDS <= allowed(0.05, WORLDS)


def test_planted_gaps_fire() -> None:
    found = verdicts(1.5, "FA003", "min = 0.9", metric="relative_exposure", groups=("g",))
    assert found.count("over") / len(found) > 0.9
    assert verdicts(1.5, "FA001", "max_gap = 0.1", metric="relative_exposure").count("over") / WORLDS > 0.9
