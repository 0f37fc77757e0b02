"""Every control answers within a tenth of a second, with 200 groups, 100 thresholds and two models."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import fixtures

pytestmark = pytest.mark.browser

LIMIT_MS = {"first 50": 100.0, "all 200": 250.0}  # drawing every row is the reader's own choice

# From the event to the frame that shows its effect, measured inside the page; the best of five of each step.
MEASURE = """
async () => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const node = (name) => document.querySelector(`[name=${name}]`);
  const fire = (name, value, event) => { const n = node(name); n.value = value; n.dispatchEvent(new Event(event, { bubbles: true })); };
  const pick = (value) => { const n = document.querySelector(`[name=mode][value=${value}]`); n.click(); };
  const steps = {
    threshold: (i) => fire("threshold", String(20 + 7 * i), "input"),
    release: (i) => { fire("threshold", String(30 + 5 * i), "change"); },
    metric: (i) => fire("metric", String(1 + (i % 4)), "change"),
    sort: (i) => fire("sort", ["name", "high", "low", "n", "far"][i], "change"),
    baseline: (i) => fire("baseline", String(3 + i), "change"),
    mode: (i) => pick(["difference", "ratio", "value", "difference", "value"][i]),
    search: (i) => fire("search", ["1", "12", "1", "0", ""][i], "input"),
    minimum: (i) => fire("min-n", String(200 + 10 * i), "input"),
  };
  const out = {};
  for (const [name, step] of Object.entries(steps)) {
    out[name] = [];
    for (let i = 0; i < 5; i++) {
      await painted();
      const before = performance.now();
      step(i);
      await painted();
      out[name].push(performance.now() - before);
    }
  }
  return out;
}
"""


@pytest.mark.parametrize("rows", list(LIMIT_MS))
def test_every_control_answers_in_time(open_page: Callable[..., Any], rows: str) -> None:
    page = open_page(fixtures.big()).page
    if rows == "all 200":
        page.get_by_role("button", name="Show all 199 groups").click()
        assert page.locator("#groups .board-rows > li").count() == 200
    times: dict[str, list[float]] = page.evaluate(MEASURE)
    median = {name: statistics.median(found) for name, found in times.items()}
    print({name: f"median {median[name]:.0f} ms, best {min(found):.0f} ms" for name, found in times.items()})
    assert max(min(found) for found in times.values()) < LIMIT_MS[rows]
