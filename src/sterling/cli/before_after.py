"""What changed since the run before, as Markdown for a job summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sterling.cli.terminal import harmless
from sterling.report.exports.github import markdown_text

if TYPE_CHECKING:
    from sterling.pipeline.difference import Difference

MOST = 12


def before_after(made: Difference) -> str:
    """A section with the verdicts that changed and the numbers that moved beyond their interval, largest first."""
    lines = ["", f"### Since run {text(made.before)}", ""]
    for note in made.notes:
        lines += [f"Note: {text(note)}.", ""]
    if made.verdicts:
        lines += ["| Limit | before | now |", "| --- | --- | --- |"]
        lines += [
            f"| {text(v.question)} | {v.before or 'not judged'} | {v.after or 'not judged'} |" for v in made.verdicts
        ]
    else:
        lines.append("No verdict changed.")
    moved = made.moved
    lines += ["", f"{moved.height} of {made.estimates.height} numbers moved beyond the interval of their change.", ""]
    if moved.height:
        lines += ["| Number | before | now | change |", "| --- | ---: | ---: | ---: |"]
        lines += [_row(row) for row in moved.head(MOST).iter_rows(named=True)]
    return "\n".join(lines) + "\n"


def _row(row: dict[str, object]) -> str:
    name = f"{row['metric']}, {row['slice']}".replace("_", " ")
    change = f"{row['change']:+.3f} [{row['change_low']:+.3f}, {row['change_high']:+.3f}]"
    return f"| {text(name)} | {row['value_before']:.3f} | {row['value_after']:.3f} | {change} |"


def text(name: str) -> str:
    """A name as Markdown shows it, without characters that a terminal would obey."""
    return markdown_text(harmless(name))
