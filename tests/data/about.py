"""Asks one question of a table, for the tests of the data shelf."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from sterling.core.evidence import Evidence
from sterling.core.judge import judge
from sterling.core.policy import Policy
from sterling.pipeline.tables import profile


def ask_table(
    code: str, frame: pl.DataFrame, *, others: Sequence[pl.DataFrame] = (), seed: int = 0, label: str | None = None,
    id: str | None = None, groups: Sequence[str] = (), positive: object = None, **parameters: object,
) -> Evidence:  # fmt: skip
    """The evidence of one check about a table, with these parameters."""
    run = profile(
        frame, others=others, label=label, id=id, groups=list(groups), positive=positive, seed=seed, checks=code,
        settings={code: parameters},
    )  # fmt: skip
    (evidence,) = run.evidence
    return evidence


def verdict(evidence: Evidence, metric: str, limit: str) -> str:
    """What a limit on a number of the table says, such as `max = 0.01`: the worst word of all groups."""
    policy = Policy.parse(f'[[limit]]\nmetric = "{metric}"\n{limit}')
    return judge(policy, [evidence], more_people=lambda *_: None).verdicts[0].verdict
