"""What every table of outcomes has around its numbers: what people state, the rule, how to check it."""

from __future__ import annotations

import datetime as dt

from sterling.core.document import Alert, Block, Cell, Fact, Facts, Items, Prompt, Prose, Section
from sterling.core.estimate import Estimate
from sterling.core.outcomes import About, Answers, Rule
from sterling.core.slices import Slice
from sterling.report.parts import cell, fact, facts, line
from sterling.report.text import number, value_text

NO_VERDICT = (
    "This is a count and no verdict. Whether a law is met is for people to judge, who know what the table does not."
)
EXACT = "Counts are exact here, of small categories too: the rule asks for them. Hand the table on with that in mind."


def category(slice_: Slice) -> Cell:
    """The values of a slice: `Black, female`; everyone where it has none."""
    if not slice_.items:
        return Cell(text="Everyone")
    return cell(", ".join("not recorded" if v is None else value_text(v) for _, v in slice_.items))


def share_text(value: float) -> str:
    """`27.1 %`."""
    return f"{number(value, 1, 'points')} %"


def share_cell(estimate: Estimate) -> Cell:
    """`27.1 % [26.4, 27.8]`, one decimal whatever the interval: tables of record are not rounded further."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return Cell(text="not defined")
    low, high = (number(x, 1, "points") for x in (estimate.low, estimate.high))
    return Cell(
        text=f"{share_text(estimate.value)} [{low}, {high}]", number=estimate.value,
        interval=(estimate.low, estimate.high),
    )  # fmt: skip


def value_cell(estimate: Estimate, digits: int = 3) -> Cell:
    """`0.769 [0.705, 0.840]`."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return Cell(text="too few people" if estimate.status == "insufficient" else "not defined")
    value, low, high = (number(x, digits, "value") for x in (estimate.value, estimate.low, estimate.high))
    return Cell(text=f"{value} [{low}, {high}]", number=estimate.value, interval=(estimate.low, estimate.high))


def stated(rule: Rule, answers: Answers, *, also: tuple[str, ...] = ()) -> Section:
    """What people state, and the questions that still wait for them. `also`: optional questions that arise here."""
    asked = [a for a in rule.asked if a.key in answers.given or not a.optional or a.key in also]
    blocks: list[Block] = []
    known = [fact(a.question, _said(answers.given[a.key])) for a in asked if a.key in answers.given]
    blocks += facts(*known)
    blocks += [
        Prompt(question=a.question, where=f"{answers.file}: {a.key}") for a in asked if a.key not in answers.given
    ]
    return Section(id="stated", title="What people state", blocks=tuple(blocks))


def _said(answer: str | dt.date) -> str:
    return answer.isoformat() if isinstance(answer, dt.date) else answer


def about_rule(rule: Rule) -> Section:
    """The rule as it was read, and on which day."""
    return Section(
        id="rule",
        title="The rule",
        lead=rule.title,
        blocks=(
            Prose(text=rule.about),
            Facts(
                facts=(
                    Fact(name="State of the rule", value=rule.status),
                    Fact(name="As of", value=rule.as_of.isoformat()),
                    Fact(name="Reading", value=f"{rule.name}, version {rule.version}"),
                )
            ),
            Items(items=rule.notes, tone="note"),
            Prose(text="Sources"),
            Items(items=rule.sources),
            Alert(text=NO_VERDICT, tone="note"),
        ),
    )


def seal(rule: Rule, about: About) -> tuple[Fact, ...]:
    """What to check the table against."""
    return (
        *(Fact(name=f"File {line(name, 80)}", value="read" if digest is None else "SHA-256", evidence=_digest(digest))
          for name, digest in about.files),
        Fact(name="Rule", value=f"{rule.name}, version {rule.version}, as of {rule.as_of.isoformat()}"),
        Fact(name="Made", value=f"{about.made:%Y-%m-%d %H:%M} UTC by {about.program}"),
    )  # fmt: skip


def _digest(sha256: str | None) -> str | None:
    return None if sha256 is None else f"sha256:{sha256}"
