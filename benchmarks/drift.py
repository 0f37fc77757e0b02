"""Two tables of a million rows and 30 columns, four of which truly changed: which tool finds them, and what it costs.

From two Parquet files to the columns that drifted. The other tools run in environments of their own (`make bench-peers`
makes them) and tell their own CPU seconds, imports left out. TensorFlow Data Validation needs a threshold for numbers
and one for texts: it is given the highest at which the changed columns are found, which nobody knows beforehand; what
else is above them is a false alarm.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks import wide
from benchmarks.claim import Claim, Line, at_least, at_most, plain
from benchmarks.measure import in_process
from benchmarks.table import CACHE

ROWS = 1_000_000
CHANGED = ("f0", "f5", "i1", "s3")
STOP = 300
CHANCE = 0.05 / 30


def later(rows: int) -> pl.DataFrame:
    """The second table: other rows of the same kind, but for four columns."""
    frame = wide.table(rows, seed=7)
    random = np.random.default_rng(8)
    return frame.with_columns(
        pl.col("f0") + 0.1,
        pl.col("f5") * 1.1,
        (pl.col("i1") * 1.02).cast(frame.schema["i1"]),
        pl.when(pl.Series(random.random(rows) < 0.02))
        .then(pl.lit("value 0 of 10"))
        .otherwise(pl.col("s3"))
        .alias("s3"),
    )


def files(rows: int) -> tuple[Path, Path]:
    """Both tables as Parquet, made once by a process of its own."""
    second = CACHE / f"wide-{rows}-later.parquet"
    if not second.exists():
        CACHE.mkdir(exist_ok=True)
        subprocess.run([sys.executable, "-m", "benchmarks.drift", str(rows), str(second)], check=True)
    return wide.parquet(rows), second


def by_hand(first: Path, second: Path) -> set[str]:
    """What somebody writes with Polars and NumPy: exact KS of numbers, chi-square of texts, Bonferroni, no interval."""
    a, b = pl.read_parquet(first), pl.read_parquet(second)
    return {name for name in a.columns if _chance(a[name], b[name]) < CHANCE}


def _chance(x: pl.Series, y: pl.Series) -> float:
    if x.dtype == pl.String:
        counts = x.value_counts(name="a").join(y.value_counts(name="b"), on=x.name, how="full", coalesce=True)
        p, q = (counts[c].fill_null(0).to_numpy() / len(s) for c, s in (("a", x), ("b", y)))
        statistic = float(((p - q) ** 2 / (p + q)).sum()) * len(x)
        df = len(p) - 1
        return 0.0 if statistic > df + 4.5 * np.sqrt(2 * df) + 6 else 1.0
    a, b = (s.drop_nulls().drop_nans().sort().to_numpy() if s.dtype.is_float() else s.sort().to_numpy() for s in (x, y))
    every = np.concatenate([a, b])
    gap = np.searchsorted(a, every, side="right") / len(a) - np.searchsorted(b, every, side="right") / len(b)
    scaled = float(np.abs(gap).max()) * np.sqrt(len(a) * len(b) / (len(a) + len(b)))
    return float(min(2 * np.exp(-2 * scaled**2), 1.0))


def sterling(first: Path, second: Path) -> set[str]:
    """Every statistic with its interval, tests adjusted together."""
    from sterling.pipeline.tables import profile

    run = profile(second, others=[first], checks=["DA012"])
    about = run.evidence[0].about
    assert about is not None
    return {d.column for d in about.drifts[0].found if d.drifted}


def measure() -> list[Line]:
    """Sterling and Polars here, the others where they live."""
    first, second = files(ROWS)
    found: dict[str, set[str]] = {}

    def ours() -> None:
        found["sterling"] = sterling(first, second)

    def hand() -> None:
        found["Polars by hand"] = by_hand(first, second)

    own, polars = in_process(ours, hand, times=3)
    lines = [
        plain("sterling, eleven statistics and their intervals, CPU", own.cpu, "s"),
        plain("Polars by hand, one p-value a column, CPU", polars.cpu, "s"),
        *_verdicts("sterling", found["sterling"], promised=True),
        *_verdicts("Polars by hand", found["Polars by hand"]),
    ]
    for peer in ("tfdv", "evidently"):
        lines += _peer(peer, first, second, own.cpu)
    return lines


def _verdicts(who: str, found: set[str], *, promised: bool = False) -> list[Line]:
    false, missed = len(found - set(CHANGED)), len(set(CHANGED) - found)
    made = [
        (f"{who}, false alarms among 26 columns that did not change", false),
        (f"{who}, changed columns missed", missed),
    ]
    return [at_most(what, float(n), 0, "columns") if promised else plain(what, float(n), "columns") for what, n in made]


def _peer(name: str, first: Path, second: Path, ours: float) -> list[Line]:
    python = CACHE / "peers" / name / "bin" / "python"
    if not python.exists():
        return [Line(what=f"{name}: not measured, `make bench-peers` makes its environment", figure="–")]
    script = Path(__file__).parent / f"drift_{name}.py"
    try:
        done = subprocess.run(
            [str(python), str(script), str(first), str(second)],
            capture_output=True,
            text=True,
            check=False,
            timeout=STOP,
        )
    except subprocess.TimeoutExpired:
        return [Line(what=f"{name}, stopped", figure=f"> {STOP} s")]
    if done.returncode:
        return [Line(what=f"{name}: ended with {done.returncode}: {done.stderr.strip()[-80:]}", figure="–")]
    said = json.loads(done.stdout.strip().splitlines()[-1])
    scores: dict[str, float] = said["scores"]
    alarms = _above(scores) if said["threshold"] else set(said["drifted"])
    what, ratio = f"{name} ÷ sterling, CPU", said["cpu"] / ours
    line = at_least(what, ratio, 4, "×") if name == "tfdv" else plain(what, ratio, "×")
    return [plain(f"{name}, CPU", said["cpu"], "s"), line, *_verdicts(name, alarms)]


def _above(scores: dict[str, float]) -> set[str]:
    """The columns at or above the score of the changed column of their kind that scores least."""
    kinds = [{c for c in scores if c.startswith("s") == text} for text in (False, True)]
    return {c for kind in kinds for c in kind if scores[c] >= min(scores[k] for k in kind if k in CHANGED)}


CLAIM = Claim(
    name="drift",
    statement=f"two tables of {ROWS:,} rows and 30 columns, four of which changed; from Parquet",
    measure=measure,
)

if __name__ == "__main__":
    later(int(sys.argv[1])).write_parquet(sys.argv[2], row_group_size=250_000)
