"""Optional libraries: one way to ask for them, one message when they are missing."""

from __future__ import annotations

import importlib
from types import ModuleType

from sterling.core.errors import MissingExtra


def require(module: str, *, extra: str, why: str) -> ModuleType:
    """Import `module`, or say which extra brings it.

    Raises MissingExtra when the library is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtra(
            f"{why} needs the library {module.split('.')[0]}, which is not installed",
            hint=f"pip install 'sterling[{extra}]'",
        ) from error
