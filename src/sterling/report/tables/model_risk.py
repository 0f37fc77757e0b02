"""Outcomes analysis as a page."""

from __future__ import annotations

from sterling.core.document import Alert, Block, Cell, Document, Grid, Items, Prompt, Prose, Section
from sterling.core.outcomes import BackTest, Challenger, Comparison, ModelRiskTable, Segment
from sterling.core.roles import AGREEMENT
from sterling.report.parts import cell, line
from sterling.report.people import noun
from sterling.report.tables.frame import about_rule, category, seal, share_cell, share_text, stated, value_cell
from sterling.report.text import capital, count, number, plain

CHALLENGER = "Against which other model is this one held?"
FINDINGS = "What was found, how severe is it, who owns it, and by when is it settled?"


def model_risk_document(table: ModelRiskTable) -> Document:
    """The page of an outcomes analysis."""
    about = table.about
    outside = [s for s in table.segments if s.test is not None and s.test.outside]
    return Document(
        kind="outcome_table",
        title=f"{table.rule.title}: {line(about.data, 80)}",
        lead=f"What the model {plain(about.model)} predicts for {count(about.n)} {noun(about.people)}, against "
        f"{about.label_words}, by segment and by band of the score.",
        sections=(
            _segments(table, len(outside)),
            _bands(table),
            Section(id="challenger", title="Challenger", blocks=_challenger(table.challenger, table.answers.file)),
            Section(id="findings", title="Findings", blocks=_findings(table)),
            stated(table.rule, table.answers),
            _method(table),
            about_rule(table.rule),
        ),
        seal=seal(table.rule, about),
    )


def _segments(table: ModelRiskTable, outside: int) -> Section:
    people = capital(noun(table.about.people))
    grids = (
        Grid(caption="Predicted against observed by segment",
             columns=("Segment", people, "Predicted", "Observed", "Difference"),
             rows=tuple(map(_compared, table.segments))),
        Grid(caption="Back-test and ranking by segment",
             columns=("Segment", "Expected count", "Observed count", "Outside", "AUC", "Brier score"),
             rows=tuple(map(_tested, table.segments))),
    )  # fmt: skip
    tested = sum(s.test is not None for s in table.segments)
    level = table.about.level
    return Section(
        id="segments",
        title="Outcomes by segment",
        lead=f"{outside} of {tested} observed counts lie outside the {level * 100:g}% range of their prediction; "
        f"about {number((1 - level) * tested, 1, 'value')} would by chance.",
        blocks=(*grids, *_agreement(table)),
    )


def _agreement(table: ModelRiskTable) -> tuple[Block, ...]:
    """Where the label is a past decision, that is what the model is held against."""
    words = AGREEMENT[table.about.label_kind]
    text = f"Observed means {table.about.label_words}: read every number as {words}."
    return (Alert(text=text, tone="note"),) if words else ()


def _compared(one: Segment) -> tuple[Cell, ...]:
    head = (category(one.slice), Cell(text=count(one.n), number=float(one.n)))
    if one.test is None:
        return (*head, *[Cell(text="no label")] * 3)
    return (*head, *_means(one.test), value_cell(one.difference))


def _tested(one: Segment) -> tuple[Cell, ...]:
    if one.test is None:
        return (category(one.slice), *[Cell(text="no label")] * 5)
    return (category(one.slice), *_counts(one.test), value_cell(one.auc), value_cell(one.brier))


def _means(test: BackTest) -> tuple[Cell, ...]:
    return (Cell(text=share_text(test.predicted), number=test.predicted), share_cell(test.observed))


def _counts(test: BackTest) -> tuple[Cell, ...]:
    """Expected with its range, observed, and whether that lies outside. Scales differ by row, so no range is drawn."""
    expected = f"{number(test.expected, 1, 'value')} [{count(test.expected_low)}, {count(test.expected_high)}]"
    return (
        Cell(text=expected, number=test.expected),
        Cell(text=count(test.count), number=float(test.count)),
        Cell(text="yes", tone="undecided") if test.outside else Cell(text="no"),
    )


def _bands(table: ModelRiskTable) -> Section:
    heads = ("Score", capital(noun(table.about.people)), "Predicted", "Observed", "Expected count", "Observed count",
             "Outside")  # fmt: skip
    rows = tuple(
        (
            Cell(text=f"{b.low:g} to {b.high:g}", number=b.low),
            Cell(text=count(b.test.n), number=float(b.test.n)),
            *_means(b.test),
            *_counts(b.test),
        )
        for b in table.bands
    )
    falls, sure = table.inversions, table.sure_inversions
    order = (
        "The observed share rises from each band to the next."
        if not falls
        else f"The observed share falls from a band to the next in {falls} of {len(table.bands) - 1} places, "
        f"{'in none of them' if not sure else f'in {sure} of them'} beyond what chance explains."
    )
    return Section(
        id="bands",
        title="Rank ordering and calibration by score band",
        lead=order,
        blocks=(Grid(caption="Everyone, by band of the predicted probability", columns=heads, rows=rows),),
    )


def _challenger(found: Challenger | None, file: str) -> tuple[Block, ...]:
    if found is None:
        return (Prompt(question=CHALLENGER, where="a second --score COLUMN"),)
    grid = Grid(
        caption=f"{plain(found.model)} less the model, on the same {count(found.n)} labelled rows",
        columns=("Measure", "Better when", "Model", "Challenger", "Difference"),
        rows=tuple(_comparison(c) for c in found.comparisons),
    )
    return (grid, Prose(text="The interval is of the difference: both models are measured on the same people."))


def _comparison(one: Comparison) -> tuple[Cell, ...]:
    return (
        cell(one.metric),
        cell(one.better),
        _plain(one.champion),
        _plain(one.challenger),
        value_cell(one.difference, 4),
    )


def _plain(value: float | None) -> Cell:
    return Cell(text="not defined") if value is None else Cell(text=number(value, 4, "value"), number=value)


def _findings(table: ModelRiskTable) -> tuple[Block, ...]:
    """Findings are people's: what they wrote, else the question."""
    found = table.answers.findings
    prompt = Prompt(question=FINDINGS, where=f"{table.answers.file}: [[finding]]")
    if not found:
        return (prompt,)
    rows = tuple(
        (cell(f.text), cell(f.severity or "not stated"), cell(f.owner or "not stated"),
         cell("not stated" if f.due is None else f.due.isoformat()))
        for f in found
    )  # fmt: skip
    return (Grid(caption=f"From {table.answers.file}", columns=("Finding", "Severity", "Owner", "Due"), rows=rows),)


def _method(table: ModelRiskTable) -> Section:
    level = f"{table.about.level * 100:g}%"
    return Section(
        id="method",
        title="How it was computed",
        blocks=(
            Items(
                items=(
                    "Predicted: the mean probability. Observed: the share with a positive label, with Wilson's "
                    f"{level} interval. Difference: predicted less observed, score interval for a bounded mean.",
                    "Expected count: the sum of the probabilities, with the range in which a binomial count of that "
                    f"mean lies in {level} of samples. Each segment is tested by itself.",
                    "AUC with its DeLong interval; Brier score with a score interval for a bounded mean. Differences "
                    "of two models are paired: DeLong for the AUC, Student for the means.",
                    "A fall between neighbouring bands counts as beyond chance when Newcombe's interval of the "
                    "difference, corrected for the number of neighbours, lies below 0.",
                    "People without a label are counted in the first column alone.",
                )
            ),
        ),
    )
