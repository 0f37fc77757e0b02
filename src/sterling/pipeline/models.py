"""Live models of any kind, made to fit the Model protocol by the adapters."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from sterling.core.errors import InputError, shown
from sterling.core.model import Model


def as_models(model: object, *, positive: object = None, kind: str | None = None) -> Sequence[Model]:
    """One model or a list of them, each with a name of its own.

    `positive`: the label value whose probability is the score, for models that know their classes; `kind`: what scores
    are where the model does not say; a Model is taken as it is.

    Raises InputError for something that cannot score a table.
    """
    from sterling.adapters import as_model

    given = list(model) if isinstance(model, list | tuple) else [model]
    models: list[Model] = []
    for item in given:
        made = as_model(item, positive=positive, kind=kind)
        taken = {m.name for m in models}
        if made.name in taken and made is not item and not isinstance(item, str | os.PathLike):
            number = next(n for n in range(2, len(given) + 2) if f"{made.name} {n}" not in taken)
            made = as_model(item, name=f"{made.name} {number}", positive=positive, kind=kind)
        models.append(made)
    return models


def model_of_bytes(
    content: bytes, *, suffix: str, name: str, features: Sequence[str] | None = None, positive: object = None,
    kind: str | None = None, trusted: Sequence[str] = (), allow_pickle: bool = False,
) -> Model:  # fmt: skip
    """The model in the content of a file whose name ended in `suffix`. Raises as `sterling.load_model` does.

    `kind` None: what the model says of itself; a graph that says nothing gives probabilities.
    """
    from sterling.adapters import load_model

    with tempfile.TemporaryDirectory(prefix="sterling-") as folder:
        path = Path(folder) / f"model{suffix}"
        path.write_bytes(content)
        load = partial(
            load_model, path, name=name, features=features, positive=positive, trusted=trusted,
            allow_pickle=allow_pickle,
        )  # fmt: skip
        try:
            return load(kind=kind)
        except InputError as error:
            if kind is None:
                with suppress(InputError):
                    return load(kind="probability")
            error.where = f"model {shown(name)}"  # where it lies for this moment tells nobody anything
            raise
