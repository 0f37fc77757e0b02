"""How often intervals over images hold the truth: pixels of one image are right or wrong together."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import sterling as st
from tests.worlds.world import allowed

NAMES = ("mean_iou", "iou of 1", "dice of 1", "pixel_accuracy", "pixel_recall of 1")
WORLDS = 200


def images(n: int, seed: int) -> pl.DataFrame:
    """Images of very different sizes, shares of class 1 and difficulty, as rows of counts turned into masks."""
    rng = np.random.default_rng(seed)
    size = rng.integers(20, 200, n)
    share, good = rng.beta(2, 4, n), rng.beta(6, 2, n)
    label = [(rng.random(s) < p).astype(np.int8) for s, p in zip(size, share, strict=True)]
    found = [np.where(rng.random(len(x)) < g, x, 1 - x) for x, g in zip(label, good, strict=True)]
    return pl.DataFrame({"mask": [x.tolist() for x in label], "found": [x.tolist() for x in found]})


def asked(frame: pl.DataFrame, groups: str | None) -> pl.DataFrame:
    plan = st.Plan(asks=(st.ask("QU001", metrics=NAMES),), grid=False, min_n=1, cross=1)
    return st.evaluate(
        frame, task="segmentation", label="mask", prediction="found", groups=groups, plan=plan
    ).frame  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("n", [15, 60])
def test_intervals_cover(n: int) -> None:
    """Truth: what 20,000 images show; each world is a slice of one table."""
    truth = asked(images(20_000, 1), None).filter(slice="everyone")
    found = asked(images(WORLDS * n, 2).with_columns(world=pl.int_range(pl.len()) // n), "world")
    for name in NAMES:
        value = truth.filter(metric=name)["value"].item()
        mine = found.filter(pl.col("metric") == name, pl.col("slice") != "everyone")
        missed = 1 - float(((mine["low"] <= value) & (mine["high"] >= value)).mean())  # type: ignore[arg-type]
        assert missed <= allowed(0.065, WORLDS), (name, missed)


def test_pixels_of_an_image_are_no_independent_rows() -> None:
    """Intervals do not shrink when every pixel is there a hundred times."""
    frame = images(60, 5)
    many = frame.with_columns(
        pl.col(c).list.eval(pl.element().repeat_by(100).explode()) for c in ("mask", "found")
    )  # fmt: skip
    for name in NAMES:
        one, other = (asked(f, None).filter(metric=name, slice="everyone").row(0, named=True) for f in (frame, many))
        assert [one[k] for k in ("value", "low", "high")] == pytest.approx([other[k] for k in ("value", "low", "high")])


def test_dice_is_as_sure_as_the_iou_that_it_rises_with() -> None:
    """Of a rare class too, whose pixels are few among those of an image: Dice is 2 IoU / (1 + IoU), ends included."""
    rng = np.random.default_rng(7)
    label = [(rng.random(400) < p).astype(np.int8) for p in rng.beta(2, 60, 50)]
    found = [np.where(rng.random(400) < 0.9, x, 0) for x in label]
    frame = pl.DataFrame({"mask": [x.tolist() for x in label], "found": [x.tolist() for x in found]})
    iou, dice = (
        asked(frame, None).filter(metric=name, slice="everyone").row(0, named=True)
        for name in ("iou of 1", "dice of 1")
    )
    for end in ("value", "low", "high"):
        assert dice[end] == pytest.approx(2 * iou[end] / (1 + iou[end]), abs=1e-12)
    assert dice["high"] - dice["low"] < 0.1
