"""Findings about a table as sentences: the number with its interval and n, and no more than was found."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from sterling.core.data.about import AboutData
from sterling.core.data.copies import Duplicates
from sterling.core.data.metrics import ANSWERED_BY
from sterling.core.data.people import GroupGap, GroupNumber, People
from sterling.core.data.personal import PersonalData, PersonalDataFound
from sterling.core.data.profile import ColumnProfile, Histogram, Profile, ValueCount
from sterling.core.evidence import Evidence, Finding
from sterling.core.metrics import resolve_metric
from sterling.core.overview import Stated
from sterling.core.policy import Policy
from sterling.core.slices import Slice
from sterling.data import infos
from sterling.data.personal.kinds import ALL
from sterling.report import words
from sterling.report.about import changes, people, spoken
from sterling.report.about.document import profile_document
from sterling.report.about.found import gathered
from sterling.report.about.judged import judged
from sterling.report.about.numbers import exact_share, measured
from sterling.report.about.overview import bars, overview
from sterling.report.about.said import found_sentences
from sterling.report.about.sections import sections
from sterling.report.about.wording import KIND_WORDS
from sterling.report.exports.github import step_summary, workflow_commands
from sterling.report.exports.junit import junit
from sterling.report.exports.place import project_root
from sterling.report.exports.sarif import sarif
from sterling.report.markdown import markdown
from tests.report.columns_of import estimate
from tests.report.tables_of import about, evidence, missing_finding, run

assert infos
ROLES = words.settled_roles(run())


def said() -> list[str]:
    return [s.text for s in found_sentences(gathered(evidence()), ROLES)]


def test_every_kind_of_finding_has_a_sentence() -> None:
    text = "\n".join(said())
    for part in (
        "Broken promise: age is below", "notes holds email address", "6% of the rows of test stand in train too",
        "hours alone tells the label suspiciously well",
        "3 of 7 columns have missing values, most of all occupation: 18.2%",
        "Female people are 17 points fewer of this table than of the reference, 34% instead of 51%",
        "1 of 3 columns changed since people last year, age most", "hours differs in 4.1% of the rows",
        "42% of the rows are alone in age, sex and occupation", "3% of the rows repeat another row",
        "Leaving sex out would not hide it: the other columns together tell it",
        "1 combination of groups hardly occurs",
    ):  # fmt: skip
        assert part in text, part


def test_what_decides_comes_first_and_what_is_odd_last() -> None:
    order = [next(i for i, text in enumerate(said()) if part in text) for part in (
        "Broken promise", "api key", "stand in train too", "than of the reference", "hardly occurs", "more often for",
        "columns changed", "would not hide it", "alone in", "repeat another row", "have missing values",
    )]  # fmt: skip
    assert order == sorted(order)


def column(name: str, missing: int, **more: object) -> ColumnProfile:
    return ColumnProfile(name=name, type="String", kind="text", role="", n=1000, missing=missing, distinct=5, **more)  # type: ignore[arg-type]


def of_people(**more: object) -> list[Stated]:
    held = replace(evidence()[0], about=AboutData(**more))  # type: ignore[arg-type]
    return list(found_sentences(gathered([held]), ROLES))


def test_columns_with_gaps_are_one_sentence_and_columns_of_nothing_another() -> None:
    columns = (column("a", 58), column("b", 57), column("c", 0), column("d", 1000))
    first, second = of_people(profiles=(Profile(table="t", rows=1000, columns=columns),))
    assert first.text == "d holds no value at all"
    assert (second.text, second.shown) == ("2 other columns have missing values, most of all a: 5.8%", "5.8%")
    assert second.detail == "Then b 5.7%; counted in all rows"
    (alone,) = of_people(profiles=(Profile(table="t", rows=1000, columns=(column("a", 58),)),))
    assert alone.text == "5.8% of the values of a are missing"


def test_a_column_of_nan_holds_nothing_either() -> None:
    columns = (column("a", 300, nan=700), column("b", 0, nan=999))
    found, other = of_people(profiles=(Profile(table="t", rows=1000, columns=columns),))
    assert found.text == "a holds no value at all"
    assert other.text == "99.9% of the values of b are missing"


def test_who_is_here_counts_those_without_a_value() -> None:
    top = (ValueCount(value="a", count=400.0), ValueCount(value="b", count=200.0))
    group = replace(column("town", 400, top=top), role="group")
    here = of_people(profiles=(Profile(table="t", rows=1000, columns=(group,)),))[0]
    assert here.text == "Who is here by town: a 40% and b 20%; not recorded 40%"


def test_pages_say_what_their_intervals_hold_for() -> None:
    found = gathered(evidence())
    changed, there = changes.changes(found, ROLES), people.people(found, ROLES)
    assert changed is not None
    assert there is not None
    assert "each for its own column" in changed.lead
    assert "alone: of many some miss" in there.lead


def test_who_is_here_says_that_a_text_is_empty() -> None:
    top = (ValueCount(value="", count=600.0), ValueCount(value="  ", count=400.0))
    group = replace(column("town", 0, top=top), role="group")
    here = of_people(profiles=(Profile(table="t", rows=1000, columns=(group,)),))[0]
    assert here.text == 'Who is here by town: "" (empty text) 60% and " " (blank) 40%'


def test_who_is_here_is_said_where_nobody_gave_a_reference() -> None:
    top = tuple(ValueCount(value=f"g{i}", count=float(200 - i)) for i in range(8))
    group = replace(column("town", 0, top=top), role="group")
    (here,) = of_people(profiles=(Profile(table="t", rows=1000, columns=(group,)),))
    assert here.text.startswith("Who is here by town: g0 20%, g1 19.9%")
    assert here.text.endswith("the smallest of 8 is g7 19.3%")
    assert here.detail == "Who is missing cannot be told without a reference population"


def test_a_comparison_of_groups_says_both_numbers_with_interval_and_n() -> None:
    women, men = Slice.of({"sex": "F"}), Slice.of({"sex": "M"})
    numbers = tuple(GroupNumber(slice=s, measure="outlier_share", estimate=estimate(v), column="hours")
                    for s, v in ((women, 0.2), (men, 0.1)))  # fmt: skip
    gap = GroupGap(measure="outlier_share", column="hours", family=("sex",), first=women, second=men, value=0.1,
                   low=0.05, high=0.15, level=0.95)  # fmt: skip
    own = replace(gap, measure="outlier_share_within", low=0.09)
    (odd,) = of_people(people=People(numbers=numbers, gaps=(own, gap)))  # one sentence, of what a rule would drop
    assert odd.text == (
        "Dropping unusual values of hours would drop 10 points more of people with sex F than of people with sex M"
    )
    assert (odd.shown, odd.n) == ("10 points [5, 15]", 2000)
    assert odd.detail.count("of 1,000") == 2


def test_columns_called_like_a_special_category_are_said_to_look_like_one() -> None:
    held = tuple(
        PersonalData(column=c, kind="special_category", count=50, n=50, share=estimate(1.0), where="column",
                     by="column name", sensitivity="special") for c in ("race", "creed")
    )  # fmt: skip
    (one,) = of_people(personal=PersonalDataFound(found=held, rows=50, looked_at=50, columns=("race", "creed")))
    assert one.text == "creed and race look like special categories of personal data (by their names)"
    assert one.shown == ""  # a name is no count


def test_every_kind_that_is_looked_for_has_a_name_in_words() -> None:
    assert {k.name for k in ALL} <= set(KIND_WORDS)


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
    assert "there are fewer than 10, where 99" in text
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


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("constant_columns", "highest", "the number of columns of one value is 3"),
        ("distinct_values", "highest", "the number of different values of the column with most is 3"),
        ("distinct_values", "lowest", "the number of different values of the column with fewest is 3"),
        ("coverage_holes", "highest", "the number of uncovered combinations of groups is 3"),
    ],
)
def test_counts_of_columns_are_no_extremes_of_one(name: str, kind: Literal["highest", "lowest"], said: str) -> None:
    metric = resolve_metric(name)
    finding = replace(
        missing_finding(None), metric=metric.info, kind=kind, value=3.0, low=3.0, high=3.0, groups_compared=5
    )
    assert spoken.sentence(finding, ROLES) == said


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
    told = [(r["ruleId"], r["kind"]) for r in results]
    assert told == [("broken-promise", "fail"), ("DA020", "fail"), ("DA020", "pass")]
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
    assert [s.name for s in block.series] == ["people", "people last year", "Female people, people"]
    assert [s.part for s in block.series] == [False, False, True]  # slices come last and are drawn once asked for
    age = block.columns[0]
    assert age.notes == ("Age is below the smallest value allowed",)
    assert [f.mean for f in age.facets if f is not None] == [38.5, 34.5, 38.5]
    assert {c.name for c in block.columns if c.changes} == {"age", "hours", "sex"}
