"""Someone who reads only the message can act: every error says what was expected or what to try next."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import sterling.core.errors as errors
from tests.house.law import ROOT

SOURCE = ROOT / "src" / "sterling"
KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}


def silent(path: Path) -> Iterator[str]:
    """The errors of a file that say neither. What is handed on with ** may say it."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    for call in calls:
        raised = isinstance(call.func, ast.Name) and call.func.id in KINDS
        if raised and not {word.arg for word in call.keywords} & {"expected", "hint", None}:
            yield f"{path.relative_to(ROOT)}:{call.lineno}"


def test_errors_say_what_to_try() -> None:
    files = sorted(SOURCE.rglob("*.py"))
    assert len(files) > 600
    assert [place for path in files for place in silent(path)] == []
