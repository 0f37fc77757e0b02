"""TOML with lines: every table and key is found where it was written, and every wrong kind of value is named."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as hs

import sterling as st
from sterling.core.toml import Document, Table

TEXT = '''# a comment with [a.header] and key = 1
top = 1
[data]
path = "x # not a comment"
"odd key" = 2
a.b = 3
long = """
[not.a.header]
path = "inside"
"""
list = [
    "label = 1",  # ]
    [1, 2],
]
'raw' = 'it is ["'
after = true

[[limit]]
metric = "a"
  [limit.slice]
  race = "x"
[[limit]]
max = 1
[train.parameters]
c = 1
'''


@pytest.mark.parametrize(
    ("where", "line"),
    [
        (("top",), 2), (("data",), 3), (("data", "path"), 4), (("data", "odd key"), 5), (("data", "a"), 6),
        (("data", "a", "b"), 6), (("data", "long"), 7), (("data", "list"), 11), (("data", "raw"), 15),
        (("data", "after"), 16), (("limit",), 18), (("limit", 0), 18), (("limit", 0, "metric"), 19),
        (("limit", 0, "slice", "race"), 21), (("limit", 1), 22), (("limit", 1, "max"), 23),
        (("train", "parameters", "c"), 25), (("train",), 24), (("limit", 1, "nothing"), 22), (("nothing",), 1),
    ],
)  # fmt: skip
def test_lines(where: tuple[str | int, ...], line: int) -> None:
    assert Document.parse(TEXT, origin="x.toml").line(*where) == line


KEYS = hs.text("abcdefgh_-", min_size=1, max_size=6)
VALUES = hs.sampled_from(
    ["1", '"a"', '["]", "#"]', '"""\n[x]\nk = 1\n"""', "[\n1,\n[2]\n]", "{ k = 1 }", "'''\nk=1'''", '"\\""']
)


@given(hs.lists(hs.tuples(KEYS, hs.dictionaries(KEYS, VALUES, max_size=4)), max_size=6, unique_by=lambda t: t[0]))
def test_every_key_is_found_at_its_line(tables: list[tuple[str, dict[str, str]]]) -> None:
    lines: list[str] = []
    expected: dict[tuple[str | int, ...], int] = {}
    for table, keys in tables:
        expected[(table,)] = len(lines) + 1
        lines.append(f"[{table}]")
        for key, value in keys.items():
            expected[(table, key)] = len(lines) + 1
            lines += f"{key} = {value}  # [no] = {{".split("\n")
    document = Document.parse("\n".join(lines), origin="x")
    assert {place: document.line(*place) for place in expected} == expected


def _table(text: str) -> Table:
    return Document.parse(text, origin="x.toml").root


@pytest.mark.parametrize(
    ("call", "text", "words"),
    [
        ("text", "k = 1", "text in"), ("words", 'k = "  "', "is empty"), ("flag", "k = 1", "true or false"),
        ("whole", "k = true", "a whole number"), ("whole", "k = 1.0", "is a number"), ("number", "k = nan", "a number"),
        ("number", "k = true", "is true or false"), ("texts", "k = [1]", "a list of texts"),
        ("texts", 'k = [""]', "a list of texts"), ("texts", 'k = ["a", "a"]', "lists 'a' twice"),
        ("lists", "k = [1]", "a list of lists"), ("scalar", "k = [1]", "one value"), ("scalar", "k = inf", "one value"),
        ("date", 'k = "2027-01-01"', "without quotes"), ("date", "k = 2027-01-01T00:00:00", "without quotes"),
        ("json", "k = 1", "a table"), ("json", "k = { a = 2027-01-01 }", "holds a date"),
        ("table", "k = 1", "is a table"),
    ],
)  # fmt: skip
def test_wrong_kinds_are_named(call: str, text: str, words: str) -> None:
    with pytest.raises(st.ConfigError) as caught:
        getattr(_table(text), call)("k")
    assert str(caught.value).startswith("x.toml:1: ")
    assert words in str(caught.value)


def test_values_as_they_are_meant() -> None:
    table = _table('a = 1.0\nb = true\nc = "x"\nd = 2027-03-31\ne = "one"\nf = 0.5\ng = 1\nh = -0.5')
    assert [table.scalar(k) for k in "abcfg"] == ["1", "true", "x", "0.5", "1"]
    assert table.date("d") == dt.date(2027, 3, 31)
    assert table.texts("e") == ("one",)
    assert table.numbers("f", 0, 1) == (0.5,)
    with pytest.raises(st.ConfigError, match="from 0 to 1"):
        table.number("h", 0, 1)
    with pytest.raises(st.ConfigError, match="at least 2"):
        table.whole("g", 2)


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 10_000, "a = 1\na = 2", "[a]\n[a]", "\x00"])
def test_what_cannot_be_read_is_one_message(text: str) -> None:
    with pytest.raises(st.ConfigError, match="TOML cannot be read"):
        Document.parse(text, origin="x")


@given(hs.text(alphabet="abc[]{}=\"'#.\n ,1\\", max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        document = Document.parse(text, origin="x")
    except st.ConfigError:
        return
    count = text.count("\n") + 1
    assert all(1 <= line <= count for line in document.lines.values())
    assert all(1 <= document.line(key) <= count for key in document.values)
