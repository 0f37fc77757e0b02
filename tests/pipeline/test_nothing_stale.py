"""Nothing of one run is shown or used as another's: scores, facts, limits, files in the folder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression
from skops.io import dump

from sterling.core.project_file import read_project
from sterling.pipeline.conduct import after_decision
from sterling.pipeline.decisions import decide
from sterling.pipeline.gather import dossier
from tests.pipeline.small import (
    TRAINED,
    artifacts,
    carried_out,
    digests,
    edited,
    frame,
    ledger_of,
    people,
    steps_done,
    write,
)

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
MODEL = TRAINED.replace(
    '[train]\nrecipe = "logistic"\nfeatures = ["x", "kind"]\nfolds = 2\n', '[model]\npath = "m.skops"\n'
)
REVIEWED = TRAINED + "\n[review]\nrequired = 1\n"


def _auc(folder: Path, run: str) -> float:
    with ledger_of(folder) as ledger:
        asked = dossier(read_project(folder), ledger, run).run.asked
    return float(asked.filter((pl.col("metric") == "auc") & (pl.col("slice") == "everyone"))["value"][0])


def test_a_given_model_is_read_anew_when_the_label_is(tmp_path: Path) -> None:
    folder = write(tmp_path / "given", MODEL)
    table = people()
    dump(LogisticRegression().fit(table.select("x").to_pandas(), table["y"].to_numpy()), folder / "m.skops")
    first = _auc(folder, carried_out(folder).run)
    edited(folder, ("positive = 1", "positive = 0"))
    turned = carried_out(folder).run
    assert {"score", "evaluate"} <= steps_done(folder, turned)
    edited(folder, ("positive = 0", "positive = 1"))
    assert _auc(folder, carried_out(folder).run) == first > 0.6
    edited(folder, ('path = "m.skops"', 'path = "m.skops"\nname = "bought"'))
    renamed = carried_out(folder).run
    assert artifacts(folder, renamed)["scores"].properties["model"] == "bought"


def test_facts_of_equal_bytes_stay_with_their_run(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", TRAINED)
    two = carried_out(folder).run
    edited(folder, ("folds = 2", "folds = 3"))
    three = carried_out(folder).run
    with ledger_of(folder) as ledger:
        project = read_project(folder)
        told = [dossier(project, ledger, run).model for run in (two, three)]
    assert [m.cross_fitted for m in told if m is not None] == [2, 3]
    assert told[0] is not None and told[1] is not None and told[0].digest == told[1].digest


def test_the_role_of_a_column_matters_and_not_only_that_it_has_one(tmp_path: Path) -> None:
    table = people().with_columns(visit=pl.Series([i // 4 for i in range(400)]))
    folder = write(tmp_path / "small", TRAINED.replace('id = "id"', 'id = "id"\ntime = "visit"'), table)
    before = carried_out(folder).run
    edited(folder, ('time = "visit"', 'entity = "visit"'))
    after = carried_out(folder).run
    assert digests(folder, after)["scores"] != digests(folder, before)["scores"]
    assert digests(folder, carried_out(folder, fresh=True).run) == digests(folder, after)


def test_an_old_run_is_told_by_its_own_limits(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", TRAINED.replace("max_gap = 0.1", "max_gap = 0.01"))
    old = carried_out(folder)
    edited(folder, ("max_gap = 0.01", "max_gap = 0.9"))
    new = carried_out(folder)
    assert old.dossier is not None and new.dossier is not None
    with ledger_of(folder) as ledger:
        told = dossier(read_project(folder), ledger, old.run)
    then = [(v.verdict, v.limit.bound) for v in old.dossier.judgement.verdicts if v.limit is not None]
    assert [(v.verdict, v.limit.bound) for v in told.judgement.verdicts if v.limit is not None] == then
    assert then != [(v.verdict, v.limit.bound) for v in new.dossier.judgement.verdicts if v.limit is not None]
    assert told.project.digest == old.dossier.project.digest


@pytest.fixture
def signed(tmp_path: Path) -> tuple[Path, str]:
    """A project whose run Ada has signed over what stood in the way."""
    folder = write(tmp_path / "small", REVIEWED)
    run = carried_out(folder).run
    _decide(folder, run, "approve")
    return folder, run


def _decide(folder: Path, run: str, kind: str) -> tuple[Path, ...]:
    project = read_project(folder)
    with ledger_of(folder) as ledger:
        decide(project, ledger, run, kind=kind, by="Ada", reason="because", override=kind == "approve", now=NOW)  # type: ignore[arg-type]
        return after_decision(project, ledger, run)


def test_a_card_does_not_outlive_the_approval_it_speaks_of(signed: tuple[Path, str]) -> None:
    folder, run = signed
    card = folder / "model-card.md"
    assert "approved" in card.read_text(encoding="utf-8").lower()
    _decide(folder, run, "reject")
    text = card.read_text(encoding="utf-8").lower()
    assert "rejected by ada" in text
    assert "review: approved" not in text


def test_a_decision_about_an_older_run_leaves_the_files_of_the_newest(signed: tuple[Path, str]) -> None:
    folder, old = signed
    edited(folder, ("folds = 2", "folds = 3"))
    carried_out(folder)
    report = (folder / "report.html").read_bytes()
    assert "approved by ada" not in (folder / "model-card.md").read_text(encoding="utf-8").lower().split("## ")[0]
    assert _decide(folder, old, "reject") == ()
    assert (folder / "report.html").read_bytes() == report


def test_reweighing_reaches_the_scores_of_cross_fitting(tmp_path: Path) -> None:
    """That weights see the training rows of each fold alone is tested where folds are made."""
    folder = write(tmp_path / "small", TRAINED.replace("folds = 2", 'folds = 2\nreweigh = ["g"]'))
    scores = frame(folder, carried_out(folder).run, "scores")
    plain = write(tmp_path / "plain", TRAINED)
    assert not scores.equals(frame(plain, carried_out(plain).run, "scores"))
