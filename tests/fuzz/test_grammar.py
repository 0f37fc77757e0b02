"""No text gets anything out of the grammars but an answer or a ConfigError; what is written reads back the same."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sterling.core import algebra
from sterling.core.data.schema_keys import COLUMN_KEYS, RULE_KEYS, TABLE_KEYS
from sterling.core.errors import ConfigError
from sterling.core.plan import parse_thresholds
from sterling.core.predicate import Beside, Compare, Join, Not, Predicate, parse_predicate, write_predicate
from sterling.core.project_keys import KEYS
from sterling.core.rates import RATES, SHORT, parse_rate
from sterling.core.scope_file import SCOPE_KEYS
from tests.fuzz.feeds import GRAMMARS, feed_rate

RATE = """tp fp fn tn tpr fpr selection_rate + - * / ( ) 2 0 1e9 .5 where x `ab` = in [ ] , is missing not and or ' "
__import__"""
PREDICATE = """x `ab` = != < >= in [ ] , is missing not and or ( ) ' " "a" 'b' 1 - 2.5 1e999 lambda \\ \0 é"""
POLICY = """[[limit]]
[[ask]]
[project]
metric = "selection_rate"
metric = "tp"
max_gap = 0.05
max_gap = nan
min = 1e999
groups = ["race"]
slice = { race = "a" }
slice = "race=a"
slice = []
ask = "x"
ask = 3
name = "x"
check = "FA001"
threshold = 0.5
threshold = true
limit = 3
project = []
model = "m"
baseline = 2020-01-01
"""
ODD = (
    "1",
    '"a"',
    "true",
    "nan",
    "-1",
    "[]",
    '["a", "a"]',
    "{}",
    "{ a = 1 }",
    "2027-01-01",
    "1e999",
    '"../x"',
    '""',
    "[[]]",
)
KEYED = [f"{key} = {value}\n" for keys in (*KEYS.values(), SCOPE_KEYS) for key in keys for value in ODD]
OF_SCHEMAS = (*COLUMN_KEYS, *RULE_KEYS, *TABLE_KEYS)
PROMISED = [f"{key} = {value}\n" for key in OF_SCHEMAS for value in (*ODD, '"x < n"', '"text"')]
HEADERS = [
    f"{left}{name}{right}\n"
    for name in (*KEYS, "harm", "group", "answers")
    for left, right in (("[", "]"), ("[[", "]]"))
]
PIECES = {
    "rate": [*RATE.split(), " "],
    "predicate": [*PREDICATE.split(), " "],
    "thresholds": [*["0.1", "0", "1", ":", ",", "0.9", "-", "e", "9", "nan", "inf", "1e400", "_", "０"], " "],
    "policy": [*POLICY.splitlines(keepends=True), "=", "\n", '"', "é", "\0"],
    "project": [*KEYED, *HEADERS, "\n", '"', "\x1b", "é"],
    "scope": [*KEYED, *HEADERS, "\n", '"', "\x1b", "é"],
    "schema": [*PROMISED, "[column.x]\n", '[column."\\u0000"]\n', "[[rule]]\n", "[table]\n", "[severity]\n", "\n"],
}
"""What each grammar is made of, and some of what it is not."""


@pytest.mark.parametrize("grammar", GRAMMARS)
@given(data=st.data())
def test_any_text(grammar: str, data: st.DataObject) -> None:
    GRAMMARS[grammar](data.draw(st.text(max_size=60)))


@pytest.mark.parametrize("grammar", GRAMMARS)
@given(data=st.data())
def test_almost_sense(grammar: str, data: st.DataObject) -> None:
    pieces = data.draw(st.lists(st.sampled_from(PIECES[grammar]), max_size=25))
    GRAMMARS[grammar](data.draw(st.sampled_from(["", " "])).join(pieces))


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="`", exclude_categories=["Cs"]), min_size=1, max_size=8)
TEXTS = st.text(max_size=8).filter(lambda t: not ('"' in t and "'" in t))
VALUES = st.one_of(TEXTS, st.floats(allow_nan=False, allow_infinity=False))
COMPARES = st.one_of(
    st.builds(Compare, NAMES, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), st.tuples(VALUES)),
    st.builds(Compare, NAMES, st.just("in"), st.lists(VALUES, min_size=1, max_size=3).map(tuple)),
    st.builds(Compare, NAMES, st.just("missing"), st.just(())),
)
PREDICATES = st.recursive(
    COMPARES,
    lambda inner: st.builds(Join, st.sampled_from(["and", "or"]), inner, inner) | st.builds(Not, inner),
    max_leaves=6,
)


@given(column=NAMES, operator=st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), other=NAMES)
def test_columns_compared_with_one_another_read_back(column: str, operator: Literal["=", "<"], other: str) -> None:
    pair = Beside(column, operator, other)
    assert parse_predicate(write_predicate(pair), between=True) == pair
    with pytest.raises(ConfigError):
        parse_predicate(write_predicate(pair))


@given(predicate=PREDICATES)
def test_predicates_read_back(predicate: Predicate) -> None:
    assert parse_predicate(write_predicate(predicate)) == predicate


NODES = st.recursive(
    st.one_of(st.builds(algebra.Cell, st.integers(0, 5)), st.integers(0, 9).map(lambda n: algebra.Number(float(n)))),
    lambda inner: st.builds(algebra.Binary, st.sampled_from(["+", "-", "*", "/"]), inner, inner),
    max_leaves=8,
)


@given(node=NODES)
def test_algebra_reads_back(node: algebra.Node) -> None:
    feed_rate(algebra.write(node))
    feed_rate(f"({algebra.write(node)}) / (tp + fp)")


@pytest.mark.parametrize("name", [*RATES, *SHORT])
def test_every_rate_reads_back(name: str) -> None:
    rate = parse_rate(name)
    assert parse_rate(rate.canonical()) == rate
    assert parse_rate(algebra.write(rate.node)).name == rate.name


@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "not " * 5000 + "x = 1", "-" * 5000 + "tp", "tp / " * 900 + "tp", "a" * 10**6, "tp" + " + tp" * 500],
    ids=lambda t: t[:8],
)
@pytest.mark.parametrize("grammar", GRAMMARS)
def test_very_deep_and_very_long(grammar: str, text: str) -> None:
    GRAMMARS[grammar](text)


@pytest.mark.parametrize("text", ["1e400", "1e-9999:2:1e-9999", "0:1e308:1e-308", "1:2:3:4", "0:1:0", ":", ","])
def test_thresholds_out_of_range(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_thresholds(text)


@pytest.mark.parametrize("text", ["-tpr", "0.123456789012 * tpr", "-0.5 * -2 * fpr", "2e-7 * tpr", "1e22 * tpr"])
def test_numbers_and_signs_read_back(text: str) -> None:
    rate = parse_rate(text)
    assert parse_rate(rate.canonical()).node == rate.node
