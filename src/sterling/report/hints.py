"""What to do next, and what the numbers cannot say: from what was declared and found, never from a verdict alone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sterling.core.column_metrics import is_measure
from sterling.core.errors import counted
from sterling.core.evidence import Finding, TooSmall
from sterling.core.judge import Judgement, Verdict
from sterling.core.membership import is_inferred
from sterling.core.roles import NUMBERED, PER_CLASS, ROWS, UNCUT, Task
from sterling.core.run import Run
from sterling.core.slices import EVERYONE, Slice
from sterling.core.spoken import in_project_words
from sterling.report.deciding import FAR, power_text
from sterling.report.people import group, noun
from sterling.report.sentences import term
from sterling.report.text import about, capital, count, few, listed, plain
from sterling.report.words import headline_counts, held_by, in_order, settled_roles

if TYPE_CHECKING:
    from sterling.core.remedy import Search

MOST_STEPS = 6
LESS_DISCRIMINATORY = "Look for a less discriminatory alternative"
ATTRIBUTIONS = "EX001"
_REPORTED = re.compile(
    r"\bself[- ]?(report|assess|declar|identif|rat)|\bsurvey(s|ed)?\b|\bquestionnaire|\bcensus|"
    r"\b(people|they|respondents?)( themselves)? (reported|stated|told|said)\b", re.IGNORECASE,
)  # fmt: skip
"""Words for a label that people gave of themselves."""
_OF_FEATURES: tuple[Task, ...] = ("binary", *PER_CLASS, *NUMBERED)
"""Tasks whose models are shown columns of features; others are shown texts, images, or what somebody chose before."""
# Groups that law and custom ask about in most places, and the words by which columns usually name them.
_TYPICAL: dict[str, frozenset[str]] = {
    "race or ethnicity": frozenset(
        {"race", "races", "ethnic", "ethnicity", "black", "white", "hispanic", "nationality"}
    ),
    "sex or gender": frozenset({"sex", "gender", "female", "male", "women", "woman"}),
    "age": frozenset({"age", "ages", "birth", "dob", "birthdate", "birthday"}),
    "disability": frozenset({"disability", "disabled", "disabilities", "impairment"}),
}


OF_PROJECT = "sterling run"
"""The command that a project's run is made by; its readers write a project file and no options."""


def next_steps(run: Run, judgement: Judgement) -> tuple[str, ...]:
    """What to do, the first thing to try first. Never empty."""
    verdicts = in_order(judgement)
    steps = [
        *_over(run, verdicts),
        *_label(run),
        *_checks(verdicts),
        *_undecided(run, verdicts),
        *_too_small(run, verdicts),
        *_errors(verdicts),
        *_set_up(run, judgement),
    ]
    if not any(v.verdict in ("over", "undecided", "error") for v in verdicts):
        steps.append("Measure again on later data, and before any change of the model: groups and labels drift")
    first = tuple(dict.fromkeys(steps))[:MOST_STEPS]
    return tuple(map(in_project_words, first)) if _of_project(run) else first


def told(run: Run, hints: tuple[str, ...]) -> tuple[str, ...]:
    """The hints of a check as the reader of this run says them: options, or keys of the project's file."""
    return tuple(map(in_project_words, hints)) if _of_project(run) else hints


def _of_project(run: Run) -> bool:
    return run.provenance.command == OF_PROJECT


def after_search(steps: tuple[str, ...], search: Search | None) -> tuple[str, ...]:
    """The steps where alternatives have been looked for already: what was found takes the place of the advice to look.

    `search` None: nobody has looked.
    """
    if search is None:
        return steps
    return tuple(searched(search) if step.startswith(LESS_DISCRIMINATORY) else step for step in steps)


def searched(search: Search) -> str:
    """What a search for alternatives came to, and what that means to do."""
    better = [plain(c.name, 60) for c in search.certified if c.better]
    tried, kept = len(search.chosen), sum(c.kept for c in search.chosen)
    many = "alternative" if tried == 1 else "alternatives"
    looked = f"of {count(tried)} {many} tried, compared by {plain(search.group, 40)}, {count(kept)} kept"
    if not kept:
        none = "so that none was measured on the other rows"
        return f"Search wider, or change the data: {looked}, {none} (see Alternatives)"
    rows = f"on {count(search.n_certified)} rows that had no part in choosing"
    if better:
        return f"Look at {listed(better)}: {looked}, it stands closer beyond its interval {rows} (see Alternatives)"
    return (
        f"Search wider ([alternatives] budget), or change the data: {looked}, and none stands closer beyond its "
        f"interval {rows} (see Alternatives)"
    )


def unknowns(run: Run) -> tuple[str, ...]:
    """What these numbers cannot say about this subject. Never empty."""
    return (*_groups_unknown(run), *_labels_unknown(run), *_people_unknown(run), *_always(run))


def no_limit(judgement: Judgement) -> str | None:
    """What a reader is told when nothing was held against a limit; None when a limit was set."""
    if any(v.limit is not None for v in judgement.verdicts):
        return None
    counts = headline_counts(judgement)
    return f"No limit is set, so nothing is over or within one: {counts}. The numbers below are measured all the same"


def small_groups(run: Run) -> list[TooSmall]:
    """Every group that some question could not speak of, once: single columns first, then the largest.

    `n` is of the group over all rows, also where the question was about some of them only (`where age < 25`).
    """
    found: dict[Slice, TooSmall] = {}
    whole: dict[Slice, int] = {}
    for table in run.tables:
        whole |= {s: max(n, whole.get(s, 0)) for s, n in zip(table.slices, table.n.tolist(), strict=True)}
    for item in run.evidence:
        for small in (*item.too_small, *(t for f in item.findings for t in f.too_small)):
            known = found.get(small.slice)
            whole[small.slice] = max(small.n, whole.get(small.slice, 0))
            if known is None or small.n_eligible < known.n_eligible:
                found[small.slice] = small
    groups = (replace(small, n=whole[slice_]) for slice_, small in found.items())
    return sorted(groups, key=lambda t: (len(t.slice.items), -t.n, str(t.slice)))


def _over(run: Run, verdicts: list[Verdict]) -> list[str]:
    """Where a gap between what models do is over its limit: whether another model would serve as well with less of it.

    Columns of the table and attributions differ between groups whatever the model; no other model has other columns.
    """
    apart = [
        v.finding.metric for v in verdicts
        if v.verdict == "over" and v.finding is not None and v.finding.kind in ("gap", "ratio")
        and v.check != ATTRIBUTIONS and not is_measure(v.finding.metric.name)
    ]  # fmt: skip
    if not apart:
        return []
    others = ["other features" if run.roles.task in _OF_FEATURES else "other training data", "another model"]
    if run.roles.task == "binary" and any(m.by_threshold for m in apart):
        others.insert(0, "another threshold")
    where = ""
    if run.roles.task == "binary":  # the models that a project can train
        of_project = "[alternatives] in sterling.toml, where [train] makes the model"
        where = f" ({of_project if _of_project(run) else 'sterling init, then [alternatives]'})"
    words = f"{', '.join(others[:-1])} or {others[-1]}"
    return [f"{LESS_DISCRIMINATORY}: {words} that serves as well with a smaller gap{where}"]


def _checks(verdicts: list[Verdict]) -> list[str]:
    """The first hint of each finding over its limit, then their second ones."""
    over = [v.hints for v in verdicts if v.verdict == "over"]
    return [plain(hints[i], 300).rstrip(".") for i in range(2) for hints in over if len(hints) > i]


def _label(run: Run) -> list[str]:
    if run.roles.label is None:
        only = "who is selected" if run.roles.task == "binary" else "what the model says"
        return [f"Add a label (--label): without one, errors cannot be measured, only {only}"]
    words = plain(run.roles.describes_label, 80)
    if run.roles.label_kind == "human_decision":
        return [
            f"Check the label: it is {words}, and past decisions carry past bias into every error rate. "
            "Where outcomes are known, measure again with them as the label (--label)"
        ]
    if run.roles.label_kind == "annotation":
        return [f"Check the label: it is {words}; have a sample of each group judged again by other people"]
    if run.roles.label_kind == "unstated":
        return ["Say what the label is (--label-kind outcome, human_decision, annotation): it decides what an error is"]
    if _REPORTED.search(run.roles.label_words or ""):
        return [
            f"Check the label: it is {words}, and groups may report unlike each other. Hold a sample of each group "
            "against records"
        ]
    return []


def _undecided(run: Run, verdicts: list[Verdict]) -> list[str]:
    """The undecided limit that the fewest more people would decide; then what to do where none would."""
    roles = settled_roles(run)
    undecided = [v for v in verdicts if v.verdict == "undecided" and v.finding is not None]
    steps: list[str] = []
    reachable = sorted((v for v in undecided if _in_reach(v)), key=lambda v: v.more_people or 0)
    if reachable and reachable[0].finding:
        metric = term(reachable[0].finding.metric)
        more = power_text(reachable[0], roles).replace("decide this", f"decide the limit on {metric}")
        steps.append(f"Collect more data where a limit is undecided: {more}{_others(reachable[1:])}")
    narrow = [v for v in undecided if v.deciding is None and v.finding and not is_inferred(v.finding.family)]
    if narrow and not reachable and narrow[0].finding:
        of = f"the interval of {term(narrow[0].finding.metric)}"
        more = power_text(narrow[0], roles).partition(";")[0].replace("the interval", of)
        others = f"; so with {counted(len(narrow) - 1, 'other limit', 'other limits')}" if len(narrow) > 1 else ""
        steps.append(f"Collect more data where a limit is undecided: {more}{others}")
    unknown = [v for v in undecided if v.finding and is_inferred(v.finding.family)]
    if unknown:
        steps.append(
            f"Ask some {noun(roles.people)} which group they belong to: {_metrics(unknown)} stays open while groups "
            "are inferred, however many there are"
        )
        undecided = [v for v in undecided if v not in unknown]
    rest = [v for v in undecided if v.deciding is not None and not _in_reach(v)]
    if rest:
        why = "; ".join(_out_of_reach(rest, noun(roles.people)))
        steps.append(f"Decide as people where data will not: {why}. Look at what an error costs either side")
    return steps


def _out_of_reach(rest: list[Verdict], people: str) -> list[str]:
    """Why limits stay undecided: no number of people would decide them, or more again than there are."""
    near, far = ([v for v in rest if (v.more_people is None) == none] for none in (True, False))
    why = [f"{_metrics(near)} lies so near your limit that no number of {people} would settle it"] if near else []
    if far:
        why.append(f"it would take more {people} again than there are to settle the limit on {_metrics(far)}")
    return why


def _in_reach(verdict: Verdict) -> bool:
    """Whether the people who would decide it could be found: not many times those who are there."""
    return verdict.more_people is not None and verdict.deciding is not None and verdict.deciding.times < FAR


def _others(verdicts: list[Verdict]) -> str:
    """What the further undecided limits would take."""
    if not verdicts:
        return ""
    most = max(v.more_people or 0 for v in verdicts)
    limits = "the other undecided limit" if len(verdicts) == 1 else f"the other {len(verdicts)} undecided limits"
    return f"; {limits} would take up to {about(most)}"


def _metrics(verdicts: list[Verdict]) -> str:
    return listed(list(dict.fromkeys(term(v.finding.metric) for v in verdicts if v.finding)))


def _too_small(run: Run, verdicts: list[Verdict]) -> list[str]:
    if not any(v.verdict == "insufficient" for v in verdicts):
        return []
    people = run.roles.people
    small = small_groups(run)
    if not small:
        return []
    if _one_class(run):
        return [
            "Add rows with the other label, or check which value is positive (--positive): every labelled row has the "
            "same label, so rates and ranks that need both cannot be measured, however many rows there are"
        ]
    least = min(small, key=lambda t: (t.n_needed - t.n_eligible, str(t.slice)))
    held = held_by(least) if least.n_eligible else "none"
    single = len(least.slice.items) < 2  # the exact size of a cross may give away another one's
    of = f" ({few(least.n)})" if least.n_eligible != least.n and single else ""
    which = f"of {group(least.slice, people).text}{of}"
    return [
        f"Collect more data on small groups rather than leave them out: {which} {held} could be counted, and "
        f"{count(least.n_needed)} would be enough to begin with"
    ]


def _one_class(run: Run) -> bool:
    """Whether nobody at all has one of the two labels."""
    rates = ("true_positive_rate", "false_positive_rate")
    blocks = ((t, b) for t in run.tables for b in t.blocks if b.info.name in rates and EVERYONE in t.slices)
    return any(not b.n_eligible[t.slices.index(EVERYONE)].any() for t, b in blocks)


def _errors(verdicts: list[Verdict]) -> list[str]:
    failed = [plain(v.ask) for v in verdicts if v.verdict == "error"]
    return [f"Run again with --debug: {listed(failed)} stopped with an error"] if failed else []


_FIRST_LIMIT: dict[Task, str] = {
    "binary": 'metric = "selection_rate", max_gap = 0.05',
    "multiclass": 'metric = "balanced_accuracy", max_gap = 0.05',
    "multilabel": 'metric = "macro_recall", max_gap = 0.05',
    "sets": 'metric = "set_recall", max_gap = 0.05',
    "ranking": 'metric = "relative_exposure", min = 0.8',
    "detection": 'metric = "box_recall", max_gap = 0.05',
    "segmentation": 'metric = "mean_iou", max_gap = 0.05',
    "regression": 'metric = "mean_absolute_error", min_ratio = 0.8',
    "text": 'metric = "rouge_l", max_gap = 0.05',
}
"""A limit to begin with."""


def _set_up(run: Run, judgement: Judgement) -> list[str]:
    steps: list[str] = []
    if not run.roles.groups and not run.roles.memberships:
        steps.append("Name group columns (--groups COLUMN): without them no difference can be seen")
    if run.roles.task not in UNCUT and any(m.kind == "raw" for m in run.roles.models) and not run.plan.thresholds:
        steps.append(
            "Say from which score on people are selected (--thresholds): without it only the ranking is examined"
        )
    if no_limit(judgement) is not None and run.roles.groups:
        steps.append(
            "Set a limit before you look again, in a file given with --policy: "
            f"[[limit]], {_FIRST_LIMIT.get(run.roles.task, _FIRST_LIMIT['binary'])}"
        )
    return steps


def _groups_unknown(run: Run) -> list[str]:
    people = noun(run.roles.people)
    if not run.roles.groups and run.roles.memberships:
        return [f"Which {people} belong to which group: it was inferred, for nobody known"]
    if not run.roles.groups:
        return [f"Any difference between groups of {people}: no group column was given"]
    found: list[str] = []
    if run.roles.not_recorded:
        found.append(f"Groups not among those given: {listed([plain(g) for g in run.roles.not_recorded], most=6)}")
    elif missing := _not_named(run.roles.groups):
        found.append(f"No group column is named like: {listed(missing, most=6)}")
    if run.plan.cross == 1 and len(run.roles.groups) > 1:
        found.append("Crosses of groups, where gaps are often widest: each column was looked at on its own")
    unrecorded = [g for g in run.groups if g.value is None and g.n > 0]
    for share in unrecorded:
        found.append(
            f"The {plain(share.column, 30)} of {few(share.n)} {people}: not recorded, and a group of their own here"
        )
    return found


def _not_named(columns: tuple[str, ...]) -> list[str]:
    tokens = {t for c in columns for t in re.split(r"[\W_\d]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", c).lower())}
    return [name for name, words in _TYPICAL.items() if not words & tokens]


def _labels_unknown(run: Run) -> list[str]:
    people, words = noun(run.roles.people), plain(run.roles.describes_label, 80)
    if run.roles.label is None:
        return ["How often the model is wrong, and for whom: there is no label"]
    found: list[str] = []
    if run.roles.label_kind == "human_decision":
        found.append(f"Whether the label is right: it is {words}, so error rates show agreement with past decisions")
        found.append(f"What became of {people} decided against in the past: the label does not hold their outcomes")
    if run.roles.label_kind == "annotation":
        found.append(f"Whether the label is right: it is {words}, so error rates show agreement with annotators")
    if run.roles.label_kind == "unstated":
        found.append("What the label is, and who made it: its kind was not stated")
    if run.labels_missing:
        share = run.labels_missing / max(run.n, 1)
        amount = "under 1%" if share < 0.01 else f"{share * 100:.0f}%"
        found.append(
            f"Errors for {count(run.labels_missing)} {people} without a label ({amount}): error rates leave them out, "
            "and those without a label may differ from the rest"
        )
    return found


def _people_unknown(run: Run) -> list[str]:
    small = small_groups(run)
    if not small:
        return []
    people = run.roles.people
    tiny = [f"{group(t.slice, people).text} ({held_by(t, t.n)})" for t in small if t.n < t.n_needed]
    partly = [group(t.slice, people).text for t in small if t.n >= t.n_needed]
    found = [f"Groups too small to say anything about: {listed(tiny, most=4)}"] if tiny else []
    if partly:
        found.append(f"Groups large enough for some questions only: {listed(partly, most=4)}")
    return found


def _always(run: Run) -> list[str]:
    people = noun(run.roles.people)
    found = ["Why groups differ: a gap is a measurement, not a cause"]
    if run.roles.weight is None and run.roles.cluster is None:
        who = "that" if run.roles.task in ROWS else "who"
        found.append(f"{capital(people)} {who} are not in the table: intervals speak of {people} drawn as these were")
    return [*found, "Whether a gap is lawful or acceptable: people decide that"]


def widest(run: Run) -> Finding | None:
    """The clearest gap in selection rate between values of one column: what to say where no limit is set."""
    gaps = [
        f for item in run.evidence for f in item.findings
        if f.kind == "gap" and f.operating and f.value == f.value
        and f.metric.name == "selection_rate" and len(f.family) == 1
    ]  # fmt: skip
    return max(gaps, key=lambda f: f.low, default=None)
