"""Tables of tags: some true, some predicted, with scores that know a little."""

from __future__ import annotations

import numpy as np
import polars as pl

WORDS = [f"t{i}" for i in range(12)] + ["ünïcode ✓", ""]
LISTS = {"tags": pl.List(pl.String), "said": pl.List(pl.String), "how": pl.List(pl.Float64)}


def made(n: int, *, seed: int, unknown: float = 0.1) -> pl.DataFrame:
    """Rows whose labels are missing now and then, with items twice, empty lists, and equal scores."""
    rng = np.random.default_rng(seed)
    true, said, how = [], [], []
    for _ in range(n):
        tags = list(rng.choice(WORDS, rng.integers(0, 6), replace=False))
        items = [t for t in tags if rng.random() < 0.6] + list(rng.choice(WORDS, rng.integers(0, 4)))
        rng.shuffle(items)
        true.append(None if rng.random() < unknown else tags + tags[:1])
        said.append(items)
        how.append(np.round(rng.random(len(items)), 1).tolist())
    groups = [None if x < 0.05 else f"g{int(2 * x)} ✓" for x in rng.random(n)]
    return pl.DataFrame(
        {
            "tags": true, "said": said, "how": how, "g": groups, "w": rng.integers(0, 4, n).astype(float),
            "c": rng.integers(0, max(n // 4, 2), n), "row": np.arange(n),
        },
        schema_overrides=LISTS,
    )  # fmt: skip
