"""Ask one question about a table."""

from __future__ import annotations

import polars as pl

from sterling.core.evidence import Evidence, Finding
from sterling.core.policy import Policy
from sterling.core.run import Run
from sterling.pipeline.tables import profile

INCOME = "examples/income/data/income.parquet"
LENDING = "examples/lending/data/lending.parquet"
RECIDIVISM = "examples/recidivism/data/recidivism.parquet"


def run(data: object, code: str, settings: dict[str, object] | None = None, **roles: object) -> Run:
    return profile(data, checks=[code], settings={code: settings or {}}, **roles)  # type: ignore[arg-type]


def asked(data: object, code: str, settings: dict[str, object] | None = None, **roles: object) -> Evidence:
    return run(data, code, settings, **roles).evidence[0]


def one(
    evidence: Evidence, metric: str, *, columns: tuple[str, ...] = (), family: tuple[str, ...] | None = None
) -> Finding:
    """The finding of this metric, columns and family."""
    (found,) = [
        f
        for f in evidence.findings
        if f.metric.name == metric and f.columns == columns and (family is None or f.family == family)
    ]
    return found


def word(data: object, code: str, limit: str, settings: dict[str, object] | None = None, **roles: object) -> str:
    """What a limit, written as TOML lines, says."""
    held = run(data, code, settings, policy=Policy.parse(f"[[limit]]\n{limit}"), **roles)
    (verdict,) = [v for v in held.judgement.verdicts if v.limit is not None]
    return verdict.verdict


def shuffled(frame: pl.DataFrame, seed: int = 0) -> pl.DataFrame:
    return frame.sample(fraction=1.0, shuffle=True, seed=seed)
