"""Modules that load when they are first needed."""

from __future__ import annotations

import gc
import importlib
from types import ModuleType


def loaded(module: str) -> ModuleType:
    """A module of Sterling, by its name below `sterling`.

    Garbage is not searched for in between: what modules make stays, and searching takes a sixth as long as loading.
    """
    searching = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(f"sterling.{module}")
    finally:
        if searching:
            gc.enable()
