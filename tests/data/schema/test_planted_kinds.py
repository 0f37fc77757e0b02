"""Every kind of anomaly: a table in which it is planted has it, and the same table without the fault has it not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl
import pytest

from sterling.core.data.kinds import KINDS
from tests.data.schema.tables import held, kinds

N = 50
DAYS = [dt.date(2024, 1, 1) + dt.timedelta(days=i) for i in range(N)]


def column(values: object, **also: object) -> pl.DataFrame:
    return pl.DataFrame({"x": values, **also}, strict=False)


@dataclass(frozen=True)
class Case:
    """A fault, what the schema says, a table with the fault and one without; how many rows have it."""

    kind: str
    schema: str
    bad: pl.DataFrame
    good: pl.DataFrame
    rows: int | None = None
    environment: str | None = None


ONES, TEXTS = [1] * N, ["a"] * N
CASES = [
    Case("empty_table", "[column.x]", column([], y=[]).cast(pl.Int64).drop("y"), column([1])),
    Case("too_few_rows", "[table]\nmin_rows = 50\n[column.x]", column([1] * 49), column(ONES)),
    Case("too_many_rows", "[table]\nmax_rows = 50\n[column.x]", column([1] * 51), column(ONES)),
    Case("missing_column", "[column.x]\n[column.y]", column(ONES), column(ONES, y=ONES)),
    Case("unexpected_column", "[column.x]", column(ONES, z=ONES), column(ONES)),
    Case("column_not_in_environment",
         'environments = ["training", "serving"]\n[column.x]\n[column.y]\nnot_in = ["serving"]',
         column(ONES, y=ONES), column(ONES), environment="serving"),
    Case("type_mismatch", '[column.x]\ntype = "integer"', column(["1"] * 48 + ["one", "1.5"]), column(ONES), rows=2),
    Case("type_mismatch", '[column.x]\ntype = "text"', column(ONES), column(TEXTS)),
    Case("numbers_as_text", '[column.x]\ntype = "number"', column([" 1.5"] * N), column([1.5] * N)),
    Case("dates_as_text", '[column.x]\ntype = "date"', column(["2024-02-29"] * N), column(DAYS)),
    Case("dates_as_text", '[column.x]\ntype = "datetime"', column(["2024-02-29T10:00:00"] * N),
         column([dt.datetime(2024, 2, 29, 10)] * N)),
    Case("integer_as_float", '[column.x]\ntype = "integer"', column([1.0, None] * 25), column(ONES)),
    Case("mixed_types", '[column.x]\ntype = "text"\nlimits.max_numeric_share = 0.05',
         column(["a"] * 47 + ["1", "2.5", "-3"]),
         column(["a"] * 48 + ["1", "2"]), rows=3),
    Case("missing_values", "[column.x]\npresence.min_share = 0.9", column([1] * 44 + [None] * 6),
         column([1] * 45 + [None] * 5), rows=6),
    Case("missing_values", "[column.x]\npresence.min_share = 0.9\nallow.nan = true",
         column([1.0] * 44 + [float("nan")] * 6),
         column([1.0] * 45 + [float("nan")] * 5), rows=6),
    Case("too_few_values", "[column.x]\npresence.min_count = 45", column([1] * 44 + [None] * 6),
         column([1] * 45 + [None] * 5), rows=44),
    Case("nan_values", "[column.x]", column([1.0] * 49 + [float("nan")]), column([1.0] * 49 + [None]), rows=1),
    Case("infinite_values", "[column.x]", column([1.0] * 48 + [float("inf"), -float("inf")]), column([1.0] * N),
         rows=2),
    Case("out_of_domain", '[column.x]\ndomain.values = ["a", "b"]\ndomain.max_unseen_share = 0.1',
         column(["a"] * 44 + ["c"] * 6), column(["a"] * 45 + ["c"] * 5), rows=6),
    Case("new_values", '[column.x]\ndomain.values = ["a"]\ndomain.max_unseen_share = 1\ndomain.max_new_values = 1',
         column(["a"] * 48 + ["b", "c"]), column(["a"] * 48 + ["b", "b"]), rows=2),
    Case("misspelt_values", '[column.x]\ndomain.values = ["female", "north-east"]\ndomain.max_unseen_share = 1',
         column(["female"] * 46 + ["FEMALE", "femael", "North East", "xyz"]), column(["female"] * 49 + ["feline"]),
         rows=3),
    Case("out_of_range", "[column.x]\nrange.min = 0\nrange.max = 10\nrange.max_outside_share = 0.02",
         column([0, 10] * 24 + [11, -1]), column([0, 10] * 24 + [5, 11]), rows=2),
    Case("out_of_range", '[column.x]\ntype = "date"\nrange.min = 2024-01-02', column(DAYS), column(DAYS[1:]), rows=1),
    Case("not_unique", "[column.x]\nunique = true", column([*range(48), 7, 7]), column([*range(48), None, None]),
         rows=3),
    Case("length_outside", '[column.x]\ntype = "text"\nlength.min = 1\nlength.max = 3',
         column([*["abc"] * 48, "", "abcd"]),
         column(["abc"] * N), rows=2),
    Case("valency_outside", '[column.x]\ntype = "list"\nvalency.min = 1\nvalency.max = 2',
         column([[1]] * 48 + [[], [1, 2, 3]]),
         column([[1], [1, 2]] * 25), rows=2),
    Case("pattern_broken", "[column.x]\ntype = \"text\"\npattern.regex = '[A-Z]\\d+'",
         column(["A1"] * 48 + ["A1\n", "xA1"]),
         column(["A1"] * N), rows=2),
    Case("constant", "[column.x]\nlimits.min_distinct = 2", column(ONES), column([1, 2] * 25)),
    Case("too_few_distinct", "[column.x]\nlimits.min_distinct = 3", column([1, 2] * 25), column([1, 2, 3] * 25)),
    Case("too_many_distinct", "[column.x]\nlimits.max_distinct = 2", column([1, 2, 3] * 25), column([1, 2] * 25)),
    Case("value_too_frequent", "[column.x]\nlimits.max_value_share = 0.5", column([1] * 26 + [*range(2, 26)]),
         column([1] * 25 + [*range(2, 27)]), rows=26),
    Case("mean_outside", "[column.x]\nlimits.min_mean = 2\nlimits.max_mean = 3", column(ONES), column([2, 3] * 25)),
    Case("zeros_too_frequent", "[column.x]\nlimits.max_zero_share = 0.1", column([0] * 6 + [1] * 44),
         column([0] * 5 + [1] * 45), rows=6),
    Case("date_order",
         '[column.x]\ntype = "date"\n[column.y]\ntype = "date"\n[[rule]]\nname = "order"\nholds = "x <= y"',
         pl.DataFrame({"x": DAYS[1:], "y": [DAYS[0], *DAYS[2:]]}), pl.DataFrame({"x": DAYS, "y": DAYS}), rows=1),
    Case("rule_broken",
         '[column.x]\n[column.y]\n[[rule]]\nname = "r"\nholds = "x < y or y is missing"\nmax_share = 0.5',
         pl.DataFrame({"x": [1, 2, 3, None], "y": [1, 1, 4, 4]}), pl.DataFrame({"x": [1, 2, 3], "y": [1, 5, None]}),
         rows=2),
]  # fmt: skip
OF_A_PROJECT = {"no_label", "single_label", "missing_id", "repeated_id", "empty_group"}
"""Promises that a project makes by its roles: `test_promises_of_roles`."""


@pytest.mark.parametrize("case", CASES, ids=[f"{c.kind}-{i}" for i, c in enumerate(CASES)])
def test_a_planted_fault_is_found_and_its_absence_is_quiet(case: Case) -> None:
    found = held(case.schema, case.bad, case.environment)
    told = [a for a in found.found if a.kind == case.kind]
    assert len(told) == 1, found.found
    assert told[0].severity == KINDS[case.kind].severity or told[0].rule
    assert told[0].rows == case.rows
    assert told[0].where.startswith("schema.toml")
    assert case.kind not in kinds(held(case.schema, case.good, case.environment))


@pytest.mark.parametrize("case", CASES, ids=[f"{c.kind}-{i}" for i, c in enumerate(CASES)])
def test_a_kind_that_is_off_is_not_told(case: Case) -> None:
    if "[[rule]]" in case.schema:
        pytest.skip("a rule has its own severity")
    head, _, rest = case.schema.partition("[column.x]")
    body = f'{head}[severity]\n{case.kind} = "off"\n[column.x]{rest}'
    assert case.kind not in kinds(held(body, case.bad, case.environment))


def test_every_kind_is_planted() -> None:
    assert {c.kind for c in CASES} | OF_A_PROJECT == set(KINDS)


def test_severities_of_a_column_outrank_those_of_the_table() -> None:
    two = "limits.min_distinct = 2"
    body = f'[severity]\nconstant = "error"\n[column.x]\n{two}\nseverity.constant = "note"\n[column.y]\n{two}'
    found = held(body, column(ONES, y=ONES)).found
    assert [(a.column, a.severity) for a in found] == [("x", "note"), ("y", "error")]


def test_a_value_of_fewer_than_ten_rows_is_never_written_down() -> None:
    frame = column(["a"] * 40 + ["rare-secret"] * 9 + ["b"] * 10)
    told = held('[column.x]\ndomain.values = ["a"]', frame).found[0]
    assert "b (10)" in told.got
    assert "rare-secret" not in str(told)
    assert told.got.startswith("2 values unknown")


def test_a_misnamed_column_is_recognised() -> None:
    found = held("[column.income]", pl.DataFrame({"incom": [1]})).found
    assert [(a.kind, a.hint) for a in found] == [
        ("missing_column", "did you mean incom?"), ("unexpected_column", "did you mean income?"),
    ]  # fmt: skip


def test_values_that_differ_on_purpose_are_no_slips() -> None:
    body = '[column.x]\ndomain.values = ["grade A", "level 10", "married civ"]\ndomain.max_unseen_share = 1'
    assert not held(body, column(["grade B", "level 11", "level 1", "married af"] * 5)).found


def test_rules_are_held_against_columns_as_they_are_read() -> None:
    """Numbers and days that stand as text are compared as what they are, not letter by letter."""
    body = '[column.x]\ntype = "integer"\n[column.y]\ntype = "number"\n[[rule]]\nname = "r"\nholds = "x <= y"'
    found = held(body, pl.DataFrame({"x": ["9", "10"], "y": ["10", "9.5"]}))
    assert [(a.kind, a.rows) for a in found.found if a.rule] == [("rule_broken", 1)]


def test_a_rule_about_a_column_that_is_not_there_is_left_out_and_told() -> None:
    found = held('[column.x]\n[column.y]\n[[rule]]\nname = "r"\nholds = "x <= y"', column(ONES))
    assert kinds(found) == ["missing_column"]
    assert found.unchecked == ("rule r: a column it names is not there, or is of another type",)
