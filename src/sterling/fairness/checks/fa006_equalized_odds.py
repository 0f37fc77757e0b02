"""FA006: do the groups differ in either error rate?"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from sterling.core.errors import ConfigError
from sterling.core.evidence import Answer, Finding, Side
from sterling.core.rates import RATES, MetricInfo
from sterling.core.registry import check
from sterling.engine.binary.measured import BinaryMeasured
from sterling.fairness.compare import NO_ROWS, Family, empty_side, families
from sterling.fairness.inequality import Bounded
from sterling.fairness.single import UNKNOWN, single
from sterling.stats.arrays import Interval
from sterling.stats.difference import square_and_add_linear
from sterling.stats.multiple import widest_gap_from
from sterling.stats.normal import sidak, z

OF = ("worst", "average")
METHOD = {
    "worst": "the wider of two widest gaps, each from Clopper-Pearson limits squared and added; low end simultaneous "
    "over all groups and both rates (Bonferroni), high end one-sided (intersection-union)",
    "average": "Clopper-Pearson limits of four rates squared and added; low end simultaneous over all pairs and both "
    "signs (Sidak), high end one-sided (intersection-union)",
}
_TRUE, _FALSE = RATES["true_positive_rate"], RATES["false_positive_rate"]
ODDS = {
    "worst": MetricInfo(
        name="equalized_odds", label="Equalized odds difference", direction="lower", eligible="labelled",
        plain="the wider of the gaps in true positive rate and in false positive rate",
        formula="max(gap(tp / (tp + fn)), gap(fp / (fp + tn)))", source="Hardt, Price, Srebro 2016",
    ),
    "average": MetricInfo(
        name="average_odds", label="Average odds difference", direction="lower", eligible="labelled", low=None,
        plain="the mean of the gaps in true positive rate and in false positive rate between two groups",
        formula="(|tpr - tpr'| + |fpr - fpr'|) / 2", source="Bellamy et al. 2018 (average absolute odds difference)",
    ),
}  # fmt: skip


@check(
    code="FA006",
    name="equalized-odds",
    title="Either error rate",
    question="How far apart are the groups in the worse of true and false positive rate?",
    finds=lambda p: ("highest",) if p["of"] == "average" else ("gap",),
    needs=("label", "decision", "groups"),
    tasks=("binary",),
    pitfalls=(
        "It and equal precision cannot both be small where the groups' label rates differ, short of a perfect model.",
        "The average hides one wide gap behind a narrow one: ask for the worst of the two first.",
        "With a past human decision as the label, it measures equal agreement with past decisions.",
    ),
    hints=("Ask FA001 for each of the two rates: they have different cures.",),
)
def equalized_odds(
    measured: BinaryMeasured, *, of: str = "worst", threshold: float | None = None,
    groups: tuple[str, ...] | None = None, crosses: bool = True,
) -> Answer:  # fmt: skip
    """The wider of the two gaps (`of = "worst"`), or the mean of both between two groups (`of = "average"`)."""
    if of not in OF:
        raise ConfigError(f"of is {of!r}", where="FA006", expected=" or ".join(OF))
    if of == "average" and measured.gram is not None:
        return Answer(
            outcome="not_applicable", reason="rows of one cluster count in both rates, whose errors then go together"
        )
    by_rate = (
        families(measured, rate, threshold=threshold, groups=groups, crosses=crosses) for rate in (_TRUE, _FALSE)
    )
    pairs = list(zip(*by_rate, strict=True))
    if not pairs:
        return Answer(outcome="insufficient", reason=NO_ROWS)
    made = _worst if of == "worst" else _average
    findings = tuple(_finding(measured, made(*pair), pair, threshold, of) for pair in pairs)
    return Answer(
        findings=findings, too_small=tuple(t for f in findings for t in f.too_small), method=METHOD[of], view="groups"
    )


class _Odds(NamedTuple):
    """The number, the two groups it is between, those that keep it open, and how many groups were compared."""

    bounds: Bounded
    sides: tuple[Side, ...]
    outermost: tuple[Side, ...]
    groups: int
    rate: str = ""


def _worst(true: Family, false: Family) -> _Odds:
    """Where one rate cannot be compared, the other says at least, and nothing says at most."""
    known = [f for f in (true, false) if len(f.rows) > 1]
    if not known:
        return _Odds(UNKNOWN, (), (), max(len(true.rows), len(false.rows)))
    level = true.measured.level
    sure = [widest_gap_from(f.quantity.value, f.quantity.decide_at, level=1 - (1 - level) / 2) for f in known]
    loose = [widest_gap_from(f.quantity.value, f.quantity.decide_at, level=level) for f in known]
    widest = int(np.argmax([float(w.value) for w in loose]))
    reach = int(np.argmax([float(w.at_most) for w in loose]))
    high = float(loose[reach].at_most) if len(known) == 2 else 1.0
    return _Odds(
        Bounded(float(loose[widest].value), max(float(w.at_least) for w in sure), high),
        tuple(known[widest].side(int(i)) for i in loose[widest].pair),
        tuple(known[reach].side(int(i)) for i in loose[reach].at_most_pair),
        max(len(f.rows) for f in known),
        known[widest].quantity.info.label,
    )


def _average(true: Family, false: Family) -> _Odds:
    """Of two groups; |a| + |b| is the largest of the sums with either sign, so bounds of these sums bound it."""
    both = [(int(np.flatnonzero(true.rows == r)[0]), int(np.flatnonzero(false.rows == r)[0]))
            for r in true.rows if r in false.rows]  # fmt: skip
    pairs = list(combinations(both, 2))
    if not pairs:
        return _Odds(UNKNOWN, (), (), len(both))
    level = true.measured.level
    sure = _sums(true, false, pairs, sidak(level, 2 * len(pairs), 2))
    loose = _sums(true, false, pairs, z(level, 1))
    t, f = true.quantity.value, false.quantity.value
    values = [(abs(t[i[0]] - t[j[0]]) + abs(f[i[1]] - f[j[1]])) / 2 for i, j in pairs]
    low, high = np.maximum(sure.low, -sure.high).max(), np.maximum(loose.high, -loose.low).max()
    return _Odds(Bounded(float(max(values)), max(0.0, float(low)), float(high)), (), (), len(both))


def _sums(
    true: Family, false: Family, pairs: list[tuple[tuple[int, int], tuple[int, int]]], critical: float
) -> Interval:
    """Intervals of (tpr - tpr') / 2 plus and less (fpr - fpr') / 2, of shape (pairs, 2)."""
    parts = [
        (f.quantity.value, *f.quantity.decide_at(np.full(len(f.rows), critical))) for f in (true, false)
    ]  # fmt: skip
    four = np.array([[(0, i[0]), (0, j[0]), (1, i[1]), (1, j[1])] for i, j in pairs])
    value, low, high = (
        np.stack([[parts[rate][k][place] for rate, place in row] for row in four])[:, None, :] for k in range(3)
    )
    signs = np.array([[0.5, -0.5, 0.5, -0.5], [0.5, -0.5, -0.5, 0.5]])
    return square_and_add_linear(signs, value, low, high)


def _finding(
    measured: BinaryMeasured, odds: _Odds, pair: tuple[Family, Family], threshold: float | None, of: str
) -> Finding:
    """The wider gap is one of a rate, between two groups; the average belongs to the family as a whole."""
    small = tuple({str(t.slice): t for f in pair for t in f.too_small}.values())
    if of == "average":
        return single(
            measured, ODDS[of], "highest", odds.bounds, n=int(measured.n[0]), method=METHOD[of],
            family=pair[0].columns, threshold=threshold, too_small=small,
        )  # fmt: skip
    label = f"{odds.rate} (equalized odds)" if odds.rate else ODDS[of].label
    return Finding(
        metric=replace(ODDS[of], label=label), kind="gap", family=pair[0].columns,
        threshold=measured.thresholds[measured.column(threshold)] if measured.thresholds else None,
        first=odds.sides[0] if odds.sides else empty_side(measured), second=odds.sides[1] if odds.sides else None,
        value=odds.bounds.value, low=odds.bounds.at_least, high=odds.bounds.at_most, level=measured.level,
        groups_compared=odds.groups, operating=threshold is None, too_small=small, method=METHOD[of],
        outermost=odds.outermost,
    )  # fmt: skip
