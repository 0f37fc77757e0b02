"""The search for alternatives as a step: what it finds is kept, what it cannot say is said."""

from __future__ import annotations

from pathlib import Path

from tests.pipeline.small import TRAINED, artifacts, carried_out, people, steps_done, write

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
