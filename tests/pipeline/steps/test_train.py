"""Training: on which rows, with which columns and weights; the same rows give the same bytes."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import polars as pl
import pytest

from sterling.core.errors import InputError
from tests.pipeline.small import TRAINED, artifacts, carried_out, frame, ledger_of, people, write

OPEN = TRAINED.replace('\nfeatures = ["x", "kind"]', "").replace("folds = 2", "folds = 0")


def test_without_folds_only_the_part_to_train_on_is_seen(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", OPEN)
    run = carried_out(folder).run
    facts = artifacts(folder, run)["model"].properties
    assert facts["rows"] == (frame(folder, run, "split")["part"] == 0).sum()
    assert facts["folds"] == 0


@pytest.mark.parametrize(
    ("folds", "words"),
    [("folds = 0", None), ("folds = 2", "scores are cross-fitted: "), ("", "there are fewer than 20,000 rows: ")],
)
def test_that_the_released_model_learns_from_all_rows_is_a_look_at_those_for_certifying(
    tmp_path: Path, folds: str, words: str | None
) -> None:
    folder = write(tmp_path / "p", OPEN.replace("folds = 0", folds))
    run = carried_out(folder).run
    with ledger_of(folder) as ledger:
        looks = [o for o in ledger.openings() if o.step == "train"]
    facts = artifacts(folder, run)["model"].properties
    assert (facts["rows"] == 400) is bool(looks) is (words is not None)
    assert all(o.part == "certify" and o.n > 0 and o.why.startswith(words or "") for o in looks)
    assert all("the released model is trained on all rows" in o.why for o in looks)


def test_with_many_rows_nobody_learns_from_those_for_certifying_and_no_look_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("sterling.pipeline.steps.train"), "FEW_ROWS", 400)
    folder = write(tmp_path / "p", OPEN.replace("folds = 0", ""))
    run = carried_out(folder).run
    facts = artifacts(folder, run)["model"].properties
    assert facts["rows"] == (frame(folder, run, "split")["part"] == 0).sum()
    with ledger_of(folder) as ledger:
        assert [(o.step, o.part) for o in ledger.openings()] == [("score", "certify")]


def test_columns_with_a_role_are_no_features(tmp_path: Path) -> None:
    text = OPEN.replace('id = "id"', 'id = "id"\nweight = "w"\ntime = "t"')
    folder = write(tmp_path / "p", text, people().with_columns(w=1.0 + pl.col("id") % 3, t=pl.col("id")))
    facts = artifacts(folder, carried_out(folder).run)["model"].properties
    assert set(facts["features"]) == {"x", "kind", "p"}  # type: ignore[arg-type]


def test_weights_and_reweighing_make_another_model(tmp_path: Path) -> None:
    table = people().with_columns(w=1.0 + pl.col("id") % 3)
    texts = {
        "plain": OPEN, "weighted": OPEN.replace('id = "id"', 'id = "id"\nweight = "w"'),
        "reweighed": OPEN.replace("folds = 0", 'folds = 0\nreweigh = ["g"]'),
    }  # fmt: skip
    drop = {k: t.replace("folds = 0", 'folds = 0\ndrop = ["w"]') if k != "weighted" else t for k, t in texts.items()}
    made = {
        k: artifacts(f, carried_out(f).run)["model"] for k, t in drop.items() for f in [write(tmp_path / k, t, table)]
    }
    assert len({a.digest for a in made.values()}) == 3


def test_the_order_of_rows_is_of_no_account(tmp_path: Path) -> None:
    one, two = write(tmp_path / "1", OPEN), write(tmp_path / "2", OPEN, people().reverse())
    assert artifacts(one, carried_out(one).run)["model"].digest == artifacts(two, carried_out(two).run)["model"].digest


def test_labels_that_are_all_missing_in_the_part_to_train_on(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", OPEN)
    run = carried_out(folder).run
    seen = frame(folder, run, "table").filter(frame(folder, run, "split")["part"] == 0)["id"]
    hidden = pl.when(pl.col("id").is_in(seen.implode())).then(None).otherwise("y")
    write(folder, OPEN, people().with_columns(y=hidden))
    with pytest.raises(InputError, match="no row to train on has a label"):
        carried_out(folder)
