"""What a run answers: exit codes, and the sentence that comes first."""

from __future__ import annotations

from pathlib import Path

import pytest

from sterling.core.run import Run

from .conftest import Cli, gap, write_policy


def first_line(out: str) -> str:
    return out.splitlines()[0]


def test_without_a_policy_nothing_is_judged(evaluate: Cli) -> None:
    ended = evaluate()
    assert ended.code == 0
    assert ended.err == ""
    assert first_line(ended.out).startswith("· ")
    assert "20 points less often" in first_line(ended.out)
    assert "no limit set" in ended.out
    assert "over your limit" not in ended.out


def test_within(evaluate: Cli, folder: Path) -> None:
    write_policy(folder, gap(0.5))
    ended = evaluate("--policy", "policy.toml")
    assert ended.code == 0
    assert first_line(ended.out).startswith("✓ ")
    assert "it does not show that the model is" in ended.out


def test_over(evaluate: Cli, folder: Path) -> None:
    write_policy(folder, gap(0.5), gap(0.05))
    ended = evaluate("--policy", "policy.toml")
    assert ended.code == 1
    assert first_line(ended.out).startswith("✕ ")
    assert ended.out.index("✕") < ended.out.index("✓"), "worst first"
    assert "1 over your limit" in ended.out


def test_a_broken_promise_of_the_schema_that_a_policy_asks_about(evaluate: Cli, folder: Path) -> None:
    (folder / "schema.toml").write_text('format = 1\nname = "t"\nversion = 1\n[column.g]\ntype = "number"\n')
    (folder / "policy.toml").write_text('[[ask]]\nname = "promises"\ncheck = "DA011"\nschema = "schema.toml"\n')
    assert evaluate("--policy", "policy.toml").code == 1
    (folder / "schema.toml").write_text('format = 1\nname = "t"\nversion = 1\n[column.g]\ntype = "text"\n')
    assert evaluate("--policy", "policy.toml").code == 0


def test_undecided(evaluate: Cli, folder: Path) -> None:
    write_policy(folder, gap(0.2))
    ended = evaluate("--policy", "policy.toml")
    assert ended.code == 3
    assert first_line(ended.out).startswith("? ")
    assert "undecided at your limit of 20" in ended.out.replace("\n ", "")


def test_over_outranks_undecided(evaluate: Cli, folder: Path) -> None:
    write_policy(folder, gap(0.2), gap(0.05))
    assert evaluate("--policy", "policy.toml").code == 1


def test_too_few_people(evaluate: Cli, folder: Path) -> None:
    write_policy(folder, gap(0.2))
    ended = evaluate("--policy", "policy.toml", "--min-n", "401")
    assert ended.code == 3
    assert first_line(ended.out).startswith("? ")
    assert "too few" in ended.out.lower()


def test_a_limit_that_nothing_answers(evaluate: Cli, folder: Path) -> None:
    write_policy(folder, gap(0.2) + '\nmodel = "another"')
    assert evaluate("--policy", "policy.toml").code == 3


def test_quiet_says_nothing_and_still_answers(evaluate: Cli, folder: Path) -> None:
    write_policy(folder, gap(0.05))
    assert evaluate("--policy", "policy.toml", "--quiet") == (1, "", "")


def test_a_mistake_of_our_own(evaluate: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 4, the place in the code, how to report it; neither traceback nor the message, which may hold data."""

    def broken(self: Run) -> None:
        raise ZeroDivisionError("Jane Roe, 12 Elm Street")

    monkeypatch.setattr(Run, "judgement", property(broken))
    ended = evaluate()
    assert ended.code == 4
    assert ended.out == ""
    assert "ZeroDivisionError in sterling/cli/carry_out.py:" in ended.err
    assert "hint: " in ended.err
    assert "--debug" in ended.err
    assert "Jane" not in ended.err
    assert "Traceback" not in ended.err
    told = evaluate("--debug")
    assert told.code == 4
    assert "Traceback" in told.err


def test_debug_adds_the_traceback_of_refused_input(evaluate: Cli) -> None:
    ended = evaluate("--debug", data="nowhere.csv")
    assert ended.code == 2
    assert "Traceback" in ended.err
    assert "nowhere.csv" in ended.err.splitlines()[-2]


def test_an_interrupt_ends_with_130(evaluate: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(self: Run) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "judgement", property(stopped))
    ended = evaluate("--report", "other.html", "--debug", report=True)
    assert ended.code == 130
    assert ended.out == ""
    assert "Traceback" not in ended.err
    assert sorted(p.name for p in folder.iterdir()) == ["scores.csv"]


def test_an_interrupt_that_a_library_made_an_error_of(evaluate: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the interpreter does with what is raised while a class is being made."""

    class Loading:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    def loads(self: Run) -> None:
        type("Late", (), {"member": Loading()})

    monkeypatch.setattr(Run, "judgement", property(loads))
    ended = evaluate("--debug")
    assert ended.code == 130
    assert ended.err.strip() == "stopped: nothing was written"


def test_the_command_is_recorded_as_typed(evaluate: Cli, folder: Path) -> None:
    ended = evaluate("--json", "-", "--title", "two words")
    assert "--title 'two words'" in ended.out
