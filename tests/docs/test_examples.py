"""What README.md and the guide print is run as printed: ```python blocks, and `sterling …` lines of shell blocks.

Blocks run in a folder that has `examples/` beside them, as in a clone. A block that is not meant to run is marked as
```text. The shell blocks of a page that says `<!-- in order -->` build on one another and are run as one script.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
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


SHELLS = ("sh", "bash", "shell", "console")
ORDERED = [page for page in PAGES if "<!-- in order -->" in page.read_text(encoding="utf-8")]


def _commands() -> list[tuple[str, str]]:
    told = {str(page.relative_to(ROOT)) for page in ORDERED}
    blocks = [(where, body) for where, body in _blocks(*SHELLS) if where.rpartition("#")[0] not in told]
    joined = [(where, body.replace("\\\n", " ")) for where, body in blocks]
    lines = [(where, line.strip().removeprefix("$ ")) for where, body in joined for line in body.splitlines()]
    return [(where, line) for where, line in lines if line.startswith("sterling ")]


PYTHON, COMMANDS = _blocks("python"), _commands()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


@pytest.fixture(autouse=True)
def nothing_is_left_in_the_repository() -> Iterator[None]:
    """What an example writes lands beside the clone that it is run in."""
    before = _beside_the_code()
    yield
    assert _beside_the_code() == before


def _beside_the_code() -> set[str]:
    return {place.name for place in ROOT.iterdir() if not place.name.startswith(".")}


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


@pytest.mark.parametrize("page", ORDERED, ids=[p.stem for p in ORDERED])
def test_pages_that_are_followed_in_order(page: Path, clone: Path) -> None:
    """As one script: each command that does not do its job ends it, with its line."""
    blocks = [body for language, body in FENCE.findall(page.read_text(encoding="utf-8")) if language in SHELLS]
    catch = (
        "trap 'code=$?; case $code in 0|1|3) ;; *) echo \"ended with $code: $BASH_COMMAND\" >&2; exit 99;; esac' ERR"
    )
    done = subprocess.run(
        ["bash", "-c", "\n".join([catch, *blocks])],
        cwd=clone,
        env={**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in DID_ITS_JOB, done.stderr
    if page.stem == "first-review":
        assert (clone / "review" / "model-card.html").stat().st_size > 50_000
