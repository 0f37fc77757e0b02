"""FA020: groups that nobody recorded, in worlds where the truth is known."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.codec import evidence_bytes, read_run
from sterling.core.document import Grid
from sterling.core.evidence import Evidence
from sterling.report.chapters.inferred import sections
from tests.house.law import ROOT
from tests.report.schema import problems

CHANCES = {"g": {"a": "p_a", "b": "p_b"}}


def world(seed: int, *, rates: tuple[float, float], sure: float, n: int = 4_000) -> pl.DataFrame:
    """Two groups selected at `rates`; the probabilities are right, and `sure` or 1 - `sure` for everyone."""
    rng = np.random.default_rng(seed)
    chance = np.where(rng.random(n) < 0.5, sure, 1 - sure)
    group = rng.random(n) < chance
    decided = rng.random(n) < np.where(group, *rates)
    return pl.DataFrame({"p_a": chance, "p_b": 1 - chance, "d": decided.astype(int), "y": rng.integers(0, 2, n)})


def verdicts(frame: pl.DataFrame, limit: str) -> list[str]:
    policy = st.Policy.parse(f'[[limit]]\nmetric = "selection_rate"\ngroups = ["inferred g"]\n{limit}')
    run = st.evaluate(frame, label="y", prediction="d", memberships=CHANCES, policy=policy)
    return [v.verdict for v in run.judgement.verdicts if v.limit is not None]


def asked(frame: pl.DataFrame, **parameters: Any) -> Evidence:
    given = {"group": "g", "metric": "selection_rate", "probabilities": ("a=p_a", "b=p_b"), **parameters}
    plan = st.Plan(asks=(st.ask("FA020", name="q", **given),), grid=False)
    return st.evaluate(frame, label="y", prediction="d", plan=plan).evidence[0]


def test_planted_gap_fires_where_the_probabilities_are_sure() -> None:
    frame = world(1, rates=(0.3, 0.7), sure=0.97)
    assert verdicts(frame, "max_gap = 0.2") == ["over"]
    assert verdicts(frame, "min = 0.5") == ["over"]
    assert verdicts(frame, "max = 0.9") == ["within"]


def test_null_world_is_never_over_and_unsure_chances_leave_it_open() -> None:
    sure = [verdicts(world(s, rates=(0.5, 0.5), sure=0.98), "max_gap = 0")[0] for s in range(20)]
    assert "over" not in sure
    assert verdicts(world(1, rates=(0.5, 0.5), sure=0.99), "max_gap = 0.15") == ["within"]
    assert verdicts(world(2, rates=(0.5, 0.5), sure=0.7), "max_gap = 0.15") == ["undecided"]
    assert verdicts(world(2, rates=(0.2, 0.8), sure=0.55), "max_gap = 0.3") == ["undecided"]


def test_assuming_independence_is_narrower_and_says_so() -> None:
    frame = world(3, rates=(0.4, 0.6), sure=0.8)
    bounds, assumed = asked(frame), asked(frame, assume="independence")
    (wide,), (narrow,) = bounds.findings, assumed.findings
    assert wide.value == narrow.value
    assert wide.low <= narrow.low < narrow.high < wide.high
    assert any("biased" in note for note in bounds.notes)
    assert any("cannot be checked" in note for note in assumed.notes)


def test_shares_alone() -> None:
    frame = world(4, rates=(0.5, 0.5), sure=0.8)
    (found,) = asked(frame, probabilities=None, shares=("a=0.5", "b=0.5")).findings
    assert found.value == pytest.approx(0, abs=1e-9)
    assert found.low == 0
    assert found.high > 0.9


def test_on_real_people_the_truth_lies_within() -> None:
    """Lending: chances made of the recorded race with much noise. Every rate of each race lies within its bounds."""
    loans = pl.read_parquet(ROOT / "examples" / "lending" / "data" / "lending.parquet")
    black = (loans["race"] == "Black").to_numpy()
    assert black.sum() > 100
    rng = np.random.default_rng(5)
    signal = rng.normal(np.where(black, 1.0, -1.0), 1.0)
    ratio = np.exp(2 * signal) * black.mean() / (1 - black.mean())
    frame = loans.with_columns(p_black=ratio / (1 + ratio)).with_columns(p_other=1 - pl.col("p_black"), black=black)
    for metric in ("selection_rate", "true_positive_rate", "false_positive_rate", "precision"):
        plan = st.Plan(
            asks=(
                st.ask("FA020", group="race", metric=metric, probabilities=("black=p_black", "other=p_other")),
                st.ask("FA001", name="truth", metric=metric),
            ),
            thresholds=(0.8,), min_n=10,
        )  # fmt: skip
        run = st.evaluate(frame, label="approved", score="score", groups="black", plan=plan)
        bounded, truth = (e.findings[0] for e in run.evidence)
        assert bounded.low <= truth.value <= bounded.high, metric


def test_order_and_missing_chances() -> None:
    frame = world(6, rates=(0.4, 0.6), sure=0.8).with_columns(p_a=pl.when(pl.int_range(4_000) > 100).then("p_a"))
    one, other = asked(frame), asked(frame.sample(fraction=1, shuffle=True, seed=1))
    assert one.findings == other.findings
    assert "101 rows lack a probability and are left out" in one.notes


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"probabilities": ("a=p_a", "b=nowhere")}, "no column 'nowhere'"),
        ({"probabilities": ("a=p_a",)}, "nothing to compare"),
        ({"probabilities": ("a=p_a", "b=p_a")}, "sum to more than 1"),
        ({"probabilities": ("a=p_a", "b=d2")}, "outside 0 to 1"),
        ({"probabilities": None}, "probabilities or shares"),
        ({"probabilities": None, "shares": ("a=0.9", "b=0.9")}, "sum to more than 1"),
        ({"probabilities": None, "shares": ("a=x", "b=0.9")}, "is no share"),
        ({"assume": "everything"}, "independence"),
    ],
)
def test_refused(parameters: dict[str, Any], said: str) -> None:
    frame = world(7, rates=(0.5, 0.5), sure=0.6, n=200).with_columns(p_a=0.9, d2=pl.col("d") * 2)
    with pytest.raises(st.SterlingError, match=said):
        asked(frame, **parameters)


def test_only_plain_shares_can_be_bounded() -> None:
    found = asked(world(8, rates=(0.5, 0.5), sure=0.6, n=200), metric="f1")
    assert found.outcome == "not_applicable"


def test_a_frame_and_a_table_say_the_rate_of_each_group_and_how_far_it_reaches() -> None:
    frame = world(4, rates=(0.3, 0.6), sure=0.9)
    run = st.evaluate(frame, label="y", prediction="d", memberships=CHANCES)
    found = run.inferred.filter(metric="selection_rate").sort("slice")
    assert found["slice"].to_list() == ["inferred g=a", "inferred g=b"]
    assert found["known"].unique().to_list() == ["bounds"]
    for row, truth in zip(found.iter_rows(named=True), (0.3, 0.6), strict=True):
        chance = frame["p_a" if row["slice"].endswith("a") else "p_b"]
        assert row["value"] == pytest.approx((frame["d"] * chance).sum() / chance.sum())
        assert row["low"] < row["value"] < row["high"]
        assert row["low"] < truth < row["high"]
        assert row["n"] == round(chance.sum())
    assert set(run.inferred["metric"]) > {"selection_rate"}
    assert run.frame["slice"].unique().to_list() == ["everyone"]
    again = read_run(evidence_bytes(run), provenance=run.provenance, policy=run.policy, wiring=run.wiring)
    assert again.inferred.equals(run.inferred)
    (section,) = sections(run)
    grid = next(b for b in section.blocks if isinstance(b, Grid))
    assert len(grid.rows) == run.inferred.height
    assert all(row[2].interval is not None for row in grid.rows)
    notes = [n for e in run.evidence if e.check == "FA020" for n in e.notes if n.startswith("Selection rate, a: ")]
    assert len(notes) == 1


def test_the_contract_has_the_same_rows_as_the_frame_and_holds_to_its_schema() -> None:
    schema = json.loads((ROOT / "docs/schema/evaluate-1.json").read_text(encoding="utf-8"))
    frame = world(4, rates=(0.3, 0.6), sure=0.9)
    run = st.evaluate(frame, label="y", prediction="d", memberships=CHANCES)
    document = json.loads(json.dumps(run.to_dict()))
    assert problems(document, schema, schema) == []
    assert {(r["known"], r["assumed"], r["model"]) for r in document["inferred"]} == {("chances", "nothing", "d")}
    records = [r for asked in document["inferred"] for r in asked["estimates"]]
    columns = ("metric", "value", "low", "high", "n", "n_eligible", "status")
    assert [tuple(r[c] for c in columns) for r in records] == run.inferred.select(columns).rows()
    assert [r["slice"] for r in records[:2]] == [{"inferred g": "a"}, {"inferred g": "b"}]
    assert st.evaluate(frame, label="y", prediction="d").to_dict()["inferred"] == []
    document["inferred"][0]["assumed"] = "everything"
    assert problems(document, schema, schema) != []


def test_too_few_people_have_no_rate_and_no_such_groups_no_frame() -> None:
    few = world(5, rates=(0.3, 0.6), sure=0.9, n=60).with_columns(p_a=pl.lit(0.02), p_b=pl.lit(0.98))
    found = st.evaluate(few, label="y", prediction="d", memberships=CHANCES).inferred.filter(metric="selection_rate")
    assert found.filter(slice="inferred g=a").select("value", "low", "high", "status").row(0) == (
        None, None, None, "insufficient",
    )  # fmt: skip
    assert st.evaluate(few, label="y", prediction="d").inferred.is_empty()
