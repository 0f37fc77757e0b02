"""What else could have been used: the search for less discriminatory alternatives, its frontier, and who got worse."""

from __future__ import annotations

from sterling.core.document import Block, Cell, Frontier, Items, Point, Prose, Section
from sterling.core.dossier import Dossier
from sterling.core.errors import ConfigError
from sterling.core.estimate import Estimate
from sterling.core.metrics import resolve_metric
from sterling.core.rates import MetricInfo
from sterling.core.remedy import Candidate, Search
from sterling.report.parts import cell, estimate_cell, evidence_of, fact, facts, grid, headed, line
from sterling.report.people import group, noun
from sterling.report.sentences import term
from sterling.report.text import capital, count

USES = {
    "never": "never: candidates neither learn from the group nor see it when they decide",
    "in_training": "in training only: the decision itself does not see it",
    "at_decision": "at the decision",
}
FLATTERS = (
    "Estimates on the rows that chose are flattered by having been chosen; a verdict rests on the rows for certifying."
)


def section(dossier: Dossier) -> Section | None:
    """What was tried and what came of it; None when no search was made."""
    search = dossier.alternatives
    if search is None:
        return None
    kept = sum(c.kept for c in search.chosen)
    tried = f"{count(len(search.chosen))} of at most {count(search.budget)} candidates were tried"
    return Section(
        id="alternatives",
        title="Alternatives",
        lead=f"{tried}, {count(kept)} kept",
        blocks=(
            Prose(text=f"{capital(line(search.remedy.improves))}. Watched for: {line(search.remedy.worsens)}."),
            *_how(dossier, search),
            *_frontier(search, dossier.run.roles.people),
            *_candidates(search, search.certified, f"On the {count(search.n_certified)} rows for certifying"),
            *_worse(search, dossier.run.roles.people),
            *_candidates(
                search, search.chosen, f"On the {count(search.n_chosen)} rows that chose ({search.chosen_on})"
            ),
            Prose(text=FLATTERS),
            *headed("Notes", [Items(items=tuple(line(n) for n in search.notes), tone="note")] if search.notes else []),
        ),
    )


def _how(dossier: Dossier, search: Search) -> tuple[Block, ...]:
    behind = evidence_of(dossier, "alternatives")
    return facts(
        fact("Remedy", search.remedy.title, behind),
        fact("Uses the group", USES[search.remedy.uses]),
        fact("Groups compared by", search.group),
        fact("Everyone is selected at the same rate", f"{search.selection_rate * 100:.1f}%", behind),
        fact("Chosen on", f"{search.chosen_on}: {count(search.n_chosen)} rows", behind),
        fact("Reported on", f"{search.certified_on}: {count(search.n_certified)} rows", behind),
        fact("Seed", search.seed, behind),
        fact("Source", search.remedy.source),
    )


def _measured(search: Search) -> tuple[Candidate, ...]:
    """The candidates that the frontier shows: on the certifying rows where there are any, else where they chose."""
    return search.certified or (search.current, *search.chosen)


def _frontier(search: Search, people: str) -> tuple[Block, ...]:
    points = tuple(p for c in _measured(search) if (p := _point(search, c)) is not None)
    if not points:
        return (Prose(text="No candidate could be measured well enough to be drawn.", source=None),)
    where = search.certified_on if search.certified else search.chosen_on
    kept = [p for p in points if p.role == "kept"]
    return (
        Frontier(
            caption=f"Every candidate by how well it serves and how alike groups of {noun(people)} fare, on {where}",
            text=f"{count(len(points))} candidates, {count(len(kept))} of them kept; each with its interval both ways",
            x_name=_axis(search.utility_metric),
            y_name=_axis(search.impact_metric),
            points=points,
        ),
    )


def _point(search: Search, candidate: Candidate) -> Point | None:
    x, y = candidate.utility, candidate.impact
    if x.value is None or x.low is None or x.high is None or y.value is None or y.low is None or y.high is None:
        return None
    current = candidate.name == search.current.name
    return Point(
        label=line(candidate.name, 60), x=x.value, x_low=x.low, x_high=x.high, y=y.value, y_low=y.low, y_high=y.high,
        role="current" if current else "kept" if candidate.kept else "rejected", note=line(candidate.why, 200),
    )  # fmt: skip


def _candidates(search: Search, candidates: tuple[Candidate, ...], where: str) -> tuple[Block, ...]:
    heads = ("Candidate", "Made by", _axis(search.utility_metric), _axis(search.impact_metric), "Who got worse", "Fate")
    return grid(where, heads, (_row(search, c) for c in candidates))


def _row(search: Search, candidate: Candidate) -> tuple[Cell, ...]:
    dropped = f", without {', '.join(candidate.dropped)}" if candidate.dropped else ""
    current = candidate.name == search.current.name
    fate = "current" if current else "kept" if candidate.kept else "rejected"
    return (
        cell(candidate.name),
        cell(f"{candidate.recipe}{dropped}, threshold {candidate.threshold:.4g}"),
        _number(candidate.utility, search.utility_metric),
        _number(candidate.impact, search.impact_metric),
        cell("; ".join(candidate.worse) or ("not compared with itself" if current else "none beyond its interval")),
        cell(f"{fate}: {candidate.why}" if candidate.why else fate),
    )


def _worse(search: Search, people: str) -> tuple[Block, ...]:
    """Group by group, before and after, for what was reported."""
    rows = (
        (
            cell(candidate.name),
            cell(group(change.slice, people).text),
            cell(_axis(change.metric)),
            _number(change.before, change.metric),
            _number(change.after, change.metric),
            _number(change.change, change.metric),
            Cell(
                text="worse" if change.worse else "not worse beyond its interval",
                tone="over" if change.worse else "plain",
            ),
        )
        for candidate in search.certified
        for change in candidate.changes
    )
    heads = ("Candidate", "Group", "Measure", "Before", "After", "Change", "Outcome")
    return grid("Who gains and who loses, at the same overall selection rate", heads, rows)


def _info(metric: str) -> MetricInfo:
    """What is known of a metric by name; a measure of the search's own is a plain value."""
    try:
        return resolve_metric(metric).info
    except ConfigError:
        words = metric.replace("_", " ")
        return MetricInfo(name=metric, label=capital(words), plain=words, eligible="", formula="", scale="value")


def _axis(metric: str) -> str:
    info = _info(metric)
    better = {"higher": " (higher is better)", "lower": " (lower is better)", "none": ""}[info.direction]
    return f"{capital(term(info))}{better}"


def _number(estimate: Estimate, metric: str) -> Cell:
    return estimate_cell(estimate, _info(metric))
