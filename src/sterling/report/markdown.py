"""A document as Markdown (GitHub's flavour), in which no value can become markup.

Text is escaped wherever it enters. People's own Markdown stays Markdown, but stands in a quotation, so that nothing it
leaves open reaches beyond it, and holds no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from sterling.core.document import (
    Alert,
    Block,
    Branch,
    Cell,
    CellScale,
    Curve,
    CurvePoint,
    Document,
    Fact,
    Facts,
    Frontier,
    Graph,
    Grid,
    HeatCell,
    HeatMap,
    Items,
    Point,
    Prompt,
    Prose,
    Section,
    Tone,
    Tree,
)
from sterling.core.overview import Dot, Dots, Facet, FacetRow, Findings, Overview, Stated
from sterling.report.parts import short
from sterling.report.text import Scale, capital, count, decimals, number, plain

_MOST = 100_000
"""Nothing is shortened here; whoever made the document decided how long its texts are."""
_MARKUP = re.compile(r"([\\`*_\[\]<>&|~$]|:(?=//)|(?<=www)\.|#(?=\d))", re.IGNORECASE)
_AT_START = re.compile(r"^([#+=-]|\d+(?=[.)](?:\s|$)))")
_FETCHED = re.compile(r"<(?=[A-Za-z/!?])|!(?=\[)")
"""Where HTML or a picture would begin in people's own Markdown."""
_PARAGRAPHS = re.compile(r"\n\s*\n")
_KEPT = "-_.,:/()'"
"""What may stand in a label of a drawn graph beside letters, digits and spaces."""
_ALERTS: dict[Tone, str] = {"over": "CAUTION", "undecided": "WARNING", "stale": "WARNING"}


def markdown(document: Document) -> str:
    """The whole document, its metadata head first when it has one; ends with a line feed."""
    head = f"---\n{document.front_matter.strip()}\n---\n\n" if document.front_matter else ""
    return f"{head}{body(document)}"


def body(document: Document) -> str:
    """Title, lead, sections and seal, without the metadata head."""
    seal = [_list(document.seal, str)] if document.seal else []
    ending = ["## How to check this document", *seal] if seal else []
    parts = [f"# {escape(document.title)}", *_lead(document.lead), sections(document.sections), *ending]
    return "\n\n".join(p for p in parts if p) + "\n"


def sections(found: Iterable[Section]) -> str:
    """Sections under headings of the second level."""
    return "\n\n".join(_section(s) for s in found)


def escape(text: str) -> str:
    """`text` on one line, as words and nothing else: no markup, HTML, link, table cell or reference begins in it."""
    escaped = _MARKUP.sub(r"\\\1", plain(text, _MOST))
    return _AT_START.sub(lambda m: m[1] + "\\" if m[1].isdigit() else "\\" + m[1], escaped)


def code(text: str) -> str:
    """`text` as code on one line, whatever back-ticks are in it."""
    shown = plain(text, _MOST)
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    return f"{fence} {shown} {fence}" if "`" in shown else f"`{shown}`"


def _section(section: Section) -> str:
    stale = [_alert(Alert(text=f"Stale: {section.stale}", tone="stale"))] if section.stale else []
    blocks = [_WRITERS[type(block)](block) for block in section.blocks]
    return "\n\n".join([f"## {escape(section.title)}", *stale, *_lead(section.lead), *(b for b in blocks if b)])


def _lead(text: str) -> list[str]:
    return [f"**{escape(text)}**"] if text.strip() else []


def _prose(block: Prose) -> str:
    if block.markdown:
        return _tame(block.text) if block.source is None else _theirs(block.text, block.source)
    paragraphs = [escape(p) for p in _PARAGRAPHS.split(block.text.strip())]
    said = "\n\n".join(p for p in paragraphs if p)
    return said if block.source is None else f"{said} (from {code(block.source)})"


def _theirs(text: str, source: str) -> str:
    """People's Markdown as a quotation: its headings, lists and fences end where it ends."""
    lines = [_tame(_tidy(line)) for line in text.strip().splitlines()]
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    return f"{quoted}\n\n(from {code(source)})"


def _tame(text: str) -> str:
    """Markdown without HTML, which could do anything, and without pictures, which would be fetched from somewhere."""
    return _FETCHED.sub(lambda m: "&lt;" if m[0] == "<" else "&#33;", text)


def _tidy(line: str) -> str:
    """A line with its indent, controls made visible."""
    indent = len(line) - len(line.lstrip(" \t"))
    start = line[:indent].expandtabs(4)
    return start + plain(line[indent:], _MOST)


def _items(block: Items) -> str:
    return "\n".join(f"- {escape(item)}" for item in block.items)


def _facts(block: Facts) -> str:
    return _list(block.facts, short)


def _list(facts: Iterable[Fact], shown: Callable[[str], str]) -> str:
    """Facts with their evidence: whole digests where a document is sealed, their beginnings elsewhere."""
    return "\n".join(f"- **{escape(f.name)}**: {escape(f.value)}{_behind(f, shown)}" for f in facts)


def _behind(fact: Fact, shown: Callable[[str], str]) -> str:
    return f" ({code(shown(fact.evidence))})" if fact.evidence else ""


def _grid(block: Grid) -> str:
    rows = [[escape(cell.text) for cell in row] for row in block.rows]
    right = [_numeric([row[i] for row in block.rows if i < len(row)]) for i in range(len(block.columns))]
    return _table(block.caption, [escape(c) for c in block.columns], rows, right)


def _numeric(cells: list[Cell]) -> bool:
    return any(cell.number is not None for cell in cells)


def _table(caption: str, columns: list[str], rows: list[list[str]], right: list[bool]) -> str:
    head = [_row(columns), _row(["---:" if r else "---" for r in right])]
    table = "\n".join([*head, *(_row(row) for row in rows)])
    return f"_{escape(caption)}_\n\n{table}" if caption.strip() else table


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _graph(block: Graph) -> str:
    names = {node.id: escape(node.label) for node in block.nodes}
    lines: list[str] = []
    for node in block.nodes:
        lines.append(f"- **{names[node.id]}** ({node.kind}){f': {escape(node.detail)}' if node.detail else ''}")
        lines += [f"  - leads to {names[end]}" for start, end in block.edges if start == node.id and end in names]
    parts = [f"_{escape(block.caption)}_", escape(block.text), _mermaid(block), "\n".join(lines)]
    return "\n\n".join(p for p in parts if p.strip("_"))


def _mermaid(block: Graph) -> str:
    """The graph for readers whose Markdown draws Mermaid; its labels hold letters, digits and coded characters only."""
    index = {node.id: f"n{i}" for i, node in enumerate(block.nodes)}
    shapes = {"artifact": '["{}"]', "step": '(["{}"])', "person": '{{{{"{}"}}}}'}
    nodes = [f"  {index[n.id]}{shapes[n.kind].format(_label(n.label))}" for n in block.nodes]
    edges = [f"  {index[a]} --> {index[b]}" for a, b in block.edges if a in index and b in index]
    return "\n".join(["```mermaid", "flowchart LR", *nodes, *edges, "```"])


def _label(text: str) -> str:
    shown = plain(text, _MOST)
    return "".join(c if c.isalnum() or c == " " or c in _KEPT else f"#{ord(c)};" for c in shown) or " "


def _frontier(block: Frontier) -> str:
    columns = ["Candidate", escape(block.x_name), escape(block.y_name), "Role", "Note"]
    rows = [_point(p) for p in block.points]
    limit = "" if block.limit_y is None else f"\n\nLimit: {block.limit_y:.4g} ({escape(block.y_name)})"
    text = f"\n\n{escape(block.text)}" if block.text.strip() else ""
    return f"{_table(block.caption, columns, rows, [False] * 5)}{text}{limit}"


def _point(point: Point) -> list[str]:
    x, y = ((point.x, point.x_low, point.x_high), (point.y, point.y_low, point.y_high))
    numbers = [escape(f"{value:.3g} [{low:.3g}, {high:.3g}]") for value, low, high in (x, y)]
    return [escape(point.label), *numbers, point.role, escape(point.note)]


def _tree(block: Tree) -> str:
    """A nested list, a parent before its children."""
    depths: list[int] = []
    lines: list[str] = []
    for node in block.nodes:
        depths.append(0 if node.parent is None else depths[node.parent] + 1)
        lines.append(f"{'  ' * depths[-1]}- **{escape(node.condition)}**: {escape(_branch(node, block))}")
    parts = [f"_{escape(block.caption)}_", escape(block.text), "\n".join(lines)]
    return "\n\n".join(p for p in parts if p.strip("_"))


def _branch(node: Branch, tree: Tree) -> str:
    shown = _measured(node.value, node.low, node.high, tree.scale)
    share = "" if node.coverage is None else f"{tree.coverage_name.lower()}: {number(node.coverage, 0, 'points')}%"
    return "; ".join(p for p in (f"{tree.value_name} {shown}", f"n {count(node.n)}", share, node.note) if p)


def _heat_map(block: HeatMap) -> str:
    corner = f"{block.row_name} \\ {block.column_name}" if block.row_name else block.column_name
    rows = [
        [escape(name), *(escape(_heat_cell(cell, block.scale)) for cell in cells)]
        for name, cells in zip(block.rows, block.cells, strict=True)
    ]
    columns = [escape(corner), *(escape(c) for c in block.columns)]
    text = f"{escape(block.text)}\n\n" if block.text.strip() else ""
    caption = f"{block.caption} ({block.value_name})"
    return text + _table(caption, columns, rows, [False, *[True] * len(block.columns)])


def _heat_cell(cell: HeatCell, scale: CellScale) -> str:
    size = "" if cell.n is None else f"n {count(cell.n)}"
    shown = _measured(cell.value, cell.low, cell.high, scale)
    return "; ".join(p for p in (shown, size, cell.note) if p)


def _curve(block: Curve) -> str:
    """One table of every line's points; a line is named once, where it begins."""
    rows = [
        _curve_point(line.label if i == 0 else "", p, block) for line in block.lines for i, p in enumerate(line.points)
    ]
    text = f"{escape(block.text)}\n\n" if block.text.strip() else ""
    columns = ["Line", escape(block.x_name), escape(block.y_name), "n"]
    return text + _table(block.caption, columns, rows, [False, True, True, True])


def _curve_point(label: str, point: CurvePoint, block: Curve) -> list[str]:
    x = _measured(point.x, None, None, block.x_scale)
    y = _measured(point.y, point.low, point.high, block.y_scale)
    return [escape(label), escape(x), escape(y), "" if point.n is None else count(point.n)]


def _measured(value: float | None, low: float | None, high: float | None, scale: CellScale) -> str:
    """`12% [10, 14]`, with no digit that the interval does not support; `not known` for None."""
    if value is None:
        return "not known"
    if scale == "count":
        return number(round(value), 0, "value")
    unit: Scale = "points" if scale == "share" else "value"
    ends = (value, value) if low is None or high is None else (low, high)
    digits = decimals(*ends, unit)
    interval = "" if ends[0] == ends[1] else f" [{number(ends[0], digits, unit)}, {number(ends[1], digits, unit)}]"
    return f"{number(value, digits, unit)}{'%' if scale == 'share' else ''}{interval}"


def _overview(block: Overview) -> str:
    """A table: a row for each column and series; histograms are for eyes and stay out."""
    several = len(block.series) > 1
    heads = [
        "Column",
        *(["Of"] if several else []),
        "Type",
        "Missing",
        "Distinct",
        "Mean",
        "Median",
        "Most frequent values",
    ]
    right = [False] * (3 if several else 2) + [True] * 4 + [False]
    rows = [
        _facet(c, series.name if several else None, f)
        for c in block.columns
        for series, f in zip(block.series, c.facets, strict=True)
        if f is not None
    ]
    text = f"{escape(block.text)}\n\n" if block.text.strip() else ""
    return text + _table(block.caption, heads, rows, right)


def _facet(column: FacetRow, series: str | None, facet: Facet) -> list[str]:
    kind = ", ".join(p for p in (column.type, column.role) if p)
    median = next((v for p, v in facet.quantiles if p == 0.5), None)
    missing = f"{count(facet.missing)} ({100 * facet.missing / facet.n:.1f}%)" if facet.n else "0"
    top = ", ".join(f"{plain(t.text)} ({count(round(t.count))})" for t in facet.top[:3])
    distinct = f"{'about ' if facet.distinct_error else ''}{count(facet.distinct)}"
    numbers = ["" if x is None else f"{x:.4g}" for x in (facet.mean, median)]
    of = [] if series is None else [escape(series)]
    return [escape(column.name), *of, escape(kind), *map(escape, (missing, distinct, *numbers, top))]


def _findings(block: Findings) -> str:
    head = [f"_{escape(block.caption)}_\n"] if block.caption.strip() else []
    return "\n".join([*head, *(f"- {_stated(f)}" for f in block.findings)])


def _stated(found: Stated) -> str:
    n = "" if found.n is None else f"{count(found.n)} {found.of}"
    limit = f"limit {found.limit_shown}" if found.limit_shown else ""
    beside = "; ".join(escape(p) for p in (found.shown, limit, n, found.detail) if p)
    return f"**{escape(found.text)}**{f' ({beside})' if beside else ''}"


def _dots(block: Dots) -> str:
    rows = [_dot(d, block) for d in block.dots]
    line = "" if block.line is None else f"\n\n{escape(capital(block.line_name or 'line'))}: {block.line:.4g}"
    text = f"{escape(block.text)}\n\n" if block.text.strip() else ""
    columns = ["Name", escape(block.value_name), "n", escape(block.reference_name or "Reference"), "Note"]
    return text + _table(block.caption, columns, rows, [False, True, True, True, False]) + line


def _dot(dot: Dot, block: Dots) -> list[str]:
    value = _measured(dot.value, dot.low, dot.high, block.scale)
    reference = (
        "" if dot.reference is None else _measured(dot.reference, dot.reference_low, dot.reference_high, block.scale)
    )
    return [
        escape(dot.label),
        escape(value),
        "" if dot.n is None else count(dot.n),
        escape(reference),
        escape(dot.note),
    ]


def _prompt(block: Prompt) -> str:
    return f"_Not answered: {escape(block.question)}_ (answer in {code(block.where)})"


def _alert(block: Alert) -> str:
    return f"> [!{_ALERTS.get(block.tone, 'NOTE')}]\n> {escape(block.text)}"


_WRITERS: dict[type[Block], Callable[..., str]] = {
    Prose: _prose, Items: _items, Facts: _facts, Grid: _grid, Graph: _graph, Frontier: _frontier, Prompt: _prompt,
    Alert: _alert, Tree: _tree, HeatMap: _heat_map, Curve: _curve, Overview: _overview,
    Findings: _findings, Dots: _dots,
}  # fmt: skip
