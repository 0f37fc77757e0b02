"""`[[metric]]` is of its own project alone: names, functions, files and what they print stay apart from all others."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import polars as pl
import pytest

import sterling as st
from sterling.core.errors import ConfigError
from sterling.core.metrics import SCORE_METRICS, resolve_metric
from sterling.core.project_file import read_project
from sterling.pipeline.checking import check_project
from sterling.pipeline.conduct import run_project
from sterling.pipeline.gather import dossier
from sterling.pipeline.own_code import quiet
from sterling.pipeline.own_metrics import known, measuring
from tests.pipeline.small import GIVEN, OWN, carried_out, edited, ledger_of, people, write
from tests.pipeline.test_metrics_of_project import CODE, LIMIT, METRIC, forgotten, found, project

__all__ = ["forgotten"]
PLAN = '\n[plan]\nmetrics = ["mean_x_chosen"]\n'


def test_an_old_run_is_read_without_changing_what_a_new_one_measures(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", CODE.replace("== 1", ">= 0"), GIVEN + METRIC + PLAN)
    table = people().with_columns(y=pl.when(pl.col("id") % 4 > 0).then("y"))
    table.write_parquet(folder / "people.parquet")
    then = carried_out(folder)
    assert found(then)["everyone"] == pytest.approx(table.drop_nulls("y")["x"].mean())
    edited(folder, ('reads = ["x"]', 'reads = ["x"]\nneeds_label = false'))
    now = read_project(folder)
    with ledger_of(folder) as ledger:
        dossier(now, ledger, then.run)
        outcome = run_project(now, ledger)
    assert found(outcome)["everyone"] == pytest.approx(table["x"].mean())


def test_two_projects_may_give_one_name_to_different_functions(tmp_path: Path) -> None:
    one = project(tmp_path / "one", text=GIVEN + METRIC + PLAN)
    other = project(tmp_path / "other", CODE.replace("mean()", "max()"), GIVEN + METRIC + PLAN)
    before, projects = dict(SCORE_METRICS), [read_project(one), read_project(other)]
    values = []
    for read in projects:
        with ledger_of(read.folder) as ledger:
            values.append(found(run_project(read, ledger))["everyone"])
    chosen = people().filter(pl.col("p") >= 0.5)["x"]
    assert values == [pytest.approx(chosen.mean()), pytest.approx(chosen.max())]
    assert before == SCORE_METRICS


def test_a_metric_of_a_notebook_stays_what_it_was(tmp_path: Path) -> None:
    @st.metric("mean_x_chosen", reads=["x"])
    def _notebook(rows: pl.DataFrame) -> float:
        return 100 + rows["x"].mean()  # type: ignore[operator, return-value]

    folder = project(tmp_path / "p")
    check_project(read_project(folder))
    assert found(carried_out(folder))["everyone"] < 50
    run = st.evaluate(people(), label="y", positive=1, score="p", groups="g", metrics="mean_x_chosen")
    assert run.asked.filter(metric="mean_x_chosen")["value"].min() > 50  # type: ignore[operator]


def test_projects_in_two_threads_do_not_see_each_other(tmp_path: Path) -> None:
    ones = [read_project(project(tmp_path / n, CODE.replace("'x'].mean()", f"'x'].mean() * 0 + {n}"))) for n in "12"]
    rows = pl.DataFrame({"prediction": [1, 1], "x": [3.0, 4.0]})
    inside, first_left = threading.Barrier(2), threading.Event()
    values: dict[str, float | None] = {}

    def work(place: int) -> None:
        with measuring(ones[place]):
            inside.wait(60)
            if place == 1:
                assert first_left.wait(60)
            own = ones[place].policy.limits[1].metric.own  # type: ignore[union-attr]
            named = resolve_metric("mean_x_chosen").own  # type: ignore[union-attr]
            values[str(place + 1)] = own.function(rows)  # type: ignore[union-attr]
            assert named is not None
            assert named.function(rows) == values[str(place + 1)]
        first_left.set()

    stdout = sys.stdout
    threads = [threading.Thread(target=work, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert values == {"1": 1.0, "2": 2.0}
    assert sys.stdout is stdout
    with pytest.raises(ConfigError, match="unknown metric"):
        resolve_metric("mean_x_chosen")


def test_stdout_comes_back_whoever_leaves_first(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = quiet(), quiet()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    print("within")
    second.__exit__(None, None, None)
    print("after")
    assert capsys.readouterr() == ("after\n", "within\n")


@pytest.mark.parametrize("status", ["0", "1", "'secret'"])
def test_one_that_exits_stops_the_run_as_any_error_does(tmp_path: Path, status: str) -> None:
    folder = project(tmp_path / "p", f"import sys\n\ndef mean_x(rows):\n    sys.exit({status})\n")
    with pytest.raises(ConfigError, match="the metric mean_x_chosen failed with SystemExit") as caught:
        carried_out(folder)
    assert "secret" not in str(caught.value)


def _linked(folder: Path) -> Path:
    """A link whose `..` is outside for the system, and inside for whoever folds the text."""
    outside = folder.parent / "outside"
    (outside / "deep").mkdir(parents=True)
    for name in ("metrics.py", "steps.py"):
        (outside / name).write_text("raise RuntimeError('code of others')\n")
    (folder / "steps.py").write_text("def clean(table):\n    return table\n")
    (folder / "link").symlink_to(outside / "deep")
    return folder


@pytest.mark.parametrize("key", ["function", "files"])
@pytest.mark.parametrize(("table", "file"), [(METRIC, "metrics.py"), (OWN, "steps.py")])
def test_a_path_is_where_the_system_says_it_is(tmp_path: Path, table: str, file: str, key: str) -> None:
    text = table.replace(file, f"link/../{file}") if key == "function" else f'{table}files = ["link/../{file}"]\n'
    folder = _linked(project(tmp_path / "p", text=GIVEN + text))
    with pytest.raises(ConfigError, match=rf"sterling\.toml:\d+: {file} leads outside the project"):
        read_project(folder)


def test_a_link_inside_the_project_is_followed_and_its_file_is_measured_anew(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", text=GIVEN + METRIC.replace("metrics.py", "now/metrics.py") + LIMIT)
    for version in ("mean", "max"):
        (folder / version).mkdir()
        (folder / version / "metrics.py").write_text(CODE.replace("mean()", f"{version}()"))
    values = []
    for version in ("mean", "max"):
        (folder / "now").unlink(missing_ok=True)
        (folder / "now").symlink_to(version)
        check_project(read_project(folder))
        values.append(found(carried_out(folder))["everyone"])
    chosen = people().filter(pl.col("p") >= 0.5)["x"]
    assert values == [pytest.approx(chosen.mean()), pytest.approx(chosen.max())]


def test_a_file_of_two_metrics_is_run_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two = METRIC.replace("mean_x_chosen", "also").replace("metrics.py:mean_x", "metrics.py:twice")
    code = CODE + "\nprint('was run')\n\ndef twice(rows):\n    return 2 * mean_x(rows)\n"
    folder = project(tmp_path / "p", code, GIVEN + METRIC + two + '\n[plan]\nmetrics = ["mean_x_chosen", "also"]\n')
    asked = carried_out(folder).dossier.run.asked
    assert capsys.readouterr().err.count("was run") == 1
    one, other = (asked.filter(metric=m, slice="everyone")["value"][0] for m in ("mean_x_chosen", "also"))
    assert other == pytest.approx(2 * one)


def test_files_of_one_name_are_modules_of_their_own(tmp_path: Path) -> None:
    code = "import sys\n\nMINE = {}\n\ndef mine(rows):\n    return sys.modules[__name__].MINE + 0 * rows['x'].mean()\n"
    tables = [METRIC.replace("mean_x_chosen", f"of_{n}").replace("metrics.py:mean_x", f"{n}/m.py:mine") for n in "ab"]
    folder = write(tmp_path / "p", GIVEN + "".join(tables))
    for place, name in enumerate("ab"):
        (folder / name).mkdir()
        (folder / name / "m.py").write_text(code.format(place))
    rows = pl.DataFrame({"x": [1.0]})
    with measuring(read_project(folder)):
        given = [resolve_metric(f"of_{n}").own.function(rows) for n in "ab"]  # type: ignore[union-attr]
    assert given == [0.0, 1.0]


def test_its_formula_is_the_function_unless_it_says_one(tmp_path: Path) -> None:
    from sterling.core.project_keys import KEYS

    assert KEYS["metric"]["formula"].default == "the function"
    with known(read_project(project(tmp_path / "p"))):
        assert resolve_metric("mean_x_chosen").info.formula == "metrics.py:mean_x"
