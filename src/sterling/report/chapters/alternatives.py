"""What else could have been used: the search for less discriminatory alternatives, its frontier, and who got worse."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from sterling.core.document import Block, Cell, Frontier, Items, Point, Prose, Section
from sterling.core.dossier import Dossier
from sterling.core.errors import ConfigError
from sterling.core.metrics import resolve_metric
from sterling.core.rates import MetricInfo
from sterling.core.remedy import Candidate, Search
from sterling.report.parts import cell, estimate_cell, evidence_of, fact, facts, grid, headed, line
from sterling.report.people import group, noun
from sterling.report.sentences import term
from sterling.report.text import capital, count

USES = {
    "never": "never: candidates neither learn from any group column nor see one when they decide",
    "in_training": "in training only: the decision itself does not see it",
    "at_decision": "at the decision",
}
FLATTERS = (
    "Estimates on the rows that chose are flattered by having been chosen; a verdict rests on the rows for certifying."
)


def section(dossier: Dossier) -> Section | None:
    """What was tried and what came of it, or why nothing could be; None when no search was asked for."""
    search = dossier.alternatives
    if search is None:
        made = dossier.artifacts.get("alternatives")
        why = made.properties.get("not_searched") if made is not None else None
        said = Prose(text=f"No alternative was looked for: {line(str(why))}.")
        return Section(id="alternatives", title="Alternatives", blocks=(said,)) if why else None
    people = dossier.run.roles.people
    kept = sum(c.kept for c in search.chosen)
    tried = f"{count(len(search.chosen))} of at most {count(search.budget)} candidates were tried"
    return Section(
        id="alternatives",
        title="Alternatives",
        lead=f"{tried}, {count(kept)} kept",
        blocks=(
            Prose(text=f"{capital(line(search.remedy.improves))}. Watched for: {line(search.remedy.worsens)}."),
            *_how(dossier, search),
            *_frontier(search, people),
            *_candidates(search, search.certified, f"On the {count(search.n_certified)} rows for certifying", people),
            *_worse(search, people),
            *_candidates(search, _tried(search), f"On the {count(search.n_chosen)} rows that chose", people),
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


def _frontier(search: Search, people: str) -> tuple[Block, ...]:
    """Where candidates were reported, and where they were chosen; a picture of one point shows no trade-off."""
    drawn = ((search.certified, search.certified_on, ""), (_tried(search), search.chosen_on, f". {FLATTERS}"))
    found = [_drawn(search, *one, people) for one in drawn]
    return tuple(f for f in found if f is not None) or (
        Prose(text="Too few candidates could be measured to be drawn."),
    )


def _tried(search: Search) -> tuple[Candidate, ...]:
    """The current model and every candidate, on the rows that chose."""
    return (search.current, *(c for c in search.chosen if c.name != search.current.name))


def _drawn(
    search: Search, candidates: tuple[Candidate, ...], where: str, warning: str, people: str
) -> Frontier | None:  # fmt: skip
    points = tuple(p for c in candidates if (p := _point(search, c)) is not None)
    if len(points) < 2:
        return None
    kept = sum(p.role == "kept" for p in points)
    return Frontier(
        caption=f"How well each serves, and how alike groups of {noun(people)} fare, on the rows to {line(where, 40)}",
        text=f"{count(len(points))} models, {count(kept)} of them kept; each with its interval both ways{warning}",
        x_name=_utility(search),
        y_name=_impact(search),
        points=points,
    )


def _point(search: Search, candidate: Candidate) -> Point | None:
    x, y = candidate.utility, candidate.impact
    if x.value is None or x.low is None or x.high is None or y.value is None or y.low is None or y.high is None:
        return None
    return Point(
        label=line(candidate.name, 60), x=x.value, x_low=x.low, x_high=x.high, y=y.value, y_low=y.low, y_high=y.high,
        role=_role(search, candidate), note=line(candidate.why, 200),
    )  # fmt: skip


def _role(search: Search, candidate: Candidate) -> Literal["current", "kept", "rejected"]:
    if candidate.name == search.current.name:
        return "current"
    return "kept" if candidate.kept else "rejected"


def _candidates(
    search: Search, candidates: tuple[Candidate, ...], where: str, people: str
) -> tuple[Block, ...]:  # fmt: skip
    heads = ("Candidate", "Fate", "Who got worse", _utility(search), _impact(search), "Change of the gap", "Made by")
    return grid(where, heads, (_row(search, c, people) for c in candidates))


def _row(search: Search, candidate: Candidate, people: str) -> tuple[Cell, ...]:
    dropped = f", without {', '.join(candidate.dropped)}" if candidate.dropped else ""
    role = _role(search, candidate)
    gap = candidate.gap_change
    return (
        cell(candidate.name),
        cell(f"{role}: {candidate.why}" if candidate.why else role),
        cell("" if role == "current" else _names(candidate, people)),
        estimate_cell(candidate.utility, _info(search.utility_metric)),
        estimate_cell(candidate.impact, _RATIO),
        estimate_cell(gap, _CHANGE) if gap is not None else cell(""),
        cell(f"{candidate.recipe}{dropped}, threshold {candidate.threshold:.4g}"),
    )


def _names(candidate: Candidate, people: str) -> str:
    """Every group that got worse beyond its interval."""
    named = {str(c.slice): group(c.slice, people).text for c in candidate.changes}
    return "; ".join(named.get(who, who) for who in candidate.worse) or "none beyond its interval"


def _worse(search: Search, people: str) -> tuple[Block, ...]:
    """Group by group, before and after, for what was reported."""
    rows = (
        (
            cell(candidate.name),
            cell(group(change.slice, people).text),
            cell(capital(term(_info(change.metric)))),
            estimate_cell(change.before, _info(change.metric)),
            estimate_cell(change.after, _info(change.metric)),
            estimate_cell(change.change, replace(_info(change.metric), low=-1.0)),
            Cell(text="worse", tone="over") if change.worse else Cell(text="not worse beyond its interval"),
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


def _utility(search: Search) -> str:
    return f"{capital(term(_info(search.utility_metric)))} (higher is better)"


def _impact(search: Search) -> str:
    return f"Smallest ratio of {term(_info(search.impact_metric))} by {line(search.group, 40)} (1 is alike)"


_RATIO = MetricInfo(name="ratio", label="Ratio", plain="", eligible="", formula="", scale="value")
_CHANGE = MetricInfo(name="change", label="Change", plain="", eligible="", formula="", low=-1.0)
