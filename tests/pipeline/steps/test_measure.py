"""Measuring and judging: the same rows give the same evidence bytes, and a verdict needs no second measurement."""

from __future__ import annotations

import json
from pathlib import Path

from tests.pipeline.small import GIVEN, artifacts, carried_out, edited, ledger_of, people, write


def document(folder: Path, role: str) -> dict[str, object]:
    run = carried_out(folder).run
    with ledger_of(folder) as ledger:
        found: dict[str, object] = json.loads(ledger.read(artifacts(folder, run)[role].digest))
    return found


def test_evidence_does_not_depend_on_the_order_of_rows_nor_on_where_it_is_made(tmp_path: Path) -> None:
    one, two = write(tmp_path / "1"), write(tmp_path / "2", GIVEN, people().sample(fraction=1, shuffle=True, seed=3))
    first, second = (artifacts(f, carried_out(f).run) for f in (one, two))
    assert first["evidence"].digest == second["evidence"].digest
    assert first["verdicts"].digest == second["verdicts"].digest


def test_verdicts_are_written_with_their_exit_code(tmp_path: Path) -> None:
    folder = write(tmp_path / "p")
    strict = document(folder, "verdicts")
    assert strict["format"] == "sterling.verdicts"
    assert strict["exit_code"] in (1, 3)
    edited(folder, ("max_gap = 0.1", "max_gap = 0.9"))
    assert document(folder, "verdicts")["exit_code"] == 0


def test_a_limit_on_something_not_yet_measured_is_measured(tmp_path: Path) -> None:
    folder = write(tmp_path / "p")
    before = json.dumps(document(folder, "evidence"))
    edited(folder, more='\n[[limit]]\nmetric = "f1"\nmax_gap = 0.5\n')
    after = json.dumps(document(folder, "evidence"))
    assert "f1 gap" in after
    assert "f1 gap" not in before
