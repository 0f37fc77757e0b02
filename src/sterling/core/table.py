"""Many estimates at once, as arrays: metric × slice × threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sterling.core.estimate import Estimate, Status
from sterling.core.rates import MetricInfo
from sterling.core.slices import Slice

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """One metric for every slice, at every threshold (or once, when it needs none).

    Arrays have shape (slices, thresholds) or (slices, 1); NaN means unknown; `method` names the interval.
    """

    info: MetricInfo
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    n_eligible: NDArray[np.int64]
    method: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EstimateTable:
    """All estimates of one model."""

    model: str
    slices: tuple[Slice, ...]
    n: NDArray[np.int64]
    thresholds: tuple[float, ...]
    blocks: tuple[Block, ...]
    level: float
    min_n: int

    def status(self, block: Block) -> NDArray[np.object_]:
        """`ok`, `insufficient` (fewer than `min_n` eligible rows) or `undefined`, per slice and threshold."""
        import numpy as np

        status = np.where(np.isnan(block.value), "undefined", "ok").astype(object)
        status[block.n_eligible < self.min_n] = "insufficient"
        return status

    def estimate(self, metric: str, slice_: Slice, threshold: float | None = None) -> Estimate:
        """One estimate. Raises KeyError when the table does not hold it."""
        block = next((b for b in self.blocks if b.info.name == metric), None)
        if block is None or slice_ not in self.slices:
            raise KeyError(metric if block is None else str(slice_))
        row = self.slices.index(slice_)
        column = self.thresholds.index(threshold) if block.info.by_threshold and threshold is not None else 0
        eligible = int(block.n_eligible[row, column])
        known = not math.isnan(block.value[row, column])
        status: Status = "insufficient" if eligible < self.min_n else "ok" if known else "undefined"
        known = status == "ok"
        return Estimate(
            value=float(block.value[row, column]) if known else None,
            low=float(block.low[row, column]) if known else None,
            high=float(block.high[row, column]) if known else None,
            level=self.level,
            n=int(self.n[row]),
            n_eligible=eligible,
            method=block.method,
            status=status,
        )

    def frame(self, thresholds: Sequence[float] | None = None) -> pl.DataFrame:
        """Tidy rows: model, metric, slice, its groups, threshold, value, low, high, level, n, n_eligible, status.

        `thresholds` keeps only those; metrics that need none are always kept, with a threshold of null.
        """
        import numpy as np
        import polars as pl

        keep = [i for i, t in enumerate(self.thresholds) if thresholds is None or t in thresholds]
        columns = [keep if b.info.by_threshold else [0] for b in self.blocks]
        sizes = [len(c) for c in columns]
        marks = [[self.thresholds[i] for i in keep] if b.info.by_threshold else [None] for b in self.blocks]
        rows = np.concatenate([np.repeat(np.arange(len(self.slices)), size) for size in sizes])
        status = np.concatenate([self.status(b)[:, c].ravel() for b, c in zip(self.blocks, columns, strict=True)])
        ok = status == "ok"

        def numbers(name: str) -> pl.Series:
            parts = [getattr(b, name)[:, c].ravel() for b, c in zip(self.blocks, columns, strict=True)]
            return pl.Series(name, np.where(ok, np.concatenate(parts), np.nan)).fill_nan(None)

        def named(values: list[str | None]) -> pl.Series:
            return pl.Series(values, dtype=pl.String).gather(rows)

        counts = np.array(sizes) * len(self.slices)
        metrics = pl.Series([b.info.name for b in self.blocks], dtype=pl.String)
        eligible = [b.n_eligible[:, c].ravel() for b, c in zip(self.blocks, columns, strict=True)]
        groups = list(dict.fromkeys(c for s in self.slices for c in s.family))
        by_slice = [s.as_dict() for s in self.slices]
        return pl.DataFrame(
            {
                "model": pl.Series([self.model], dtype=pl.String).new_from_index(0, len(rows)),
                "metric": metrics.gather(np.repeat(np.arange(len(self.blocks)), counts)),
                "slice": named([str(s) for s in self.slices]),
                **{f"group:{g}": named([s.get(g) for s in by_slice]) for g in groups},
                "threshold": pl.Series([m for part in marks for m in part * len(self.slices)], dtype=pl.Float64),
                "value": numbers("value"),
                "low": numbers("low"),
                "high": numbers("high"),
                "level": np.full(len(rows), self.level),
                "n": self.n[rows],
                "n_eligible": np.concatenate(eligible),
                "status": pl.Series(status, dtype=pl.String),
            }
        )
