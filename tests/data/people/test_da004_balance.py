"""DA004: balance of groups, and of labels between groups."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import polars as pl
import pytest
from fairlearn.metrics import demographic_parity_difference
from scipy import stats

from sterling.core.codec import evidence_bytes
from sterling.core.data.people import Balance
from sterling.core.evidence import Evidence
from sterling.data.people.labels import MEASURES, Table, measures
from tests.data.people.asking import INCOME, LENDING, asked, one, run, shuffled, word

CODE = "DA004"


def people(cells: dict[tuple[str | None, int], int]) -> pl.DataFrame:
    rows = [key for key, n in cells.items() for _ in range(n)]
    return pl.DataFrame({"g": pl.Series([r[0] for r in rows], dtype=pl.String), "y": [r[1] for r in rows]})


def balance(evidence: Evidence) -> dict[tuple[str, str, str], Balance]:
    assert evidence.about is not None and evidence.about.people is not None
    return {(b.measure, b.about, f"{b.first} {b.second}"): b for b in evidence.about.people.balance}


HAND = people({("a", 1): 30, ("a", 0): 30, ("b", 1): 10, ("b", 0): 30})


def test_hand_worked() -> None:
    """a: 30 of 60 positive, b: 10 of 40; x = 0.6 and 0.4, y = 0.4, with both 0.3 and 0.1."""
    found = {k[0]: v.estimate.value for k, v in balance(asked(HAND, CODE, label="y", groups="g")).items()}
    assert found["demographic_parity"] == pytest.approx(0.5 - 0.25)
    assert found["pointwise_mutual_information"] == pytest.approx(math.log(2))
    assert found["log_likelihood_ratio"] == pytest.approx(math.log(3))
    assert found["sorensen_dice"] == pytest.approx(0.6 / 1.0 - 0.2 / 0.8)
    assert found["jaccard"] == pytest.approx(0.3 / 0.7 - 0.1 / 0.7)
    assert found["t_test"] == pytest.approx((0.3 - 0.24) / math.sqrt(0.24) - (0.1 - 0.16) / math.sqrt(0.16))
    phi = 0.06 / math.sqrt(0.6 * 0.4 * 0.4 * 0.6)
    assert found["kendall_rank_correlation"] == pytest.approx(2 * phi)
    assert found["total_variation"] == pytest.approx(0.1)
    assert one(asked(HAND, CODE, label="y", groups="g"), "label_rate_gap").value == pytest.approx(0.25)


@cache
def lending() -> tuple[pl.DataFrame, Evidence]:
    frame = pl.read_parquet(LENDING)
    return frame, asked(frame, CODE, label="approved", groups=["race", "sex"])


def test_real_labels_as_other_libraries() -> None:
    """Kendall's tau-b of two indicators by SciPy, the widest gap by fairlearn, mutual information by its definition."""
    frame, evidence = lending()
    known = frame.filter(pl.col("race").is_not_null())
    y = known["approved"].to_numpy()
    tau = {g: stats.kendalltau((known["race"] == g).to_numpy(), y).statistic for g in ("Black", "white")}
    found = balance(evidence)
    pair = next(k[2] for k in found if "Black" in k[2] and "white" in k[2])
    assert found["kendall_rank_correlation", "labels", pair].estimate.value == pytest.approx(
        tau["Black"] - tau["white"], abs=1e-9
    )
    gap = one(evidence, "label_rate_gap", family=("race",))
    expected = demographic_parity_difference(y, y, sensitive_features=known["race"].to_list())
    assert gap.value == pytest.approx(expected)
    assert evidence.about is not None and evidence.about.people is not None
    p = next(g.p for g in evidence.about.people.gaps if g.family == ("race",))
    table = known.pivot(on="approved", index="race", values="id", aggregate_function="len").drop("race").to_numpy()
    assert p == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)


def test_aggregate_measures_are_of_the_groups_that_occur() -> None:
    frame, evidence = lending()
    counts = frame.drop_nulls(["race", "sex"]).group_by("race", "sex").len()["len"].to_numpy()
    (theil,) = [b for b in balance(evidence).values() if b.measure == "theil_t" and b.family == ("race", "sex")]
    x = counts / counts.mean()
    assert theil.estimate.value == pytest.approx(np.mean(x * np.log(x)))


def test_against_a_reference() -> None:
    settings = {"reference": "g: a=0.6, b=0.4"}
    found = {k[0]: v for k, v in balance(asked(HAND, CODE, settings, label="y", groups="g")).items()}
    assert found["total_variation"].estimate.value == pytest.approx(0, abs=1e-9)
    assert found["chi_square"].p == pytest.approx(stats.binomtest(60, 100, 0.6).pvalue)
    assert found["theil_t"].against == "groups of equal size"


def test_ranges_have_an_order_and_other_groups_have_none() -> None:
    frame = pl.DataFrame({"age": [20] * 50 + [30] * 10 + [50] * 40})
    ranged = {k[0]: v.estimate.value for k, v in balance(asked(frame, CODE, groups="cut(age, 25, 40)")).items()}
    assert ranged["wasserstein"] == pytest.approx(stats.wasserstein_distance([0, 1, 2], [0, 1, 2], [0.5, 0.1, 0.4]))
    assert ranged["wasserstein"] != ranged["total_variation"]


def test_planted_gap_is_over_and_null_worlds_seldom_are() -> None:
    rng = np.random.default_rng(1)
    groups = np.repeat(["a", "b", "c", "d"], 150)
    planted = pl.DataFrame({"g": groups, "y": rng.binomial(1, np.where(groups == "a", 0.6, 0.3))})
    assert word(planted, CODE, 'metric = "label_rate_gap"\nmax = 0.05', label="y", groups="g") == "over"
    called = 0
    for _ in range(60):
        frame = pl.DataFrame({"g": groups, "y": rng.binomial(1, 0.3, 600)})
        called += one(asked(frame, CODE, label="y", groups="g"), "label_rate_gap").low > 0
    assert called <= 9


def test_weights_and_order() -> None:
    weighted = HAND.with_columns(w=pl.lit(4.0))
    plain = run(HAND, CODE, label="y", groups="g")
    assert evidence_bytes(plain) == evidence_bytes(run(shuffled(HAND), CODE, label="y", groups="g"))
    first = balance(plain.evidence[0])
    second = balance(asked(weighted, CODE, label="y", groups="g", weight="w"))
    for key, item in first.items():
        other = second[key].estimate
        assert (item.estimate.value, item.estimate.low) == (
            pytest.approx(other.value),
            pytest.approx(other.low, abs=1e-6),
        )


def test_labels_that_say_nothing() -> None:
    """No label, a number, one class, all missing, nested: the groups are still looked at, and a note says why."""
    base = pl.DataFrame({"g": ["a"] * 40 + ["b"] * 60})
    for label in (
        pl.Series("y", np.arange(100)),
        pl.Series("y", [None] * 100, dtype=pl.String),
        pl.Series("y", [[1]] * 100),
        pl.Series("y", ["x", "y", "z", "x"] * 25),
    ):
        evidence = asked(base.with_columns(label), CODE, label="y", groups="g")
        assert evidence.outcome == "measured" and "Labels are not compared" in evidence.notes[0]
    assert asked(base, CODE, groups="g").outcome == "measured"
    single = asked(base.with_columns(y=pl.lit(1)), CODE, label="y", groups="g")
    assert one(single, "label_rate_gap").value == 0
    found = {k[0]: v.estimate for k, v in balance(single).items()}
    assert found["kendall_rank_correlation"].status == "undefined"


def test_few_rows_and_one_group() -> None:
    few = asked(people({("a", 1): 20, ("a", 0): 20, ("b", 1): 5}), CODE, label="y", groups="g")
    assert [(str(t.slice), t.n_needed) for t in few.too_small] == [("g=b", 30)]
    assert asked(people({("a", 1): 20}), CODE, label="y", groups="g").outcome == "insufficient"


def test_many_groups_are_paired_up_to_a_point() -> None:
    frame = pl.DataFrame({"g": [f"g{i}" for i in range(40) for _ in range(30 + i)]})
    frame = frame.with_columns(y=pl.Series(np.arange(frame.height) % 2))
    evidence = asked(frame, CODE, label="y", groups="g")
    pairs = {k[2] for k in balance(evidence) if k[1] == "labels"}
    assert len(pairs) == 190 and any("20 largest" in n for n in evidence.notes)


def test_streamed_folder_gives_the_same(tmp_path: object) -> None:
    frame = pl.read_parquet(INCOME).select("sex", "race", "over_50k")
    whole = run(frame, CODE, label="over_50k", groups=["sex", "race"])
    folder = tmp_path / "parts"  # type: ignore[operator]
    folder.mkdir()
    for i in range(3):
        frame[i::3].write_parquet(folder / f"{i}.parquet")
    assert evidence_bytes(whole) == evidence_bytes(run(str(folder), CODE, label="over_50k", groups=["sex", "race"]))


@pytest.mark.slow
@pytest.mark.parametrize("n", [200, 2000])
@pytest.mark.parametrize("cells", [(0.2, 0.3, 0.1, 0.4), (0.05, 0.35, 0.12, 0.48), (0.02, 0.08, 0.3, 0.6)])
def test_intervals_cover(cells: tuple[float, ...], n: int) -> None:
    """400 samples of (a positive, a, b positive, b): 95 % promised, 91 % is 3.7 standard errors less."""
    shares = np.array([cells[0], cells[1] - 0.0, cells[2], cells[3]])
    shares = shares / shares.sum()

    def table(c: np.ndarray) -> Table:
        return Table(positive=np.array([c[0], c[2]], float), n=np.array([c[0] + c[1], c[2] + c[3]], float))

    truth = {name: a.value for name, a in measures(table(shares * 1e9), 0, 1, level=0.95)}
    assert tuple(truth) == MEASURES
    rng, held = np.random.default_rng(n), dict.fromkeys(truth, 0)
    for _ in range(400):
        for name, apart in measures(table(rng.multinomial(n, shares)), 0, 1, level=0.95):
            undefined = apart.value != apart.value
            held[name] += undefined or apart.low <= truth[name] <= apart.high
    assert min(held.values()) >= 364, held
