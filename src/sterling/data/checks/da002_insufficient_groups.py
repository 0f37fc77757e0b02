"""DA002: which groups are too small to say anything about?"""

from __future__ import annotations

from sterling.core.errors import counted
from sterling.core.evidence import Answer, TooSmall
from sterling.core.registry import check
from sterling.engine.measured import Measured


@check(
    code="DA002",
    name="insufficient-groups",
    title="Groups too small to say",
    question="About which groups can these data say nothing?",
    finds=(),
    needs=("groups",),
    pitfalls=("A group that is too small to measure can still be treated worse: silence is not evidence.",),
    hints=("Collect more rows of these groups, or examine them one by one with the people concerned.",),
)
def insufficient_groups(measured: Measured) -> Answer:
    """Slices with fewer rows than the smallest that is judged; they are listed, never dropped silently."""
    small = tuple(
        TooSmall(slice=s, n=int(n), n_eligible=int(n), n_needed=measured.min_n)
        for s, n in zip(measured.slices, measured.n, strict=True)
        if n < measured.min_n
    )
    count = len(small)
    notes = (counted(count, "group has", "groups have") + f" fewer than {measured.min_n} rows",) if count else ()
    return Answer(too_small=small, notes=notes, method="rows counted", view="representation")
