"""DA014: repeats are counted as a plain group-by counts them, texts that are nearly the same are found."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hyp

from sterling.core.errors import ConfigError
from sterling.core.evidence import Evidence
from tests.data.about import ask_table, verdict
from tests.house.law import ROOT
from tests.worlds.world import allowed

INCOME = ROOT / "examples" / "income" / "data" / "income.parquet"
ROW = hyp.tuples(hyp.sampled_from([0.0, -0.0, 1.5, None]), hyp.sampled_from(["a", "", None, "\0"]))
WORDS = np.array([f"word{i}" for i in range(2_000)])


def people(seed: int, n: int = 600, copies: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {"x": rng.normal(size=n), "g": rng.choice(["a", "b"], n), "y": rng.integers(0, 2, n)}
    )  # fmt: skip
    again = frame.filter(g="b").head(copies)
    return pl.concat([frame, again]).with_row_index("id")


def texts(seed: int, n: int, words: int = 40) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, words)) for _ in range(n)]


def found(evidence: Evidence):  # type: ignore[no-untyped-def]
    assert evidence.outcome == "measured", evidence.reason
    assert evidence.about is not None
    return evidence.about.duplicates


def test_by_hand() -> None:
    """Rows 1 and 2 are equal; 3 contradicts them; 4 is nobody's like; 5 and 6 are equal without a label."""
    frame = pl.DataFrame(
        {
            "id": [1, 2, 3, 4, 5, 6],
            "x": [1.0, 1.0, 1.0, 2.0, None, float("nan")],
            "s": ["a", "a", "a", "a", None, None],
            "y": [0, 0, 1, 1, None, None],
        }
    )
    record = found(ask_table("DA014", frame, label="y", id="id", groups=["s"]))
    assert (record.rows, record.sets, record.conflicting) == (2, 2, 1)
    assert record.share.value == pytest.approx(2 / 6)
    assert record.conflicting_share.value == pytest.approx(3 / 4)
    assert record.columns == ("x", "s", "y")
    assert record.near_pairs is None


def test_planted_repeats_are_over_the_limit_and_the_group_is_named() -> None:
    evidence = ask_table("DA014", people(1, copies=60), id="id", groups=["g"])
    assert found(evidence).rows == 60
    assert verdict(evidence, "duplicate_share", "max = 0.05") == "over"
    (by_group,) = [f for f in evidence.findings if f.family == ("g",)]
    assert str(by_group.first.slice) == "g=b"
    assert by_group.low > 0.05


def test_null_tables_without_repeats_are_within() -> None:
    evidence = ask_table("DA014", people(2, n=2_000), id="id")
    assert found(evidence).rows == 0
    assert verdict(evidence, "duplicate_share", "max = 0.01") == "within"


def test_null_worlds_alarm_at_most_as_promised() -> None:
    """Every content comes twice with probability 0.1: a limit at the true share is over in at most 5 % of tables."""
    worlds, alarms, truth = 120, 0, 0.1 / 1.1
    for seed in range(worlds):
        rng = np.random.default_rng(seed)
        x = np.repeat(rng.normal(size=400), 1 + (rng.random(400) < 0.1))
        alarms += ask_table("DA014", pl.DataFrame({"x": x})).findings[0].low > truth
    assert alarms / worlds <= allowed(0.05, worlds)


def test_planted_near_texts_are_found_and_null_texts_are_not() -> None:
    plain = texts(3, 300)
    changed = [t.replace(t.split()[5], "other", 1).upper() for t in plain[:40]]
    evidence = ask_table("DA014", pl.DataFrame({"t": plain + changed, "n": range(340)}))
    record = found(evidence)
    assert record.near_columns == ("t",)
    assert (record.near_pairs, record.near_rows) == (40, 80)
    assert verdict(evidence, "near_duplicate_share", "max = 0.1") == "over"
    quiet = ask_table("DA014", pl.DataFrame({"t": plain}))
    assert found(quiet).near_pairs == 0
    assert verdict(quiet, "near_duplicate_share", "max = 0.05") == "within"


def test_names_of_things_are_no_texts() -> None:
    frame = pl.DataFrame(
        {"job": ["a profession with a long name of many letters", "another one with a long name too"] * 50}
    )
    assert found(ask_table("DA014", frame)).near_pairs is None


@settings(max_examples=25, deadline=None)
@given(
    hyp.lists(hyp.tuples(hyp.sampled_from([0.0, -0.0, 1.5, None]), hyp.sampled_from(["a", "", None, "\0"])), min_size=1)
)
def test_as_a_plain_group_by_in_any_order(rows: list[tuple[float | None, str | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"x": pl.Float64, "s": pl.String}, orient="row")
    sizes = frame.group_by("x", "s").len()["len"]
    record = found(ask_table("DA014", frame))
    assert record.rows == frame.height - len(sizes)
    assert record.sets == int((sizes > 1).sum())
    assert found(ask_table("DA014", frame.reverse())) == record


def test_kinds_of_numbers_and_nested_values() -> None:
    frame = pl.DataFrame(
        {"n": [1, 1, 2**60, 2**60 + 1], "l": [[1], [1], [1, 2], [1, 2]], "b": [b"x", b"x", b"y", b"y"]}
    )
    assert found(ask_table("DA014", frame)).rows == 1
    assert found(ask_table("DA014", frame.with_columns(pl.col("n").cast(pl.Float64)))).rows == 2


def test_rows_that_differ_in_one_column() -> None:
    frame = pl.DataFrame({"a": [1, 1, 2, 9], "b": ["x", "x", "x", "y"], "c": [5, 6, 5, 0]})
    assert found(ask_table("DA014", frame, but_one=True)).but_one == (("a", 2), ("c", 2))


def test_on_real_data_as_polars_counts() -> None:
    frame = pl.read_parquet(INCOME).drop("id", "score")
    record = found(ask_table("DA014", frame, label="over_50k"))
    assert record.rows == frame.height - frame.unique().height
    features = frame.drop("over_50k")
    torn = frame.group_by(features.columns).agg(pl.col("over_50k").n_unique())
    assert record.conflicting == int((torn["over_50k"] > 1).sum())


def test_a_table_that_streams_says_the_same_of_a_part_of_all_contents() -> None:
    from dataclasses import replace

    from sterling.core.roles import Roles
    from sterling.data.copies import exact
    from sterling.pipeline.tables import table_access

    rng = np.random.default_rng(5)
    frame = pl.DataFrame({"x": rng.integers(0, 40_000, 60_000)})
    access = table_access(frame.lazy(), Roles(), name="t", level=0.95, min_n=30, seed=0)
    whole = exact.repeats(access, ("x",))
    some = exact.Question(columns=("x",), label=None, groups=(), one_in=4)
    part = some(frame)
    n = part[exact.ROWS].to_numpy()
    assert 0.2 < len(n) / (60_000 - whole.everyone.hits) < 0.3
    assert (n - 1).sum() / n.sum() == pytest.approx(whole.everyone.value, abs=0.02)
    assert replace(access, seed=1).rows == 60_000


def test_slips_are_told() -> None:
    with pytest.raises(ConfigError, match="no column 'q'"):
        ask_table("DA014", pl.DataFrame({"x": [1]}), columns=("q",))
    with pytest.raises(ConfigError, match="a similarity of 2"):
        ask_table("DA014", pl.DataFrame({"t": texts(0, 50)}), similarity=2.0)
    assert ask_table("DA014", pl.DataFrame({"id": [1]}), id="id").outcome == "not_applicable"
