"""The search for alternatives as a step: what it finds is kept, what it cannot say is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from sterling.core.errors import ConfigError
from sterling.core.project_file import read_project
from sterling.pipeline.conduct import run_project
from sterling.pipeline.finish import Outcome
from sterling.pipeline.gather import project_then
from tests.pipeline.small import TRAINED, artifacts, carried_out, ledger_of, people, steps_done, write

SEARCHED = TRAINED + '\n[alternatives]\nbudget = 3\nrecipes = ["logistic"]\n'


def test_what_was_found_is_in_the_report(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", SEARCHED)
    outcome = carried_out(folder)
    assert outcome.dossier is not None and outcome.dossier.alternatives is not None
    found = outcome.dossier.alternatives
    assert len(found.chosen) <= 3
    assert found.n_chosen + found.n_certified < 400
    assert {o.part for o in outcome.dossier.openings if o.step == "alternatives"} == {"choose", "certify"}
    assert "alternatives" in steps_done(folder, outcome.run)
    assert "alternatives" not in steps_done(folder, carried_out(folder).run)


def test_too_few_people_to_choose_by_do_not_stop_a_run(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", SEARCHED, people(120))
    outcome = carried_out(folder)
    assert outcome.dossier is not None and outcome.dossier.alternatives is None
    assert "fewer than two groups of 'g' have 30 people" in str(
        artifacts(folder, outcome.run)["alternatives"].properties
    )
    assert any("no alternative was looked for" in n for n in outcome.notices)
    assert "No alternative was looked for" in (folder / "report.html").read_text(encoding="utf-8")


def with_budget(folder: Path, budget: int | None) -> Outcome:
    with ledger_of(folder) as ledger:
        return run_project(read_project(folder), ledger, budget=budget)


def test_a_run_may_have_a_budget_of_its_own(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", SEARCHED)
    plain = carried_out(folder)
    told = with_budget(folder, 1)
    assert steps_done(folder, told.run) == {"alternatives"}, "another budget is another search, and nothing else"
    assert told.dossier is not None and told.dossier.alternatives is not None
    assert (told.dossier.alternatives.budget, len(told.dossier.alternatives.chosen)) == (1, 1)
    assert told.dossier.project.search is not None
    assert told.dossier.project.search.budget == 1, "the report says what the run was told"
    assert steps_done(folder, with_budget(folder, 1).run) == set()
    same = with_budget(folder, 3)
    assert steps_done(folder, same.run) == set(), "as the file has it"
    with ledger_of(folder) as ledger:
        contexts = {c.id: c for c in ledger.contexts("run")}
        assert [contexts[o.run].properties.get("budget") for o in (plain, told, same)] == [None, 1, 3]
        then = project_then(read_project(folder), ledger, contexts[told.run])
    assert then.search is not None
    assert then.search.budget == 1, "and so it is made again"


def test_a_budget_that_cannot_be(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", SEARCHED)
    for budget in (0, -1, 1_001):
        with pytest.raises(ConfigError, match=f"a budget of {budget}"):
            with_budget(folder, budget)
    plain = write(tmp_path / "plain", TRAINED)
    with pytest.raises(ConfigError, match="searches for no alternatives"):
        with_budget(plain, 5)
