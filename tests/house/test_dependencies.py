"""A new dependency is a visible change: the lists of pyproject.toml equal the snapshot beside this file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tests.house.law import ROOT

SNAPSHOT = Path(__file__).with_name("dependencies.txt")
BASE = {"click", "narwhals", "numpy", "polars", "rich"}


def _declared() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = ["base", *(f"  {item}" for item in sorted(project["dependencies"]))]
    for extra, items in sorted(project["optional-dependencies"].items()):
        lines += [extra, *(f"  {item}" for item in sorted(items))]
    return "\n".join(lines) + "\n"


def test_snapshot() -> None:
    declared = _declared()
    assert SNAPSHOT.read_text(encoding="utf-8") == declared, (
        f"dependencies changed; if that is meant, {SNAPSHOT.name} becomes:\n{declared}"
    )


def test_the_base_is_small() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {re.split(r"[^\w-]", item)[0] for item in project["dependencies"]} == BASE


def test_the_lock_pins_every_line() -> None:
    lines = (ROOT / "requirements" / "dev.lock").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    loose = [line for line in pins if not re.match(r"[a-z0-9][a-z0-9._-]*==[\w.!+]+( ;.*)?$", line)]
    assert len(pins) > 20
    assert not loose, f"neither pinned nor free of addresses: {loose}"
    assert {line.split("==")[0] for line in pins} >= BASE


def test_the_front_end_lock_names_no_host() -> None:
    text = (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")
    assert '"lockfileVersion"' in text
    assert '"resolved"' not in text, 'write the lock with "omit-lockfile-registry-resolved"'
