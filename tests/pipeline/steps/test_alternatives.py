"""The search in a run: what candidates learn from, and what they are held against."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sterling.fairness.remedies import alternatives as remedy
from tests.pipeline.small import TRAINED, artifacts, carried_out, ledger_of, people, write

SEARCH = '\n[alternatives]\nbudget = 3\nrecipes = ["logistic"]\n'
BOTH = TRAINED.replace('groups = ["g"]', 'groups = ["g", "s"]').replace('"kind"]', '"kind", "s"]')


def searched(folder: Path, text: str, n: int = 1_200) -> dict[str, Any]:
    """What the search found, in a table where `s` is a second group column."""
    table = people(n).with_columns(s=pl.when(pl.col("id") % 3 == 0).then(pl.lit("m")).otherwise(pl.lit("f")))
    write(folder, text + SEARCH, table)
    run = carried_out(folder).run
    with ledger_of(folder) as ledger:
        found: dict[str, Any] = json.loads(ledger.read(artifacts(folder, run)["alternatives"].digest))["search"]
    return found


def test_candidates_learn_from_no_group_column_and_no_weight_made_from_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []
    real = remedy.fit
    monkeypatch.setattr(remedy, "fit", lambda *a, **k: seen.append(k) or real(*a, **k))
    found = searched(tmp_path / "p", BOTH.replace("folds = 2", 'folds = 2\nreweigh = ["g"]'))
    assert seen and all(k["weights"] is None for k in seen)
    assert all(not {"g", "s"} & set(k["features"]) for k in seen)
    assert "logistic" in [c["name"] for c in found["chosen"]]  # without s it is no longer the current model
    assert "s is among the current features; no candidate reads it." in found["notes"]
    assert any("candidates learn without them" in note for note in found["notes"])


def test_the_projects_own_weights_do_train_candidates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    real = remedy.fit
    monkeypatch.setattr(remedy, "fit", lambda *a, **k: seen.append(k) or real(*a, **k))
    text = TRAINED.replace('id = "id"', 'id = "id"\nweight = "p"').replace("folds = 2", 'folds = 2\nreweigh = ["g"]')
    searched(tmp_path / "p", text)
    shares = set(people(1_200)["p"].to_list())
    assert seen and all(set(k["weights"].tolist()) <= shares for k in seen)


def test_what_they_are_held_against_is_named_for_what_it_is(tmp_path: Path) -> None:
    crossed = searched(tmp_path / "crossed", TRAINED)
    assert crossed["current"]["name"] == "logistic (as in use, trained on the train part)"
    assert crossed["current"]["why"] == "the recipe in use, trained on fewer rows than the model in use"
    assert any("The model in use learned from all rows" in note for note in crossed["notes"])
    whole = searched(tmp_path / "whole", TRAINED.replace("folds = 2", "folds = 0"))
    assert (whole["current"]["name"], whole["current"]["why"]) == ("logistic (in use)", "the model in use")
    assert not any("learned from all rows" in note for note in whole["notes"])
