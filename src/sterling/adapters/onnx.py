"""ONNX models, run by onnxruntime on one thread so that equal runs give equal scores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sterling.adapters.scores import BATCH_ROWS, failed, in_batches, known_kind, pick
from sterling.core.errors import InputError, near_miss, shown
from sterling.core.extras import require
from sterling.core.frozen import dataclass
from sterling.core.roles import ScoreKind

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

_NUMPY = {
    "tensor(float)": "float32", "tensor(double)": "float64", "tensor(float16)": "float16", "tensor(int64)": "int64",
    "tensor(int32)": "int32", "tensor(bool)": "bool", "tensor(string)": "object",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input of the graph: its name, element type, number of axes and width of the second one (None: any)."""

    name: str
    kind: str
    axes: int
    width: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnnxModel:
    """An ONNX graph as a model: either one input holding all features, or one input per column."""

    session: Any
    name: str
    kind: ScoreKind
    features: tuple[str, ...]
    inputs: tuple[Input, ...]
    output: str
    label_output: str | None
    positive: object
    batch_rows: int

    def predict(self, table: pl.DataFrame) -> NDArray[np.float64]:
        """Scores of shape (n,). Raises InputError when a column is missing or does not fit, or the graph fails."""
        chosen = pick(table, self.features, self.name)
        return in_batches(chosen, self._score, rows=self.batch_rows, kind=self.kind, name=self.name)

    def _score(self, batch: pl.DataFrame) -> Any:
        feed = _feed(batch, self.inputs, self.name)
        wanted = [self.output] + ([self.label_output] if self.label_output else [])
        try:
            given = self.session.run(wanted, feed)
        except Exception as error:
            raise failed(self.name, error) from error
        return self._positive(given[0], given[1] if len(given) > 1 else None)

    def _positive(self, given: Any, labels: Any) -> Any:
        import numpy as np

        where = f"model {shown(self.name)}"
        if isinstance(given, list):
            return _from_maps(given, self.positive, where)
        array = np.asarray(given)
        if array.ndim != 2 or array.shape[1] == 1:
            return array
        if array.shape[1] != 2:
            raise InputError(
                f"the model gives {array.shape[1]} columns of scores", where=where, expected="one column, or two",
                hint="export one score, or the probabilities with class names (ZipMap)",
            )  # fmt: skip
        if self.positive is None:
            return array[:, 1]
        chosen = {"0": 0, "false": 0, "0.0": 0, "1": 1, "true": 1, "1.0": 1}.get(str(self.positive).lower())
        if labels is None or chosen is None or not np.isin(labels, (0, 1)).all():
            raise InputError(
                "the model does not name its two classes", where=where, got=f"positive = {shown(self.positive)}",
                hint="leave out positive to take the second column, or export the probabilities with class names",
            )  # fmt: skip
        return array[:, chosen]


def from_onnx(
    model: Any, *, name: str | None = None, features: Sequence[str] | None = None, positive: object = None,
    kind: str | None = None, output: str | None = None, batch_rows: int = BATCH_ROWS,
) -> OnnxModel:  # fmt: skip
    """A model out of an ONNX file, its bytes, an `onnx.ModelProto` or an onnxruntime session.

    `features`: the columns in training order, needed when the graph has one unnamed input for all of them (the file may
    also hold them as metadata `feature_names`, a JSON list). `output`: the output that holds the scores, when it is not
    the one with class probabilities. `positive`: the label value whose probability is the score; default: the second.
    `kind`: needed when the graph gives one number per row: "probability" or "raw".

    Raises InputError when the file is no ONNX graph or its inputs and outputs cannot be understood.
    """
    title = name or (Path(model).stem if isinstance(model, str | Path) else "onnx model")
    where = shown(str(model)) if isinstance(model, Path) else f"model {shown(title)}"
    session = _session(model, where)
    inputs = tuple(_input(item, where) for item in session.get_inputs())
    columns = _features(session, inputs, features, where)
    scores, label = _outputs(session, output, where)
    natural = _natural_kind(scores)
    if kind is None and natural is None:
        raise InputError(
            f"the output {shown(scores.name)!r} is one number per row, and nothing says of which kind", where=where,
            hint='say kind="probability" or kind="raw"',
        )  # fmt: skip
    return OnnxModel(
        session=session, name=title, kind=known_kind(kind or str(natural)), features=columns, inputs=inputs,
        output=scores.name, label_output=label, positive=positive, batch_rows=batch_rows,
    )  # fmt: skip


def _session(model: Any, where: str) -> Any:
    runtime = require("onnxruntime", extra="onnx", why="an ONNX model")
    if isinstance(model, runtime.InferenceSession):
        return model
    if hasattr(model, "SerializeToString"):
        model = model.SerializeToString()
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    given = str(model) if isinstance(model, Path) else model
    try:
        return runtime.InferenceSession(given, sess_options=options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise InputError(
            f"this is not an ONNX model that can be run ({type(error).__name__})", where=where,
            hint="export it again; check it with onnx.checker.check_model",
        ) from error  # fmt: skip


def _input(item: Any, where: str) -> Input:
    if item.type not in _NUMPY:
        raise InputError(
            f"the input {shown(item.name)!r} is a {item.type}", where=where, expected="a tensor of numbers or text"
        )
    shape = list(item.shape or [])
    if len(shape) not in (1, 2):
        raise InputError(
            f"the input {shown(item.name)!r} has {len(shape)} axes", where=where, expected="rows, or rows × columns"
        )
    width = shape[1] if len(shape) == 2 and isinstance(shape[1], int) else None
    return Input(name=item.name, kind=item.type, axes=len(shape), width=width)


def _features(session: Any, inputs: tuple[Input, ...], given: Sequence[str] | None, where: str) -> tuple[str, ...]:
    named = tuple(i.name for i in inputs)
    if len(inputs) > 1 or (len(inputs) == 1 and (inputs[0].axes == 1 or (inputs[0].width == 1 and given is None))):
        if given is not None and set(given) != set(named):
            odd = sorted(set(given) ^ set(named))[0]
            raise InputError(
                f"the graph's inputs and features differ in {shown(odd)!r}", where=where, hint=near_miss(odd, named)
            )
        return named
    columns = tuple(given) if given is not None else _told(session)
    width = inputs[0].width if inputs else None
    if not columns:
        raise InputError(
            "the model does not know the names of its columns", where=where,
            got=f"one input of {width if width is not None else 'any number of'} columns",
            hint="give them in training order: features=[…]",
        )  # fmt: skip
    if width is not None and width != len(columns):
        raise InputError(
            f"{len(columns)} features are named", where=where, expected=f"{width}, as the graph's input has"
        )
    return columns


def _told(session: Any) -> tuple[str, ...]:
    text = session.get_modelmeta().custom_metadata_map.get("feature_names", "")
    try:
        names = json.loads(text) if text else []
    except ValueError:
        names = text.split(",")
    return tuple(map(str, names)) if isinstance(names, list) else ()


def _outputs(session: Any, wanted: str | None, where: str) -> tuple[Any, str | None]:
    """The output with the scores, and the output with integer labels when there is one beside it."""
    outputs = {o.name: o for o in session.get_outputs()}
    if wanted is not None and wanted not in outputs:
        raise InputError(f"the graph has no output {shown(wanted)!r}", where=where, hint=near_miss(wanted, outputs))
    scores = outputs[wanted] if wanted else _likeliest(list(outputs.values()))
    label = next((o.name for o in outputs.values() if o.name != scores.name and o.type == "tensor(int64)"), None)
    return scores, label


def _likeliest(outputs: list[Any]) -> Any:
    maps = [o for o in outputs if o.type.startswith("seq(map(")]
    numbers = [o for o in outputs if o.type in ("tensor(float)", "tensor(double)", "tensor(float16)")]
    named = [o for o in numbers if "prob" in o.name.lower()]
    return (maps or named or numbers or outputs)[0]


def _natural_kind(output: Any) -> ScoreKind | None:
    if output.type.startswith("seq(map("):
        return "probability"
    shape = list(output.shape or [])
    if output.type in ("tensor(float)", "tensor(double)", "tensor(float16)"):
        wide = len(shape) == 2 and shape[1] == 2
        return "probability" if wide or "prob" in output.name.lower() else None
    return "prediction"


def _feed(batch: pl.DataFrame, inputs: tuple[Input, ...], name: str) -> dict[str, Any]:
    import numpy as np

    if len(inputs) == 1 and (batch.width > 1 or batch.columns[0] != inputs[0].name):
        arrays = [_array(batch, c, inputs[0].kind, name) for c in batch.columns]
        return {inputs[0].name: np.column_stack(arrays)}
    feed = {}
    for item in inputs:
        values = _array(batch, item.name, item.kind, name)
        feed[item.name] = values[:, None] if item.axes == 2 else values
    return feed


def _array(batch: pl.DataFrame, column: str, kind: str, name: str) -> Any:
    """One column in the element type the graph wants. Missing numbers are NaN where the type has one."""
    import polars as pl

    series, where = batch[column], f"model {shown(name)}"
    wanted = _NUMPY[kind]
    if series.null_count() and wanted in ("object", "int64", "int32", "bool"):
        raise InputError(
            f"column {shown(column)!r} has missing values, and the model's input has no way to say so", where=where,
            hint="fill them before scoring, as was done in training",
        )  # fmt: skip
    if wanted == "object":
        return series.cast(pl.String).to_numpy().astype(object)
    if not (series.dtype.is_numeric() or series.dtype == pl.Boolean):
        raise InputError(
            f"column {shown(column)!r} is not numeric",
            where=where,
            expected=f"numbers ({wanted})",
            got=str(series.dtype),
        )
    return series.cast(pl.Float64).to_numpy().astype(wanted)


def _from_maps(maps: list[dict[Any, float]], positive: object, where: str) -> Any:
    """ZipMap output: one mapping of class to probability per row."""
    import numpy as np

    classes = sorted(maps[0], key=lambda c: (isinstance(c, str), c))
    if positive is None and len(classes) != 2:
        raise InputError(f"the model has {len(classes)} classes", where=where, hint=f"positive={classes[-1]!r}")
    chosen = classes[1] if positive is None else next((c for c in classes if str(c) == str(positive)), None)
    if chosen is None:
        raise InputError(
            f"the model has no class {shown(positive)}", where=where, hint=near_miss(str(positive), map(str, classes))
        )
    try:
        return np.array([m[chosen] for m in maps], dtype=np.float64)
    except (KeyError, TypeError) as error:
        raise InputError(
            "the model's rows name different classes", where=where,
            hint="convert it without ZipMap: then probabilities are an array",
        ) from error  # fmt: skip
