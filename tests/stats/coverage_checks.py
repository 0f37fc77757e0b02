"""Tables of docs/coverage.md about checks of groups and of data, and about tables that rules ask for."""

from __future__ import annotations

import sterling.pipeline.examine  # noqa: F401 importing it makes the checks of every shelf known
from sterling.core.registry import find_check
from tests.stats import attribution_worlds, data_worlds, decision_worlds, inferred_worlds, kept, table_worlds
from tests.stats.coverage_whole import percent, table
from tests.stats.object_worlds import KINDS, PER_CLUSTER


def decision_table() -> str:
    equal, apart = ([kept.figures(f"decisions, {s}, {d}") for d in KINDS] for s in decision_worlds.SHIFT)
    rows = [
        [name, *(percent(f[f"{name}, over"]) for f in equal), *(percent(f[f"{name}, within"]) for f in apart)]
        for name in sorted(decision_worlds.NAMES)
    ]
    note = (
        f"### Checks of groups: the two errors of a decision\n\n{decision_worlds.WORLDS} worlds a cell (standard error "
        f"about 1 point near 5) of three groups of {decision_worlds.EACH}. Weights are "
        f"lognormal with sigma 0.6; clusters of {PER_CLUSTER} share 36 % of the variance, none lies in two groups. "
        "*Over*: the groups are equal, and the limit is what is true: how often the bound that can exceed it does. "
        "*Within*: one group's scores lie 0.3 to 0.9 standard deviations higher, and the limit is exactly what is "
        "true: how often the other bound falls short of it. Both are meant to stay at or below 5. A dash: not told of "
        "clusters.\n\n"
    )
    head = ["question", *(f"over, {d}" for d in KINDS), *(f"within, {d}" for d in KINDS)]
    return note + table(head, rows)


def attribution_table() -> str:
    rows = []
    for words in attribution_worlds.GROUPS:
        for n in attribution_worlds.SIZES:
            found = [kept.figures(f"attributions, {words}, {n}, {d}") for d in KINDS]
            rows += [[name, words, str(n), *(percent(f[name]) for f in found)] for name in found[0]]
    note = (
        f"### What moves the scores of whom\n\n{attribution_worlds.WORLDS} worlds a cell (standard error 1.5 points): "
        "attributions of three features in three groups. Of the gaps that hold together, how often all nine of them "
        "do; of the widest, how often each of its ends does. Means, sizes and totals of attributions are those of any "
        "column of numbers.\n\n"
    )
    return note + table(["number", "groups", "n", *KINDS], rows)


def inferred_table() -> str:
    rows = []
    for assume in inferred_worlds.BEYOND:
        for n in inferred_worlds.SIZES:
            found = [kept.figures(f"inferred, {assume}, {n}, {d}") for d in KINDS]
            rows += [[assume, name, str(n), *(percent(f[name]) for f in found)] for name in found[0]]
    note = (
        f"### Groups that are known by chances only\n\n{inferred_worlds.WORLDS} worlds a cell (standard error 1.3 "
        "points): how often each end lies beyond the end that very many people have. Where nothing is assumed, the "
        "group raises the rate by 0.15 among people of equal chances, and those ends are the bounds. Gaps' ends are "
        "one-sided and meant to hold in 95 of 100 samples, those of a single rate in 95 (bounds) or 97.5.\n\n"
    )
    return note + table(["assumed", "end", "n", *KINDS], rows)


def data_table() -> str:
    rows = []
    for kind, (_, weights) in data_worlds.KINDS.items():
        for n in data_worlds.SIZES:
            found = [
                kept.figures(f"data, {kind}, {n}, {words}") if weights or "weighted" not in words else None
                for words in data_worlds.WORDS
            ]
            assert found[0] is not None
            rows += [[name, f"{n:,}", *("–" if f is None else percent(f[name]) for f in found)] for name in found[0]]
    note = (
        f"### {TABLES}\n\n{data_worlds.WORLDS:,} worlds a cell (standard error 1.1 points) of n rows, of two tables "
        "where two are compared; weights are lognormal with sigma 0.6, and a dash stands where there are none. "
        "*Equal*: populations without a difference: the number is 0 and only the low end can miss (but for new values, "
        "copies, and numbers that groups of different sizes have). Bounds of the largest difference of a share, of the "
        "total variation and of the distances of Kolmogorov and Smirnov and of Wasserstein hold whatever the "
        "distribution, and more often than they promise.\n\n"
    )
    return note + table(["number", "n", *data_worlds.WORDS], rows)


def rule_table() -> str:
    rows = []
    for n in table_worlds.SIZES:
        for rates in table_worlds.RATES:
            found = kept.figures(f"rules, {rates} rates, {n}")
            rows += [[f"{name}, {rates} rates", str(n), percent(share)] for name, share in found.items()]
        rows += [[name, str(n), percent(share)] for name, share in kept.figures(f"rules, models, {n}").items()]
    note = (
        f"### Tables that rules ask for\n\n{table_worlds.WORLDS:,} worlds a cell (standard error 0.7 points). Ratios: "
        "of four groups of n each to the one whose rate came out highest, rates 0.3, or 0.5, 0.4, 0.3 and 0.2. The "
        "rules ask for each category by itself, and the highest of equal rates is too high by chance: there the "
        "interval holds less often. The check FA002, whose bounds allow for it, is the one to decide on. Two models: n "
        "people. *Count as predicted*: within the range that the predictions foretell. *No sure fall*: five bands of "
        "equal rates, none called falling.\n\n"
    )
    return note + table(["number", "n", "coverage"], rows)


GROUPS = "Checks of groups: the two errors of a decision"
SHARE, MANY_GROUPS, AREA = "One share", "Many equal groups: false alarms at limit 0", "Area under the ROC curve"
TABLES, PAIRED = "Data: distances, balance, associations", "Tables that rules ask for"
WHERE: dict[str, tuple[str, ...]] = {
    "QU001": ("Yes/no models", "Models that predict a number", "Models that name a class",
              "Several labels, and sets", "Rankings", "Masks and boxes", "Texts"),
    "QU002": ("Yes/no models",),
    "QU003": ("Slices that were found: the numbers that confirm them", "Slices that were found: false discoveries"),
    "QU004": ("One model less another on the same rows", "Texts"),
    "QU005": ("Models that name a class", MANY_GROUPS),
    "FA001": (GROUPS, MANY_GROUPS, "Many groups, one of them exactly at the limit: declared within"),
    "FA002": (GROUPS,), "FA003": (GROUPS,), "FA004": (GROUPS,), "FA005": (GROUPS,), "FA006": (GROUPS,),
    "FA007": (GROUPS,),
    "FA008": (SHARE,), "FA009": (), "FA010": (), "FA011": (SHARE,),
    "FA020": ("Groups that are known by chances only",),
    "EX001": ("What moves the scores of whom", "Any column of numbers"),
    "DA001": ("How many of all rows are in a group", SHARE), "DA002": (),
    "DA003": (SHARE, "Difference of two shares", "Ratio of two shares"),
    "DA004": (TABLES,), "DA005": (MANY_GROUPS,), "DA006": (MANY_GROUPS,), "DA007": (SHARE, "Weighted share"),
    "DA008": (AREA, PAIRED), "DA009": (), "DA010": (TABLES, SHARE), "DA011": (), "DA012": (TABLES,), "DA013": (SHARE,),
    "DA014": (TABLES, "Clustered share"), "DA015": (TABLES, "Clustered share"), "DA016": (AREA, SHARE),
    "DA017": (AREA,), "DA018": (SHARE,), "DA019": (SHARE,),
    "DA020": (SHARE, "Mean loss of a calibrated score"), "DA021": (),
}  # fmt: skip
"""By the code of a check: the tables that say how well its intervals hold; none where it has no interval."""


ELSEWHERE = {
    "FA009": "its own page: 95 to 100 in simulations of decisions of neighbours",
    "FA010": "its low end is what 95 % of tables drawn from the predictions reach: it holds by how it is made",
}
"""Checks whose intervals are of a kind of their own."""


def index_table() -> str:
    rows = [
        [code, find_check(code).title, "; ".join(WHERE[code]) or ELSEWHERE.get(code, "counted, no interval")]
        for code in sorted(WHERE)
    ]
    return "### Where to look, by check\n\n" + table(["check", "title", "tables"], rows)
