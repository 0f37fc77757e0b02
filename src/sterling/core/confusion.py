"""Which class is taken for which: a confusion table for everyone and for groups, as a check reports it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sterling.core.frozen import dataclass
from sterling.core.slices import Slice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Confusion:
    """For each slice: of the rows of a label, the share predicted to be of each class, with its interval.

    `rows` counts labels, of shape (slices, classes). `n`, `share`, `low` and `high` have shape (slices, classes,
    classes), label by prediction; shares are NaN where a label has fewer rows than the minimum. Where rows that are not
    sure enough have no prediction, it is one prediction more, the last.
    """

    classes: tuple[str, ...]
    slices: tuple[Slice, ...]
    rows: NDArray[np.int64]
    n: NDArray[np.int64]
    share: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    method: str

    @property
    def abstains(self) -> bool:
        """Whether some rows may have no prediction."""
        return bool(self.share.shape[2] > len(self.classes))
