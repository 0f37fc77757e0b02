"""Fitted scikit-learn estimators and pipelines, and anything that keeps to the same methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from sterling.adapters.scores import BATCH_ROWS, failed, in_batches, known_kind, pick
from sterling.adapters.tables import as_container
from sterling.core.errors import InputError, SterlingError, shown
from sterling.core.frozen import dataclass
from sterling.core.roles import ScoreKind

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

Method = Literal["predict_proba", "decision_function", "predict"]
METHODS: dict[Method, ScoreKind] = {"predict_proba": "probability", "decision_function": "raw", "predict": "prediction"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SklearnModel:
    """A fitted estimator as a model. `column` is the place of the positive class among the estimator's classes."""

    estimator: Any
    name: str
    kind: ScoreKind
    method: Method
    features: tuple[str, ...]
    classes: tuple[Any, ...] | None
    column: int | None
    container: Literal["polars", "pandas", "numpy"]
    batch_rows: int

    def predict(self, table: pl.DataFrame) -> NDArray[np.float64]:
        """Scores of shape (n,). Raises InputError: a missing column, an estimator that fails, odd scores."""
        chosen = pick(table, self.features, self.name)
        return in_batches(chosen, self._score, rows=self.batch_rows, kind=self.kind, name=self.name)

    def _score(self, batch: pl.DataFrame) -> Any:
        given = as_container(batch, self.container)
        try:
            raw = getattr(self.estimator, self.method)(given)
            return self._positive(raw)
        except SterlingError:
            raise
        except Exception as error:
            raise failed(self.name, error) from error

    def _positive(self, raw: Any) -> Any:
        import numpy as np

        array = np.asarray(raw)
        if self.classes is None or self.column is None:
            return array
        if self.method == "predict":
            return array == self.classes[self.column]
        if array.ndim == 2:
            return array[:, self.column]
        return array if self.column == 1 else -array


def from_sklearn(
    estimator: Any, *, name: str | None = None, features: Sequence[str] | None = None, positive: object = None,
    kind: str | None = None, method: Method | None = None,
    container: Literal["polars", "pandas", "numpy"] | None = None, batch_rows: int = BATCH_ROWS,
) -> SklearnModel:  # fmt: skip
    """A model out of a fitted estimator or pipeline.

    `positive`: the label value whose probability is the score; default: of two classes the second.
    `features`: the columns in training order; default: the names the estimator was fitted with.
    `method`: default: the first it has of predict_proba, decision_function, predict.
    `container`: default: a pandas table where the estimator knows column names (Polars without pandas), else an array.

    Raises InputError when the estimator is not fitted, knows no such class, or needs `features`.
    """
    title = name or _title(estimator)
    where = f"model {shown(title)}"
    _fitted(estimator, where)
    used = method or next((m for m in METHODS if hasattr(estimator, m)), None)
    if used is None or not hasattr(estimator, used):
        raise InputError(f"the model has no {used or 'predict_proba'}", where=where, expected=" or ".join(METHODS))
    classes = _classes(estimator)
    column = _column(classes, positive, where)
    natural = METHODS[used] if classes is not None else "raw"
    return SklearnModel(
        estimator=estimator, name=title, kind=known_kind(kind) if kind else natural, method=used,
        features=_features(estimator, features, where), classes=classes, column=column,
        container=container or _container(estimator), batch_rows=batch_rows,
    )  # fmt: skip


def _title(estimator: Any) -> str:
    steps = getattr(estimator, "steps", None)
    return type(steps[-1][1] if steps else estimator).__name__


def _fitted(estimator: Any, where: str) -> None:
    if isinstance(estimator, type):
        raise InputError("the model is a class, not a fitted estimator", where=where, hint="fit an instance of it")
    if not hasattr(estimator, "__sklearn_tags__"):
        return
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(estimator)
    except (NotFittedError, TypeError) as error:
        raise InputError("the model is not fitted", where=where, hint="call .fit(X, y) first") from error


def _classes(estimator: Any) -> tuple[Any, ...] | None:
    classes = getattr(estimator, "classes_", None)
    if classes is None:
        return None
    return tuple(c.item() if hasattr(c, "item") else c for c in classes)


def _column(classes: tuple[Any, ...] | None, positive: object, where: str) -> int | None:
    if classes is None:
        return None
    if positive is None:
        if len(classes) == 2:
            return 1
        raise InputError(
            f"the model has {len(classes)} classes", where=where, expected="two, or the positive one by name",
            hint=f"positive={classes[-1]!r}" if classes else "",
        )  # fmt: skip
    for i, known in enumerate(classes):
        if known == positive or _text(known) == _text(positive):
            return i
    raise InputError(
        f"the model has no class {shown(positive)}",
        where=where,
        expected=", ".join(shown(c) for c in classes[:8]),
        hint="name the class that means the same: as_model(model, positive=…)",
    )


def _text(value: object) -> str:
    """A class as text, so that "1", 1, 1.0 and True are one class whichever way it was typed."""
    if isinstance(value, bool | float | int):
        return f"{float(value):.17g}"
    text = str(value)
    try:
        return f"{float(text):.17g}"
    except ValueError:
        return {"true": "1", "false": "0"}.get(text.lower(), text)


def _features(estimator: Any, given: Sequence[str] | None, where: str) -> tuple[str, ...]:
    if given is not None:
        return tuple(given)
    names = getattr(estimator, "feature_names_in_", None)
    if names is None:
        count = getattr(estimator, "n_features_in_", None)
        raise InputError(
            "the model does not know the names of its columns", where=where,
            got=f"a model fitted on {count} unnamed columns" if count else "",
            hint="give them in training order: features=[…], or fit it on a table with column names",
        )  # fmt: skip
    return tuple(str(n) for n in names)


def _container(estimator: Any) -> Literal["polars", "pandas", "numpy"]:
    if getattr(estimator, "feature_names_in_", None) is None:
        return "numpy"
    from importlib.util import find_spec

    return "pandas" if find_spec("pandas") else "polars"
