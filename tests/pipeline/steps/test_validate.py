"""Promises about the data: each that is broken stops the run before anything is built on it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import polars as pl
import pytest

import sterling as st
from sterling.core.errors import InputError
from sterling.core.project_file import read_project
from sterling.pipeline.decisions import accept
from tests.pipeline.small import GIVEN, TRAINED, artifacts, carried_out, edited, ledger_of, people, steps_done, write

NULL = pl.lit(None)
BROKEN = {
    "no label": ({"y": NULL.cast(pl.Int64)}, "no row has a label in y"),
    "one label": ({"y": pl.lit(1)}, "every label in y is the same: there is nothing to learn or to compare"),
    "id missing": ({"id": pl.when(pl.col("id") < 3).then(NULL).otherwise("id")}, "3 rows have no id in id"),
    "id repeated": ({"id": pl.col("id") // 2}, "200 ids in id are there more than once: an id names one row"),
    "no group": ({"g": NULL.cast(pl.String)}, "no row has a value in the group column g"),
}  # fmt: skip


def broken(folder: Path, how: str, text: str = TRAINED) -> tuple[Path, str]:
    change, said = BROKEN[how]
    return write(folder, text, people().with_columns(**change)), said


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_promise_stops_the_run_before_training(tmp_path: Path, how: str) -> None:
    folder, said = broken(tmp_path, how)
    outcome = carried_out(folder)
    assert (outcome.exit_code, outcome.state, outcome.problems) == (1, "stopped", (said,))
    assert steps_done(folder, outcome.run) == {"ingest", "validate"}
    assert not (folder / "report.html").exists()
    with ledger_of(folder) as ledger:
        context = ledger.context(outcome.run)
        assert context is not None
        assert context.properties["state"] == "stopped"
        (risk,) = [r for r in ledger.risks(open_only=True) if r.stage == "data"]
        assert (risk.issue, risk.proceed) == (said, False)


def test_mended_data_close_the_risk_and_the_run_goes_on(tmp_path: Path) -> None:
    folder, _ = broken(tmp_path, "id repeated")
    carried_out(folder)
    people().write_parquet(folder / "people.parquet")
    outcome = carried_out(folder)
    assert outcome.dossier is not None
    with ledger_of(folder) as ledger:
        assert not [r for r in ledger.risks(open_only=True) if r.stage == "data"]


@pytest.mark.parametrize("how", ["id missing", "id repeated", "no group"])
def test_an_accepted_risk_lets_it_pass(tmp_path: Path, how: str) -> None:
    folder, _ = broken(tmp_path, how)
    carried_out(folder)
    project = read_project(folder)
    with ledger_of(folder) as ledger:
        (risk,) = [r for r in ledger.risks(open_only=True) if r.stage == "data"]
        accept(project, ledger, [risk.id], by="Olu", reason="known", now=risk.opened)
    outcome = carried_out(folder)
    assert outcome.dossier is not None
    assert "train" in steps_done(folder, outcome.run)


def test_a_column_that_is_not_there_is_a_mistake_of_the_project_file(tmp_path: Path) -> None:
    for old, new in (('label = "y"', 'label = "yy"'), ('["g"]', '["gg"]'), ('"kind"]', '"kinds"]')):
        folder = write(tmp_path, TRAINED.replace(old, new))
        with pytest.raises(InputError, match=r"there is no column '(yy|gg|kinds)'"):
            carried_out(folder)


def facts_of(folder: Path) -> dict[str, dict[str, object]]:
    run = carried_out(folder).run
    with ledger_of(folder) as ledger:
        facts = json.loads(ledger.read(artifacts(folder, run)["facts"].digest))["facts"]
    return {c["name"]: c for c in facts["columns"]}


def test_extremes_are_not_told_of_what_could_name_a_person(tmp_path: Path) -> None:
    table = people().with_columns(code=pl.col("id") + 500_000, years=pl.col("id") % 16, empty=NULL.cast(pl.Float64))
    facts = facts_of(write(tmp_path, table=table))
    assert (facts["years"]["low"], facts["years"]["high"]) == ("0", "15")
    for column in ("id", "code", "x", "g", "y", "empty"):
        assert facts[column]["low"] is facts[column]["high"] is None
    assert (facts["empty"]["missing"], facts["empty"]["distinct"]) == (400, 0)


def test_nan_is_missing_as_the_questions_about_the_table_say(tmp_path: Path) -> None:
    held = pl.when(pl.col("id") < 7).then(math.nan).when(pl.col("id") < 10).then(NULL).otherwise(pl.col("id") % 5)
    table = people().with_columns(held=held)
    facts = facts_of(write(tmp_path, table=table))["held"]
    column = st.profile(table, checks="DA010").evidence[0].about.profiles[0].column("held")  # type: ignore[union-attr]
    assert column is not None
    assert (facts["missing"], facts["distinct"]) == (column.missing + column.nan, column.distinct) == (10, 5)
    assert facts["missing"] == round((column.missing_share or 0) * 400)


def test_an_end_of_a_range_is_no_single_rows_value(tmp_path: Path) -> None:
    """One very large loan among a thousand: its sum is the column's greatest value and one person's own."""
    rows, place = 1_200, pl.col("id")
    loan = (
        pl.when(place == 0).then(9_876_540).when(place < 50).then(pl.lit(20_000)).otherwise(30_000 + place % 600 * 100)
    )
    table = people(rows).with_columns(loan=loan, some=loan)
    table = table.with_columns(
        some=pl.when(place % 3 == 0).then("some"), odd=pl.when(place > 1).then(1.5).otherwise(math.inf)
    )
    facts = facts_of(write(tmp_path, table=table))
    assert facts["loan"]["low"] == "20000"
    assert facts["loan"]["high"] == "about 89000 (99th percentile)"
    assert (facts["some"]["low"], facts["some"]["high"]) == ("20000", None)  # 400 values are too few for a percentile
    assert (facts["odd"]["low"], facts["odd"]["high"]) == ("1.5", "1.5")


def test_facts_hold_no_value_of_a_row(tmp_path: Path) -> None:
    table = people().with_columns(name=pl.format("person {}", pl.col("id")))
    folder = write(tmp_path, table=table)
    run = carried_out(folder).run
    with ledger_of(folder) as ledger:
        text = ledger.read(artifacts(folder, run)["facts"].digest).decode()
    assert "person " not in text
    assert not [v for v in table["x"].to_list() if f"{v:g}" in text]


def test_rows_that_repeat_are_counted(tmp_path: Path) -> None:
    twice = pl.concat([people(), people().head(30)])
    folder = write(tmp_path, GIVEN, twice)
    assert carried_out(folder).dossier.data.duplicates == 30  # type: ignore[union-attr]


def test_another_role_is_checked_again(tmp_path: Path) -> None:
    folder = write(tmp_path)
    carried_out(folder)
    edited(folder, ('groups = ["g"]', 'groups = ["g", "kind"]'))
    assert "validate" in steps_done(folder, carried_out(folder).run)
