"""Slices found automatically: 20 features of a million rows, searched, confirmed, with tree and heat map."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl

import sterling as st
from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.measure import in_process

ROWS = 1_000_000
NUMBERS, COUNTS, TEXTS = 12, 4, 4
BINS = 16


def table(rows: int, seed: int = 0) -> pl.DataFrame:
    """Twenty features, a label and decisions that are wrong thrice as often where x0 is positive and t1 is v3."""
    random = np.random.default_rng(seed)
    columns: dict[str, object] = {f"x{i}": random.normal(size=rows) * 10.0 ** (i % 4) for i in range(NUMBERS)}
    columns |= {f"n{i}": random.integers(0, 30, rows) for i in range(COUNTS)}
    columns |= {f"t{i}": random.choice([f"v{j}" for j in range(5 * (i + 1))], rows) for i in range(TEXTS)}
    weak = (np.asarray(columns["x0"]) > 0) & (np.asarray(columns["t1"]) == "v3")
    label = random.random(rows) < 0.3
    wrong = random.random(rows) < np.where(weak, 0.3, 0.1)
    return pl.DataFrame(columns | {"label": label * 1, "decision": (label ^ wrong) * 1})


def measure() -> list[Line]:
    """Sterling's whole search beside one tree of scikit-learn, and beside counting every pair of columns by hand."""
    from sklearn.tree import DecisionTreeClassifier

    people = table(ROWS)
    features = [c for c in people.columns if c not in ("label", "decision")]
    wrong = pl.col("label") != pl.col("decision")

    def sterling() -> object:
        plan = st.Plan(asks=(st.ask("QU003"),), grid=False)
        run = st.evaluate(people, label="label", prediction="decision", plan=plan)
        found = run.evidence[0].discovered
        assert found is not None and {c.feature for c in found.confirmed[0].conditions} == {"x0", "t1"}
        return found

    def tree() -> object:
        """Half of the rows, categories as codes, depth three; no interval, and nothing confirmed."""
        half = people.head(ROWS // 2).with_columns(pl.col(pl.String).cast(pl.Categorical).to_physical())
        answers = half.select(wrong).to_series().to_numpy()
        return DecisionTreeClassifier(max_depth=3, min_samples_leaf=5_000).fit(
            half.select(features).to_numpy(), answers
        )

    def by_hand() -> object:
        """Half of the rows, numbers in quantile bins, then the error rate of every cell of every two columns."""
        half = people.head(ROWS // 2).with_columns(wrong.alias("wrong"))
        binned = half.with_columns(
            pl.col(c).qcut(BINS, allow_duplicates=True).to_physical() for c in features if half[c].dtype.is_numeric()
        )
        return [
            binned.lazy().group_by(pair).agg(pl.len(), pl.col("wrong").sum()).collect()
            for pair in combinations(features, 2)
        ]

    ours, sklearn, polars = in_process(sterling, tree, by_hand, times=1)
    return [
        at_most("sterling, wall", ours.wall, 60, "s"),
        plain("sterling, CPU", ours.cpu, "s"),
        plain("one tree of scikit-learn on half of the rows, CPU", sklearn.cpu, "s"),
        plain("cells of every two columns with Polars on half of the rows, CPU", polars.cpu, "s"),
        plain("sterling ÷ Polars by hand, CPU", ours.cpu / polars.cpu, "×"),
    ]


CLAIM = Claim(
    name="discovery",
    statement=f"{ROWS:,} rows, {NUMBERS + COUNTS + TEXTS} features: weak slices of up to three conditions, confirmed",
    measure=measure,
)
