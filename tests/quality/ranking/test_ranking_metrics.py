"""Numbers of rankings, query by query in plain Python; and properties that need no reference."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.slices import EVERYONE, Slice
from sterling.core.table import EstimateTable
from tests.house.law import ROOT

ALL = ("all", "ndcg(3)", "top_share(3)", "top_representation(3)")


def table(frame: pl.DataFrame, *, min_n: int = 2, **roles: Any) -> EstimateTable:
    plan = st.Plan(asks=(st.ask("QU001", metrics=ALL),), grid=False, min_n=min_n)
    given = {"label": "y", "score": "s", "groups": "g", **roles}
    return st.evaluate(frame, task="ranking", query="q", plan=plan, **given).tables[0]


def world(seed: int, queries: int = 60) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 15, queries)
    n = int(sizes.sum())
    group = rng.choice(["a", "b", "c"], n, p=[0.6, 0.3, 0.1])
    grade = rng.integers(0, 4, n) * (rng.random(n) < 0.5)
    return pl.DataFrame(
        {
            "q": np.repeat([f"q{i}" for i in rng.permutation(queries)], sizes), "y": grade, "g": group,
            "s": grade + rng.normal(0, 2, n) - (group == "b"), "w": np.repeat(rng.integers(1, 4, queries), sizes),
            "c": np.repeat(rng.integers(0, queries // 3, queries), sizes),
        }
    )  # fmt: skip


def by_hand(frame: pl.DataFrame, group: str) -> dict[str, float]:
    """Exposure and first places, one query after another. No ties."""
    sums: dict[str, float] = defaultdict(float)
    queries = 0
    for _, rows in frame.group_by("q"):
        ranked = rows.sort("s", descending=True)
        exposure = 1 / np.log2(np.arange(len(ranked)) + 2)
        mine, grade = (ranked["g"] == group).to_numpy(), ranked["y"].to_numpy()
        queries += 1
        sums["exposure"] += exposure[mine].sum() / exposure.sum()
        sums["candidates"] += mine.mean()
        sums["top"] += mine[:3].mean()
        sums["top_rows"] += mine[:3].sum()
        sums["places"] += min(3, len(ranked))
        if grade.sum():
            sums["judged_exposure"] += exposure[mine].sum() / exposure.sum()
            sums["merit"] += grade[mine].sum() / grade.sum()
    return {
        "exposure": sums["exposure"] / queries,
        "relative_exposure": sums["exposure"] / sums["candidates"],
        "exposure_by_merit": sums["judged_exposure"] / sums["merit"],
        "top_representation(3)": sums["top"] / sums["candidates"],
        "top_share(3)": sums["top_rows"] / sums["places"],
    }


@pytest.mark.parametrize("seed", range(3))
def test_exposure_query_by_query(seed: int) -> None:
    frame = world(seed)
    found = table(frame)
    for group in "abc":
        for name, value in by_hand(frame, group).items():
            estimate = found.estimate(name, Slice.of({"g": group}))
            assert estimate.value == pytest.approx(value), (name, group)
            assert estimate.low is not None and estimate.high is not None
            assert estimate.low < value < estimate.high
    for name in ("exposure", "relative_exposure", "exposure_by_merit", "top_share(3)"):
        everyone = found.estimate(name, EVERYONE)
        assert (everyone.value, everyone.low, everyone.high) == pytest.approx((1, 1, 1))


def test_a_slice_is_ranked_among_its_own() -> None:
    """And queries without a relevant row of the group are left out, and counted."""
    frame = world(4)
    part = frame.filter(g="b")
    alone, among = table(part), table(frame)
    for name in ("ndcg(3)", "mean_reciprocal_rank", "mean_average_precision", "precision_at(10)", "recall_at(10)"):
        a, b = alone.estimate(name, EVERYONE), among.estimate(name, Slice.of({"g": "b"}))
        assert (a.value, a.low, a.high, a.n_eligible) == (b.value, b.low, b.high, b.n_eligible), name
    relevant = part.filter(pl.col("y") > 0)["q"].n_unique()
    assert among.estimate("ndcg(3)", Slice.of({"g": "b"})).n_eligible == relevant < part["q"].n_unique()


def test_two_lists_by_hand() -> None:
    """Lists a b and b a b, the best first; relevant are the second of each."""
    frame = pl.DataFrame(
        {"q": [1, 1, 2, 2, 2], "s": [2, 1, 3, 2, 1], "y": [0, 1, 0, 1, 0], "g": ["a", "b", "b", "a", "b"]}
    )
    found = table(frame)
    assert found.estimate("mean_reciprocal_rank", EVERYONE).value == pytest.approx(0.5)
    assert found.estimate("ndcg(10)", EVERYONE).value == pytest.approx(1 / np.log2(3))
    assert found.estimate("ndcg(3)", EVERYONE).value == found.estimate("ndcg(10)", EVERYONE).value
    shares = (1 / (1 + 1 / np.log2(3)) + (1 / np.log2(3)) / (1 + 1 / np.log2(3) + 0.5)) / 2
    assert found.estimate("exposure", Slice.of({"g": "a"})).value == pytest.approx(shares)
    assert found.estimate("top_representation(10)", Slice.of({"g": "a"})).value == pytest.approx(1)


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}])
def test_rows_may_stand_in_any_order(roles: dict[str, str]) -> None:
    frame = world(5).with_columns(s=pl.col("s").round(0))
    one, other = table(frame, **roles), table(frame.sample(fraction=1, shuffle=True, seed=1), **roles)
    assert one.frame().equals(other.frame())


def test_weights_count_as_queries() -> None:
    frame = world(6)
    copies = [frame.filter(pl.col("w") > k).with_columns(q=pl.col("q") + f"#{k}") for k in range(3)]
    weighted, repeated = table(frame, weight="w").frame(), table(pl.concat(copies)).frame()
    keep = pl.col("metric") != "representation"
    assert weighted.filter(keep)["value"].to_list() == pytest.approx(repeated.filter(keep)["value"].to_list())


def test_copies_of_clusters_are_no_news() -> None:
    frame = world(7).with_columns(own=pl.col("q"))
    once = table(frame, cluster="own")
    twice = table(pl.concat([frame, frame.with_columns(q=pl.col("q") + "#2")]), cluster="own")
    plain = table(frame)
    for name in ("ndcg(3)", "relative_exposure", "top_share(3)"):
        for group in "ab":
            a, b, c = (t.estimate(name, Slice.of({"g": group})) for t in (once, twice, plain))
            assert (b.value, b.low, b.high) == pytest.approx((a.value, a.low, a.high), rel=1e-9)
            assert (c.value, c.low, c.high) == pytest.approx((a.value, a.low, a.high), rel=1e-9)


def test_on_real_data_who_is_paid_less_is_seen_less() -> None:
    """People of the census in lists of about 50, by a score of high income: women get less than their share."""
    people = pl.read_parquet(ROOT / "examples" / "income" / "data" / "income.parquet").with_columns(
        q=pl.col("id") % 1000
    )
    plan = st.Plan(asks=(st.ask("FA003", name="seen", metric="relative_exposure", groups=("sex",)),))
    run = st.evaluate(people, task="ranking", query="q", label="over_50k", score="score", groups="sex", plan=plan)
    (finding,) = run.evidence[0].findings
    assert finding.first.slice == Slice.of({"sex": "female"})
    assert 0.84 < finding.low < finding.value < finding.high < 0.87


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"y": ["no", "yes"] * 20}, "relevance column 'y' holds text"),
        ({"y": [-1, 1] * 20}, "lies between -1 and 1"),
        ({"y": [None, 1] * 20}, "20 rows have no finite relevance"),
        ({"s": [None, 1.0] * 20}, "20 scores in column 's' are missing"),
        ({"q": [None, 1] * 20}, "20 rows have no query"),
        ({"w": [1, 2] * 20}, "queries have rows with different weights"),
        ({"y": [None, *[1] * 39]}, "1 row has no finite relevance"),
        ({"s": [None, *[1.0] * 39]}, "1 score in column 's' is missing"),
        ({"q": [None, *[1] * 39]}, "1 row has no query"),
        ({"w": [2, *[1] * 39]}, "1 query has rows with different weights"),
    ],
)
def test_refused(columns: dict[str, Any], said: str) -> None:
    good = {"q": [i // 4 for i in range(40)], "s": [1.0, 2.0] * 20, "y": [0, 1] * 20, "w": [1] * 40}
    with pytest.raises(st.InputError, match=said) as caught:
        st.evaluate(pl.DataFrame({**good, **columns}), task="ranking", query="q", label="y", score="s", weight="w")
    assert caught.value.hint


def test_a_query_must_be_named() -> None:
    with pytest.raises(st.ConfigError, match="no query was named"):
        st.evaluate(world(1), task="ranking", label="y", score="s")
    with pytest.raises(st.ConfigError, match="a whole number from 1 to 100,000"):
        st.ask("FA001", metric="ndcg(2.5)")


def test_without_relevance_exposure_is_left() -> None:
    found = st.evaluate(world(1), task="ranking", query="q", score="s", groups="g").tables[0]
    names = [b.info.name for b in found.blocks]
    assert "relative_exposure" in names
    assert not {"ndcg(10)", "exposure_by_merit"} & set(names)


@pytest.mark.parametrize("metric", ["ndcg(3)", "top_representation(3)", "exposure"])
def test_a_query_with_candidates_of_both_groups_counts_once_in_their_gap(metric: str) -> None:
    frame = world(5)
    plan = st.Plan(asks=(st.ask("FA001", metric=metric),), grid=False, min_n=2)
    found = st.evaluate(frame, task="ranking", query="q", label="y", score="s", groups="g", plan=plan)
    (gap,) = found.evidence[0].findings
    assert gap.second is not None
    pair = frame.filter(pl.col("g").is_in([side.slice.items[0][1] for side in (gap.first, gap.second)]))
    rows = {"ndcg(3)": pair.filter(pl.col("y") > 0), "top_representation(3)": pair, "exposure": frame}[metric]
    assert gap.n_eligible == rows["q"].n_unique()
    assert gap.n == len(pair)
