"""What changed from one run to another, against numbers made by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sterling.cli.before_after import before_after
from sterling.core.errors import InputError
from sterling.core.project_file import read_project
from sterling.pipeline.difference import Difference, difference
from tests.pipeline.small import GIVEN, TRAINED, carried_out, copied, edited, killed, ledger_of, people, write

SIDES = ("value", "low", "high")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write(tmp_path_factory.mktemp("difference") / "made", GIVEN)
    carried_out(folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return copied(made, tmp_path)


def compared(folder: Path, *, other_way: bool = False) -> Difference:
    """The first run of a project held against its last."""
    with ledger_of(folder) as ledger:
        runs = [c.id for c in ledger.contexts("run")]
        ends = (runs[-1], runs[0]) if other_way else (runs[0], runs[-1])
        return difference(read_project(folder), ledger, *ends)


def after(folder: Path, change: Callable[[], object]) -> Difference:
    change()
    carried_out(folder)
    return compared(folder)


def test_the_same_again_is_no_difference(folder: Path) -> None:
    found = after(folder, lambda: None)
    assert (found.changes, found.verdicts, found.moved.height, found.same_people) == ((), (), 0, True)
    assert found.estimates.height == 63 - found.estimates["value_before"].null_count()
    assert found.estimates["change"].abs().max() == 0


def test_intervals_of_changes_are_squared_and_added(folder: Path) -> None:
    """Zou and Donner 2008: each distance to the facing bound, by its square."""
    found = after(folder, lambda: people(600, seed=9).write_parquet(folder / "people.parquet"))
    assert not found.same_people
    assert found.estimates.height > 20
    for row in found.estimates.iter_rows(named=True):
        (v1, l1, u1), (v2, l2, u2) = ([row[f"{s}{side}"] for s in SIDES] for side in ("_after", "_before"))
        assert row["change"] == pytest.approx(v1 - v2, abs=1e-15)
        assert row["change_low"] == pytest.approx(v1 - v2 - np.sqrt((v1 - l1) ** 2 + (u2 - v2) ** 2), abs=1e-12)
        assert row["change_high"] == pytest.approx(v1 - v2 + np.sqrt((u1 - v1) ** 2 + (v2 - l2) ** 2), abs=1e-12)
    kinds = {(c.kind, c.name) for c in found.changes}
    assert ("files", "ingest: people.parquet") in kinds
    assert ("artifact", "table") in kinds
    assert not {k for k, _ in kinds} & {"code", "parameters", "project", "environment"}
    back = compared(folder, other_way=True)
    assert back.estimates["change"].sum() == pytest.approx(-found.estimates["change"].sum())


def test_what_moved_comes_largest_first(folder: Path) -> None:
    def change() -> None:
        people().with_columns(p=pl.col("p") * 0.5).write_parquet(folder / "people.parquet")

    moved = after(folder, change).moved
    assert moved["change"].abs().is_sorted(descending=True)
    assert "selection_rate" in set(moved["metric"])
    assert ((moved["change_low"] > 0) | (moved["change_high"] < 0)).all()


def test_each_run_is_judged_by_its_own_limits(folder: Path) -> None:
    """Widening a limit changes the verdict; neither run is judged by what the file says today."""
    found = after(folder, lambda: edited(folder, ("max_gap = 0.1", "max_gap = 0.9")))
    (verdict,) = found.verdicts
    assert (verdict.question, verdict.after) == ("alike", "within")
    assert verdict.before in ("over", "undecided")
    assert found.moved.height == 0
    edited(folder, ("max_gap = 0.9", "max_gap = 0.0"))
    assert compared(folder).verdicts == found.verdicts


def test_a_limit_that_is_renamed_or_moved_is_the_same(folder: Path) -> None:
    def change() -> None:
        edited(
            folder,
            ('"alike"', '"treated alike"'),
            ("[[limit]]", '[[limit]]\nmetric = "accuracy"\nmin = 0.01\n\n[[limit]]'),
        )

    found = after(folder, change)
    assert {(v.before, v.after) for v in found.verdicts} == {(None, "within")}
    assert not [v for v in found.verdicts if "alike" in v.question]


def test_a_limit_that_is_new_or_gone(folder: Path) -> None:
    found = after(folder, lambda: edited(folder, ('"selection_rate"', '"accuracy"')))
    assert sorted((v.before is None, v.after is None) for v in found.verdicts) == [(False, True), (True, False)]


def test_two_limits_that_ask_the_same_are_told_apart(tmp_path: Path) -> None:
    more = '\n[[limit]]\nname = "wide"\nmetric = "selection_rate"\nmax_gap = 0.95\n'
    folder = write(tmp_path / "p", GIVEN + more)
    carried_out(folder)
    found = after(folder, lambda: edited(folder, ("max_gap = 0.95", "max_gap = 0.0")))
    assert [(v.question, v.before) for v in found.verdicts] == [("wide", "within")]


def test_models_pair_when_each_run_has_one(folder: Path) -> None:
    def change() -> None:
        people().rename({"p": "p2"}).write_parquet(folder / "people.parquet")
        edited(folder, ('scores = ["p"]', 'scores = ["p2"]'))

    found = after(folder, change)
    assert found.estimates.height > 20
    assert found.verdicts == ()
    changed = {c.name: (c.before, c.after) for c in found.changes if c.kind == "parameters"}
    assert changed["evaluate: columns"] == ("p, probability", "p2, probability")


def test_several_models_pair_by_name(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", GIVEN.replace('["p"]', '["p", "q"]'), people().with_columns(q=1 - pl.col("p")))
    carried_out(folder)
    found = after(folder, lambda: edited(folder, ('["p", "q"]', '["q", "p"]')))
    assert found.estimates["change"].abs().max() == 0
    assert set(found.estimates["model"]) == {"p", "q"}
    assert found.verdicts == ()


def test_parameters_are_named_one_by_one(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", TRAINED)
    carried_out(folder)
    found = after(folder, lambda: edited(folder, ("folds = 2", "folds = 3\nparameters = { C = 0.5 }")))
    changed = {c.name: (c.before, c.after) for c in found.changes if c.kind == "parameters"}
    assert changed["train: folds"] == ("2", "3")
    assert changed["train: parameters.C"] == (None, "0.5")
    assert {"project"} <= {c.kind for c in found.changes}


def test_a_run_without_evidence(folder: Path) -> None:
    """What it recorded is compared, and that it failed is said."""
    edited(folder, ('label = "y"', 'label = "zz"'))
    with pytest.raises(InputError):
        carried_out(folder)
    found = compared(folder)
    assert (found.both_measured, found.verdicts, found.estimates.height, found.moved.height) == (False, (), 0, 0)
    failed, unmeasured = found.notes
    assert "failed and did not end" in failed
    assert "measured nothing" in unmeasured
    changed = {(c.kind, c.name): (c.before, c.after) for c in found.changes}
    assert changed["step", "evaluate"] == ("carried out", "not carried out")
    assert changed["artifact", "evidence"][1] is None


@pytest.mark.parametrize("at_work", [False, True])
def test_a_run_that_did_not_end(folder: Path, at_work: bool) -> None:
    """Its numbers are compared; a step that it did not get to is one change, not one for each of its settings."""
    people(600, seed=9).write_parquet(folder / "people.parquet")
    carried_out(folder)
    killed(folder, "judge")
    with ledger_of(folder) as ledger:
        was, now = (c.id for c in ledger.contexts("run"))
        found = difference(read_project(folder), ledger, was, now, at_work=at_work)
    assert found.both_measured
    assert found.estimates.height > 20
    assert [n.split(" ", 3)[3] for n in found.notes] == [
        "is still at work: this is what it has recorded so far" if at_work
        else "was killed and did not end: this is what it had recorded"
    ]  # fmt: skip
    assert not [c for c in found.changes if c.kind == "parameters"]
    assert [(c.before, c.after) for c in found.changes if c.kind == "step"] == [("carried out", "not carried out")]


def test_a_limit_that_is_gone_names_what_was_set(folder: Path) -> None:
    """Of what was never set there is nothing to say."""
    wide = '\n[[limit]]\nmetric = "accuracy"\nmin = 0.01\n'
    found = after(folder, lambda: edited(folder, more=wide))
    changed = {c.name: (c.before, c.after) for c in found.changes if c.kind == "parameters"}
    assert changed["judge: limits.1.bound"] == (None, "0.01")
    assert "judge: limits.1.against" not in changed
    assert not {"None", ""} & {text for pair in changed.values() for text in pair}


def test_a_limit_that_came_late_is_told_in_words(folder: Path) -> None:
    edited(folder, ("max_gap = 0.1", "max_gap = 0.9"))
    found = after(folder, lambda: edited(folder, more='\n[[limit]]\nmetric = "accuracy"\nmin = 0.01\ngroups = ["g"]\n'))
    changed = {c.name: (c.before, c.after) for c in found.changes if c.kind == "parameters"}
    assert changed["judge: late.selection_rate max_gap"] == (None, "loosened from 0.1 after results were seen")
    assert changed["judge: late.accuracy min g"] == (None, "set after results were seen")


def test_a_waiver_is_told_in_words(folder: Path) -> None:
    waiver = '\n[[waiver]]\nlimit = "alike"\nowner = "Olu"\nreason = "known"\nexpires = 2999-12-31\n'
    found = after(folder, lambda: edited(folder, more=waiver))
    changed = {c.name: (c.before, c.after) for c in found.changes if c.kind == "parameters"}
    assert changed["judge: waivers.alike"] == (None, "Olu until 2999-12-31: known")


def test_hostile_names_do_nothing_in_markdown(tmp_path: Path) -> None:
    name = "a|b <script>`x` \x1b[31m"
    table = people().with_columns(g=pl.when(pl.col("g") == "a").then(pl.lit(name)).otherwise("g"))
    folder = write(tmp_path / "p", GIVEN.replace('"alike"', '"a|b <script> `x`"'), table)
    carried_out(folder)

    def change() -> None:
        table.with_columns(p=pl.col("p") * 0.4).write_parquet(folder / "people.parquet")

    text = before_after(after(folder, change))
    assert "script" in text
    assert "<script" not in text
    assert "\x1b" not in text
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.replace("\\|", "").count("|") in (4, 5), line
