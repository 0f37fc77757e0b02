"""Many estimates at once, as arrays: metric × slice × threshold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from sterling.core.estimate import Estimate, Status
from sterling.core.frozen import dataclass
from sterling.core.rates import MetricInfo
from sterling.core.slices import Slice

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

Number = TypeVar("Number", bound="np.generic")
_STATUSES: tuple[Status, ...] = ("ok", "undefined", "insufficient")


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
        """`ok`, `insufficient` or `undefined`, per slice and threshold.

        Insufficient: fewer than `min_n` eligible rows, or a value of which they do not tell how far it reaches.
        """
        import numpy as np

        return np.array(_STATUSES, dtype=object)[self._status(block)]

    def _status(self, block: Block) -> NDArray[np.uint32]:
        """The places of `status` in `_STATUSES`."""
        import numpy as np

        unknown = np.isnan(block.value)
        few = (block.n_eligible < self.min_n) | (~unknown & (np.isnan(block.low) | np.isnan(block.high)))
        return np.where(few, 2, unknown).astype(np.uint32)

    def estimate(self, metric: str, slice_: Slice, threshold: float | None = None) -> Estimate:
        """One estimate. Raises KeyError when the table does not hold it."""
        block = next((b for b in self.blocks if b.info.name == metric), None)
        if block is None or slice_ not in self.slices:
            raise KeyError(metric if block is None else str(slice_))
        row = self.slices.index(slice_)
        column = self.thresholds.index(threshold) if block.info.by_threshold and threshold is not None else 0
        eligible = int(block.n_eligible[row, column])
        ends = block.value[row, column], block.low[row, column], block.high[row, column]
        unknown = math.isnan(ends[0])
        few = eligible < self.min_n or (not unknown and any(map(math.isnan, ends)))
        status: Status = "insufficient" if few else "undefined" if unknown else "ok"
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
        marks = [[self.thresholds[i] for i in keep] if b.info.by_threshold else [np.nan] for b in self.blocks]
        slices, sizes = len(self.slices), [len(c) for c in columns]
        rows = np.concatenate([np.repeat(np.arange(slices, dtype=np.uint32), size) for size in sizes])
        at = pl.Series(rows)

        def flat(parts: Iterable[NDArray[Number]]) -> NDArray[Number]:
            return np.concatenate([part[:, c].ravel() for part, c in zip(parts, columns, strict=True)])

        status = flat(self._status(b) for b in self.blocks)

        def numbers(parts: Iterable[NDArray[np.float64]]) -> pl.Series:
            return pl.Series(np.where(status == 0, flat(parts), np.nan)).fill_nan(None)

        def texts(values: Sequence[str | None], places: pl.Series) -> pl.Series:
            return pl.Series(values, dtype=pl.String).gather(places)

        blocks = np.repeat(np.arange(len(sizes), dtype=np.uint32), np.array(sizes) * slices)
        groups = list(dict.fromkeys(c for s in self.slices for c in s.family))
        by_slice = [s.as_dict() for s in self.slices]
        return pl.DataFrame(
            {
                "model": pl.Series([self.model], dtype=pl.String).new_from_index(0, len(rows)),
                "metric": texts([b.info.name for b in self.blocks], pl.Series(blocks)),
                "slice": texts([str(s) for s in self.slices], at),
                **{f"group:{g}": texts([s.get(g) for s in by_slice], at) for g in groups},
                "threshold": pl.Series(np.concatenate([np.tile(part, slices) for part in marks])).fill_nan(None),
                "value": numbers(b.value for b in self.blocks),
                "low": numbers(b.low for b in self.blocks),
                "high": numbers(b.high for b in self.blocks),
                "level": pl.Series([self.level]).new_from_index(0, len(rows)),
                "n": self.n[rows],
                "n_eligible": flat(b.n_eligible for b in self.blocks),
                "status": texts(_STATUSES, pl.Series(status)),
            }
        )
