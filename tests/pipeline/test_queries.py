"""Questions to ledgers that are written record by record: what real runs seldom show."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sterling.core.errors import InputError
from sterling.core.project import Project
from sterling.core.project_file import read_project
from sterling.core.records import Artifact, Context, Event, Execution, Membership, PredictionBatch
from sterling.ledger import open_ledger
from sterling.ledger.store import SqlLedger
from sterling.pipeline.queries.heads import printed_heads
from sterling.pipeline.queries.history import history
from sterling.pipeline.queries.naming import find_thing
from sterling.pipeline.queries.predictions import find_prediction, listing, operating_of
from sterling.pipeline.queries.runs import find_run, run_facts
from sterling.pipeline.queries.status import SOON, status
from sterling.pipeline.queries.trace import trace
from sterling.pipeline.step import table_bytes

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> SqlLedger:
    return open_ledger(tmp_path / ".sterling", create=True)


def listed(ledger: SqlLedger, ids: list[object], frame: pl.DataFrame, scores: list[float], run: str = "r1") -> None:
    """A run with a list of predictions, named as the pipeline names them."""
    key = ledger.row_keys(frame)
    own = ledger.value_keys(pl.Series("id", ids)).alias("id_key")
    table = pl.DataFrame([key.str.head(16).alias("prediction"), key.alias("row_key"), own])
    table = table.with_columns(pl.Series("row", range(len(ids)), dtype=pl.UInt32), pl.Series("m", scores))
    kept = ledger.keep(table_bytes(table), type="predictions", name="predictions")
    batch = PredictionBatch(run=run, artifact=kept.digest, model="m", n=len(ids))
    ledger.put(Context(id=run, type="run", name="a run", started=NOW), kept, batch)


def batch_of(ledger: SqlLedger) -> PredictionBatch:
    return ledger.predictions()[-1]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12, unique=True))
@settings(max_examples=25)
def test_every_own_id_and_every_whole_id_leads_to_its_row(
    tmp_path_factory: pytest.TempPathFactory, ids: list[int]
) -> None:
    with open_ledger(tmp_path_factory.mktemp("ids") / ".sterling", create=True) as ledger:
        listed(ledger, list(ids), pl.DataFrame({"x": ids}), [i / 1e9 for i in ids])
        cut = operating_of(())
        shown = listing(ledger, "last", limit=None).shown
        for place, own in enumerate(ids):
            found = find_prediction(ledger, batch_of(ledger), str(own), cut)
            assert (found.rows[0].row, found.by, found.checked) == (place, "id", True)
            assert find_prediction(ledger, batch_of(ledger), shown[place].id, cut).rows == (shown[place],)


@pytest.mark.parametrize("digits", ["12e3456789012345", "1234e56789012345", "0e99999999999999", "1111111111111111"])
def test_digits_that_read_as_an_enormous_number(ledger: SqlLedger, digits: str) -> None:
    listed(ledger, [1], pl.DataFrame({"x": [1]}), [0.5])
    with pytest.raises(InputError, match="no prediction has this id"):
        find_prediction(ledger, batch_of(ledger), digits, operating_of(()))


def test_two_rows_with_one_id_are_told_apart_by_their_predictions(ledger: SqlLedger) -> None:
    listed(ledger, [7, 7, 8], pl.DataFrame({"x": [1, 2, 3]}), [0.1, 0.2, 0.3])
    with pytest.raises(InputError, match="2 rows have this id") as told:
        find_prediction(ledger, batch_of(ledger), "7", operating_of(()))
    one, two, _ = listing(ledger, "last", limit=None).shown
    assert told.value.got == f"{one.id}, {two.id}"
    assert find_prediction(ledger, batch_of(ledger), two.id, operating_of(())).rows == (two,)


def test_rows_that_are_equal_in_everything_are_one_prediction(ledger: SqlLedger) -> None:
    listed(ledger, [None, None, None], pl.DataFrame({"x": [1, 1, 2]}), [0.1, 0.4, 0.3])
    first = listing(ledger, "last", limit=1).shown[0]
    found = find_prediction(ledger, batch_of(ledger), first.id, operating_of(()))
    assert [r.row for r in found.rows] == [0, 1]
    assert found.by == "prediction"


def test_an_edited_list_of_predictions_is_refused(ledger: SqlLedger) -> None:
    listed(ledger, [1], pl.DataFrame({"x": [1]}), [0.5])
    path = ledger.path(batch_of(ledger).artifact)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(Exception, match="were changed after they were stored"):
        find_prediction(ledger, batch_of(ledger), "1", operating_of(()))


def test_the_operating_threshold_is_the_one_that_was_measured_with(ledger: SqlLedger) -> None:
    def measured(thresholds: list[float]) -> Execution:
        asked = {"plan": {"thresholds": thresholds}, "roles": {"decision": "granted"}}
        return Execution(
            id="e", step="evaluate", run="r", state="complete", key="k", started=NOW, properties={"parameters": asked}
        )

    assert operating_of((measured([]),)).threshold == 0.5
    assert operating_of((measured([0.3, 0.7]),)).threshold == 0.3
    assert operating_of((measured([0.3, 0.5]),)).threshold == 0.5
    assert operating_of((measured([]),)).decision == "granted"
    assert operating_of(()).threshold is None


def test_a_run_is_found_by_the_beginning_of_its_id(ledger: SqlLedger) -> None:
    for name in ("abc123", "abd456", "abc"):
        ledger.put(Context(id=name, type="run", name=name, started=NOW))
    ledger.put(Context(id="abe", type="project", name="no run"))
    assert find_run(ledger, "abd").id == "abd456"
    assert find_run(ledger, "abc").id == "abc"  # the whole id goes before the beginning of another
    assert find_run(ledger, "last").id == "abc"
    for text, what in (("ab", "3 runs begin"), ("abe", "no run"), ("", "no run"), ("%", "no run")):
        with pytest.raises(InputError, match=what):
            find_run(ledger, text)


def test_runs_are_found_where_other_things_crowd_them_out(ledger: SqlLedger) -> None:
    steps = [Execution(id=f"aa{i:03}", step="s", run="r", state="complete", key="k", started=NOW) for i in range(40)]
    ledger.put(*steps, Context(id="aaz", type="run", name="a run", started=NOW))
    assert find_run(ledger, "aa").id == "aaz"


@pytest.mark.parametrize(("facts", "waived"), [({"counts": {}}, None), ({"waived": 0}, 0), ({"waived": 2}, 2)])
def test_how_many_verdicts_were_waived_is_unknown_of_a_run_that_did_not_say(
    ledger: SqlLedger, facts: dict[str, object], waived: int | None
) -> None:
    run = Context(id="w1", type="run", name="a run", started=NOW)
    made = ledger.keep(b"{}", type="verdicts", name="verdicts", properties=facts)
    ledger.put(run, made, Membership(context="w1", member=made.digest, kind="artifact"))
    assert run_facts(ledger, run).waived == waived


def test_history_of_many_runs(ledger: SqlLedger) -> None:
    for i in range(30):
        ledger.put(Context(id=f"r{i:02}", type="run", name="a run", started=NOW, properties={"state": "complete"}))
    found = history(ledger, limit=5)
    assert ([r.id for r in found.runs], found.more) == ([f"r{i}" for i in range(29, 24, -1)], True)
    assert history(ledger, limit=30).more is False


def chain(ledger: SqlLedger, steps: int, run: str = "r1") -> list[str]:
    """Artifacts in a row, each made of the one before and of the first; returns their digests."""
    made = [ledger.keep(f"{run} {i}".encode(), type="table", name=f"t{i}") for i in range(steps + 1)]
    ledger.put(Context(id=run, type="run", name="a run", started=NOW), *made)
    for i in range(steps):
        step = Execution(id=f"{run}-{i}", step=f"s{i}", run=run, state="complete", key=f"{i}", started=NOW)
        reads = [Event(execution=step.id, artifact=a.digest, direction="input", role=a.name) for a in {made[0].digest: made[0], made[i].digest: made[i]}.values()]  # fmt: skip  # noqa: E501
        ledger.put(step, *reads, Event(execution=step.id, artifact=made[i + 1].digest, direction="output", role="out"))
    return [a.digest for a in made]


@given(st.integers(1, 12))
def test_a_trace_opens_each_node_once_and_loses_none(tmp_path_factory: pytest.TempPathFactory, steps: int) -> None:
    with open_ledger(tmp_path_factory.mktemp("chain") / ".sterling", create=True) as ledger:
        digests = chain(ledger, steps)
        up = trace(ledger, find_thing(ledger, digests[-1])).up
        down = trace(ledger, find_thing(ledger, digests[0])).down
    for rows, start in ((up, digests[-1]), (down, digests[0])):
        opened = [row.node.id for row in rows if not row.again]
        assert len(opened) == len(set(opened))
        assert set(digests) - {start} <= set(opened)
        assert all(b.depth <= a.depth + 1 for a, b in itertools.pairwise(rows))
        assert all(b.depth <= a.depth for a, b in itertools.pairwise(rows) if a.again)


def test_a_trace_keeps_to_one_run(ledger: SqlLedger) -> None:
    """The same bytes found made in a second run do not draw the first run in."""
    digests = chain(ledger, 1)
    again = Execution(id="r2-0", step="s0", run="r2", state="cached", key="0", started=NOW)
    ledger.put(
        Context(id="r2", type="run", name="a run", started=NOW), again,
        Event(execution=again.id, artifact=digests[0], direction="input", role="t0"),
        Event(execution=again.id, artifact=digests[1], direction="output", role="out"),
    )  # fmt: skip
    found = trace(ledger, find_thing(ledger, digests[1]))
    assert (found.run, found.times) == ("r2", 2)
    assert [row.node.id for row in found.up if row.node.kind == "execution"] == ["r2-0"]
    named = find_thing(ledger, digests[1][:20], run="r1")
    assert [row.node.id for row in trace(ledger, named).up if row.node.kind == "execution"] == ["r1-0"]


def test_several_things_with_one_beginning_are_listed(ledger: SqlLedger) -> None:
    ledger.put(Context(id="abcd1", type="run", name="a run", started=NOW))
    ledger.put(Execution(id="abcd2", step="s", run="abcd1", state="complete", key="k", started=NOW))
    with pytest.raises(InputError, match="2 things begin with") as told:
        find_thing(ledger, "abcd")
    assert told.value.got == "abcd1, abcd2"


def test_heads_that_pages_print(tmp_path: Path) -> None:
    def page(data: object) -> str:
        return f'<p>x</p><script type="application/json" id="sterling-data">{json.dumps(data)}</script>'

    head = "ab" * 32
    (tmp_path / "report.html").write_text(page({"project": {"head": head}}))
    seal = [{"name": "Run", "evidence": None}, {"name": "Ledger head", "evidence": head}]
    (tmp_path / "model-card.html").write_text(page({"document": {"seal": seal}}))
    assert [(p.file, p.hash) for p in printed_heads(tmp_path)] == [("report.html", head), ("model-card.html", head)]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\xfe", b'<script type="application/json" id="sterling-data">{</script>',
        b'<script type="application/json" id="sterling-data">[1]</script>',
        b'<script type="application/json" id="sterling-data">{"project": {"head": 3}}</script>',
        b'<script type="application/json" id="sterling-data">{"project": {"head": "xyz"}, "document": 4}</script>',
        b'<script type="application/json" id="sterling-data">' + b"[" * 100_000 + b"</script>",
    ],
)  # fmt: skip
def test_pages_that_print_no_head(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "report.html").write_bytes(content)
    assert printed_heads(tmp_path) == ()


def small_project(folder: Path, waivers: str = "") -> Project:
    toml = '[project]\nname = "p"\n[data]\npath = "t.csv"\nlabel = "y"\n[model]\nscores = ["s"]\n'
    limit = '[[limit]]\nname = "l"\nmetric = "accuracy"\nmin = 0.5\n'
    (folder / "sterling.toml").write_text(toml + limit + waivers)
    return read_project(folder)


@pytest.mark.parametrize(("days", "told"), [(-3, True), (0, True), (SOON - 1, True), (SOON, False)])
def test_waivers_that_end_soon(tmp_path: Path, days: int, told: bool) -> None:
    today = dt.date(2026, 3, 1)
    waiver = f'[[waiver]]\nlimit = "l"\nowner = "Olu"\nreason = "r"\nexpires = {today + dt.timedelta(days=days)}\n'
    project = small_project(tmp_path, waiver)
    assert [left for _, left in status(project, None, today=today).waivers] == ([days] if told else [])


@pytest.mark.parametrize(
    ("state", "next_"),
    [("killed", "carries on"), ("failed", "carries on"), ("stopped", "mend the data")],
)
def test_what_to_do_next(tmp_path: Path, ledger: SqlLedger, state: str, next_: str) -> None:
    project = small_project(tmp_path)
    (tmp_path / "t.csv").write_text("y,s\n1,0.5\n")
    context = Context(id="r1", type="run", name="a run", started=NOW, properties={"state": state})
    ledger.put(context)
    found = status(project, ledger, today=NOW.date())
    assert next_ in found.next
    assert found.pending[0].because == ("it was not carried out before",)
    ledger.put(replace(context, properties={"state": "running"}))
    assert status(project, ledger, today=NOW.date(), at_work=True).next == "wait: a run is at work"


def test_an_artifact_that_no_step_made_belongs_to_its_run(ledger: SqlLedger) -> None:
    kept: Artifact = ledger.keep(b"page", type="report", name="report.html")
    ledger.put(Context(id="r1", type="run", name="a run", started=NOW), kept)
    ledger.put(Membership(context="r1", member=kept.digest, kind="artifact"))
    found = trace(ledger, find_thing(ledger, kept.digest))
    assert [(row.role, row.node.id) for row in found.up] == [("of", "r1")]
