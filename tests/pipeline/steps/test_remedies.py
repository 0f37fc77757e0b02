"""Remedies of a project: on the whole table, kept and taken again; on rows to learn from, fold by fold."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from sterling.cli.main import main
from sterling.core.errors import ConfigError
from sterling.core.project_file import read_project
from sterling.ledger import open_ledger
from sterling.pipeline.step import table_of
from sterling.pipeline.steps.remedies import Trained, table_remedies
from tests.projects import write_small


def _project(folder: Path, *remedies: str, repeat: int = 0) -> Path:
    write_small(folder)
    table = pl.read_csv(folder / "loans.csv")
    again = table.head(repeat).with_columns(pl.col("applicant") + 5_000)
    pl.concat([table, again]).write_csv(folder / "loans.csv")
    file = folder / "sterling.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n".join(["", *remedies]), encoding="utf-8")
    return folder


def _run(folder: Path) -> int:
    return main(["run", "--quiet", "--project", str(folder)])


def _made(folder: Path, kind: str) -> list[bytes]:
    project = read_project(folder / "sterling.toml")
    with open_ledger(project.state) as ledger:
        return [ledger.read(a.digest) for a in ledger.artifacts(type=kind)]


DEDUPLICATE = '[[remedy]]\nname = "deduplicate"'
RESAMPLE = '[[remedy]]\nname = "resampling"\nparameters = { method = "over" }'
REPAIR = '[[remedy]]\nname = "disparate-impact-remover"\nat_decision = true'


def test_a_table_remedy_makes_the_table_that_all_else_reads(tmp_path: Path) -> None:
    folder = _project(tmp_path / "p", DEDUPLICATE, repeat=40)
    assert _run(folder) in (0, 1, 3)
    heights = sorted(table_of(content).height for content in _made(folder, "table"))
    assert heights == [300, 340]
    assert table_of(_made(folder, "split")[0]).height == 300


def test_own_steps_come_first_and_a_second_run_takes_all_again(tmp_path: Path) -> None:
    step = '[[step]]\nname = "few"\nfunction = "steps.py:few"'
    folder = _project(tmp_path / "p", step, DEDUPLICATE, repeat=40)
    (folder / "steps.py").write_text("def few(table):\n    return table.filter(table['applicant'] != 6000)\n")
    assert _run(folder) in (0, 1, 3)
    assert sorted(table_of(content).height for content in _made(folder, "table")) == [300, 339, 340]
    before = len(_made(folder, "table"))
    assert _run(folder) in (0, 1, 3)
    assert len(_made(folder, "table")) == before


@pytest.mark.parametrize("remedy", [RESAMPLE, REPAIR])
def test_training_remedies_change_the_model_and_leave_the_table(tmp_path: Path, remedy: str) -> None:
    plain, treated = _project(tmp_path / "a"), _project(tmp_path / "b", remedy)
    assert _run(plain) in (0, 1, 3) and _run(treated) in (0, 1, 3)
    assert _made(plain, "table") == _made(treated, "table")
    assert _made(plain, "model") != _made(treated, "model")
    scores = [table_of(_made(f, "scores")[0]) for f in (plain, treated)]
    assert scores[0].height == scores[1].height == 300
    assert not scores[0][:, 1].equals(scores[1][:, 1])


def test_rows_that_were_not_learned_from_are_repaired_and_never_resampled(tmp_path: Path) -> None:
    project = read_project(_project(tmp_path / "a", RESAMPLE, REPAIR) / "sterling.toml")
    frame = pl.read_csv(tmp_path / "a" / "loans.csv")
    trained = Trained(project, frame.head(200))
    other = trained.other(frame.tail(100))
    assert other.height == 100
    assert not other["income"].equals(frame.tail(100)["income"])
    assert trained.frame.height > 200


def test_a_remedy_for_training_is_refused_where_it_cannot_be(tmp_path: Path) -> None:
    given = tmp_path / "given"
    write_small(given)
    file = given / "sterling.toml"
    text = file.read_text(encoding="utf-8")
    start = text.index("[train]")
    end = text.index("[[limit]]")
    file.write_text(text[:start] + '[model]\nscores = ["income"]\nkind = "raw"\n\n' + text[end:] + RESAMPLE, "utf-8")
    with pytest.raises(ConfigError, match="trains nothing"):
        table_remedies(read_project(file))
    search = read_project(_project(tmp_path / "s", RESAMPLE, "[alternatives]") / "sterling.toml")
    with pytest.raises(ConfigError, match="search for alternatives"):
        table_remedies(search)


def test_slips_are_told(tmp_path: Path) -> None:
    for i, (text, what) in enumerate(
        [
            ('[[remedy]]\nname = "dedupe"', "there is no remedy 'dedupe'"),
            ('[[remedy]]\nname = "deduplicate"\nparameters = { colums = ["a"] }', "no parameter 'colums'"),
            ('[[remedy]]\nname = "correlation-remover"', "looks at the group"),
        ]
    ):
        project = read_project(_project(tmp_path / str(i), text) / "sterling.toml")
        with pytest.raises(ConfigError, match=what):
            table_remedies(project) if "dedup" in text else Trained(project, pl.read_csv(project.folder / "loans.csv"))


def test_a_limit_on_leaks_is_held_against_the_projects_own_split(tmp_path: Path) -> None:
    """Rows come twice under another id: a split by id puts some of them on both sides; without repeats none is."""
    limit = '[[limit]]\nname = "no leaks"\nmetric = "leaked_share"\nmax = 0.05'
    folder = _project(tmp_path / "a", limit, repeat=200)
    assert _run(folder) == 1
    assert '"leaks"' in "".join(_facts(folder))
    assert _run(_project(tmp_path / "b", DEDUPLICATE, limit, repeat=200)) != 4
    assert _word(tmp_path / "a") == "over"
    assert _word(tmp_path / "b") != "over"


def _facts(folder: Path) -> list[str]:
    project = read_project(folder / "sterling.toml")
    with open_ledger(project.state) as ledger:
        return [json.dumps(dict(a.properties)) for a in ledger.artifacts(type="split")]


def _word(folder: Path) -> str:
    report = folder / "run.json"
    main(["run", "--quiet", "--project", str(folder), "--json", str(report)])
    verdicts = json.loads(report.read_text(encoding="utf-8"))["verdicts"]
    return str(next(v["verdict"] for v in verdicts if v.get("metric") == "leaked_share"))


def test_another_key_makes_other_pseudonyms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is no parameter and nothing is kept of it, so masking is done anew."""
    folder = _project(tmp_path / "p", '[[remedy]]\nname = "mask"\nparameters = { pseudonym = ["district"] }')
    for letter in "aab":
        monkeypatch.setenv("STERLING_MASK_KEY", letter * 32)
        assert _run(folder) in (0, 1, 3)
    made = [table_of(content) for content in _made(folder, "table")]
    values = {tuple(sorted(t["district"].drop_nulls().unique().to_list())) for t in made}
    assert len(values) == 3, "as read, by the first key, by the second"
