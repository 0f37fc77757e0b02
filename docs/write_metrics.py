"""Writes docs/metrics.md from the registry: `python docs/write_metrics.py`. A test says when it is out of date."""

from __future__ import annotations

from pathlib import Path

from sterling.core.column_metrics import MEASURES, of_column
from sterling.core.metrics import ALSO, SCORE_METRICS
from sterling.core.rates import RATES, SHORT, MetricInfo
from sterling.core.roles import TASKS, Task
from sterling.pipeline.examine import REGISTERED

PAGE = Path(__file__).with_name("metrics.md")
HEAD = """# Metrics

Every metric that a limit, an ask or `--json` can name. Written from the registry by `docs/write_metrics.py`.

```python
import sterling as st

run = st.evaluate("examples/lending/data/lending.parquet", label="approved", score="score", groups="race")
print(run.frame["metric"].unique().sort().to_list())
```

The table of all slices holds the common metrics, those marked here with *, and whatever a limit or an ask names.
`--metrics auc,average_precision` (in Python `metrics=["auc", "average_precision"]`) holds those it names instead;
`--metrics all` holds every one. A metric is empty, never 0, where it is not defined: no row is eligible, a denominator
is 0, or a label that it needs is missing among the rows.

Of single classes or labels (`--task multiclass`, `multilabel`) every table holds, where there are at most 20, selection
rate, prevalence, true positive rate, precision, F1, false positive rate, AUC and calibration in the large, and
`--metrics all` holds no others: name them, `average_precision of setosa`.

Any column of numbers has a mean and a total by slice: `mean(age)`, `mean_absolute(change)`, `total(loss)`,
`` mean(`hours a week`) ``. Rows without a number there are left out. [EX001](checks/EX001.md) asks for those of all
attributions of a model together.

A row is selected when its score is at least the threshold. The cells: `tp` and `fp` are selected rows with a positive
and a negative label, `fn` and `tn` those not selected; `selected_unlabelled` and `rejected_unlabelled` have no label.
Your own rate is written in the same way: `fp / (tp + fp + fn)`, `tpr - fpr`, and with a where-clause
`selection_rate where income > 50000 and region in ["north", "south"]`.

"""


def page() -> str:
    """The whole page as text."""
    assert REGISTERED, "what the tasks and checks register is listed too"
    rates = [rate.info for rate in RATES.values()]
    scores = [metric.info for metric in SCORE_METRICS.values() if metric.own is None]
    scores.sort(key=lambda m: TASKS.index(m.tasks[0]))  # whichever task was loaded first
    parts = [_table("Rates of decisions", rates)]
    parts += [_table(_title(task), [m for m in scores if m.tasks[0] == task]) for task in TASKS]
    columns = [of_column(measure, "age").info for measure in MEASURES]
    parts.append(_table("Columns of numbers, here `age`, of every task but those of images", columns))
    return HEAD + "".join(parts) + _fooled([*rates, *scores, *columns])


def _title(task: Task) -> str:
    return "Scores of yes/no models, and the data" if task == "binary" else f"Task {task}"


def _table(title: str, metrics: list[MetricInfo]) -> str:
    if not metrics:
        return ""
    lines = [f"## {title}", "", "| name | also | in words | formula | counted among | range | better | source |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- | --- |")
    return "\n".join([*lines, *map(_row, metrics)]) + "\n\n"


def _fooled(metrics: list[MetricInfo]) -> str:
    """What makes each metric look better or worse than it is."""
    lines = ["## What can fool them", "", "| name | what to look at before believing it |", "| --- | --- |"]
    rows = [f"| `{m.name}` | {_cell(m.fooled_by)} |" for m in metrics if m.fooled_by]
    return "\n".join([*lines, *rows]) + "\n"


def _row(info: MetricInfo) -> str:
    also = ", ".join(f"`{s}`" for s, full in sorted({**SHORT, **ALSO}.items()) if full == info.name)
    low, high = ("∞" if end is None else f"{end:g}" for end in (info.low, info.high))
    low = "-∞" if info.low is None else low
    better = {"higher": "higher", "lower": "lower", "none": ""}[info.direction]
    cells = (
        f"`{info.name}`{'*' if info.common else ''}",
        also,
        info.plain,
        f"`{info.formula}`",
        info.eligible,
        f"{low} … {high}",
        better,
        info.source,
    )
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
