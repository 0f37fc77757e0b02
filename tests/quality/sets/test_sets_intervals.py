"""The items of a row belong together: what varies is rows, or the clusters that they come in."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

import sterling as st
from sterling.core.slices import EVERYONE
from sterling.core.table import EstimateTable
from tests.quality.sets.worlds import made
from tests.worlds.world import allowed

NAMES = ("set_precision", "set_recall", "set_f1", "set_jaccard", "set_precision_at(2)", "set_recall_at(2)")


def table(frame: pl.DataFrame, min_n: int = 1, **roles: object) -> EstimateTable:
    plan = st.Plan(asks=(st.ask("QU001", metrics=(*NAMES, "subset_accuracy")),), grid=False, min_n=min_n)
    return st.evaluate(
        frame, task="sets", label="tags", prediction="said", score="how", plan=plan, **roles  # type: ignore[arg-type]
    ).tables[0]  # fmt: skip


def test_the_variance_is_that_of_a_ratio_of_totals() -> None:
    """Wilson's interval at the n that the linearised variance of Σ hits / Σ items over rows gives, written out."""
    frame = made(400, seed=4, unknown=0.0)
    hits = np.array([len({*t} & {*s}) for t, s in frame.select("tags", "said").rows()], dtype=float)
    items = np.array([len({*s}) for s in frame["said"]], dtype=float)
    share, m = hits.sum() / items.sum(), np.count_nonzero(items)
    variance = ((hits - share * items) ** 2).sum() * m / (m - 1) / items.sum() ** 2
    n = min(share * (1 - share) / variance, items.sum())
    n *= (stats.norm.isf(0.025) / stats.t.isf(0.025, m - 1)) ** 2
    z = stats.norm.isf(0.025)
    middle, half = (share + z**2 / 2 / n) / (1 + z**2 / n), z * np.sqrt(share * (1 - share) / n + z**2 / 4 / n**2)
    found = table(frame).estimate("set_precision", EVERYONE)
    assert (found.low, found.high) == pytest.approx((middle - half / (1 + z**2 / n), middle + half / (1 + z**2 / n)))
    assert found.n_eligible == items.sum()


def test_a_row_with_everything_ten_times_is_one_row() -> None:
    """Ten items that are right or wrong together are no ten people."""
    frame = made(300, seed=2, unknown=0.0)
    copies = [pl.col(c).list.eval(pl.concat([pl.element() + f" {i}" for i in range(10)])) for c in ("tags", "said")]
    ten = frame.with_columns(*copies, how=pl.concat_list(["how"] * 10))
    one, many = table(frame), table(ten)
    for name in ("set_precision", "set_recall", "set_jaccard"):
        a, b = one.estimate(name, EVERYONE), many.estimate(name, EVERYONE)
        assert b.value == pytest.approx(a.value)
        assert b.high - b.low > 0.97 * (a.high - a.low), name  # type: ignore[operator]
        assert b.n_eligible == 10 * a.n_eligible


def test_rows_are_clusters_of_their_own() -> None:
    """With a cluster for each row the numbers are those without clusters; copies of rows are no new rows.

    Intervals are never as if items went less together than by chance, so that copies may narrow them a little.
    """
    frame = made(200, seed=5)
    for weight in ({}, {"weight": "w"}):
        alone, named = table(frame, **weight), table(frame, cluster="row", **weight)
        twice = table(pl.concat([frame, frame]), cluster="row", **weight)
        for name in NAMES:
            a, b, c = (t.estimate(name, EVERYONE) for t in (alone, named, twice))
            assert (b.value, b.low, b.high) == pytest.approx((a.value, a.low, a.high), rel=1e-6), name
            # At most two items of a row are found among the best two, which chance alone would not keep to.
            assert "_at(" in name or c.high - c.low > 0.85 * (a.high - a.low), name  # type: ignore[operator]


def test_a_group_of_few_rows_is_small_however_many_items_it_has() -> None:
    frame, few = made(200, seed=6, unknown=0.0), pl.col("row") < 8
    frame = frame.with_columns(
        g=pl.when(few).then(pl.lit("few")).otherwise(pl.lit("many")),
        said=pl.when(few).then(pl.lit([str(i) for i in range(40)])).otherwise("said"),
        how=pl.when(few).then(pl.lit([0.5] * 40)).otherwise("how"),
    )
    found = table(frame, min_n=30, groups="g")
    small = next(s for s in found.slices if dict(s.items).get("g") == "few")
    assert found.estimate("set_precision", small).status == "insufficient"
    assert found.estimate("set_precision", small).n_eligible == 8


def world(n: int, rng: np.random.Generator) -> pl.DataFrame:
    """Rows that differ: how many tags they have, and how well these are found."""
    true, said = [], []
    for _ in range(n):
        skill, size = rng.beta(2, 1.5), rng.integers(0, 8)
        tags = [f"t{i}" for i in range(size)]
        found = [t for t in tags if rng.random() < skill]
        true.append(tags)
        said.append(found + [f"x{i}" for i in range(rng.poisson(3 * (1 - skill)))])
    kind = pl.List(pl.String)
    return pl.DataFrame({"tags": true, "said": said}, schema={"tags": kind, "said": kind})


@pytest.mark.slow
@pytest.mark.parametrize("n", [30, 200])
def test_intervals_cover(n: int) -> None:
    """Truth: what 60,000 rows show."""
    worlds, rng = 200, np.random.default_rng(n)
    plan = st.Plan(asks=(st.ask("QU001", metrics=("set_precision", "set_recall", "set_f1", "set_jaccard")),), min_n=2)
    given = {"task": "sets", "label": "tags", "prediction": "said", "plan": plan}
    truth = st.evaluate(world(60_000, rng), **given).tables[0]  # type: ignore[arg-type]
    missed = dict.fromkeys((b.info.name for b in truth.blocks), 0)
    for _ in range(worlds):
        found = st.evaluate(world(n, rng), **given).tables[0]  # type: ignore[arg-type]
        for name in missed:
            e = found.estimate(name, EVERYONE)
            missed[name] += not e.low <= truth.estimate(name, EVERYONE).value <= e.high  # type: ignore[operator]
    for name, times in missed.items():
        assert times / worlds <= allowed(0.06, worlds), (name, times)


@pytest.mark.parametrize("roles", [{"cluster": "one"}, {"weight": "single"}], ids=str)
def test_no_number_without_an_interval(roles: dict[str, str]) -> None:
    """Rows of one cluster, or one row that has all the weight, say how many items there are of nobody else."""
    frame = made(60, seed=3).with_columns(one=pl.lit(1), single=(pl.int_range(60) == 7).cast(pl.Float64))
    run = st.evaluate(frame, task="sets", label="tags", prediction="said", min_n=1, metrics="all", **roles)  # type: ignore[arg-type]
    numbers = run.frame.drop_nulls("value")
    assert not numbers.filter(pl.col("low").is_null() | pl.col("high").is_null()).height


def test_many_right_items_of_few_rows_leave_room_for_a_wrong_row() -> None:
    """Where all is right the data show no variance: half a row of each kind stands for it, not half an item."""
    ends = []
    for items in (1, 20):
        right = [f"t{i}" for i in range(items)]
        frame = pl.DataFrame({"tags": [right] * 40, "said": [right] * 40})
        run = st.evaluate(frame, task="sets", label="tags", prediction="said", min_n=1, metrics="set_f1")
        ends.append(run.frame.filter(metric="set_f1").select("low", "high").row(0))
    assert ends[0] == pytest.approx(ends[1], rel=1e-3)
    assert ends[0][0] < 0.98
