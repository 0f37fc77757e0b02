"""`__all__` of the front door is the truth, and every name in it says what it is."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys

import sterling
from tests.house.law import SOURCE


def test_every_public_name_is_there() -> None:
    missing = [name for name in sterling.__all__ if not hasattr(sterling, name)]
    assert not missing
    assert len(set(sterling.__all__)) == len(sterling.__all__)


def test_nothing_else_is_there() -> None:
    """Asked of a fresh interpreter: here, other tests have imported rooms into the package."""
    code = "import sterling, types; print(*[n for n in dir(sterling) if n[0] != '_'])"
    listed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert sorted(listed) == sorted(name for name in sterling.__all__ if not name.startswith("_"))


def test_type_checkers_see_the_same_names() -> None:
    """The front door is lazy at run time; what it tells a type checker must not drift from `__all__`."""
    tree = ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8"))
    seen = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sterling")
        for alias in node.names
    }
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")}
    assert seen | defined == {name for name in sterling.__all__ if not name.startswith("_")}


def test_about_twenty_five_names() -> None:
    assert 5 <= len(sterling.__all__) <= 40


def test_public_things_are_documented() -> None:
    things = {name: getattr(sterling, name) for name in sterling.__all__ if not name.startswith("_")}
    bare = [
        name
        for name, thing in things.items()
        if (inspect.isclass(thing) or inspect.isroutine(thing)) and not (thing.__doc__ or "").strip()
    ]
    assert not bare
