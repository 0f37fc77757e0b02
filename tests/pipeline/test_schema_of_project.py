"""A project's schema: a broken promise stops the run; what is found of the table is judged with the model's."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.data.schema_text import edited as schema_edited
from sterling.core.dossier import Dossier
from sterling.core.errors import ConfigError
from sterling.core.project_file import read_project
from sterling.pipeline.checking import check_project
from sterling.pipeline.conduct import Silent, all_steps, run_project
from sterling.pipeline.difference import difference
from sterling.pipeline.execution import Ended
from sterling.pipeline.finish import Outcome
from sterling.pipeline.reproduce import reproduce
from sterling.pipeline.schemas import infer_schema
from sterling.pipeline.steps.validate import schema_digests
from tests.pipeline.small import GIVEN, OWN, artifacts, carried_out, edited, ledger_of, people, steps_done, write

WITH_SCHEMA = GIVEN.replace('groups = ["g"]\n', 'groups = ["g"]\nschema = "schema.toml"\nenvironment = "training"\n')
LIMITS = '\n[[limit]]\nname = "no errors"\nmetric = "anomaly_errors"\nmax = 0\n'


def promised(folder: Path, text: str = WITH_SCHEMA, table: pl.DataFrame | None = None) -> Path:
    """A project with the schema that is inferred from the people of the tests."""
    write(folder, text, table)
    (folder / "schema.toml").write_text(infer_schema(people(), label="y", id="id").text)
    return folder


def told(outcome: Outcome) -> Dossier:
    assert outcome.dossier is not None
    return outcome.dossier


def broken() -> pl.DataFrame:
    return people().with_columns(kind=pl.when(pl.int_range(pl.len()) < 50).then(pl.lit("zebra")).otherwise("kind"))


def test_null_a_table_that_keeps_its_schema_is_measured(tmp_path: Path) -> None:
    folder = promised(tmp_path / "p", WITH_SCHEMA + LIMITS)
    outcome = carried_out(folder)
    found = [e for e in told(outcome).about_data if e.check == "DA011"]
    assert len(found) == 1
    assert found[0].about is not None
    assert found[0].about.anomalies is not None
    assert found[0].about.anomalies.found == ()
    assert found[0].about.anomalies.environment == "training"
    verdicts = {v.limit.name: v.verdict for v in told(outcome).judgement.verdicts if v.limit}
    assert verdicts["no errors"] == "within"
    assert {"measured", "about_data", "evidence"} <= set(artifacts(folder, outcome.run))


def test_planted_a_broken_promise_stops_before_training(tmp_path: Path) -> None:
    folder = promised(tmp_path / "p", WITH_SCHEMA.replace("[model]\nscores", "[model]\nscores"), broken())
    outcome = carried_out(folder)
    assert (outcome.state, outcome.exit_code, outcome.dossier) == ("stopped", 1, None)
    assert outcome.problems == ("kind: 50 of 400 rows (12%) have a value that is not known",)
    assert steps_done(folder, outcome.run) == {"ingest", "validate"}
    with ledger_of(folder) as ledger:
        risks = [r for r in ledger.risks(open_only=True) if r.stage == "data"]
    assert [r.issue for r in risks] == list(outcome.problems)
    (people()).write_parquet(folder / "people.parquet")
    mended = carried_out(folder)
    assert mended.dossier is not None
    with ledger_of(folder) as ledger:
        assert not [r for r in ledger.risks(open_only=True) if r.stage == "data"]


def test_the_check_before_a_run_tells_what_would_stop_it(tmp_path: Path) -> None:
    folder = promised(tmp_path / "p", table=broken())
    notices = check_project(read_project(folder))
    assert "kind: 50 of 400 rows (12%) have a value that is not known; sterling run stops there" in notices


def test_what_must_be_there_and_readable(tmp_path: Path) -> None:
    folder = promised(tmp_path / "p")
    schema = folder / "schema.toml"
    text = schema.read_text()
    schema.write_text(text.replace("version = 1", "versoin = 1"))
    for carry in (lambda: carried_out(folder), lambda: check_project(read_project(folder))):
        with pytest.raises(st.ConfigError, match="did you mean version"):
            carry()
    schema.unlink()
    with pytest.raises(st.ConfigError, match=r"sterling.toml:\d+: there is no schema 'schema.toml'\n.*infer"):
        check_project(read_project(folder))
    with pytest.raises(st.InputError, match=r"schema\.toml"):
        carried_out(folder)
    schema.write_text(text)
    edited(folder, ('environment = "training"', 'environment = "trainin"'))
    with pytest.raises(st.ConfigError, match="did you mean training"):
        carried_out(folder)


def test_the_schema_lies_inside_the_project_and_belongs_to_an_environment(tmp_path: Path) -> None:
    folder = promised(tmp_path / "p", WITH_SCHEMA.replace("schema.toml", "../schema.toml"))
    with pytest.raises(st.ConfigError, match="leaves the project"):
        read_project(folder)
    folder = promised(tmp_path / "q", WITH_SCHEMA.replace('schema = "schema.toml"\n', ""))
    with pytest.raises(st.ConfigError, match="an environment and no schema"):
        read_project(folder)


def test_only_what_has_changed_is_done_again(tmp_path: Path) -> None:
    folder = promised(tmp_path / "p", WITH_SCHEMA + LIMITS)
    first = carried_out(folder)
    assert {"data", "evidence"} <= steps_done(folder, first.run)
    assert steps_done(folder, carried_out(folder).run) == set()
    schema = folder / "schema.toml"
    schema.write_text(schema_edited(schema.read_text(), "x", "units", "points"))
    again = carried_out(folder)
    assert {"validate", "data"} <= steps_done(folder, again.run)
    assert "evaluate" not in steps_done(folder, again.run)
    edited(folder, more='\n[[limit]]\nname = "repeats"\nmetric = "duplicate_share"\nmax = 0.5\n')
    more = carried_out(folder)
    assert {"data", "evidence", "judge"} <= steps_done(folder, more.run)
    assert "evaluate" not in steps_done(folder, more.run)
    verdicts = {v.limit.name: v.verdict for v in told(more).judgement.verdicts if v.limit}
    assert verdicts["repeats"] == "within"
    with ledger_of(folder) as ledger:
        changed = difference(read_project(folder), ledger, again.run, more.run)
    assert "about_data" in {c.name for c in changed.changes if c.kind == "artifact"}
    assert "repeats" in str(changed.verdicts)


def test_a_schema_that_changes_after_it_was_held_is_held_again(tmp_path: Path) -> None:
    """What is recorded with the second version's digest is the second version's answer."""
    folder = promised(tmp_path / "p", table=people().with_columns(extra=1))
    schema = folder / "schema.toml"
    first = schema.read_text() + '\n[severity]\nunexpected_column = "off"\n'

    class Editor(Silent):
        def ended(self, ended: Ended) -> None:
            if ended.step.name == "validate":
                schema.write_text(first.replace("version = 1", "version = 2").replace('"off"', '"warning"'))

    schema.write_text(first)
    with ledger_of(folder) as ledger:
        outcomes = [run_project(read_project(folder), ledger, watcher=w) for w in (Editor(), Silent())]
    for outcome in outcomes:
        found = next(e.about for e in told(outcome).about_data if e.check == "DA011")
        assert found is not None
        assert found.anomalies is not None
        assert (found.anomalies.version, [a.kind for a in found.anomalies.found]) == (2, ["unexpected_column"])


def test_a_schema_that_is_taken_away_while_it_is_needed_is_named(tmp_path: Path) -> None:
    folder = promised(tmp_path / "p")
    project = read_project(folder)
    assert list(schema_digests(project)) == ["schema.toml"]
    (folder / "schema.toml").unlink()
    with pytest.raises(ConfigError, match="was there when the run began") as caught:
        schema_digests(project)
    assert caught.value.where == "schema.toml"


def test_a_limit_on_the_data_that_is_over_is_like_any_other(tmp_path: Path) -> None:
    limit = '\n[[limit]]\nname = "no warnings"\nmetric = "anomaly_warnings"\nmax = 0\n'
    folder = promised(tmp_path / "p", WITH_SCHEMA + limit, people().with_columns(extra=1))
    outcome = carried_out(folder)
    assert outcome.exit_code == 1
    with ledger_of(folder) as ledger:
        issues = [r.issue for r in ledger.risks(open_only=True)]
        notes = {(e.check, e.model): e.verdict for e in ledger.evidence(outcome.run)}
    assert any("no warnings" in issue for issue in issues)
    assert notes["DA011", None] == "over"


def test_the_evidence_is_signed_drawn_and_reproduced_whole(tmp_path: Path) -> None:
    folder = promised(tmp_path / "p", WITH_SCHEMA + LIMITS)
    outcome = carried_out(folder)
    made = artifacts(folder, outcome.run)
    assert told(outcome).context.properties["bundle_parts"]["evidence"] == made["evidence"].digest  # type: ignore[index,call-overload]
    with ledger_of(folder) as ledger:
        whole = json.loads(ledger.read(made["evidence"].digest))
        assert {e["check"] for e in whole["evidence"]} >= {"DA011", "FA001"}
        assert evidence_bytes(told(outcome).run) == ledger.read(made["evidence"].digest)
    from sterling.ledger import open_ledger

    class Nobody:
        def began(self, step: object) -> None: ...
        def progressed(self, step: object, done: int, total: int | None) -> None: ...
        def ended(self, ended: object) -> None: ...

    with ledger_of(folder) as ledger:
        again = reproduce(
            read_project(folder), ledger, outcome.run, open_ledger=lambda at: open_ledger(at, create=True),
            carry_out=lambda steps, have, hands: all_steps(steps, have, hands, Nobody()),
        )  # fmt: skip
    assert again.same
    assert {"about_data", "measured", "evidence"} <= {p.role for p in again.parts}


def test_the_evidence_is_the_same_wherever_the_project_lies(tmp_path: Path) -> None:
    digests = []
    for name in ("here", "there/deeper"):
        folder = promised(tmp_path / name, WITH_SCHEMA + LIMITS)
        digests.append(artifacts(folder, carried_out(folder).run)["about_data"].digest)
    assert digests[0] == digests[1]


def test_the_schema_speaks_of_the_table_as_it_is_read(tmp_path: Path) -> None:
    """Columns that the project drops are left out; its own steps may make the table into what no schema knows."""
    text = WITH_SCHEMA.replace('schema = "schema.toml"', 'schema = "schema.toml"\ndrop = ["kind"]') + OWN
    folder = promised(tmp_path / "p", text, broken())
    (folder / "steps.py").write_text(
        "import polars as pl\n\n\ndef clean(table):\n    return table.with_columns(x=pl.col('x') * 1000, new=1)\n"
    )
    outcome = carried_out(folder)
    found = next(e for e in told(outcome).about_data if e.check == "DA011")
    assert found.about is not None
    assert found.about.anomalies is not None
    assert found.about.anomalies.found == ()


def test_a_project_that_asks_nothing_of_its_table_has_no_more_steps(tmp_path: Path) -> None:
    folder = write(tmp_path / "p")
    outcome = carried_out(folder)
    assert "about_data" not in artifacts(folder, outcome.run)
    assert told(outcome).about_data == ()


def test_an_ask_of_ones_own_keeps_what_it_says(tmp_path: Path) -> None:
    """It need not name the schema again; the columns that it leaves out are its own."""
    own = '\n[[ask]]\nname = "promises"\ncheck = "DA011"\nignore = ["kind"]\n'
    folder = promised(tmp_path / "p", WITH_SCHEMA + own)
    found = [e for e in told(carried_out(folder)).about_data if e.check == "DA011"]
    assert [e.ask for e in found] == ["promises"]
    assert found[0].parameters["ignore"] == ["kind"]
    assert found[0].parameters["schema"] == "schema.toml"
    assert found[0].parameters["environment"] == "training"
