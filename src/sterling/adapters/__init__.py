"""Live models of any make as `core.model.Model`: one file per kind.

Scores that are columns of the table already need no adapter.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from sterling.core.errors import InputError
from sterling.core.model import Model

__all__ = ["as_model", "load_model"]


def as_model(
    given: object, *, name: str | None = None, features: Sequence[str] | None = None, positive: object = None,
    kind: str | None = None, allow_pickle: bool = False,
) -> Model:  # fmt: skip
    """A Model out of a Model, a model file, a fitted scikit-learn estimator, an ONNX model or session, or a function.

    `features`: the columns the model reads, in its order (default: what it says itself). `positive`: the label value
    whose probability is the score. `kind`: "probability", "raw" or "prediction" where the model cannot tell.

    Raises InputError when it is none of these or not fitted, MissingExtra when a library is needed.
    """
    if isinstance(given, type):
        raise InputError(
            f"{given.__name__} is a class, not a fitted model",
            where="model",
            hint=f"fit an instance: {given.__name__}()",
        )
    if isinstance(given, Model):
        return given
    if isinstance(given, str | os.PathLike):
        return load_model(given, name=name, features=features, positive=positive, kind=kind, allow_pickle=allow_pickle)
    if type(given).__module__.startswith("onnx"):
        from sterling.adapters.onnx import from_onnx

        return from_onnx(given, name=name, features=features, positive=positive, kind=kind)
    if any(callable(getattr(given, m, None)) for m in ("predict_proba", "decision_function", "predict")):
        from sterling.adapters.sklearn import from_sklearn

        return from_sklearn(given, name=name, features=features, positive=positive, kind=kind)
    if callable(given):
        from sterling.adapters.function import from_callable

        return from_callable(given, name=name, features=features, kind=kind)
    raise InputError(
        f"an object of type {type(given).__name__} is not a model", where="model",
        expected="a fitted scikit-learn estimator, an ONNX model, a function of a table, or the path of a model file",
    )  # fmt: skip


def load_model(
    path: str | os.PathLike[str], *, name: str | None = None, features: Sequence[str] | None = None,
    positive: object = None, kind: str | None = None, allow_pickle: bool = False, trusted: Sequence[str] = (),
) -> Model:  # fmt: skip
    """A model out of a .skops or .onnx file; see `sterling.adapters.load`."""
    from sterling.adapters.load import load_model as load

    return load(
        path, name=name, features=features, positive=positive, kind=kind, allow_pickle=allow_pickle,
        trusted=trusted,
    )  # fmt: skip
