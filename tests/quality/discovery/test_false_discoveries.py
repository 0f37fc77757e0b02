"""Where nothing is worse anywhere slices are confirmed no more often than is said, in every task with a search."""

from __future__ import annotations

import pytest

from sterling.quality.discovery.tasks import SEARCHED
from tests.stats.object_worlds import KINDS
from tests.stats.slice_worlds import TASKS, searched
from tests.worlds.world import allowed

WORLDS = 42


def test_every_task_that_can_be_searched_is_here() -> None:
    assert set(TASKS) == set(SEARCHED)


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_null_worlds_with_many_candidates(task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search is made to believe in noise, so that worlds send many candidates to be confirmed.

    A third of the worlds has weights, a third clusters that share their errors. docs/coverage.md has the search as it
    is, which sends hardly any.
    """
    monkeypatch.setattr("sterling.quality.discovery.lattice.CAUTION", -1.0)
    monkeypatch.setattr("sterling.quality.discovery.lattice.MORE", -9.0)
    monkeypatch.setattr("sterling.quality.discovery.picking.MORE", -9.0)
    monkeypatch.setattr("sterling.quality.discovery.picking.NEW", -9.0)
    found = [searched(task, KINDS[i % len(KINDS)], 1000 + i, rows=1_000) for i in range(WORLDS)]
    tried = [sum(s.p_adjusted is not None for s in f.slices) for f in found]
    assert sum(tried) > 5 * WORLDS
    wrong = sum(any(s.p_adjusted is not None and s.p_adjusted <= 0.05 for s in f.slices) for f in found)
    assert wrong / WORLDS <= allowed(0.05, WORLDS)
