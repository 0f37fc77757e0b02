"""Proxies: strong ones come first, chance is not taken for strength."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from sterling.fairness.proxies import cramers_v, proxies


def test_strongest_first_whatever_the_kind_of_column() -> None:
    rng = np.random.default_rng(0)
    group = rng.choice(["a", "b"], 2_000)
    frame = pl.DataFrame(
        {
            "noise": rng.normal(size=2_000),
            "weak": rng.normal(size=2_000) + (group == "a") * 0.5,
            "number": rng.normal(size=2_000) + (group == "a") * 3.0,
            "text": np.where(rng.random(2_000) < 0.9, group, "c").tolist(),
            "told": (group == "a"),
            "missing": pl.Series(rng.normal(size=2_000)).set(pl.Series(group == "a"), None),
            "many": [f"v{i}" for i in rng.integers(0, 500, 2_000)],
            "steady": np.ones(2_000),
        }
    )
    found = {p.feature: p.strength for p in proxies(frame, frame.columns, group.tolist())}
    assert found["told"] == pytest.approx(1, abs=1e-3) and found["missing"] == pytest.approx(1, abs=0.01)
    assert found["text"] > 0.9 and found["number"] > 0.8 and 0.1 < found["weak"] < 0.4
    assert found["noise"] < 0.05 and found["steady"] == 0
    assert found["many"] < 0.15  # uncorrected, five hundred values would seem to tell half of it
    assert list(found) == [p.feature for p in proxies(frame, frame.columns, group.tolist())]
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_by_hand() -> None:
    first, second = np.repeat([0, 1], 50), np.array([0] * 40 + [1] * 10 + [0] * 10 + [1] * 40)
    # phi squared is 0.36; less 1/99 for chance, over what both columns can reach.
    assert cramers_v(first, second) == pytest.approx(np.sqrt((0.36 - 1 / 99) / (1 - 1 / 99)))
    assert cramers_v(np.zeros(5, dtype=int), np.arange(5)) == 0


def test_missing_group_values_are_a_group() -> None:
    frame = pl.DataFrame({"x": ["p", "q"] * 50})
    assert proxies(frame, ["x"], ["a", None] * 50)[0].strength == pytest.approx(1, abs=1e-6)
