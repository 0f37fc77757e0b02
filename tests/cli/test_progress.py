"""What is said while something takes long: on a terminal a line that is gone at the end, in a log one now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import pytest

from sterling.cli.progress import Board, Log, Pace, Silence, progress


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert true()


def test_nothing_is_said_of_what_is_soon_done(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=False) as teller:
        assert isinstance(teller, Log)
        teller.say("Loading")
        teller.rows(5, 10)
    assert capsys.readouterr() == ("", "")


def test_nothing_is_drawn_before_the_delay(capsys: pytest.CaptureFixture[str]) -> None:
    board = Board(delay=60)
    board.say("Loading")
    board.close()
    assert board.bar is None
    assert capsys.readouterr() == ("", "")


def test_words_rows_rate_and_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    with progress(quiet=True) as teller:
        assert isinstance(teller, Silence), "quiet is quiet on a terminal too"
    board = Board(delay=0.01)
    board.say("Examining scores.csv")
    until(lambda: board.bar)
    assert board.bar is not None
    board.rows(3_000_000, None)
    assert board.bar.tasks[0].description == "Examining scores.csv: 3,000,000 rows"
    board.pace.begun = (0, board.pace.last - 10)
    board.rows(3_000_000, 9_000_000)
    said = board.bar.tasks[0].description
    assert said.startswith("Examining scores.csv: 3,000,000 of 9,000,000 rows, ")
    assert " rows/s, " in said
    assert said.endswith(" s left")
    board.close()
    assert not board.bar.live.is_started


@pytest.mark.parametrize(
    ("room", "said"),
    [
        (100, "Examining people.parquet: 4,000,000 of 10,000,000 rows, 500,000 rows/s, 12.0 s left"),
        (70, "Examining people.parquet: 40%, 500,000 rows/s, 12.0 s left"),
        (57, "Examining people.parquet: 40%, 12.0 s left"),
        (45, "Examining people.parquet: 40%, 12.0 s left"),
        (30, "Examining people.parquet: 40%"),
        (24, "Examining …: 12.0 s left"),
        (8, None),
    ],
)
def test_a_line_is_made_for_its_room(room: int, said: str | None) -> None:
    pace = Pace(words="Examining people.parquet", done=4_000_000, total=10_000_000, begun=(0, 100.0), last=108.0)
    line = pace.line(room)
    assert len(line) <= room
    if said is not None:
        assert line == said


def test_a_terminal_of_80_columns_is_told_the_rate_of_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    board = Board(delay=0.01)
    board.say("Examining applications.parquet")
    until(lambda: board.bar)
    assert board.bar is not None
    board.pace.reached(100_000, 12_000_000, board.pace.last)
    board.pace.begun = (0, board.pace.last - 10)
    board.rows(734_694, 12_000_000)
    said = board.bar.tasks[0].description
    board.close()
    assert len(said) <= 70
    assert " rows/s, " in said
    assert said.endswith(" left")


def test_without_a_total_there_is_a_rate() -> None:
    pace = Pace(words="Examining people.parquet", done=4_000_000, begun=(0, 100.0), last=108.0)
    assert pace.line(80) == "Examining people.parquet: 4,000,000 rows, 500,000 rows/s"
    assert pace.line(50) == "Examining people.parquet: 4,000,000 rows"


def test_what_came_before_the_first_rows_does_not_count() -> None:
    pace = Pace(words="Examining x")
    pace.reached(100, 1_000, 50.0)
    assert pace.line(80) == "Examining x: 100 of 1,000 rows"
    pace.reached(300, 1_000, 52.0)
    assert pace.line(80) == "Examining x: 300 of 1,000 rows, 100 rows/s, 7.0 s left"


def test_at_the_end_nothing_is_left_to_say_of_time() -> None:
    pace = Pace(words="Examining x", done=10, total=10, begun=(0, 0.0), last=5.0)
    assert pace.line(80) == "Examining x: 10 of 10 rows, 2 rows/s"
    assert Pace(words="Loading").line(80) == "Loading"


def test_a_log_is_told_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    log = Log(every=0.02)
    log.say("Examining\x1b[31m x")
    log.rows(5, 10)
    time.sleep(0.3)
    log.close()
    lines = capsys.readouterr().err.splitlines()
    assert lines
    assert lines[0].startswith("Examining\\x1b[31m x: 5 of 10 rows")
    assert lines[0].endswith(" s)")
    assert all("\r" not in line and "\x1b" not in line for line in lines)
