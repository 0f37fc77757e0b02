"""How well each detector did on the labelled texts: counts in `measured.json`, which `docs/write_personal.py` writes."""  # noqa: E501

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from sterling.core.frozen import dataclass
from sterling.stats.proportion import wilson

FILE = Path(__file__).with_name("measured.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Of the labelled texts: those with the kind that were found, found though it is not there, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> tuple[float, float, float] | None:
        """Value and Wilson limits at 95 %: of what was found, what is there. None when nothing was found."""
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> tuple[float, float, float] | None:
        """Value and Wilson limits at 95 %: of what is there, what was found."""
        return _share(self.right, self.right + self.missed)


def _share(hits: int, n: int) -> tuple[float, float, float] | None:
    if not n:
        return None
    low, high = wilson(hits, n)
    return hits / n, float(low), float(high)


@lru_cache(maxsize=1)
def measured() -> Mapping[tuple[str, str], Quality]:
    """By kind and by what finds it: `patterns`, `model` or `detect-secrets`. Empty before they were ever measured."""
    if not FILE.is_file():
        return {}
    rows = json.loads(FILE.read_text(encoding="utf-8"))["detectors"]
    return {(r["kind"], r["by"]): Quality(right=r["right"], wrong=r["wrong"], missed=r["missed"]) for r in rows}
