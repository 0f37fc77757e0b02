"""DA004: are groups, and labels between groups, out of balance?"""

from __future__ import annotations

from functools import partial

import numpy as np

from sterling.core.data.about import AboutData
from sterling.core.data.people import Balance, GroupGap, GroupNumber, People
from sterling.core.data.reference import Reference
from sterling.core.evidence import Answer, Finding, TooSmall
from sterling.core.registry import check
from sterling.data.people.balance import (
    LABELLED,
    MOST_PAIRED,
    enough,
    gap_of,
    imbalance,
    label_masks,
    label_shares,
    of_groups,
    of_labels,
    of_sizes,
    test_of,
)
from sterling.data.people.looking import clusters_note, families, meaning_of, share_estimates, small, without_repeats
from sterling.data.people.population import Population, Populations, from_table, written
from sterling.data.people.tally import ROWS, Groups, tally
from sterling.engine.table import TableAccess
from sterling.stats.draws import stream

CODE = "DA004"
METHOD = (
    "exact (Clopper-Pearson) limits of each share, squared and added; the end that can exceed a limit holds for all "
    "pairs of groups together (Tukey's studentised range)"
)


@check(
    code=CODE,
    name="balance",
    title="Balance of groups and labels",
    question="How unequal are the groups in size, and how unequally is the label spread over them?",
    needs=("table", "groups"),
    when=("profile",),
    pitfalls=(
        "Imbalance of labels may be a true difference, unequal treatment in the past, or who came into the table.",
        "Measures disagree by design: some grow with a group's size, some do not.",
        "Groups of equal size are seldom what is wanted: compare with a reference where there is one.",
    ),
    hints=("Where labels are past decisions, ask how they were made before a model learns them.",),
)
def balance(
    access: TableAccess, *, reference: Reference | None = None, cross: int = 1, groups: tuple[str, ...] | None = None
) -> Answer:
    """Measures of labels for every two groups, of sizes beside equal ones or a `reference`, and of inequality.

    `reference`: as in DA003; equal sizes unless given. `cross`: pairs (2) or triples (3) of columns as well.
    """
    wanted = families(access, groups, cross, where=CODE)
    singles = tuple(dict.fromkeys(c for f in wanted for c in f))
    held = _reference(reference, access, wanted)
    meaning = meaning_of(access)
    label = access.roles.label
    notes: tuple[str, ...] = ()
    if isinstance(meaning, str):
        counts = tally(access, singles)
        notes = (f"Labels are not compared: {meaning}.",)
    else:
        assert label is not None
        masks = partial(label_masks, label=label, meaning=meaning)
        counts = tally(access, singles, masks=masks, reads=(label,))
    gaps, numbers, findings, few = [], [], [], []  # type: list[GroupGap], list[GroupNumber], list[Finding], list[TooSmall]
    measured: list[Balance] = []
    for family in wanted:
        found = counts.groups(family)
        if isinstance(meaning, str):
            few += small(found, access.min_n)
        else:
            of_family = _labels(found, access)
            gaps += of_family[0]
            numbers += of_family[1]
            findings += of_family[2]
            few += of_family[3]
            measured += of_family[4]
        recorded = found.only(found.recorded)
        if len(recorded.slices) > 1 and int(recorded.n[ROWS].sum()) >= access.min_n:
            measured += _sizes(recorded, held.of if held is not None else (), access, held)
            findings.append(imbalance(recorded, level=access.level))
    if len(singles) > 1 and singles not in wanted:
        whole = counts.groups(singles)
        whole = whole.only(whole.recorded)
        if len(whole.slices) > 1 and int(whole.n[ROWS].sum()) >= access.min_n:
            measured += of_sizes(whole, level=access.level)
    if not isinstance(meaning, str) and any(len(counts.groups(f).slices) > MOST_PAIRED for f in wanted):
        notes = (*notes, f"Only the {MOST_PAIRED} largest groups of a column are compared in pairs.")
    people = People(
        numbers=tuple(numbers), gaps=tuple(gaps), balance=tuple(measured),
        source=held.source if held is not None else "groups of equal size",
    )  # fmt: skip
    return Answer(
        findings=tuple(findings), too_small=without_repeats(few), about=AboutData(people=people), method=METHOD,
        notes=(*notes, *clusters_note(access)), outcome="measured" if findings else "insufficient",
        reason="" if findings else "no column has two groups with enough rows",
    )  # fmt: skip


def _reference(
    reference: Reference | None, access: TableAccess, wanted: tuple[tuple[str, ...], ...]
) -> Populations | None:
    if reference is None:
        return None
    if reference.table is None:
        return written(reference, access, wanted, where=CODE)
    return from_table(reference, access, wanted, count=None, weight=None, exact=False, where=CODE)


_Labels = tuple[list[GroupGap], list[GroupNumber], list[Finding], tuple[TooSmall, ...], list[Balance]]


def _labels(found: Groups, access: TableAccess) -> _Labels:
    """Label shares of one family, the widest gap, and the measures of pairs."""
    level, weighted = access.level, access.roles.weight is not None
    label = access.roles.label
    estimates = share_estimates(label_shares(found), level=level, min_n=access.min_n, weighted=weighted)
    numbers = [
        GroupNumber(slice=s, measure="label_rate", estimate=e, column=label)
        for s, e in zip(found.slices, estimates, strict=True)
    ]
    kept, few = enough(found, access.min_n, LABELLED)
    if len(kept.slices) < 2:
        return [], numbers, [], few, []
    shares = label_shares(kept)
    p = test_of(kept, shares, rng=stream(access.seed, f"{CODE} {found.family}"), weighted=weighted)
    gap, told = gap_of(
        kept, shares, "label_rate_gap", measure="label_rate", level=level, method=METHOD, p=p, column=label,
        too_small=few,
    )  # fmt: skip
    return [gap], numbers, [told], few, list(of_labels(kept, level=level))


def _sizes(
    recorded: Groups, populations: tuple[Population, ...], access: TableAccess, held: Populations | None
) -> list[Balance]:
    level = access.level
    rng = stream(access.seed, f"{CODE} sizes {recorded.family}")
    population = next((p for p in populations if p.columns == recorded.family), None)
    out = list(of_sizes(recorded, level=level))
    if population is None or held is None:
        equal = "groups of equal size"
        return [*of_groups(recorded, reference=None, n_reference=None, against=equal, level=level, rng=rng), *out]
    names = [tuple(str(v) for _, v in s.items) for s in recorded.slices]
    known = np.array([n in population.shares for n in names])
    named = recorded.only(known)
    share = np.array([population.shares[n] for n, k in zip(names, known, strict=True) if k])
    if len(share) < 2 or share.sum() <= 0:
        return out
    beside = of_groups(
        named, reference=share / share.sum(), n_reference=population.n, against=held.source, level=level, rng=rng
    )
    return [*beside, *out]
