"""Where a project may read: its own folder, and folders outside that it names. Symbolic links are followed first."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from sterling.core.errors import ConfigError, shown, shown_path


def locate(text: str, *, folder: Path, allowed: Iterable[Path] = (), where: str = "") -> Path:
    """The absolute path that a project's file means by `text`: a file, a folder or a glob, which need not be there.

    Raises ConfigError when it, or a file that it stands for, lies outside the project's folder and the allowed ones.
    """
    _is_path(text, where)
    homes = [_real(home) for home in (folder, *allowed)]
    path = Path(os.path.abspath(folder / text))
    for found in _reached(path):
        real = _real(found)
        if not any(real.is_relative_to(home) for home in homes):
            raise _outside(text, found, real, folder, where)
    return path


def locate_file(text: str, *, folder: Path, allowed: Iterable[Path] = (), where: str = "") -> Path:
    """The very file that a project's file means by `text`, with every link followed: for what is run as code.

    A link is followed before the `..` behind it, as the system does, so that what is checked is what is opened. Raises
    ConfigError as `locate` does.
    """
    _is_path(text, where)
    real = _real(folder / text)
    if not any(real.is_relative_to(_real(home)) for home in (folder, *allowed)):
        raise _outside(text, Path(os.path.abspath(folder / text)), real, folder, where)
    return real


def _is_path(text: str, where: str) -> None:
    if not text.strip() or "\0" in text or "://" in text:
        raise ConfigError(
            "this is not a path", where=where, got=shown(text), expected="a file, folder or glob of this machine"
        )


def _reached(path: Path) -> Iterator[Path]:
    """What must lie inside: the path itself, what a glob matches, and the links of a folder."""
    if glob.has_magic(str(path)) and not path.exists():
        yield before_magic(path)
        yield from (Path(found) for found in glob.iglob(str(path), recursive=True))
        return
    yield path
    if path.is_dir():
        yield from (item for item in path.iterdir() if item.is_symlink())


def before_magic(path: Path) -> Path:
    """The folder that a glob begins in."""
    plain = Path(path.anchor)
    for part in path.parts[1:]:
        if glob.has_magic(part):
            break
        plain /= part
    return plain


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # links that lead in a circle
        return Path(os.path.abspath(path))


def _outside(text: str, found: Path, real: Path, folder: Path, where: str) -> ConfigError:
    way_out = f'copy the file into the project; or write its absolute path and allow = ["{shown_path(real.parent)}"]'
    leads = real != found and _real(folder) in (_real(found.parent), *_real(found.parent).parents)
    return ConfigError(
        f"{shown_path(found.name)} leads outside the project" if leads else "the path leaves the project",
        where=where, got=shown_path(text), expected="a path inside the project's folder",
        hint=f"{way_out} in [project]",
    )  # fmt: skip
