"""`sterling metrics`: every metric that a limit or a report can name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sterling.cli.command import Option, Verb
from sterling.cli.listing import print_json, print_lines

if TYPE_CHECKING:
    from sterling.core.metrics import Metric

EXAMPLES = """
sterling metrics
sterling metrics tpr
sterling metrics 'tp / (tp + fn) where income > 50000'
"""


def run_metrics(name: str | None, as_json: bool) -> int:
    """Print every metric, or the one that is named or written as an expression."""
    from sterling.core.metrics import SCORE_METRICS, resolve_metric
    from sterling.core.rates import RATES
    from sterling.pipeline.catalogue import REGISTERED

    assert REGISTERED  # what the tasks register is listed too
    found: list[Metric] = [resolve_metric(name)] if name else [*RATES.values(), *SCORE_METRICS.values()]
    if as_json:
        print_json([_record(m) for m in found])
    elif name:
        print_lines([f"{key.replace('_', ' ')}: {value}" for key, value in _record(found[0]).items() if value != ""])
    else:
        print_lines(_by_task(found))
    return 0


def _by_task(found: list[Metric]) -> list[str]:
    """One line a metric, under a heading for each task; a star marks those that need not be named."""
    from sterling.core.roles import TASKS

    width = max(len(m.info.name) for m in found) + 1
    lines = []
    for task in TASKS:
        mine = [m.info for m in found if m.info.tasks[0] == task]
        lines += [f"{task}:"] if mine else []
        lines += [f"  {f'{info.name}*' if info.common else info.name:<{width}}  {info.formula}" for info in mine]
    return [
        *lines, "", "* in every table; the others where they are named, or with --metrics all",
        "Of single classes or labels most are where they are named only: average_precision of setosa",
        "Of any column of numbers: mean(age), mean_absolute(age), total(age), total_absolute(age)",
    ]  # fmt: skip


def _record(metric: Metric) -> dict[str, object]:
    from sterling.core.metrics import ALSO
    from sterling.core.rates import SHORT

    info = metric.info
    low, high = ("" if end is None else f"{end:g}" for end in (info.low, info.high))
    return {
        "name": info.name,
        "label": info.label,
        "meaning": info.plain,
        "formula": info.formula,
        "among": info.eligible,
        "better": {"higher": "higher", "lower": "lower", "none": ""}[info.direction],
        "also": ", ".join(sorted(short for short, full in {**SHORT, **ALSO}.items() if full == info.name)),
        "range": f"{low or '-∞'} to {high or '∞'}",
        "tasks": ", ".join(info.tasks),
        "fooled_by": info.fooled_by,
        "source": info.source,
    }


metrics = Verb(
    name="metrics", callback=run_metrics, examples=EXAMPLES,
    help="List the metrics with their formulas, or describe the one that is named.",
    params=[
        click.Argument(["name"], required=False, metavar="[METRIC]"),
        Option("--json", "as_json", is_flag=True, section="Output", help="Write JSON instead of text."),
    ],
)  # fmt: skip
