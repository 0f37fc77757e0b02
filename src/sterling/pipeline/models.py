"""Live models of any kind, made to fit the Model protocol by the adapters."""

from __future__ import annotations

from collections.abc import Sequence

from sterling.core.model import Model


def as_models(model: object) -> Sequence[Model]:
    """One model or a list of them. Raises InputError for something that cannot score a table."""
    from sterling.adapters import as_model

    given = list(model) if isinstance(model, list | tuple) else [model]
    return [as_model(m) for m in given]
