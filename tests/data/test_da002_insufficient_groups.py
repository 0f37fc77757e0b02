"""DA002: groups too small to say anything about are listed, never dropped."""

from __future__ import annotations

import polars as pl

import sterling as st


def asked(frame: pl.DataFrame, *, min_n: int = 30, **roles: object) -> st.Evidence:
    plan = st.Plan(asks=(st.ask("DA002"),), grid=False, min_n=min_n)
    return st.evaluate(frame, prediction="p", plan=plan, **roles).evidence[0]


FRAME = pl.DataFrame({"g": ["a"] * 50 + ["b"] * 29 + ["c"] * 30 + ["d"], "h": ["x", "y"] * 55, "p": [0, 1] * 55})


def test_planted_small_groups_are_listed() -> None:
    """29 is too few and 30 is enough; the crosses with h halve every group."""
    evidence = asked(FRAME, groups=["g", "h"])
    alone = [(str(t.slice), t.n, t.n_needed) for t in evidence.too_small if len(t.slice.items) == 1]
    assert alone == [("g=b", 29, 30), ("g=d", 1, 30)]
    assert all(t.n < 30 for t in evidence.too_small)
    assert evidence.notes == ("9 groups have fewer than 30 rows",)


def test_null_table_of_large_groups_lists_nothing() -> None:
    evidence = asked(FRAME, groups="g", min_n=1)
    assert (evidence.too_small, evidence.notes) == ((), ())


def test_hand_worked() -> None:
    """One row-poor group among two: 12 of 52 rows."""
    frame = pl.DataFrame({"g": ["a"] * 40 + ["b"] * 12, "p": [0, 1] * 26})
    (small,) = asked(frame, groups="g").too_small
    assert (str(small.slice), small.n, small.n_eligible) == ("g=b", 12, 12)


def test_not_applicable_without_groups() -> None:
    assert asked(FRAME).outcome == "not_applicable"
