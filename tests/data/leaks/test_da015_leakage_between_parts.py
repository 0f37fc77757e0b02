"""DA015: rows that stand on both sides of a split, entities that do, and rows from before training ended."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from sterling.core.data.copies import Leak
from sterling.core.errors import ConfigError
from sterling.core.evidence import Evidence
from tests.data.about import ask_table, verdict
from tests.house.law import ROOT
from tests.worlds.world import allowed

LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"


def people(seed: int, n: int = 900, leaked: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {"x": rng.normal(size=n), "part": rng.permutation(["train"] * (n * 2 // 3) + ["test"] * (n // 3))}
    )
    again = frame.filter(part="train").head(leaked).with_columns(part=pl.lit("test"))
    return pl.concat([frame, again]).with_row_index("id")


def leak(evidence: Evidence, kind: str = "exact") -> Leak:
    assert evidence.outcome == "measured", evidence.reason
    assert evidence.about is not None and evidence.about.leaks is not None
    (found,) = [f for f in evidence.about.leaks.between if f.kind == kind]
    return found


def test_by_hand() -> None:
    frame = pl.DataFrame(
        {
            "id": range(7),
            "part": ["train", "train", "train", "test", "test", "test", None],
            "x": [1, 2, 3, 1, 1, 9, 1],
            "home": ["a", "b", None, "b", "c", None, "a"],
            "day": [dt.date(2026, 1, d) for d in (1, 2, 5, 4, 5, 6, 1)],
        }
    )
    evidence = ask_table("DA015", frame.drop("home", "day"), id="id", split="part")
    assert (leak(evidence).n, leak(evidence).rows) == (3, 2)
    assert (leak(evidence).first, leak(evidence).second) == ("train", "test")
    more = ask_table("DA015", frame, split="part", entity="home", time="day")
    assert (leak(more, "entity").n, leak(more, "entity").rows) == (2, 1)
    assert (leak(more, "time").n, leak(more, "time").rows) == (3, 1)
    assert {f.columns for f in more.findings} == {(), ("home",), ("day",)}


def test_planted_copies_are_over_the_limit() -> None:
    evidence = ask_table("DA015", people(1, leaked=40), id="id", split="part")
    assert leak(evidence).rows == 40
    assert verdict(evidence, "leaked_share", "max = 0.05") == "over"
    assert str(evidence.findings[0].first.slice) == "part=test"


def test_planted_near_texts_between_tables() -> None:
    rng = np.random.default_rng(3)
    texts = [" ".join(f"w{i}" for i in rng.integers(0, 3_000, 30)) for _ in range(200)]
    later = [t + " once more" for t in texts[:25]] + [t.replace("1", "x") for t in texts[100:]]
    found = leak(ask_table("DA015", pl.DataFrame({"t": later}), others=[pl.DataFrame({"t": texts})]), "near")
    assert (found.n, found.rows, found.by) == (125, 25, "t")


def test_null_parts_are_within() -> None:
    evidence = ask_table("DA015", people(2, n=3_000), id="id", split="part")
    assert leak(evidence).rows == 0
    assert verdict(evidence, "leaked_share", "max = 0.01") == "within"


def test_null_worlds_alarm_at_most_as_promised() -> None:
    """Every row of the test part is in training with probability 0.1; entities are found alike."""
    worlds, alarms = 120, 0
    for seed in range(worlds):
        rng = np.random.default_rng(seed)
        test = np.where(rng.random(200) < 0.1, np.arange(200), 1_000 + np.arange(200))
        train = pl.DataFrame({"x": np.arange(200)})
        evidence = ask_table("DA015", pl.DataFrame({"x": test}), others=[train])
        alarms += evidence.findings[0].low > 0.1
    assert alarms / worlds <= allowed(0.05, worlds)


def test_tables_beside_each_other_say_what_a_split_says_in_any_order() -> None:
    frame = people(4, leaked=30)
    split = leak(ask_table("DA015", frame, id="id", split="part"))
    train, test = (frame.filter(part=p).drop("part") for p in ("train", "test"))
    tables = leak(ask_table("DA015", test.sample(fraction=1, shuffle=True, seed=1), others=[train.reverse()], id="id"))
    assert (tables.n, tables.rows, tables.share) == (split.n, split.rows, split.share)


def test_on_real_data_a_split_by_row_does_not_leak_and_one_with_copies_does() -> None:
    frame = pl.read_parquet(LENDING)
    parts = pl.Series("part", np.where(np.arange(frame.height) % 3 == 0, "test", "train"))
    assert leak(ask_table("DA015", frame.with_columns(parts), id="id", split="part")).rows == 0
    doubled = pl.concat([frame.with_columns(parts), frame.head(90).with_columns(part=pl.lit("test"))])
    want = int((parts.head(90) == "train").sum())
    assert leak(ask_table("DA015", doubled, id="id", split="part")).rows == want + 0


def test_slips_are_told() -> None:
    frame = people(0)
    assert "nor is there another table" in ask_table("DA015", frame).reason
    with pytest.raises(ConfigError, match="names 1 parts"):
        ask_table("DA015", frame.with_columns(one=1), split="one")
    with pytest.raises(ConfigError, match="no part is called 'dev'"):
        ask_table("DA015", frame, split="part", train="dev")
    with pytest.raises(ConfigError, match="is no time"):
        ask_table("DA015", frame.with_columns(t=pl.lit("x")), split="part", time="t")
