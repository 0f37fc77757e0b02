"""What the terminal says after a run: sentences first, worst first; then one table; then notices and the way on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sterling.cli.table import group_table
from sterling.cli.terminal import Mark, Terminal, harmless
from sterling.core.class_weights import CLASS_WEIGHTED
from sterling.core.rates import threshold_text
from sterling.core.roles import NUMBERED, UNCUT, WRITTEN, Task
from sterling.report import words
from sterling.report.hints import after_search, next_steps
from sterling.report.text import capital, count, plain

if TYPE_CHECKING:
    from sterling.core.evidence import Finding
    from sterling.core.judge import Judgement, Verdict
    from sterling.core.remedy import Search
    from sterling.core.roles import Roles
    from sterling.core.run import Run
    from sterling.core.slices import Slice

SENTENCE = 600
"""Longest sentence, in characters; hostile names are cut long before."""
NOTICES = 4
TABLES, STEPS = 2, 2
SHOWN: dict[str, int] = {"over": 5, "undecided": 3, "insufficient": 2, "error": 3, "within": 2, "not_applicable": 2}
_MARK: dict[str, Mark] = {"over": "over", "undecided": "undecided", "insufficient": "undecided", "within": "within"}
_USUAL: dict[Task, tuple[str, ...]] = {
    "binary": ("selection_rate", "true_positive_rate", "false_positive_rate", "accuracy", "auc"),
    "multiclass": ("accuracy", "abstention_rate", "balanced_accuracy", "macro_f1", "macro_auc", "log_loss"),
    "multilabel": ("macro_recall", "macro_precision", "macro_f1", "subset_accuracy", "hamming_loss"),
    "sets": ("set_precision", "set_recall", "set_f1", "set_jaccard", "subset_accuracy"),
    "ranking": ("ndcg(10)", "relative_exposure", "exposure_by_merit", "top_representation(10)"),
    "detection": ("box_ap", "box_ap(0.5)", "box_recall", "box_precision", "box_ar(100)"),
    "segmentation": ("mean_iou", "mean_dice", "pixel_accuracy"),
    "regression": ("mean_absolute_error", "mean_error", "average_prediction", "average_label", "r2"),
    "text": ("exact_match", "rouge_l", "bleu", "rouge_1", "length_ratio"),
}
"""What the table shows when no limit speaks of anything else."""
_GIVEN: dict[Task, str] = {"text": "texts", "segmentation": "masks"}
"""What a model gives that is no decision."""
UNJUDGED = 3
DISCOVERED = 3
PERFORMANCE, SEARCH = "QU001", "QU003"
"""The checks that make the table of all metrics, and that search for slices."""


def summary(run: Run, judgement: Judgement, terminal: Terminal) -> list[str]:
    """Every line, in order, without what comes after: see `closing`."""
    roles = words.settled_roles(run)
    parts = [
        _sentences(judgement, roles, terminal),
        _attributed(run, terminal),
        _discovered(run, terminal),
        _counts(judgement, terminal),
        *_tables(run, judgement, roles, terminal),
        _notices(run.notices, terminal),
    ]
    return [line for part in parts if part for line in [*part, ""]]


def closing(
    run: Run, judgement: Judgement, written: Sequence[tuple[str, Path]], terminal: Terminal, *,
    search: Search | None = None,
) -> list[str]:  # fmt: skip
    """Where the outputs are, and what to do next. `search`: what a search for alternatives found, if there was one."""
    names = {"--report": "Report", "--json": "JSON", "--junit": "JUnit", "--sarif": "SARIF"}
    width = max((len(names[option]) for option, _ in written), default=0) + 1
    lines = [f"{names[option] + ':':<{width}} {harmless(str(path))}" for option, path in written]
    for i, step in enumerate(after_search(next_steps(run, judgement), search)[:STEPS]):
        lines += terminal.wrapped(harmless(step), first="Then: " if i else "Next: ", rest="      ")
    return lines


def _sentences(judgement: Judgement, roles: Roles, terminal: Terminal) -> list[str]:
    """The verdicts in words, a few of each kind, with how many more there are."""
    lines: list[str] = []
    ordered = words.in_order(judgement)
    for word, most in SHOWN.items():
        found = [v for v in ordered if v.verdict == word]
        for verdict in found[:most]:
            lines += _sentence(words.said(verdict, roles), _MARK.get(word, "other"), terminal)
        if len(found) > most:
            rest = f"  and {count(len(found) - most)} more {words.word_of_all(found[most:])} in the report"
            lines.append(terminal.style(rest, "quiet"))
    if any(v.verdict == "within" for v in ordered):
        lines += [terminal.style(line, "quiet") for line in terminal.wrapped(words.WITHIN_NOTE, first="  ", rest="  ")]
    if not any(v.limit is not None for v in ordered):
        lines += _widest(ordered, roles, terminal)
    return lines


def _widest(ordered: Sequence[Verdict], roles: Roles, terminal: Terminal) -> list[str]:
    """Without limits: the gaps that the data show most surely, one for each metric, single columns before crosses."""
    gaps = [v for v in ordered if v.verdict == "unjudged" and v.finding is not None and v.finding.kind == "gap"]
    gaps = [v for v in gaps if v.finding is not None and v.finding.operating and _comparable(v.finding, roles)]
    gaps.sort(key=lambda v: _sureness(v.finding, roles) if v.finding else (0, 0.0))
    best: dict[tuple[str, str | None], Verdict] = {}
    for verdict in gaps:
        if verdict.finding is not None:
            best.setdefault((verdict.finding.metric.name, verdict.model), verdict)
    lines: list[str] = []
    for verdict in (list(best.values()) or [v for v in ordered if v.verdict == "unjudged"])[:UNJUDGED]:
        lines += _sentence(words.said(verdict, roles), "other", terminal)
    return lines


def _comparable(finding: Finding, roles: Roles) -> bool:
    """Gaps of shares can be set in order by size; those of numbers on other scales by how far they are from none."""
    return finding.metric.scale == "share" or roles.task in (*NUMBERED, *WRITTEN)


def _sureness(finding: Finding, roles: Roles) -> tuple[int, float]:
    sized = finding.metric.scale == "share" and roles.task not in WRITTEN  # there shares stand beside other numbers
    if sized or not finding.high > 0:
        return len(finding.family), -finding.low
    return len(finding.family), -finding.low / finding.high


def _sentence(text: str, mark: Mark, terminal: Terminal) -> list[str]:
    clean = harmless(text)
    clean = clean if len(clean) <= SENTENCE else clean[: SENTENCE - 1] + "…"
    first, *rest = terminal.wrapped(clean, first="", rest="  ")
    return [f"{terminal.mark(mark)} {first}", *rest]


def _discovered(run: Run, terminal: Terminal) -> list[str]:
    """The slices that a search found, a few of them, with how many more there are."""
    if all(item.check != SEARCH for item in run.evidence):
        return []
    from sterling.report.chapters.discovery import sentences  # few runs search

    return _told(sentences(run), terminal)


def _attributed(run: Run, terminal: Terminal) -> list[str]:
    """Features that move the scores of one group otherwise than those of others, the largest differences first."""
    if all(item.attributed is None for item in run.evidence):
        return []
    from sterling.report.chapters.attributions import sentences  # few runs ask

    return _told(sentences(run), terminal)


def _told(found: Sequence[str], terminal: Terminal) -> list[str]:
    """A few of some sentences, with how many more there are."""
    lines = [line for text in found[:DISCOVERED] for line in _sentence(text, "other", terminal)]
    if len(found) > DISCOVERED:
        lines.append(terminal.style(f"  and {count(len(found) - DISCOVERED)} more in the report", "quiet"))
    return lines


def _counts(judgement: Judgement, terminal: Terminal) -> list[str]:
    return terminal.listed(words.headline_counts(judgement).split(" · "))


def _tables(run: Run, judgement: Judgement, roles: Roles, terminal: Terminal) -> Iterator[list[str]]:
    asked = _asked(run)
    metrics, slices = _wanted(judgement, roles, asked)
    if not _leaves_some(run):
        metrics = [m for m in metrics if m != "abstention_rate" or m in asked]
    for table in run.tables[:TABLES]:
        lines = [terminal.style(line, "quiet") for line in terminal.listed(_subject(run, roles, table.model))]
        held = [b.info.name for b in table.blocks]
        listed = metrics if set(metrics) & set(held) else held
        yield lines + group_table(
            table, listed, first=slices, threshold=run.plan.threshold, terminal=terminal, asked=asked
        )
    if len(run.tables) > TABLES:
        more = len(run.tables) - TABLES
        yield [f"and {count(more)} more {'model' if more == 1 else 'models'} in the report"]


def _subject(run: Run, roles: Roles, model: str) -> list[str]:
    """What the table is about: how many, which model, where the cut is, what the label is."""
    parts = [f"{count(run.n)} {plain(roles.people, 30)}", plain(model)]
    kinds = {m.name: m.kind for m in roles.models}
    if roles.task == "sets":
        parts.append("shares of items, all rows together; n counts rows")
    elif kinds.get(model) == "prediction":
        parts.append(f"{_GIVEN.get(roles.task, 'decisions')} as given")
    elif roles.task == "multiclass":
        least = f", if that is {threshold_text(run.plan.threshold)} or more" if _leaves_some(run) else ""
        parts.append(f"the class with the highest probability is predicted{least}")
    elif run.plan.threshold is not None and roles.task not in UNCUT:
        chosen = "found" if roles.task == "detection" else "selected"
        parts.append(f"{chosen} at {threshold_text(run.plan.threshold)} or more")
    parts.append(f"{run.plan.level * 100:g}% intervals")
    if roles.task == "ranking":
        parts.append("a query is the unit; n counts candidates")
    if roles.task == "regression" and roles.label is not None:
        parts.append(f"errors in units of {plain(roles.label, 30)}")
    note = words.label_note(roles)
    return [harmless(part) for part in ([*parts, note] if note else parts)]


def _leaves_some(run: Run) -> bool:
    """Whether the threshold in force may leave rows without a class: at 0 every row has one."""
    return bool(run.plan.thresholds and run.plan.threshold)


def _asked(run: Run) -> list[str]:
    """The metrics that somebody named for the table of all of them."""
    named = (item.parameters.get("metrics") for item in run.plan.asks if item.check.code == PERFORMANCE)
    return [str(m) for names in named if isinstance(names, tuple) for m in names if m != "all"]


def _wanted(judgement: Judgement, roles: Roles, asked: Sequence[str]) -> tuple[list[str], list[Slice]]:
    """Metrics that were asked for, then metrics and slices that the verdicts speak of, worst first; then usual ones."""
    metrics = list(asked)
    slices: list[Slice] = []
    for verdict in words.in_order(judgement):
        if verdict.finding is None or verdict.limit is None:
            continue
        metrics.append(verdict.finding.metric.name)
        slices += [s.slice for s in (verdict.finding.first, verdict.finding.second) if s is not None]
    weighted = [name for name in CLASS_WEIGHTED if roles.class_weights]
    return list(dict.fromkeys([*metrics, *weighted, *_USUAL.get(roles.task, ())])), slices


def _notices(notices: Sequence[str], terminal: Terminal) -> list[str]:
    lines: list[str] = []
    for text in notices[:NOTICES]:
        lines += terminal.wrapped(capital(harmless(text)), first="Note: ", rest="      ")
    if len(notices) > NOTICES:
        more = len(notices) - NOTICES
        lines.append(f"      and {count(more)} more {'note' if more == 1 else 'notes'} in the report")
    return lines
