"""What README.md and the guide print is run as printed: ```python blocks, and `sterling …` lines of shell blocks.

Blocks run in a folder that has `examples/` beside them, as in a clone. A block that is not meant to run is marked as
```text.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.law import ROOT

pytestmark = pytest.mark.docs

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").rglob("README.md"))]
FENCE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
DID_ITS_JOB = (0, 1, 3)


def _blocks(*languages: str) -> list[tuple[str, str]]:
    return [
        (f"{page.relative_to(ROOT)}#{i}", body)
        for page in PAGES
        for i, (language, body) in enumerate(FENCE.findall(page.read_text(encoding="utf-8")), start=1)
        if language in languages
    ]


def _commands() -> list[tuple[str, str]]:
    joined = [(where, body.replace("\\\n", " ")) for where, body in _blocks("sh", "bash", "shell", "console")]
    lines = [(where, line.strip().removeprefix("$ ")) for where, body in joined for line in body.splitlines()]
    return [(where, line) for where, line in lines if line.startswith("sterling ")]


PYTHON, COMMANDS = _blocks("python"), _commands()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


def test_there_are_examples() -> None:
    assert [where for where, _ in PYTHON if where.startswith("README.md")]
    assert len(COMMANDS) >= 3


@pytest.mark.parametrize("body", [b for _, b in PYTHON], ids=[w for w, _ in PYTHON])
def test_python(body: str, clone: Path) -> None:
    done = subprocess.run([sys.executable, "-c", body], cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("line", [c for _, c in COMMANDS], ids=[w for w, _ in COMMANDS])
def test_command(line: str, clone: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        shlex.split(line, comments=True),
        cwd=clone,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in DID_ITS_JOB, done.stderr
