"""Files stay small: about 130 lines is the aim, 400 is looked at hard, 800 is refused."""

from __future__ import annotations

from pathlib import Path

from tests.house.sizes import LOOK, REFUSE, long_files, source_files


def test_there_is_something_to_measure() -> None:
    assert len(source_files()) > 20


def test_no_file_is_too_long() -> None:
    refused = [f"{path}: {lines} lines (at most {REFUSE - 1})" for path, lines in long_files() if lines >= REFUSE]
    assert not refused, "split these by question, not by size:\n" + "\n".join(refused)


def test_long_files_are_found(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("x = 1\n" * REFUSE)
    (tmp_path / "short.py").write_text("x = 1\n")
    assert [(path.name, lines) for path, lines in long_files(tmp_path)] == [("long.py", REFUSE)]
    assert LOOK < REFUSE
