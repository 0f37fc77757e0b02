"""FA005: a gap that a legitimate column explains goes away, one that it hides comes out; null worlds; parameters."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.errors import ConfigError
from sterling.core.evidence import Finding
from tests.house.law import ROOT
from tests.worlds.world import allowed, findings

INCOME = ROOT / "examples" / "income" / "data" / "income.parquet"
RATES = {"hard": 0.2, "easy": 0.7}
APPLY = {"a": {"hard": 200, "easy": 800}, "b": {"hard": 800, "easy": 200}}


def _world(seed: int, *, gap: float = 0.0, apply: dict[str, dict[str, int]] = APPLY) -> pl.DataFrame:
    """Group b applies to the hard department; within a department its rate is lower by `gap`."""
    rng = np.random.default_rng(seed)
    parts = []
    for group, departments in apply.items():
        for department, n in departments.items():
            rate = RATES[department] - (gap if group == "b" else 0.0)
            chosen = (rng.random(n) < rate).astype(int)
            parts.append(pl.DataFrame({"group": [group] * n, "department": [department] * n, "chosen": chosen}))
    return pl.concat(parts)


def _asked(frame: pl.DataFrame, code: str = "FA005", **parameters: object) -> st.Run:
    given = {"given": "department"} if code == "FA005" else {}
    plan = st.Plan(asks=(st.ask(code, name="q", metric="selection_rate", **{**given, **parameters}),), grid=False)
    return st.evaluate(frame, prediction="chosen", positive="1", groups=["group", "department"], plan=plan)


def _of(run: st.Run, family: tuple[str, ...] = ("group",)) -> Finding:
    return next(f for f in findings(run) if f.family == family)


def _verdicts(run: st.Run, limit: str) -> list[str]:
    policy = st.Policy.parse(f'[[ask]]\nname = "q"\ncheck = "FA005"\n[[limit]]\nask = "q"\n{limit}')
    return [v.verdict for v in run.judge(policy).verdicts]


def test_planted_gap_within_departments_is_over() -> None:
    for seed in range(10):
        run = _asked(_world(seed, gap=0.15))
        assert _verdicts(run, "max_gap = 0.02") == ["over"]
        assert _of(run).first.slice.as_dict() == {"group": "a"}


def test_what_the_column_explains_goes_away() -> None:
    """Simpson's worlds: the plain gap is 30 points, and there is none within departments."""
    frame = _world(1)
    plain = _of(_asked(frame, "FA001", crosses=False))
    held = _of(_asked(frame))
    assert plain.low > 0.2
    assert held.value < 0.06 and held.low == 0


def _worlds(
    n: int, seed: int, *, gap: float = 0.0, apply: dict[str, dict[str, int]] = APPLY, **parameters: object
) -> st.Run:
    """Many worlds at once, one column of decisions each."""
    rng = np.random.default_rng(seed)
    frame = _world(seed, apply=apply).drop("chosen")
    rate = frame["department"].replace_strict(RATES).to_numpy() - gap * (frame["group"] == "b").to_numpy()
    drawn = {f"world{k}": (rng.random(frame.height) < rate).astype(np.int8) for k in range(n)}
    plan = st.Plan(
        asks=(st.ask("FA005", name="q", metric="selection_rate", given="department", **parameters),), grid=False
    )
    return st.evaluate(
        frame.with_columns(**drawn), prediction=list(drawn), positive="1", groups=["group", "department"], plan=plan
    )


def test_null_worlds_alarm_at_most_as_promised() -> None:
    run = _worlds(240, 11, apply={"a": APPLY["a"], "b": APPLY["b"], "c": {"hard": 60, "easy": 60}})
    assert np.mean([f.low > 0 for f in findings(run) if f.family == ("group",)]) <= allowed(0.05, 240)


def test_null_worlds_within_each_value_alarm_at_most_as_promised() -> None:
    run = _worlds(120, 12, within=True)
    assert np.mean([any(f.low > 0 for f in e.findings) for e in run.evidence]) <= allowed(0.05, 120)


def test_within_is_rarely_said_of_a_gap_as_wide_as_the_limit() -> None:
    run = _worlds(240, 13, gap=0.1)
    assert np.mean([f.high <= 0.1 for f in findings(run)]) <= allowed(0.05, 240)


def test_gaps_that_cancel_come_out_within() -> None:
    frame = pl.DataFrame(
        {
            "group": (["a"] * 200 + ["b"] * 200) * 2,
            "department": ["x"] * 400 + ["y"] * 400,
            "chosen": [1] * 120 + [0] * 80 + [1] * 80 + [0] * 120 + [1] * 80 + [0] * 120 + [1] * 120 + [0] * 80,
        }
    )
    assert _of(_asked(frame)).value == pytest.approx(0)
    inside = findings(_asked(frame, within=True))
    assert [(f.only.as_dict(), f.value) for f in inside if f.only] == [
        ({"department": "x"}, pytest.approx(0.2)), ({"department": "y"}, pytest.approx(0.2)),
    ]  # fmt: skip
    assert all(f.low > 0.05 for f in inside)
    assert {f.first.slice.as_dict()["group"] for f in inside} == {"a", "b"}


def test_on_real_data_as_a_count_by_hand() -> None:
    frame = pl.read_parquet(INCOME).with_columns(chosen=(pl.col("score") >= 0.5).cast(pl.Int8))
    plan = st.Plan(asks=(st.ask("FA005", name="q", metric="selection_rate", given="age_band"),), grid=False)
    run = st.evaluate(frame, prediction="chosen", positive="1", groups=["sex", "age_band"], plan=plan)
    found = _of(run, ("sex",))
    table = frame.group_by("age_band", "sex").agg(pl.len().alias("n"), pl.col("chosen").mean()).sort("age_band")
    women, men = (table.filter(pl.col("sex") == s) for s in ("female", "male"))
    n, m = women["n"].to_numpy().astype(float), men["n"].to_numpy().astype(float)
    weight = n * m / (n + m)
    expected = (weight * (men["chosen"] - women["chosen"]).to_numpy()).sum() / weight.sum()
    assert found.value == pytest.approx(expected)
    assert found.low < expected < found.high
    assert found.metric.name == "selection_rate given age_band"


def test_bands_of_a_number_may_be_held_equal() -> None:
    """However the text is spaced, it names the same bands."""
    frame = pl.read_parquet(INCOME).with_columns(chosen=(pl.col("score") >= 0.5).cast(pl.Int8))
    plan = st.Plan(asks=(st.ask("FA005", name="q", metric="selection_rate", given="cut( age,30, 50 )"),), grid=False)
    run = st.evaluate(frame, prediction="chosen", positive="1", groups=["sex", "cut(age, 30, 50)"], plan=plan)
    assert _of(run, ("sex",)).metric.name == "selection_rate given cut(age, 30, 50)"


def test_the_order_of_rows_does_not_matter() -> None:
    frame = _world(3, gap=0.1)
    once, again = (_of(_asked(f)) for f in (frame, frame.sample(fraction=1, shuffle=True, seed=2)))
    assert (once.value, once.low, once.high) == (again.value, again.low, again.high)


def test_groups_that_share_no_value_are_left_out_and_named() -> None:
    frame = pl.concat([_world(4), pl.DataFrame({"group": ["z"] * 50, "department": ["own"] * 50, "chosen": [1] * 50})
                       .cast({"chosen": pl.Int64})])  # fmt: skip
    found = _of(_asked(frame))
    assert [t.slice.as_dict() for t in found.too_small] == [{"group": "z"}]
    assert found.groups_compared == 2


def test_few_people_say_nothing() -> None:
    few = {"a": {"hard": 9, "easy": 9}, "b": {"hard": 9, "easy": 9}}
    found = _of(_asked(_world(1, apply=few)))
    assert np.isnan(found.value) and len(found.too_small) == 2


@pytest.mark.parametrize(
    ("parameters", "said"),
    [({"given": "departmnt"}, "did you mean department"), ({"groups": ["sex"]}, "no group column")],
)
def test_columns_that_are_not_there(parameters: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        _asked(_world(1), **parameters)


def test_needs_crosses_and_shares() -> None:
    plan = st.Plan(asks=(st.ask("FA005", name="q", metric="selection_rate", given="department"),), grid=False, cross=1)
    with pytest.raises(ConfigError, match="were not crossed"):
        st.evaluate(_world(1), prediction="chosen", positive="1", groups=["group", "department"], plan=plan)
    plan = st.Plan(asks=(st.ask("FA005", name="q", metric="auc", given="department"),), grid=False)
    frame = _world(1).with_columns(s=pl.col("chosen") * 0.5)
    run = st.evaluate(frame, score="s", label="chosen", groups=["group", "department"], plan=plan)
    assert run.evidence[0].outcome == "not_applicable"
