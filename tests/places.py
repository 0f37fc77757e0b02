"""Spark and Ray as tests use them: one of each for the tests of a file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A session of Spark on this machine."""
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is none here")
    pytest.importorskip("pyspark")
    from sterling.engine.spark import session

    made = session()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    """Ray on this machine."""
    found = pytest.importorskip("ray")
    from sterling.engine.ray import start

    start()
    yield found
    found.shutdown()
