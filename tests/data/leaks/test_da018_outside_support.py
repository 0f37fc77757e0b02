"""DA018: rows from elsewhere lie outside, rows from the same place hardly ever do; both are counted by group."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.neighbors import NearestNeighbors

from sterling.core.data.copies import Outside
from sterling.core.errors import ConfigError
from sterling.core.evidence import Evidence
from sterling.data.leaks.columns import UNSEEN, learned
from sterling.data.leaks.support import TOGETHER, conformal, nearest, place, support_of
from sterling.pipeline.tables import compare
from tests.data.about import ask_table, verdict
from tests.house.law import ROOT

INCOME = ROOT / "examples" / "income" / "data" / "income.parquet"


def people(seed: int, n: int = 1_000) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    z = rng.normal(size=n)
    return pl.DataFrame(
        {"a": z, "b": z + 0.1 * rng.normal(size=n), "job": rng.choice(["x", "y"], n), "g": rng.choice(["m", "f"], n)}
    )


def outside(evidence: Evidence) -> tuple[Outside, ...]:
    assert evidence.outcome == "measured", evidence.reason
    assert evidence.about is not None and evidence.about.leaks is not None
    return evidence.about.leaks.outside


def test_planted_rows_lie_outside_for_the_reason_planted() -> None:
    strange = people(2, 400).with_columns(
        a=pl.when(pl.int_range(pl.len()) < 40).then(50.0).otherwise("a"),
        job=pl.when(pl.int_range(pl.len()).is_between(40, 59)).then(pl.lit("new")).otherwise("job"),
        g=pl.when(pl.int_range(pl.len()) < 60).then(pl.lit("f")).otherwise("g"),
    )
    evidence = ask_table("DA018", strange, others=[people(1)], groups=["g"])
    whole, *by_group = outside(evidence)
    assert dict(whole.reasons)["a: above"] == 40
    assert dict(whole.reasons)["job: unseen"] == 20
    assert 60 <= round((whole.share.value or 0) * 400) <= 75
    assert [r.group for r in by_group] == ["g=f", "g=m"]
    assert (by_group[0].share.low or 0) > (by_group[1].share.high or 1)
    assert verdict(evidence, "outside_share", "max = 0.1") == "over"
    (group,) = [f for f in evidence.findings if f.family == ("g",)]
    assert str(group.first.slice) == "g=f"


def test_planted_rows_of_the_newer_table_are_judged_by_the_older_ones() -> None:
    """The table examined is the newest: what it alone has is outside, what only older ones have is not."""
    oldest, older = people(1, 1_500), people(7, 900)
    newest = people(2, 1_000).with_columns(
        job=pl.when(pl.int_range(pl.len()) < 100).then(pl.lit("new")).otherwise("job")
    )
    run = compare(oldest, older, newest, checks=["DA015", "DA017", "DA018"], min_n=5)
    about = {e.check: e.about.leaks for e in run.evidence if e.about is not None and e.about.leaks is not None}
    last = about["DA018"].outside[-1]
    assert len({r.first for r in about["DA018"].outside}) == 1
    assert (last.share.n, dict(last.reasons)["job: unseen"]) == (1_000, 100)
    assert (last.first, last.second) == (
        about["DA017"].distinguishable[-1].first,
        about["DA017"].distinguishable[-1].second,
    )
    assert [leak.n for leak in about["DA015"].between if leak.kind == "exact"] == [900, 1_000, 1_000]
    backwards = ask_table("DA018", oldest, others=[newest])
    assert "job: unseen" not in dict(outside(backwards)[0].reasons)


def test_planted_pairs_that_are_strange_together_alone() -> None:
    """Each value is usual in its column; the two do not go together."""
    strange = pl.DataFrame({"a": [1.2, -1.3] * 50, "b": [-1.2, 1.3] * 50, "job": ["x"] * 100, "g": ["m"] * 100})
    placed = place(support_of(people(3, 2_000), strange.columns, alpha=0.02, seed=0), strange)
    assert placed.outside.all()
    assert placed.reasons == ((TOGETHER, 100),)


def test_null_rows_lie_outside_as_rarely_as_promised() -> None:
    """At most `alpha` on average over references, for numbers with heavy tails, ties and rare texts."""
    shares = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        frame = pl.DataFrame(
            {
                "t": rng.standard_t(2, 900), "k": rng.poisson(0.3, 900),
                "c": rng.choice(["a", "b", "rare"], 900, p=[0.6, 0.39, 0.01]),
                "m": pl.Series(rng.normal(size=900)).set(pl.Series(rng.random(900) < 0.1), None),
            }
        )  # fmt: skip
        support = support_of(frame.head(500), frame.columns, alpha=0.05, seed=seed)
        shares.append(place(support, frame.tail(400)).outside.mean())
    error = np.std(shares) / np.sqrt(len(shares))
    assert np.mean(shares) <= 0.05 + 3 * error
    assert np.mean(shares) > 0.01
    evidence = ask_table("DA018", people(6, 4_000), others=[people(5, 4_000)])
    assert verdict(evidence, "outside_share", "max = 0.05") == "within"


def test_thresholds_by_hand() -> None:
    assert conformal(np.arange(1.0, 20.0), 0.05) == 19.0
    assert conformal(np.arange(1.0, 20.0), 0.04) == np.inf
    assert conformal(np.arange(1.0, 100.0), 0.1) == 90.0


def test_distances_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(7)
    rows, stored = rng.normal(size=(300, 6)), rng.normal(size=(120, 6))
    slow = NearestNeighbors(n_neighbors=5, algorithm="brute").fit(stored).kneighbors(rows)[0][:, -1]
    assert np.allclose(nearest(rows, stored), slow, atol=1e-6)


def test_strange_values_of_one_column() -> None:
    number = learned(pl.Series("x", np.arange(101.0)))
    assert number is not None
    assert number.strange(pl.Series([50.0, 95.0, 140.0, 0.0, None])).tolist() == pytest.approx(
        [0, 1, 2, 10 / 9, UNSEEN]
    )
    constant = learned(pl.Series("x", [1.0] * 50))
    assert constant is not None and constant.strange(pl.Series([1.0, 2.0])).tolist() == [0.0, UNSEEN]
    assert learned(pl.Series("x", [f"n{i}" for i in range(200)])) is None
    assert learned(pl.Series("x", [None, None])) is None


def test_order_of_rows_changes_nothing() -> None:
    frame, later = people(8), people(9)
    first = ask_table("DA018", later, others=[frame], groups=["g"])
    again = ask_table("DA018", later.sample(fraction=1, shuffle=True, seed=0), others=[frame.reverse()], groups=["g"])
    assert outside(first) == outside(again)


def test_on_real_data_the_old_are_outside_what_was_learned_of_the_young() -> None:
    frame = pl.read_parquet(INCOME).drop("age_band").head(8_000)
    young, old = frame.filter(pl.col("age") < 40), frame.filter(pl.col("age") >= 70)
    evidence = ask_table("DA018", old, others=[young], label="over_50k", id="id", groups=["sex"])
    assert verdict(evidence, "outside_share", "max = 0.2") == "over"
    assert outside(evidence)[0].reasons[0][0] == "age: above"


def test_slips_are_told() -> None:
    assert ask_table("DA018", people(1), others=[people(0, 20)]).outcome == "insufficient"
    assert ask_table("DA018", people(1), others=[people(0, 60)], alpha=0.001).outcome == "insufficient"
    with pytest.raises(ConfigError, match="a share of 2"):
        ask_table("DA018", people(0), others=[people(1)], alpha=2.0)
