"""Steps that a project brings itself: their order, what reaches them, and how their mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from sterling.core.errors import ConfigError, InputError
from sterling.core.project_file import read_project
from sterling.ledger import open_ledger
from sterling.pipeline.checking import check_project
from tests.pipeline.small import GIVEN, OWN, carried_out, edited, frame, people, steps_done, write

CLEAN = "import polars as pl\n\ndef clean(table):\n    return table.with_columns(z=pl.lit(1))\n"
SECRET = people()["x"][0]


def with_step(folder: Path, code: str, text: str = GIVEN + OWN) -> Path:
    write(folder, text)
    (folder / "steps.py").write_text(code, encoding="utf-8")
    return folder


def test_what_it_makes_is_the_table(tmp_path: Path) -> None:
    folder = with_step(tmp_path / "p", CLEAN)
    run = carried_out(folder).run
    assert set(frame(folder, run, "table")["z"]) == {1}
    assert "z" not in frame(folder, run, "raw").columns
    assert not (folder / "__pycache__").exists()
    assert steps_done(folder, carried_out(folder).run) == set()


def test_an_edit_that_leaves_size_and_second_alone_is_seen(tmp_path: Path) -> None:
    folder = with_step(tmp_path / "p", CLEAN)
    carried_out(folder)
    (folder / "steps.py").write_text(CLEAN.replace("lit(1)", "lit(2)"))
    run = carried_out(folder).run
    assert {"clean", "validate", "evaluate"} <= steps_done(folder, run)
    assert "ingest" not in steps_done(folder, run)
    assert set(frame(folder, run, "table")["z"]) == {2}


def test_order_is_that_of_after(tmp_path: Path) -> None:
    code = "import polars as pl\n\ndef add(table, what):\n    old = table['z'][0] if 'z' in table.columns else ''\n"
    code += "    return table.with_columns(z=pl.lit(old + what))\n"
    step = '\n[[step]]\nname = "{0}"\nfunction = "steps.py:add"\nafter = "{1}"\nparameters = {{ what = "{0}" }}\n'
    text = GIVEN + step.format("c", "b") + step.format("b", "a") + step.format("a", "ingest")
    folder = with_step(tmp_path / "p", code, text)
    assert set(frame(folder, carried_out(folder).run, "table")["z"]) == {"abc"}


@pytest.mark.parametrize("after", ["clean", "nowhere", "other"])
def test_a_step_that_never_begins(tmp_path: Path, after: str) -> None:
    text = GIVEN + OWN + f'after = "{after}"\n'
    if after == "other":
        text += '\n[[step]]\nname = "other"\nfunction = "steps.py:clean"\nafter = "clean"\n'
    with pytest.raises(ConfigError, match="never begins"):
        read_project(with_step(tmp_path / "p", CLEAN, text))


def test_its_parameters_are_part_of_what_it_depends_on(tmp_path: Path) -> None:
    code = CLEAN.replace("(table)", "(table, *, by=1)").replace("lit(1)", "lit(by)")
    folder = with_step(tmp_path / "p", code, GIVEN + OWN + "parameters = { by = 5 }\n")
    assert set(frame(folder, carried_out(folder).run, "table")["z"]) == {5}
    edited(folder, ("by = 5", "by = 6"))
    run = carried_out(folder).run
    assert "clean" in steps_done(folder, run)
    assert set(frame(folder, run, "table")["z"]) == {6}


def test_a_file_that_it_reads_is_part_of_what_it_depends_on(tmp_path: Path) -> None:
    code = "import polars as pl\nfrom pathlib import Path\n\n"
    code += "def clean(table):\n    k = int((Path(__file__).parent / 'more' / 'k.txt').read_text())\n"
    code += "    return table.with_columns(z=pl.lit(k))\n"
    folder = with_step(tmp_path / "p", code, GIVEN + OWN + 'files = ["more/k.txt"]\n')
    (folder / "more").mkdir()
    (folder / "more" / "k.txt").write_text("5")
    assert set(frame(folder, carried_out(folder).run, "table")["z"]) == {5}
    assert steps_done(folder, carried_out(folder).run) == set()
    (folder / "more" / "k.txt").write_text("6")
    run = carried_out(folder).run
    assert "clean" in steps_done(folder, run)
    assert set(frame(folder, run, "table")["z"]) == {6}


def test_a_file_that_it_names_and_that_is_gone_or_outside(tmp_path: Path) -> None:
    folder = with_step(tmp_path / "p", CLEAN, GIVEN + OWN + 'files = ["k.txt"]\n')
    with pytest.raises(ConfigError, match=r"there is no file 'k\.txt'"):
        check_project(read_project(folder))
    with pytest.raises(InputError, match=r"no such file|not there|cannot"):
        carried_out(folder)
    (tmp_path / "k.txt").write_text("1")
    edited(folder, ('"k.txt"', '"../k.txt"'))
    with pytest.raises(ConfigError, match="leaves the project"):
        read_project(folder)


def test_a_lazy_table_is_collected(tmp_path: Path) -> None:
    folder = with_step(tmp_path / "p", CLEAN.replace("table.with", "table.lazy().with"))
    assert "z" in frame(folder, carried_out(folder).run, "table").columns


def test_code_as_people_write_it(tmp_path: Path) -> None:
    """Dataclasses look their own module up; byte order marks and lambdas are allowed."""
    code = "\ufefffrom __future__ import annotations\nfrom dataclasses import dataclass\n"
    code += "\n@dataclass\nclass A:\n    n: int\n"
    folder = with_step(tmp_path / "p", code + "\nclean = lambda table: table.head(A(300).n)\n")
    assert frame(folder, carried_out(folder).run, "table").height == 300


MISTAKES = {
    "missing": ("def cleans(table):\n    return table\n", "has no function 'clean'", "[[step]]"),
    "no function": ("clean = 3\n", "'clean' in steps.py is not a function", "[[step]]"),
    "raises": ("def clean(table):\n    raise ValueError(table['x'][0])\n", "stopped with ValueError", "steps.py:2"),
    "polars raises": ("def clean(table):\n    return table.select('p q')\n", "with ColumnNotFoundError", "steps.py:2"),
    "lazy raises": ("def clean(table):\n    return table.lazy().select('q')\n", "ColumnNotFoundError", "steps.py"),
    "leaves": ("import sys\n\ndef clean(table):\n    sys.exit(0)\n", "stopped with SystemExit", "steps.py:4"),
    "syntax": ("def clean(table):\n    return (table\n", "stopped with SyntaxError", "steps.py:2"),
    "import": ("import no_such_library\n", "stopped with ModuleNotFoundError", "steps.py:1"),
    "more wanted": ("def clean(table, *, by):\n    return table\n", "missing a required argument: 'by'", "[[step]]"),
    "takes nothing": ("def clean():\n    return None\n", "does not take what", "[[step]]"),
    "pandas": ("def clean(table):\n    return table.to_pandas()\n", "gave no Polars table", "steps.py:clean"),
    "nothing": ("def clean(table):\n    table.head()\n", "gave no Polars table", "steps.py:clean"),
    "objects": (CLEAN.replace("pl.lit(1)", "pl.Series([{1}] * table.height)"), "objects of Python", "steps.py:clean"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_told_by_place_and_without_data(tmp_path: Path, mistake: str) -> None:
    code, what, where = MISTAKES[mistake]
    folder = with_step(tmp_path / "p", code)
    with pytest.raises((ConfigError, InputError)) as told:
        carried_out(folder)
    assert what in told.value.what
    assert told.value.where == where
    assert f"{SECRET:.3f}" not in str(told.value)
    assert told.value.exit_code == 2
    with open_ledger(folder / ".sterling") as ledger:
        (context,) = ledger.contexts("run")
        assert context.properties["state"] == "failed"
        assert [e.state for e in ledger.executions(step="clean")] == ["failed"]
        assert not ledger.executions(step="validate")


def test_a_step_that_leaves_no_rows_stops_the_run(tmp_path: Path) -> None:
    folder = with_step(tmp_path / "p", "def clean(table):\n    return table.clear()\n")
    outcome = carried_out(folder)
    assert (outcome.state, outcome.exit_code, outcome.problems) == ("stopped", 1, ("the table has no rows",))


def test_a_step_that_loses_the_label(tmp_path: Path) -> None:
    folder = with_step(tmp_path / "p", "def clean(table):\n    return table.drop('y')\n")
    with pytest.raises(InputError, match="no column 'y'"):
        carried_out(folder)


def test_a_file_that_is_gone_and_one_outside(tmp_path: Path) -> None:
    folder = with_step(tmp_path / "p", CLEAN)
    (folder / "steps.py").unlink()
    with pytest.raises(InputError, match=r"no such file|steps\.py|not there|cannot"):
        carried_out(folder)
    (tmp_path / "steps.py").write_text(CLEAN)
    edited(folder, ("steps.py:clean", "../steps.py:clean"))
    with pytest.raises(ConfigError, match="leaves the project"):
        read_project(folder)
