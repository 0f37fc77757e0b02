"""Evidence as bytes and back: the one place that knows how a run is written down.

Equal measurements give equal bytes: keys are sorted, floats are shortest, arrays are little-endian and base64. Times,
places, versions and limits are no part of it: a run can be judged, drawn and reviewed later from these bytes alone.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import math
import secrets
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sterling.core.errors import InputError
from sterling.core.evidence import Evidence
from sterling.core.frozen import dataclass
from sterling.core.plan import Plan, ask
from sterling.core.policy import Policy
from sterling.core.registry import canonical
from sterling.core.roles import Roles
from sterling.core.run import Drawing, GroupShare, Provenance, Run, Wiring
from sterling.core.slices import Slice
from sterling.core.table import EstimateTable

FORMAT, VERSION = "sterling.evidence", 2
_MEASURED: dict[str, Any] = {
    "roles": Roles,
    "n": int,
    "labels_missing": int,
    "positive": str | None,
    "favourable": str | None,
    "groups": tuple[GroupShare, ...],
    "tables": tuple[EstimateTable, ...],
    "evidence": tuple[Evidence, ...],
    "drawings": tuple[Drawing, ...],
    "notices": tuple[str, ...],
}
"""The fields of a run that were measured. An evidence's table is written once, as its place among the tables."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Written:
    """A run and the JSON text of each of its parts."""

    run: Run
    fields: Mapping[str, str]
    evidence: tuple[str, ...]

    @property
    def content(self) -> bytes:
        """Canonical JSON: the parts in the order of their names. They are joined once: evidence may be large."""
        pieces: list[str] = []
        for name in sorted({*self.fields, "evidence"}):
            pieces.append(f'{"," if pieces else "{"}"{name}":')
            if name != "evidence":
                pieces.append(self.fields[name])
                continue
            for place, text in enumerate(self.evidence):
                pieces += ["," if place else "[", text]
            pieces.append("]" if self.evidence else "[]")
        return "".join((*pieces, "}")).encode()


def evidence_bytes(run: Run) -> bytes:
    """What was asked and what was found, as canonical JSON."""
    return written(run).content


def written(run: Run, *, like: Written | None = None) -> Written:
    """A run as it is written. What it has in common with a run that is written already is not written twice."""
    same = [name for name in _MEASURED if like is not None and getattr(like.run, name) is getattr(run, name)]
    # The text of evidence names a table by its place, which holds among the same tables only.
    known = dict(zip(map(id, like.run.evidence), like.evidence, strict=True)) if like and "tables" in same else {}
    fields = {name: like.fields[name] for name in same if like is not None and name != "evidence"}
    head = {"format": FORMAT, "version": VERSION, "plan": run.plan.canonical()}
    fields |= {name: _text(_plain(value, _left)) for name, value in head.items()}
    fields |= {n: _text(_plain(getattr(run, n), _left)) for n in _MEASURED if n not in fields and n != "evidence"}
    places = {id(table): place for place, table in enumerate(run.tables)}
    evidence = tuple(
        known.get(id(e)) or _text(_plain(replace(e, table=None), _left) | {"table": places.get(id(e.table))})
        for e in run.evidence
    )
    return Written(run=run, fields=fields, evidence=evidence)


_HASHES: WeakKeyDictionary[Run, str] = WeakKeyDictionary()
"""Of runs that are at hand: pages, cards and exports all print it."""


def evidence_hash(run: Run) -> str:
    """SHA-256 of `evidence_bytes`, 64 hex digits."""
    if run not in _HASHES:
        _HASHES[run] = hashlib.sha256(evidence_bytes(run)).hexdigest()
    return _HASHES[run]


def made_with(run: Run, provenance: Provenance, *, hash: str) -> Run:
    """The run with what it was made of and with, of which its evidence says nothing: its `hash` stays."""
    made = replace(run, provenance=provenance)
    _HASHES[made] = hash
    return made


def read_run(content: bytes, *, provenance: Provenance, policy: Policy, wiring: Wiring, title: str = "") -> Run:
    """The run that `evidence_bytes` wrote. Raises InputError for bytes of another format or a newer version."""
    written, measured = _measured_in(content)
    run = Run(plan=_plan(written), provenance=provenance, policy=policy, wiring=wiring, title=title, **measured)
    _HASHES[run] = hashlib.sha256(content).hexdigest()
    return run


@lru_cache(maxsize=2)
def _measured_in(content: bytes) -> tuple[Any, dict[str, Any]]:
    """The plan as it is written, and what was measured. A project's run is read when it is judged, drawn and signed."""
    document = load(content, format=FORMAT, version=VERSION)
    places = [e.pop("table") for e in document["evidence"]]
    document["evidence"] = [e | {"table": None} for e in document["evidence"]]
    measured: dict[str, Any] = {name: typed(document[name], kind) for name, kind in _MEASURED.items()}
    measured["evidence"] = tuple(
        e if place is None else replace(e, table=measured["tables"][place])
        for e, place in zip(measured["evidence"], places, strict=True)
    )
    return document["plan"], measured


def dump(document: object) -> bytes:
    """Canonical JSON bytes: sorted keys, no blanks, ASCII. `plain` makes JSON values of others.

    Raises ValueError for NaN outside of typed fields, TypeError for what is no JSON value, such as an array.
    """
    return _json(document).encode()


def _json(document: object, default: Callable[[Any], Any] | None = None) -> str:
    return json.dumps(
        document, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"), default=default
    )


def _text(document: object) -> str:
    """Canonical JSON. Arrays are put in at the end: base64 needs no escaping, and looking through it takes longest."""
    data: list[str] = []

    def array(value: Any) -> dict[str, Any]:
        if not hasattr(value, "dtype"):
            raise TypeError(f"a {type(value).__name__} is no JSON value")
        packed = _packed(value)
        data.append(packed["data"])
        return packed | {"data": _HERE}

    text = _json(document, array)
    if not data:
        return text
    between = text.split(_HERE)
    return "".join(chain.from_iterable(zip(between, (*data, ""), strict=True)))


_HERE = secrets.token_hex(16)
"""Stands for the data of an array until it is put in. No table can hold it: it is another one in every process."""


def load(content: bytes, *, format: str, version: int) -> dict[str, Any]:
    """A document of the given format. Raises InputError when it is another one, or newer than this Sterling."""
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    if not isinstance(document, dict) or document.get("format") != format:
        raise InputError(f"these bytes are no {format}", expected=f"JSON that Sterling wrote as {format}")
    if document.get("version") != version:
        raise InputError(
            f"{format} of version {document.get('version')} cannot be read", expected=f"version {version}",
            hint="use the version of Sterling that wrote it, or run again",
        )  # fmt: skip
    return document


def plain(value: object) -> Any:
    """Dataclasses, arrays, slices and mappings as JSON values; floats that JSON lacks become text."""
    return _plain(value, _packed)


def _plain(value: object, array: Callable[[Any], Any]) -> Any:
    """`plain`, with arrays as `array` gives them. A run holds thousands of values: most need no call of their own."""
    kind: Any = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, str | int):
        return value
    if isinstance(value, Slice):
        return [list(item) for item in value.items]
    names = _names(kind)
    if names is not None:
        return {name: v if type(v := getattr(value, name)) in _AS_THEY_ARE else _plain(v, array) for name in names}
    if isinstance(value, Mapping):
        return {str(k): v if type(v) in _AS_THEY_ARE else _plain(v, array) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [v if type(v) in _AS_THEY_ARE else _plain(v, array) for v in value]
    if hasattr(value, "dtype"):
        return array(value)
    return _plain(canonical(value), array)


_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


@lru_cache(maxsize=256)
def _names(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass; None for every other type."""
    return tuple(f.name for f in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else None


def typed(value: Any, kind: Any) -> Any:
    """The value of type `kind` that `plain` wrote."""
    return _reader(kind)(value)


@lru_cache(maxsize=256)
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What reads values of a type, of which a run holds thousands. An array may stand wherever a value does."""
    read = _reader_of(kind)
    return lambda value: _unpacked(value) if type(value) is dict and value.keys() == _PACKED else read(value)


_PACKED = {"dtype", "shape", "data"}


def _reader_of(kind: Any) -> Callable[[Any], Any]:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        known = _reader(next(k for k in inner if k is not type(None)))
        return lambda value: None if value is None else known(value)
    if kind is float:
        return float
    if kind is Slice:
        return lambda value: Slice(tuple([(column, group) for column, group in value]))
    if origin is tuple:
        if len(inner) == 2 and inner[1] is Ellipsis:
            each = _reader(inner[0])
            return lambda value: tuple([each(v) for v in value])
        every = [_reader(k) for k in inner]
        return lambda value: tuple([read(v) for v, read in zip(value, every, strict=True)])
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return lambda value: _record(kind, value)
    return lambda value: value


def _record(kind: Any, value: Any) -> Any:
    # A field that is newer than the bytes keeps its default: what was measured then did not know of it.
    return kind(**{f: read(value[f]) for f, read, optional in _fields(kind) if f in value or not optional})


@lru_cache(maxsize=256)
def _fields(kind: type) -> tuple[tuple[str, Callable[[Any], Any], bool], ...]:
    """Name, reader, and whether it may be left out, of each field of a dataclass."""
    hints = _hints(kind)
    return tuple((f.name, _reader(hints[f.name]), _optional(f)) for f in dataclasses.fields(kind))


def _optional(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    """Resolved annotations; array types stand as `Any`, since their libraries are not loaded for reading types."""
    names: dict[str, Any] = {"NDArray": _Anything(), "np": _Anything(), "pl": _Anything()}
    if kind is Evidence:
        from sterling.core.attributed import Attributed
        from sterling.core.comparison import Comparison
        from sterling.core.confusion import Confusion
        from sterling.core.data.about import AboutData
        from sterling.core.discovered import Discovery

        names |= {kind.__name__: kind for kind in (Attributed, Comparison, Confusion, AboutData, Discovery)}
    return typing.get_type_hints(kind, localns=names)


class _Anything:
    """Stands for every type of a library in annotations."""

    def __getattr__(self, name: str) -> Any:
        return Any

    def __getitem__(self, item: object) -> Any:
        return Any


def _left(array: Any) -> Any:
    return array


def _packed(array: Any) -> dict[str, Any]:
    import numpy as np

    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    data = base64.b64encode(little.tobytes()).decode("ascii")
    return {"dtype": little.dtype.str, "shape": list(little.shape), "data": data}


def _unpacked(packed: dict[str, Any]) -> Any:
    import numpy as np

    flat = np.frombuffer(base64.b64decode(packed["data"]), dtype=np.dtype(packed["dtype"]))
    return flat.reshape(packed["shape"]).copy()


def _plan(written: dict[str, Any]) -> Plan:
    asks = tuple(ask(a["check"], name=a["name"], model=a["model"], **a["parameters"]) for a in written["asks"])
    return Plan(
        asks=asks, thresholds=tuple(written["thresholds"]), extra=tuple(written["extra"]), cross=written["cross"],
        level=written["level"], min_n=written["min_n"], seed=written["seed"], grid=written["grid"],
    )  # fmt: skip
