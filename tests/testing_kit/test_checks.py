"""The harness passes a check that keeps its word, and fails those that do not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sterling.core.errors import ConfigError
from sterling.testing import PromiseError, check_check
from sterling.testing.checks import _tail
from sterling.testing.worlds import World, gap_world, null_world

SELECTION = {"metric": "selection_rate"}


def planted(seed: int) -> World:
    return gap_world(seed, gap=0.25)


def test_a_check_that_keeps_its_word() -> None:
    report = check_check(
        "FA001", planted=planted, null=null_world, edge=lambda seed: gap_world(seed, gap=0.1), limit={"max_gap": 0.1},
        parameters=SELECTION, null_worlds=60, planted_worlds=10,
    )  # fmt: skip
    assert report.planted_fired >= 9
    assert report.null_fired == 0, "without a gap, a limit of 0.1 is far away"
    assert report.edge_over is not None
    assert report.edge_within is not None
    assert report.failed == ()


def test_a_check_that_never_fires() -> None:
    with pytest.raises(PromiseError, match="fires in 0 of 5 planted worlds"):
        check_check("FA001", planted=null_world, null=null_world, limit={"max_gap": 0.3}, parameters=SELECTION,
                    planted_worlds=5, null_worlds=5)  # fmt: skip


def test_a_check_that_cries_wolf() -> None:
    with pytest.raises(PromiseError, match="null worlds, promised at most 5%"):
        check_check("FA001", planted=planted, null=planted, limit={"max_gap": 0.0}, parameters=SELECTION,
                    planted_worlds=5, null_worlds=10)  # fmt: skip


def test_a_limit_that_is_passed_too_easily() -> None:
    with pytest.raises(PromiseError, match="on the limit it says within"):
        check_check("FA001", planted=planted, null=null_world, edge=null_world, limit={"max_gap": 0.2},
                    parameters=SELECTION, planted_worlds=2, null_worlds=10, power=0.0)  # fmt: skip


def test_checks_without_findings() -> None:
    report = check_check(
        "DA002", planted=lambda seed: gap_world(seed, n=10), null=null_world, planted_worlds=3, null_worlds=5,
        fires=lambda evidence: bool(evidence.too_small), promised=0.0,
    )  # fmt: skip
    assert (report.planted_fired, report.null_fired) == (3, 0)
    assert (report.planted_rate, report.null_rate) == (1.0, 0.0)


def test_arguments_that_do_not_fit() -> None:
    with pytest.raises(ConfigError, match="a limit or a function"):
        check_check("FA001", planted=planted, null=null_world)
    with pytest.raises(ConfigError, match="no ratio to hold"):
        check_check("FA001", planted=planted, null=null_world, limit={"min_ratio": 0.8}, parameters=SELECTION,
                    planted_worlds=1, null_worlds=1)  # fmt: skip
    with pytest.raises(ConfigError, match="one statement"):
        check_check("FA001", planted=planted, null=null_world, limit={"max_gap": 0.1, "max": 0.1}, parameters=SELECTION,
                    planted_worlds=1, null_worlds=1)  # fmt: skip


def test_the_tail_is_exact() -> None:
    assert _tail(0, 10, 0.05) == pytest.approx(1)
    assert _tail(10, 10, 0.5) == pytest.approx(2**-10)
    assert _tail(2, 2, 0.05) == pytest.approx(0.0025)
    assert _tail(1, 5, 0.0) == 0


FIRST = """
from sterling.testing import check_check, worlds
check_check("FA001", planted=worlds.null_world, null=worlds.null_world, limit={"max_gap": 0.9}, power=0.0,
            parameters={"metric": "selection_rate"}, planted_worlds=1, null_worlds=1)
"""


def test_checks_of_every_shelf_are_known_from_the_first() -> None:
    """In a process of its own: this one has loaded them for other tests."""
    done = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
