"""What a result depends on beside its inputs: Sterling's own code, the installed libraries, the project's commit."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
from functools import lru_cache
from pathlib import Path

from sterling.core.codec import dump

_PACKAGE = Path(__file__).resolve().parents[1]
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@lru_cache(maxsize=1)
def code_digest() -> str:
    """SHA-256 of Sterling's own Python files: a change of code is a change of key."""
    whole = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        whole.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


@lru_cache(maxsize=1)
def environment() -> bytes:
    """Python, machine and every installed distribution, as canonical JSON. Holds no paths and no names of people."""
    folders = [Path(entry) for entry in sys.path if entry.endswith("-packages")]
    names = {folder.name.removesuffix(".dist-info") for entry in folders for folder in entry.glob("*.dist-info")}
    return dump(
        {
            "format": "sterling.environment",
            "version": 1,
            "python": platform.python_version(),
            "implementation": platform.python_implementation(),
            "system": platform.system(),
            "machine": platform.machine(),
            "distributions": sorted(names),
        }
    )


def commit_of(folder: Path) -> str | None:
    """The commit that the folder's repository has checked out, or None outside of one. Reads files, runs nothing."""
    for place in (folder, *folder.parents):
        git = place / ".git"
        if git.exists():
            try:
                return _head(git)
            except (OSError, UnicodeDecodeError):
                return None
    return None


def _head(git: Path) -> str | None:
    if git.is_file():  # a worktree or a submodule: the file names the real place
        git = (git.parent / git.read_text(encoding="utf-8").removeprefix("gitdir:").strip()).resolve()
    head = (git / "HEAD").read_text(encoding="utf-8").strip()
    if not head.startswith("ref: "):
        return _hash(head)
    name = head.removeprefix("ref: ")
    shared = git / "commondir"
    places = [git, (git / shared.read_text(encoding="utf-8").strip()).resolve()] if shared.exists() else [git]
    for place in places:
        if (place / name).exists():
            return _hash((place / name).read_text(encoding="utf-8"))
        packed = place / "packed-refs"
        lines = packed.read_text(encoding="utf-8").splitlines() if packed.exists() else []
        found = next((line.split()[0] for line in lines if line.endswith(f" {name}")), None)
        if found:
            return _hash(found)
    return None


def _hash(text: str) -> str | None:
    """What is written down of a repository is a hash or nothing: a file there may hold anything."""
    return text.strip() if _COMMIT.fullmatch(text.strip()) else None


def author() -> str | None:
    """Who runs this: STERLING_AUTHOR, else the name of the account, else nobody."""
    import getpass

    try:
        return os.environ.get("STERLING_AUTHOR") or getpass.getuser()
    except (OSError, KeyError, ImportError):
        return None


def file_digests(files: tuple[Path, ...]) -> dict[str, str]:
    """SHA-256 of each file, by its name; where two have one name, by their places below the folder they share.

    Raises OSError for one that cannot be read.
    """
    found: dict[str, str] = {}
    for name, path in zip(_names(files), files, strict=True):
        with path.open("rb") as file:
            found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _names(files: tuple[Path, ...]) -> list[str]:
    """Names that tell the files apart and say nothing of where the project lies."""
    names = [path.name for path in files]
    if len(set(names)) == len(names):
        return names
    shared = os.path.commonpath([path.parent for path in files])
    return [path.relative_to(shared).as_posix() for path in files]
