"""Writes docs/coverage.md and, beside this file, what it was made of: `python -m tests.stats.coverage`.

With words after it, whole evaluations are made again only where a cell's name in coverage.json holds one of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from sterling.stats.difference import miettinen_nurminen, newcombe
from sterling.stats.power import power_to_decide
from sterling.stats.proportion import clopper_pearson, wilson
from sterling.stats.ratio import mover_ratio, ratio_log, ratio_score
from tests.stats import coverage_checks as checks
from tests.stats import coverage_whole as whole
from tests.stats import enumeration as exact
from tests.stats import kept, score_worlds, worlds
from tests.stats.cells import CELLS
from tests.stats.coverage_whole import percent, table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "coverage.md"
DRAWS = 4000
NULL_DRAWS = 2000
SCORE_DRAWS = 200

HEAD = """# How well the intervals cover

A 95 % interval should hold the truth in 95 of 100 samples. Counts are whole numbers, so no method does so everywhere;
what can be asked is how close the *mean* over a grid of truths comes, and how low the *minimum* falls. Both are given
here, never one number. This page is written by `python -m tests.stats.coverage`; tests make part of
it again.
"""

EXACT = """
## Counted exactly

Every possible outcome is enumerated and its probability added up: no simulation. Figures are percent.
"""

SIMULATED = f"""
## Simulated

Fixed seeds, {DRAWS:,} samples a cell unless said otherwise (standard error about 0.3 points near 95).
Figures are percent.
"""


def summary(values: Iterable[float]) -> list[str]:
    numbers = np.array(list(values))
    return [percent(float(numbers.mean())), percent(float(numbers.min()))]


def mover(a: exact.Floats, m: float, b: exact.Floats, n: float) -> exact.Interval:
    first, second = wilson(a, m), wilson(b, n)
    return mover_ratio(a / m, first.low, first.high, b / n, second.low, second.high)


def proportion_table() -> str:
    methods = {"Wilson": wilson, "Clopper-Pearson": clopper_pearson, "Wald (not used)": exact.wald}
    rows = (
        [name, str(n), *summary(exact.one_proportion(method, n))]
        for name, method in methods.items()
        for n in exact.SIZES
    )
    note = "### One share\n\np = 0.01, 0.02 … 0.99. Estimates of rates are drawn with Wilson's interval.\n\n"
    return note + table(["method", "n", "mean", "minimum"], rows)


def pair_table(title: str, methods: dict[str, exact.Two], grid: str, *, ratio: bool) -> str:
    measure = exact.ratio_of_proportions if ratio else exact.two_proportions
    rows = (
        [name, f"{m}, {n}", *summary(measure(method, m, n).ravel())]
        for name, method in methods.items()
        for m, n in exact.PAIRS
    )
    return f"### {title}\n\n{grid}\n\n" + table(["method", "n1, n2", "mean", "minimum"], rows)


def decision_table() -> str:
    rows = []
    for m, n in ((30, 30), (10, 100), (30, 300), (100, 100), (300, 300)):
        over = [percent(float(exact.false_over(m, n, exact=e).max())) for e in (False, True)]
        within = [
            percent(max(float(exact.false_within(m, n, d, exact=e).max()) for d in (0.05, 0.1, 0.2)))
            for e in (False, True)
        ]
        rows.append([f"{m}, {n}", *over, *within])
    note = (
        "### Two groups: the two errors of a decision\n\n"
        "The largest chance, over p = 0.01 … 0.99, of each error. *Over* by mistake: equal groups, limit 0. *Within* "
        "by mistake: groups exactly 0.05, 0.1 or 0.2 apart, with that as the limit. Both are meant to stay at or below "
        "5. Decisions use exact limits in square-and-add; the Wilson columns show why.\n\n"
    )
    return note + table(["n1, n2", "over, Wilson", "over, exact", "within, Wilson", "within, exact"], rows)


def f1_table() -> str:
    rows = ([str(n), *summary(c for _, c in exact.f1_worlds(n))] for n in (10, 20, 30))
    note = (
        "### F1\n\nWilson's interval of the threat score, along the curve on which F1 rises with it. Prevalence "
        "0.1, 0.3, 0.5; recall 0.3, 0.6, 0.9; false positive rate 0.05, 0.2, 0.5; among samples where F1 is defined."
        "\n\n"
    )
    return note + table(["n", "mean", "minimum"], rows)


def null_table() -> str:
    rows = []
    for sizes in ([300] * 2, [300] * 3, [300] * 5, [300] * 10, [5] * 4 + [1000], [20] * 8 + [2000] * 2):
        naive, loose, ours = [], [], []
        for seed, p in enumerate((0.5, 0.1, 0.02)):
            naive.append(worlds.naive_alarms(sizes, p, draws=NULL_DRAWS, seed=seed))
            for exact_, into in ((False, loose), (True, ours)):
                found = worlds.gaps(sizes, p, draws=NULL_DRAWS, seed=seed, exact=exact_)
                into.append(float((found.at_least > 0).mean()))
        rows.append([groups(sizes), *(percent(max(part)) for part in (naive, loose, ours))])
    note = (
        f"### Many equal groups: false alarms at limit 0\n\nThe largest share of {NULL_DRAWS:,} worlds, over rates "
        "0.5, 0.1 and 0.02, in which the widest gap is declared over 0. *Plain*: the ordinary interval of the widest "
        "gap.\n\n"
    )
    return note + table(["groups", "plain", "simultaneous, Wilson", "simultaneous, exact (used)"], rows)


def groups(sizes: Sequence[int]) -> str:
    kinds = dict.fromkeys(sizes)
    return " and ".join(f"{list(sizes).count(n)} of {n:,}" for n in kinds)


def power_table() -> str:
    rows = []
    for p, limit in ((0.1, 0.05), (0.3, 0.0764), (0.5, 0.0833), (0.5, 0.05)):
        chances = [power_to_decide([1000] * k, p, limit, draws=NULL_DRAWS).within for k in (2, 5, 10)]
        rows.append([str(p), str(limit), *map(percent, chances)])
    note = (
        "### Power: equal groups of 1,000 declared within a limit\n\nA limit is only as reachable as the rate allows: "
        "near 0.5 a limit of 0.05 needs more people. For five groups the chance is about 75 % when the limit is 0.05 "
        "at a rate of 0.1, or 0.083 at a rate of 0.5.\n\n"
    )
    return note + table(["rate", "limit", "2 groups", "5 groups", "10 groups"], rows)


def within_table() -> str:
    rows = []
    for sizes in ([300] * 3, [300] * 5, [30] * 2 + [1000] * 2, [10] + [1000] * 4):
        worst = 0.0
        for seed, (p, limit) in enumerate(((0.01, 0.1), (0.05, 0.2), (0.3, 0.1), (0.5, 0.05))):
            rates = [p + limit, *[p] * (len(sizes) - 1)]
            found = worlds.gaps(sizes, rates, draws=NULL_DRAWS, seed=seed)
            worst = max(worst, float((found.at_most < limit).mean()))
        rows.append([groups(sizes), percent(worst)])
    note = (
        f"### Many groups, one of them exactly at the limit: declared within\n\nThe largest share of {NULL_DRAWS:,} "
        "worlds, over rates 0.01, 0.05, 0.3, 0.5 and limits 0.1, 0.2, 0.1, 0.05. Should stay at or below 5.\n\n"
    )
    return note + table(["groups", "within by mistake"], rows)


def versus(title: str, note: str, first: str, rows: Iterable[tuple[str, list[tuple[float, float]]]], other: str) -> str:
    lines = ([name, *summary(a for a, _ in c), *summary(b for _, b in c)] for name, c in rows)
    head = [first, "mean", "minimum", f"mean, {other}", f"minimum, {other}"]
    return f"### {title}\n\n{note}\n\n" + table(head, lines)


def auc_table() -> str:
    sizes = ((5, 5), (5, 30), (30, 30), (20, 200))
    rows = [(f"{m}, {n}", worlds.auc_worlds(m, n, draws=DRAWS // (4 if m * n > 1000 else 1), seed=m)) for m, n in sizes]
    note = (
        "Areas 0.5, 0.7, 0.85, 0.95, 0.99; normal scores, positives 0.5, 1 and 2 times as spread as negatives (1,000 "
        "samples a cell for 20, 200). The logit interval does not exist for perfect separation; such samples are left "
        "out of its figures and kept in ours."
    )
    return versus("Area under the ROC curve", note, "positives, negatives", rows, "DeLong on the logit scale")


def weight_table() -> str:
    kinds = ("lognormal", "a tenth weighs 10", "hits weigh 0.3", "hits weigh 3")
    rows = [(kind, worlds.weight_worlds(kind, draws=DRAWS, seed=i)) for i, kind in enumerate(kinds)]
    note = (
        "n = 30, 100, 300; p = 0.03, 0.1, 0.3, 0.5. Lognormal weights have sigma 0.8, in the last two rows times the "
        "factor named. Steadied effective n against the plain linearised one."
    )
    return versus("Weighted share", note, "weights", rows, "plain")


def cluster_table() -> str:
    rows = [(str(m), worlds.cluster_worlds(m, draws=DRAWS, seed=m)) for m in (5, 10, 30, 100)]
    note = "10 people a cluster; p = 0.1, 0.3, 0.5; correlation inside clusters 0.001, 0.1, 0.3."
    return versus("Clustered share", note, "clusters", rows, "clusters ignored")


def mean_table() -> str:
    shapes = {"one half": (2.0, 2.0), "1 in 11": (0.5, 5.0), "1 in 41": (0.5, 20.0)}
    rows = [
        (f"{kind}, {name}", worlds.mean_worlds(kind, shape, draws=DRAWS, seed=i))
        for kind in ("Brier score", "log loss")
        for i, (name, shape) in enumerate(shapes.items())
    ]
    note = (
        "n = 10, 30, 100, 300. No interval can know of a rare large loss that the sample never met: at 1 positive in "
        "41 a sample of 10 or 30 often holds none, and the log loss, which has no upper end, is then understated."
    )
    return versus("Mean loss of a calibrated score", note, "loss, positives", rows, "Student's t")


def exact_part() -> str:
    differences = {"Newcombe": newcombe, "Miettinen-Nurminen": miettinen_nurminen}
    ratios = {"square-and-add (used)": mover, "score": ratio_score, "log (Katz)": ratio_log}
    grid = "p1 and p2 each 0.01, 0.02, 0.05, 0.1, 0.2 … 0.9, 0.95, 0.98, 0.99."
    coarse = "p1 and p2 each 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9."
    parts = [
        proportion_table(),
        pair_table("Difference of two shares", differences, grid, ratio=False),
        pair_table("Ratio of two shares", ratios, coarse, ratio=True),
        decision_table(),
        f1_table(),
    ]
    return EXACT + "\n" + "\n".join(parts)


def score_table() -> str:
    """Metrics of scores: those that are linearised, and those whose spread is resampled."""
    names = [*score_worlds.LINEARISED, "expected calibration error"]
    rows = []
    for n in (50, 400):
        figures = [score_worlds.linearised(name, n, SCORE_DRAWS) for name in score_worlds.LINEARISED]
        rows += [[name, str(n), percent(x)] for name, x in zip(names, [*figures, score_worlds.binned(n, SCORE_DRAWS)],
                                                               strict=True)]  # fmt: skip
    found = score_worlds.searched(100, SCORE_DRAWS // 2)
    rows += [[f"{name} (resampled)", "100", percent(x)] for name, x in found.items()]
    note = (
        "### Metrics of scores\n\nThree in ten labels positive, a calibration slope of 0.8. "
        f"{SCORE_DRAWS} samples a cell, {SCORE_DRAWS // 2} where the spread is resampled (standard error 1.5 to 2.2 "
        "points). The low end of a calibration error allows for what chance adds, which is much among 50 people. The "
        "Kolmogorov-Smirnov distance is the largest of many differences and biased upwards.\n\n"
    )
    return note + table(["metric", "n", "coverage"], rows)


PARTS: dict[str, Callable[[], str]] = {
    "equal groups": null_table,
    "a group at the limit": within_table,
    "power": power_table,
    "areas": auc_table,
    "weights": weight_table,
    "clusters": cluster_table,
    "means": mean_table,
    "scores": score_table,
    **{title: partial(whole.family_table, title) for title in whole.FAMILIES},
    "texts": whole.text_table,
    "shares of rows": whole.share_table,
    "found slices": whole.contrast_table,
    "false discoveries": whole.discovery_table,
    "decisions": checks.decision_table,
    "attributions": checks.attribution_table,
    "inferred groups": checks.inferred_table,
    "tables": checks.data_table,
    "rules": checks.rule_table,
    "where": checks.index_table,
}
"""What is simulated, a table each."""


def simulated_part() -> str:
    made = {name: part() for name, part in PARTS.items()}
    first = next(iter(whole.FAMILIES))
    made[first] = whole.WHOLE + "\n" + made[first]
    return SIMULATED + "\n" + "\n".join(made.values())


if __name__ == "__main__":
    kept.write(CELLS, sys.argv[1:])
    PAGE.write_text(HEAD + exact_part() + simulated_part(), encoding="utf-8")
