"""Training a recipe on a table, the same way every time: rows in an order of their own, one thread, a given seed."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sterling.core.errors import InputError, shown
from sterling.core.extras import require
from sterling.core.frozen import dataclass
from sterling.recipes.columns import Columns, kinds, prepared, without_empty
from sterling.recipes.parameters import Value
from sterling.recipes.recipe import Recipe, Summary
from sterling.recipes.stored import skops_bytes

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

BATCH_ROWS = 65_536
WHERE = "training"
_ROW = "row"
_LABEL = "label"
_WEIGHT = "weight"
_LEAVING = threading.Lock()
_INSIDE: list[None] = []
_BEFORE: list[Any] = []


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """A trained recipe. `estimator` is a plain scikit-learn pipeline; `n` the rows it was trained on."""

    recipe: Recipe
    parameters: Mapping[str, Value]
    columns: Columns
    estimator: Any
    n: int
    seed: int
    notes: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        """The columns it reads, in the order the estimator knows them."""
        return (*self.columns.numbers, *self.columns.texts)

    @property
    def summary(self) -> Summary:
        """What the model looks at, most first, with everything to know of its training."""
        told = self.recipe.describe(self.estimator, self.columns)
        return Summary(measure=told.measure, facts=told.facts, notes=(*told.notes, *self.notes))

    @property
    def trusted(self) -> tuple[str, ...]:
        """The types inside `to_bytes` that `load_model(…, trusted=…)` needs vouched for."""
        return self.recipe.trusted

    def predict(self, frame: pl.DataFrame) -> Floats:
        """The probability of the positive label for every row, shape (n,), float64.

        Raises InputError when a feature is missing or is of another kind than in training.
        """
        import numpy as np

        rows = prepared(frame, self.columns)
        with one_thread():
            parts = [
                self.estimator.predict_proba(rows.slice(start, BATCH_ROWS))[:, 1]
                for start in range(0, rows.height, BATCH_ROWS)
            ]
        return np.concatenate(parts).astype(np.float64) if parts else np.empty(0)

    def to_bytes(self) -> bytes:
        """The model as a .skops file; equal models give equal bytes."""
        return skops_bytes(self.estimator)


def fit(
    recipe: Recipe, parameters: Mapping[str, object], *, frame: pl.DataFrame, features: Sequence[str],
    label: ArrayLike, weights: ArrayLike | None = None, seed: int = 0,
) -> Fitted:  # fmt: skip
    """Train `recipe` on the rows of `frame`.

    `label` holds 0 and 1, shape (n,); `weights` are not negative, shape (n,), None for one each. Rows are first put in
    the order of their content, so equal rows in any order give an equal model. Weights enter the model's own fit, not
    the medians and ranges before it.

    Raises ConfigError for bad parameters, InputError when the rows cannot be learned from (no rows, one class only,
    labels or weights of the wrong kind), MissingExtra without scikit-learn.
    """
    import numpy as np

    asked, resolved = kinds(frame, features), recipe.resolve(parameters)
    y, w, rows, columns = learnable(frame, asked, label=label, weights=weights)
    estimator = recipe.build(parameters, columns, seed=seed)
    rows = rows.select(*columns.numbers, *columns.texts)
    order = _content_order(rows, y, w)
    rows, y = rows[order], y[order]
    extra = {} if w is None else {"model__sample_weight": w[order]}
    with one_thread(), warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        estimator.fit(rows, y.astype(np.int64), **extra)
    if recipe.polish is not None:
        recipe.polish(estimator)
    return Fitted(
        recipe=recipe, parameters=resolved, columns=columns, estimator=estimator, n=frame.height,
        seed=seed, notes=(*_empty(asked, columns), *_many_values(rows, columns, resolved), *_unsettled(heard)),
    )  # fmt: skip


def learnable(
    frame: pl.DataFrame, asked: Columns, *, label: ArrayLike, weights: ArrayLike | None = None
) -> tuple[Floats, Floats | None, pl.DataFrame, Columns]:
    """Labels, weights and features as a recipe learns from them, and the feature columns that hold a value.

    Raises InputError as `fit` does.
    """
    y, w = _labels(label, frame.height), _weights(weights, frame.height)
    two_classes(y if w is None else y[w > 0])
    rows = prepared(frame, asked)
    return y, w, rows, without_empty(rows, asked)


@contextmanager
def one_thread() -> Iterator[None]:
    """Linear algebra and tree building on one thread: sums then have one order, whatever the machine.

    OpenMP counts its threads for each thread that calls it. Linear algebra has one number for the whole process, so
    that the last to leave sets it back: models may be trained side by side.
    """
    limits = require("threadpoolctl", extra="project", why="training").threadpool_limits
    with _LEAVING:
        if not _INSIDE:
            _BEFORE.append(limits(limits=1, user_api="blas"))
        _INSIDE.append(None)
    try:
        with limits(limits=1, user_api="openmp"):
            yield
    finally:
        with _LEAVING:
            _INSIDE.pop()
            if not _INSIDE:
                _BEFORE.pop().restore_original_limits()


def _content_order(rows: pl.DataFrame, y: Floats, w: Floats | None) -> NDArray[np.int64]:
    """Row numbers sorted by all that training sees; rows equal in all of it may change places."""
    import numpy as np
    import polars as pl

    keys = {_LABEL: y} if w is None else {_LABEL: y, _WEIGHT: w}
    plain = rows.rename({name: f"{i}" for i, name in enumerate(rows.columns)})
    table = plain.with_columns(**{k: pl.Series(v) for k, v in keys.items()}).with_row_index(_ROW)
    return table.sort([*plain.columns, *keys], nulls_last=True)[_ROW].to_numpy().astype(np.int64)


def _labels(label: ArrayLike, n: int) -> Floats:
    import numpy as np

    y = np.asarray(label)
    if y.shape != (n,):
        raise InputError("there must be one label per row", where=WHERE, expected=f"shape ({n},)", got=str(y.shape))
    if y.dtype.kind not in "iufb" or not np.isin(y, (0, 1)).all():
        raise InputError(
            "some labels are neither 0 nor 1", where=WHERE, expected="1 for the positive label, 0 for the other",
            hint="leave rows without a label out of training",
        )  # fmt: skip
    return y.astype(np.float64)


def _weights(weights: ArrayLike | None, n: int) -> Floats | None:
    import numpy as np

    if weights is None:
        return None
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != (n,):
        raise InputError("there must be one weight per row", where=WHERE, expected=f"shape ({n},)", got=str(w.shape))
    if not np.isfinite(w).all() or (w < 0).any():
        raise InputError("some weights are negative, missing or infinite", where=WHERE, expected="0 or more")
    return w


def two_classes(y: NDArray[Any]) -> None:
    """Raises InputError where labels, shape (n,), are not of both kinds."""
    if not len(y):
        raise InputError("there are no rows to learn from", where=WHERE, expected="rows with a weight above 0")
    if y.min() == y.max():
        raise InputError(
            f"every training row has the {'positive' if y[0] else 'negative'} label", where=WHERE,
            expected="rows with either label", got=f"{len(y)} rows of one kind",
            hint="check which label value is positive, and how the rows were split",
        )  # fmt: skip


def _empty(asked: Columns, used: Columns) -> Iterator[str]:
    for name in (*asked.numbers, *asked.texts):
        if name not in (*used.numbers, *used.texts):
            yield f"{shown(name)}: missing in every training row, so the model does not read it"


def _many_values(rows: pl.DataFrame, columns: Columns, parameters: Mapping[str, Value]) -> Iterator[str]:
    """What became of text columns with more values than are told apart."""
    least, most = parameters["min_frequency"], parameters["max_categories"]
    for name in columns.texts:
        counts = rows[name].value_counts()["count"]
        common = int((counts >= least).sum())
        told = min(common, int(most) - (common < len(counts)))
        if told < len(counts):
            yield f"{shown(name)}: {told:,} of its {len(counts):,} values are told apart; the rarest count as one"


def _unsettled(heard: Sequence[warnings.WarningMessage]) -> tuple[str, ...]:
    unsettled = any(w.category.__name__ == "ConvergenceWarning" for w in heard)
    return ("The fit stopped before it settled: regularise more, or scale odd columns.",) if unsettled else ()
