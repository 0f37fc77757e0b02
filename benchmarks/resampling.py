"""In process: joint resampling of score and label, for metrics that have no closed form."""

from __future__ import annotations

import numpy as np

from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.measure import in_process
from sterling.quality.metrics.search import recall_at_fpr
from sterling.stats.draws import draw_weighted, stream

SLICES, BINS, RESAMPLES, ROWS = 24, 100, 1000, 1_000_000


def measure() -> list[Line]:
    """Drawing alone, and drawing with a search of the thresholds of every resample."""
    rng = np.random.default_rng(0)
    cells = rng.multinomial(ROWS // SLICES, rng.dirichlet(np.ones(BINS * 2)), size=SLICES).astype(np.float64)
    scores = np.arange(BINS) / BINS

    def drawn(row: int) -> np.ndarray:
        return draw_weighted(cells[row], cells[row], resamples=RESAMPLES, rng=stream(0, f"slice {row}"))

    def draw() -> object:
        return [drawn(row).shape for row in range(SLICES)]

    def search() -> object:
        return [recall_at_fpr(drawn(row).reshape(RESAMPLES, BINS, 2), scores, 0.1).var() for row in range(SLICES)]

    drawing, searching = in_process(draw, search, times=3)
    return [
        plain("drawing, wall", drawing.wall, "s"),
        at_most("drawing and searching the thresholds, wall", searching.wall, 2.0, "s"),
        plain("drawing and searching the thresholds, CPU", searching.cpu, "s"),
    ]


CLAIM = Claim(
    name="resampling",
    statement=f"{RESAMPLES:,} joint resamples, {SLICES} slices of {BINS} score bins",
    measure=measure,
)
