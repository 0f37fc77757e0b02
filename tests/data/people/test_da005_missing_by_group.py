"""DA005: missing values by group and by label."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from sterling.core.codec import evidence_bytes
from sterling.core.evidence import Evidence
from tests.data.people.asking import INCOME, asked, one, run, shuffled, word

CODE = "DA005"


def gaps(evidence: Evidence) -> dict[tuple[str | None, tuple[str, ...]], object]:
    assert evidence.about is not None and evidence.about.people is not None
    return {(g.column, g.family): g for g in evidence.about.people.gaps}


def test_hand_worked() -> None:
    """a: 10 of 40 empty, b: 5 of 60; NaN is empty, an empty text is not."""
    frame = pl.DataFrame(
        {
            "g": ["a"] * 40 + ["b"] * 60,
            "x": [None] * 5 + [float("nan")] * 5 + [1.0] * 30 + [None] * 5 + [2.0] * 55,
            "t": [""] * 100,
        }
    )
    evidence = asked(frame, CODE, groups="g")
    gap = one(evidence, "missing_gap", columns=("x",))
    assert (gap.value, gap.first.value, gap.second.value) == (  # type: ignore[union-attr]
        pytest.approx(0.25 - 5 / 60), 0.25, pytest.approx(5 / 60)
    )  # fmt: skip
    assert one(evidence, "missing_gap", columns=("t",)).value == 0
    assert one(evidence, "missing_gap").value == gap.value and evidence.notes[0].startswith("1 of 2 columns")
    expected = stats.chi2_contingency([[10, 30], [5, 55]], correction=False).pvalue
    # Holm over the two columns: the other one's p is 1.
    assert gaps(evidence)["x", ("g",)].p == pytest.approx(2 * expected)  # type: ignore[attr-defined]


def test_real_gaps_as_scipy_and_statsmodels() -> None:
    frame = pl.read_parquet(INCOME)
    evidence = asked(frame, CODE, label="over_50k", id="id", groups=["sex", "race"])
    p, keys = [], []
    for family in ("sex", "race", "over_50k"):
        for column in (c for c in frame.columns if c not in ("id", "sex", "race", "over_50k")):
            counts = frame.group_by(family).agg(pl.len(), hit=pl.col(column).is_null().sum())
            table = np.stack([counts["hit"].to_numpy(), (counts["len"] - counts["hit"]).to_numpy()])
            keys.append((column, (family,)))
            p.append(stats.chi2_contingency(table, correction=False).pvalue if table[0].sum() else 1.0)
    adjusted = dict(zip(keys, multipletests(p, method="holm")[1], strict=True))
    found = gaps(evidence)
    assert {c for c, _ in found} == {"workclass", "occupation"}
    for key, gap in found.items():
        assert gap.p == pytest.approx(adjusted[key], rel=1e-6)  # type: ignore[attr-defined,index]


def test_planted_column_is_over_and_named() -> None:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({f"c{i}": np.where(rng.random(1000) < 0.1, None, 1.0) for i in range(10)}, strict=False)
    g = np.repeat(["a", "b"], 500)
    frame = frame.with_columns(
        g=pl.Series(g), bad=pl.Series(np.where((g == "a") & (rng.random(1000) < 0.3), None, "x"))
    )
    limit = 'metric = "missing_gap"\n{}max = 0.1'
    assert word(frame, CODE, limit.format(""), groups="g") == "over"
    assert word(frame, CODE, limit.format('columns = "bad"\n'), groups="g") == "over"
    assert word(frame, CODE, limit.format('columns = "c1"\n'), groups="g") in ("within", "undecided")


def test_null_worlds_of_many_columns_are_rarely_called_over() -> None:
    """20 columns, 3 groups, one rate: the worst of all columns looks different in at most 5 % of 40 tables."""
    rng, called, small = np.random.default_rng(3), 0, 0
    for _ in range(40):
        held = rng.random((600, 20)) < 0.15
        frame = pl.DataFrame({f"c{i}": pl.Series(held[:, i]).replace_strict({True: None, False: 1}) for i in range(20)})
        evidence = asked(frame.with_columns(g=pl.Series(np.repeat(["a", "b", "c"], 200))), CODE, groups="g")
        called += one(evidence, "missing_gap").low > 0
        small += min(g.p for g in gaps(evidence).values()) <= 0.05  # type: ignore[attr-defined]
    assert called <= 7 and small <= 7


def test_by_label_and_without_groups() -> None:
    frame = pl.DataFrame({"y": [0] * 50 + [1] * 50, "x": [None] * 20 + [1] * 80})
    evidence = asked(frame, CODE, label="y")
    assert one(evidence, "missing_gap").family == ("y",)
    assert asked(frame, CODE, {"label": False}, label="y").outcome == "not_applicable"
    assert asked(frame.drop("y"), CODE).outcome == "not_applicable"
    number = frame.with_columns(y=pl.Series(np.arange(100)))
    assert asked(number, CODE, label="y").outcome == "not_applicable"


def test_small_groups_are_listed() -> None:
    frame = pl.DataFrame({"g": ["a"] * 50 + ["b"] * 50 + ["c"] * 5, "x": [None] * 105})
    evidence = asked(frame, CODE, groups="g")
    assert [(str(t.slice), t.n, t.n_needed) for t in evidence.too_small] == [("g=c", 5, 30)]
    assert evidence.about is not None and evidence.about.people is not None
    last = evidence.about.people.numbers[-1].estimate
    assert (last.value, last.status) == (None, "insufficient")


def test_order_weights_and_hostile_columns() -> None:
    frame = pl.DataFrame(
        {
            "g": ["a", "b"] * 40, "n": [None] * 80, "l": [[1], None] * 40, "b": [b"\x00", None] * 40,
            "t": ["\u202e" * 3, "<script>"] * 40, "w": [1.0, 3.0] * 40,
        }
    )  # fmt: skip
    first = run(frame, CODE, groups="g")
    assert evidence_bytes(first) == evidence_bytes(run(shuffled(frame), CODE, groups="g"))
    assert one(first.evidence[0], "missing_gap", columns=("l",)).value == 1
    weighted = asked(frame, CODE, groups="g", weight="w")
    assert one(weighted, "missing_gap", columns=("b",)).value == 1
