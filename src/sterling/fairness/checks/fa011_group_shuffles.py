"""FA011: could the gap be the luck of who is in which group?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sterling.core.errors import ConfigError
from sterling.core.evidence import P_OF_SHUFFLES, Answer, Finding
from sterling.core.metrics import Metric
from sterling.core.rates import MetricInfo, Rate
from sterling.core.registry import check
from sterling.engine.binary.measured import BinaryMeasured
from sterling.fairness.checks.fa001_group_gap import METHOD as GAP
from sterling.fairness.compare import NO_ROWS, Family, families
from sterling.fairness.inequality import Bounded
from sterling.fairness.pairs import PairQuestion, pair_finding
from sterling.fairness.shuffling import LEVELS, adjusted, shuffle_family
from sterling.fairness.single import single
from sterling.stats.exact import Permutation
from sterling.stats.shuffles import MOST

FEWEST, MOST_SHUFFLES = 99, 1_000_000
METHOD = (
    "the groups of {rows} are shuffled, sizes kept (multivariate hypergeometric); statistic: {statistic}; "
    "p = (b + 1) / (m + 1), Clopper-Pearson limits of the share of shuffles, adjusted for all families (Holm)"
)
ROWS = {
    False: "the rows that the metric counts",
    True: f"rows of the same label, their scores in at most {LEVELS} levels of the same size",
}
ERROR = {False: "delta method", True: "DeLong"}
"""Where the standard error of a rate is from, and that of an AUC."""
MUCH = {False: "this much or more", True: "this clearly or more"}


@check(
    code="FA011",
    name="group-shuffles",
    title="Gap by chance",
    question="Could the gap be the luck of who is in which group?",
    finds=("gap", "lowest"),
    needs=("groups",),
    tasks=("binary",),
    pitfalls=(
        "A small p says that the gap is no luck, not that it is large; with many rows any gap has a small p.",
        "A large p does not show that there is no gap: few rows show little. Set a limit on the gap itself.",
        "Not studentised, the smallest group rules p, and groups that differ in other ways than in the metric may too.",
    ),
    hints=("Ask FA001 how wide the gap is at least and at most: a limit on that is one on what matters.",),
)
def group_shuffles(
    measured: BinaryMeasured, *, metric: Metric, threshold: float | None = None, groups: tuple[str, ...] | None = None,
    crosses: bool = True, shuffles: int = 9999, studentised: bool = True,
) -> Answer:  # fmt: skip
    """The widest gap of `metric` in each family, and its p-value: how rarely `shuffles` of the groups show as much.

    `studentised`: differences are divided by their standard errors before the largest is taken.
    """
    if not FEWEST <= shuffles <= MOST_SHUFFLES:
        raise ConfigError(
            f"shuffles is {shuffles}", where="FA011", expected=f"a number from {FEWEST} to {MOST_SHUFFLES:,}"
        )
    reason = _cannot(measured, metric)
    if reason:
        return Answer(outcome="not_applicable", reason=reason)
    found = list(families(measured, metric, threshold=threshold, groups=groups, crosses=crosses))
    if not found:
        return Answer(outcome="insufficient", reason=NO_ROWS)
    tests = [shuffle_family(f, metric, threshold, shuffles=shuffles, studentised=studentised) for f in found]
    p_values = adjusted(tests, measured.level)
    gap = PairQuestion(
        kind="gap", metric=metric, threshold=threshold, groups=groups, baseline=None, crosses=crosses, method=GAP
    )
    of_auc = metric.name == "auc"
    over = f"the largest difference over its standard error ({ERROR[of_auc]})"
    method = METHOD.format(rows=ROWS[of_auc], statistic=over if studentised else "the widest gap")
    return Answer(
        findings=tuple(
            finding
            for f, p in zip(found, p_values, strict=True)
            for finding in (pair_finding(measured, f, gap), _finding(measured, metric, f, p, threshold, method))
        ),
        too_small=tuple(t for f in found for t in f.too_small),
        method=f"{method}; gap: {GAP.format(interval=found[0].quantity.decided_by)}",
        notes=tuple(_notes(metric, found, tests, p_values, measured.level, MUCH[studentised])),
        view="groups",
    )


def _cannot(measured: BinaryMeasured, metric: Metric) -> str:
    """Why the groups cannot be shuffled, or nothing."""
    if measured.weighted:
        return "rows are weighted: a row that stands for more people cannot take another's place"
    if measured.gram is not None:
        return "rows of one cluster belong together: shuffled one by one they would look too different"
    if not isinstance(metric, Rate) and metric.name != "auc":
        return f"{metric.info.label} is neither a rate of counted rows nor the AUC"
    return f"there are more than {MOST:,} rows" if measured.n[0] > MOST else ""


def _finding(
    measured: BinaryMeasured, metric: Metric, family: Family, p: Bounded, threshold: float | None, method: str
) -> Finding:
    of = metric.info
    info = MetricInfo(
        name=f"{P_OF_SHUFFLES}{of.name})", label=f"P-value of the gap in {_small(metric)}", scale="value",
        plain="how often as much of a gap shows when who is in which group is shuffled; small: the gap is no luck",
        eligible=of.eligible, formula="(b + 1) / (m + 1)", direction="none", needs_label=of.needs_label,
        needs_score=of.needs_score, by_threshold=of.by_threshold, source="Phipson and Smyth 2010",
    )  # fmt: skip
    return single(
        measured, info, "lowest", p, n=int(family.quantity.n_eligible.sum()), method=method, family=family.columns,
        threshold=threshold, too_small=family.too_small,
    )  # fmt: skip


def _small(metric: Metric) -> str:
    """The label of the metric inside a sentence."""
    label = metric.info.label
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _notes(
    metric: Metric, found: Sequence[Family], tests: Sequence[Permutation | None], p_values: Sequence[Bounded],
    level: float, much: str,
) -> Iterator[str]:  # fmt: skip
    """What was shuffled and what came of it, for each family in a sentence."""
    several = sum(t is not None for t in tests)
    for family, test, p in zip(found, tests, p_values, strict=True):
        if test is None:
            continue
        low, high = test.bounds(level)
        groups = " × ".join(family.columns)
        said = (
            f"In {test.as_extreme:,} of {test.shuffles:,} shuffles, groups by {groups} differ {much} "
            f"in {_small(metric)}: p = {_percent(test.p_value)}% [{_percent(low)}, {_percent(high)}]"
        )
        if several > 1:
            said += f"; adjusted for {several} families of groups: {_percent(p.value)}%"
        yield f"{said}. {int(family.quantity.n_eligible.sum()):,} rows in {len(family.rows)} groups."


def _percent(share: float) -> str:
    return f"{float(f'{100 * share:.2g}'):g}"
