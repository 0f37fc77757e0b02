"""What the fuzzers feed: bytes in, and nothing may come out but an answer or one of our own errors."""

from __future__ import annotations

import datetime as dt
import io
import math
import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

from sterling.core.data.kinds import KINDS
from sterling.core.data.schema_file import parse_schema
from sterling.core.data.schema_text import write_schema
from sterling.core.errors import ConfigError, InputError
from sterling.core.plan import parse_thresholds
from sterling.core.policy import Policy
from sterling.core.predicate import parse_predicate, write_predicate
from sterling.core.project_file import project_of
from sterling.core.rates import parse_rate
from sterling.core.roles import Roles
from sterling.core.scope_file import place_of, read_scope
from sterling.core.toml import Document
from sterling.data.schema.checking import hold
from sterling.data.schema.counting import count
from sterling.data.schema.inference import infer
from sterling.data.schema.judging import judge
from sterling.data.schema.known import known_of
from sterling.engine.table import TableAccess
from sterling.sources.open import open_table, reading

HEAD = '[project]\nname = "p"\n[data]\npath = "t.csv"\nlabel = "y"\ngroups = ["g"]\n[train]\nrecipe = "logistic"\n'
NOWHERE = Path("/no/such/folder")
SEED = pl.DataFrame({"label": [1, 0, None], "p": [0.5, 0.25, None], "race": ["a", None, "b, c"]})


def _written(write: Callable[[pl.DataFrame, io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    write(SEED, buffer)
    return buffer.getvalue()


SEEDS: dict[str, bytes] = {
    "csv": SEED.write_csv().encode(),
    "tsv": SEED.write_csv(separator="\t").encode(),
    "parquet": _written(lambda frame, to: frame.write_parquet(to)),
    "arrow": _written(lambda frame, to: frame.write_ipc(to)),
    "arrows": _written(lambda frame, to: frame.write_ipc_stream(to)),
    "data": b"a;b\n1;2\n",
}
"""A small well-formed file of each kind, to start from."""


def feed_reader(kind: str, content: bytes) -> None:
    """Open `content` as a file of this kind and read every row: a table with its promised rows, or InputError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"t.{kind}"
        path.write_bytes(content)
        complaint: InputError | None = None
        try:
            opened = open_table(path)
            with reading(opened.name):
                frame = opened.table.collect()
        except InputError as error:
            complaint = error
        if complaint is not None:
            assert complaint.where
            assert len(str(complaint)) < 2_000
            return
        assert frame.height > 0
        assert opened.files[0].rows == frame.height
        assert len(set(frame.columns)) == frame.width
        access = TableAccess(name="t", table=frame.lazy(), roles=Roles(), rows=frame.height)
        schema = parse_schema(write_schema(infer(access)))
        assert not hold(schema, access).errors


def feed_rate(text: str) -> None:
    """A rate, and the same one again from its written form; or ConfigError."""
    try:
        rate = parse_rate(text)
    except ConfigError:
        return
    again = parse_rate(rate.canonical())
    assert again.canonical() == rate.canonical(), text
    assert again.node == rate.node, text
    assert again.where == rate.where


def feed_predicate(text: str) -> None:
    try:
        predicate = parse_predicate(text)
    except ConfigError:
        return
    assert parse_predicate(write_predicate(predicate)) == predicate, text
    assert parse_predicate(text, between=True) == predicate, text


def feed_thresholds(text: str) -> None:
    try:
        values = parse_thresholds(text)
    except ConfigError:
        return
    assert values
    assert list(values) == sorted(set(values))
    assert all(math.isfinite(v) for v in values)
    assert parse_thresholds(",".join(map(repr, values))) == values


SMALL = TableAccess(
    name="small", roles=Roles(), rows=3,
    table=pl.LazyFrame({"x": ["a", "1", None], "n": [1.0, float("nan"), -2.0], "d": [dt.date(2024, 1, 1)] * 3}),
)  # fmt: skip


def feed_policy(text: str) -> None:
    try:
        policy = Policy.parse(text)
    except ConfigError:
        return
    for limit in policy.limits:
        assert limit.bound == limit.bound
        assert (limit.metric is None) != (limit.ask is None)


def feed_project(text: str) -> None:
    """A project alone, and below a head that is in order; or ConfigError in one short message."""
    for head in ("", HEAD):
        try:
            project = project_of(Document.parse(head + text, origin="p.toml"), NOWHERE / "sterling.toml")
        except ConfigError as error:
            _is_one_short_message(error)
            continue
        assert (project.train is None) != (project.model is None)
        assert abs(project.split.train + project.split.choose + project.split.certify - 1) < 1e-6
        assert all(limit.origin.startswith("sterling.toml:") for limit in project.policy.limits)


def _is_one_short_message(error: ConfigError) -> None:
    assert ".toml" in error.where
    assert len(str(error)) < 2_000
    assert all(c.isprintable() or c == "\n" for c in str(error))


def feed_scope(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scope.toml"
        path.write_bytes(text.encode("utf-8", "replace"))
        try:
            scope = read_scope(path, groups=("race",))
        except ConfigError as error:
            _is_one_short_message(error)
            return
    assert all(place_of(question) for question in scope.missing)


def feed_schema(text: str) -> None:
    """A schema alone and below a head, read back from its own text, and held against a table; or ConfigError."""
    for head in ("", "format = 1\n", 'format = 1\nenvironments = ["serving"]\n[column.x]\n'):
        try:
            schema = parse_schema(head + text, origin="s.toml")
            found = judge(schema, known_of(count(schema, SMALL)), None)
        except ConfigError as error:
            _is_one_short_message(error)
            continue
        assert [c.name for c in parse_schema(write_schema(schema)).columns] == [c.name for c in schema.columns]
        assert all(a.kind in KINDS for a in found.found)


GRAMMARS: dict[str, Callable[[str], None]] = {
    "rate": feed_rate, "predicate": feed_predicate, "thresholds": feed_thresholds, "policy": feed_policy,
    "project": feed_project, "scope": feed_scope, "schema": feed_schema,
}  # fmt: skip
