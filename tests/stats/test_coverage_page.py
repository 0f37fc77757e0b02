"""docs/coverage.md says what the code does today."""

from __future__ import annotations

import re

import pytest

from tests.stats import coverage

NUMBER = re.compile(r"(?<![\w.])\d+\.\d(?![\d])")


@pytest.fixture(scope="module")
def page() -> str:
    return coverage.PAGE.read_text(encoding="utf-8")


def test_exact_figures_are_those_of_the_code(page: str) -> None:
    assert coverage.HEAD + coverage.exact_part() in page, "run python -m tests.stats.coverage"


def test_simulated_figures_are_those_of_the_code(page: str) -> None:
    fresh, kept = coverage.simulated_part(), page[page.index("\n## Simulated") :]
    assert NUMBER.sub("#", fresh) == NUMBER.sub("#", kept), "run python -m tests.stats.coverage"
    for new, old in zip(NUMBER.findall(fresh), NUMBER.findall(kept), strict=True):
        # The same seeds give the same figures; another NumPy may draw other worlds.
        assert float(new) == pytest.approx(float(old), abs=3.0)
