"""Inferring again: what people wrote stays, with their comments; what the data changed is told."""

from __future__ import annotations

import polars as pl

from sterling.core.data.schema import Schema
from sterling.core.data.schema_file import parse_schema
from sterling.core.data.schema_text import edited, flat, write_schema
from sterling.data.schema.inference import infer
from sterling.data.schema.merging import Merged, merge, merged_text, told
from tests.data.schema.tables import access

N = 400
FRAME = pl.DataFrame(
    {"a": [i % 50 for i in range(N)], "t": ["x", "y"] * (N // 2), "n": [f"word {i}" for i in range(N)]}
)
WIDER = FRAME.with_columns(a=pl.col("a") * 10, t=pl.when(pl.int_range(pl.len()) < 20).then(pl.lit("z")).otherwise("t"))


def fresh(frame: pl.DataFrame) -> Schema:
    return infer(access(frame))


def again(text: str, frame: pl.DataFrame) -> tuple[str, Merged]:
    merged = merge(parse_schema(text), fresh(frame))
    return merged_text(text, merged), merged


def keys(text: str, column: str) -> dict[str, object]:
    found = parse_schema(text).column(column)
    assert found is not None
    return flat(found)


def test_nothing_new_changes_nothing() -> None:
    text = write_schema(fresh(FRAME))
    made, merged = again(text, FRAME)
    assert made == text
    assert merged.changes == ()


def test_what_nobody_touched_follows_the_data_and_the_version_rises() -> None:
    made, merged = again(write_schema(fresh(FRAME)), WIDER)
    assert keys(made, "a") == flat(fresh(WIDER).columns[0])
    assert keys(made, "t")["domain.values"] == ("x", "y", "z")
    assert parse_schema(made).version == 2
    assert "t: domain.values was x, y, is now x, y, z" in list(told(merged.changes))


def test_what_people_wrote_stays_with_their_comments() -> None:
    text = write_schema(fresh(FRAME))
    text = edited(text, "a", "range.max", 60).replace("range.max = 60", "range.max = 60  # by law")
    text = text.replace("[column.t]\n", "# the two forms\n[column.t]\n")
    text = edited(text, "t", "limits.min_distinct", None)
    text = edited(text, "n", "sensitivity", "contact")
    text = text.replace("\n# What inference", '\n[[rule]]\nname = "r"\nholds = "a >= 0"\n\n# What inference')
    made, merged = again(text, WIDER)
    assert keys(made, "a")["range.max"] == 60
    assert "range.max = 60  # by law\n" in made
    assert "# the two forms\n[column.t]\n" in made
    assert "limits.min_distinct" not in keys(made, "t")
    assert keys(made, "n")["sensitivity"] == "contact"
    assert len(parse_schema(made).rules) == 1
    said = list(told(merged.changes))
    assert "a: range.max stays as it is: you say 60, these data say 650" in said
    assert "t: limits.min_distinct stays as it is: it was taken out, these data say 2" in said
    assert again(made, WIDER)[0] == made


def test_people_keep_a_value_even_when_the_data_come_to_agree() -> None:
    text = edited(write_schema(fresh(FRAME)), "a", "range.max", 650)
    agreed, _ = again(text, WIDER)
    back, merged = again(agreed, FRAME)
    assert keys(back, "a")["range.max"] == 650
    assert [c.word for c in merged.changes if c.key == "range.max"] == ["kept"]


def test_columns_that_come_and_go() -> None:
    text = write_schema(fresh(FRAME))
    made, merged = again(text, FRAME.rename({"n": "m"}))
    assert [(c.column, c.word) for c in merged.changes] == [("n", "gone"), ("m", "new")]
    assert keys(made, "n") == keys(text, "n")
    assert keys(made, "m") == keys(text, "n")
    assert again(made, FRAME)[1].changes[-1].word == "gone"


def test_a_schema_written_by_hand_is_peoples_own() -> None:
    text = 'format = 1\n\n[column.a]\ntype = "integer"\nrange.max = 7\n'
    made, merged = again(text, FRAME)
    assert keys(made, "a")["range.max"] == 7
    assert keys(made, "a")["range.min"] == 0
    assert {c.column for c in merged.changes if c.word == "new"} == {"t", "n"}
    assert made.startswith("format = 1\nversion = 2\n")


def test_a_type_that_people_chose_keeps_out_what_does_not_fit_it() -> None:
    text = edited(write_schema(fresh(FRAME)), "a", "type", "text")
    for key in ("range.min", "range.max", "range.max_outside_share"):
        text = edited(text, "a", key, None)
    made, merged = again(text, WIDER)
    assert keys(made, "a")["type"] == "text"
    assert "range.min" not in keys(made, "a")
    assert "a: type stays as it is: you say text, these data say integer" in list(told(merged.changes))


def test_an_environment_that_the_schema_does_not_have_is_not_named() -> None:
    text = write_schema(fresh(FRAME))
    merged = merge(parse_schema(text), infer(access(FRAME, label="t")))
    assert merged.changes == ()
