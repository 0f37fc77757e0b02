"""Projects whose table is the answer of a query, or lies at an address."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from sterling.core.errors import ConfigError, InputError
from sterling.core.project_file import read_project
from sterling.ledger import open_ledger
from sterling.pipeline.checking import inspect_project
from sterling.pipeline.conduct import Silent, all_steps
from sterling.pipeline.reproduce import reproduce
from tests.loopback import serving
from tests.pipeline.small import GIVEN, carried_out, digests, edited, ledger_of, people, steps_done, write

PATH = 'path = "people.parquet"'
ASKED = 'path = "bank.{}"\nsql = "select * from people"'


def bank(folder: Path, kind: str) -> None:
    """The table in a database beside the project file."""
    table = people()
    if kind == "duckdb":
        with closing(duckdb.connect(str(folder / "bank.duckdb"))) as connection:
            connection.register("given", table)
            connection.execute("create or replace table people as select * from given")
        return
    with closing(sqlite3.connect(folder / "bank.sqlite")) as connection:
        connection.execute("create table people (id integer, g text, x real, kind text, p real, y integer)")
        connection.executemany("insert into people values (?, ?, ?, ?, ?, ?)", table.rows())
        connection.commit()


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
def test_a_query_makes_the_same_table_as_a_file(tmp_path: Path, kind: str) -> None:
    plain = write(tmp_path / "plain")
    asked = write(tmp_path / "asked", GIVEN.replace(PATH, ASKED.format(kind)))
    bank(asked, kind)
    assert inspect_project(read_project(asked)).rows == 400
    one, other = carried_out(plain), carried_out(asked)
    assert digests(asked, other.run)["evidence"] == digests(plain, one.run)["evidence"]
    assert other.dossier is not None
    assert [name for name, _ in other.dossier.data.files] == [f"bank.{kind}"]


def test_another_query_or_database_is_another_table(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", GIVEN.replace(PATH, ASKED.format("duckdb")))
    bank(folder, "duckdb")
    assert "ingest" in steps_done(folder, carried_out(folder).run)
    assert "ingest" not in steps_done(folder, carried_out(folder).run)
    edited(folder, ("from people", "from people where x < 5"))
    assert "ingest" in steps_done(folder, carried_out(folder).run)
    with closing(duckdb.connect(str(folder / "bank.duckdb"))) as connection:
        connection.execute("delete from people where id = 0")
    done = carried_out(folder)
    assert "ingest" in steps_done(folder, done.run)
    assert done.dossier is not None
    assert done.dossier.run.n == 399


def test_files_are_tables_of_a_query_named_like_them(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", GIVEN.replace(PATH, PATH + '\nsql = "select * from people where x > 0"'))
    outcome = carried_out(folder)
    assert outcome.dossier is not None
    assert outcome.dossier.run.n == people().filter(people()["x"] > 0).height


def test_a_query_reaches_nothing_beside_its_path(tmp_path: Path) -> None:
    people().write_parquet(tmp_path / "other.parquet")
    sql = f"sql = \"select * from '{tmp_path / 'other.parquet'}'\""
    folder = write(tmp_path / "p", GIVEN.replace(PATH, f"{PATH}\n{sql}"))
    with pytest.raises(InputError, match="may read nothing but what it is given"):
        carried_out(folder)


def test_a_database_without_a_query_names_the_key(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", GIVEN.replace(PATH, 'path = "bank.duckdb"'))
    bank(folder, "duckdb")
    for ask in (carried_out, lambda place: inspect_project(read_project(place))):
        with pytest.raises(InputError, match="a database holds many tables") as caught:
            ask(folder)
        assert caught.value.hint == '[data] sql = "select * from TABLE"'


def test_data_at_an_address_are_read_every_time(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    people().write_parquet(there / "people.parquet")
    plain = write(tmp_path / "plain")
    with serving(there) as address:
        folder = write(tmp_path / "p", GIVEN.replace(PATH, f'path = "{address}/people.parquet"'))
        (folder / "people.parquet").unlink()
        assert inspect_project(read_project(folder)).rows == 400
        first = carried_out(folder)
        assert digests(folder, first.run)["evidence"] == digests(plain, carried_out(plain).run)["evidence"]
        assert steps_done(folder, carried_out(folder).run) == {"ingest"}, "the same rows: nothing else is done again"
        people(seed=8).write_parquet(there / "people.parquet")
        assert "evaluate" in steps_done(folder, carried_out(folder).run)
        with ledger_of(folder) as ledger:
            again = reproduce(
                read_project(folder), ledger, first.run,
                open_ledger=lambda place: open_ledger(place, create=True),
                carry_out=lambda steps, known, hands: all_steps(steps, known, hands, Silent()),
            )  # fmt: skip
    assert again.same, "made again from what was kept, whatever lies there now"
    assert "lies elsewhere" in again.notes[0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ('path = "https://user:unsaid@a.org/t.parquet"', "the address holds a password"),
        ('path = "https://a.org/t.parquet?signature=unsaid"', "the address holds a password"),
        ('path = "s3://bank/t.parquet"\nsql = "select 1 as a"', "a query is asked of files of this machine"),
    ],
)
def test_addresses_that_are_refused(tmp_path: Path, given: str, words: str) -> None:
    folder = write(tmp_path / "p", GIVEN.replace(PATH, given))
    with pytest.raises(ConfigError, match=words) as caught:
        read_project(folder)
    assert "sterling.toml:6" in str(caught.value) or "sterling.toml:7" in str(caught.value)
    assert "unsaid" not in str(caught.value)
