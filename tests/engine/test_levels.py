"""Levels: the same numbers from rows in any order, and from bins up to what bins hide."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.engine.task import Request

NAMES = [
    "average_precision", "partial_auc(0.2)", "ks", "max_f1", "recall_at_precision(0.6)", "calibration_slope",
    "calibration_intercept", "calibration_ratio", "ece", "adaptive_calibration_error", "score_lift", "lift(0.2)",
]  # fmt: skip


def frame(n: int = 3000) -> pl.DataFrame:
    rng = np.random.default_rng(4)
    score = rng.beta(2, 3, n)
    return pl.DataFrame(
        {
            "y": (rng.random(n) < score).astype(int), "s": score, "g": rng.choice(["a", "b"], n),
            "w": rng.uniform(0.2, 4, n), "c": np.arange(n) // 4,
        }
    )  # fmt: skip


def values(run: st.Run) -> pl.DataFrame:
    return run.frame.filter(pl.col("threshold").is_null()).select("metric", "slice", "value", "low", "high")


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}, {"weight": "w", "cluster": "c"}])
def test_row_order_changes_nothing(roles: dict[str, str]) -> None:
    people = frame()
    mixed = people.sample(fraction=1.0, shuffle=True, seed=3)
    runs = [st.evaluate(p, label="y", score="s", groups="g", metrics=NAMES, **roles) for p in (people, mixed)]  # type: ignore[arg-type]
    assert values(runs[0]).equals(values(runs[1]))
    assert values(runs[0])["value"].null_count() == 0


def test_other_slices_change_no_draw() -> None:
    people = frame().with_columns(h=pl.int_range(pl.len()) % 3)
    few, many = (st.evaluate(people, label="y", score="s", groups=g, metrics=NAMES) for g in (["g"], ["h", "g"]))
    both = values(few).join(values(many), on=["metric", "slice"], suffix="_many")
    assert both.height == len(NAMES) * 3
    assert both["low"].equals(both["low_many"].alias("low"))


def test_bins_agree_with_rows(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Streamed, every value lies within what its bins hide, and the interval says so."""
    people = frame()
    path = f"{tmp_path}/people.parquet"
    people.write_parquet(path)
    exact = values(st.evaluate(path, label="y", score="s", groups="g", metrics=NAMES))
    fields = Request.__dataclass_fields__["exact_rows"]
    assert fields.default == 4_000_000
    from sterling.pipeline import runner

    monkeypatch.setattr(runner, "Request", lambda **given: Request(**given, exact_rows=100))
    streamed = values(st.evaluate(path, label="y", score="s", groups="g", metrics=NAMES))
    both = exact.join(streamed, on=["metric", "slice"], suffix="_bins")
    assert both.height == exact.height
    assert float((both["value"] - both["value_bins"]).abs().max()) < 5e-3  # type: ignore[arg-type]
    ordered = both.filter(pl.col("metric").is_in(["average_precision", "partial_auc(0.2)"]))
    assert ordered.filter((pl.col("low_bins") > pl.col("value")) | (pl.col("high_bins") < pl.col("value"))).is_empty()


def test_clusters_of_copies_say_as_much_as_the_rows_told_once() -> None:
    once = frame(800).with_columns(c=pl.int_range(800))
    runs = [
        st.evaluate(p, label="y", score="s", metrics=["average_precision", "calibration_slope", "ks"], cluster=c)
        for p, c in ((once, None), (pl.concat([once] * 3), "c"))
    ]
    widths = [values(r).sort("metric").select(w=pl.col("high") - pl.col("low"))["w"].to_numpy() for r in runs]
    assert widths[0] == pytest.approx(widths[1], rel=0.15)
