"""What is gathered of a run for its pages."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from sterling.core.dossier import Leaked
from sterling.core.project_file import read_project
from sterling.pipeline.gather import dossier, leaks_in
from sterling.pipeline.steps.split import PARTS
from tests.pipeline.small import TRAINED, carried_out, frame, ledger_of, people, write


def test_rows_that_the_parts_share_are_told_as_they_were_counted(tmp_path: Path) -> None:
    few = people(300).with_columns(pl.col("x").round(0), p=pl.lit(0.5))
    folder = write(tmp_path / "made", TRAINED.replace("folds = 2", "folds = 0"), few)
    run = carried_out(folder).run
    with ledger_of(folder) as ledger:
        told = dossier(read_project(folder), ledger, run).data.leaks
    table, part = frame(folder, run, "table"), frame(folder, run, "split")["part"]
    values = table.drop("id").rows()
    of = {name: [v for v, p in zip(values, part, strict=True) if p == i] for i, name in enumerate(PARTS)}
    pairs = [("train", "choose"), ("train", "certify"), ("choose", "certify")]
    assert {(x.kind, x.first, x.second, x.rows, x.n) for x in told} == {
        ("exact", first, second, sum(v in set(of[first]) for v in of[second]), len(of[second]))
        for first, second in pairs
    }
    assert any(0 < x.rows < x.n for x in told)


def test_a_split_of_before_they_were_counted_tells_of_none() -> None:
    assert leaks_in({"parts": {"train": 3}}) == ()
    assert leaks_in({"leaks": [["time", "train", "certify", 4, 9]]}) == (
        Leaked(kind="time", first="train", second="certify", rows=4, n=9),
    )
