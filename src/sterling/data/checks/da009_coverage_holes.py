"""DA009: which combinations of groups does the table hardly hold?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sterling.core.data.about import AboutData
from sterling.core.data.people import Hole, People
from sterling.core.errors import ConfigError
from sterling.core.evidence import Answer
from sterling.core.registry import check
from sterling.core.slices import EVERYONE, Slice
from sterling.data.people.bands import with_bands
from sterling.data.people.looking import FEW, Shares, families, finding, side
from sterling.data.people.patterns import Pattern, chance_of_so_few, uncovered
from sterling.data.people.tally import Tally, tally
from sterling.engine.table import TableAccess

CODE = "DA009"
METHOD = "rows counted: exact for this table; p: Poisson's chance of so few rows if the columns were independent"


@check(
    code=CODE,
    name="coverage-holes",
    title="Combinations that hardly occur",
    question="Which combinations of groups have too few rows for anything to be said or learned about them?",
    needs=("table", "groups"),
    when=("profile",),
    pitfalls=(
        "Some combinations cannot occur, or hardly: a hole is not always something to fill.",
        "More columns make more holes: of ten columns nearly every combination is rare.",
        "A combination can have rows enough and still only one label.",
    ),
    hints=("Collect rows of the widest holes first: filling one fills all combinations inside it.",),
)
def coverage_holes(
    access: TableAccess, *, threshold: int | None = None, features: tuple[str, ...] | None = None,
    groups: tuple[str, ...] | None = None, depth: int = 4, bins: int = 4, most: int = 50,
) -> Answer:  # fmt: skip
    """Maximal uncovered patterns of the group columns (and of `features`, numbers in `bins` of about equal size).

    `threshold`: rows a combination should have, `min_n` unless given. `depth`: columns that a combination may fix.
    `most`: so many holes are listed, those first that independence would least explain.
    """
    wanted = access.min_n if threshold is None else threshold
    if wanted < 1 or not 1 <= depth <= 6 or not 2 <= bins <= 20 or most < 1:
        raise ConfigError(
            f"threshold is {wanted}, depth {depth}, bins {bins}, most {most}", where=CODE,
            expected="1 or more; 1 to 6; 2 to 20; 1 or more",
        )  # fmt: skip
    columns = tuple(f[0] for f in families(access, groups, 1, where=CODE))
    banded, names = with_bands(access, features or (), taken=columns, bins=bins, where=CODE)
    plain = replace(banded, roles=replace(access.roles, weight=None))
    counts = tally(plain, (*columns, *names))
    found = uncovered(counts.cells, counts.counts[:, 0], [len(v) for v in counts.values], threshold=wanted, depth=depth)
    holes = sorted(
        (_hole(p, counts, wanted) for p in found.patterns),
        key=lambda h: (1.0 if h.p is None else h.p, -h.expected, len(h.slice.items), str(h.slice)),
    )
    skipped = [" × ".join(counts.columns[i] for i in set_) for set_ in found.skipped]
    notes = []
    if len(holes) > most:
        notes.append(f"{len(holes):,} combinations were found; {most:,} are listed, the most surprising first.")
    if skipped:
        notes.append(f"Not looked at, as they have too many combinations: {'; '.join(skipped[:5])}.")
    if access.roles.weight is not None:
        notes.append("Rows are counted: weights say how much a row stands for, not how many there are.")
    n = float(len(holes))
    everyone = Shares(
        value=np.array([n]), size=np.array([float(access.rows)]), n=np.array([access.rows]),
        eligible=np.array([access.rows]),
    )  # fmt: skip
    told = finding(
        "coverage_holes", family=(*columns, *names), first=side((EVERYONE,), everyone, 0), second=None, value=n,
        low=n, high=n, level=access.level, compared=sum(len(v) for v in counts.values),
        method="counted: exact for this table",
    )  # fmt: skip
    people = People(holes=tuple(holes[:most]), holes_found=len(holes))
    return Answer(findings=(told,), about=AboutData(people=people), method=METHOD, notes=tuple(notes))


def _hole(pattern: Pattern, counts: Tally, threshold: int) -> Hole:
    slice_ = Slice(
        tuple((counts.columns[c], counts.values[c][k]) for c, k in zip(pattern.columns, pattern.codes, strict=True))
    )
    p = chance_of_so_few(pattern.rows, pattern.expected) if len(pattern.columns) > 1 else None
    few = pattern.rows < FEW
    return Hole(
        slice=slice_, rows=None if few else pattern.rows, expected=pattern.expected, largest=True,
        needed=threshold if few else threshold - pattern.rows, threshold=threshold, p=p,
    )  # fmt: skip
