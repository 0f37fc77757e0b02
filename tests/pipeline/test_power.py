"""How many more people: of the groups that keep the limit open, and only where a number can be worked out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.judge import Deciding, Verdict
from sterling.report import words


def table(sizes: dict[str, tuple[int, float]]) -> pl.DataFrame:
    parts = [pl.DataFrame({"g": [g] * n, "p": (np.arange(n) < rate * n) * 1.0}) for g, (n, rate) in sizes.items()]
    return pl.concat(parts)


def undecided(data: pl.DataFrame, limit: str, **roles: object) -> tuple[int | None, str]:
    run = st.evaluate(data, score="p", groups="g", policy=st.Policy.parse(f"[[limit]]\n{limit}"), **roles)  # type: ignore[arg-type]
    verdict = next(v for v in run.judgement.verdicts if v.limit is not None and v.verdict == "undecided")
    return verdict.more_people, words.said(verdict, run.roles)


def test_more_people_of_the_small_group_that_keeps_a_gap_open() -> None:
    """A and B differ most and are certain; that C is not far away is not known."""
    data = table({"A": (40_000, 0.50), "B": (40_000, 0.53), "C": (120, 0.51)})
    more, said = undecided(data, 'metric = "selection_rate"\nmax_gap = 0.05')
    assert more is not None and more > 500
    assert "more people with g C would decide this" in said


def test_more_people_of_the_small_group_below_a_floor() -> None:
    data = table({"A": (40_000, 0.50), "C": (120, 0.51)})
    more, said = undecided(data, 'metric = "selection_rate"\nmin = 0.45\ngroups = ["g"]')
    assert more is not None and more > 20
    assert "g C" in said.partition(";")[2]


def test_no_number_for_a_metric_that_is_no_proportion() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(600)
    data = pl.DataFrame({"g": ["A", "B"] * 300, "p": p, "y": (rng.random(600) < p).astype(int)})
    more, said = undecided(data, 'metric = "calibration_in_the_large"\nmax_gap = 0.05', label="y")
    assert more is None and "how many is not worked out" in said


def test_a_limit_finds_its_baseline_whatever_the_order_of_its_columns() -> None:
    rng = np.random.default_rng(0)
    data = pl.DataFrame({"g": rng.choice(["A", "B"], 900), "h": rng.choice(["x", "y"], 900), "p": rng.random(900)})
    policy = st.Policy.parse('[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.9\nbaseline = { h = "x", g = "A" }')
    found = st.evaluate(data, score="p", groups=["g", "h"], policy=policy).judgement.verdicts[0]
    assert found.verdict == "within"


def test_a_message_obeys_no_escape_sequence_of_the_data() -> None:
    data = table({"A\x1b[31m\n": (50, 0.5), "B": (50, 0.5)})
    with pytest.raises(st.ConfigError) as caught:
        st.evaluate(data, score="p", groups="g", baseline="g=C")
    assert "\x1b" not in str(caught.value)
    assert "\\x1b" in str(caught.value)


def rare(copies: int) -> pl.DataFrame:
    """One person in ten has a positive label; of these 70 in 100 are selected."""
    label = np.repeat([1, 0], [100, 900])
    score = np.concatenate([np.repeat([0.9, 0.1], [70, 30]), np.repeat([0.9, 0.1], [90, 810])])
    return pl.concat([pl.DataFrame({"y": label, "s": score})] * copies)


def test_so_many_people_do_decide_though_few_of_them_count() -> None:
    def verdict(copies: int) -> tuple[str, int | None]:
        policy = st.Policy.parse('[[limit]]\nmetric = "true_positive_rate"\nmin = 0.65')
        found = st.evaluate(rare(copies), label="y", score="s", policy=policy).judgement.verdicts[0]
        return found.verdict, found.more_people

    word, more = verdict(1)
    assert word == "undecided" and more is not None
    enough = 1 + -(-more // 1000)
    assert verdict(enough)[0] == "within"
    assert verdict(max(enough - 2, 1))[0] == "undecided"


def verdict_on(data: pl.DataFrame, limit: str, **roles: object) -> Verdict:
    policy = st.Policy.parse(f"[[limit]]\n{limit}")
    found = st.evaluate(data, policy=policy, **roles).judgement.verdicts  # type: ignore[arg-type]
    return next(v for v in found if v.limit is not None)


def with_more(data: pl.DataFrame, deciding: Deciding, *, but: int = 0) -> pl.DataFrame:
    """Copies of the rows of each group named, as many as are asked for, so that every share stays; the groups mixed."""
    parts = [data]
    for more in deciding.more[but:]:
        mine = data.filter(*(pl.col(c).eq_missing(pl.lit(v)) for c, v in more.slice.items))
        parts += [mine] * -(-more.people // mine.height)
    return pl.concat(parts)


LENDING = Path("examples/lending/data/lending.parquet")
LIMITS = {
    "gap of found": 'metric = "true_positive_rate"\nmax_gap = 0.055\ngroups = ["race"]',
    "gap of selected": 'metric = "selection_rate"\nmax_gap = 0.025\ngroups = ["sex"]',
    "ratio": 'metric = "selection_rate"\nmin_ratio = 0.78\ngroups = ["race"]',
    "to a baseline": 'metric = "true_positive_rate"\nmax_gap = 0.05\nbaseline = { race = "white" }\ngroups = ["race"]',
    "floor": 'metric = "true_positive_rate"\nmin = 0.92\ngroups = ["race"]',
    "ceiling": 'metric = "false_positive_rate"\nmax = 0.55\ngroups = ["sex"]',
    "crosses": 'metric = "selection_rate"\nmin = 0.62\ngroups = ["race", "sex"]',
}


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS.keys())
def test_the_people_said_do_decide_and_not_those_of_one_group_alone(limit: str) -> None:
    data = pl.read_parquet(LENDING)
    roles = {"label": "approved", "score": "score", "groups": ["race", "sex"]}
    first = verdict_on(data, limit, **roles)
    assert first.verdict == "undecided"
    assert first.deciding is not None and first.deciding.more
    assert verdict_on(with_more(data, first.deciding), limit, **roles).verdict in ("within", "over")
    if len(first.deciding.more) > 1:
        few = with_more(data, first.deciding, but=1)
        assert verdict_on(few, limit, **roles).verdict == "undecided"


def test_no_number_is_said_where_it_cannot_be_worked_out() -> None:
    """Of an area under a curve, and of shares whose rows come in clusters."""
    data = pl.read_parquet(LENDING).with_columns(branch=pl.int_range(pl.len()) // 7)
    roles = {"label": "approved", "score": "score", "groups": ["race"]}
    auc = verdict_on(data, 'metric = "auc"\nmin = 0.84\ngroups = ["race"]', **roles)
    assert auc.verdict == "undecided" and auc.deciding is None
    clustered = verdict_on(data, LIMITS["gap of found"], **roles, cluster="branch")
    assert clustered.verdict == "undecided" and clustered.deciding is None
