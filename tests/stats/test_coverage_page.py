"""docs/coverage.md says what the code does today, and has a row for every kind of interval."""

from __future__ import annotations

import re

import pytest

from sterling.core.registry import every_check
from sterling.quality.discovery.tasks import SEARCHED
from tests.stats import coverage, kept
from tests.stats.cells import CELLS
from tests.stats.coverage_checks import WHERE
from tests.stats.coverage_whole import SEARCHES
from tests.stats.decision_worlds import SHIFT
from tests.stats.decision_worlds import WORLDS as DECISIONS
from tests.stats.object_worlds import KINDS
from tests.stats.slice_worlds import TASKS
from tests.stats.task_worlds import ASKED, Asked, asked, evaluated, grouped, of_group
from tests.stats.text_worlds import EVERY, SIZES, WORLDS
from tests.worlds.world import allowed

pytestmark = pytest.mark.slow
AGAIN = "run python -m tests.stats.coverage"
DRAWN = ("equal groups", "a group at the limit", "power", "areas", "weights", "clusters", "means", "scores")
"""Tables that take a second or two, and are made again here."""
NUMBER = re.compile(r"(?<![\w.])\d+\.\d(?![\d])")


@pytest.fixture(scope="module")
def page() -> str:
    return coverage.PAGE.read_text(encoding="utf-8")


def test_exact_figures_are_those_of_the_code(page: str) -> None:
    assert coverage.HEAD + coverage.exact_part() in page, AGAIN


@pytest.mark.parametrize("part", DRAWN)
def test_simulated_figures_are_those_of_the_code(part: str, page: str) -> None:
    fresh = coverage.PARTS[part]()
    title = fresh[: fresh.index("\n")]
    start = page.index(title + "\n")
    there = page[start : start + len(fresh) + 50]
    there = there[: m.start()] if (m := re.search(r"\n#", there[1:])) else there
    there = there.rstrip("\n") + "\n"
    assert NUMBER.sub("#", fresh) == NUMBER.sub("#", there), AGAIN
    for new, old in zip(NUMBER.findall(fresh), NUMBER.findall(there), strict=True):
        # The same seeds give the same figures; another NumPy may draw other worlds.
        assert float(new) == pytest.approx(float(old), abs=3.0)


@pytest.mark.parametrize("title", [part for part in coverage.PARTS if part not in DRAWN])
def test_figures_of_whole_evaluations_are_those_that_were_kept(title: str, page: str) -> None:
    assert coverage.PARTS[title]() in page, AGAIN


@pytest.mark.parametrize("cell", CELLS)
def test_intervals_of_a_few_worlds_are_those_of_the_code(cell: str) -> None:
    """Whatever would move a figure of the page moves the ends of intervals behind it."""
    fresh, before = CELLS[cell].few(), kept.few(cell)
    assert fresh.keys() == before.keys()
    for name, parts in fresh.items():
        assert parts == pytest.approx(before[name], rel=1e-6, abs=1e-9, nan_ok=True), f"{name}: {AGAIN}"


def test_every_cell_is_kept_and_no_other() -> None:
    assert list(kept.load()) == list(CELLS), AGAIN
    assert all(cell["figures"] and cell["few"] for cell in kept.load().values())


def test_the_page_has_these_parts_and_no_others(page: str) -> None:
    titles = re.findall(r"^### (.+)$", page[page.index("\n## Simulated") :], re.MULTILINE)
    assert len(titles) == len(coverage.PARTS) == len(set(titles))
    assert coverage.SIMULATED in page
    assert coverage.whole.WHOLE in page


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("task", TASKS)
def test_false_discoveries_are_as_rare_as_is_said(task: str, search: str) -> None:
    """Nothing is worse anywhere: a slice is confirmed in at most 5 % of worlds."""
    for kind in KINDS:
        found = kept.figures(f"{search}, {task}, {kind}")
        assert found["wrong"] <= allowed(0.05, SEARCHES[search])
        assert found["candidates"] > (5 if search == "believing in noise" else 0)


def test_every_task_that_can_be_searched_is_here() -> None:
    assert set(TASKS) == set(SEARCHED)


@pytest.mark.parametrize("answers", EVERY)
def test_texts_are_covered(answers: str) -> None:
    for n in SIZES:
        for name, share in kept.figures(f"texts, {answers}, {n}").items():
            assert 1 - share <= allowed(0.07, WORLDS), f"{n}, {name}: {share}"


def test_every_check_has_its_tables(page: str) -> None:
    """A new check says on the page how well its intervals hold, or that it has none."""
    assert set(WHERE) == set(every_check()), "give the check a line in coverage_checks.WHERE"
    headings = re.findall(r"^### (.+)$", page, re.MULTILINE)
    assert {title for titles in WHERE.values() for title in titles} <= set(headings)


@pytest.mark.parametrize("dependence", KINDS)
@pytest.mark.parametrize("scenario", SHIFT)
def test_decisions_of_groups_err_as_rarely_as_is_said(scenario: str, dependence: str) -> None:
    error = "over" if scenario == "equal" else "within"
    found = kept.figures(f"decisions, {scenario}, {dependence}")
    often = {name: x for name, x in found.items() if name.endswith(error) and x > allowed(0.05, DECISIONS)}
    assert not often


@pytest.mark.parametrize("dependence", KINDS)
@pytest.mark.parametrize("name", [n for n, ask in ASKED.items() if ask.evaluated is asked and ask.pair is None])
def test_every_kind_of_interval_has_a_row(name: str, dependence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever method any metric of a kind of model uses, a metric of the page uses it as well.

    But for shares of rows, which have a table of their own.
    """
    monkeypatch.setattr("sterling.quality.detection.curves.RESAMPLES", (200, 200))
    mine = ASKED[name]
    there = set()
    for ask in ASKED.values():
        if ask.evaluated in (asked, of_group) and ask.pair is None and ask.roles.get("task") == mine.roles.get("task"):
            there |= set(_methods(ask, list(ask.metrics), dependence))
    every = _methods(mine, ["all"], dependence)
    assert len(every) > 2
    assert not {method: some for method, some in every.items() if method not in there and some != ["representation"]}


@pytest.mark.parametrize("dependence", KINDS)
@pytest.mark.parametrize("name", [n for n, ask in ASKED.items() if ask.pair is not None])
def test_every_kind_of_change_has_a_row(name: str, dependence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sterling.quality.detection.curves.RESAMPLES", (200, 200))
    ask = ASKED[name]
    there = set(_methods(ask, list(ask.metrics), dependence))
    every = _methods(ask, ["all"], dependence)
    assert not {method: some for method, some in every.items() if method not in there}


def _methods(ask: Asked, metrics: list[str], dependence: str) -> dict[str, list[str]]:
    """Metrics by their method, whose numbers are left out."""
    frame = ask.made(dependence, 60 * ask.each, 5)
    roles = {"weighted": {"weight": "weight"}, "clustered": {"cluster": "cluster"}}.get(dependence, {})
    if ask.pair is not None:
        change = ask.pair.compared(frame, metrics, **ask.roles, **roles)
        blocks = [*change.changes.blocks, *change.flips.blocks]
    else:
        of = grouped(frame) if ask.evaluated is of_group else frame
        run = evaluated(of, metrics, groups="g" if ask.evaluated is of_group else None, **ask.roles, **roles)
        blocks = [*run.tables[0].blocks]
    out: dict[str, list[str]] = {}
    for block in blocks:
        out.setdefault(re.sub(r"\d[\d,]*", "#", block.method), []).append(block.info.name)
    return out
