"""Counts the lines of source files; tests/conftest.py prints the long ones after every run."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOOK, REFUSE = 400, 800
FOLDERS = ("src", "tests", "benchmarks", "examples", "web/src")
KINDS = {".py", ".ts", ".tsx", ".js", ".svelte", ".css"}
BUILT = ("node_modules", "static", "__pycache__", ".cache")


def source_files(root: Path = ROOT) -> list[Path]:
    """Hand-written files under the source folders of `root`, or anywhere under it when it has none of them."""
    folders = [root / name for name in FOLDERS if (root / name).is_dir()] or [root]
    found = (path for folder in folders for path in folder.rglob("*") if path.suffix in KINDS)
    return sorted(path for path in found if not set(path.relative_to(root).parts) & set(BUILT))


def long_files(root: Path = ROOT) -> list[tuple[Path, int]]:
    """Files of more than 400 lines, longest first."""
    counts = [(path, len(path.read_text(encoding="utf-8").splitlines())) for path in source_files(root)]
    return sorted(((path, lines) for path, lines in counts if lines > LOOK), key=lambda item: -item[1])
