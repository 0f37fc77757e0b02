"""A run is made again from what was kept of it: the same bytes, also when the files it read are no longer there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from sterling.core.errors import InputError, LedgerError
from sterling.core.project_file import read_project
from sterling.core.records import Artifact
from sterling.ledger import open_ledger
from sterling.pipeline.conduct import Silent, all_steps
from sterling.pipeline.execution import Hands
from sterling.pipeline.reproduce import Reproduction, reproduce
from sterling.pipeline.step import Step
from tests.pipeline.small import GIVEN, OWN, TRAINED, artifacts, carried_out, copied, edited, ledger_of, people, write

STEPS = "import polars as pl\n\ndef clean(table):\n    return table.with_columns(z=pl.lit(1))\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a step of its own that trains, run once. Not to be changed."""
    folder = write(tmp_path_factory.mktemp("reproduce") / "made", TRAINED + OWN)
    (folder / "steps.py").write_text(STEPS)
    carried_out(folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return copied(made, tmp_path)


def again(folder: Path, run: str | None = None) -> Reproduction:
    def carry_out(steps: tuple[Step, ...], known: Mapping[str, Artifact], hands: Hands) -> dict[str, Artifact]:
        return all_steps(steps, known, hands, Silent())

    with ledger_of(folder) as ledger:
        named = run or ledger.contexts("run")[0].id
        return reproduce(
            read_project(folder), ledger, named, carry_out=carry_out,
            open_ledger=lambda place: open_ledger(place, create=True),
        )  # fmt: skip


def contents(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.name.startswith("ledger.db-")
    }


def test_every_byte_is_the_same_and_nothing_is_written(folder: Path) -> None:
    before = contents(folder)
    found = again(folder)
    assert (found.same, found.code_same, found.environment_same, found.notes) == (True, True, True, ())
    assert {p.role for p in found.parts} == {
        "raw", "table", "facts", "split", "model", "row_keys", "scores", "predictions", "evidence", "verdicts"
    }  # fmt: skip
    assert contents(folder) == before


def test_a_run_is_made_by_the_project_file_as_it_was(folder: Path) -> None:
    edited(folder, ("folds = 2", "folds = 3"), ("max_gap = 0.1", "max_gap = 0.4"))
    (folder / "scope.toml").write_text('purpose = "Another."\n')
    assert again(folder).same
    run = carried_out(folder).run
    assert again(folder, run).same


@pytest.mark.parametrize("gone", [False, True])
def test_data_that_changed_or_went(folder: Path, gone: bool) -> None:
    if gone:
        (folder / "people.parquet").unlink()
    else:
        people(seed=8).write_parquet(folder / "people.parquet")
    found = again(folder)
    assert found.same
    assert "raw" not in {p.role for p in found.parts}
    said = "is gone" if gone else "has changed since"
    assert found.notes == (f"what the step ingest read {said}: begun again from what the run kept of it",)


@pytest.mark.parametrize("gone", [False, True])
def test_code_of_the_project_that_changed_or_went(folder: Path, gone: bool) -> None:
    if gone:
        (folder / "steps.py").unlink()
    else:
        (folder / "steps.py").write_text(STEPS.replace("lit(1)", "lit(2)"))
    found = again(folder)
    assert found.same
    assert {"raw", "evidence"} <= {p.role for p in found.parts}
    assert "table" not in {p.role for p in found.parts}
    assert "what the step clean read" in found.notes[0]


def test_bytes_that_are_needed_and_gone(folder: Path) -> None:
    with ledger_of(folder) as ledger:
        run = ledger.contexts("run")[0].id
        ledger.path(artifacts(folder, run)["raw"].digest).unlink()
    assert again(folder).same  # the file is still there
    (folder / "people.parquet").unlink()
    with pytest.raises(InputError, match="the bytes that were kept are gone"):
        again(folder)


def test_a_project_file_that_is_gone_from_the_store(folder: Path) -> None:
    with ledger_of(folder) as ledger:
        context = ledger.contexts("run")[0]
        ledger.path(str(context.properties["project_digest"])).unlink()
    assert again(folder).same  # the file itself is as it was
    edited(folder, more="\n# changed since\n")
    with pytest.raises((LedgerError, InputError)) as told:
        again(folder)
    assert told.value.exit_code == 2
    assert told.value.hint


def test_another_code_and_another_environment_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sterling.pipeline.reproduce.code_digest", lambda: "0" * 64)
    monkeypatch.setattr("sterling.pipeline.reproduce.environment", lambda: b"{}")
    found = again(folder)
    assert (found.same, found.code_same, found.environment_same) == (True, False, False)


def test_other_bytes_are_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A training that does not come out as it did is named, and so is all that rests on it."""
    import importlib

    step = importlib.import_module("sterling.pipeline.steps.train")
    fit = step.fit

    def otherwise(*words: object, **more: object) -> object:
        made = fit(*words, **more)
        made.estimator.steps[-1][1].intercept_ += 0.25
        return replace(made)

    monkeypatch.setattr(step, "fit", otherwise)
    found = again(folder)
    assert [p.role for p in found.parts if not p.same] == ["model"]
    assert not found.same


def test_a_run_without_evidence(folder: Path) -> None:
    edited(folder, ('label = "y"', 'label = "zz"'))
    with pytest.raises(InputError):
        carried_out(folder)
    with ledger_of(folder) as ledger:
        failed = ledger.contexts("run")[-1].id
    found = again(folder, failed)
    assert found.same
    assert {p.role for p in found.parts} == set(artifacts(folder, failed))
    assert "evidence" not in artifacts(folder, failed)
    assert "failed and did not end" in found.notes[0]


ATTRIBUTED = TRAINED + '\n[plan]\nattributions = ["phi_*"]\n'
CHANGES = {
    "how many folds": (TRAINED, ("folds = 2", "folds = 0")),
    "no folds": (TRAINED.replace("folds = 2", "folds = 0"), ("folds = 0", "folds = 3")),
    "scores that are predictions": (GIVEN.replace('scores = ["p"]', 'predictions = ["d"]'), ("predictions", "scores")),
    "what is not shown to the recipe": (
        ATTRIBUTED.replace('features = ["x", "kind"]', ""), ("folds = 2", 'folds = 2\ndrop = ["phi_x"]'),
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_run_after_a_change_of_one_key_is_made_again_alike(tmp_path: Path, change: str) -> None:
    """No step takes over what it made under the key before: all that decides what it makes is part of its key."""
    text, edit = CHANGES[change]
    table = people(1200).with_columns(d=(pl.col("p") > 0.5).cast(pl.Int8), phi_x=pl.col("x") / 2)
    folder = write(tmp_path / "changed", text, table)
    carried_out(folder)
    edited(folder, edit)
    run = carried_out(folder).run
    found = again(folder, run)
    assert found.same, [p.role for p in found.parts if not p.same]
