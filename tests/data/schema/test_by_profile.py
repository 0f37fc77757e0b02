"""Promises held against statistics alone agree with those held against rows, or say that they are open."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

import polars as pl
import pytest

from sterling.core.data.anomalies import Anomalies
from sterling.core.data.profile import Profile
from sterling.data.schema.by_profile import judge_profile
from sterling.data.schema.checking import hold, schema_at
from sterling.data.schema.inference import infer
from sterling.data.statistics import summarise
from sterling.pipeline.tables import profile
from tests.data.schema.tables import access, held, kinds, schema
from tests.data.statistics.tables import in_parts, profiles
from tests.house.law import ROOT

EXAMPLES = ("lending", "income", "recidivism")
KEYS = {
    "missing_values": "presence.min_share", "out_of_domain": "domain.values", "new_values": "domain.max_new_values",
    "out_of_range": "range", "not_unique": "unique", "length_outside": "length", "valency_outside": "valency",
    "pattern_broken": "pattern", "too_few_distinct": "limits.min_distinct", "constant": "limits.min_distinct",
    "too_many_distinct": "limits.max_distinct", "value_too_frequent": "limits.max_value_share",
    "mixed_types": "limits.max_numeric_share",
    "mean_outside": "limits.max_mean", "type_mismatch": "type", "numbers_as_text": "type",
    "dates_as_text": "type", "integer_as_float": "type", "misspelt_values": "misspelt_values",
}  # fmt: skip
ONE = {"constant": "too_few_distinct"}
"""A constant is too few values: with 2 or fewer it is not known which of the two to say."""


def statistics(frame: pl.DataFrame, **more: object) -> Profile:
    about = profile(frame, checks=["DA010"], **more).evidence[0].about  # type: ignore[arg-type]
    assert about is not None
    return about.profiles[0]


def table_of(name: str) -> pl.DataFrame:
    return pl.read_parquet(ROOT / f"examples/{name}/data/{name}.parquet")


def agree(by_rows: Anomalies, by_statistics: Anomalies) -> None:
    """Statistics tell of no anomaly that rows do not show, and each that they miss is said to be open."""
    rows = {(a.column, ONE.get(a.kind, a.kind)) for a in by_rows.found if a.rule is None}
    told = {(a.column, ONE.get(a.kind, a.kind)) for a in by_statistics.found}
    opened = {tuple(words.split(": ")[:2]) for words in by_statistics.unchecked}
    assert told - rows == set()
    assert {(c, k) for c, k in rows - told if (c, KEYS.get(k, k)) not in opened} == set()


@pytest.mark.parametrize("name", EXAMPLES)
def test_null_a_table_keeps_its_own_schema_by_its_statistics(name: str) -> None:
    frame = table_of(name)
    found = judge_profile(infer(access(frame)), statistics(frame))
    assert found.found == ()
    assert found.checked >= 2 * frame.width


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_own_schemas_by_rows_and_by_statistics(name: str) -> None:
    promised, frame = schema_at(ROOT / f"examples/{name}/schema.toml"), table_of(name)
    agree(hold(promised, access(frame)), judge_profile(promised, statistics(frame)))


Fault = Callable[[pl.DataFrame], pl.DataFrame]
FIRST = pl.int_range(pl.len()) < 200
FAULTS: dict[str, Fault] = {
    "a group misspelt": lambda t: t.with_columns(race=pl.when(FIRST).then(pl.lit("Whyte")).otherwise("race")),
    "a group nobody knows": lambda t: t.with_columns(sex=pl.when(FIRST).then(pl.lit("zebra")).otherwise("sex")),
    "a column empty": lambda t: t.with_columns(race=pl.lit(None, dtype=pl.String)),
    "a column renamed": lambda t: t.rename({"sex": "Sex"}),
    "numbers as text": lambda t: t.with_columns(pl.selectors.numeric().cast(pl.String)),
    "numbers negated": lambda t: t.with_columns(-pl.selectors.signed_integer() - 5_000_000),
    "rows read twice": lambda t: pl.concat([t, t]),
    "few rows": lambda t: t.head(30),
    "a constant": lambda t: t.with_columns(race=pl.lit("white"), sex=pl.lit("male")),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_faults_of_the_examples_by_rows_and_by_statistics(name: str, fault: Fault) -> None:
    promised, frame = schema_at(ROOT / f"examples/{name}/schema.toml"), fault(table_of(name))
    agree(hold(promised, access(frame)), judge_profile(promised, statistics(frame)))


DAYS = [dt.date(2020, 1, 1 + i % 28) for i in range(200)]
CASES = [
    ("missing_values", "presence.min_share = 0.9", [1] * 100 + [None] * 100),
    ("too_few_values", "presence.min_count = 150", [1] * 100 + [None] * 100),
    ("type_mismatch", 'type = "text"', [1, 2] * 100),
    ("type_mismatch", 'type = "number"', ["1", "two"] * 100),
    ("type_mismatch", 'type = "integer"', [1.5, 2.0] * 100),
    ("numbers_as_text", 'type = "number"', ["1", "2"] * 100),
    ("dates_as_text", 'type = "date"', ["2020-01-01", "2020-01-02"] * 100),
    ("integer_as_float", 'type = "integer"', [1.0, 2.0] * 100),
    ("mixed_types", 'type = "text"\nlimits.max_numeric_share = 0.2', ["7", "b"] * 100),
    ("nan_values", "", [1.0] * 150 + [float("nan")] * 50),
    ("infinite_values", "", [1.0] * 150 + [float("inf")] * 50),
    ("out_of_domain", 'type = "text"\ndomain.values = ["a"]', ["a"] * 150 + ["b"] * 50),
    ("out_of_domain", 'type = "integer"\ndomain.values = ["1"]', [1] * 150 + [2] * 50),
    ("out_of_domain", 'type = "boolean"\ndomain.values = ["true"]', [True] * 150 + [False] * 50),
    ("misspelt_values", 'type = "text"\ndomain.values = ["female"]', ["female"] * 150 + ["Female"] * 50),
    ("new_values", 'type = "text"\ndomain.values = ["a"]\ndomain.max_new_values = 0', ["a"] * 150 + ["b"] * 50),
    ("out_of_range", 'type = "number"\nrange.max = 1', [1] * 150 + [5] * 50),
    (
        "out_of_range",
        'type = "number"\nrange.min = 2\nrange.max_outside_share = 0.2',
        [float(i) for i in range(4)] * 50,
    ),
    ("out_of_range", 'type = "number"\nrange.max = 100\nrange.max_outside_share = 0.3', [i + 0.5 for i in range(200)]),
    ("out_of_range", 'type = "date"\nrange.min = "2020-01-05"', DAYS),
    ("out_of_range", 'type = "date"\nrange.max = "2019-12-31"', DAYS),
    ("not_unique", "unique = true", [*range(198), 3, 3]),
    ("constant", "limits.min_distinct = 2", [1] * 200),
    ("too_many_distinct", "limits.max_distinct = 3", [1, 2, 3, 4] * 50),
    ("too_few_distinct", "limits.min_distinct = 5", [1, 2, 3, 4] * 50),
    ("mean_outside", 'type = "number"\nlimits.max_mean = 2', [1, 2, 3, 4] * 50),
    ("zeros_too_frequent", 'type = "number"\nlimits.max_zero_share = 0.1', [0, 1] * 100),
    ("value_too_frequent", "limits.max_value_share = 0.1", ["a", "b"] * 100),
    ("length_outside", 'type = "text"\nlength.max = 1', ["a", "bb"] * 100),
    ("valency_outside", 'type = "list"\nvalency.max = 1', [[1], [1, 2]] * 100),
    ("pattern_broken", "type = \"text\"\npattern.regex = '[a-z]'", ["a", "B"] * 100),
]


@pytest.mark.parametrize(("kind", "promise", "values"), CASES, ids=[f"{c[0]}: {c[1]}" for c in CASES])
def test_planted_faults_show_in_statistics_too(kind: str, promise: str, values: list[object]) -> None:
    frame = pl.DataFrame({"x": values}, strict=False)
    body = f"[column.x]\n{promise}"
    by_rows, found = held(body, frame), judge_profile(schema(body), statistics(frame))
    assert kind in kinds(by_rows)
    assert kind in kinds(found)
    agree(by_rows, found)


WITHHELD = [
    ('type = "text"\ndomain.values = ["a"]', ["a"] * 195 + ["b"] * 5,
     ["x: domain.values: up to 5 of 200 rows may break it", "x: misspelt_values: up to 5 rows may have a value much "
      "like a known one"]),
    ('type = "text"\ndomain.values = ["a"]\ndomain.max_unseen_share = 0.5\ndomain.max_new_values = 2',
     ["a"] * 180 + [str(i) for i in range(20)],
     ["x: domain.max_new_values: up to 20 values may be new", "x: misspelt_values: up to 20 rows may have a value much "
      "like a known one"]),
    ('type = "number"\nrange.max = 190', [*range(200)], ["x: range: up to 16 of 200 rows may break it"]),
    ('type = "date"\nrange.min = "2020-01-15"\nrange.max_outside_share = 0.05',
     [dt.date(2020, 1, 1) + dt.timedelta(i) for i in range(200)], ["x: range: 5 to 19 of 200 rows may break it"]),
    ("type = \"text\"\npattern.regex = '[0-9]+'", [str(i) for i in range(200)],
     ["x: pattern: up to 200 of 200 rows may break it"]),
    ('type = "number"', [str(i) for i in range(200)], ["x: type: up to 200 of 200 rows may hold no number"]),
    ('type = "text"\nlength.max = 2\nlength.max_outside_share = 0.9', [str(i) for i in range(200)],
     ["x: length: 1 to 200 of 200 rows may break it"]),
    ("limits.max_value_share = 0.03", [*range(191), *([5] * 8)],
     ["x: limits.max_value_share: 2 to 9 of 199 rows may break it"]),
]  # fmt: skip


@pytest.mark.parametrize(("promise", "values", "said"), WITHHELD, ids=[w[0] for w in WITHHELD])
def test_what_a_withheld_value_could_break_stays_open(promise: str, values: list[object], said: list[str]) -> None:
    frame = pl.DataFrame({"x": values})
    found = judge_profile(schema(f"[column.x]\n{promise}"), statistics(frame))
    assert list(found.unchecked) == said
    agree(held(f"[column.x]\n{promise}", frame), found)


def test_rules_stay_open_where_they_belong() -> None:
    body = 'environments = ["a", "b"]\n[column.x]\n[[rule]]\nname = "r"\nholds = "x = \'a\'"\nin = ["a"]'
    about = statistics(pl.DataFrame({"x": ["a", "b"] * 50}))
    (said,) = judge_profile(schema(body), about, "a").unchecked
    assert said == "rule r: a rule compares values within a row, which statistics do not hold"
    assert judge_profile(schema(body), about, "b").unchecked == ()


def test_weights_leave_what_they_weigh_open() -> None:
    body = '[column.x]\ntype = "number"\nlimits.max_mean = 2\nrange.max = 3\nlimits.max_value_share = 0.1'
    frame = pl.DataFrame({"x": [1, 2, 3, 4] * 50, "w": [1.0, 1.0, 1.0, 9.0] * 50})
    found = judge_profile(schema(body), statistics(frame, weight="w"))
    assert "out_of_range" in kinds(found)
    assert "x: limits.max_mean: the mean of the rows is not known" in found.unchecked
    agree(held(body, frame), found)


@pytest.fixture
def sketched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns of more than 64 values are sketched where rows are counted in parts."""
    monkeypatch.setattr(summarise, "HELD", 64)
    monkeypatch.setattr(summarise, "LEAST", 64)


@pytest.mark.usefixtures("sketched")
def test_an_estimate_does_not_say_that_values_are_unique() -> None:
    body = '[column.x]\ntype = "integer"\nunique = true'
    frame = pl.DataFrame({"x": range(40_000)})
    about = profiles(in_parts(frame, [1000]))[0]
    assert about.columns[0].distinct_error > 0
    (said,) = judge_profile(schema(body), about).unchecked
    assert said.startswith("x: unique: up to ")
    twice = profiles(in_parts(pl.concat([frame, frame]), [1000]))[0]
    assert kinds(judge_profile(schema(body), twice)) == ["not_unique"]


@pytest.mark.parametrize(
    ("promise", "values"),
    [
        ("number", [f"word {i}" for i in range(100)]), ("number", [str(i) for i in range(100)]),
        ("date", [f"day {i}" for i in range(100)]), ("datetime", [f"2020-01-01T00:00:30.{i}" for i in range(100)]),
        ("integer", [i + 0.5 for i in range(100)]), ("integer", [float(i) for i in range(100)]),
    ],
)  # fmt: skip
def test_what_withheld_values_can_be_read_as_is_open_and_nothing_else(promise: str, values: list[object]) -> None:
    found = judge_profile(schema(f'[column.x]\ntype = "{promise}"'), statistics(pl.DataFrame({"x": values})))
    assert found.found == ()
    assert found.unchecked == (f"x: type: up to 100 of 100 rows may hold no {promise}",)


def test_a_column_that_was_left_out_is_not_a_missing_one() -> None:
    body, about = "[column.x]\n[column.y]\n[column.z]", statistics(pl.DataFrame({"x": [1] * 50}))
    found = judge_profile(schema(body), about, left_out=("y",))
    assert [(a.kind, a.column) for a in found.found] == [("missing_column", "z")]
    assert found.unchecked == ("y: the column was left out of what was looked at",)


def test_a_table_that_lacks_columns_and_rows() -> None:
    body = "[table]\nmin_rows = 500\n[column.x]\n[column.y]"
    found = judge_profile(schema(body), statistics(pl.DataFrame({"x": [1] * 50, "z": [1] * 50})))
    assert kinds(found) == ["too_few_rows", "missing_column", "unexpected_column"]


def drawn(draw: random.Random, rows: int) -> tuple[str, list[object]]:
    """A promise on a column, and values, at random: sometimes kept, sometimes broken, sometimes by a few rows."""
    share, low = draw.choice([0.0, 0.02, 0.1, 0.5]), draw.randint(-5, 60)
    high = low + draw.randint(0, 60)
    ends = f"range.min = {low}\nrange.max = {high}\nrange.max_outside_share = {share}"
    spread = f"limits.min_distinct = {draw.randint(1, 40)}\nlimits.max_distinct = {draw.randint(1, 80)}"
    spread += f"\nlimits.max_value_share = {draw.choice([0.01, 0.1, 0.6])}\nlimits.max_zero_share = {share}"
    odd = draw.choice([0, 0, 1, 3, 30])
    width = draw.choice([1, 5, 50, 5000])
    match draw.randrange(4):
        case 0:
            numbers: list[object] = [draw.gauss(40, width) for _ in range(rows)]
            numbers[:odd] = [draw.choice([None, float("nan"), float("inf"), -float("inf"), 1e9, 0.0])] * min(odd, rows)
            return f'type = "number"\n{ends}\n{spread}', numbers
        case 1:
            whole: list[object] = [40 + draw.randint(-width, width) for _ in range(rows)]
            whole[:odd] = [draw.choice([None, 0, 10**6])] * min(odd, rows)
            listed = ", ".join(f'"{40 + i}"' for i in range(-8, 8))
            known = f"domain.values = [{listed}]\ndomain.max_unseen_share = {share}"
            return f'type = "integer"\n{ends}\n{known}\ndomain.max_new_values = {draw.randint(0, 4)}\n{spread}', whole
        case 2:
            texts: list[object] = [str(draw.choice(["ab", "abc", "x", draw.randrange(width)])) for _ in range(rows)]
            texts[:odd] = [draw.choice([None, "a b", "ABC", ""])] * min(odd, rows)
            size = f"length.min = {draw.randint(0, 3)}\nlength.max_outside_share = {share}"
            form = f"pattern.regex = '[a-z]+'\npattern.max_unmatched_share = {share}"
            kind = draw.choice(["text", "text", "text", "number", "integer"])
            more = f"{size}\n{form}\nlimits.max_numeric_share = {share}\ndomain.values = ['abc', 'ab', 'x']"
            return f'type = "{kind}"\n{more if kind == "text" else ends}\n{spread}', texts
        case _:
            start = dt.date(2020, 1, 1)
            days: list[object] = [start + dt.timedelta(days=int(abs(draw.gauss(0, width)))) for _ in range(rows)]
            days[:odd] = [draw.choice([None, dt.date(1999, 5, 5), dt.date(2090, 1, 1)])] * min(odd, rows)
            first, last = (start + dt.timedelta(days=d * draw.choice([1, 30])) for d in (low - 20, high))
            ends = f'range.min = "{min(first, last)}"\nrange.max = "{max(first, last)}"'
            return f'type = "date"\n{ends}\nrange.max_outside_share = {share}', days


@pytest.mark.parametrize("seed", range(300))
def test_statistics_never_contradict_the_rows(seed: int) -> None:
    draw = random.Random(seed)
    promise, values = drawn(draw, draw.choice([1, 9, 30, 400]))
    if draw.random() < 0.2:
        promise += "\nunique = true"
    frame = pl.DataFrame({"x": values}, strict=False)
    body = f"[column.x]\n{promise}"
    agree(held(body, frame), judge_profile(schema(body), statistics(frame)))


@pytest.mark.usefixtures("sketched")
@pytest.mark.parametrize("seed", range(1000, 1100))
def test_sketches_never_contradict_the_rows(seed: int) -> None:
    draw = random.Random(seed)
    promise, values = drawn(draw, draw.choice([400, 2000]))
    frame = pl.DataFrame({"x": values}, strict=False)
    about = profiles(in_parts(frame, [len(values) // 3]))[0]
    agree(held(f"[column.x]\n{promise}", frame), judge_profile(schema(f"[column.x]\n{promise}"), about))
