"""Spark and Ray as tests use them: each is started once, and ended before tests that do not ask for either."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

import pytest

from tests.sharing import PLACES

QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Java for a minute of small jobs: better code would cost more than it saves."""


@pytest.fixture
def spark() -> Any:
    """A session of Spark on this machine, which those before have used."""
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is none here")
    pytest.importorskip("pyspark")
    from sterling.engine.spark import session

    os.environ.setdefault("JDK_JAVA_OPTIONS", QUICK_START)
    return session()


@pytest.fixture
def ray() -> Any:
    """Ray on this machine, which those before have used."""
    found = pytest.importorskip("ray")
    from sterling.engine.ray import start

    start()
    return found


def end_places(following: pytest.Item | None) -> None:
    """End Spark and Ray where they run, unless the test that follows may ask for them."""
    if following is not None and following.path.name == PLACES:
        return
    if "pyspark" in sys.modules:
        from pyspark.sql import SparkSession

        if (session := SparkSession.getActiveSession()) is not None:
            session.stop()
    if "ray" in sys.modules:
        import ray

        ray.shutdown()
