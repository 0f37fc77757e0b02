"""Model files. What can run code on being read is refused unless the caller takes it upon themselves."""

from __future__ import annotations

import json
import math
import os
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sterling.core.errors import InputError, MissingExtra, near_miss, shown, shown_path
from sterling.core.extras import require
from sterling.core.model import Model

WEIGHTS = ".safetensors"
LONGEST_HEADER = 100_000_000
"""Bytes; the format allows no more."""
PICKLES = (".pkl", ".pickle", ".joblib")
MAX_UNPACKED = 4 << 30
MAX_RATIO = 200
RATIO_MATTERS_ABOVE = 64 << 20
"""A small archive may be packed tightly; one that unpacks to more than this at more than MAX_RATIO is a bomb."""

HARMLESS = frozenset({
    "numpy.dtype", "sklearn.utils._bunch.Bunch", "sklearn.compose._column_transformer._RemainderColsList",
    "sklearn.calibration._CalibratedClassifier", "sklearn.calibration._SigmoidCalibration",
    "sklearn.metrics._scorer._PassthroughScorer", "sklearn.model_selection._split.StratifiedKFold",
    "sklearn.model_selection._split.KFold", "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
})  # fmt: skip
"""Types that skops asks about and that hold data in plain Python. Compiled ones (trees in forests, search trees) are
not among them: they read memory by indices that a hostile file could set."""


def load_model(
    path: str | os.PathLike[str], *, name: str | None = None, features: Sequence[str] | None = None,
    positive: object = None, kind: str | None = None, allow_pickle: bool = False, trusted: Sequence[str] = (),
) -> Model:  # fmt: skip
    """The model in a file: `.skops` (scikit-learn) or `.onnx`; pickles only with `allow_pickle`.

    `trusted`: types inside a .skops file that the caller vouches for, beyond those that only hold data. `allow_pickle`:
    the caller vouches for the whole file. The other parameters are those of `as_model`.

    Raises InputError when the file is missing, damaged, of another kind, or needs more trust than was given;
    MissingExtra when a library is needed.
    """
    path = Path(path)
    where = shown_path(path)
    if not path.is_file():
        raise InputError("there is no such model file", where=where, hint=_nearby(path))
    title, suffix = name or path.stem, path.suffix.lower()
    if suffix == ".onnx":
        from sterling.adapters.onnx import from_onnx

        return from_onnx(path, name=title, features=features, positive=positive, kind=kind)
    if suffix == ".skops":
        estimator = _skops(path, where, trusted, allow_pickle)
    elif suffix in PICKLES:
        estimator = _pickle(path, where, allow_pickle)
    elif suffix == WEIGHTS:
        raise InputError(
            "a .safetensors file holds the weights of a model and not the model: what is done with them is not in it",
            where=where, expected=".skops or .onnx", got=_weights(path),
            hint="export the whole model as ONNX (of torch: torch.onnx.export), or give its scores as a column",
        )  # fmt: skip
    else:
        raise InputError(
            f"a file named {suffix or 'without a suffix'} is not a model that can be read", where=where,
            expected=".skops or .onnx", hint="save scikit-learn models with skops.io.dump, others as ONNX",
        )  # fmt: skip
    from sterling.adapters import as_model

    if isinstance(estimator, str | bytes | Path):
        raise InputError(
            "the file holds text, not a model", where=where, hint="save the fitted model itself, not the path to it"
        )
    return as_model(estimator, name=title, features=features, positive=positive, kind=kind)


def _weights(path: Path) -> str:
    """How many tensors and numbers a safetensors file says it holds; nothing when its header cannot be read.

    The file begins with the length of its header in bytes, a little-endian integer of 8 bytes, and the header, a JSON
    object from names to `dtype`, `shape` and `data_offsets` (https://github.com/huggingface/safetensors, "Format").
    """
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length)) if length <= LONGEST_HEADER else {}
        shapes = [entry["shape"] for name, entry in header.items() if name != "__metadata__"]
        numbers = f"{sum(math.prod(shape) for shape in shapes):,}"
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ""
    return f"{len(shapes):,} tensor{'s' if len(shapes) > 1 else ''} of {numbers} numbers" if shapes else ""


def _skops(path: Path, where: str, trusted: Sequence[str], all_trusted: bool) -> Any:
    io = require("skops.io", extra="sklearn", why="a .skops model")
    io_errors = require("skops.io.exceptions", extra="sklearn", why="a .skops model")
    _not_a_bomb(path, where)
    try:
        if not all_trusted:  # the types are listed only when they stand in the way: the file is parsed once
            with suppress(io_errors.UntrustedTypesFoundException):
                return io.load(path, trusted=sorted(HARMLESS | set(trusted)))
        asked = set(io.get_untrusted_types(file=path))
        unknown = [] if all_trusted else sorted(asked - HARMLESS - set(trusted))
        if not unknown:
            return io.load(path, trusted=sorted(asked))
    except MissingExtra:
        raise
    except ImportError as error:
        raise InputError(
            "the model needs a library that is not installed", where=where, hint=f"install {shown(error.name or 'it')}"
        ) from error
    except Exception as error:
        raise InputError(
            f"the file is damaged, or not a skops file ({type(error).__name__})", where=where,
            hint="save the model again with skops.io.dump",
        ) from error  # fmt: skip
    listed = ", ".join(shown(t) for t in unknown[:8]) + (f" and {len(unknown) - 8} more" if len(unknown) > 8 else "")
    raise InputError(
        "the file holds types that a hostile file could misuse", where=where, got=listed,
        expected="types that only hold data", hint="if you know who made the file: load_model(path, trusted=[…]), or "
        "vouch for all of it with allow_pickle=True (--allow-pickle); or save the model as ONNX",
    )  # fmt: skip


def _not_a_bomb(path: Path, where: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise InputError(
            "the file is damaged, or not a skops file", where=where, hint="save the model again with skops.io.dump"
        ) from error
    ratio = unpacked / max(path.stat().st_size, 1)
    if unpacked > MAX_UNPACKED or (unpacked > RATIO_MATTERS_ABOVE and ratio > MAX_RATIO):
        raise InputError(
            f"the file would unpack to {unpacked >> 20} MB, {ratio:.0f} times its size", where=where,
            expected="a model file", hint="it is not one that skops wrote in the usual way",
        )  # fmt: skip


def _pickle(path: Path, where: str, allowed: bool) -> Any:
    if not allowed:
        raise InputError(
            "reading a pickle can run any code its maker put there, so it is refused", where=where,
            expected="a .skops or .onnx file",
            hint="save it with skops.io.dump or as ONNX; for a file of your own: allow_pickle=True (--allow-pickle)",
        )  # fmt: skip
    try:
        if path.suffix.lower() == ".joblib":
            return require("joblib", extra="sklearn", why="a .joblib model").load(path)
        import pickle

        with path.open("rb") as file:
            return pickle.load(file)
    except MissingExtra:
        raise
    except Exception as error:
        raise InputError(
            f"the pickle cannot be read ({type(error).__name__})", where=where,
            hint="read it with the library versions it was written with, or save it again",
        ) from error  # fmt: skip


def _nearby(path: Path) -> str:
    try:
        names = [p.name for p in path.parent.iterdir() if p.suffix.lower() in (".skops", ".onnx", *PICKLES)]
    except OSError:
        return "check the path; its folder does not exist"
    return near_miss(path.name, names) or "check the path"
