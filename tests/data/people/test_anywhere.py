"""The same answers wherever the rows are: in memory, or in parts that are counted elsewhere and merged."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl
import pytest

from sterling.core.codec import dump, plain
from sterling.core.plan import Plan, ask
from sterling.core.roles import Roles
from sterling.core.subject import Subject
from sterling.engine.grouping import with_groups
from sterling.engine.table import TableAccess
from sterling.pipeline.runner import ask_of_table
from tests.data.people.asking import INCOME

T = TypeVar("T")
GROUPS = ("sex", "race", "cut(age, 25, 40, 65)")


@dataclass(frozen=True)
class Parts:
    """A place of processes that share nothing: each part gets the job as bytes, and gives its result back as bytes."""

    parts: int
    name: str = "parts"

    def fold(
        self, table: pl.LazyFrame, job: Callable[[pl.DataFrame], T], merge: Callable[[T, T], T], *,
        progress: Callable[[int], None] | None = None,
    ) -> T:  # fmt: skip
        rows = table.collect().sample(fraction=1.0, shuffle=True, seed=self.parts)
        sent = pickle.dumps(job)
        total: T | None = None
        for i in range(self.parts):
            found: T = pickle.loads(pickle.dumps(pickle.loads(sent)(rows[i :: self.parts])))
            total = found if total is None else merge(found, total)
        assert total is not None
        return total


def access(place: Parts | None) -> TableAccess:
    roles = Roles(label="over_50k", groups=GROUPS, id="id", weight="w")
    frame = (
        pl.read_parquet(INCOME).head(8_000).with_columns(w=pl.Series(np.random.default_rng(0).uniform(0.1, 7, 8_000)))
    )
    table = with_groups(Subject(table=frame.lazy(), roles=roles)).table
    return TableAccess(name="income", table=table, roles=roles, rows=8_000, place=place)


SETTINGS: dict[str, dict[str, object]] = {
    "DA003": {"reference": "sex: female=0.51, male=0.49"}, "DA004": {}, "DA005": {"cross": 2}, "DA006": {},
    "DA009": {"features": ("hours_per_week",)},
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(SETTINGS))
def test_parts_give_the_same_bytes(code: str) -> None:
    plan = Plan(asks=(ask(code, **SETTINGS[code]),))
    here = ask_of_table(plan, access(None))
    assert here[0].outcome == "measured"
    for parts in (1, 7):
        assert dump(plain(ask_of_table(plan, access(Parts(parts))))) == dump(plain(here))


def test_files_in_any_layout(tmp_path: Path) -> None:
    """CSV and Parquet of the same rows, whole or in pieces, give the same findings."""
    from tests.data.people.asking import run

    frame = pl.read_parquet(INCOME).head(3_000).select("sex", "race", "hours_per_week", "workclass")
    frame.write_csv(tmp_path / "a.csv")
    (tmp_path / "parts").mkdir()
    for i in range(3):
        frame[i::3].write_parquet(tmp_path / "parts" / f"{i}.parquet")
    for code in ("DA005", "DA006"):
        findings = [
            run(str(tmp_path / name), code, groups=["sex", "race"]).evidence[0].findings for name in ("a.csv", "parts")
        ]
        assert findings[0] == findings[1]
