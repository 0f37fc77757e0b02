"""Models beside each other, as the page and the JSON hold them: small groups left out."""

from __future__ import annotations

import numpy as np

from sterling.core.comparison import Comparison
from sterling.core.run import Run
from sterling.core.table import Block, EstimateTable
from sterling.report.text import FEW

Json = dict[str, object]


def comparisons(run: Run) -> list[Json]:
    """Every comparison of a run. Arrays are [slice][threshold]; None: not known, or of fewer than 10 people."""
    return [_one(e.comparison) for e in run.evidence if e.comparison is not None]


def _one(found: Comparison) -> Json:
    return {
        "baseline": found.baseline,
        "candidate": found.candidate,
        "metrics": [_metric(found.changes, block) for block in found.changes.blocks],
        "flips": [_metric(found.flips, block) for block in found.flips.blocks],
    }


def _metric(table: EstimateTable, block: Block) -> Json:
    known = (table.status(block) == "ok") & (table.n >= FEW)[:, None]
    value, low, high = (_listed(a, known) for a in (block.value, block.low, block.high))
    few = (block.n_eligible > 0) & (block.n_eligible < FEW)
    return {
        "name": block.info.name, "label": block.info.label, "direction": block.info.direction,
        "scale": block.info.scale, "thresholds": list(table.thresholds) if block.info.by_threshold else None,
        "slices": [s.as_dict() for s in table.slices], "value": value, "low": low, "high": high,
        "n": _listed(block.n_eligible, ~few & (table.n >= FEW)[:, None]),
    }  # fmt: skip


def _listed(values: np.ndarray, known: np.ndarray) -> list[list[float | None]]:
    out = values.astype(object)
    out[~known | ~np.isfinite(values.astype(np.float64))] = None
    listed: list[list[float | None]] = out.tolist()
    return listed
