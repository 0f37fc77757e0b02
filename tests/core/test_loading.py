"""Modules load without a search for garbage; what is thrown away between two questions is found as soon as ever."""

from __future__ import annotations

import subprocess
import sys

THROWN_AWAY = """
import gc, weakref
from sterling.core.loading import loaded

class Circle:
    def __init__(self):
        self.itself = self

gc.disable()
loaded("core.errors")
gc.enable()
gone = weakref.ref(Circle())
loaded("core.errors")
gc.collect(0)
print(gone() is None)
"""


def test_a_module_that_is_loaded_already_ages_nothing() -> None:
    """In a process of its own: this one has set objects aside."""
    done = subprocess.run([sys.executable, "-c", THROWN_AWAY], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "True\n"
