"""A sensible plan when none is given, and the asks that a policy's limits imply."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from sterling.core.data.metrics import ANSWERED_BY
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.membership import Membership
from sterling.core.metrics import Metric, known_metrics, resolve_metric
from sterling.core.of_class import CLASSED, write_class
from sterling.core.plan import Ask, Plan, ask, operating_among
from sterling.core.policy import Limit, Policy
from sterling.core.rates import Rate
from sterling.core.registry import canonical
from sterling.core.roles import Roles, Task
from sterling.pipeline.answerable import answerable

GAPS = ("selection_rate", "true_positive_rate", "false_positive_rate", "false_negative_rate", "precision", "accuracy")
SCORE_GAPS = ("auc", "calibration_in_the_large")
GAPS_OF: dict[Task, tuple[str, ...]] = {
    "multiclass": ("accuracy", "balanced_accuracy", "macro_f1", "macro_auc", "log_loss"),
    "multilabel": ("macro_recall", "macro_precision", "macro_f1", "subset_accuracy", "macro_auc"),
    "sets": ("set_recall", "set_precision", "set_f1", "subset_accuracy"),
    "ranking": ("relative_exposure", "exposure_by_merit", "top_representation(10)", "ndcg(10)"),
    "detection": ("box_ap", "box_ap(0.5)", "box_recall", "box_precision"),
    "segmentation": ("mean_iou", "mean_dice", "pixel_accuracy"),
    "regression": ("average_prediction", "mean_error", "mean_absolute_error", "root_mean_squared_error", "r2"),
    "text": ("exact_match", "rouge_l", "bleu", "length_ratio"),
}
"""What is compared between groups by default, for tasks other than yes/no; those that need a label only with one."""
OF_EACH: tuple[str, ...] = ("selection_rate", "true_positive_rate")
MOST_CLASSES = 10
"""What is compared of each class or label besides, when there are no more of them."""
MOST_TABLES = 5
"""Thresholds beside the one in force at which a confusion table is made; rates are measured at all of them."""
INFERRED_GAPS = ("selection_rate", "true_positive_rate", "false_positive_rate")
"""What is bounded between groups that were inferred."""
FEW_GROUPS = 4
"""With more group columns, questions nobody set a limit on look at single columns; limits and the board at all."""

ATTRIBUTIONS = "EX001"
"""The check of what features add to scores."""
_CHECK_OF = {"gap": "FA001", "ratio": "FA002", "lowest": "FA003", "highest": "FA003"}


def build_plan(
    roles: Roles,
    policy: Policy,
    *,
    thresholds: tuple[float, ...],
    cross: int,
    level: float,
    min_n: int,
    seed: int,
    baseline: tuple[str, ...],
    metrics: tuple[str, ...] = (),
    compare: str | None = None,
    attributions: tuple[str, ...] = (),
    attribution_unit: str = "",
) -> Plan:
    """The default asks, those of the policy's `[[ask]]` tables and those its limits need; equal asks once.

    `metrics` are those of the table of all slices ("all": every one), the common ones unless given; `compare` names the
    model that the others are compared with; `attributions` the columns of what features add to scores.
    Raises ConfigError for an unknown check, parameter or metric, naming the file and line.
    """
    _known_groups(policy, roles)
    for limit in policy.limits:
        if limit.metric is not None:
            of_the_task(limit.metric, roles.task, where=limit.origin)
    for name in metrics:
        if name != "all":
            of_the_task(resolve_metric(name), roles.task, where="metrics")
    own = asks_of(policy)
    answerable(policy, own, roles, cross)
    of_models = [item for item in own if "table" not in item.check.needs]
    limits = tuple(t.threshold for t in policy.limits if t.threshold is not None)
    asks = [*_from_limits(policy, baseline, roles), *of_models, *_default(roles, baseline)]
    asks += _below_thresholds(roles, thresholds, baseline)
    if _abstains(roles) and limits and not thresholds:
        thresholds = (0.0,)  # limits alone name some: everybody is given a class elsewhere
    if attributions:
        asks.append(ask(ATTRIBUTIONS, attributions=attributions, unit=attribution_unit, baseline=baseline or None))
    asks = [one for item in asks for one in _of_each_model(item, roles)]
    also = tuple(dict.fromkeys(a.parameters["metric"].info.name for a in asks if _is_own(a)))  # type: ignore[attr-defined]
    asks.append(ask("QU001", name="performance", metrics=_known_names(metrics), also=also or None))
    asks += _comparisons(compare, roles, metrics, also)
    unique: dict[str, Ask] = {}
    for item in asks:
        unique.setdefault(
            str(item.check.code) + str(canonical(item.parameters)) + str(item.model) + _named(item, policy), item
        )
    tables = tuple(float(str(a.parameters["threshold"])) for a in asks if a.parameters.get("threshold") is not None)
    extra = tuple(sorted({*limits, *tables} - set(thresholds)))
    return Plan(
        asks=tuple(unique.values()),
        thresholds=thresholds,
        extra=extra,
        cross=cross,
        level=level,
        min_n=min_n,
        seed=seed,
    )


_CALLED: dict[tuple[str, Task], str] = {
    ("mean_average_precision", "detection"): "box_ap is the mean average precision of boxes, of all classes together",
    ("iou", "detection"): "how far a box must overlap is in brackets: box_ap(0.75)",
}  # fmt: skip
"""What is meant where a task has the word for something else."""


def of_the_task(metric: Metric, task: Task, *, where: str) -> None:
    """A metric that this kind of model does not have would be measured nowhere, and its limit held against nothing."""
    if task not in metric.info.tasks:
        of_class = task in CLASSED and "binary" in metric.info.tasks
        raise ConfigError(
            f"{metric.info.name} is no metric of a {task} model", where=where,
            expected="a metric of " + " or ".join(metric.info.tasks) + f" models, or another for {task}",
            hint=f"it is of one class or label: {metric.info.name} of NAME" if of_class
            else _CALLED.get((metric.info.name.partition(" of ")[0], task), "")
            or "sterling metrics lists those of each task; --task says what the model does",
        )  # fmt: skip


def _known_groups(policy: Policy, roles: Roles) -> None:
    """A limit on a column that is no group column would be held against nothing."""
    for limit in policy.limits:
        slices = (limit.slice, limit.baseline)
        named = (*(limit.groups or ()), *(c for s in slices if s is not None for c in s.family))
        for column in named:
            if column not in roles.groups and not (_inferred((column,), roles) and limit.kind != "ratio"):
                raise ConfigError(
                    f"the limit names {shown(column)!r}, which is not a group column",
                    where=limit.origin,
                    expected="one of " + ", ".join(map(shown, roles.groups)) if roles.groups else "",
                    hint=f"add --groups {shown(column)}, or take it out of the limit",
                )


def _named(item: Ask, policy: Policy) -> str:
    """Asks that a limit names stay apart even when they ask the same."""
    return item.name if any(limit.ask == item.name for limit in policy.limits) else ""


def _is_own(item: Ask) -> bool:
    """A metric that the table of all metrics would lack. Rates of some rows only are no metrics of these slices."""
    metric = item.parameters.get("metric")
    if not isinstance(metric, Metric) or (isinstance(metric, Rate) and metric.where is not None):
        return False
    return metric.info.name not in known_metrics() or not metric.info.common


def _default(roles: Roles, baseline: tuple[str, ...]) -> list[Ask]:
    against = baseline or None
    asks = [ask("QU002", name="better than no model")] if roles.label and roles.task in ("binary", "multiclass") else []
    if roles.label and roles.task in CLASSED:
        asks.append(ask("QU005", name="worst class"))
    asks += [
        ask("FA020", name=f"{m} by {g.family}", group=g.group, metric=m, probabilities=g.written)
        for g in roles.memberships
        for m in (INFERRED_GAPS if roles.label else INFERRED_GAPS[:1])
    ]
    if not roles.groups:
        return asks
    metrics: tuple[str, ...] = GAPS if roles.label else GAPS[:1]
    if roles.label and any(m.kind != "prediction" for m in roles.models):
        metrics = (*GAPS, *SCORE_GAPS)
    if roles.task != "binary":
        weighted = _class_weighted(roles)
        metrics = tuple(m for m in (*weighted, *GAPS_OF.get(roles.task, ()), *_of_each(roles)) if _askable(m, roles))
    crosses = len(roles.groups) <= FEW_GROUPS
    asks += [ask("FA001", name=f"{m} gap", metric=m, baseline=against, crosses=crosses) for m in metrics]
    if roles.task == "binary":
        ratio = "selection_rate"
        asks.append(ask("FA002", name=f"{ratio} ratio", metric=ratio, baseline=against, crosses=crosses))
    return [*asks, ask("DA001", name="representation"), ask("DA002", name="insufficient groups")]


def _abstains(roles: Roles) -> bool:
    """Whether a threshold leaves rows without a class."""
    return roles.task == "multiclass" and any(m.kind == "probability" for m in roles.models)


def _below_thresholds(roles: Roles, thresholds: tuple[float, ...], baseline: tuple[str, ...]) -> list[Ask]:
    """Who is given no class, and what the others are taken for, at each threshold but the one in force."""
    if not thresholds or not _abstains(roles):
        return []
    asks = []
    if roles.groups:
        name, crosses = "abstention_rate", len(roles.groups) <= FEW_GROUPS
        asks.append(ask("FA001", name=f"{name} gap", metric=name, baseline=baseline or None, crosses=crosses))
    others = [t for t in thresholds if t != operating_among(thresholds)][:MOST_TABLES] if roles.label else []
    return [*asks, *(ask("QU005", name=f"worst class at {t:g}", threshold=t) for t in others)]


def _of_each(roles: Roles) -> list[str]:
    """Metrics of each class, where the names of columns tell the classes."""
    classes = list(dict.fromkeys(c for m in roles.models for c in m.classes))
    return [f"{m} of {write_class(c)}" for m in OF_EACH for c in classes] if len(classes) <= MOST_CLASSES else []


def _askable(name: str, roles: Roles) -> bool:
    info = resolve_metric(name).info
    scored = any(m.kind != "prediction" for m in roles.models) or roles.task not in ("multiclass", "multilabel")
    return (bool(roles.label) or not info.needs_label) and (scored or not info.needs_score)


def _from_limits(policy: Policy, baseline: tuple[str, ...], roles: Roles) -> list[Ask]:
    known = [lim for lim in policy.limits if lim.metric is not None and lim.metric.info.name not in ANSWERED_BY]
    changes = [one for limit in known if limit.against is not None for one in _for_change(limit, roles)]
    return [*(_for_limit(limit, baseline, roles) for limit in known if limit.against is None), *changes]


def _for_change(limit: Limit, roles: Roles) -> list[Ask]:
    """A limit on the change from one model asks for each of the others."""
    from sterling.quality.comparison.compare import unknown_change

    assert limit.metric is not None and limit.against is not None
    parameters = {
        "metric": limit.metric, "threshold": limit.threshold, "groups": limit.groups, "slice": limit.slice,
        "end": limit.kind, "against": limit.against, "relative": limit.relative,
    }  # fmt: skip
    reason = unknown_change(roles.task, limit.metric)
    if reason:
        raise ConfigError(
            reason, where=limit.origin, expected="a metric whose change is worked out: docs/checks/QU004.md",
            hint="max, min and max_gap bound the metric itself",
        )  # fmt: skip
    others = _others(limit.against, roles, where=limit.origin, leave="take the limit out")
    names = [name for name in others if limit.model in (None, name)]
    title = f"{limit.metric.info.name} {limit.kind} from {limit.against}"
    return [ask("QU004", name=title, model=name, where=limit.origin, **parameters) for name in names]


def _comparisons(compare: str | None, roles: Roles, metrics: tuple[str, ...], also: tuple[str, ...]) -> list[Ask]:
    """Every model beside the one it is compared with, `also` by what somebody set a limit on."""
    if compare is None:
        return []
    others = _others(compare, roles, where="compare")
    name, known = f"change from {compare}", _known_names(metrics)
    return [ask("QU004", name=name, model=other, against=compare, metrics=known, also=also or None) for other in others]


def _others(against: str, roles: Roles, *, where: str, leave: str = "leave --compare out") -> list[str]:
    """The models beside the one named. Raises ConfigError when there is none of that name, or no other."""
    names = [m.name for m in roles.models]
    if against not in names:
        raise ConfigError(
            f"no model is called {shown(against)!r} to compare with", where=where,
            expected="one of " + ", ".join(map(shown, names)), hint=near_miss(against, names),
        )  # fmt: skip
    if len(names) < 2:
        raise ConfigError(
            f"there is no model beside {shown(against)!r} to compare with it", where=where,
            expected="two models or more, such as two score columns",
            hint=f"{leave}, or give the other score with --score",
        )  # fmt: skip
    return [name for name in names if name != against]


def _class_weighted(roles: Roles) -> tuple[str, ...]:
    if not roles.class_weights:
        return ()
    from sterling.core.class_weights import CLASS_WEIGHTED

    return CLASS_WEIGHTED


def _of_each_model(item: Ask, roles: Roles) -> list[Ask]:
    """Attributions are of one model: with several, an ask names it, or holds a place for its name."""
    if item.check.code != ATTRIBUTIONS or item.model is not None:
        return [item]
    from sterling.core.attributed import MODEL

    patterns = _patterns(item)
    if all(MODEL in pattern for pattern in patterns):
        filled = {m.name: tuple(p.replace(MODEL, m.name) for p in patterns) for m in roles.models}
        return [
            replace(item, model=name, parameters={**item.parameters, "attributions": columns})
            for name, columns in filled.items()
        ]
    if len(roles.models) > 1:
        raise ConfigError(
            f"attributions explain one model, and there are {len(roles.models)}", where="attributions",
            expected="columns that name the model too, or an ask for each model", got=", ".join(map(shown, patterns)),
            hint='shap_{model}_{feature}; or [[ask]] check = "EX001" with model = …',
        )  # fmt: skip
    return [item]


def _patterns(item: Ask) -> tuple[str, ...]:
    return cast("tuple[str, ...]", item.parameters["attributions"])


def attributed_in(plan: Plan) -> tuple[str, ...]:
    """The patterns of columns of attributions in a plan."""
    return tuple(p for item in plan.asks if item.check.code == ATTRIBUTIONS for p in _patterns(item))


def _known_names(metrics: tuple[str, ...]) -> tuple[str, ...] | None:
    """The metrics by the names they have everywhere. Raises ConfigError for one that is not known."""
    return tuple(m if m == "all" else resolve_metric(m).info.name for m in metrics) or None


def _inferred(groups: tuple[str, ...] | None, roles: Roles) -> Membership | None:
    """The inferred group that a limit speaks of alone."""
    return next((m for m in roles.memberships if groups == (m.family,)), None)


def _for_limit(limit: Limit, baseline: tuple[str, ...], roles: Roles) -> Ask:
    assert limit.metric is not None
    member = _inferred(limit.groups, roles)
    if member is not None:
        _of_everyone(limit)
        return ask(
            "FA020", name=f"{limit.metric.info.name} {limit.kind} by {member.family}", model=limit.model,
            where=limit.origin, group=member.group, metric=limit.metric, probabilities=member.written, end=limit.kind,
            threshold=limit.threshold,
        )  # fmt: skip
    parameters: dict[str, object] = {
        "metric": limit.metric, "threshold": limit.threshold, "groups": limit.compared, "slice": limit.slice
    }  # fmt: skip
    if limit.kind in ("gap", "ratio"):
        own = tuple(f"{c}={v}" for c, v in limit.baseline.items) if limit.baseline else baseline
        parameters["baseline"] = own or None
    else:
        parameters["end"] = limit.kind
    name = f"{limit.metric.info.name} {limit.kind}"
    return ask(_CHECK_OF[limit.kind], name=name, model=limit.model, where=limit.origin, **parameters)


def _of_everyone(limit: Limit) -> None:
    """Groups that were inferred are neither crossed nor compared with one of them."""
    for key, given in (("slice", limit.slice), ("baseline", limit.baseline)):
        if given is not None:
            raise ConfigError(
                f"a limit on a group that was inferred has no {key}", where=limit.origin, hint=f"leave out {key}"
            )


def asks_of(policy: Policy) -> list[Ask]:
    """The `[[ask]]` tables of a policy, bound."""
    asks = []
    for i, table in enumerate(policy.asks):
        given = {str(k): v for k, v in table.items() if k not in ("check", "name", "model", "rate")}
        if "rate" in table:
            given["metric"] = table["rate"]
        name, model = table.get("name"), table.get("model")
        asks.append(
            ask(
                str(table["check"]),
                name=None if name is None else str(name),
                where=policy.ask_origins[i] if i < len(policy.ask_origins) else policy.origin,
                model=None if model is None else str(model),
                **given,
            )
        )
    return asks
