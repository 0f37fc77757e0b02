"""Masks made up at random, with a model that finds them in some images better than in others."""

from __future__ import annotations

import numpy as np
import polars as pl


def made(images: int, *, classes: int = 3, seed: int = 0, skill: float = 0.8, largest: int = 40) -> pl.DataFrame:
    """Images of 1 to `largest` pixels: label `mask`, prediction `found`, group `g`, weight `w`, patient `c`."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, largest + 1, images)
    label = [rng.integers(0, classes, n) for n in sizes]
    good = np.clip(skill + rng.normal(0, 0.15, images), 0, 1)
    found = [
        np.where(rng.random(len(x)) < p, x, rng.integers(0, classes, len(x))) for x, p in zip(label, good, strict=True)
    ]
    return pl.DataFrame(
        {
            "mask": [x.tolist() for x in label],
            "found": [x.tolist() for x in found],
            "g": rng.choice(["a", "b"], images),
            "w": rng.integers(1, 5, images).astype(float),
            "c": rng.integers(0, max(images // 3, 2), images),
        },
        schema_overrides={"mask": pl.List(pl.Int64), "found": pl.List(pl.Int64)},
    )
