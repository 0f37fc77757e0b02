"""A limit set or loosened after a run had shown results says so wherever its verdict is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sterling.core.project_file import read_project
from sterling.pipeline.gather import dossier
from sterling.pipeline.wiring import card, project_page
from sterling.report import words
from sterling.report.exports.github import step_summary
from sterling.report.exports.junit import junit
from tests.pipeline.small import GIVEN, carried_out, copied, edited, ledger_of, people, steps_done, write

LIMIT = GIVEN[GIVEN.index("[[limit]]") :]
SET, LOOSENED = "limit set after results were seen", "limit loosened from at most 10 points after results were seen"


@pytest.fixture(scope="module")
def loosened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run under a limit, and again under one so wide that it is met. Not to be changed."""
    folder = write(tmp_path_factory.mktemp("seen") / "loosened")
    assert carried_out(folder).dossier.judgement.late == ()  # type: ignore[union-attr]
    edited(folder, ("max_gap = 0.1", "max_gap = 0.9"))
    assert carried_out(folder).exit_code == 0
    return folder


def test_a_limit_that_is_loosened_says_so_everywhere(loosened: Path) -> None:
    with ledger_of(loosened) as ledger:
        run = ledger.contexts("run")[-1].id
        told = dossier(read_project(loosened), ledger, run)
        verdicts = next(a for a in reversed(ledger.artifacts(type="verdicts", run=run)))
        kept = json.loads(ledger.read(verdicts.digest))
    (verdict,) = told.judgement.late
    assert words.late_text(verdict) == LOOSENED
    assert kept["verdicts"][0]["late"] == {"loosened_from": 0.1, "text": LOOSENED}
    assert verdicts.properties["late"] == 1
    made = {
        "page": project_page(told),
        "card": card(told, "model", "md").decode(),
        "html card": card(told, "model", "html").decode(),
        "github": step_summary(told.run, told.judgement),
        "junit": junit(told.run, told.judgement, policy=None, root=loosened).decode(),
    }
    for name, text in made.items():
        assert LOOSENED in text or LOOSENED.capitalize() in text, name
    assert "1 by a limit set or loosened after results were seen" in words.headline_counts(told.judgement)


def test_it_is_judged_again_from_the_ledger_as_it_was_then(loosened: Path) -> None:
    with ledger_of(loosened) as ledger:
        first, second = (c.id for c in ledger.contexts("run"))
        project = read_project(loosened)
        assert dossier(project, ledger, first).judgement.late == ()
        assert len(dossier(project, ledger, second).judgement.late) == 1


def test_a_limit_set_after_a_run_says_so_on_the_same_rows_only(tmp_path: Path) -> None:
    folder = write(tmp_path / "set", GIVEN.replace(LIMIT, ""))
    carried_out(folder)
    edited(folder, more=LIMIT.replace("0.1", "0.35"))
    for _ in range(2):
        outcome = carried_out(folder)
        assert [words.late_text(v) for v in outcome.dossier.judgement.late] == [SET]  # type: ignore[union-attr]
    assert "judge" not in steps_done(folder, outcome.run)
    people(500, seed=11).write_parquet(folder / "people.parquet")
    assert carried_out(folder).dossier.judgement.late == ()  # type: ignore[union-attr]


def test_tightening_is_not_late(loosened: Path, tmp_path: Path) -> None:
    folder = copied(loosened, tmp_path)
    edited(folder, ("max_gap = 0.9", "max_gap = 0.08"))
    assert carried_out(folder).dossier.judgement.late == ()  # type: ignore[union-attr]
