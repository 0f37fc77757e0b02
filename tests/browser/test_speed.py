"""Every control answers within a tenth of a second, with 200 groups, 100 thresholds and two models."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import documents, fixtures

pytestmark = [pytest.mark.browser, pytest.mark.stopwatch]

LIMIT_MS = 100.0
FRAME_MS = 17.0
ROUNDS = 5

STEPS = """
() => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const node = (name) => document.querySelector(`[name=${name}]`);
  const fire = (name, value, event) => {
    node(name).value = value;
    node(name).dispatchEvent(new Event(event, { bubbles: true }));
  };
  const pick = (value) => document.querySelector(`[name=mode][value=${value}]`).click();
  const steps = {
    threshold: (i) => fire("threshold", String(20 + 7 * i), "input"),
    release: () => node("threshold").dispatchEvent(new Event("change", { bubbles: true })),
    metric: (i) => fire("metric", String(1 + (i % 4)), "change"),
    sort: (i) => fire("sort", ["name", "high", "low", "n", "far"][i], "change"),
    baseline: (i) => fire("baseline", String(3 + i), "change"),
    mode: (i) => pick(["difference", "ratio", "value", "difference", "value"][i]),
    search: (i) => fire("search", ["1", "12", "1", "0", ""][i], "input"),
    minimum: (i) => fire("min-n", String(200 + 10 * i), "input"),
    measures: (i) => document.querySelectorAll("[name=more]")[[0, 1, 2, 2, 1][i]].click(), // ends with two
    thresholds: (i) => fire("threshold-typed", `0.${i + 1}, 0.${i + 3}, 0.${i + 5}`, "input"),
    dragging: (i) => fire("threshold", String(11 + 7 * i), "input"),
    by: (i) => fire("by", node("by").options[i % 2 ? 0 : 1].value, "change"),
  };
  // From the event to the end of the frame that shows its effect.
  window.take = async (name, i) => {
    await painted();
    const before = performance.now();
    const was = document.querySelector("#groups .board").textContent;
    steps[name](i);
    await painted();
    const took = performance.now() - before;
    return [took, document.querySelector("#groups .board").textContent !== was];
  };
  return Object.keys(steps);
}
"""


@pytest.mark.parametrize("rows", ["first 50", "all 200"])
def test_every_control_answers_in_time(open_page: Callable[..., Any], rows: str) -> None:
    """The best of five of each step, on the clock; on a machine busy with other things, in the page's own CPU time."""
    page = open_page(fixtures.big()).page
    if rows == "all 200":
        page.get_by_role("button", name="Show all 199 groups").click()
        assert page.locator("#groups .board-rows > li").count() == 200
    page.locator(".more-measures > summary").click()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def cpu() -> float:
        found = session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(m["value"] for m in found if m["name"] == "ProcessTime"))

    wall: dict[str, list[float]] = {}
    work: dict[str, list[float]] = {}
    for name in page.evaluate(STEPS):
        changed = False
        for i in range(ROUNDS):
            before = cpu()
            took, moved = page.evaluate("([name, i]) => take(name, i)", [name, i])
            work.setdefault(name, []).append(cpu() - before)
            wall.setdefault(name, []).append(took)
            changed = changed or moved
        assert changed, f"{name} changed nothing"
    print()
    for name, times in wall.items():
        print(
            f"{rows:9} {name:10} median {statistics.median(times):4.0f} ms, best {min(times):4.0f} ms, "
            f"CPU {min(work[name]):4.0f} ms"
        )
    slow = {n: times for n, times in wall.items() if min(min(times), min(work[n]) + FRAME_MS) >= LIMIT_MS}
    assert slow == {}


LOOK = """
async (i) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await painted();
  const before = performance.now();
  document.querySelector(`#big [data-node="${i}"]`).focus({ preventScroll: true });
  await painted();
  return [performance.now() - before, document.querySelectorAll("#big .node.lit").length];
}
"""


def test_looking_at_a_node_among_sixty_answers_in_time(open_page: Callable[..., Any]) -> None:
    """The best of five, on the clock or in the page's own CPU time."""
    page = open_page(documents.with_chapters(documents.sixty())).page
    page.locator("#big").scroll_into_view_if_needed()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def cpu() -> float:
        found = session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(m["value"] for m in found if m["name"] == "ProcessTime"))

    wall, work = [], []
    for i in (30, 3, 55, 12, 40):
        before = cpu()
        took, lit = page.evaluate(LOOK, i)
        work.append(cpu() - before)
        wall.append(took)
        assert lit > 1
    print(f"\nnode of 60  median {statistics.median(wall):4.0f} ms, best {min(wall):4.0f} ms, CPU {min(work):4.0f} ms")
    assert min(min(wall), min(work) + FRAME_MS) < LIMIT_MS
