"""Walks of the graph agree with a slow search over all events, for any graph."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sterling.core.records import Event, Record
from sterling.ledger import open_ledger
from sterling.ledger.store import SqlLedger
from tests.ledger.world import artifact, digest, execution, run_of

EDGES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 5), st.sampled_from(["input", "output"])), max_size=30)


def graph(edges: list[tuple[int, int, str]]) -> list[Record]:
    things: list[Record] = [artifact(str(a)) for a in range(8)] + [execution(f"r{e % 2}", str(e)) for e in range(6)]
    return things + [
        Event(execution=f"r{e % 2}/{e}", artifact=digest(str(a)), direction=d, role="x") for a, e, d in edges
    ]  # type: ignore[arg-type]


def reached(edges: list[tuple[int, int, str]], start: int, up: bool, hops: int) -> set[tuple[int, int, str]]:
    """By looking at every edge, hop by hop."""
    near, far = ("output", "input") if up else ("input", "output")
    found: set[tuple[int, int, str]] = set()
    layer, known = {start}, {start}
    met_before: set[int] = set()
    for _ in range(hops):
        met = {(a, e, d) for a, e, d in edges if a in layer and d == near}
        fresh = {e for _, e, _ in met} - met_before
        beyond = {(a, e, d) for a, e, d in edges if e in fresh and d == far}
        found |= met | beyond
        met_before |= fresh
        layer = {a for a, _, _ in beyond} - known
        known |= layer
    return found


@given(edges=EDGES, start=st.integers(0, 7), up=st.booleans(), hops=st.integers(0, 5))
def test_a_walk_finds_what_a_slow_search_finds(
    edges: list[tuple[int, int, str]], start: int, up: bool, hops: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, open_ledger(Path(folder), create=True) as ledger:
        ledger.put(*graph(edges))
        found = ledger.lineage(digest(str(start)), direction="up" if up else "down", hops=hops)
    expected = reached(edges, start, up, hops)
    assert {(e.artifact, int(e.execution[3:]), e.direction) for e in found.events} == {
        (digest(str(a)), e, d) for a, e, d in expected
    }
    assert {a.digest for a in found.artifacts} == {digest(str(a)) for a, _, _ in expected} | {digest(str(start))}
    assert {e.id for e in found.executions} == {f"r{e % 2}/{e}" for _, e, _ in expected}


def test_where_a_result_came_from(ledger: SqlLedger) -> None:
    found = ledger.lineage(digest("r1-evaluate"), direction="up")
    assert [a.name for a in found.artifacts] == ["raw", "r1-ingest", "r1-train", "r1-evaluate"]
    assert [e.step for e in found.executions] == ["ingest", "train", "evaluate"]
    assert {e.state for e in found.executions} == {"complete"}
    near = ledger.lineage(digest("r1-evaluate"), direction="up", hops=1)
    assert [a.name for a in near.artifacts] == ["r1-train", "r1-evaluate"]


def test_what_came_of_the_source(ledger: SqlLedger) -> None:
    ledger.put(*run_of("r2"))
    both = ledger.lineage(digest("raw"), direction="down")
    assert {e.run for e in both.executions} == {"r1", "r2"}
    one = ledger.lineage(digest("raw"), direction="down", run="r2")
    assert {e.run for e in one.executions} == {"r2"}
    # what shares an ancestor is no relative
    assert {e.run for e in ledger.lineage(digest("r1-train")).executions} == {"r1"}


@pytest.mark.parametrize(
    ("direction", "artifacts"), [("up", ["r1-ingest", "raw"]), ("down", ["r1-train", "r1-evaluate"])]
)
def test_from_an_execution(ledger: SqlLedger, direction: str, artifacts: list[str]) -> None:
    found = ledger.lineage("r1/train", direction=direction)  # type: ignore[arg-type]
    assert sorted(a.name for a in found.artifacts) == sorted(artifacts)
    assert "r1/train" in {e.id for e in found.executions}


def test_what_nobody_knows_has_no_lineage(ledger: SqlLedger) -> None:
    found = ledger.lineage("nothing")
    assert not found.artifacts and not found.executions and not found.events
    ledger.put(artifact("alone"))
    assert [a.name for a in ledger.lineage(digest("alone")).artifacts] == ["alone"]
