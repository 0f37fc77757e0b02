"""Counts that are left out cannot be worked out by subtracting the others of their row, column or group."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as some

import sterling as st
from sterling.core.document import HeatMap
from sterling.core.slices import EVERYONE, Slice
from sterling.report.cards import model_card
from sterling.report.chapters import classes
from sterling.report.exports.github import step_summary
from sterling.report.markdown import markdown
from sterling.report.small_cells import SMALL_SHARE, withheld_cells, withheld_counts, withheld_slices
from sterling.report.text import FEW
from tests.report import dossiers


@given(some.lists(some.integers(0, 60), min_size=1, max_size=8))
def test_small_cells_are_withheld_and_never_one_alone(row: list[int]) -> None:
    hidden = withheld_cells(row)
    small = {j for j, n in enumerate(row) if 0 < n < SMALL_SHARE}
    assert small <= hidden
    assert len(hidden) != 1 or all(n == 0 for j, n in enumerate(row) if j not in hidden)
    assert all(row[j] for j in hidden)


def test_the_smallest_other_goes_with_a_single_one() -> None:
    assert withheld_cells([90, 3, 40, 0]) == {1, 2}
    assert withheld_cells([90, 3, 2, 40]) == {1, 2}
    assert withheld_cells([90, 10]) == set()


@given(some.lists(some.lists(some.integers(0, 40), min_size=3, max_size=3), min_size=1, max_size=6))
def test_rows_of_a_picture_are_withheld_as_single_ones_are(rows: list[list[int]]) -> None:
    hidden = withheld_counts(np.array(rows))
    assert [set(np.flatnonzero(row).tolist()) for row in hidden] == [withheld_cells(row, FEW) for row in rows]


def test_no_sentence_tells_a_cell_of_the_picture_that_is_withheld() -> None:
    """36 of `over` in the north are called `full` and 4 `part`: both cells are left out, and so is the sentence."""
    label = ["full"] * 60 + ["over"] * 40 + ["full"] * 60 + ["over"] * 40
    said = ["full"] * 60 + ["full"] * 36 + ["part"] * 4 + ["full"] * 45 + ["over"] * 15 + ["over"] * 28 + ["full"] * 12
    table = pl.DataFrame({"hours": label, "guess": said, "region": ["north"] * 100 + ["south"] * 100})
    run = st.evaluate(table, task="multiclass", label="hours", prediction="guess", groups="region")
    maps = [b for s in classes.sections(run) for b in s.blocks if isinstance(b, HeatMap)]
    north = next(m for m in maps if m.caption == "People with region 'north'")
    assert [c.value is None for c in north.cells[1]] == [True, False, True]
    who = "people with region 'north'"
    hidden = "is not shown: small numbers are withheld"
    assert north.text == f"Which class is taken for another most often among {who} {hidden}"
    south = next(m for m in maps if m.caption == "People with region 'south'")
    assert south.text.startswith("Most often mistaken among")
    assert south.text.endswith("over is taken for full in 30% of its labels")


def test_the_most_frequent_mistake_is_that_of_what_is_shown() -> None:
    """A mistake of another row is shown; the most frequent one, 36 of 40, is withheld with the 4 beside it."""
    label = ["full"] * 60 + ["over"] * 40
    said = ["full"] * 45 + ["over"] * 15 + ["full"] * 36 + ["part"] * 4
    table = pl.DataFrame({"hours": label, "guess": said, "region": ["north"] * 100})
    run = st.evaluate(table, task="multiclass", label="hours", prediction="guess", groups="region")
    maps = [b for s in classes.sections(run) for b in s.blocks if isinstance(b, HeatMap)]
    assert {m.text.split(" among ")[0] for m in maps} == {"Of what is shown, most often mistaken"}
    assert all(m.text.endswith("full is taken for over in 25% of its labels") for m in maps)


def crossed(counts: list[list[int]]) -> dict[Slice, int]:
    """Races by sexes, their sums, and everyone."""
    table = np.array(counts)
    sizes = {EVERYONE: int(table.sum())}
    sizes |= {Slice.of({"race": f"r{i}"}): int(n) for i, n in enumerate(table.sum(axis=1))}
    sizes |= {Slice.of({"sex": f"s{j}"}): int(n) for j, n in enumerate(table.sum(axis=0))}
    cells = np.ndenumerate(table)
    return sizes | {Slice.of({"race": f"r{i}", "sex": f"s{j}"}): int(n) for (i, j), n in cells if n > 0}


def test_a_cross_of_two_people_is_not_the_rest_of_its_race() -> None:
    sizes = crossed([[87, 22, 2], [144, 51, 2], [1_374, 296, 11]])
    assert withheld_slices(sizes) == {Slice.of({"race": f"r{i}", "sex": "s1"}) for i in (0, 1)}
    assert withheld_slices(crossed([[87, 22], [144, 51]])) == frozenset()


def test_where_a_group_is_not_the_sum_of_its_crosses_nothing_is_given_away() -> None:
    sizes = crossed([[87, 22, 2], [144, 51, 2]])
    apart = {s: n + 40 if len(s.items) < 2 else n for s, n in sizes.items()}
    assert withheld_slices(apart) == frozenset()


@given(some.lists(some.lists(some.integers(0, 30), min_size=2, max_size=4), min_size=2, max_size=5))
def test_no_small_cross_is_alone_in_its_row_or_column(rows: list[list[int]]) -> None:
    width = min(map(len, rows))
    table = np.array([row[:width] for row in rows])
    held = withheld_slices(crossed(table.tolist()))
    closed = np.zeros(table.shape, dtype=bool)
    for (i, j), n in np.ndenumerate(table):
        closed[i, j] = 0 < n < FEW or Slice.of({"race": f"r{i}", "sex": f"s{j}"}) in held
    assert all(table[int(dict(s.items)["race"][1:]), int(dict(s.items)["sex"][1:])] >= FEW for s in held)  # type: ignore[index]
    for line, hidden in [*zip(table, closed, strict=True), *zip(table.T, closed.T, strict=True)]:
        assert hidden.sum() != 1 or (line > 0).sum() == 1


def test_a_verdict_does_not_tell_the_count_that_the_tables_hold_back() -> None:
    """The group of 31 is held back, since 1 - or 2 - others of its race or sex are fewer than ten."""
    sizes = {("a", "x"): 200, ("a", "y"): 31, ("a", "z"): 4, ("b", "x"): 300, ("b", "y"): 90, ("b", "z"): 50}
    rows = [(r, s, i % 3 > 0, i % 2) for (r, s), n in sizes.items() for i in range(n)]
    frame = pl.DataFrame(rows, schema=["race", "sex", "said", "label"], orient="row").with_columns(
        pl.col("said").cast(pl.Int8)
    )
    policy = st.Policy.parse('[[limit]]\nmetric = "selection_rate"\nmin = 0.6\nslice = "race=a,sex=y"\n')
    run = st.evaluate(frame, label="label", prediction="said", groups=["race", "sex"], policy=policy)
    told = dossiers.lending(run=run, judgement=run.judgement)
    for text in (step_summary(run, run.judgement), markdown(model_card(told))):
        assert "not shown" in text
        assert "31 people" not in text
