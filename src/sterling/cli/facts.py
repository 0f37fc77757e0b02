"""How the verbs that ask the ledger say what they found: names and values in two columns, runs, moments, digests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sterling.cli.terminal import harmless
from sterling.core.errors import ConfigError
from sterling.report.parts import moment, short

if TYPE_CHECKING:
    from sterling.cli.terminal import Terminal
    from sterling.core.records import Decision
    from sterling.pipeline.queries.runs import RunFacts

SHORT = 6
"""Digits of an id that are shown."""
LONGEST = 600
"""Foreign text is cut here."""
DECIDED = {"approve": "approved", "reject": "rejected", "override": "approved against what stood in the way",
           "accept_risk": "risk accepted"}  # fmt: skip


def fact_lines(facts: Iterable[tuple[str, str]], terminal: Terminal) -> list[str]:
    """`Name      value`, wrapped under the value; a fact without a value is left out, one without a name goes on."""
    known = [(name, text) for name, text in facts if text]
    width = max((len(name) for name, _ in known), default=0) + 2
    return [
        line
        for name, text in known
        for line in terminal.wrapped(foreign(text), first=name.ljust(width), rest=" " * width)
    ]


def foreign(text: str) -> str:
    """Text of others, on one line, harmless, not endless."""
    clean = harmless(" ".join(text.split()))
    return clean if len(clean) <= LONGEST else clean[: LONGEST - 1] + "…"


def at_least(number: int, least: int, option: str) -> int:
    """A number that an option takes. Raises ConfigError when it is too small."""
    if number < least:
        raise ConfigError(f"{option} is {number}", where=option, expected=f"at least {least}")
    return number


def state_words(state: str) -> str:
    return foreign(state.replace("_", " "))


def run_line(run: RunFacts) -> str:
    """`32f07e, 2026-11-22 06:25 UTC, 12.3 s: awaiting review (exit code 3)`."""
    from sterling.cli.steps import seconds_text

    parts = [run.id[:SHORT], moment(run.started) or "", "" if run.seconds is None else seconds_text(run.seconds)]
    code = "" if run.exit_code is None else f" (exit code {run.exit_code})"
    reason = f": {run.reason}" if run.reason else ""
    return f"{', '.join(p for p in parts if p)}: {state_words(run.state)}{code}{reason}"


def counts_text(counts: Mapping[str, int]) -> str:
    """`1 over your limit or under your minimum · 2 undecided`: a ledger does not count which. Nothing when nothing was
    judged."""
    from sterling.report.words import counts_by_word

    return " · ".join(counts_by_word(counts, under=None))


def decision_text(decision: Decision, *, of: str | None = None) -> str:
    """`approved by Ada on 2026-11-22 06:25 UTC: “the gap is known”`. `of`: the run it is told of, which may be another
    than the one somebody decided about: both found the same."""
    said = f": “{decision.reason}”" if decision.reason else ""
    other = "" if of in (None, decision.run) else f", as the run {decision.run[:SHORT]}, which found the same"
    return f"{DECIDED[decision.kind]} by {decision.by} on {moment(decision.at)}{other}{said}"


def digest_text(digest: str | None) -> str:
    return short(digest) if digest else ""


def time_record(at: dt.datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def run_record(run: RunFacts) -> dict[str, object]:
    """A run, flat, for JSON. `verdicts` counts them by word."""
    return {
        "run": run.id, "title": run.title, "state": run.state, "exit_code": run.exit_code, "reason": run.reason,
        "started": time_record(run.started), "ended": time_record(run.ended), "seconds": run.seconds,
        "author": run.author, "commit": run.commit, "bundle": run.bundle, "verdicts": dict(run.counts),
        "late": run.late, "waived": run.waived, "decisions": [decision_record(d) for d in run.decisions],
    }  # fmt: skip


def decision_record(decision: Decision) -> dict[str, object]:
    return {
        "id": decision.id, "kind": decision.kind, "by": decision.by, "reason": decision.reason,
        "about": decision.about, "at": time_record(decision.at),
    }  # fmt: skip
