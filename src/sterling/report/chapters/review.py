"""Where the run stands with the people who must sign it, and what exactly they sign."""

from __future__ import annotations

from sterling.core.document import Alert, Block, Cell, Items, Prose, Section
from sterling.core.dossier import Dossier
from sterling.core.records import Decision, DecisionKind
from sterling.core.review import Review, ReviewState
from sterling.report.parts import cell, fact, facts, grid, headed, line, moment, short
from sterling.report.text import count, listed

STATES: dict[ReviewState, str] = {
    "not_required": "no signature was asked for",
    "awaiting": "awaiting review",
    "approved": "approved",
    "rejected": "rejected",
    "stale": "stale: what was signed has changed",
}
KINDS: dict[DecisionKind, str] = {
    "approve": "approved",
    "reject": "rejected",
    "accept_risk": "accepted a risk",
    "override": "overrode",
}


def section(dossier: Dossier) -> Section:
    """State, what is signed by digest, decisions with reasons, what is stale, overrides."""
    review = dossier.review
    stale = "; ".join(line(s, 200) for s in review.stale) if review.state == "stale" else ""
    return Section(id="review", title="Review", lead=state_words(review), blocks=blocks(dossier), stale=stale)


def state_words(review: Review) -> str:
    """`approved by Ada on 2026-11-22 06:25 UTC`, `awaiting review: 1 of 2 signatures`."""
    words = STATES[review.state]
    signed = _newest(review.decisions, "approve" if review.state == "approved" else "reject")
    if review.state in ("approved", "rejected") and signed:
        who = listed([line(d.by, 60) for d in signed])
        said = f"{words.upper()} WITH AN OVERRIDE" if review.overridden and review.state == "approved" else words
        return f"{said} by {who} on {moment(signed[-1].at)}"
    if review.state == "awaiting":
        return f"{words}: {_signatures(review)} signatures"
    return words


def blocks(dossier: Dossier) -> tuple[Block, ...]:
    """Everything of the review, the loud things first."""
    review = dossier.review
    return (*loud(review), *what(review), *decisions(review), *earlier(review))


def loud(review: Review) -> tuple[Alert, ...]:
    """Overrides and stale signatures, which nobody must miss."""
    out: list[Alert] = []
    for decision in review.decisions:
        if decision.kind == "override" or (review.overridden and decision.properties.get("override")):
            said = f"OVERRIDDEN by {line(decision.by, 80)} on {moment(decision.at)}: {line(decision.reason)}"
            out.append(Alert(text=said, tone="over"))
    if review.overridden and not out:
        out.append(Alert(text="OVERRIDDEN: this was signed against what the project asks for", tone="over"))
    if review.stale:
        why = "; ".join(line(s, 200) for s in review.stale)
        out.append(Alert(text=f"An earlier decision no longer holds: {why}", tone="stale"))
    return tuple(out)


def what(review: Review) -> tuple[Block, ...]:
    """What a signature is about, and what the project asks of signatures."""
    rules = review.rules
    return facts(
        fact("State", state_words(review)),
        fact("What is signed", "evidence, verdicts, model, data and policy together", review.bundle),
        fact("Author of the run", review.author),
        fact("Signatures asked for", _signatures(review) if rules.required else "none"),
        fact("Who may sign", ", ".join(rules.reviewers) or "anyone"),
        fact("The author may sign", "no" if rules.separate else "yes"),
    )


def decisions(review: Review) -> tuple[Block, ...]:
    """Who decided what, when and why, about what is here now."""
    if not review.decisions:
        return (Prose(text="Nobody has decided anything about this state of the project."),)
    return grid("Decisions about this state of the project", _HEADS, (_row(d) for d in review.decisions))


def earlier(review: Review) -> tuple[Block, ...]:
    """Decisions about another state, and why they no longer hold."""
    why = tuple(line(s) for s in review.stale)
    return (
        *headed(
            "Why earlier decisions no longer hold", [Items(items=why, tone="stale")] if why and review.earlier else []
        ),
        *grid("Earlier decisions, about another state of the project", _HEADS, (_row(d) for d in review.earlier)),
    )


_HEADS = ("Who", "Decision", "When", "Reason", "About")


def _row(decision: Decision) -> tuple[Cell, ...]:
    word = KINDS[decision.kind]
    loud = decision.kind == "override" or bool(decision.properties.get("override"))
    return (
        cell(decision.by),
        Cell(
            text=f"{word} (override)" if loud and decision.kind != "override" else word,
            tone="over" if loud else "plain",
        ),
        cell(moment(decision.at) or ""),
        cell(decision.reason),
        cell(short(decision.about)),
    )


def _signatures(review: Review) -> str:
    signed = len({d.by for d in review.decisions if d.kind in ("approve", "override")})
    return f"{count(signed)} of {count(review.rules.required)}"


def _newest(found: tuple[Decision, ...], kind: DecisionKind) -> list[Decision]:
    """Decisions of a kind, one a person, oldest first. An override counts as an approval."""
    wanted = (kind, "override") if kind == "approve" else (kind,)
    last = {d.by: d for d in found if d.kind in wanted}
    return sorted(last.values(), key=lambda d: d.at)
