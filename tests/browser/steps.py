"""Steps that several page tests take."""

from __future__ import annotations

from typing import Any


def unfold(page: Any, most: int = 60) -> None:
    """Opens verdicts, rows and folds until nothing is left to open, or `most` of each."""
    for selector in (
        ".verdict button[aria-expanded=false]",
        "details:not([open]) > summary:visible",
        ".row-name[aria-expanded=false]",
    ):
        closed = page.locator(selector)
        for _ in range(min(closed.count(), most)):
            if not closed.count():
                break
            closed.first.click()
            if selector.startswith(".row-name"):
                break  # one row is open at a time


def until(page: Any, script: str, most: int = 400) -> None:
    """Waits until `script` is true on the page; the page's own policy forbids Playwright's way of waiting."""
    for _ in range(most):
        if page.evaluate(script):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"still not so: {script}")
