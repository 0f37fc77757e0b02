"""What somebody who asks about a table gets to know of a slip: where it is, what was meant, what was not asked."""

from __future__ import annotations

import io

import polars as pl
import pytest

from sterling.core.errors import ConfigError, InputError
from sterling.core.policy import Policy
from sterling.pipeline.schemas import infer_schema
from sterling.pipeline.tables import profile


def people() -> pl.DataFrame:
    n = 300
    return pl.DataFrame(
        {
            "id": range(n), "sex": ["f", "m"] * (n // 2), "income": [float(i % 40) for i in range(n)],
            "region": ["north", "south", "west"] * (n // 3),
        }
    )  # fmt: skip


def limited(text: str, **more: object) -> None:
    policy = Policy.parse(f"[[limit]]\n{text}\nmax = 0.1\n", origin="limits.toml")
    profile(people(), groups="sex", policy=policy, checks="DA010", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ('metric = "missing_share"\ncolumns = "incom"', "'incom', which is no column", "income"),
        ('metric = "representation_gap"\ngroups = ["sexx"]', "'sexx', which is no group column", "sex"),
        ('metric = "reidentification_risk"', "cannot be answered without quasi", "--quasi"),
    ],
)
def test_a_limit_on_what_is_not_there_is_an_error_with_its_place(text: str, what: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        limited(text)
    assert what in caught.value.what and hint in caught.value.hint and caught.value.where.startswith("limits.toml:")


def test_a_positive_value_that_no_row_has_is_an_error_with_the_near_miss() -> None:
    with pytest.raises(InputError, match="norht") as caught:
        profile(people(), label="region", positive="norht", groups="sex", checks="DA004")
    assert "north" in caught.value.hint


def test_labels_of_several_classes_are_told_not_to_be_compared() -> None:
    run = profile(people(), label="region", groups="sex", checks="DA004")
    assert any("DA004" in n and "--positive" in n for n in run.notices)
    named = profile(people(), label="region", positive="north", groups="sex", checks="DA004")
    assert not any("--positive" in n for n in named.notices)


def test_a_reference_in_other_words_is_an_error_and_one_in_some_other_words_a_note() -> None:
    reference = {"DA003": {"reference": "sex: female=0.51, male=0.49"}}
    with pytest.raises(ConfigError, match="no value in common") as caught:
        profile(people(), groups="sex", settings=reference, checks="DA003")
    assert "f, m" in caught.value.expected and "female" in caught.value.got
    some = {"DA003": {"reference": "sex: f=0.5, male=0.5"}}
    notes = profile(people(), groups="sex", settings=some, checks="DA003").evidence[0].notes
    assert any("sex=male, which no row has" in n for n in notes) and any("left aside" in n for n in notes)


@pytest.mark.parametrize(("text", "said"), [("sex f=0.51, m=0.49", "colon"), ("sex: f=1", "a group of its own")])
def test_shares_written_wrongly_are_told_how(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        profile(people(), groups="sex", settings={"DA003": {"reference": text}}, checks="DA003")
    assert said in caught.value.hint


def test_columns_that_look_like_an_id_are_pointed_out() -> None:
    def told(**more: str) -> bool:
        run = profile(people(), checks=("DA010", "DA014"), **more)  # type: ignore[arg-type]
        return any("column id looks like an id" in n for n in run.notices)

    assert told() and not told(id="id")


def test_repeated_ids_are_promised_to_be_unique_and_told_to_break_it() -> None:
    twice = pl.concat([people(), people().head(60)])
    made = infer_schema(twice, id="id")
    assert "unique = true" in made.text and any("60 of 360 rows" in n for n in made.notices)
    assert not infer_schema(people(), id="id").notices


def test_broken_promises_name_their_column(tmp_path: object) -> None:
    from pathlib import Path

    from sterling.report.about.found import gathered
    from sterling.report.about.said_use import promises

    path = Path(str(tmp_path)) / "schema.toml"
    path.write_text(infer_schema(people()).text, encoding="utf-8")
    other = people().with_columns(region=pl.lit("east"))
    run = profile(other, settings={"DA011": {"schema": str(path)}}, checks="DA011")
    said = [s.text for s in promises(gathered(run.evidence, level=0.95), "rows")]
    assert any("region: 300 of 300 rows" in s for s in said)


def test_a_question_that_found_nothing_says_that_it_was_asked() -> None:
    from sterling.cli.profile_summary import closing, summary
    from sterling.cli.terminal import Terminal

    settings = {"DA003": {"reference": "sex: f=0.5, m=0.5"}}
    run = profile(people(), groups="sex", settings=settings, checks="DA003")
    terminal = Terminal(stream=io.StringIO(), width=100)
    said = " ".join(summary(run, run.judgement, terminal))
    assert "Groups beside a reference population (DA003): nothing stood out (n 300)." in said
    run = profile(people(), checks="DA014")
    assert "nothing stood out (n 300)" in " ".join(summary(run, run.judgement, terminal))
    assert not any("--groups" in line for line in closing(run, run.judgement, [], terminal))


def test_an_empty_value_of_a_list_is_an_empty_list() -> None:
    run = profile(people(), settings={"DA014": {"near": ""}}, checks="DA014")
    assert run.evidence[0].parameters["near"] == []


def test_infinite_values_are_told_beside_the_mean_of_the_others() -> None:
    from sterling.cli.profile_summary import summary
    from sterling.cli.terminal import Terminal

    run = profile(pl.DataFrame({"x": [1.0, float("inf")] * 50}), checks="DA010")
    said = " ".join(summary(run, run.judgement, Terminal(stream=io.StringIO(), width=100)))
    assert "mean 1, half in 1 to 1, 50% infinite" in said


def test_a_schema_in_place_of_a_policy_is_told_apart() -> None:
    with pytest.raises(ConfigError, match=r"unknown table") as caught:
        Policy.parse('[schema]\nversion = 1\n[column.age]\ntype = "integer"\n')
    assert "--schema" in caught.value.hint
