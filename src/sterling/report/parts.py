"""What chapters and cards are made of: small makers of blocks, shared so that one thing reads alike everywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sterling.core.document import Alert, Block, Cell, Fact, Facts, Grid, Items, Prompt, Prose
from sterling.core.estimate import Estimate
from sterling.core.rates import MetricInfo
from sterling.report.text import Scale, count, decimals, few, level_text, number, plain

if TYPE_CHECKING:  # of projects alone: pages of single evaluations do without
    from sterling.core.dossier import Dossier
    from sterling.core.records import Json
    from sterling.core.scope import Scope

SCOPE_FILE = "scope.toml"
LONG = 600
"""Foreign text longer than this is shortened where one line is wanted."""


def scope_of(dossier: Dossier) -> Scope:
    """The project's scope; an empty one, in which every answer is missing, when there is no file."""
    from sterling.core.scope import Scope

    return dossier.project.scope or Scope()


def line(text: str, most: int = LONG) -> str:
    """Foreign text on one line, controls made visible."""
    return plain(text, most)


def evidence_of(dossier: Dossier, role: str = "evidence") -> str | None:
    """The digest of the artifact in a role, which stands behind what is said; None when the run has none."""
    artifact = dossier.artifacts.get(role)
    return artifact.digest if artifact else None


def fact(name: str, value: object, evidence: str | None = None) -> Fact | None:
    """A fact, or None when there is nothing to state."""
    shown = "" if value is None else line(str(value))
    return Fact(name=name, value=shown, evidence=evidence) if shown else None


def facts(*known: Fact | None) -> tuple[Facts, ...]:
    """A block of the facts there are; no block when there is none."""
    kept = tuple(f for f in known if f is not None)
    return (Facts(facts=kept),) if kept else ()


def said(text: str, question: str, key: str, *, source: str = SCOPE_FILE) -> Block:
    """What people answered in the scope file or in `source`, or the question that they have not answered."""
    words = text.strip()
    return Prose(text=words, source=source) if words else Prompt(question=question, where=f"{SCOPE_FILE}: {key}")


def listing(items: Iterable[str], question: str, key: str) -> Block:
    """As `said`, for a list of answers."""
    kept = tuple(line(i) for i in items if i.strip())
    return Items(items=kept) if kept else Prompt(question=question, where=f"{SCOPE_FILE}: {key}")


def prose(scope: Scope, section: str, question: str) -> Block:
    """People's own Markdown of a card's section, or the question that it would answer."""
    words = scope.prose.get(section, "").strip()
    where = f"cards/{section}.md"
    return Prose(text=words, source=where, markdown=True) if words else Prompt(question=question, where=where)


def headed(name: str, blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Blocks under a short line of our own that says what they are; nothing when there are none."""
    kept = tuple(blocks)
    return (Prose(text=f"**{name}**", markdown=True), *kept) if kept else ()


def grid(caption: str, columns: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]) -> tuple[Grid, ...]:
    """A table, or nothing when it would have no rows."""
    kept = tuple(rows)
    return (Grid(caption=caption, columns=columns, rows=kept),) if kept else ()


def cell(text: object) -> Cell:
    """A cell of text on one line."""
    return Cell(text=line(str(text)))


def count_cell(n: int | None, *, people: bool = False) -> Cell:
    """A cell with a count; counts of people below ten are not shown."""
    if n is None:
        return Cell(text="not known")
    return Cell(text=few(n)) if people and n < 10 else Cell(text=count(n), number=float(n))


def estimate_text(estimate: Estimate, info: MetricInfo) -> str:
    """`71% [65, 77]`, `0.85 [0.83, 0.88]`; why there is no number otherwise."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "too few people" if estimate.status == "insufficient" else "not defined"
    scale: Scale = "points" if info.scale == "share" else "value"
    digits = decimals(estimate.low, estimate.high, scale)
    value, low, high = (number(x, digits, scale) for x in (estimate.value, estimate.low, estimate.high))
    return f"{level_text(info, value)} [{low}, {high}]"


def estimate_cell(estimate: Estimate, info: MetricInfo) -> Cell:
    """A cell with an estimate, its interval drawn beside it."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return Cell(text=estimate_text(estimate, info))
    return Cell(text=estimate_text(estimate, info), number=estimate.value, interval=(estimate.low, estimate.high))


def short(digest: str) -> str:
    """The beginning of a digest, enough to tell it from others: `sha256:ab12cd34ef56`."""
    kind, colon, rest = digest.partition(":")
    return f"{kind}:{rest[:12]}" if colon else digest[:12]


def moment(at: dt.datetime | None) -> str | None:
    """`2026-11-22 06:25 UTC`."""
    if at is None:
        return None
    return f"{at.astimezone(dt.UTC) if at.tzinfo else at:%Y-%m-%d %H:%M}{' UTC' if at.tzinfo else ''}"


def value_text(value: Json) -> str:
    """A property as text: lists with commas, mappings as pairs."""
    if isinstance(value, str) or value is None:
        return "" if value is None else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{k}: {value_text(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(value_text(v) for v in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def stale_words(dossier: Dossier) -> str:
    """Why people's decisions and words no longer fit this run; empty when they do, or when nobody decided."""
    from sterling.core.project import FILE

    review, made_with = dossier.review, dossier.context.properties.get("project_digest")
    if made_with is not None and made_with != dossier.project.digest:
        return f"{FILE} has changed since this run: its words may speak of another model"
    if review.decisions or not (review.earlier or review.state == "stale"):
        return ""
    why = "; ".join(line(s, 200) for s in review.stale) or "what they were about has changed"
    return f"People last decided about another state of this project: {why}"


def waivers(dossier: Dossier) -> tuple[Alert, ...]:
    """Every waiver, loudly: whose it is, why, and until when."""
    day = (dossier.context.started or dossier.run.provenance.created).date()
    return tuple(
        Alert(
            text=f"The limit '{line(w.limit, 80)}' was waived by {line(w.owner, 80)} until {w.expires}"
            f"{' (expired before this run)' if w.expires < day else ''}: {line(w.reason)}",
            tone="note" if w.expires < day else "over",
        )
        for w in dossier.project.waivers
    )
