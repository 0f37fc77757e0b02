"""EX001: which features move the scores, of whom, and by how much more than those of others?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from sterling.core.attributed import attribution_columns
from sterling.core.column_metrics import COLUMN_TASKS
from sterling.core.errors import ConfigError, shown
from sterling.core.evidence import Answer
from sterling.core.registry import check
from sterling.core.roles import Roles
from sterling.engine.measured import Measured
from sterling.explain.attributions import Attributions

METHOD = (
    "{interval}; groups joined by square-and-add; the low end of the widest gap is simultaneous over all features and "
    "groups (Sidak over features, studentised range over groups), its high end one-sided (intersection-union)"
)


def reads(parameters: Mapping[str, object], known: Sequence[str], roles: Roles) -> tuple[str, ...]:
    """The columns of attributions. Raises ConfigError when a pattern finds none, or finds a column with a role."""
    found = attribution_columns(cast("tuple[str, ...]", parameters["attributions"]), known)
    taken = next((c for c in found.values() if c in roles.columns), None)
    if taken is not None:
        raise ConfigError(
            f"{shown(taken)!r} has a role of its own and is no attribution", expected="columns of attributions alone",
            hint="write a pattern that does not fit it",
        )  # fmt: skip
    return tuple(found.values())


@check(
    code="EX001",
    name="attributions",
    title="What moves the scores of whom",
    question="Which features move the scores, and of which groups more than of others?",
    needs=("sums",),
    tasks=COLUMN_TASKS,
    pitfalls=(
        "Attributions explain the model's score, not the world: a feature that moves scores need not cause anything.",
        "Features that go together share what they say as the explainer divides it; another divides it otherwise.",
        "A feature with the same attribution in every group may still stand for the group: ask DA008.",
        "Means of signed attributions cancel out: read the mean size beside them.",
    ),
    hints=(
        "Look at the feature's values by group first: groups that differ in it have other attributions of it.",
        "Ask whether the feature may be used at all, and what the scores are without it.",
    ),
    reads=reads,
)
def attributions(
    measured: Measured, *, attributions: tuple[str, ...], unit: str = "", groups: tuple[str, ...] | None = None,
    baseline: tuple[str, ...] | None = None, crosses: bool = False,
) -> Answer:  # fmt: skip
    """Mean, mean size, total, total size and share of every feature's attributions by slice; and who is furthest apart.

    `attributions`: columns, or patterns such as `shap_*` or `shap_{feature}`. `unit`: what they are in, such as
    "log-odds"; unknown when empty. Groups are compared with everybody else, or with the `baseline`.
    """
    unknown = next((g for g in groups or () if g not in measured.groups), None)
    if unknown is not None:
        raise ConfigError(f"{shown(unknown)!r} is no group column", expected=", ".join(map(shown, measured.groups)))
    assert measured.amounts is not None
    known = measured.amounts.summing.columns
    columns = attribution_columns(attributions, known)
    families = [f for f in measured.families if (groups is None or set(f) <= set(groups)) and (crosses or len(f) == 1)]
    of = Attributions(measured=measured, amounts=measured.amounts, columns=columns, baseline=baseline or ())
    findings = tuple(of.finding(family) for family in families)
    method = METHOD.format(interval=findings[0].method) if findings else ""
    return Answer(
        findings=findings, too_small=tuple(t for f in findings for t in f.too_small), method=method, view="none",
        notes=of.notes(), attributed=of.found(families, unit),
    )  # fmt: skip
