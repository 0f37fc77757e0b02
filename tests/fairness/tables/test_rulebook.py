"""Rules are data with a version and a day; what people state is read with the line of every slip."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from sterling.core.errors import ConfigError
from sterling.core.outcomes import RULES, RuleName
from sterling.fairness.tables.rulebook import load_rule, read_answers


@pytest.mark.parametrize("name", RULES)
def test_every_rule_is_whole(name: RuleName) -> None:
    rule = load_rule(name)
    assert rule.name == name
    assert rule.as_of <= dt.date.today()
    assert rule.sources and rule.notes and rule.status
    assert len({a.key for a in rule.asked}) == len(rule.asked) > 0
    assert all(a.question.endswith("?") for a in rule.asked)


def test_local_law_144_has_no_threshold_and_the_screen_has_one() -> None:
    assert "ratio" not in load_rule("ll144").numbers
    assert load_rule("four-fifths").numbers == {"ratio": 0.8, "small": 0.02}


def test_without_a_file_nothing_is_stated() -> None:
    assert not read_answers(None, load_rule("ll144")).given


def test_answers_and_findings(tmp_path: Path) -> None:
    path = tmp_path / "facts.toml"
    path.write_text('use = "loans"\n[[finding]]\ntext = "a"\nowner = "Ada"\ndue = 2027-01-31\n', encoding="utf-8")
    found = read_answers(path, load_rule("model-risk"))
    assert (found.given, found.file) == ({"use": "loans"}, "facts.toml")
    assert [(f.text, f.severity, f.owner, f.due) for f in found.findings] == [("a", "", "Ada", dt.date(2027, 1, 31))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('audit_date = "2026-05-01"', "facts.toml:1"),
        ('\ntoll = "x"', "did you mean tool"),
        ('tool = ""', "empty"),
        ('[[finding]]\ntext = "x"', "no key"),
        ("tool = ", "cannot be read"),
    ],
)
def test_slips_are_named_with_their_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "facts.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        read_answers(path, load_rule("ll144"))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read the facts"):
        read_answers(tmp_path / "none.toml", load_rule("ll144"))
