"""Reading and writing schema.toml: slips name their line, what is written is read back, edits leave the rest alone."""

from __future__ import annotations

import contextlib
import json
import tomllib
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs

import sterling as st
from sterling.core.data.kinds import KINDS
from sterling.core.data.schema import Schema
from sterling.core.data.schema_file import parse_schema
from sterling.core.data.schema_keys import COLUMN_KEYS
from sterling.core.data.schema_text import edited, flat, write_schema
from tests.house.law import ROOT

WHOLE = """\
format = 1
name = "loans"
version = 3
description = "Loans."
environments = ["training", "serving"]

[table]
min_rows = 10
max_rows = 20

[severity]
unexpected_column = "off"

[column.age]
type = "integer"   # whole years
presence.min_share = 0.9
range.min = 16
range.max = 99
severity.out_of_range = "warning"
limits.max_mean = 70
units = "years"
sensitivity = "quasi"

# a remark
[column."first day"]
type = "date"
range.min = 2024-01-01
not_in = ["serving"]

[column.race]
type = "text"
domain.values = [
    "a",  # first
    "b",
]
length.max = 3
pattern.regex = '\\w+'

[column.ended.range]
max = 5

[[rule]]
name = "r"
holds = "age > 16 and `first day` <= `first day`"
max_share = 0.5
in = ["training"]
"""


def plain(schema: Schema) -> Schema:
    """The schema without its lines."""
    columns = tuple(replace(c, lines={}) for c in schema.columns)
    rules = tuple(replace(r, line=0) for r in schema.rules)
    return replace(schema, columns=columns, rules=rules, lines={})


def test_everything_is_read() -> None:
    schema = parse_schema(WHOLE)
    age, day, race, ended = schema.columns
    assert (schema.name, schema.version, schema.min_rows, schema.max_rows) == ("loans", 3, 10, 20)
    assert flat(age) == {
        "type": "integer", "units": "years", "sensitivity": "quasi", "presence.min_share": 0.9, "range.min": 16,
        "range.max": 99, "limits.max_mean": 70, "severity.out_of_range": "warning",
    }  # fmt: skip
    assert flat(day) == {"type": "date", "not_in": ("serving",), "range.min": "2024-01-01"}
    assert race.domain is not None
    assert race.domain.values == ("a", "b")
    assert flat(ended) == {"range.max": 5}
    assert schema.taken("unexpected_column") == "off"
    assert schema.taken("out_of_range", age) == "warning"
    assert age.lines["range.max"] == 18
    assert not day.belongs("serving")
    assert not schema.rules[0].belongs("serving")


def test_what_is_written_is_read_back_and_written_the_same() -> None:
    schema = parse_schema(WHOLE)
    text = write_schema(schema)
    assert plain(parse_schema(text)) == plain(schema)
    assert write_schema(parse_schema(text)) == text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[column.a]\ndrift.ks = 0.1", r"schema.toml:3: \[column.a\] has no key 'drift'"),
        ("[column.a]\nrange.mim = 3", r"schema.toml:3: range has no key 'mim'\n.*did you mean min\?"),
        ("[column.a]\nmin = 3", "write range.min or length.min or valency.min"),
        ('[column.a]\ntype = "nubmer"', r"schema.toml:3: .*\n.*\n.*did you mean number\?"),
        ('[column.a]\ntype = "text"\nrange.min = 1', "schema.toml:4: a text column promises no range"),
        ("[column.a]\nrange.min = 2\nrange.max = 1", "min lies above max"),
        ('[column.a]\nrange.min = "x"', "range.min is text"),
        ('[column.a]\ntype = "date"\nrange.min = "2024-13-01"', "range.min is no date: 2024-13-01"),
        ("[column.a]\nrange.min = true", "true or false"),
        ("[column.a]\nrange.min = inf", "a number"),
        ("[column.a]\npresence.min_share = 1.5", "from 0 to 1"),
        ("[column.a]\ndomain.values = []", "a list of values"),
        ('[column.a]\ndomain.values = ["x", "x"]', "lists 'x' twice"),
        ("[column.a]\ndomain.values = [[1]]", "one value"),
        ("[column.a]\ntype = \"text\"\npattern.regex = '('", "the pattern cannot be read"),
        ("[column.a]\ntype = \"text\"\npattern.regex = '(?=x)'", "look-around"),
        ('[column.a]\nnot_in = ["serving"]', "there is no environment 'serving'"),
        ('environments = ["a"]\n[column.a]\nin = ["a"]\nnot_in = ["a"]', "has in and not_in"),
        ('[column.a]\nseverity.constnat = "off"', r"did you mean constant\?"),
        ('[severity]\nconstant = "loud"', "one of error, warning, note, off"),
        ("[table]\nmin_rows = 3\nmax_rows = 2", "min_rows is greater"),
        ('[column.a]\n[[rule]]\nname = "r"\nholds = "b > 1"', "schema.toml:5: the rule names an unknown column 'b'"),
        ('[column.a]\n[[rule]]\nname = "r"\nholds = "a >"', "schema.toml:5: .*needs a number or a quoted text"),
        ('[column.a]\n[[rule]]\nholds = "a > 1"', "has no name"),
        ('[column.a]\n[[rule]]\nname = "r"\nholds = "a > 1"\n[[rule]]\nname = "r"\nholds = "a > 1"', "two rules"),
        ("[colum.a]", r"did you mean column\?"),
        ("[inferred]\na = 1", r"take \[inferred\] out"),
        ("[column]\na = 1", "is a table"),
    ],
)
def test_a_slip_names_its_place(body: str, said: str) -> None:
    with pytest.raises(st.ConfigError, match=said):
        parse_schema(f"format = 1\n{body}")


def test_another_format_is_refused() -> None:
    with pytest.raises(st.ConfigError, match="format is 2"):
        parse_schema("format = 2")
    with pytest.raises(st.ConfigError, match="no format"):
        parse_schema('name = "x"')


@pytest.mark.parametrize(
    ("column", "key", "value"),
    [
        ("age", "range.max", 120), ("age", "type", "number"), ("age", "description", 'says "so"\n‮'),
        ("race", "domain.values", ("x", 'y"z')), ("race", "domain.max_new_values", 2), ("race", "domain.values", None),
        ("first day", "range.min", "2025-01-01"), ("first day", "not_in", None), ("ended", "range.max", 7),
        ("age", "severity.out_of_range", "off"), ("race", "unique", True), ("age", "limits.min_mean", 20),
    ],
)  # fmt: skip
def test_an_edit_changes_one_thing(column: str, key: str, value: object) -> None:
    made = edited(WHOLE, column, key, value)
    before, after = parse_schema(WHOLE), parse_schema(made)
    found, was = after.column(column), before.column(column)
    assert found is not None
    assert was is not None
    assert flat(found).get(key) == value
    assert {k: v for k, v in flat(found).items() if k != key} == {k: v for k, v in flat(was).items() if k != key}
    others = [plain(s).columns for s in (before, after)]
    assert [c for c in others[0] if c.name != column] == [c for c in others[1] if c.name != column]
    assert "# a remark\n" in made
    assert "# whole years" in made or key == "type"


def test_a_comment_beside_a_value_stays() -> None:
    assert 'type = "number"   # whole years' in edited(WHOLE, "age", "type", "number")


def test_an_edit_that_lines_do_not_show_is_refused() -> None:
    text = "format = 1\n[column]\na = { range = { min = 1 } }\n"
    with pytest.raises(st.ConfigError, match="cannot be changed where it is written"):
        edited(text, "a", "range.min", 2)


NAMES = hs.text(min_size=1, max_size=8)
KEYS = hs.sampled_from(sorted(COLUMN_KEYS))
VALUES = hs.one_of(
    hs.text(max_size=6), hs.integers(-5, 5), hs.floats(0, 1), hs.booleans(), hs.lists(hs.text(max_size=3), max_size=3),
    hs.sampled_from(["text", "number", "date", "2024-01-01", "a", "warning"]),
)  # fmt: skip


@given(
    columns=hs.dictionaries(NAMES, hs.dictionaries(KEYS, VALUES, max_size=4), max_size=3), extra=hs.text(max_size=20)
)
@settings(max_examples=150, deadline=None)
def test_any_toml_is_read_or_refused_and_read_back(columns: dict[str, dict[str, object]], extra: str) -> None:
    from sterling.core.data.schema_text import toml, toml_key

    lines = ["format = 1"]
    for name, keys in columns.items():
        lines += [
            f"[column.{toml_key(name)}]",
            *(f"{k} = {toml(tuple(v) if isinstance(v, list) else v)}" for k, v in keys.items()),
        ]
    with contextlib.suppress(st.ConfigError):  # anything else is a failure
        schema = parse_schema("\n".join(lines))
        assert plain(parse_schema(write_schema(schema))) == plain(schema)
    with contextlib.suppress(st.ConfigError):
        parse_schema("\n".join([*lines, extra]))


@given(text=hs.text(max_size=200))
@settings(deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(st.ConfigError):
        parse_schema(text)


@pytest.mark.parametrize("name", ["lending", "income", "recidivism"])
def test_the_examples_fit_the_schema_for_editors(name: str) -> None:
    rules = json.loads((ROOT / "docs/schema/schema-1.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(rules)
    text = (ROOT / f"examples/{name}/schema.toml").read_text(encoding="utf-8")
    jsonschema.validate(tomllib.loads(text), rules)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text.replace("presence.min_share", "presence.min_shar")), rules)


@pytest.mark.parametrize("page", ["docs/guide/schema.md", "docs/checks/DA011.md"])
def test_the_pages_name_every_key_and_kind(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    wanted = [k for k in COLUMN_KEYS if not k.startswith("severity.")] if "guide" in page else list(KINDS)
    assert [w for w in wanted if f"`{w}`" not in text] == []


def test_a_file_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    from sterling.core.data.schema_file import read_schema

    with pytest.raises(st.ConfigError, match="sterling schema infer"):
        read_schema(tmp_path / "none.toml")
