"""How tests are shared out among the processes of `-n`: a file at a time, what takes longest first.

What a file prepares for its tests is then made once. Tests of Spark and Ray follow one another in one process, so
that each of the two is started once; see tests/places.py.
"""

from __future__ import annotations

from typing import Any

import pytest

PLACES = "test_places.py"
"""The name of every file whose tests ask for Spark or Ray."""


def by_duration(items: list[pytest.Item]) -> list[pytest.Item]:
    """The same tests: those of Spark and Ray, the other files with tests marked as slow, the rest."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    return sorted(items, key=lambda item: (item.path.name != PLACES, item.path not in slow))


def scheduler(config: pytest.Config, log: Any) -> Any:
    """The plan of pytest-xdist by which a file goes to one process."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):  # type: ignore[misc, unused-ignore]
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return PLACES if file.endswith(f"/{PLACES}") else str(file)

    config.option.loadscopereorder = False  # by_duration has put them in order
    return ByFile(config, log)
