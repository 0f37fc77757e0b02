"""Modules that load when they are first needed."""

from __future__ import annotations

import gc
import importlib
import sys
from types import ModuleType


def loaded(module: str) -> ModuleType:
    """A module of Sterling, by its name below `sterling`.

    Garbage is not searched for in between: what modules make stays, and searching takes a sixth as long as loading.
    Nor is what they made looked through soon afterwards as if it were new; where nothing is left to load, nothing ages,
    or what is thrown away between two questions would hardly ever be found.
    """
    if f"sterling.{module}" in sys.modules:
        return importlib.import_module(f"sterling.{module}")
    searching = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(f"sterling.{module}")
    finally:
        if searching:
            _age()
            gc.enable()


def _age() -> None:
    """Put all objects among the oldest, which are seldom searched, unless somebody has set some aside for good."""
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
