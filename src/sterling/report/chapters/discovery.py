"""Where the model is worst: slices that were searched for, the error-analysis tree, and a heat map of two features."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sterling.core.discovered import DiscoveredSlice, Discovery, Level, LossMap, TreeNode
from sterling.core.document import Block, Branch, Cell, HeatCell, HeatMap, Items, Prose, Section, Tree
from sterling.core.errors import counted
from sterling.core.evidence import Evidence
from sterling.core.run import Run
from sterling.report import words
from sterling.report.parts import cell, count_cell, grid, headed, line
from sterling.report.people import noun
from sterling.report.text import FEW, Scale, capital, count, decimals, few, listed, number

FRESH = (
    "These rows were used to find the slices, so they cannot judge them. Put a limit into your project before the next "
    "data come, and let those judge it. The bounds are the values of everyone else: where a conversation begins."
)
SHOWN = 120
CODE = "QU003"


def sections(run: Run) -> tuple[Section, ...]:
    """A section for each search of the run; a model is named when there are several."""
    asked = [e for e in run.evidence if e.discovered is not None]
    several = len({e.model for e in asked}) > 1
    return tuple(_section(e, e.discovered, run, k, several) for k, e in enumerate(asked) if e.discovered is not None)


def sentences(run: Run) -> tuple[str, ...]:
    """What the searches found, a sentence for each confirmed slice; that nothing was confirmed is said as well."""
    asked = [e for e in run.evidence if e.check == CODE]
    several = len({e.model for e in asked}) > 1
    return tuple(
        text + (f" (model {line(str(e.model), 40)})." if several else ".")
        for e in asked
        for text in _told(e, noun(run.roles.people))
    )


def _told(evidence: Evidence, people: str) -> list[str]:
    if evidence.discovered is None:
        return [f"Slices where the model is worst were not searched for: {line(evidence.reason)}"]
    return _sentences(evidence.discovered, people)


def _sentences(found: Discovery, people: str) -> list[str]:
    if found.overall.value is None:
        return ["Too few rows to search for slices where the model is worst"]
    if not found.confirmed:
        features = counted(len(found.features), "feature", "features")
        return [f"No slice is shown to do worse than elsewhere ({features} searched)"]
    return [
        f"{found.label} {_level_text(s.level, found.scale)} of {few(s.level.n_eligible)} eligible {people} where "
        f"{line(s.name, SHOWN)}, {_level_text(s.rest, found.scale, interval=False)} elsewhere: confirmed on rows that "
        "had no part in the search"
        for s in found.confirmed
    ]


def _section(evidence: Evidence, found: Discovery, run: Run, place: int, several: bool) -> Section:
    model = f": {line(str(evidence.model), 40)}" if several else ""
    return Section(
        id=f"weak-slices-{place + 1}" if place else "weak-slices",
        title=f"Where the model is worst{model}",
        lead=_lead(found),
        blocks=(
            *_how(found, run),
            *_table(found, found.confirmed, f"Slices that do worse, on the {count(found.overall.n)} rows that confirm"),
            *_also(found.confirmed),
            *_tree(found),
            *(_map(found, m) for m in found.maps),
            *_limits(found),
            *_table(
                found,
                tuple(s for s in found.slices if not s.confirmed),
                "Looked worse where they were searched for, not confirmed on the other rows",
            ),
            *_skipped(found),
        ),
    )


def _lead(found: Discovery) -> str:
    if found.overall.value is None:
        return "There are too few rows to search"
    if not found.confirmed:
        return "No slice is shown to do worse than elsewhere. That is no proof that there is none"
    first = found.confirmed[0]
    slices = counted(len(found.confirmed), "slice", "slices")
    return f"{slices} confirmed. Most harm: {line(first.name, SHOWN)}, {found.label.lower()} {_percent(first, found)}"


def _percent(item: DiscoveredSlice, found: Discovery) -> str:
    here, there = (_level_text(x, found.scale, interval=False) for x in (item.level, item.rest))
    return f"{here} against {there} elsewhere"


def _how(found: Discovery, run: Run) -> tuple[Block, ...]:
    """What was measured, and what the numbers rest on."""
    people = noun(run.roles.people)
    at = "" if found.threshold is None else f" at the threshold {found.threshold:g}"
    note = words.label_note(words.settled_roles(run))
    features = listed([line(f, 30) for f in found.features], most=8)
    what = (
        f"{found.label}{at}: {line(found.plain)}; {_level_text(found.overall, found.scale)} over all of the "
        f"{count(found.overall.n)} {people} that confirm.{f' {capital(note)}.' if note else ''} A slice tells where "
        "errors are, not why."
    )
    how = (
        f"{count(found.n_search)} {people} were searched by {features}: {count(found.looked_at)} combinations of up to "
        f"three conditions, each of at least {count(found.smallest)} eligible rows. The others had no part in that and "
        f"give every number here. {found.method}."
    )
    return Prose(text=what), Prose(text=how)


def _table(found: Discovery, slices: Sequence[DiscoveredSlice], caption: str) -> tuple[Block, ...]:
    share = found.scale == "share"
    unit = " (points)" if share else ""
    columns = (
        "Slice", "Eligible", found.label, "Everyone else", f"Worse by{unit}",
        "Share of all errors" if share else "Share of the whole loss", f"Harm{unit}", "p (Holm)", found.effect_name,
    )  # fmt: skip
    return grid(caption, columns, (_row(found, s) for s in slices))


def _row(found: Discovery, item: DiscoveredSlice) -> tuple[Cell, ...]:
    mark = " (has a group column)" if any(c.is_group for c in item.conditions) else ""
    scale, unknown = _scale(found.scale), Cell(text="not known")
    p, part = item.p_adjusted, item.coverage
    return (
        cell(item.name + mark),
        count_cell(item.level.n_eligible, people=True),
        _level_cell(item.level, found.scale),
        Cell(text=_level_text(item.rest, found.scale), number=item.rest.value),
        _number_cell(item.gap, (item.gap_low, item.gap_high), scale),
        unknown if part is None else Cell(text=f"{number(part, 0, 'points')}%", number=part),
        _number_cell(item.harm, None, scale),
        unknown if p is None else Cell(text=p_text(p), number=p),
        _number_cell(item.effect, None, "value"),
    )


def p_text(p: float) -> str:
    """`0.012`, `below 0.001`."""
    return "below 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def _scale(scale: str) -> Scale:
    return "points" if scale == "share" else "value"


def _number_cell(value: float | None, ends: tuple[float | None, float | None] | None, scale: Scale) -> Cell:
    """A number with its interval in words; the cell's own number sorts."""
    if value is None:
        return Cell(text="not known")
    if ends is None or ends[0] is None or ends[1] is None:
        return Cell(text=number(value, 1 if scale == "points" else 2, scale), number=value)
    digits = decimals(ends[0], ends[1], scale)
    shown = [number(x, digits, scale) for x in (value, *ends) if x is not None]
    return Cell(text=f"{shown[0]} [{shown[1]}, {shown[2]}]", number=value)


def _level_cell(level: Level, scale: str) -> Cell:
    text = _level_text(level, scale)
    if level.value is None or level.low is None or level.high is None:
        return Cell(text=text)
    return Cell(text=text, number=level.value, interval=(level.low, level.high))


def _level_text(level: Level, scale: str, *, interval: bool = True) -> str:
    """`24% [22, 27]`; `too few` without a value."""
    if level.value is None or level.low is None or level.high is None:
        return "too few"
    unit = _scale(scale)
    digits = decimals(level.low, level.high, unit)
    value, low, high = (number(x, digits, unit) for x in (level.value, level.low, level.high))
    return f"{value}{'%' if scale == 'share' else ''}{f' [{low}, {high}]' if interval else ''}"


def _also(confirmed: Sequence[DiscoveredSlice]) -> tuple[Block, ...]:
    rows = [(cell(line(s.name, SHOWN)), cell("; ".join(line(a, SHOWN) for a in s.also))) for s in confirmed if s.also]
    return grid("Slices that share most of these rows", ("Slice", "Much the same people"), rows)


def _tree(found: Discovery) -> tuple[Block, ...]:
    tree = _told_of(found.tree)
    if len(tree) < 2:
        return ()
    worst = max(range(len(tree)), key=lambda k: _lift(tree[k], found))
    path = " and ".join(line(c, SHOWN) for c in _path(tree, worst))
    text = f"Of {len(tree)} nodes the worst: {path}; {_node_text(tree[worst], found)}."
    return (
        Tree(
            caption="Error-analysis tree: split where values differ most, on the rows searched; numbers of the others",
            text=text,
            value_name=found.label,
            nodes=tuple(_branch(n) for n in tree),
            scale=found.scale,
            coverage_name="Share of all errors" if found.scale == "share" else "Share of the whole loss",
        ),
    )


def _told_of(tree: Sequence[TreeNode]) -> tuple[TreeNode, ...]:
    """The tree without the splits one of whose parts holds a handful of people: the others would tell how many."""
    closed = {node.parent for node in tree if 0 < node.level.n_eligible < FEW}
    places: dict[int | None, int] = {}
    for k, node in enumerate(tree):
        if node.parent is None or (node.parent in places and node.parent not in closed):
            places[k] = len(places)
    return tuple(replace(n, parent=places.get(n.parent)) for k, n in enumerate(tree) if k in places)


def _path(tree: Sequence[TreeNode], place: int) -> list[str]:
    """The conditions on the way to a node; those of the root are none."""
    parent = tree[place].parent
    return ["everyone"] if place == 0 else [*(_path(tree, parent) if parent else []), tree[place].condition]


def _lift(node: TreeNode, found: Discovery) -> float:
    """The share of all errors that a node holds for its size; -1 where too little is known of it."""
    share = node.level.n_eligible / max(found.overall.n_eligible, 1)
    return (node.coverage or 0.0) / share if share and node.level.value is not None else -1.0


def _node_text(node: TreeNode, found: Discovery) -> str:
    part = "" if node.coverage is None else f", {number(node.coverage, 0, 'points')}% of all errors"
    return f"{found.label.lower()} {_level_text(node.level, found.scale)}{part}"


def _branch(node: TreeNode) -> Branch:
    level = node.level
    note = "too few" if level.value is None else ""
    return Branch(condition=line(node.condition, SHOWN), parent=node.parent, n=level.n_eligible, value=level.value,
                  low=level.low, high=level.high, coverage=node.coverage, note=note)  # fmt: skip


def _map(found: Discovery, drawn: LossMap) -> HeatMap:
    names = line(drawn.row_feature, 40), line(drawn.column_feature, 40)
    return HeatMap(
        caption=f"{found.label} by {names[0]} and {names[1]}, on the rows that confirm",
        text="Cells with too few eligible rows show nothing.",
        row_name=names[0],
        column_name=names[1],
        value_name=found.label,
        rows=tuple(line(r, 40) for r in drawn.rows),
        columns=tuple(line(c, 40) for c in drawn.columns),
        cells=tuple(tuple(_heat(c) for c in cells) for cells in drawn.cells),
        scale=found.scale,
    )


def _heat(level: Level) -> HeatCell:
    n = level.n_eligible if level.n_eligible >= 10 or level.n_eligible == 0 else None
    if level.value is not None:
        return HeatCell(value=level.value, low=level.low, high=level.high, n=n)
    return HeatCell(value=None, n=n, note="nobody" if n == 0 else f"too few ({few(level.n_eligible)})")


def _limits(found: Discovery) -> tuple[Block, ...]:
    """Ready-made limits as TOML, in a fence that no text can close."""
    written = "\n".join(s.limit for s in found.confirmed if s.limit).strip()
    if not written:
        return ()
    mark = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", written)), default=0))
    return (
        *headed("Limits for fresh data", [Prose(text=FRESH)]),
        Prose(text=f"{mark}toml\n{written}\n{mark}", markdown=True),
    )


def _skipped(found: Discovery) -> tuple[Block, ...]:
    said = tuple(f"{line(s.feature, 40)}: {s.reason}" for s in found.skipped)
    return headed("Columns not searched", [Items(items=said, tone="note")] if said else [])
