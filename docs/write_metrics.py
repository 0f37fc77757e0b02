"""Writes docs/metrics.md from the registry: `python docs/write_metrics.py`. A test says when it is out of date."""

from __future__ import annotations

from pathlib import Path

from sterling.core.metrics import ALSO, SCORE_METRICS
from sterling.core.rates import RATES, SHORT, MetricInfo

PAGE = Path(__file__).with_name("metrics.md")
HEAD = """# Metrics

Every metric that a limit, an ask or `--json` can name. Written from the registry by `docs/write_metrics.py`.

```python
import sterling as st

run = st.evaluate("examples/lending/data/lending.parquet", label="approved", score="score", groups="race")
print(run.frame["metric"].unique().sort().to_list())
```

A row is selected when its score is at least the threshold. The cells: `tp` and `fp` are selected rows with a positive
and a negative label, `fn` and `tn` those not selected; `selected_unlabelled` and `rejected_unlabelled` have no label.
Your own rate is written in the same way: `fp / (tp + fp + fn)`, `tpr - fpr`, and with a where-clause
`selection_rate where income > 50000 and region in ["north", "south"]`.

"""


def page() -> str:
    """The whole page as text."""
    rates = _table("Rates of decisions", [rate.info for rate in RATES.values()])
    scores = _table("Metrics of scores and of the data", [metric.info for metric in SCORE_METRICS.values()])
    return HEAD + rates + scores


def _table(title: str, metrics: list[MetricInfo]) -> str:
    lines = [f"## {title}", "", "| name | also | in words | formula | counted among | range | better | source |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- | --- |")
    return "\n".join([*lines, *map(_row, metrics)]) + "\n\n"


def _row(info: MetricInfo) -> str:
    also = ", ".join(f"`{s}`" for s, full in sorted({**SHORT, **ALSO}.items()) if full == info.name)
    low, high = ("∞" if end is None else f"{end:g}" for end in (info.low, info.high))
    low = "-∞" if info.low is None else low
    better = {"higher": "higher", "lower": "lower", "none": ""}[info.direction]
    cells = (
        f"`{info.name}`",
        also,
        info.plain,
        f"`{info.formula}`",
        info.eligible,
        f"{low} … {high}",
        better,
        info.source,
    )
    return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
