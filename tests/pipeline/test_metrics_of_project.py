"""`[[metric]]`: a function of the project's own file, run by the run of the project and by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

import sterling as st
from sterling.core.errors import ConfigError
from sterling.core.metrics import SCORE_METRICS
from sterling.core.policy import Policy
from sterling.core.project_file import read_project
from sterling.pipeline.checking import check_project
from sterling.pipeline.finish import Outcome
from sterling.pipeline.gather import dossier
from tests.pipeline.small import GIVEN, OWN, carried_out, edited, ledger_of, people, steps_done, write

CODE = "import polars as pl\n\ndef mean_x(rows):\n    return rows.filter(pl.col('prediction') == 1)['x'].mean()\n"
METRIC = '\n[[metric]]\nname = "mean_x_chosen"\nfunction = "metrics.py:mean_x"\nreads = ["x"]\n'
LIMIT = '\n[[limit]]\nname = "own"\nmetric = "mean_x_chosen"\nmax_gap = 5\n'


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    before = dict(SCORE_METRICS)
    yield
    SCORE_METRICS.clear()
    SCORE_METRICS.update(before)


def project(folder: Path, code: str = CODE, text: str = GIVEN + METRIC + LIMIT) -> Path:
    write(folder, text)
    (folder / "metrics.py").write_text(code, encoding="utf-8")
    return folder


def found(outcome: Outcome) -> dict[str, float]:
    asked = outcome.dossier.run.asked
    rows = asked.filter(asked["metric"] == "mean_x_chosen").to_dicts()
    return {str(r["slice"]): r["value"] for r in rows}


def test_a_limit_names_it_and_the_run_measures_it(tmp_path: Path) -> None:
    outcome = carried_out(project(tmp_path / "p"))
    table = people()
    chosen = table.filter(table["p"] >= 0.5)
    assert found(outcome)["everyone"] == pytest.approx(chosen["x"].mean())
    own = [v for v in outcome.dossier.judgement.verdicts if v.limit is not None and v.limit.name == "own"]
    assert {v.verdict for v in own} == {"within"}
    assert not (tmp_path / "p" / "__pycache__").exists()


def test_an_ask_names_it_and_what_was_found_is_read_again(tmp_path: Path) -> None:
    ask = '\n[[ask]]\ncheck = "FA001"\nname = "gap of own"\nmetric = "mean_x_chosen"\n'
    limit = '\n[[limit]]\nname = "own"\nask = "gap of own"\nmax_gap = 5\n'
    folder = project(tmp_path / "p", text=GIVEN + METRIC + ask + limit)
    check_project(read_project(folder))
    first = carried_out(folder)
    assert {e.outcome for e in first.dossier.run.evidence if e.ask == "gap of own"} == {"measured"}
    with ledger_of(folder) as ledger:
        again = dossier(read_project(folder), ledger, first.run)
    assert found(first) == {
        str(r["slice"]): r["value"] for r in again.run.asked.filter(metric="mean_x_chosen").to_dicts()
    }


def test_it_is_what_st_metric_gives(tmp_path: Path) -> None:
    ours = carried_out(project(tmp_path / "p")).dossier.run.asked
    namespace: dict[str, object] = {}
    exec(CODE, namespace)
    st.metric("mean_x_chosen", reads=["x"])(namespace["mean_x"])  # type: ignore[type-var]
    theirs = st.evaluate(people(), label="y", positive=1, score="p", groups="g", policy=Policy.parse(LIMIT)).asked
    keys = ["slice", "value", "low", "high", "n_eligible"]
    one, other = (t.filter(t["metric"] == "mean_x_chosen").select(keys) for t in (ours, theirs))
    assert one.sort("slice").equals(other.sort("slice"))


def test_a_change_of_its_file_is_measured_anew_and_nothing_else(tmp_path: Path) -> None:
    folder = project(tmp_path / "p")
    first = found(carried_out(folder))
    assert steps_done(folder, carried_out(folder).run) == set()
    (folder / "metrics.py").write_text(CODE.replace("== 1", "== 0"))
    again = carried_out(folder)
    assert "evaluate" in steps_done(folder, again.run)
    assert "validate" not in steps_done(folder, again.run)
    assert found(again)["everyone"] != first["everyone"]


@pytest.mark.parametrize(("old", "new"), [('reads = ["x"]', 'reads = ["x"]\nlow = -9'), ('mean_x"', 'other"')])
def test_what_the_table_says_is_part_of_what_it_depends_on(tmp_path: Path, old: str, new: str) -> None:
    folder = project(tmp_path / "p", CODE + "\ndef other(rows):\n    return 1.0 * rows['x'].min()\n")
    carried_out(folder)
    edited(folder, (old, new))
    assert "evaluate" in steps_done(folder, carried_out(folder).run)


def test_files_that_it_reads_count_too(tmp_path: Path) -> None:
    code = "from pathlib import Path\n\ndef mean_x(rows):\n"
    code += "    return rows['x'].mean() + int((Path(__file__).parent / 'k.txt').read_text())\n"
    folder = project(tmp_path / "p", code, GIVEN + METRIC + 'files = ["k.txt"]\n' + LIMIT)
    (folder / "k.txt").write_text("1")
    first = found(carried_out(folder))["everyone"]
    (folder / "k.txt").write_text("2")
    assert found(carried_out(folder))["everyone"] == pytest.approx(first + 1)


def test_a_project_without_one_is_measured_by_the_key_it_had(tmp_path: Path) -> None:
    from sterling.pipeline.steps.measure import evaluate

    step = evaluate(read_project(write(tmp_path / "p")))
    assert "metrics" not in step.parameters
    assert step.files == ()


def test_plan_and_steps_go_with_it(tmp_path: Path) -> None:
    text = GIVEN + OWN + METRIC.replace('"x"', '"z"') + '\n[plan]\nmetrics = ["auc", "mean_x_chosen"]\n'
    folder = project(tmp_path / "p", CODE.replace("'x'", "'z'"), text)
    (folder / "steps.py").write_text("def clean(table):\n    return table.with_columns(z=2 * table['x'])\n")
    notices = " / ".join(check_project(read_project(folder)))
    assert "z (a metric reads) is not in the table as it is read; a step of yours must add it" in notices
    assert found(carried_out(folder))["everyone"] == pytest.approx(2 * people().filter(pl.col("p") >= 0.5)["x"].mean())


def test_reading_and_checking_run_nothing_of_it(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", "raise SystemExit('was run')\n" + CODE)
    check_project(read_project(folder))
    with pytest.raises(ConfigError, match="the metric 'mean_x_chosen' stopped with SystemExit") as caught:
        carried_out(folder)
    assert "metrics.py:1" in str(caught.value)
    assert "was run" not in str(caught.value)


def test_one_that_nothing_names_is_told(tmp_path: Path) -> None:
    notices = check_project(read_project(project(tmp_path / "p", text=GIVEN + METRIC)))
    assert "the metric mean_x_chosen is not measured: no limit, no ask and not [plan] metrics names it" in notices
    assert not any("not measured" in n for n in check_project(read_project(project(tmp_path / "p"))))


def test_what_it_prints_goes_to_stderr_and_its_mistakes_hold_no_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    carried_out(project(tmp_path / "p", "print('loading')\n" + CODE.replace("):\n", "):\n    print('rows')\n")))
    out, err = capsys.readouterr()
    assert "loading" not in out
    assert "rows" not in out
    assert "loading" in err
    wrong = CODE + "\ndef mean_x(rows):\n    raise ValueError(f\"secret {rows['x'][0]}\")\n"
    with pytest.raises(ConfigError) as caught:
        carried_out(project(tmp_path / "q", wrong))
    assert "the metric mean_x_chosen failed with ValueError" in str(caught.value)
    assert "secret" not in str(caught.value)


WRONG = [
    ('name = "mean_x_chosen"', 'name = "auc"', "a metric named auc exists already"),
    ('name = "mean_x_chosen"', 'name = "Mean X"', "is no name of a metric"),
    ('reads = ["x"]', 'reads = ["score"]', "reads a column called 'score'"),
    ('reads = ["x"]', 'reads = ["xx"]', "reads names 'xx', which is not a column of the data"),
    ('reads = ["x"]', "low = 2\nhigh = 1", "low is 2 and high is 1"),
    ('reads = ["x"]', 'direction = "up"', "direction is 'up'"),
    ('reads = ["x"]', 'red = ["x"]', "has no key 'red'"),
    ('reads = ["x"]', 'files = ["none.txt"]', "there is no file 'none.txt'"),
    ("metrics.py:mean_x", "metrics.py", "function is 'metrics.py'"),
    ("metrics.py:mean_x", "metrics.py:mean_y", "did you mean mean_x"),
    ("metrics.py:mean_x", "none.py:mean_x", "there is no file 'none.py'"),
    ("metrics.py:mean_x", "../metrics.py:mean_x", "the path leaves the project"),
    ('function = "metrics.py:mean_x"\n', "", "has no function"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_slips_are_named_with_their_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    folder = project(tmp_path / "p", text=GIVEN + METRIC)
    edited(folder, (old, new))
    with pytest.raises(ConfigError, match=r"sterling\.toml:(19|2\d): ") as caught:
        check_project(read_project(folder))
    assert said in str(caught.value)


def test_two_of_one_name_are_a_slip(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="another metric is named 'mean_x_chosen' too"):
        read_project(project(tmp_path / "p", text=GIVEN + METRIC + METRIC))


def test_a_policy_runs_no_code(tmp_path: Path) -> None:
    folder = project(tmp_path / "p", "raise SystemExit('was run')\n")
    for _ in range(2):  # whether or not the project was read before
        with pytest.raises(
            ConfigError, match=r"sterling\.toml:\d+: the metric mean_x_chosen is a function of a project's"
        ):
            Policy.load(folder / "sterling.toml")
        read_project(folder)
    with pytest.raises(ConfigError, match="unknown metric 'mean_x_chosen'"):
        Policy.parse(LIMIT)
    with pytest.raises(ConfigError, match="unknown metric 'mean_x_chosen'"):
        st.evaluate(people(), label="y", positive=1, score="p", groups="g", metrics=["mean_x_chosen"])
    with pytest.raises(ConfigError, match="only a run of that project loads"):
        st.evaluate(people(), label="y", positive=1, score="p", groups="g", policy=read_project(folder).policy)
