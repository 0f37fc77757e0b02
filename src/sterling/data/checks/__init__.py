"""Importing this package registers the checks of the data shelf that runs of models ask; `tables` has the others."""

from sterling.core.registry import later
from sterling.data import infos as _infos
from sterling.data.checks import da001_representation, da002_insufficient_groups

REGISTERED = _infos
"""The numbers that limits speak of; every check of the shelf finds them registered."""

later("sterling.data.checks.tables", *(f"DA{n:03}" for n in range(3, 22)))

__all__ = ["da001_representation", "da002_insufficient_groups"]
