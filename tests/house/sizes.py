"""Counts the lines of source files; tests/conftest.py prints the long ones after every run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOOK, REFUSE = 400, 800
FOLDERS = ("src", "tests", "benchmarks", "examples", "web/src")
KINDS = {".py", ".ts", ".tsx", ".js", ".svelte", ".css"}
BUILT = ("node_modules", "static", "__pycache__", ".cache")


def source_files(root: Path = ROOT) -> list[Path]:
    """Hand-written files under the source folders of `root`, or anywhere under it when it has none of them."""
    folders = [root / name for name in FOLDERS if (root / name).is_dir()] or [root]
    return sorted(path for folder in folders for path in _below(folder) if path.suffix in KINDS)


def _below(folder: Path) -> Iterator[Path]:
    """Files below a folder; what is installed or built there, thousands of them, is not even looked through."""
    for here, names, files in os.walk(folder):
        names[:] = [name for name in names if name not in BUILT]
        yield from (Path(here, file) for file in files)


def long_files(root: Path = ROOT) -> list[tuple[Path, int]]:
    """Files of more than 400 lines, longest first."""
    counts = [(path, len(path.read_text(encoding="utf-8").splitlines())) for path in source_files(root)]
    return sorted(((path, lines) for path, lines in counts if lines > LOOK), key=lambda item: -item[1])
