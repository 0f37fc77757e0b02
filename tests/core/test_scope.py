"""`scope.toml`: answers are kept, open questions are listed, and needs follow from answers by the rule in the guide."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as hs

import sterling as st
from sterling.core.needs import BY_ID, QUESTIONS, RECOMMENDED, assess
from sterling.core.project_file import read_project
from sterling.core.scope import ASPECTS, Scope
from sterling.core.scope_file import MAX_PROSE, place_of, read_prose, read_scope
from tests.house.law import ROOT

ANSWERS = hs.dictionaries(hs.sampled_from(sorted(BY_ID)), hs.sampled_from([True, False, None]))
LEVELS = ["low", "medium", "high"]


def _read(folder: Path, text: str, **more: Any) -> Scope:
    (folder / "scope.toml").write_text(text, encoding="utf-8")
    return read_scope(folder / "scope.toml", **more)


def test_without_a_file_everything_is_open(tmp_path: Path) -> None:
    scope = read_scope(tmp_path / "scope.toml", groups=("race",), purpose="why")
    assert scope.purpose == "why"
    assert {n.need for n in scope.needs} == {"unknown"}
    assert set(scope.missing) > {q.text for q in QUESTIONS}
    assert "What is the model for?" not in scope.missing
    assert "How was race learnt, and may it be used?" in scope.missing
    assert "What is the model for?" in read_scope(tmp_path / "scope.toml").missing


def test_every_question_has_a_place(tmp_path: Path) -> None:
    scope = read_scope(tmp_path / "scope.toml", groups=("race",))
    places = [place_of(question) for question in scope.missing]
    assert len(set(places)) == len(places)
    for place in places:
        file, _, key = place.partition(": ")
        assert file in ("scope.toml", "sterling.toml")
        assert key


def test_answers_are_kept(tmp_path: Path) -> None:
    scope = _read(
        tmp_path,
        'users = ["officers"]\nlabel_provenance = "officers"\n'
        '[[harm]]\nkind = "allocation"\nwho = "applicants"\nwhat = "refused"\n'
        '[[group]]\ncolumn = "race"\nsource = "observed"\nmay_be_used = true\n'
        '[[group]]\ncolumn = "sex"\nsource = "asked"\n'
        '[[group]]\ncolumn = "disability"\nsource = "unavailable"\n'
        '[answers]\ndecides_access = true\nautomatic = false\nproxies = ""\n',
        groups=("race", "sex", "age"),
    )
    assert scope.users == ("officers",)
    assert scope.harms[0].what == "refused"
    assert [g.source for g in scope.groups] == ["observed", "asked", "unavailable"]
    assert (scope.answers["decides_access"], scope.answers["automatic"], scope.answers["proxies"]) == (
        True,
        False,
        None,
    )
    assert "How was age learnt, and may it be used?" in scope.missing
    assert "May sex be used to measure?" in scope.missing
    assert not any("race" in q for q in scope.missing if "learnt" in q or "May" in q)
    assert BY_ID["proxies"].text in scope.missing
    assert BY_ID["automatic"].text not in scope.missing
    fairness = next(n for n in scope.needs if n.aspect == "fairness")
    assert (fairness.need, fairness.because) == ("high", (BY_ID["decides_access"].text,))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("usrs = []", 1, "did you mean users"),
        ("users = 3", 1, "a list of texts"),
        ('[[harm]]\nkind = "alocation"\nwho = "a"\nwhat = "b"', 2, "did you mean allocation"),
        ('[[harm]]\nkind = "allocation"\nwho = "a"', 1, "has no what"),
        ("[harm]\nx = 1", 1, "twice bracketed"),
        ('[[group]]\ncolumn = "rce"\nsource = "asked"', 2, "is not a group column"),
        ('[[group]]\ncolumn = "race"\nsource = "guessed"', 3, "inferred"),
        ('[[group]]\ncolumn = "race"\nsource = "asked"\n[[group]]\ncolumn = "race"\nsource = "asked"', 5, "twice"),
        ("[answers]\nbiometric = true", 2, "did you mean biometrics"),
        ('[answers]\nbiometrics = "yes"', 2, "true or false"),
        ("answers = 1", 1, "is a table"),
    ],
)
def test_slips_are_named_with_their_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(st.ConfigError) as caught:
        _read(tmp_path, text, groups=("race",))
    assert f"scope.toml:{line}: " in str(caught.value)
    assert words in str(caught.value)


def test_sections_of_cards(tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    assert read_prose(cards) == {}
    cards.mkdir()
    (cards / "data.motivation.md").write_text("\ufeff# Why\n\nBecause.\n", encoding="utf-8")
    (cards / "empty.md").write_text("\n")
    (cards / "model.html").write_text("no section")
    assert read_prose(cards) == {"data.motivation": "# Why\n\nBecause."}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("long.md", b"x" * (MAX_PROSE + 1), "too long"),
        ("latin.md", b"\xff", "not UTF-8"),
        ("A b.md", b"x", "no section"),
    ],
)
def test_sections_that_cannot_be_used(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(st.ConfigError, match=words):
        read_prose(tmp_path)


def test_a_section_is_not_taken_from_elsewhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("key")
    cards = tmp_path / "p" / "cards"
    cards.mkdir(parents=True)
    (cards / "model.md").symlink_to(secret)
    with pytest.raises(st.ConfigError, match="leads outside"):
        read_prose(cards)


def test_the_questions_are_sound() -> None:
    assert 20 <= len(QUESTIONS) <= 25
    assert len(BY_ID) == len(QUESTIONS)
    for question in QUESTIONS:
        assert question.text.endswith("?")
        assert question.source
        assert question.weights
        assert all(weight > 0 for weight in question.weights.values())
    for aspect in ASPECTS:
        assert sum(q.weights.get(aspect, 0) for q in QUESTIONS) >= 3, aspect


def test_all_answered_nothing_is_unknown() -> None:
    assert {n.need for n in assess({q.id: False for q in QUESTIONS})} == {"low"}
    assert {n.need for n in assess({q.id: True for q in QUESTIONS})} == {"high"}


@given(ANSWERS)
def test_unknown_means_that_an_answer_could_change_it(answers: dict[str, bool | None]) -> None:
    """A need is unknown exactly when the open questions, answered one way or the other, give different needs."""
    given_, no, yes = (
        {n.aspect: n.need for n in assess(filled)}
        for filled in (
            answers,
            {q.id: answers.get(q.id) or False for q in QUESTIONS},
            {q.id: True if answers.get(q.id) is None else answers.get(q.id) for q in QUESTIONS},
        )
    )
    for aspect in ASPECTS:
        assert given_[aspect] == (no[aspect] if no[aspect] == yes[aspect] else "unknown")


@given(ANSWERS, hs.sampled_from(sorted(BY_ID)))
def test_a_yes_never_lowers_a_need(answers: dict[str, bool | None], question: str) -> None:
    filled = {q.id: bool(answers.get(q.id)) for q in QUESTIONS}
    before, after = assess(filled | {question: False}), assess(filled | {question: True})
    for low, high in zip(before, after, strict=True):
        assert LEVELS.index(low.need) <= LEVELS.index(high.need)


@pytest.mark.parametrize(("aspect", "need"), sorted(RECOMMENDED))
def test_what_is_recommended_can_be_pasted(tmp_path: Path, aspect: str, need: str) -> None:
    """Every snippet is TOML that a project with a time column takes."""
    head = {
        "project": 'name = "p"', "data": 'path = "t.csv"\nlabel = "y"\ngroups = ["g"]\ntime = "t"',
        "train": 'recipe = "logistic"',
    }  # fmt: skip
    for snippet in RECOMMENDED[aspect, need]:  # type: ignore[index]
        named = set(tomllib.loads(snippet))
        text = "\n".join(f"[{name}]\n{body}" for name, body in head.items() if name not in named)
        (tmp_path / "sterling.toml").write_text(f"{text}\n{snippet}\n")
        assert read_project(tmp_path).name == "p"


def test_the_guide_tells_the_rule_and_every_question() -> None:
    page = (ROOT / "docs" / "guide" / "scope.md").read_text(encoding="utf-8")
    for question in QUESTIONS:
        weights = ", ".join(f"{aspect} {weight}" for aspect, weight in question.weights.items())
        assert f"| `{question.id}` | {question.text} | {weights} | {question.source} |" in page
