"""Findings about a table as sentences: the number with its interval and n, and no more than was found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sterling.core.data.about import AboutData
from sterling.core.data.copies import Duplicates
from sterling.core.data.metrics import ANSWERED_BY
from sterling.core.data.profile import Histogram
from sterling.core.evidence import Evidence, Finding
from sterling.core.policy import Policy
from sterling.data import infos
from sterling.report import words
from sterling.report.about import spoken
from sterling.report.about.document import profile_document
from sterling.report.about.found import gathered
from sterling.report.about.numbers import exact_share, measured
from sterling.report.about.overview import bars, overview
from sterling.report.about.said import found_sentences, judged
from sterling.report.about.sections import sections
from sterling.report.exports.github import step_summary, workflow_commands
from sterling.report.exports.junit import junit
from sterling.report.exports.place import project_root
from sterling.report.exports.sarif import sarif
from sterling.report.markdown import markdown
from tests.report.tables_of import about, evidence, missing_finding, run

assert infos
ROLES = words.settled_roles(run())


def said() -> list[str]:
    return [s.text for s in found_sentences(gathered(evidence()), ROLES)]


def test_every_kind_of_finding_has_a_sentence() -> None:
    text = "\n".join(said())
    for part in (
        "Broken promise: age is below", "notes holds email address", "6% of the rows of test stand in train too",
        "hours alone tells the label suspiciously well", "18.2% of the values of occupation are missing",
        "Female people are 17 points fewer of this table than of the reference, 34% instead of 51%",
        "1 of 3 columns changed since people last year, age most", "hours differs in 4.1% of the rows",
        "42% of the rows are alone in age, sex and occupation", "3% of the rows repeat another row",
        "The other columns together tell sex beyond what chance reaches", "1 combination of groups hardly occurs",
    ):  # fmt: skip
        assert part in text, part


def test_nothing_found_says_nothing() -> None:
    empty = Evidence(ask="a", check="DA010", title="t", question="q", outcome="measured", model=None, about=AboutData())
    found = gathered([empty])
    assert found_sentences(found, ROLES) == ()
    assert sections(found, ROLES) == ()
    assert not gathered([])


def test_a_table_without_repeats_is_not_said_to_have_any() -> None:
    clean = replace(about(), duplicates=Duplicates(n=1000, rows=0, sets=0, columns=("age",)))
    held = replace(evidence()[0], about=clean)
    assert not any("repeat" in s.text for s in found_sentences(gathered([held]), ROLES))


def test_counts_below_ten_are_in_no_sentence_and_no_bar() -> None:
    text = "\n".join(f"{s.text} {s.detail}" for s in found_sentences(gathered(evidence()), ROLES))
    assert "Fewer than 10 different rows" in text
    assert "fewer than 10 rows, where 99" in text
    drawn = bars(Histogram(kind="uniform", edges=(0.0, 1.0, 2.0, 3.0, 4.0), counts=(90.0, 3.0, 40.0, 0.0)))
    assert drawn is not None
    assert drawn.counts == (90.0, None, None, 0.0)  # the smallest other goes with a single one


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(182, 1000, "18.2%"), (0, 10, "0%"), (10, 10, "100%"), (1, 48_842, "under 0.1%"), (48_841, 48_842, "over 99.9%")],
)
def test_exact_shares_are_never_rounded_to_none_or_all(part: int, whole: int, shown: str) -> None:
    assert exact_share(part, whole) == shown


def test_intervals_round_to_what_they_support() -> None:
    assert measured(0.182, 0.171, 0.193, "share") == "18.2% [17.1, 19.3]"
    assert measured(0.182, 0.132, 0.243, "share") == "18% [13, 24]"
    assert measured(None, None, None, "share") == "not known"
    assert measured(1.0, 1.0, 1.0, "share") == "100%"


def test_a_limit_on_a_column_reads_as_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ANSWERED_BY, "missing_share", "DA010")
    finding = missing_finding("income")
    assert spoken.sentence(finding, ROLES) == "18% of the values of income are missing"
    exact = replace(finding, low=finding.value, high=finding.value)
    assert spoken.sentence(exact, ROLES) == "18.2% of the values of income are missing"
    worst = replace(missing_finding(None), at=("income",))
    assert spoken.sentence(worst, ROLES) == "18% of the values of income are missing"


def limited() -> Policy:
    return Policy.parse(
        """
        [[limit]]
        metric = "unique_share"
        max = 0.05
        [[limit]]
        metric = "unique_share"
        columns = ["age", "sex"]
        max = 0.5
        """
    )


def unique(columns: tuple[str, ...], value: float) -> Finding:
    from sterling.core.metrics import DATA_METRICS

    return replace(
        missing_finding(None, value), metric=DATA_METRICS["unique_share"].info, columns=columns, low=value, high=value
    )


def test_verdicts_read_well_everywhere() -> None:
    held = replace(evidence()[0], check="DA020", findings=(unique((), 0.42), unique(("age", "sex"), 0.42)))
    made = run(limited(), evidence=(held,))
    judgement = made.judgement
    over, within = words.in_order(judgement)[:2]
    assert words.said(over, ROLES) == "42% of the rows are alone in age and sex: over your limit (at most 5%)."
    assert words.said(within, ROLES) == "42% of the rows are alone in age and sex: within your limit (at most 50%)."
    assert words.reason(over, ROLES) == "counted in all 1,000 rows"
    assert [s.tone for s in judged(judgement, ROLES)] == ["over", "within"]
    xml = junit(made, judgement, policy=None, root=project_root()).decode()
    assert 'failures="2"' in xml  # the limit, and the broken promise
    assert "unique_share max 0.05" in xml
    assert "range age" in xml
    results = sarif(made, judgement, policy=None, root=project_root())["runs"][0]["results"]  # type: ignore[index]
    assert [r["ruleId"] for r in results] == ["broken-promise", "DA020"]
    assert results[0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 12
    lines = workflow_commands(made, judgement, policy=None)
    assert lines[0].startswith(
        "::error file=schema.toml,line=12,title=A promise about the data is broken::Age is below"
    )
    assert "alone in age and sex" in step_summary(made, judgement)


def test_the_page_is_a_document_with_every_chapter_and_says_what_it_cannot() -> None:
    made = run()
    document = profile_document(made, made.judgement)
    ids = [s.id for s in document.sections]
    assert ids == [
        "found",
        "next",
        "overview",
        "anomalies",
        "drift",
        "people",
        "proxies",
        "copies",
        "personal",
        "anonymity",
        "terms",
        "how",
    ]
    text = markdown(document)
    assert "What this page can’t tell you" in text
    assert "never got into the table" in text
    assert "not applicable" not in text
    assert "DA021" in text  # what was not answered is listed with why
    assert "no terms were given" in text


def test_the_overview_puts_tables_and_slices_side_by_side() -> None:
    block = overview(gathered(evidence()), people="people")
    assert block is not None
    assert [s.name for s in block.series] == ["people", "Female people, people", "people last year"]
    age = block.columns[0]
    assert age.notes == ("Age is below the smallest value allowed",)
    assert [f.mean for f in age.facets if f is not None] == [38.5, 38.5, 34.5]
    assert {c.name for c in block.columns if c.changes} == {"age", "hours", "sex"}
