"""What a reader must know about the input before trusting a number."""

from __future__ import annotations

from sterling.core.roles import Roles
from sterling.engine.families import MAX_SLICES
from sterling.engine.measured import Measured
from sterling.engine.survey import Surveyed


def notices(surveyed: Surveyed, measured: Measured, roles: Roles, *, cross: int) -> tuple[str, ...]:
    """Plain sentences, most important first. They hold counts and column names, never values of rows."""
    out = list(surveyed.remarks())
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
