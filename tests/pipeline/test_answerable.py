"""Whatever a limit is accepted for is answered; what nothing could answer is refused when it is read."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sterling
from sterling.core.evidence import Finding
from sterling.core.judge import Judgement, Verdict
from sterling.core.project import FILE
from sterling.core.project_file import parse_project
from sterling.core.run import Run
from sterling.pipeline.answerable import kinds_of
from sterling.pipeline.steps.measure import examined, plan_of
from tests.house.law import ROOT
from tests.projects import write_small

LENDING = ROOT / "examples" / "lending" / "data" / "lending.parquet"
ROLES: dict[str, object] = {"label": "approved", "score": "score", "positive": "1", "favourable": "1"}
GROUPS = ["race", "sex"]


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return pl.read_parquet(LENDING).with_columns(old=(pl.int_range(pl.len()) % 2).cast(pl.String))


def judged(table: pl.DataFrame, text: str, groups: list[str] = GROUPS, **more: object) -> Judgement:
    found: Run = sterling.evaluate(table, groups=groups, policy=sterling.Policy.parse(text), **ROLES, **more)  # type: ignore[arg-type]
    return found.judgement


def limited(table: pl.DataFrame, text: str, groups: list[str] = GROUPS, **more: object) -> list[Verdict]:
    return [v for v in judged(table, text, groups, **more).verdicts if v.limit is not None]


def numbers(finding: Finding | None) -> tuple[object, ...]:
    assert finding is not None
    sides = (finding.first, finding.second)
    return (
        finding.kind, finding.value, finding.low, finding.high, finding.groups_compared,
        [(s.value, s.n, s.n_eligible) for s in sides if s is not None],
        [s.slice.as_dict()["race"] for s in sides if s is not None],
    )  # fmt: skip


@pytest.mark.parametrize("metric", ["selection_rate", "true_positive_rate", "auc"])
@pytest.mark.parametrize(
    "statement", ["max_gap = 0.05", "min_ratio = 0.8", 'max_gap = 0.05\nbaseline = { race = "white" }', "min = 0.3"]
)
def test_among_the_people_of_a_slice_it_is_as_in_a_table_of_them_alone(
    table: pl.DataFrame, metric: str, statement: str
) -> None:
    text = f'[[limit]]\nmetric = "{metric}"\n{statement}\ngroups = ["race"]'
    (alone,) = limited(table.filter(pl.col("sex") == "male"), text, ["race"])
    (among,) = limited(table, text + '\nslice = { sex = "male" }')
    assert numbers(among.finding) == numbers(alone.finding)
    assert among.verdict == alone.verdict
    assert among.finding is not None and among.finding.family == ("race",)


def test_the_sentence_says_among_whom(table: pl.DataFrame) -> None:
    from sterling.report.words import said

    run = sterling.evaluate(
        table, groups=GROUPS, people="applicants", **ROLES,  # type: ignore[arg-type]
        policy=sterling.Policy.parse(
            '[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.05\nslice = { sex = "male" }\n'
            '[[limit]]\nmetric = "selection_rate"\nmin = 0.05\nslice = { sex = "male" }\ngroups = ["race"]'
        ),
    )  # fmt: skip
    gap, floor = sorted(
        (said(v, run.roles) for v in run.judgement.verdicts if v.limit is not None), key=lambda s: "lowest" in s
    )
    assert gap.startswith("Among male applicants: ") and "lack applicants are selected" in gap
    assert floor.startswith("Among male applicants: the lowest selection rate of any group by race is ")


def test_three_columns_crossed_give_the_pairs_inside_a_slice(table: pl.DataFrame) -> None:
    text = '[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.05\nslice = { sex = "male" }'
    found = limited(table, text, [*GROUPS, "old"], cross=3)
    families = {v.finding.family for v in found if v.finding is not None}
    assert families == {("race",), ("old",), ("race", "old")}


DESIGN = """
[project]
name = "lending"
purpose = "Rank mortgage applications for manual approval."
[data]
path = "data/loans.parquet"
label = "approve"
positive = 1
favourable = 1
label_kind = "human_decision"
groups = ["race", "sex"]
[train]
recipe = "boosted-trees"
[[ask]]
name = "approval gap"
check = "FA001"
rate = "selection_rate"
[[limit]]
ask = "approval gap"
max = 0.05
[review]
required = 1
"""


def test_max_on_an_ask_about_a_gap_bounds_the_gap(table: pl.DataFrame) -> None:
    by_max = limited(table, DESIGN)
    by_gap = limited(table, DESIGN.replace("max = 0.05", "max_gap = 0.05"))
    assert [(v.verdict, v.finding, v.reason) for v in by_max] == [(v.verdict, v.finding, v.reason) for v in by_gap]
    assert {v.limit.statement for v in by_max if v.limit is not None} == {"max_gap"}
    assert len(by_max) == 3, "by race, by sex, by both"


def test_min_on_an_ask_about_a_ratio_bounds_the_ratio(table: pl.DataFrame) -> None:
    text = DESIGN.replace("FA001", "FA002").replace("max = 0.05", "min = 0.8")
    assert {v.limit.statement for v in limited(table, text) if v.limit is not None} == {"min_ratio"}


ON = '[[limit]]\nmetric = "selection_rate"\n'
ASK = '[[ask]]\nname = "x"\ncheck = "{}"\n{}\n[[limit]]\nask = "x"\n{}'


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        (ON + 'max_gap = 0.1\nslice = { sex = "male" }\ngroups = ["sex"]', "nobody to compare", "other group"),
        (ON + 'min = 0.1\nbaseline = { sex = "male" }', "min has no baseline", "max_gap"),
        (ON + 'max_gap = 0.1\nbaseline = { race = "white" }\ngroups = ["sex"]', "not in groups", "add race"),
        (ON + 'max_gap = 0.1\nslice = { sex = "male" }\nbaseline = { sex = "male" }', "as the slice does", "baseline"),
        (ON + 'max_gap = 0.1\nslice = { sex = "male", race = "white" }', "no group column beside", "leave out slice"),
        ('[[limit]]\nmetric = "calibration_in_the_large"\nmin_ratio = 0.8', "can be negative", "max_gap"),
        ('[[limit]]\nmetric = "missing_share"\nmax_gap = 0.1', "a number of the table", ""),
        ('[[limit]]\nmetric = "missing_share"\nmin = 0.1', "of which lower is better", "did you mean max?"),
        ('[[limit]]\nmetric = "missing_share"\nmax = 0.1\nthreshold = 0.5', "has no threshold", ""),
        (ASK.format("FA001", 'metric = "selection_rate"', "min = 0.1"), "bounds nothing", "did you mean max_gap?"),
        (ASK.format("FA002", 'metric = "selection_rate"', "max_gap = 0.1"), "bounds nothing", "min_ratio"),
        (ASK.format("FA003", 'metric = "selection_rate"', "max = 0.1"), "bounds nothing", 'end = "highest"'),
        (ASK.format("QU001", "", "max = 0.1"), "bounds nothing", ""),
        (ASK.format("DA010", "", "max_gap = 0.1"), "bounds nothing", "did you mean"),
    ],
)
def test_what_nothing_could_answer_is_refused_with_its_line(
    table: pl.DataFrame, text: str, words: str, hint: str
) -> None:
    with pytest.raises(sterling.ConfigError, match=words) as caught:
        judged(table, text)
    assert caught.value.where.startswith("policy:") and hint in caught.value.hint


def test_a_slice_needs_its_crosses_to_be_counted(table: pl.DataFrame) -> None:
    with pytest.raises(sterling.ConfigError, match="1 group column is crossed") as caught:
        judged(table, ON + 'max_gap = 0.1\nslice = { sex = "male" }', cross=1)
    assert "cross = 2" in caught.value.hint
    with pytest.raises(sterling.ConfigError, match="young is not crossed with other columns"):
        judged(table, ON + 'max_gap = 0.1\nslice = { young = "yes" }', slices={"young": "score < 0.5"})
    with pytest.raises(sterling.ConfigError, match="there are none"):
        judged(table, ON + "max_gap = 0.1", [])


@pytest.mark.parametrize(("name", "right"), [("logistic", True), ("model", False)])
def test_a_limit_may_name_the_model_that_is_still_to_be_trained(tmp_path: Path, name: str, right: bool) -> None:
    folder = write_small(tmp_path / "loans")
    text = (folder / "sterling.toml").read_text(encoding="utf-8")
    project = parse_project(text.replace("max_gap = 0.05", f'max_gap = 0.05\nmodel = "{name}"'), file=folder / FILE)
    if right:
        assert len(plan_of(project, examined(project)).asks) > 3
        return
    with pytest.raises(sterling.ConfigError, match="no model is called that") as caught:
        plan_of(project, examined(project))
    assert "logistic" in caught.value.expected


@st.composite
def limits(draw: st.DrawFn) -> str:
    """Any limit that a person might write about these groups."""
    kinds = ("selection_rate", "true_positive_rate", "auc", "representation", "calibration_in_the_large", "prevalence")
    one = st.sampled_from(['{ sex = "male" }', '{ race = "white" }', '{ race = "white", sex = "male" }'])
    keys = {
        "slice": one, "baseline": one, "threshold": st.sampled_from(["0.3", "0.5"]),
        "groups": st.sampled_from(['["race"]', '["sex"]', '["race", "sex"]']),
    }  # fmt: skip
    statement = draw(st.sampled_from(["max_gap", "min_ratio", "min", "max"]))
    lines = [f'metric = "{draw(st.sampled_from(kinds))}"', f"{statement} = 0.5"]
    lines += [f"{k} = {draw(v)}" for k, v in keys.items() if draw(st.booleans())]
    return "[[limit]]\n" + "\n".join(lines)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(limits(), min_size=1, max_size=3), cross=st.sampled_from([1, 2]))
def test_every_limit_is_refused_or_answered(table: pl.DataFrame, texts: list[str], cross: int) -> None:
    try:
        found = limited(table, "\n".join(texts), cross=cross)
    except sterling.ConfigError as refused:
        error = refused
        found = []
    if not found:
        assert error.where.startswith("policy:")
        return
    assert found and not [v for v in found if v.verdict == "not_applicable"]
    assert len({v.limit.origin for v in found if v.limit is not None}) == len(texts)


def test_checks_find_what_they_say_they_find(table: pl.DataFrame, tmp_path: Path) -> None:
    asks = [
        *(f'check = "{c}"\nmetric = "selection_rate"' for c in ("FA001", "FA002", "FA003", "FA011")),
        'check = "FA003"\nmetric = "selection_rate"\nend = "highest"',
        'check = "FA005"\nmetric = "selection_rate"\ngiven = "sex"',
        'check = "FA005"\nmetric = "selection_rate"\ngiven = "sex"\nwithin = true',
        'check = "FA006"', 'check = "FA006"\nof = "average"', *(f'check = "{c}"' for c in (
            "FA004", "FA007", "FA009", "FA010", "QU001", "QU002", "QU003", "DA001", "DA002", "DA010", "DA014", "DA004",
            "DA005", "DA006",
        )),
    ]  # fmt: skip
    policy = sterling.Policy.parse("\n".join(f"[[ask]]\n{text}" for text in asks))
    run = sterling.evaluate(table, groups=GROUPS, policy=policy, **ROLES)  # type: ignore[arg-type]
    seen = set()
    for item in run.plan.asks:
        kinds = kinds_of(item)
        assert kinds is not None, f"{item.check.code} does not say what it finds"
        for evidence in run.evidence:
            if evidence.ask == item.name and evidence.check == item.check.code:
                assert {f.kind for f in evidence.findings} <= {
                    k for other in run.plan.asks if other.name == item.name for k in kinds_of(other) or ()
                }
                seen |= {(evidence.check, f.kind) for f in evidence.findings}
    assert len(seen) > 15
