"""How often intervals over images hold the truth: objects of one image are found or missed together."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import sterling as st
from tests.worlds.world import allowed

NAMES = ("box_ap", "box_ap(0.5)", "box_ap of a", "box_ar(100)", "box_recall", "box_precision")
WORLDS = 150


def images(n: int, seed: int) -> pl.DataFrame:
    """Images with 0 to 8 objects of two classes, some images harder than others."""
    rng = np.random.default_rng(seed)
    many = rng.integers(0, 9, n)
    ease = np.repeat(rng.beta(4, 2, n), many)
    image = np.repeat(np.arange(n), many)
    size = len(image)
    x, y = rng.integers(0, 40, size) * 20.0, np.zeros(size)  # far apart from each other
    kind = rng.choice(["a", "b"], size, p=[0.6, 0.4])
    there = {"image": image, "x": x, "y": y, "width": np.full(size, 10.0), "height": np.full(size, 10.0), "class": kind}
    seen = rng.random(size) < 0.3 + 0.6 * ease
    found = {k: v[seen] for k, v in there.items()}
    found["x"] = found["x"] + rng.normal(0, 3 - 2.5 * ease[seen])
    found["score"] = rng.beta(2 + 4 * ease[seen], 2)
    false = rng.integers(0, 3, n)
    wrong = np.repeat(np.arange(n), false)
    more = {"image": wrong, "x": np.full(len(wrong), -500.0), "y": np.zeros(len(wrong)),
            "width": np.full(len(wrong), 10.0), "height": np.full(len(wrong), 10.0),
            "class": rng.choice(["a", "b"], len(wrong)), "score": rng.beta(2, 3, len(wrong))}  # fmt: skip

    def lists(frame: pl.DataFrame, name: str) -> pl.DataFrame:
        return frame.group_by("image").agg(pl.struct(pl.exclude("image")).alias(name))

    every = pl.DataFrame({"image": np.arange(n)})
    every = every.join(lists(pl.DataFrame(there), "boxes"), on="image", how="left")
    every = every.join(lists(pl.concat([pl.DataFrame(found), pl.DataFrame(more)]), "found"), on="image", how="left")
    return every.sort("image").with_columns(pl.col("boxes", "found").fill_null([]))


def asked(frame: pl.DataFrame, groups: str | None) -> pl.DataFrame:
    plan = st.Plan(asks=(st.ask("QU001", metrics=NAMES),), grid=False, min_n=1, cross=1)
    return st.evaluate(frame, task="detection", label="boxes", prediction="found", groups=groups, plan=plan).frame


def covered(worlds: int, n: int) -> dict[str, float]:
    """The share of worlds of n images whose interval holds what 10,000 images show; each world is a slice."""
    truth = asked(images(10_000, 1), None).filter(slice="everyone")
    found = asked(images(worlds * n, 2).with_columns(world=pl.int_range(pl.len()) // n), "world")
    out = {}
    for name in NAMES:
        value = truth.filter(metric=name)["value"].item()
        mine = found.filter(pl.col("metric") == name, pl.col("slice") != "everyone").drop_nulls("value")
        assert mine.height > 0.95 * worlds
        out[name] = float(((mine["low"] <= value) & (mine["high"] >= value)).mean())  # type: ignore[arg-type]
    return out


@pytest.mark.slow
@pytest.mark.parametrize("n", [30, 100])
def test_intervals_cover(n: int) -> None:
    for name, share in covered(WORLDS, n).items():
        assert 1 - share <= allowed(0.07, WORLDS), (name, share)
