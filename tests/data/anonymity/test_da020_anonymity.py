"""DA020: rows that can be singled out, by columns that somebody named or that a search found."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.codec import plain, typed
from sterling.core.data.anonymity import AnonymitySets
from sterling.core.errors import ConfigError
from sterling.core.evidence import Evidence
from sterling.pipeline.tables import profile
from tests.house.law import ROOT

INCOME = ROOT / "examples" / "income" / "data" / "income.parquet"


def asked(frame: object, *, label: str | None = None, groups: object = None, **settings: object) -> Evidence:
    (evidence,) = profile(frame, label=label, groups=groups, checks="DA020", settings={"DA020": settings}).evidence  # type: ignore[arg-type]
    return evidence


def sets(evidence: Evidence) -> AnonymitySets:
    assert evidence.about is not None and evidence.about.anonymity is not None
    return evidence.about.anonymity


def value(evidence: Evidence, metric: str, *columns: str) -> float:
    (found,) = [f for f in evidence.findings if f.metric.name == metric and f.columns == columns]
    assert found.low == found.value == found.high
    return found.value


def people(n: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {"sex": rng.choice(["f", "m"], n), "band": rng.integers(0, 5, n), "region": rng.integers(0, 4, n),
         "ill": rng.integers(0, 2, n)}
    )  # fmt: skip


def test_planted_unique_rows_are_found_by_search() -> None:
    """Three coarse columns in which nobody is alone, and a pair that singles out forty people."""
    frame = people(4000, 1).with_columns(
        town=pl.when(pl.int_range(4000) < 40).then(pl.int_range(4000) % 20 + 100).otherwise(pl.int_range(4000) % 20),
        job=pl.when(pl.int_range(4000) < 40).then(pl.int_range(4000) // 20 + 50).otherwise(pl.int_range(4000) % 10),
    )
    found = sets(asked(frame, label="ill"))
    pair = next(s for s in found.sets if len(s.quasi) == 2)
    assert pair.quasi == ("town", "job")
    assert pair.unique_rows == 40
    assert found.searched == 5 + 10 + 10
    assert all("ill" not in s.quasi for s in found.sets)


def test_null_world_of_coarse_columns_has_nobody_alone() -> None:
    """5 × 4 × 2 cells and 4,000 rows: 100 in each. Nothing is unique, in any of twenty tables."""
    for seed in range(20):
        evidence = asked(people(4000, seed), label="ill")
        assert value(evidence, "unique_share") == 0
        assert value(evidence, "k_anonymity") >= 5


def test_a_limit_on_a_set_and_on_the_worst() -> None:
    policy = st.Policy.parse(
        '[[limit]]\nmetric = "k_anonymity"\ncolumns = ["sex", "band"]\nmin = 5\n'
        '[[limit]]\nmetric = "unique_share"\nmax = 0.0\n'
    )
    frame = people(2000, 3).with_row_index("row")
    run = profile(frame, policy=policy, checks="DA020", settings={"DA020": {"quasi": ("sex,band", "row,sex")}})
    words = {v.limit.metric.info.name: v.verdict for v in run.judgement.verdicts if v.limit and v.limit.metric}
    assert words == {"k_anonymity": "within", "unique_share": "over"}
    assert run.judgement.exit_code == 1


def test_hand_worked() -> None:
    frame = pl.DataFrame({"a": [1, 1, 1, 2, 2, 3], "b": ["x"] * 6, "s": ["u", "u", "v", "u", "u", "v"]})
    evidence = asked(frame, quasi=("a", "b"), sensitive=("s",), k=3.0)
    (found,) = sets(evidence).sets
    assert (found.k, found.classes, found.unique_rows, found.below, found.n) == (1, 3, 1, 3, 6)
    assert (found.highest_risk, found.average_risk) == (1.0, 0.5)
    assert value(evidence, "below_k_share", "a", "b") == 0.5
    assert found.diversity[0].one_value == 3
    assert found.diversity[0].t == pytest.approx(2 / 3)


def test_row_order_changes_nothing() -> None:
    frame = people(3000, 5).with_columns(age=pl.int_range(3000) % 83)
    assert asked(frame, label="ill") == asked(frame.sample(fraction=1, shuffle=True, seed=1), label="ill")


def test_identifiers_and_long_texts_are_named_not_crossed() -> None:
    frame = people(500, 6).with_columns(name=pl.int_range(500).cast(pl.String), said=pl.lit("long words " * 9))
    evidence = asked(frame)
    assert sets(evidence).alone == ("name", "said")
    assert any("by themselves" in note for note in evidence.notes)


def test_a_sample_says_how_likely_a_match_is_right() -> None:
    found = sets(asked(people(300, 7).with_columns(n=pl.int_range(300)), quasi=("n",), population=3000.0)).sets[0]
    assert found.match is not None and found.match.high == 1.0
    assert found.match.low is not None and found.match.low > 0.3


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"x": ["a"]}),
        pl.DataFrame({"x": pl.Series([None, None], dtype=pl.String)}),
        pl.DataFrame({"x": [None, None]}),
        pl.DataFrame({"x": ["a\0", "‮b", "<script>", "é" * 10_000], "y": [2**63, 0, 1, None]}),
        pl.DataFrame({"x": [[1], [2]], "b": [b"\xff", None], "z": [1.5, float("nan")]}),
        pl.DataFrame({"x": ["k"] * 5}),
    ],
)
def test_odd_tables_are_answered(frame: pl.DataFrame) -> None:
    assert asked(frame).outcome in ("measured", "not_applicable")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"quasi": ("sexx",)}, "no column 'sexx'"),
        ({"quasi": ("deep",)}, "not compared"),
        ({"quasi": ()}, "names no column"),
        ({"k": 1.0}, "k is 1"),
        ({"k": 2.5}, "whole number"),
        ({"population": 10.0}, "population"),
        ({"sensitive": ("nothing",)}, "no column 'nothing'"),
    ],
)
def test_slips_are_named(settings: dict[str, object], words: str) -> None:
    frame = people(20, 0).with_columns(deep=pl.lit([1, 2]))
    with pytest.raises(ConfigError, match=words):
        asked(frame, **settings)


def test_income_as_others_count_it() -> None:
    """Counted by a plain group_by. On the first 8,000 rows pycanon 1.3.6 gives the same k, l and t."""
    frame = pl.read_parquet(INCOME)
    evidence = asked(frame, label="over_50k", quasi=("age", "sex", "race"), sensitive=("hours_per_week",))
    counts = frame.group_by("age", "sex", "race").len()["len"]
    (found,) = sets(evidence).sets
    assert (found.k, found.classes, found.unique_rows) == (counts.min(), counts.len(), int((counts == 1).sum()))
    head = frame.head(8000).with_columns(pl.col("occupation").fill_null("none"))
    (small,) = sets(asked(head, quasi=("age_band", "relationship"), sensitive=("occupation", "hours_per_week"))).sets
    by = {d.column: d for d in small.diversity}
    assert (small.k, by["occupation"].distinct_l) == (3, 3)
    assert by["occupation"].t == pytest.approx(0.81375)
    assert by["hours_per_week"].t == pytest.approx(0.22897053571428563)


def test_search_on_a_sample_counts_on_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sterling.data.anonymity.search.SEARCH_ROWS", 500)
    frame = people(3000, 8).with_columns(age=pl.int_range(3000) % 700)
    evidence = asked(frame)
    assert sets(evidence).search_rows < 1000
    assert {s.n for s in sets(evidence).sets} == {3000}
    assert any("of 3,000 rows" in note for note in evidence.notes)


def test_the_record_is_written_and_read_back() -> None:
    found = sets(asked(people(200, 9), quasi=("sex", "band"), sensitive=("ill",), population=900.0))
    assert typed(plain(found), AnonymitySets) == found
