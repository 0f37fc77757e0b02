"""DA021: what a datasheet says, what it leaves open, what is asked of it; and days, which are counted when judged."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs

import sterling as st
from sterling.core.codec import plain, typed
from sterling.core.data.records import records
from sterling.core.data.terms import TermsFound
from sterling.core.data.terms_file import QUESTIONS, TERMS_KEYS, parse_terms, place_of, read_terms
from sterling.core.errors import ConfigError
from sterling.core.evidence import Evidence
from sterling.core.judge import judge
from sterling.pipeline.tables import profile

WHOLE = """
source = "the bank's archive of applications"
collected_by = "the lending department"
collected_from = 2019-01-01
collected_until = 2021-12-31
licence = "CC-BY-4.0"
purposes = ["research", "credit scoring"]
basis = "consent"
consent_column = "agreed"
geography = ["DE", "AT"]
stored_in = ["DE"]
retain_until = 2027-03-31
contact = "data@bank.example"
"""
FRAME = pl.DataFrame({"agreed": ["yes", "no", None, "Yes "], "x": [1, 2, 3, 4]})


def asked(frame: pl.DataFrame = FRAME, **parameters: object) -> Evidence:
    (evidence,) = profile(frame, checks="DA021", settings={"DA021": parameters}).evidence
    return evidence


def found(evidence: Evidence) -> TermsFound:
    assert evidence.about is not None and evidence.about.terms is not None, evidence.reason
    return evidence.about.terms


def verdict(evidence: Evidence, limit: str, today: str = "2026-11-30") -> tuple[str, float | None]:
    policy = st.Policy.parse(f"[[limit]]\n{limit}")
    day = dt.date.fromisoformat(today)
    (only,) = [v for v in judge(policy, [evidence], more_people=lambda *_: None, today=day).verdicts if v.limit]
    return only.verdict, None if only.finding is None else only.finding.value


def test_planted_breaches_are_over() -> None:
    evidence = asked(terms=WHOLE, licences=("MIT",), purpose="advertising", places=("DE",), bases=("contract",))
    assert [(r.what, r.answer) for r in found(evidence).requirements] == [
        ("licence", "unmet"),
        ("purpose", "unmet"),
        ("geography", "unmet"),
        ("storage", "met"),
        ("legal ground", "unmet"),
    ]
    assert verdict(evidence, 'metric = "terms_unmet"\nmax = 0') == ("over", 4.0)
    assert verdict(evidence, 'metric = "without_consent_share"\nmax = 0') == ("over", 0.5)
    assert verdict(evidence, 'metric = "retention_days_left"\nmin = 0', "2027-04-01") == ("over", -1.0)


def test_null_worlds_in_which_all_is_met_are_within() -> None:
    frame = FRAME.with_columns(agreed=pl.lit("granted"))
    evidence = asked(
        frame,
        terms=WHOLE,
        licences=("MIT", "cc-by-4.0"),
        purpose="Research",
        places=("AT", "DE"),
        bases=("consent",),
    )
    for limit in (
        'metric = "terms_unmet"\nmax = 0',
        'metric = "without_consent_share"\nmax = 0',
        'metric = "terms_missing"\nmax = 0',
        'metric = "retention_days_left"\nmin = 0',
    ):
        assert verdict(evidence, limit)[0] == "within"


def test_days_are_counted_on_the_day_of_judging_and_not_before() -> None:
    """One piece of evidence, three days: a hundred days before, on the last day, and after it."""
    evidence = asked(terms=WHOLE)
    limit = 'metric = "retention_days_left"\nmin = 0'
    assert verdict(evidence, limit, "2026-12-21") == ("within", 100.0)
    assert verdict(evidence, limit, "2027-03-31") == ("within", 0.0)
    assert verdict(evidence, limit, "2027-05-01") == ("over", -31.0)
    assert verdict(evidence, 'metric = "retention_days_left"\nmin = 180', "2026-12-21")[0] == "over"


def test_what_nobody_said_is_unknown_and_keeps_limits_open() -> None:
    evidence = asked(terms='source = "somewhere"', licences=("MIT",), purpose="research")
    assert [r.answer for r in found(evidence).requirements] == ["unknown", "unknown"]
    assert verdict(evidence, 'metric = "terms_unmet"\nmax = 0')[0] == "undecided"
    assert verdict(evidence, 'metric = "retention_days_left"\nmin = 0')[0] == "insufficient"
    assert verdict(evidence, 'metric = "without_consent_share"\nmax = 0')[0] == "not_applicable"
    assert verdict(evidence, 'metric = "terms_missing"\nmax = 0') == ("over", float(len(QUESTIONS) - 1))
    assert f"nobody has answered: {QUESTIONS['licence']}" in evidence.notes


def test_without_a_datasheet_every_question_is_open() -> None:
    assert found(asked()).terms.missing == tuple(QUESTIONS.values())
    assert not [v for v in profile(FRAME, checks="DA021").judgement.verdicts if v.verdict == "insufficient"]


def test_consent_is_counted_by_hand() -> None:
    """yes, no, missing, "Yes ": two agreed, two did not, one of whom says nothing."""
    consent = found(asked(terms=WHOLE)).consent
    assert consent is not None
    assert (consent.n, consent.without, consent.missing, consent.share.value) == (4, 2, 1, 0.5)
    coded = found(asked(FRAME, consent_column="x", consent_values=("1", "2"))).consent
    assert coded is not None and coded.without == 2
    truth = found(asked(pl.DataFrame({"c": [True, False, None]}), consent_column="c")).consent
    assert truth is not None and truth.without == 2
    floats = found(asked(pl.DataFrame({"c": [1.0, 0.0, None]}), consent_column="c")).consent
    assert floats is not None and floats.without == 2


@given(hs.lists(hs.sampled_from(["yes", "no", None, "\0", "‮yes", "1"]), min_size=1, max_size=30), hs.integers(0, 30))
@settings(max_examples=25, deadline=None)
def test_consent_does_not_care_about_order(values: list[str | None], cut: int) -> None:
    frame = pl.DataFrame({"c": pl.Series(values, dtype=pl.String)})
    turned = pl.concat([frame[cut:], frame[:cut]])
    one, other = (found(asked(f, consent_column="c")).consent for f in (frame, turned))
    assert one == other and one is not None
    assert one.without == sum(v not in ("yes", "1") for v in values)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('licens = "MIT"', "datasheet.toml:1"),
        ("retain_until = '2027-03-31'", "a date without quotes"),
        ('a = 1\nbasis = "consent"', "no key 'a'"),
        ('\nbasis = "consnet"', "did you mean consent"),
        ("collected_from = 2021-01-02\ncollected_until = 2021-01-01", "datasheet.toml:2"),
        ("collected_from = 2021-01-02\nretain_until = 2020-01-01", "erased before"),
        ('consent_values = ["y"]', "no column"),
        ("source = [", "cannot be read"),
    ],
)
def test_slips_name_their_line(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_terms(text)
    assert words in str(caught.value)


def test_a_file_is_read_and_its_absence_told(tmp_path: Path) -> None:
    (tmp_path / "d.toml").write_text(WHOLE, encoding="utf-8")
    assert read_terms(tmp_path / "d.toml") == parse_terms(WHOLE)
    assert not parse_terms(WHOLE).missing
    with pytest.raises(ConfigError, match="datasheet"):
        asked(terms="there-is-none.toml")


def test_unknown_grounds_and_columns_are_named() -> None:
    with pytest.raises(ConfigError, match="did you mean consent"):
        asked(bases=("consnt",))
    with pytest.raises(ConfigError, match="no column 'agree'"):
        asked(consent_column="agree")
    with pytest.raises(ConfigError, match="single values"):
        asked(pl.DataFrame({"c": [[1]]}), consent_column="c")


def test_data_about_nobody_have_no_people_to_ask_for() -> None:
    assert QUESTIONS["geography"] not in parse_terms('basis = "no_people"').missing


def test_every_question_has_a_key_and_a_place() -> None:
    assert set(QUESTIONS) <= set(TERMS_KEYS)
    assert place_of(QUESTIONS["licence"]) == "datasheet.toml: licence"


def test_the_record_is_written_and_read_back() -> None:
    held = found(asked(terms=WHOLE, licences=("MIT",)))
    assert typed(plain(held), TermsFound) == held


def test_flat_records_tell_answers_open_questions_requirements_and_consent() -> None:
    evidence = asked(terms=WHOLE.replace('licence = "CC-BY-4.0"', ""), licences=("MIT",))
    rows = records([evidence], "terms")
    assert {"check": "DA021", "term": "basis", "value": "consent", "answer": "given"} in rows
    assert {"check": "DA021", "term": QUESTIONS["licence"], "value": None, "answer": "missing"} in rows
    (licence,) = [r for r in rows if r["term"] == "licence"]
    assert (licence["answer"], licence["wanted"]) == ("unknown", ["MIT"])
    (consent,) = [r for r in rows if r["term"] == "consent"]
    assert (consent["without"], consent["share"]) == (2, 0.5)
