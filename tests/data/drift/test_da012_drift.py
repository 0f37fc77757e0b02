"""DA012: planted changes are found, tables without one are quiet at the promised rate, and nothing odd upsets it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from sterling.core.codec import evidence_bytes
from sterling.core.data.drift import Drift, Drifts
from sterling.core.errors import ConfigError
from sterling.core.evidence import Evidence
from sterling.core.policy import Policy
from sterling.core.slices import Slice
from sterling.pipeline.tables import profile


def ask(here: pl.DataFrame, *others: pl.DataFrame, settings: dict[str, Any] | None = None, **given: Any) -> Evidence:
    run = profile(here, others=list(others), checks="DA012", settings={"DA012": settings or {}}, **given)
    (found,) = run.evidence
    assert found.outcome == "measured", found.reason
    return found


def drifts(found: Evidence) -> tuple[Drifts, ...]:
    assert found.about is not None
    return found.about.drifts


def of(found: Evidence, column: str, statistic: str, *, pair: int = 0, **slice_: str) -> Drift:
    (one,) = [
        d for d in (*drifts(found)[pair].found, *drifts(found)[pair].by_group)
        if (d.column, d.statistic, d.slice) == (column, statistic, Slice.of(slice_))
    ]  # fmt: skip
    return one


def drifted(found: Evidence, *, pair: int = 0) -> set[str]:
    return {d.column for d in drifts(found)[pair].found if d.drifted}


def people(n: int, seed: int, **change: Any) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {
            "age": rng.integers(18, 90, n),
            "income": np.round(rng.lognormal(10, 0.6, n), 2),
            "score": pl.Series(rng.random(n)).set(pl.Series(rng.random(n) < 0.1), None),
            "job": rng.choice(["cook", "nurse", "smith", "clerk"], n, p=[0.4, 0.3, 0.2, 0.1]),
            "owner": rng.random(n) < 0.4,
            "sex": rng.choice(["f", "m"], n),
        }
    )
    days = pl.Series(rng.integers(18_000, 19_000, n)).cast(pl.Int32).cast(pl.Date)
    return frame.with_columns(day=days).with_columns(**change)


def test_a_hand_worked_table() -> None:
    a = pl.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "c": ["a", "a", "b", "b"]})
    b = pl.DataFrame({"x": [3.0, 4.0, 5.0, 6.0], "c": ["a", "b", "b", "b"]})
    found = ask(b, a, min_n=4)
    assert of(found, "x", "ks").value == 0.5
    assert of(found, "x", "wasserstein_units").value == 2.0
    assert of(found, "x", "wasserstein").value == 1.0  # the older table's middle half is from 1 to 3
    assert of(found, "c", "l_infinity").value == 0.25
    assert of(found, "x", "missing_share").value == 0.0
    # Of the 70 ways to deal eight rows, 0.7714 give a distance of 0.5 or more; ties are kept together.
    assert of(found, "x", "ks").p == pytest.approx(54 / 70)
    assert drifted(found) == set()


def test_planted_changes_are_found_strongest_first() -> None:
    a = people(4_000, 1)
    b = people(
        4_000, 2,
        income=pl.col("income") * 1.3,
        job=pl.when(pl.col("job") == "cook").then(pl.lit("smith")).otherwise("job"),
        score=pl.when(pl.col("owner")).then(None).otherwise("score"),
    )  # fmt: skip
    found = ask(b, a)
    assert drifted(found) == {"income", "job", "score"}
    columns = list(dict.fromkeys(d.column for d in drifts(found)[0].found))
    assert columns[:3] == ["job", "score", "income"]
    gone = of(found, "score", "missing_share")
    assert gone.value is not None
    assert gone.low is not None
    assert 0.3 < gone.low < gone.value
    assert of(found, "income", "wasserstein").low > 0  # type: ignore[operator]
    assert any("3 of 7 columns changed" in note for note in found.notes)


def test_a_null_world_is_quiet_at_the_promised_rate() -> None:
    """Of 40 pairs of equal tables, 5 % may raise an alarm: 2 expected, more than 6 in one of 250 tries."""
    alarms = sum(bool(drifted(ask(people(160, 2 * i + 1), people(120, 2 * i)))) for i in range(40))
    assert alarms <= 6


def test_outliers_do_not_fool_it() -> None:
    """Histograms between the least and the greatest value move with an outlier; these tables are from one world."""
    worlds = []
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        tails = {f"t{i}": rng.standard_t(1.5, 20_000) for i in range(12)}
        worlds.append(pl.DataFrame(tails | {"moved": rng.standard_t(1.5, 20_000) + 0.1 * (seed == 2)}))
    worlds[1] = worlds[1].with_columns(t0=pl.when(pl.int_range(pl.len()) == 0).then(1e12).otherwise("t0"))

    def coarse(x: pl.Series, y: pl.Series) -> float:
        """What ten equal bins from the least to the greatest value say: Jensen-Shannon's divergence."""
        edges = np.linspace(min(x.min(), y.min()), max(x.max(), y.max()), 11)  # type: ignore[type-var, arg-type]
        p, q = (np.histogram(s.to_numpy(), edges)[0] / len(s) + 1e-12 for s in (x, y))
        return float(np.sum(p * np.log(2 * p / (p + q)) + q * np.log(2 * q / (p + q))))

    seen = {c: coarse(worlds[0][c], worlds[1][c]) for c in worlds[0].columns}
    assert sum(v >= seen["moved"] for c, v in seen.items() if c != "moved") >= 4, "the case is not the one that fooled"
    found = ask(worlds[1], worlds[0])
    assert drifted(found) == {"moved"}
    assert of(found, "t0", "ks").high < 0.03  # type: ignore[operator]
    assert of(found, "t0", "jensen_shannon").high < 0.03  # type: ignore[operator]


def test_the_order_of_rows_does_not_change_a_bit() -> None:
    a, b = people(500, 1), people(600, 2)
    shuffled = [f.sample(fraction=1.0, shuffle=True, seed=9) for f in (a, b)]
    for weight in (None, "income"):
        runs = [
            profile(y, others=[x], checks="DA012", groups="sex", weight=weight) for x, y in ((a, b), tuple(shuffled))
        ]
        assert evidence_bytes(runs[0]) == evidence_bytes(runs[1])


def test_weights_are_repetitions_in_value_and_fewer_rows_in_certainty() -> None:
    rng = np.random.default_rng(3)
    a = people(2_000, 1)
    times = rng.integers(1, 4, 1_500)
    b = people(1_500, 2).with_columns(w=times)
    repeated = b.drop("w").with_columns(n=pl.Series(times)).select(pl.exclude("n").repeat_by("n").explode())
    weighed = ask(b, a.with_columns(w=pl.lit(1)), weight="w")
    plain = ask(repeated, a)
    for column, statistic in (("age", "ks"), ("income", "wasserstein_units"), ("job", "l_infinity")):
        one, other = of(weighed, column, statistic), of(plain, column, statistic)
        assert one.value == pytest.approx(other.value, rel=1e-6)
        assert one.high > other.high  # type: ignore[operator]
    assert of(weighed, "age", "ks").n == 1_500
    assert "w" in drifts(weighed)[0].left_out


def test_spans() -> None:
    first, second, third = people(2_000, 1), people(2_000, 2), people(2_000, 3, age=pl.col("age") + 5)
    each = ask(third, first, second)
    assert [drifted(each, pair=i) for i in range(2)] == [{"age"}] * 2
    previous = ask(third, first, second, settings={"against": "previous"})
    assert [drifted(previous, pair=i) for i in range(2)] == [set(), {"age"}]
    assert drifts(previous)[0].tests == drifts(previous)[1].tests  # adjusted over both pairs
    oldest = ask(third, first, second, settings={"against": "first"})
    assert [drifted(oldest, pair=i) for i in range(2)] == [set(), {"age"}]


def test_for_whom_it_changed() -> None:
    a = people(4_000, 1)
    b = people(4_000, 2, income=pl.when(pl.col("sex") == "f").then(pl.col("income") * 1.5).otherwise("income"))
    found = ask(b, a, groups="sex")
    assert of(found, "income", "ks", sex="f").drifted is True
    assert of(found, "income", "ks", sex="m").drifted is False
    assert "sex" not in {d.column for d in drifts(found)[0].by_group}
    assert not drifts(ask(b, a, groups="sex", settings={"groups": False}))[0].by_group


def crossed(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Women's scores and men's change places: the column as a whole stays as it was."""
    rng = np.random.default_rng(seed)
    sex, noise = np.array(["f", "m"] * 1_000), rng.normal(size=2_000)
    frames = [pl.DataFrame({"sex": sex, "height": noise + np.where(sex == taller, 1.0, 0.0)}) for taller in ("m", "f")]
    return frames[0], frames[1]


def test_planted_change_within_groups_is_said_and_limits_judge_it() -> None:
    a, b = crossed(3)
    limit = '[[limit]]\nmetric = "drift_ks"\ncolumns = "height"\nmax = 0.2\nslice = {{ sex = "{}" }}\n'
    whole = '[[limit]]\nmetric = "drift_ks"\ncolumns = "height"\nmax = 0.2\n'
    worst = '[[limit]]\nmetric = "drift_ks"\nmax = 0.2\nslice = { sex = "f" }\n'
    policy = Policy.parse(limit.format("m") + whole + worst)
    run = profile(b, others=[a], policy=policy, checks="DA012", groups="sex")
    (found,) = run.evidence
    assert "height" not in drifted(found)
    assert any("height changed beyond chance" in n and "sex=f, sex=m, though not overall" in n for n in found.notes)
    said = {(str(v.limit.slice or ""), v.limit.columns): v.verdict for v in run.judgement.verdicts if v.limit}
    assert said == {("sex=m", ("height",)): "over", ("", ("height",)): "within", ("sex=f", ()): "over"}
    judged = {str(v.finding.first.slice) for v in run.judgement.verdicts if v.limit and v.finding}
    assert judged == {"everyone", "sex=f", "sex=m"}


def test_null_groups_say_nothing_and_unasked_groups_are_not_judged() -> None:
    a, _ = crossed(3)
    b, _ = crossed(4)
    run = profile(b, others=[a], checks="DA012", groups="sex")
    assert not any("though not overall" in n for n in run.evidence[0].notes)
    assert all(v.finding is None or v.finding.only is None for v in run.judgement.verdicts)


def test_small_groups_are_told() -> None:
    a = people(500, 1).with_columns(sex=pl.when(pl.int_range(pl.len()) < 5).then(pl.lit("x")).otherwise("sex"))
    found = ask(people(500, 2), a, groups="sex")
    assert any("1 groups of sex have fewer than 30 rows" in note for note in found.notes)


def test_hostile_columns() -> None:
    n = 200
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "constant": [1] * n, "none": pl.Series([None] * n, dtype=pl.Float64), "null": [None] * n,
            "nan": [float("nan")] * n, "inf": np.where(np.arange(n) % 2, np.inf, -np.inf),
            "huge": pl.Series([2**64 - 1 - i for i in range(n)], dtype=pl.UInt64),
            "texts": ["\u202e\x00<b>" + "x" * 10_000] * n, "many": [f"{i}" for i in range(n)],
            "levels": rng.integers(0, 300, n).astype(str), "bytes": pl.Series([b"\x00" * (i % 3) for i in range(n)]),
            "lists": [[1] * (i % 4) for i in range(n)], "pairs": [{"a": 1}] * n,
            "<script>": rng.random(n), "cat": pl.Series(["u", "v"] * (n // 2), dtype=pl.Categorical),
            "at": pl.Series([dt.datetime(2024, 1, 1, tzinfo=dt.UTC)] * n), "when": [dt.time(1, 2)] * n,
            "took": [dt.timedelta(days=1)] * n, "dec": pl.Series(range(n)).cast(pl.Decimal(10, 2)),
        }
    )  # fmt: skip
    found = ask(frame.sample(fraction=1, shuffle=True, seed=1), frame)
    assert drifted(found) == set()
    for d in drifts(found)[0].found:
        assert d.value is None or (np.isfinite(d.value) and d.low is not None and d.low <= d.value), d
    assert of(found, "constant", "ks").value == 0.0
    assert of(found, "none", "ks").value is None
    assert of(found, "null", "missing_share").value == 0.0
    assert "too few" in of(found, "nan", "ks").note
    assert not [d for d in drifts(found)[0].found if (d.column, d.statistic) == ("many", "jensen_shannon")]
    assert not [d for d in drifts(found)[0].found if d.column == "inf" and d.statistic.startswith("wasserstein")]


def test_one_row_says_nothing() -> None:
    found = ask(people(1, 1), people(1, 2))
    assert drifted(found) == set()
    assert all(d.value is None and d.drifted is None for d in drifts(found)[0].found)


def test_disjoint_categories_and_new_values() -> None:
    a = pl.DataFrame({"c": ["a", "b"] * 100})
    b = pl.DataFrame({"c": ["x", "y"] * 100})
    found = ask(b, a)
    assert of(found, "c", "jensen_shannon").value == pytest.approx(1.0, abs=0.01)
    assert of(found, "c", "new_values").value == 1.0
    assert of(found, "c", "psi").high is None
    assert "no upper bound" in of(found, "c", "psi").note
    assert drifted(found) == {"c"}


def test_another_type_is_a_record_and_no_error() -> None:
    a = pl.DataFrame({"x": [str(i) for i in range(100)], "y": range(100), "z": range(100)})
    b = pl.DataFrame({"x": range(100), "y": [float(i) for i in range(100)], "new": range(100)})
    found = ask(b, a)
    changed = of(found, "x", "type")
    assert changed.drifted is True
    assert changed.note == "a number here, text in the other table"
    assert "whole numbers" in of(found, "y", "ks").note
    assert drifted(found) == {"x"}
    assert (drifts(found)[0].only_here, drifts(found)[0].only_there) == (("new",), ("z",))


def test_texts_that_hardly_repeat_are_compared_by_length() -> None:
    a = pl.DataFrame({"note": [f"word {i}" for i in range(1_000)]})
    b = pl.DataFrame({"note": [f"a longer word {i}" for i in range(1_000)]})
    found = ask(b, a)
    assert of(found, "note", "length_ks").value == 1.0
    assert of(found, "note", "new_values").value == 1.0
    assert drifted(found) == {"note"}


def test_null_columns_complete_in_both_tables_are_unchanged_and_not_unknown() -> None:
    found = ask(people(3_000, 1), people(3_000, 2))
    gone = of(found, "age", "missing_share")
    assert (gone.value, gone.drifted) == (0.0, False)
    assert gone.high is not None and gone.high < 0.002
    few = of(ask(people(5, 1), people(5, 2)), "age", "ks")
    assert few.drifted is None


def test_planted_new_value_has_the_plain_index_beside_the_smoothed_one() -> None:
    a = pl.DataFrame({"c": ["x"] * 600 + ["y"] * 400})
    b = pl.DataFrame({"c": ["x"] * 550 + ["y"] * 400 + ["z"] * 50})
    p, q = np.array([0.6, 0.4, 0.0001]), np.array([0.55, 0.4, 0.05])
    assert f"plain index of these rows {np.sum((p - q) * np.log(p / q)):.4g}" in of(ask(b, a), "c", "psi").note
    both = [of(ask(b, a), "c", s) for s in ("total_variation", "l_infinity")]
    assert both[0].value >= both[1].value and both[0].low >= both[1].low  # type: ignore[operator]


def test_adjustment() -> None:
    """One column of 30 at p = 0.02 is what chance gives; at 1e-6 it is not."""
    rng = np.random.default_rng(5)
    a = pl.DataFrame({f"x{i}": rng.normal(size=2_000) for i in range(30)})
    b = pl.DataFrame({f"x{i}": rng.normal(0.3 * (i == 7), 1, 2_000) for i in range(30)})
    b = b.with_columns(x3=a["x3"] + 0.12)
    holm = ask(b, a)
    p = of(holm, "x3", "ks")
    assert p.p is not None
    assert p.adjusted_p is not None
    assert p.p < 0.05 < p.adjusted_p
    assert drifted(holm) == {"x7"}
    looser = ask(b, a, settings={"adjust": "benjamini-hochberg"})
    assert of(looser, "x3", "ks").adjusted_p <= p.adjusted_p  # type: ignore[operator]


POLICY = """
[[limit]]
metric = "drift_ks"
max = {worst}

[[limit]]
metric = "drift_ks"
columns = "age"
max = 0.1

[[limit]]
metric = "drift_wasserstein_units"
columns = "income"
max = 3000
"""


def test_limits_bound_the_size_of_a_change() -> None:
    a, b = people(4_000, 1), people(4_000, 2, income=pl.col("income") * 1.3)
    run = profile(b, others=[a], policy=Policy.parse(POLICY.format(worst=0.1)), checks="DA012")
    words = {(v.limit.metric.info.name, v.limit.columns): v.verdict for v in run.judgement.verdicts if v.limit}  # type: ignore[union-attr]
    assert words == {
        ("drift_ks", ()): "over",
        ("drift_ks", ("age",)): "within",
        ("drift_wasserstein_units", ("income",)): "over",
    }
    calm = profile(people(4_000, 3), others=[a], policy=Policy.parse(POLICY.format(worst=0.1)), checks="DA012")
    assert calm.judgement.exit_code == 0


def test_bounds_of_findings() -> None:
    found = ask(people(500, 2), people(500, 1))
    for f in found.findings:
        assert f.low <= f.value <= f.high, f
    worst = {f.metric.name: f for f in found.findings if not f.columns}
    assert "drift_wasserstein_units" not in worst
    assert worst["drift_ks"].groups_compared == 4
    of_age = next(f for f in found.findings if f.columns == ("age",) and f.metric.name == "drift_ks")
    assert of_age.groups_compared == 1
    assert worst["drift_ks"].high >= of_age.high


def test_columns_that_are_named() -> None:
    found = ask(people(100, 1), people(100, 2), settings={"columns": ["age"]})
    assert {d.column for d in drifts(found)[0].found} == {"age"}
    with pytest.raises(ConfigError, match="aeg"):
        ask(people(100, 1), people(100, 2), settings={"columns": ["aeg"]})
    with pytest.raises(ConfigError, match="against"):
        ask(people(100, 1), people(100, 2), settings={"against": "last"})
