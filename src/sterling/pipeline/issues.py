"""What a run gives reason to worry about, stage by stage; and which questions it answered well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sterling.core.defaults import SHARED
from sterling.core.dossier import DataFacts, ModelFacts
from sterling.core.errors import shown
from sterling.core.evidence import Evidence, Finding
from sterling.core.frozen import dataclass
from sterling.core.judge import Judgement, Verdict, VerdictWord
from sterling.core.late import question
from sterling.core.policy import UPPER, Limit
from sterling.core.project import Project
from sterling.core.records import Stage

ROWS_A_FEATURE = 10
"""Fewer training rows than so many for each feature is noted: the rule of thumb of Peduzzi et al. 1996."""
_LEAKS = {"exact": "have the same values as rows of", "entity": "are of somebody who has rows in"}
"""Of two parts of a split, what rows of one may share with the other."""
_RANK: dict[VerdictWord, int] = {"undecided": 1, "insufficient": 1, "not_applicable": 1, "error": 1, "over": 2}
_NUMBER = re.compile(r"(?<!\w)\d[\d,]*(?!\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One worry, or with `rank` 0 a question that was asked and answered well.

    `key` is what it is about, without what was found: the same in every run. `rank` 2 outranks 1; within a rank,
    `least` and `most` say between which bounds it is bad, so that what lies wholly beyond an earlier one is worse.
    Of a limit, `bound` is where it is set, an upper one or not, and `reach` the furthest that anything found may be.
    """

    stage: Stage
    key: tuple[str, ...]
    text: str = ""
    rank: int = 1
    least: float | None = None
    most: float | None = None
    owner: str | None = None
    step_taken: str = ""
    proceed: bool = False
    bound: float | None = None
    upper: bool = True
    reach: float | None = None

    def stricter(self, other: float | None) -> float | None:
        """The stricter of the limit's bound and another one of the same limit."""
        if self.bound is None or other is None:
            return self.bound
        return min(self.bound, other) if self.upper else max(self.bound, other)

    def meets(self, bound: float) -> bool:
        """Whether all that was found would be met if the limit were set at this bound."""
        return self.reach is not None and (self.reach <= bound if self.upper else self.reach >= bound)


def scope_issues(project: Project) -> Iterator[Issue]:
    """One entry for all that nobody has answered about the scope. It never holds the data up."""
    scope = project.scope
    missing = scope.missing if scope is not None else ()
    named = " ".join(shown(m) for m in missing[:3])
    more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    asked = "1 question about the scope is" if len(missing) == 1 else f"{len(missing)} questions about the scope are"
    text = f"{asked} not answered: {named}{more}"
    if scope is None:
        text = "nobody has written down what the model is for and whom it affects"
    yield Issue(
        stage="scope", key=("answers",), text=text, rank=2 if scope is None else int(bool(missing)),
        least=len(missing), most=len(missing), owner=project.owner, proceed=True,
    )  # fmt: skip


def data_issues(project: Project, data: DataFacts) -> Iterator[Issue]:
    """Every promise about the data that does not hold. Counts in it are how bad it is and no part of what it is."""
    seen: set[str] = set()
    for problem in data.problems:
        key = _NUMBER.sub("#", problem)
        while key in seen:
            key += "'"
        seen.add(key)
        number = _NUMBER.search(problem)
        size = float(number.group().replace(",", "")) if number else None
        yield Issue(stage="data", key=(key,), text=problem, least=size, most=size, owner=project.owner)


def preprocessing_issues(project: Project, data: DataFacts) -> Iterator[Issue]:
    """What may go wrong between the table and training: the same row on both sides of the split, empty parts."""
    if data.duplicates is not None:
        many = f"{data.duplicates:,} rows are" if data.duplicates >= SHARED else f"fewer than {SHARED} rows are"
        risk = "a row may be trained on and measured on" if data.parts else "each counts as often as it is there"
        text = f"{many} there more than once: {risk}" if data.duplicates else ""
        yield _noted("preprocessing", "duplicates", text, project, size=_told_size(data.duplicates))
    for leak in data.leaks:
        if leak.kind in _LEAKS:
            named = _LEAKS[leak.kind]
            rows = f"{leak.rows:,} of {leak.n:,} rows" if leak.rows >= SHARED else f"fewer than {SHARED} rows"
            text = (
                f"{rows} kept for {shown(leak.second)} {named} {shown(leak.first)}: what is measured may look too good"
            )
            key = f"{leak.kind} in {leak.first} and {leak.second}"
            yield _noted("preprocessing", key, text if leak.rows else "", project, size=_told_size(leak.rows))
    for part, n in data.parts.items():
        few = n < project.measuring.min_n
        rows = f"{n:,} rows" if n >= SHARED else f"fewer than {SHARED} rows"
        text = f"the part of the rows kept for {shown(part)} has {rows}: too few to say anything" if few else ""
        yield _noted("preprocessing", f"part {part}", text, project, size=-max(n, SHARED))


def _told_size(rows: int) -> int:
    """How bad it is, as the ledger may hold it: of a handful no number, as in the text."""
    return max(rows, SHARED) if rows else 0


def training_issues(project: Project, model: ModelFacts) -> Iterator[Issue]:
    """Notes on training: too few rows for the features; scores that other models gave than the one released."""
    rows, features = model.trained_on, len(model.features)
    if rows is not None and features:
        few = rows < ROWS_A_FEATURE * features
        text = (
            f"the model was trained on {rows:,} rows with {features:,} features: fewer than {ROWS_A_FEATURE} a feature"
        )
        yield _noted("training", "few rows", text if few else "", project, size=-rows)
    if model.recipe is not None:
        folds = model.cross_fitted or 0
        text = f"rows are few: they were scored by {folds} models that did not see them, not by the model itself"
        step = "every row was scored by a model that did not see it"
        yield _noted("training", "cross-fitted", text if folds else "", project, size=0, step_taken=step)


def _noted(stage: Stage, key: str, text: str, project: Project, *, size: float, step_taken: str = "") -> Issue:
    """Something to know that holds nothing up; an empty text means that all is well."""
    return Issue(
        stage=stage, key=(key,), text=text, rank=int(bool(text)), least=size, most=size, owner=project.owner,
        step_taken=step_taken, proceed=True,
    )  # fmt: skip


def inference_issues(project: Project, judgement: Judgement, evidence: Sequence[Evidence]) -> Iterator[Issue]:
    """For each limit and model the worst that was found; and every check that stopped with an error under no limit."""
    worst: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in judgement.verdicts:
        if verdict.limit is not None:
            worst.setdefault(question(verdict.limit, verdict.model), []).append(verdict)
    for key, verdicts in worst.items():
        yield _of_limit(project, key, verdicts)
    answered = {(e.ask, e.model) for e in evidence if e.outcome != "error"}
    answered |= {(v.ask, v.model) for v in judgement.verdicts if v.verdict != "error"}
    crashed = {(v.ask, v.model): v for v in judgement.verdicts if v.verdict == "error" and v.limit is None}
    for ask, model in [*answered - set(crashed), *crashed]:
        text = f"the check {shown(ask)} stopped with an error, model {shown(model or '')}"
        key = ("check", ask, model or "")
        amiss = (ask, model) in crashed
        yield Issue(stage="inference", key=key, text=text, rank=int(amiss), owner=project.owner, proceed=True)


def _of_limit(project: Project, key: tuple[str, ...], verdicts: Sequence[Verdict]) -> Issue:
    worst = max(verdicts, key=_badness)
    limit, rank = worst.limit, _RANK.get(worst.verdict, 0)
    assert limit is not None
    least, most = _beyond(worst.finding, limit) if worst.verdict in ("over", "undecided") else (None, None)
    others = sum(v.verdict == worst.verdict for v in verdicts) - 1
    more = f"; and so {'is' if others == 1 else 'are'} {others} more of its comparisons" if others > 0 else ""
    open_ = [v for v in verdicts if v.verdict in _RANK]
    waivers = {v.waiver for v in open_}
    waiver = next(iter(waivers)) if len(waivers) == 1 else None
    return Issue(
        stage="inference",
        key=key,
        text=f"{_named(limit, worst.model)} {_found(worst)}{more}",
        rank=rank,
        least=least,
        most=most,
        owner=waiver.owner if waiver is not None else project.owner,
        step_taken=f"waived by {waiver.owner} until {waiver.expires}: {waiver.reason}" if waiver is not None else "",
        proceed=waiver is not None,
        bound=limit.bound,
        upper=_is_upper(limit),
        reach=_reach(verdicts, limit),
    )


def _is_upper(limit: Limit) -> bool:
    return limit.statement in UPPER


def _reach(verdicts: Sequence[Verdict], limit: Limit) -> float | None:
    """The end furthest out of all intervals; None when one of them is not known."""
    upper = _is_upper(limit)
    ends = [None if v.finding is None else v.finding.high if upper else v.finding.low for v in verdicts]
    known = [end for end in ends if end is not None and end == end]
    if not known or len(known) < len(ends):
        return None
    return max(known) if upper else min(known)


def _badness(verdict: Verdict) -> tuple[bool, int, float]:
    """What nobody waived comes first, then what is over, then what lies furthest beyond."""
    assert verdict.limit is not None
    rank = _RANK.get(verdict.verdict, 0)
    least = _beyond(verdict.finding, verdict.limit)[0]
    return (rank > 0 and verdict.waiver is None, rank, least if least is not None else float("-inf"))


def _beyond(finding: Finding | None, limit: Limit) -> tuple[float | None, float | None]:
    """How far the finding lies beyond the limit: at least and at most. None where nothing is known."""
    if finding is None or finding.low != finding.low or finding.high != finding.high:
        return None, None
    if _is_upper(limit):
        return finding.low - limit.bound, finding.high - limit.bound
    return limit.bound - finding.high, limit.bound - finding.low


def _named(limit: Limit, model: str | None) -> str:
    """`the limit 'approval gap' (selection_rate max_gap 0.05 by race, model p)`."""
    what = limit.metric.info.name if limit.metric is not None else f"ask {shown(limit.ask or '')}"
    parts = [f"{shown(what)} {limit.statement} {limit.bound:g}"]
    parts += [f"by {', '.join(shown(g) for g in limit.groups)}"] if limit.groups else []
    parts += [f"among {shown(str(limit.slice))}"] if limit.slice is not None else []
    parts += [f"against {shown(str(limit.baseline))}"] if limit.baseline is not None else []
    parts += [f"at {limit.threshold:g}"] if limit.threshold is not None else []
    told = " ".join(parts) + (f", model {shown(model)}" if model else "")
    return f"the limit '{shown(limit.name)}' ({told})" if limit.name else f"the limit ({told})"


def _found(verdict: Verdict) -> str:
    lower = verdict.limit is not None and verdict.limit.statement in ("min", "min_ratio")
    unmet = "is not reached" if lower else "is exceeded"
    words: Mapping[VerdictWord, str] = {"over": unmet, "undecided": "is undecided", "within": "is met"}
    finding = verdict.finding
    if finding is None or finding.value != finding.value or verdict.verdict not in words:
        return f"was not answered: {verdict.reason}"
    sides = [shown(str(s.slice)) for s in (finding.first, finding.second) if s is not None]
    return (
        f"{words[verdict.verdict]}: {finding.value:.3f} [{finding.low:.3f}, {finding.high:.3f}], {' and '.join(sides)}"
    )
