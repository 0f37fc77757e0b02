"""What a reader must know about the input before trusting a number."""

from __future__ import annotations

from sterling.core.roles import Roles
from sterling.engine.families import MAX_SLICES
from sterling.engine.measured import Measured
from sterling.engine.survey import Surveyed


def notices(surveyed: Surveyed, measured: Measured, roles: Roles, *, cross: int) -> tuple[str, ...]:
    """Plain sentences, most important first. They hold counts and column names, never values of rows."""
    out: list[str] = []
    meaning = surveyed.meaning
    if roles.label and meaning is not None:
        if meaning.missing:
            out.append(
                f"{meaning.missing:,} of {surveyed.rows:,} rows have no label: they count in selection rates and are "
                "left out of error rates"
            )
        if len(meaning.values) == 1:
            out.append(
                f"every labelled row has the same label ({meaning.values[0]}): rates of the other label are unknown"
            )
        if len(meaning.values) > 2:
            out.append(f"the label has {len(meaning.values)} values; all but {meaning.positive} count as negative")
    for index, model in enumerate(roles.models):
        low, high = surveyed.score_range(index)
        if model.kind != "prediction" and low == high:
            out.append(f"every score in {model.column} is {low:g}: it does not tell people apart")
    small = int((measured.n < measured.min_n).sum())
    if small:
        out.append(
            f"{small:,} of {len(measured.n):,} groups (crosses included) have fewer than {measured.min_n} rows: "
            "too small to say"
        )
    depth = max((len(f) for f in measured.families), default=0)
    if depth < min(cross, len(roles.groups)):
        out.append(f"crosses of group columns are left out: they would make more than {MAX_SLICES:,} slices")
    if roles.label and roles.label_kind == "unstated":
        out.append("it was not said what the label is: an outcome, a human decision or an annotation (--label-kind)")
    return tuple(out)
