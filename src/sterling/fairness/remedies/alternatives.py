"""Less discriminatory alternatives: is there another model, as useful, under which the groups stand closer?

Candidates never see a group, neither in training nor in deciding: no group column is a feature, and no weight is made
from one. Groups propose which features to leave out, and they measure. Candidates are trained on one part of the rows,
chosen on a second and reported on a third, at the selection rate of the current model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace

import numpy as np

from sterling.core.defaults import DEFAULT_LEVEL, DEFAULT_MIN_N
from sterling.core.errors import InputError, SterlingError, shown
from sterling.core.estimate import Estimate
from sterling.core.frozen import dataclass
from sterling.core.project import Search as Spec
from sterling.core.remedy import Candidate, Remedy, Search, register
from sterling.fairness.candidates import Proposal, proposals
from sterling.fairness.frontier import Placed, judged
from sterling.fairness.proxies import Proxy, proxies
from sterling.fairness.standing import Bools, Floats, Rows, Wanted, Yardstick, matching_threshold, yardstick
from sterling.recipes.fitting import Fitted, fit

ALTERNATIVES = register(
    Remedy(
        name="alternatives",
        title="Less discriminatory alternatives",
        uses="never",
        improves="the ratio of selection rates between groups, at the same overall selection rate",
        worsens="accuracy, by no more than the stated tolerance on the rows that choose",
        source="Gillis, Meursault and Ustun 2024, FAccT 377; Black et al. 2024, Georgetown Law Journal 113:53",
        docs="remedies/alternatives.md",
    )
)
TOLERANCE = 0.01
"""A candidate may be less accurate than the current model by so much on the rows that choose."""
MISMATCH = 0.01
"""A candidate whose best threshold selects a share further than this from the current one is not comparable."""
Progress = Callable[[int, int, str], None]
"""Called with candidates done, candidates in all, and the name of the one that comes next."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Current:
    """The model in use, by its scores of the rows that choose and certify, and its threshold (`>=` selects).

    `recipe` and `parameters` when it was trained from a recipe, so that near variations are tried first. `reweighed`:
    it was trained with weights made from the group, which no candidate is. `what` says in a few words what it is.
    """

    name: str
    threshold: float
    choose: Floats
    certify: Floats
    recipe: str | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    reweighed: bool = False
    what: str = "the model in use"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Tried:
    proposal: Proposal
    fitted: Fitted
    threshold: float
    selected: Bools


class TooFewToChoose(InputError):
    """No two groups are large enough on the rows that choose: nothing can be said, and nothing is wrong."""


def search_alternatives(
    train: Rows, choose: Rows, certify: Rows, *, current: Current, spec: Spec, group: str, features: Sequence[str],
    wanted: Wanted = "selected", level: float = DEFAULT_LEVEL, min_n: int = DEFAULT_MIN_N,
    tolerance: float = TOLERANCE, groups: Sequence[str] = (), progress: Progress | None = None,
) -> Search:  # fmt: skip
    """Try up to `spec.budget` candidates and say which of them to look at more closely, and what the rest lacked.

    `group` names the column whose values `Rows.group` hold; it and all other `groups` are struck from `features`, and
    the weights of `train` must not be made from them. `wanted`: the decision people hope for. A candidate is kept when,
    on the rows that choose, its smallest ratio between groups is above the current model's, its accuracy is at most
    `tolerance` below, and no other candidate is as good in both. Which of the kept are `better` is said on the rows
    that certify, by an interval that holds for all of them together.

    Raises ConfigError for a slip in `spec`, InputError when rows do not fit together or no part has two groups of
    `min_n` people.
    """
    _fits(current.choose, choose)
    _fits(current.certify, certify)
    train = _labelled(train)
    struck = tuple(f for f in features if f == group or f in groups)
    used = tuple(f for f in features if f not in struck)
    found = proxies(train.frame, used, train.group)
    spec = replace(spec, drop=tuple(tuple(f for f in names if f not in struck) for names in spec.drop))
    plan = proposals(
        spec, used, found, recipe=current.recipe, parameters=current.parameters,
        again=bool(struck) or current.reweighed,
    )  # fmt: skip
    on_choose, on_certify = (yardstick(r, group, wanted=wanted, level=level, min_n=min_n) for r in (choose, certify))
    now = current.choose >= current.threshold
    pair = on_choose.far_apart(now)
    if pair is None:
        raise TooFewToChoose(
            f"fewer than two groups of {shown(group)!r} have {min_n} people among the {choose.n:,} that choose",
            where=choose.part, hint="choose on more rows, or join small groups",
        )  # fmt: skip
    rate = _share(now, choose)
    tried, failed = _train_all(train, choose, plan, rate, spec.seed, progress)
    mine = _current(on_choose, current, now)
    chosen = judged(mine, [_placed(on_choose, t, now, pair, rate) for t in tried], tolerance=tolerance)
    kept = [t for t, c in zip(tried, chosen, strict=True) if c.kept]
    between = (on_choose.slices[pair[0]], on_choose.slices[pair[1]])
    certified = _certify(on_certify, current, kept, [c for c in chosen if c.kept], between)
    return Search(
        remedy=ALTERNATIVES, group=group, utility_metric="accuracy",
        impact_metric="selection_rate" if wanted == "selected" else "share not selected", selection_rate=rate,
        chosen_on=choose.part, certified_on=certify.part, n_chosen=choose.n, n_certified=certify.n,
        current=mine, chosen=tuple(chosen), certified=certified, budget=spec.budget, seed=spec.seed,
        gap_between=between,
        notes=(*_notes(group, struck, current, found, tolerance), *_small(on_choose), *_small(on_certify), *failed),
    )  # fmt: skip


def _labelled(rows: Rows) -> Rows:
    """The rows whose label is known: nothing is learned from the others."""
    known = ~np.isnan(rows.label)
    if known.all():
        return rows
    return replace(
        rows, frame=rows.frame.filter(known), label=rows.label[known],
        group=[g for g, k in zip(rows.group, known, strict=True) if k],
        weights=None if rows.weights is None else rows.weights[known],
    )  # fmt: skip


def _train_all(
    train: Rows, choose: Rows, plan: Sequence[Proposal], rate: float, seed: int, progress: Progress | None
) -> tuple[list[_Tried], list[str]]:
    """Every candidate that could be trained; a sentence for each that could not."""
    tried: list[_Tried] = []
    failed: list[str] = []
    for i, proposal in enumerate(plan):
        if progress is not None:
            progress(i, len(plan), proposal.name)
        try:
            fitted = fit(
                proposal.recipe, proposal.parameters, frame=train.frame, features=proposal.features, label=train.label,
                weights=train.weights, seed=seed,
            )  # fmt: skip
        except SterlingError as error:
            failed.append(f"{proposal.name} could not be trained: {error.what}")
            continue
        scores = fitted.predict(choose.frame)
        threshold, _ = matching_threshold(scores, choose.mass, rate)
        tried.append(_Tried(proposal=proposal, fitted=fitted, threshold=threshold, selected=scores >= threshold))
    if progress is not None:
        progress(len(plan), len(plan), "")
    return tried, failed


def _placed(at: Yardstick, tried: _Tried, now: Bools, pair: tuple[int, int], rate: float) -> Placed:
    candidate = _measured(at, _blank(tried), tried.selected, now)
    candidate = replace(candidate, gap_change=at.gap_change(now, tried.selected, pair))
    share = _share(tried.selected, at.rows)
    return Placed(candidate=candidate, comparable=abs(share - rate) <= max(MISMATCH, 1 / at.rows.n), share=share)


def _certify(
    at: Yardstick, current: Current, kept: Sequence[_Tried], chosen: Sequence[Candidate],
    between: tuple[object, object],
) -> tuple[Candidate, ...]:  # fmt: skip
    """The current model and the kept candidates on rows that had no part in choosing."""
    now = current.certify >= current.threshold
    mine = _current(at, current, now)
    out = [mine]
    place = {s: i for i, s in enumerate(at.slices)}
    pair = tuple(place[s] for s in between if s in place)
    for tried, before in zip(kept, chosen, strict=True):
        selected = tried.fitted.predict(at.rows.frame) >= tried.threshold
        candidate = _measured(at, before, selected, now, comparisons=len(kept))
        gap = at.gap_change(now, selected, (pair[0], pair[1]), comparisons=len(kept)) if len(pair) == 2 else None
        better = _better(gap, candidate.impact, mine.impact)
        candidate = replace(candidate, gap_change=gap, better=better)
        out.append(replace(candidate, why=_verdict(candidate)))
    return tuple(out)


def _better(gap: Estimate | None, after: Estimate, before: Estimate) -> bool:
    """The gap closed beyond its interval, and the groups do not stand further apart the other way round."""
    if gap is None or gap.high is None or after.value is None or before.value is None:
        return False
    return gap.high < 0 and after.value > before.value


def _measured(at: Yardstick, candidate: Candidate, selected: Bools, now: Bools, comparisons: int = 1) -> Candidate:
    changes = at.changes(now, selected, comparisons=comparisons)
    return replace(
        candidate, utility=at.accuracy(selected), impact=at.impact(selected), changes=changes,
        selection_rate=at.selection_rate(selected),
        utility_change=at.accuracy_change(now, selected, comparisons=comparisons),
        worse=tuple(dict.fromkeys(str(c.slice) for c in changes if c.worse)),
    )  # fmt: skip


def _current(at: Yardstick, current: Current, now: Bools) -> Candidate:
    return Candidate(
        name=current.name, recipe=current.recipe or "", dropped=(), parameters=dict(current.parameters),  # type: ignore[arg-type]
        threshold=current.threshold, utility=at.accuracy(now), impact=at.impact(now), kept=False,
        why=current.what, selection_rate=at.selection_rate(now),
    )  # fmt: skip


def _blank(tried: _Tried) -> Candidate:
    unknown = Estimate(
        value=None, low=None, high=None, level=DEFAULT_LEVEL, n=0, n_eligible=None, method="", status="undefined"
    )
    return Candidate(
        name=tried.proposal.name, recipe=tried.proposal.recipe.name, dropped=tried.proposal.dropped,
        parameters=dict(tried.proposal.parameters), threshold=tried.threshold, utility=unknown, impact=unknown,
        kept=False, why="",
    )  # fmt: skip


def _verdict(candidate: Candidate) -> str:
    gap, utility = candidate.gap_change, candidate.utility_change
    said = [f"gap changed by {_points(gap)}", f"accuracy changed by {_points(utility)}"]
    head = "closer, beyond the interval" if candidate.better else "not closer beyond the interval"
    return f"{head}: {'; '.join(said)}"


def _points(change: Estimate | None) -> str:
    if change is None or change.value is None or change.low is None or change.high is None:
        return "an unknown amount (too few people)"
    return f"{100 * change.value:+.1f} points [{100 * change.low:+.1f}, {100 * change.high:+.1f}]"


def _share(selected: Bools, rows: Rows) -> float:
    return float((rows.mass * selected).sum() / rows.mass.sum())


def _notes(
    group: str, struck: Sequence[str], current: Current, found: Sequence[Proxy], tolerance: float
) -> Iterator[str]:  # fmt: skip
    told = ", ".join(f"{p.feature} ({p.strength:.2f})" for p in found[:5] if p.strength > 0)
    if told:
        yield f"Features that go with {group}, by Cramér's V on the training rows: {told}."
    for column in struck:
        yield f"{column} is among the current features; no candidate reads it."
    if current.reweighed:
        yield "The current model learns with weights made from group and label; candidates learn without them."
    yield f"On the rows that choose, a candidate may be wrong about {100 * tolerance:g} in 100 people more than now."
    yield "Rows are taken as independent people; intervals are too narrow where one person has many rows."


def _small(at: Yardstick) -> Iterator[str]:
    small = [str(s) for s, large in zip(at.slices, at.large, strict=True) if not large]
    if small:
        yield f"Fewer than {at.min_n} people on {at.rows.part}, so not compared: {', '.join(small)}."


def _fits(scores: Floats, rows: Rows) -> None:
    if scores.shape != (rows.n,) or not np.isfinite(scores).all():
        raise InputError(
            "the current model has no score for some rows",
            where=rows.part,
            expected=f"{rows.n} finite scores",
            hint="find out for which rows it gives none, and leave those out first",
        )
    if not rows.n or not rows.mass.sum() > 0:
        raise InputError("there are no rows", where=rows.part, hint="give [split] a larger share for this part")
