"""Every registered check has a file of its own, a page in the docs and a test in a planted and a null world."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.law import ROOT, SHELVES, SOURCE


def _load_all() -> dict[str, Path]:
    """Import every file of every `checks` folder; code of each registered check to the file that defines it."""
    from sterling.core.registry import CHECKS

    for shelf in SHELVES:
        folder = SOURCE / shelf / "checks"
        if folder.is_dir():
            for module in pkgutil.iter_modules([str(folder)]):
                importlib.import_module(f"sterling.{shelf}.checks.{module.name}")
    return {code: Path(item.function.__code__.co_filename) for code, item in sorted(CHECKS.items())}


CODES = _load_all()


def test_there_are_checks() -> None:
    assert CODES


def test_one_question_per_file() -> None:
    files = [path for shelf in SHELVES for path in sorted((SOURCE / shelf / "checks").glob("[a-z][a-z][0-9]*.py"))]
    assert sorted(files) == sorted(CODES.values())
    odd = [f"{code} in {path.name}" for code, path in CODES.items() if not path.name.startswith(f"{code.lower()}_")]
    assert not odd


@pytest.mark.parametrize("code", CODES)
def test_documented(code: str) -> None:
    from sterling.core.registry import CHECKS

    check = CHECKS[code]
    page = ROOT / "docs" / "checks" / f"{code}.md"
    assert page.is_file(), f"docs/checks/{code}.md is missing"
    text = page.read_text(encoding="utf-8")
    assert check.title in text
    assert check.question
    assert check.pitfalls, f"{code} names nothing that can fool it"


@pytest.mark.parametrize("code", CODES)
def test_tested_in_both_worlds(code: str) -> None:
    files = sorted((ROOT / "tests").rglob(f"test_{code.lower()}*.py"))
    assert files, f"no tests/**/test_{code.lower()}*.py"
    names = re.findall(r"^\s*def (test_\w+)", "\n".join(f.read_text(encoding="utf-8") for f in files), re.MULTILINE)
    assert any("planted" in name for name in names), f"{code}: no test named for a planted world, where it must fire"
    assert any("null" in name for name in names), f"{code}: no test named for a null world, where it must stay quiet"


def test_pages_belong_to_checks() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "checks").glob("[A-Z][A-Z][0-9][0-9][0-9].md")}
    assert pages == set(CODES)


def test_the_front_door_knows_them_all() -> None:
    """A user who only writes `import sterling` can ask every check, whatever else happens to be imported."""
    first = (
        "import sterling, sys; sterling.ask('DA001'); from sterling.core.registry import CHECKS, find_check\n"
        "for code in sys.argv[1:]:\n    find_check(code)\nprint(*CHECKS)"
    )
    done = subprocess.run([sys.executable, "-c", first, *CODES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == set(CODES)
