"""Verdicts on the limits of a table as sentences, each with number, interval, limit and n."""

from __future__ import annotations

from sterling.core.judge import Judgement, Verdict
from sterling.core.overview import Heard, Stated
from sterling.core.policy import UPPER
from sterling.core.roles import Roles
from sterling.report import words
from sterling.report.about import spoken
from sterling.report.deciding import power_text
from sterling.report.people import noun
from sterling.report.text import capital, digits_of, number, points, scale_of, unit_of

_TONES: dict[str, Heard] = {
    "over": "over",
    "undecided": "undecided",
    "within": "within",
    "insufficient": "undecided",
    "error": "undecided",
    "not_applicable": "undecided",
}


def judged(judgement: Judgement, roles: Roles) -> tuple[Stated, ...]:
    """Every verdict on a limit, in order."""
    return tuple(_verdict(v, roles) for v in words.in_order(judgement) if v.limit is not None or v.verdict == "error")


def _verdict(verdict: Verdict, roles: Roles) -> Stated:
    finding, limit = verdict.finding, verdict.limit
    known = finding is not None and finding.value == finding.value
    detail = "; ".join(
        t
        for t in (
            power_text(verdict, roles),
            words.late_text(verdict),
            words.waiver_text(verdict),
            "" if known else words.reason(verdict, roles),
        )
        if t
    )
    share = finding is not None and finding.metric.scale == "share" and finding.kind != "ratio"
    text = f"{words.word_of(verdict)}: {words.sentence(verdict, roles)}"
    if finding is None or limit is None or not known:
        return Stated(text=capital(text), tone=_TONES.get(verdict.verdict, "note"), detail=capital(detail))
    digits = spoken.digits(finding) if spoken.about_table(finding.metric) else digits_of(finding)
    value = number(finding.value, digits, scale_of(finding))
    value = {"share": f"{value}%", "points": points(value)}.get(unit_of(finding), value)
    shown = f"{value} {words.bracket(finding, limit)}".strip()
    return Stated(
        text=capital(text),
        tone=_TONES.get(verdict.verdict, "note"),
        shown=shown,
        value=finding.value,
        low=finding.low,
        high=finding.high,
        limit=limit.bound,
        limit_shown=words.limit_text(verdict),
        upward=limit.statement in UPPER,
        scale="share" if share else "value",
        n=finding.n_eligible,
        of=noun(roles.people),
        detail=capital(detail),
    )
