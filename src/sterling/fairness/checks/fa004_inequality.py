"""FA004: how unequally are wrong decisions spread over people, and how much of that lies between groups?"""

from __future__ import annotations

from collections.abc import Callable

from sterling.core.errors import ConfigError
from sterling.core.evidence import Answer, Finding
from sterling.core.rates import MetricInfo
from sterling.core.registry import check
from sterling.engine.binary.measured import BinaryMeasured
from sterling.fairness.inequality import (
    BENEFIT,
    Bounded,
    Floats,
    atkinson,
    between_bounds,
    coefficient_of_variation,
    entropy_bounds,
)
from sterling.fairness.single import single

INDICES = ("generalised_entropy", "theil", "atkinson", "coefficient_of_variation")
PARTS = ("total", "between")
METHOD = {
    "total": "linearised (delta method) on joint cell counts, on the square-root scale; each end one-sided",
    "between": "squared length of the groups' distances from the mean benefit; low end by Satterthwaite's quantile, "
    "high end one-sided in the worst direction",
}
SOURCE = "Speicher et al. 2018; Cowell 2011, Measuring Inequality"


@check(
    code="FA004",
    name="inequality",
    title="Inequality of benefits",
    question="How unequally are decisions better and worse than the label spread over people?",
    finds=("highest",),
    needs=("label", "decision"),
    tasks=("binary",),
    pitfalls=(
        "The index counts a wrong yes as a gain and a wrong no as a loss: where a wrong yes harms, it says the wrong "
        "thing.",
        "It is low for a model that is right about everyone, and also for one that errs in the same way for all.",
        "The part between groups is small even where groups differ much: most inequality is within groups.",
    ),
    hints=("Read the error rates of the groups (FA001) beside it: the index does not say who gets less.",),
)
def inequality(
    measured: BinaryMeasured, *, index: str = "generalised_entropy", alpha: float = 2.0, epsilon: float = 0.5,
    part: str = "total", groups: tuple[str, ...] | None = None, threshold: float | None = None,
    wanted: str = "selected",
) -> Answer:  # fmt: skip
    """An entropy index of the benefit b = decision - label + 1, of everyone or between the groups of each family.

    `index` is generalised_entropy (with `alpha`), theil, atkinson (with `epsilon`) or coefficient_of_variation.
    `wanted`: which decision is the benefit, selected or not_selected.
    """
    _known("index", index, INDICES)
    _known("part", part, PARTS)
    _known("wanted", wanted, ("selected", "not_selected"))
    power, turn = _power(index, alpha, epsilon)
    benefit = BENEFIT if wanted == "selected" else 2.0 - BENEFIT
    info = _info(index, power, epsilon, part)
    if part == "total":
        findings = [_total(measured, info, power, turn, benefit, threshold)]
    elif not measured.groups:
        return Answer(outcome="not_applicable", reason="no group columns were given")
    elif measured.gram is not None:
        return Answer(outcome="not_applicable", reason="rows of one cluster may lie in several groups")
    else:
        findings = _between(measured, info, power, turn, benefit, threshold, groups)
    return Answer(findings=tuple(findings), method=METHOD[part])


def _known(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ConfigError(f"{name} is {value!r}", where="FA004", expected=" or ".join(known))


def _power(index: str, alpha: float, epsilon: float) -> tuple[float, Callable[[float], float]]:
    """The alpha of the entropy that an index rests on, and the rising function that makes it the index."""
    if not 0 < alpha < 100:
        raise ConfigError(
            f"alpha is {alpha:g}", where="FA004", expected="a number above 0",
            hint="at 0 and below, one person without a benefit makes the index infinite",
        )  # fmt: skip
    if not 0 < epsilon < 1:
        raise ConfigError(
            f"epsilon is {epsilon:g}", where="FA004", expected="a number between 0 and 1",
            hint="from 1 on, one person without a benefit makes the index 1",
        )  # fmt: skip
    match index:
        case "theil":
            return 1.0, float
        case "atkinson":
            return 1 - epsilon, lambda v: float(atkinson(v, epsilon))
        case "coefficient_of_variation":
            return 2.0, lambda v: float(coefficient_of_variation(v))
        case _:
            return alpha, float


def _info(index: str, power: float, epsilon: float, part: str) -> MetricInfo:
    label, formula = {
        "generalised_entropy": (f"Generalised entropy (alpha {power:g})",
                                "mean((b / mean(b))^a - 1) / (a (a - 1)), b = decision - label + 1"),
        "theil": ("Theil index", "mean(b / mean(b) * log(b / mean(b))), b = decision - label + 1"),
        "atkinson": (f"Atkinson index (epsilon {epsilon:g})",
                     "1 - mean((b / mean(b))^(1 - e))^(1 / (1 - e)), b = decision - label + 1"),
        "coefficient_of_variation": ("Coefficient of variation of benefits",
                                     "sd(b) / mean(b), b = decision - label + 1"),
    }[index]  # fmt: skip
    between = part == "between"
    return MetricInfo(
        name=f"{index}_{part}" if between else index, label=f"{label} between groups" if between else label,
        plain="how unequally benefits (a decision better or worse than the label) are spread "
        + ("between groups" if between else "over people") + "; 0 is equal",
        eligible="labelled", formula=formula, scale="value", direction="lower", high=None, source=SOURCE,
    )  # fmt: skip


def _cells(measured: BinaryMeasured, column: int) -> tuple[Floats, Floats]:
    """Sums of weights and of squared weights per slice and cell (tp, fp, fn, tn); counts where there are none."""
    if measured.w is None or measured.q is None:
        counts = measured.cells[:, column, :4]
        return counts, counts
    return measured.w[:, column, :4], measured.q[:, column, :4]


def _turned(found: Bounded, turn: Callable[[float], float]) -> Bounded:
    return Bounded(turn(found.value), turn(found.at_least), turn(found.at_most))


def _total(
    measured: BinaryMeasured, info: MetricInfo, power: float, turn: Callable[[float], float], benefit: Floats,
    threshold: float | None,
) -> Finding:  # fmt: skip
    column = measured.column(threshold)
    cells, squares = _cells(measured, column)
    n = int(measured.cells[0, column, :4].sum())
    found = Bounded(*[float("nan")] * 3)
    if (cells[0] * benefit).sum() > 0:
        products = None if measured.gram is None else measured.gram.products[0, column, :4, :4]
        found = entropy_bounds(
            cells[0], cells[0] if squares is cells else squares[0], power, benefit, level=measured.level,
            products=products,
        )  # fmt: skip
    return single(measured, info, "highest", _turned(found, turn), n=n, method=METHOD["total"], threshold=threshold)


def _between(
    measured: BinaryMeasured, info: MetricInfo, power: float, turn: Callable[[float], float], benefit: Floats,
    threshold: float | None, groups: tuple[str, ...] | None,
) -> list[Finding]:  # fmt: skip
    """One finding for each family. Every group takes part, however small: it is a part of the whole."""
    column = measured.column(threshold)
    cells, squares = _cells(measured, column)
    out = []
    for family in measured.families:
        if groups is not None and not set(family) <= set(groups):
            continue
        rows = measured.family_rows(family)
        rows = rows[measured.cells[rows, column, :4].sum(axis=-1) > 0]
        n = int(measured.cells[rows, column, :4].sum())
        known = len(rows) > 1 and bool((cells[rows] * benefit).sum() > 0)
        found = between_bounds(cells[rows], squares[rows], power, benefit, level=measured.level) if known else None
        bounds = Bounded(*[float("nan")] * 3) if found is None else _turned(found, turn)
        out.append(
            single(measured, info, "highest", bounds, n=n, method=METHOD["between"], family=family, threshold=threshold)
        )
    return out
