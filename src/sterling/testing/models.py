"""Conformance of models: what everything that reads scores relies on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, get_args

from sterling.core.errors import InputError, SterlingError
from sterling.core.frozen import dataclass
from sterling.core.model import Model
from sterling.core.roles import ScoreKind

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Scores = NDArray[np.float64]

BATCHES = ((1, 16), (7, 63), (64, 256))
"""Size of a batch, and how many rows are scored again in such batches: one at a time is slow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReport:
    """What was tried, and what did not hold (empty when the model conforms)."""

    model: str
    kind: str
    rows: int
    tried: tuple[str, ...]
    failed: tuple[str, ...]

    @property
    def conforms(self) -> bool:
        return not self.failed


class NonconformingError(AssertionError):
    """A model breaks a promise; `report` says which."""

    def __init__(self, report: ModelReport) -> None:
        self.report = report
        lines = "\n".join(f"  {failure}" for failure in report.failed)
        super().__init__(f"model {report.model} does not conform:\n{lines}")


def check_model(model: object, table: pl.DataFrame, *, seed: int = 0, tolerance: float = 1e-6) -> ModelReport:
    """Hold `model` to the promises of `core.model.Model` on the rows of `table`.

    One finite float64 score per row, in range for its kind; the same again when asked again; no row's score depends on
    the rows beside it, on their order, on the batch or on the order of columns; an empty table gives no scores; the
    given table is left as it was. Scores are equal within `tolerance` (absolute and relative): models in single
    precision and blocked linear algebra do not give equal bits in other batches.

    Raises NonconformingError naming every promise broken, InputError when `table` has no rows.
    """
    if not isinstance(model, Model):
        report = ModelReport(model=type(model).__name__, kind="", rows=table.height, tried=("protocol",),
                             failed=("protocol: it lacks name, kind or predict",))  # fmt: skip
        raise NonconformingError(report)
    if table.height == 0:
        raise InputError("the table has no rows", where="check_model", hint="give rows the model can score")
    bench = _Bench(model, table, seed, tolerance)
    tried: list[str] = []
    failed: list[str] = []
    for name, trial in bench.trials():
        tried.append(name)
        failed.extend(f"{name}: {complaint}" for complaint in _complaints(trial))
        if failed and name == "scores":
            break
    report = ModelReport(
        model=str(model.name), kind=str(model.kind), rows=table.height, tried=tuple(tried), failed=tuple(failed)
    )
    if failed:
        raise NonconformingError(report)
    return report


def _complaints(trial: Callable[[], Iterator[str]]) -> list[str]:
    try:
        return list(trial())
    except SterlingError as error:
        return [f"predict raised {type(error).__name__}: {error.what}"]
    except Exception as error:  # noqa: BLE001 - the model is under test: whatever it raises is an answer
        return [f"predict raised {type(error).__name__} where only SterlingError is expected"]


class _Bench:
    """One model on one table, and its first scores."""

    def __init__(self, model: Model, table: pl.DataFrame, seed: int, tolerance: float) -> None:
        self.model, self.table, self.seed, self.tolerance = model, table, seed, tolerance

    def trials(self) -> Iterator[tuple[str, Callable[[], Iterator[str]]]]:
        yield "protocol", self.protocol
        yield "scores", self.scores
        yield "deterministic", self.deterministic
        yield "table unchanged", self.unchanged
        yield "row order", self.row_order
        yield "batch size", self.batch_size
        yield "column order", self.column_order
        yield "empty table", self.empty

    def predict(self, table: pl.DataFrame) -> Scores:
        return self.model.predict(table)

    def differs(self, first: Scores, second: Scores) -> bool:
        import numpy as np

        return first.shape != second.shape or not np.allclose(first, second, rtol=self.tolerance, atol=self.tolerance)

    def protocol(self) -> Iterator[str]:
        name: object = self.model.name
        if not isinstance(name, str) or not name:
            yield "name is not a text"
        if self.model.kind not in get_args(ScoreKind):
            yield f"kind is {self.model.kind!r}, not one of {', '.join(get_args(ScoreKind))}"

    def scores(self) -> Iterator[str]:
        import numpy as np

        given: Any = self.predict(self.table)
        if not isinstance(given, np.ndarray) or given.dtype != np.float64:
            yield f"predict gave {getattr(given, 'dtype', type(given).__name__)}, not a float64 array"
            return
        if given.shape != (self.table.height,):
            yield f"predict gave shape {given.shape} for {self.table.height} rows"
        elif not np.isfinite(given).all():
            yield f"{int((~np.isfinite(given)).sum())} scores are NaN or infinite"
        elif self.model.kind == "probability" and not ((given >= 0) & (given <= 1)).all():
            yield "some probabilities lie outside [0, 1]"
        elif self.model.kind == "prediction" and not np.isin(given, (0.0, 1.0)).all():
            yield "some predictions are neither 0 nor 1"

    def deterministic(self) -> Iterator[str]:
        import numpy as np

        if not np.array_equal(self.predict(self.table), self.predict(self.table)):
            yield "asked twice, it gave two answers"

    def unchanged(self) -> Iterator[str]:
        import numpy as np

        before, schema = self.table.hash_rows().to_numpy().copy(), dict(self.table.schema)
        self.predict(self.table)
        if dict(self.table.schema) != schema or not np.array_equal(self.table.hash_rows().to_numpy(), before):
            yield "it changed the table it was given"

    def row_order(self) -> Iterator[str]:
        import numpy as np

        order = np.random.default_rng(self.seed).permutation(self.table.height)
        if self.differs(self.predict(self.table)[order], self.predict(self.table[order])):
            yield "shuffled rows do not get their own scores"

    def batch_size(self) -> Iterator[str]:
        import numpy as np

        whole = self.predict(self.table)
        for size, rows in BATCHES:
            part = self.table.head(rows)
            pieces = [self.predict(part.slice(i, size)) for i in range(0, part.height, size)]
            if self.differs(whole[: part.height], np.concatenate(pieces)):
                yield f"in batches of {size} rows the scores differ"

    def column_order(self) -> Iterator[str]:
        if self.differs(self.predict(self.table), self.predict(self.table.select(self.table.columns[::-1]))):
            yield "it reads columns by position, not by name: name its features"

    def empty(self) -> Iterator[str]:
        given = self.predict(self.table.head(0))
        if given.shape != (0,):
            yield f"an empty table gave shape {given.shape}"
