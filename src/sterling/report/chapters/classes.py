"""Several classes: how well each is recognised, and which is taken for which, for everyone and for groups."""

from __future__ import annotations

from sterling.core.confusion import Confusion
from sterling.core.document import Block, Cell, Grid, HeatCell, HeatMap, Section
from sterling.core.evidence import Evidence
from sterling.core.of_class import write_class
from sterling.core.rates import threshold_text
from sterling.core.run import Run
from sterling.core.slices import EVERYONE
from sterling.core.table import EstimateTable
from sterling.report.parts import cell, headed, line
from sterling.report.people import group, noun
from sterling.report.small_cells import SMALL_SHARE, withheld_cells
from sterling.report.text import FEW, capital, count, decimals, number

COLUMNS = (
    ("true_positive_rate", "Recall"), ("precision", "Precision"), ("f1", "F1"), ("auc", "AUC"),
    ("iou", "IoU"), ("dice", "Dice"), ("pixel_recall", "Recall"), ("pixel_precision", "Precision"),
    ("pixel_share", "Share of labels"), ("predicted_share", "Share predicted"),
    ("prevalence", "Share of labels"), ("selection_rate", "Share predicted"),
)  # fmt: skip

COSTS = {
    "abstention_rate": "No class named", "micro_precision": "Right, of those named", "accuracy": "Right, of all",
    "balanced_accuracy": "Mean recall of the classes",
}  # fmt: skip
MOST_COSTS = 20
NOTHING = "no prediction"
BY_GROUP = "By group: of the labels of each class, what was predicted"


def sections(run: Run) -> tuple[Section, ...]:
    """A section for each model of several classes or labels; the model is named when there are several."""
    if run.roles.task == "multilabel":
        return tuple(_labels(t, run, k, len(run.tables) > 1) for k, t in enumerate(run.tables, start=1))
    asked = [e for e in run.evidence if e.confusion is not None]
    seen: dict[tuple[str | None, float | None], Evidence] = {}
    for evidence in asked:
        seen.setdefault((evidence.model, _threshold(evidence)), evidence)
    several = len({model for model, _ in seen}) > 1
    made = enumerate(seen.values(), start=1)
    return tuple(_section(e, e.confusion, run, k, several) for k, e in made if e.confusion is not None)


def _threshold(evidence: Evidence) -> float | None:
    """Below which confidence no class is named; None where every row has one."""
    abstains = evidence.confusion is not None and evidence.confusion.abstains
    return evidence.findings[0].threshold if abstains else None


def _section(evidence: Evidence, found: Confusion, run: Run, place: int, several: bool) -> Section:
    model = f": {line(str(evidence.model), 40)}" if several else ""
    table = next((t for t in run.tables if t.model == evidence.model), None)
    by_group = [_map(found, i, run, among=True) for i in range(1, len(found.slices))]
    cut = _threshold(evidence)
    least = "" if cut is None else f", named at {threshold_text(cut)} or more"
    costs = _costs(table) if cut is not None and cut == run.plan.threshold and table is not None else ()
    return Section(
        id=f"classes-{place}" if place > 1 else "classes",
        title=f"Class by class{model}{least}",
        lead=f"{count(len(found.classes))} classes: how well each is recognised, and what it is taken for",
        blocks=(*costs, *_classes(found, table, cut), _map(found, 0, run), *headed(BY_GROUP, by_group)),
    )


def _labels(table: EstimateTable, run: Run, place: int, several: bool) -> Section:
    """The labels of one model."""
    labels = next((m.classes for m in run.roles.models if m.name == table.model), ())
    share = [table.estimate(f"prevalence of {write_class(c)}", EVERYONE) for c in labels] if _has(table) else []
    n = [e.n_eligible or 0 for e in share]
    return Section(
        id=f"classes-{place}" if place > 1 else "classes",
        title=f"Label by label{f': {line(table.model, 40)}' if several else ''}",
        lead=f"{count(len(labels))} labels, each a question of its own",
        blocks=_each(labels, n, table, run.plan.threshold, ("Label", "Rows with a label")) if n else (),
    )


def _has(table: EstimateTable) -> bool:
    """Whether the table of all metrics has those of each label: of very many it has not."""
    return any(b.info.of is not None and b.info.name.startswith("prevalence of ") for b in table.blocks)


def _classes(found: Confusion, table: EstimateTable | None, cut: float | None) -> tuple[Block, ...]:
    """The classes of one model."""
    if table is None:
        return ()
    return _each(found.classes, found.rows[0].tolist(), table, cut, ("Class", "Labels"))


def _costs(table: EstimateTable) -> tuple[Block, ...]:
    """What each threshold costs, and what it buys."""
    rows = tuple(
        (cell(threshold_text(t)), *(_number(table, metric, t) for metric in COSTS))
        for t in table.thresholds[:MOST_COSTS]
    )
    columns = ("Named at", *(f"{text} %" for text in COSTS.values()))
    caption = f"Below a threshold no class is named, among everyone, with {table.level * 100:g}% intervals"
    return (Grid(caption=caption, columns=columns, rows=rows),)


def _each(
    names: tuple[str, ...], sizes: list[int], table: EstimateTable, threshold: float | None, heads: tuple[str, str]
) -> tuple[Block, ...]:
    """A row for each class or label, with what the table of all metrics has of it."""
    known = {b.info.name for b in table.blocks}
    columns = [(m, t) for m, t in COLUMNS if any(f"{m} of {write_class(c)}" in known for c in names)]
    if not columns:
        return ()
    rows = []
    for c, n in zip(names, sizes, strict=True):
        size = Cell(text=count(n) if n >= FEW or n == 0 else f"fewer than {FEW}", number=n if n >= FEW else None)
        rows.append(
            (cell(line(c, 60)), size, *(_number(table, f"{m} of {write_class(c)}", threshold) for m, _ in columns))
        )
    share = {b.info.name.split(" of ")[0] for b in table.blocks if b.info.scale == "share" and b.info.of is not None}
    texts = (f"{text} %" if m in share else text for m, text in columns)
    among = "Each class against the rest, among everyone" if heads[0] == "Class" else "Each label, among everyone"
    word = "named" if heads[0] == "Class" else "selected"
    cut = f", {word} at {threshold_text(threshold)} or more" if threshold in table.thresholds else ""
    caption = f"{among}{cut}, with {table.level * 100:g}% intervals"
    return (Grid(caption=caption, columns=(*heads, *texts), rows=tuple(rows)),)


def _number(table: EstimateTable, metric: str, threshold: float | None) -> Cell:
    try:
        found = table.estimate(metric, EVERYONE, threshold if threshold in table.thresholds else None)
    except KeyError:
        return cell("")
    if found.value is None or found.low is None or found.high is None:
        return cell("too few" if found.status == "insufficient" else "none")
    block = next(b for b in table.blocks if b.info.name == metric)
    scale = "points" if block.info.scale == "share" else "value"
    digits = decimals(found.low, found.high, scale)  # type: ignore[arg-type]
    low, high = (number(x, digits, scale) for x in (found.low, found.high))  # type: ignore[arg-type]
    return Cell(
        text=f"{number(found.value, digits, scale)} [{low}, {high}]", number=found.value,  # type: ignore[arg-type]
        interval=(found.low, found.high),
    )  # fmt: skip


def _map(found: Confusion, at: int, run: Run, *, among: bool = False) -> HeatMap:
    """What was predicted of each class in one slice; `among` others, where a heading says what all of them show."""
    slice_ = found.slices[at]
    who = group(slice_, run.roles.people).text if slice_.items else f"all {noun(run.roles.people)}"
    classes = tuple(line(c, 40) for c in found.classes)
    people, exact = noun(run.roles.people), run.rows is not None
    said = (*classes, NOTHING) if found.abstains else classes
    kept = [set() if exact else withheld_cells(found.n[at, i].tolist()) for i in range(len(classes))]
    cells = tuple(
        tuple(_cell(found, at, i, j, people, hidden=j in kept[i]) for j in range(len(said)))
        for i in range(len(classes))
    )
    return HeatMap(
        caption=capital(who) if among else f"Of the labels of each class, what was predicted: {who}",
        text=_said(found, at, who, cells),
        row_name="Label",
        column_name="Predicted",
        value_name="Share of the label",
        rows=classes,
        columns=said,
        cells=cells,
        scale="share",
    )


def _cell(found: Confusion, at: int, i: int, j: int, people: str, *, hidden: bool) -> HeatCell:
    value, rows = float(found.share[at, i, j]), int(found.rows[at, i])
    if value != value:
        return HeatCell(value=None, note="nobody has this label" if rows == 0 else "too few people have this label")
    n = int(found.n[at, i, j])
    if hidden:
        few = f"fewer than {SMALL_SHARE} {people}"
        return HeatCell(value=None, note=few if n < SMALL_SHARE else f"withheld: another cell of the row has {few}")
    return HeatCell(
        value=value, low=float(found.low[at, i, j]), high=float(found.high[at, i, j]),
        n=n if n >= FEW or n == 0 else None, note="" if n >= FEW or n == 0 else f"fewer than {FEW}",
    )  # fmt: skip


def _said(found: Confusion, at: int, who: str, cells: tuple[tuple[HeatCell, ...], ...]) -> str:
    """The most frequent mistake among those that the map shows, for those who cannot see it."""
    best: tuple[float, int, int] | None = None
    withheld = False
    for i in range(len(found.classes)):
        for j in range(len(found.classes)):
            value = cells[i][j].value
            withheld |= i != j and value is None and found.n[at, i, j] > 0
            if i != j and value is not None and value > 0 and (best is None or value > best[0]):
                best = (value, i, j)
    if best is None and withheld:
        return f"Which class is taken for another most often among {who} is not shown: small numbers are withheld"
    if best is None:
        return f"No class is taken for another among {who}, or too few have each label to say"
    value, i, j = best
    digits = decimals(float(found.low[at, i, j]), float(found.high[at, i, j]), "points")
    share = number(value, digits, "points")
    label, said = line(found.classes[i], 40), line(found.classes[j], 40)
    start = "Of what is shown, most often mistaken" if withheld else "Most often mistaken"
    return f"{start} among {who}: {label} is taken for {said} in {share}% of its labels"
