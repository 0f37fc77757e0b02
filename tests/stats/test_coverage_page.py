"""docs/coverage.md says what the code does today, and has a row for every kind of interval."""

from __future__ import annotations

import re

import pytest

from tests.stats import coverage
from tests.stats.coverage_whole import FAMILIES, SEARCHES, false_discoveries, percent
from tests.stats.object_worlds import KINDS
from tests.stats.slice_worlds import TASKS
from tests.stats.task_worlds import ASKED, Asked, asked, covered, evaluated, grouped, of_group
from tests.worlds.world import allowed

pytestmark = pytest.mark.slow
NUMBER = re.compile(r"(?<![\w.])\d+\.\d(?![\d])")


@pytest.fixture(scope="module")
def page() -> str:
    return coverage.PAGE.read_text(encoding="utf-8")


def test_exact_figures_are_those_of_the_code(page: str) -> None:
    assert coverage.HEAD + coverage.exact_part() in page, "run python -m tests.stats.coverage"


@pytest.mark.parametrize("part", [part for part in coverage.PARTS if part not in FAMILIES])
def test_simulated_figures_are_those_of_the_code(part: str, page: str) -> None:
    fresh = coverage.PARTS[part]()
    title = fresh[: fresh.index("\n")]
    start = page.index(title + "\n")
    kept = page[start : start + len(fresh) + 50]
    kept = kept[: m.start()] if (m := re.search(r"\n#", kept[1:])) else kept
    kept = kept.rstrip("\n") + "\n"
    assert NUMBER.sub("#", fresh) == NUMBER.sub("#", kept), "run python -m tests.stats.coverage"
    for new, old in zip(NUMBER.findall(fresh), NUMBER.findall(kept), strict=True):
        # The same seeds give the same figures; another NumPy may draw other worlds.
        assert float(new) == pytest.approx(float(old), abs=3.0)


CELLS = [(name, n) for names, _ in FAMILIES.values() for name in names for n in ASKED[name].sizes]
"""Whole evaluations, of which worlds are made for minutes: of each, one of the three columns is made again here."""


@pytest.mark.parametrize(("name", "n", "kind"), [(*cell, KINDS[i % len(KINDS)]) for i, cell in enumerate(CELLS)])
def test_figures_of_whole_evaluations_are_those_of_the_code(name: str, n: int, kind: str, page: str) -> None:
    found = covered(name, kind, n)
    for metric in ASKED[name].metrics:
        start = f"| {name} | {metric.replace('_', ' ')} | {n} | "
        (row,) = (line for line in page.splitlines() if line.startswith(start))
        kept, fresh = row[len(start) :].rstrip(" |").split(" | ")[KINDS.index(kind)], percent(found[metric])
        assert fresh == kept or float(fresh) == pytest.approx(float(kept), abs=3.0), (metric, fresh, kept)


def test_the_page_has_these_parts_and_no_others(page: str) -> None:
    titles = re.findall(r"^### (.+)$", page[page.index("\n## Simulated") :], re.MULTILINE)
    assert len(titles) == len(coverage.PARTS) == len(set(titles))
    assert coverage.SIMULATED in page
    assert coverage.whole.WHOLE in page


@pytest.mark.parametrize("dependence", KINDS)
@pytest.mark.parametrize("task", TASKS)
def test_false_discoveries_are_as_rare_as_is_said(task: str, dependence: str) -> None:
    """Nothing is worse anywhere: a slice is confirmed in at most 5 % of worlds."""
    assert false_discoveries(task, dependence)[0] <= allowed(0.05, SEARCHES)


@pytest.mark.parametrize("dependence", KINDS)
@pytest.mark.parametrize("name", [name for name, ask in ASKED.items() if ask.evaluated is asked])
def test_every_kind_of_interval_has_a_row(name: str, dependence: str) -> None:
    """Whatever method any metric of a kind of model uses, a metric of the page uses it as well.

    But for shares of rows, which have a table of their own.
    """
    on_page = {name: ask for name, ask in ASKED.items() if ask.evaluated in (asked, of_group)}
    mine = ASKED[name]
    there = set()
    for ask in on_page.values():
        if ask.roles.get("task") == mine.roles.get("task"):
            there |= set(_methods(ask, list(ask.metrics), dependence))
    every = _methods(mine, ["all"], dependence)
    assert len(every) > 2
    assert not {method: some for method, some in every.items() if method not in there and some != ["representation"]}


def _methods(ask: Asked, metrics: list[str], dependence: str) -> dict[str, list[str]]:
    """Metrics by their method, whose numbers are left out."""
    frame = ask.made(dependence, 60 * ask.each, 5)
    roles = {"weighted": {"weight": "weight"}, "clustered": {"cluster": "cluster"}}.get(dependence, {})
    of = grouped(frame) if ask.evaluated is of_group else frame
    run = evaluated(of, metrics, groups="g" if ask.evaluated is of_group else None, **ask.roles, **roles)
    out: dict[str, list[str]] = {}
    for block in run.tables[0].blocks:
        out.setdefault(re.sub(r"\d[\d,]*", "#", block.method), []).append(block.info.name)
    return out
