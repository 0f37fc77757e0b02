"""Many estimates at once, as arrays: metric × slice × threshold."""

from __future__ import annotations

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
        status: Status = self.status(block)[row, column]
        known = status == "ok"
        return Estimate(
            value=float(block.value[row, column]) if known else None,
            low=float(block.low[row, column]) if known else None,
            high=float(block.high[row, column]) if known else None,
            level=self.level,
            n=int(self.n[row]),
            n_eligible=int(block.n_eligible[row, column]),
            method=block.method,
            status=status,
        )

    def frame(self, thresholds: Sequence[float] | None = None) -> pl.DataFrame:
        """Tidy rows: model, metric, one column per group column, threshold, value, low, high, level, n, n_eligible, status.

        `slice` is a struct of the group columns as text. `thresholds` keeps only those.
        """
        import numpy as np
        import polars as pl

        keep = [i for i, t in enumerate(self.thresholds) if thresholds is None or t in thresholds]
        names = np.array([str(s) for s in self.slices], dtype=object)
        parts: list[pl.DataFrame] = []
        for block in self.blocks:
            columns = np.array(keep if block.info.by_threshold else [0])
            marks = [self.thresholds[i] for i in keep] if block.info.by_threshold else [None]
            status = self.status(block)[:, columns]
            ok = status == "ok"
            shape = (len(self.slices), len(columns))
            part = pl.DataFrame({
                "metric": pl.repeat(block.info.name, ok.size, eager=True),
                "slice": pl.Series(np.repeat(names, len(columns)), dtype=pl.String),
                "slice_index": np.repeat(np.arange(shape[0]), len(columns)),
                "threshold": pl.Series(marks * shape[0], dtype=pl.Float64),
                "value": np.where(ok, block.value[:, columns], np.nan).ravel(),
                "low": np.where(ok, block.low[:, columns], np.nan).ravel(),
                "high": np.where(ok, block.high[:, columns], np.nan).ravel(),
                "n": np.repeat(self.n, len(columns)),
                "n_eligible": block.n_eligible[:, columns].ravel(),
                "status": pl.Series(status.ravel(), dtype=pl.String),
            })  # fmt: skip
            parts.append(part)
        tidy = pl.concat(parts).with_columns(
            pl.col("value", "low", "high").fill_nan(None),
            pl.lit(self.model).alias("model"),
            pl.lit(self.level).alias("level"),
        )
        groups = list(dict.fromkeys(c for s in self.slices for c in s.family))
        lookup = pl.DataFrame(
            {"slice_index": np.arange(len(self.slices))}
            | {f"group:{g}": pl.Series([s.as_dict().get(g) for s in self.slices], dtype=pl.String) for g in groups}
        )
        order = ["model", "metric", "slice", *[f"group:{g}" for g in groups], "threshold", "value", "low", "high"]
        return tidy.join(lookup, on="slice_index", how="left", maintain_order="left").select(
            *order, "level", "n", "n_eligible", "status"
        )
