"""Tables of docs/coverage.md about whole evaluations: kinds of models, weights, clusters, slices that were found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tests.stats import kept, share_worlds, slice_worlds, task_worlds, text_worlds
from tests.stats.object_worlds import KINDS, PER_CLUSTER

CONTRASTS = 300
SEARCHES = {"searched": 60, "believing in noise": 60}
"""Worlds of a cell, by how willing the search is."""


def percent(x: float) -> str:
    """One decimal, and a dash where too few worlds have a value."""
    return "–" if x != x else f"{100 * x:.1f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


WHOLE = (
    "## Whole evaluations\n\n"
    f"{task_worlds.WORLDS} worlds a cell (standard error 1.5 points), or {task_worlds.FEWER} where that is said (2.2). "
    f"Each world is n rows: of rankings n queries of {task_worlds.PER_QUERY} candidates, of masks and boxes n images. "
    "Weights are lognormal with sigma 0.6, so that n rows are worth 0.7 n. Clusters hold "
    f"{PER_CLUSTER} rows (queries, images) that share 36 % of the variance of what they are: 60 rows are 12 clusters. "
    "The truth is the same evaluation of 10,000 to 900,000 rows. With weights, and with 12 clusters, some "
    "intervals hold "
    "in 90 to 94 of 100 samples rather than 95; others allow for more than there is. A dash: fewer than nine worlds in "
    "ten have a value.\n"
)

FAMILIES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "Yes/no models": (
        ("yes/no", "your own"),
        "*Your own*: the median score of the positives as a Python function, {few} worlds. The Kolmogorov-Smirnov "
        "distance "
        "and the largest F1 are the largest of many numbers and biased upwards: among 60 people, and more with "
        "weights, the "
        "distance holds in 84 to 90 of 100 samples. So does average precision among 60 people with weights (some 20 "
        "positives). The calibration error allows for what chance adds and holds more often than it promises.",
    ),
    "Two groups of a slice": (
        ("two groups",),
        "Gaps and ratios drawn between two groups: each group's own interval, joined by square-and-add. Of "
        "clusters that lie "
        "in both groups the two move together, which the interval does not use: it is then too wide.",
    ),
    "One model less another on the same rows": (
        ("change of", "change of numbers", "change of classes", "change of rankings", "change of labels",
         "change of sets", "change of masks", "change of boxes"),
        "*Labels*: of several labels. *Boxes*: {few} worlds; of one class or size, and with weights, changes of "
        "average precision held in 85 to 91 of 100 samples. Among 60 images changes of masks, and with weights or in "
        "12 clusters changes of an AUC, held in 90 to 93. Changes of texts stand under texts.",
    ),
    "Models that predict a number": (("number",), ""),
    "Models that name a class": (
        ("classes",),
        "Three classes. *Top* metrics take the two most probable as named. Averages over classes of numbers of "
        "single classes "
        "(*macro top*, *macro AUC*) take the classes' errors to go fully together, and hold more often than they "
        "promise.",
    ),
    "Several labels, and sets": (("several labels", "sets"), "Three labels that go together; up to seven tags a row."),
    "Rankings": (
        ("ranking", "ranking, a group"),
        "*A group*: those of its candidates who share lists with the other group's, {few} worlds.",
    ),
    "Masks and boxes": (
        ("masks", "boxes"),
        "Boxes: {few} worlds, four objects an image on average of two classes; *small*, *medium* and *large* are "
        "thirds "
        "of them. Average precision needs many objects: of one size, some 80 in 60 images, it held in 84 to 96 of 100 "
        "samples, and of all sizes in 20 or 30 images in 85 to 93.",
    ),
    "Any column of numbers": (
        ("any column",), "*total(…)* is the mean times the rows, and holds as often. *mean(label)* is a share of rows."
    ),
}  # fmt: skip
"""By heading: which kinds of model, and what is to be said of them."""


def family_table(title: str) -> str:
    """Metrics of some kinds of model by how the rows depend on each other."""
    names, note = FAMILIES[title]
    rows = []
    for name in names:
        asked = task_worlds.ASKED[name]
        for n in asked.sizes:
            found = [kept.figures(f"{name}, {n}, {kind}") for kind in KINDS]
            rows += [[name, m.replace("_", " "), str(n), *(percent(f[m]) for f in found)] for m in asked.metrics]
    note = note.format(few=task_worlds.FEWER)
    return f"### {title}\n\n" + (f"{note}\n\n" if note else "") + table(["model", "metric", "n", *KINDS], rows)


def text_table() -> str:
    """Intervals of metrics of texts, on samples of real sentences."""
    rows = []
    for answers in text_worlds.EVERY:
        for n in text_worlds.SIZES:
            found = kept.figures(f"texts, {answers}, {n}")
            rows.append([answers, str(n), *(percent(found[name]) for name in text_worlds.METRICS)])
    note = (
        f"### Texts\n\n{text_worlds.WORLDS} worlds a cell, each n pairs drawn from those of `examples/rewriting`, of "
        "which all together are the truth; standard error 1.3 points. BLEU and the length ratio are linearised, ROUGE "
        "is a mean between 0 and 1: its interval allows for what a sample did not meet, and holds more often than it "
        "promises. "
        "Hardly any answer of other sentences is its reference, so that many samples of 30 have none. Clusters are "
        "three "
        "equal rows; weights are gamma distributed, so that n rows are worth 0.67 n.\n\n"
    )
    return note + table(["answers", "n", *(name.replace("_", " ") for name in text_worlds.METRICS)], rows)


def share_table() -> str:
    """How many of all rows are in a group (`representation`)."""
    rows = []
    for n in share_worlds.SIZES:
        found = [kept.figures(f"representation, {n}, {kind}") for kind in KINDS]
        rows.append(["representation", str(n), *(percent(f["representation"]) for f in found)])
    note = (
        f"### How many of all rows are in a group\n\n{share_worlds.SHARES:,} worlds, 1 in 5 rows in the "
        f"group. In clusters of {PER_CLUSTER} they are taken to be alike, the careful end; here a cluster's chance "
        "varies from 0 to 1 (beta, 1 and 4).\n\n"
    )
    return note + table(["metric", "n", *KINDS], rows)


def contrast_table() -> str:
    """A slice against everyone else, on rows that had no part in finding it."""
    words = {"event": "an error", "bounded": "a squared error of a probability", "positive": "an absolute error"}
    rows = []
    for kind, name in words.items():
        found = [kept.figures(f"found slices, {kind}, {d}") for d in KINDS]
        rows += [[name, what, *(percent(f[what]) for f in found)] for what in slice_worlds.CONTRASTED]
    note = (
        "### Slices that were found: the numbers that confirm them\n\n"
        f"{CONTRASTS} worlds a cell (standard error 1.3 points): {slice_worlds.INSIDE} of {slice_worlds.ROWS:,} rows "
        "of the half that did not find the slice. For the first two lines they are 1.5 times as bad as the others, for "
        "the third no worse; it should stay at or below 5. Of an absolute error, which has no upper end, p is somewhat "
        "too small with weights; a slice is confirmed in one direction only, which halves what is shown here.\n\n"
    )
    return note + table(["loss", "what", *KINDS], rows)


def discovery_table() -> str:
    names = {"binary": "yes/no", "regression": "number", "multiclass": "class"}
    rows = []
    for search in SEARCHES:
        for task, name in names.items():
            found = [kept.figures(f"{search}, {task}, {d}") for d in KINDS]
            rows.append([f"{name}, {search}", *(percent(f["wrong"]) for f in found),
                         *(f"{f['candidates']:.1f}" for f in found)])  # fmt: skip
    few, many = SEARCHES.values()
    note = (
        f"### Slices that were found: false discoveries\n\n{few} worlds a cell of 1,500 rows in which nothing is worse "
        "anywhere: the share in which any slice is confirmed, which should stay at or below 5 (standard error 2.8 "
        "points), and how many candidates a world sent to be confirmed. *Believing in noise*: the search sends "
        f"whatever it meets, {many} worlds of 1,000 rows.\n\n"
    )
    return note + table(["model", *KINDS, *(f"candidates, {d}" for d in KINDS)], rows)
