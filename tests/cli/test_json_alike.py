"""`--json` and `--json -` are one thing in every verb; a file where none is written is told how to be made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sterling.cli.main import main

VERBS = (
    ("status",), ("history",), ("risks",), ("predictions",), ("check",), ("verify",), ("checks",), ("metrics",),
)  # fmt: skip


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_a_dash_after_json_is_standard_output(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(small)
    codes, said = set(), []
    for how in (["--json"], ["--json", "-"], ["--json=-"]):
        codes.add(main([*words, *how]))
        said.append(capsys.readouterr().out)
    assert len(codes) == 1 and codes <= {0, 1, 3}
    assert all(json.loads(text) is not None for text in said)


def test_a_file_is_told_how_it_is_made(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small)
    for how in (["--json", "out.json"], ["--json=out.json"]):
        assert main(["status", *how]) == 2
        told = capsys.readouterr().err
        assert "writes to standard output, not to a file" in told and "sterling status --json > out.json" in told


def test_a_dash_that_is_no_answer_to_json_stays(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small)
    assert main(["predictions", "-"]) == 2
    assert "there is no run '-'" in capsys.readouterr().err
