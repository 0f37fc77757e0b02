"""DA019: which columns hold personal data or secrets, how much of it, and that no value ever gets out."""

from __future__ import annotations

import random

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.codec import dump, plain, typed
from sterling.core.data.personal import PersonalData, PersonalDataFound
from sterling.core.errors import ConfigError
from sterling.core.estimate import Estimate
from sterling.core.evidence import Evidence
from sterling.core.roles import Roles
from sterling.data.checks.da019_personal_data import _findings, personal_data
from sterling.pipeline.tables import profile
from tests.data.about import ask_table
from tests.data.anonymity.tables import access_of
from tests.data.personal import labelled, numbers
from tests.house.law import ROOT


def asked(frame: object, **settings: object) -> Evidence:
    given = {"texts": 0.0, **settings}
    (evidence,) = profile(frame, checks="DA019", settings={"DA019": given}).evidence
    return evidence


def found(evidence: Evidence) -> PersonalDataFound:
    assert evidence.about is not None and evidence.about.personal is not None, evidence.reason
    return evidence.about.personal


def kinds(evidence: Evidence) -> dict[tuple[str, str], int]:
    return {(f.column, f.kind): f.count for f in found(evidence).found}


def people(n: int = 300, seed: int = 1) -> pl.DataFrame:
    r = random.Random(seed)
    return pl.DataFrame(
        {"contact": [labelled.email(r) for _ in range(n)], "iban": [numbers.iban(r) for _ in range(n)],
         "pay": [int(numbers.card(r)) for _ in range(n)], "tax": [numbers.tax_id(r) for _ in range(n)],
         "last_name": [r.choice(labelled.FAMILY) for _ in range(n)], "zip": [numbers.digits(r, 5) for _ in range(n)],
         "note": ["call me" if i else f"my card is {numbers.card(r)}, key {labelled.cloud(r)}" for i in range(n)]}
    )  # fmt: skip


def test_planted_columns_and_a_single_text_are_found() -> None:
    seen = kinds(asked(people()))
    assert seen[("contact", "email")] == 300
    assert seen[("iban", "iban")] == 300
    assert seen[("pay", "credit_card")] == 300
    assert seen[("tax", "de_tax_id")] == 300
    assert seen[("last_name", "person_name")] == 300
    assert seen[("zip", "postcode")] == 300
    assert seen[("note", "credit_card")] == 1
    assert seen[("note", "cloud_key")] == 1


def test_null_columns_of_numbers_are_rarely_taken_for_people() -> None:
    """Random numbers of 9 to 16 digits, floats, versions, days, hashes: nothing is said in at least 11 of 12 tables."""
    said = 0
    for seed in range(12):
        rng, r = np.random.default_rng(seed), random.Random(seed)
        frame = pl.DataFrame(
            {"order": rng.integers(10**15, 10**16, 400), "ref": rng.integers(10**8, 10**9, 400).astype(str),
             "id12": rng.integers(10**11, 10**12, 400), "x": rng.normal(size=400).astype(str),
             "when": [f"2024-{i % 12 + 1:02d}-{i % 28 + 1:02d} 10:00" for i in range(400)],
             "hash": [numbers.mixed(r, 40, "0123456789abcdef") for _ in range(400)],
             "version": [f"1.{i % 7}.{i % 13}.2" for i in range(400)]}
        )  # fmt: skip
        said += bool(kinds(asked(frame)))
    assert said <= 1


def test_a_limit_on_secrets_and_on_a_column() -> None:
    policy = st.Policy.parse(
        '[[limit]]\nmetric = "secrets"\nmax = 0\n[[limit]]\nmetric = "personal_data_share"\ncolumns = "zip"\nmax = 0.5\n'  # noqa: E501
        '[[limit]]\nmetric = "personal_data_columns"\nmax = 20\n[[limit]]\nmetric = "secrets"\ncolumns = "note"\nmax = 5'  # noqa: E501
    )
    run = profile(people(), policy=policy, checks="DA019", settings={"DA019": {"texts": 0.0}})
    words = [
        (v.limit.metric.info.name, v.limit.columns, v.verdict)
        for v in run.judgement.verdicts
        if v.limit and v.limit.metric
    ]
    assert sorted(words) == [
        ("personal_data_columns", (), "within"), ("personal_data_share", ("zip",), "over"), ("secrets", (), "over"),
        ("secrets", ("note",), "within"),
    ]  # fmt: skip
    frame = pl.DataFrame({"zip": ["x", "y"], "note": ["x", "y"]})
    clean = profile(frame, policy=policy, checks="DA019", settings={"DA019": {"texts": 0.0}})
    assert {v.verdict for v in clean.judgement.verdicts if v.limit and not v.limit.columns} == {"within"}


def test_no_value_is_ever_written() -> None:
    frame = people(50)
    run = profile(frame, checks="DA019", settings={"DA019": {"texts": 0.0}})
    written = dump(plain(run.evidence)).decode()
    for column in frame.columns:
        for value in frame[column].cast(pl.String):
            assert value not in written or value == "call me"


def test_row_order_and_repetition() -> None:
    frame = people(100)
    assert asked(frame) == asked(frame.sample(fraction=1, shuffle=True, seed=3))
    once, twice = kinds(asked(frame)), kinds(asked(pl.concat([frame, frame])))
    assert {k: 2 * v for k, v in once.items()} == twice


def test_names_of_columns_tell_days_of_birth_and_special_categories() -> None:
    frame = pl.DataFrame({"birth_date": [None, "1980-01-02"], "religion": ["x", "y"], "region": ["x", "y"]})
    seen = found(asked(frame.with_columns(pl.col("birth_date").str.to_date()))).found
    assert [(f.column, f.kind, f.count, f.sensitivity, f.by, f.precision) for f in seen] == [
        ("birth_date", "date_of_birth", 1, "quasi", "column name", None),
        ("religion", "special_category", 2, "special", "column name", None),
    ]


def test_measured_quality_stands_beside_each_finding() -> None:
    (item,) = found(asked(people().select("contact"))).found
    assert item.precision is not None and item.precision_low is not None and item.recall is not None
    assert 0.5 < item.precision_low <= item.precision <= 1
    assert (item.where, item.by, item.share.low, item.share.high) == ("column", "pattern", 1.0, 1.0)


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"x": pl.Series([None, None], dtype=pl.String)}), pl.DataFrame({"x": [None]}),
        pl.DataFrame({"x": ["a\0b"], "y": [[1]], "z": [b"\xff"], "w": [2**64 - 1]}, schema_overrides={"w": pl.UInt64}),
        pl.DataFrame({"<b>": ["‮" * 1000 + "@" * 5000]}), pl.DataFrame({"email": ["", " ", None]}),
    ],
)  # fmt: skip
def test_odd_tables_are_answered(frame: pl.DataFrame) -> None:
    assert asked(frame).outcome == "measured"


@pytest.mark.parametrize("settings", [{"texts": -1.0}, {"texts": 0.5}, {"columns": ("nothing",)}])
def test_slips_are_named(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        asked(people(5), **settings)


def test_real_tables_name_few_columns() -> None:
    """No names, mails or numbers are in the examples: what is said there comes from names of columns."""
    for path in ("income/data/income", "recidivism/data/recidivism", "lending/data/lending"):
        seen = found(asked(pl.read_parquet(ROOT / "examples" / f"{path}.parquet"))).found
        assert {f.kind for f in seen} <= {"special_category", "date_of_birth"}


def test_the_record_is_written_and_read_back() -> None:
    held = found(asked(people(20)))
    assert typed(plain(held), PersonalDataFound) == held


@pytest.mark.slow
def test_planted_names_in_free_text_are_read_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refused(*_: object) -> None:
        raise AssertionError("a detector asked the network")

    monkeypatch.setattr(socket.socket, "connect", refused)
    said = [
        f"Yesterday {g} {f} from the office came to see us about the loan"
        for g in labelled.GIVEN
        for f in ("Smith", "Johnson")
    ]
    frame = pl.DataFrame(
        {"note": said, "other": [f"the quiet house {i} on the hill was sold" for i in range(len(said))]}
    )
    answer = personal_data(access_of(frame, roles=Roles()), texts=60.0)
    assert answer.about is not None and answer.about.personal is not None
    held = answer.about.personal
    assert held.read_in == ("note", "other") and 40 <= held.read <= 100
    (names,) = [f for f in held.found if f.by.startswith("Presidio")]
    assert names.column == "note" and names.count > 0.6 * names.n
    assert names.share.low is not None and names.share.high is not None and names.share.low < names.share.high


def test_without_the_extra_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without it: the modules cannot be imported."""
    import sys

    from sterling.data.personal import reading

    reading._analyzer.cache_clear()
    reading._plugins.cache_clear()
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    monkeypatch.setitem(sys.modules, "detect_secrets.plugins.aws", None)
    evidence = asked(pl.DataFrame({"note": ["one two three four five six"] * 3}), texts=10.0)
    assert len(found(evidence).without) == 2
    assert any("extra personal" in note for note in evidence.notes)


def test_a_share_of_a_sample_is_no_share_of_none() -> None:
    """What a reader of texts found in some of the values bounds the share of all: a limit of 0 is not met by it."""
    seen = Estimate(value=0.5, low=0.4, high=0.6, level=0.95, n=100, n_eligible=100, method="Wilson")
    name = PersonalData(
        column="note", kind="person_name", count=50, n=100, share=seen, where="text", by="model",
        sensitivity="identifier",
    )  # fmt: skip
    held = PersonalDataFound(found=(name,), rows=1000, looked_at=1000, columns=("note",))
    access = access_of(pl.DataFrame({"note": ["x"] * 1000}), roles=Roles())
    found = {(f.metric.name, f.columns): (f.low, f.high) for f in _findings(held, access)}
    assert found[("personal_data_share", ())] == found[("personal_data_share", ("note",))] == (0.4, 0.6)
    assert all(isinstance(v, float) for bounds in found.values() for v in bounds)


def test_long_categories_are_not_read_by_the_language_model() -> None:
    """Three texts of many words in 900 rows are categories; 300 different ones are free text."""
    kinds = ["married and living with a partner", "never married and living alone", "was married once before now"]
    frame = pl.DataFrame(
        {"kind": kinds * 300, "note": [f"called {i} times about the same old thing" for i in range(900)]}
    )
    about = ask_table("DA019", frame.select("kind"), texts=100).about
    assert about is not None and about.personal is not None and about.personal.read == 0
    about = ask_table("DA019", frame, texts=10).about
    assert about is not None and about.personal is not None and "kind" not in about.personal.read_in
