"""Shared by all tests: a settled hypothesis profile and a closing word on long files."""

from __future__ import annotations

import gc
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.house.sizes import LOOK, ROOT, long_files
from tests.places import end_places
from tests.places import ray as ray
from tests.places import spark as spark
from tests.projects import recidivism_made as recidivism_made
from tests.projects import small as small
from tests.projects import small_made as small_made
from tests.sharing import by_duration, scheduler

# Where a change is judged, the same examples are drawn every time; elsewhere new ones are looked for.
settings.register_profile(
    "house",
    deadline=None,
    max_examples=60,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = by_duration(items)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: each search for garbage among it would take half a second."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return scheduler(config, log)


def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    end_places(nextitem)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the files that have outgrown the house's measure; tests/house/test_sizes.py refuses the worst."""
    for path, lines in long_files():
        terminalreporter.write_line(f"long file (over {LOOK}): {path.relative_to(ROOT)} {lines} lines")
