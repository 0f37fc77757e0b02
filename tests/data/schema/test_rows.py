"""The rows behind an anomaly: their numbers, and their values only when asked for."""

from __future__ import annotations

import polars as pl

from sterling.data.schema.checking import hold_with_rows
from sterling.data.schema.rows import MOST
from tests.data.schema.tables import access, schema

FRAME = pl.DataFrame(
    {"x": [1, 50, 2, 99, 3], "t": ["a", "b", "zz", "a", None], "k": [7, 8, 7, 9, 7], "y": ["9", "10", "1", "100", "x"]}
)
BODY = """
[column.x]
range.max = 10
[column.t]
domain.values = ["a", "b"]
presence.min_share = 1
[column.k]
unique = true
[column.y]
type = "number"
[[rule]]
name = "r"
holds = "x < y"
"""


def behind(*, with_values: bool = False) -> dict[str, tuple[tuple[int, ...], tuple[tuple[str, ...], ...]]]:
    found = hold_with_rows(schema(BODY), access(FRAME), with_values=with_values)
    return {r.anomaly.kind: (r.rows, r.values) for r in found.rows}


def test_numbers_count_from_one_in_the_order_of_the_table() -> None:
    assert {kind: rows for kind, (rows, _) in behind().items()} == {
        "out_of_range": (2, 4), "out_of_domain": (3,), "missing_values": (5,), "not_unique": (1, 3, 5),
        "type_mismatch": (5,), "rule_broken": (2, 3),
    }  # fmt: skip
    assert not any(values for _, values in behind().values())


def test_values_are_those_of_the_table_as_it_is() -> None:
    found = behind(with_values=True)
    assert found["out_of_domain"] == ((3,), (("zz",),))
    assert found["rule_broken"] == ((2, 3), (("50", "10"), ("2", "1")))
    assert found["missing_values"] == ((5,), (("",),))


def test_only_the_first_rows_are_named() -> None:
    many = pl.DataFrame({"x": [5] * 100})
    found = hold_with_rows(schema("[column.x]\nrange.max = 1"), access(many))
    assert found.rows[0].rows == tuple(range(1, MOST + 1))
    assert found.anomalies.found[0].rows == 100
