"""The line that says what is being done: on a terminal only, late, and gone at the end."""

from __future__ import annotations

import sys
import time

import pytest

from sterling.cli.progress import Board, Silence, progress


def test_nothing_is_said_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=False) as teller:
        assert isinstance(teller, Silence)
        teller.say("Loading")
        teller.rows(5)
    assert capsys.readouterr() == ("", "")


def test_nothing_is_drawn_before_the_delay(capsys: pytest.CaptureFixture[str]) -> None:
    board = Board(delay=60)
    board.say("Loading")
    board.close()
    assert board.bar is None
    assert capsys.readouterr() == ("", "")


def test_words_rows_and_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with progress(quiet=True) as teller:
        assert isinstance(teller, Silence), "quiet is quiet on a terminal too"
    board = Board(delay=0.01)
    board.say("Examining scores.csv")
    deadline = time.monotonic() + 20
    while board.bar is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert board.bar is not None
    board.rows(3_000_000)
    assert board.bar.tasks[0].description == "Examining scores.csv: 3,000,000 rows"
    board.since -= 10
    board.rows(0)
    assert board.bar.tasks[0].description.startswith("Examining scores.csv: 3,000,000 rows, ")
    assert board.bar.tasks[0].description.endswith(" a second")
    board.close()
    assert not board.bar.live.is_started
