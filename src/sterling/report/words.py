"""Verdicts and findings as sentences that need no training to read.

Every function is pure: what was found and what the columns mean go in, plain text comes out. Foreign text (names,
values) is shortened and freed of control characters, so a sentence may be printed anywhere that takes text.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from sterling.core.evidence import Finding, TooSmall
from sterling.core.judge import Judgement, Verdict, VerdictWord
from sterling.core.policy import UPPER, Limit
from sterling.core.rates import MetricInfo
from sterling.core.roles import AGREEMENT, Roles
from sterling.core.run import Run
from sterling.core.slices import Slice
from sterling.report.about import spoken
from sterling.report.deciding import compared, power_text
from sterling.report.people import family, group, groups, noun
from sterling.report.sentences import also_beyond, finding_sentence, meaning, of_model, term, too_few, with_interval
from sterling.report.small_cells import NOT_SHOWN, closed
from sterling.report.text import (
    FEW,
    as_typed,
    bound,
    count,
    digits_of,
    few,
    level_text,
    listed,
    plain,
    points,
    scale_of,
)

ORDER: tuple[VerdictWord, ...] = (
    "over", "undecided", "insufficient", "error", "within", "not_applicable", "unjudged",
)  # fmt: skip
"""The order in which verdicts are shown."""
WITHIN_NOTE = "Within your limit says no more than that: it does not show that the model is fair or lawful."
WITHIN_NOTE_OF_DATA = "Within your limit says no more than that: it does not show that the data suit their use."
_WORDS: dict[VerdictWord, tuple[str, str, str]] = {
    "over": ("over limit", "over your limit", "over your limits"),
    "undecided": ("undecided", "undecided", "undecided"),
    "insufficient": ("too small", "comparison that cannot be made", "comparisons that cannot be made"),
    "error": ("error", "check stopped by an error", "checks stopped by an error"),
    "within": ("within limit", "within your limit", "within your limits"),
    "not_applicable": ("does not apply", "limit that does not apply", "limits that do not apply"),
    "unjudged": ("no limit", "measured with no limit set", "measured with no limit set"),
}
_LEVELS = ("min", "max")
"""Statements about a metric's own level; the others are about a difference or a ratio."""
_UNDER = ("under minimum", "under your minimum", "under your minimums")
_OVER_OR_UNDER = ("", "over your limit or under your minimum", "over your limits or under your minimums")


def within_note(run: Run) -> str:
    """What *within* does not say, of models or of a table."""
    return WITHIN_NOTE if run.tables else WITHIN_NOTE_OF_DATA


def settled_roles(run: Run) -> Roles:
    """The run's roles with the label values that were worked out from the data."""
    return dataclasses.replace(run.roles, positive=run.positive, favourable=run.favourable)


def in_order(judgement: Judgement) -> list[Verdict]:
    """In the order to show: by verdict; where no limit is set gaps first; single columns before crosses; as judged.

    Of what is over or undecided, one of each metric comes before any second one of another: of single columns if there
    are any, and of these the one that lies furthest beyond its limit.
    """
    metrics = list(dict.fromkeys(_metric(v) for v in judgement.verdicts))
    ordered = sorted(judgement.verdicts, key=lambda v: _place(v, metrics))
    first = {(v.verdict, _metric(v)): id(v) for v in reversed(ordered)}

    def again(verdict: Verdict) -> bool:
        return _urgent(verdict) and first[verdict.verdict, _metric(verdict)] != id(verdict)

    return sorted(ordered, key=lambda v: (ORDER.index(v.verdict), again(v)))


def _place(verdict: Verdict, metrics: list[str]) -> tuple[int, int, int, int, float]:
    finding, word = verdict.finding, ORDER.index(verdict.verdict)
    if finding is None:
        return word, 0, 0, 0, 0.0
    kind = 0 if verdict.limit is not None else {"gap": 0, "ratio": 1}.get(finding.kind, 2)
    sure = finding.low == finding.high == finding.value  # what could not be otherwise, such as the whole of a whole
    if not _urgent(verdict):
        return word, kind, 99 if sure else len(finding.family), 0, 0.0
    return word, kind, len(finding.family), metrics.index(_metric(verdict)), -_beyond(verdict)


def _urgent(verdict: Verdict) -> bool:
    return verdict.limit is not None and verdict.verdict in ("over", "undecided")


def _metric(verdict: Verdict) -> str:
    metric = _limited(verdict)
    return verdict.ask if metric is None else metric.name


def _beyond(verdict: Verdict) -> float:
    """By which part of the limit a number lies beyond it: surely, where it is over, and else as measured."""
    finding, limit = verdict.finding, verdict.limit
    if finding is None or limit is None:
        return 0.0
    upwards, over = limit.statement in UPPER, verdict.verdict == "over"
    end = finding.value if not over else finding.low if upwards else finding.high
    return (end - limit.bound if upwards else limit.bound - end) / (abs(limit.bound) or 1.0)


def verdict_word(word: VerdictWord) -> str:
    """`over limit`, `undecided`, ...: one or two words for a verdict."""
    return _WORDS[word][0]


def word_of(verdict: Verdict) -> str:
    """`over limit`, or `under minimum` where the limit is one that a number must not fall below."""
    return "under minimum" if is_under(verdict) else verdict_word(verdict.verdict)


def word_of_all(verdicts: Iterable[Verdict]) -> str:
    """`word_of` verdicts of one word, both words where limits and minimums are among them."""
    return " or ".join(sorted({word_of(verdict) for verdict in verdicts}))


def is_under(verdict: Verdict) -> bool:
    """Whether a number fell below the least that was asked for: the verdict *over*, of a minimum."""
    limit = verdict.limit
    return verdict.verdict == "over" and limit is not None and limit.statement in ("min", "min_ratio")


def counts_of(judgement: Judgement, words: Iterable[VerdictWord] = ORDER) -> list[str]:
    """`counts_by_word` of the verdicts of these words, which says of minimums that they are not reached."""
    return counts_by_word({w: judgement.count(w) for w in words}, under=sum(map(is_under, judgement.verdicts)))


def headline_counts(judgement: Judgement) -> str:
    """`1 over your limit · 2 undecided · 5 within your limits`; with `· 1 of these waived` where somebody did."""
    parts = counts_of(judgement)
    waived, late = len(judgement.waived), late_count(len(judgement.late))
    parts += [f"{count(waived)} of these waived"] if waived else []
    return " · ".join([*parts, *([late] if late else [])]) or "nothing compared"


def late_count(n: int) -> str:
    """`2 by limits set or loosened after results were seen`, of so many verdicts; empty for none."""
    return f"{count(n)} by {'a limit' if n == 1 else 'limits'} set or loosened after results were seen" if n else ""


def late_text(verdict: Verdict) -> str:
    """`limit loosened from 5 points after results were seen`; empty where it was there before them."""
    late, limit = verdict.late, verdict.limit
    if late is None or limit is None:
        return ""
    if late.loosened_from is None:
        return "limit set after results were seen"
    strict = limit_text(dataclasses.replace(verdict, limit=dataclasses.replace(limit, bound=late.loosened_from)))
    return f"limit loosened from {strict} after results were seen"


def counts_by_word(counts: Mapping[str, int], *, under: int | None = 0) -> list[str]:
    """`1 over your limit`, `2 undecided`, …: how many verdicts there are of each word, in order, without the zeros.

    `under`: how many of those that are over are under a minimum; None where that is not known, and both are named.
    """
    if under is None:
        over = _OVER_OR_UNDER
    else:
        over = _WORDS["over"] if not under else _UNDER if under == counts.get("over", 0) else _OVER_OR_UNDER
    known = [(counts.get(word, 0), over if word == "over" else _WORDS[word]) for word in ORDER]
    return [f"{count(n)} {one if n == 1 else many}" for n, (_, one, many) in known if n]


def sentence(verdict: Verdict, roles: Roles, *, name_model: bool = True) -> str:
    """What a verdict is about, without its interval and limit; no full stop. Names the model when there are several."""
    finding = verdict.finding
    if finding is None:
        text = _nothing_found(verdict)
    elif finding.value != finding.value:
        text = too_few(finding, roles)
    else:
        text = finding_sentence(finding, roles)
    return f"{text}{of_model(verdict.model)}" if name_model and verdict.model and len(roles.models) > 1 else text


def bracket(finding: Finding, limit: Limit | None = None) -> str:
    """`[13, 23]`: the decision interval in the unit of the sentence, each end on its own side of the limit."""
    if finding.value != finding.value or spoken.exact(finding):
        return ""
    scale, digits = scale_of(finding), digits_of(finding)
    level = 1.0 if scale == "ratio" else 0.0
    apart = finding.kind not in ("lowest", "highest") and not finding.low <= level <= finding.high
    beside = (*((level,) if apart else ()), *(() if limit is None else (limit.bound,)))
    return f"[{bound(finding.low, digits, scale, beside)}, {bound(finding.high, digits, scale, beside)}]"


def limit_text(verdict: Verdict) -> str:
    """`at most 5 points`, `at least 0.8`, `at least 70%`; empty when no limit speaks of it."""
    limit, finding = verdict.limit, verdict.finding
    if limit is None:
        return ""
    shown, info = _bound(verdict), _limited(verdict)
    if limit.statement in _LEVELS:
        shown = level_text(info, shown) if info else shown
    elif limit.statement != "min_ratio" and info is not None and info.scale == "share":
        shown = f"{shown}%" if finding and finding.relative else points(shown)
    return f"{'at most' if limit.statement in UPPER else 'at least'} {shown}"


def said(verdict: Verdict, roles: Roles) -> str:
    """Sentence, interval, verdict and limit in one line with a full stop: for terminals, logs and annotations."""
    words, finding = sentence(verdict, roles), verdict.finding
    notes = (late_text(verdict), waiver_text(verdict))
    waived = "".join(f"; {note}" for note in notes if note)
    if finding is None or finding.value != finding.value:
        why = "" if verdict.verdict == "insufficient" else f": {plain(verdict.reason, 200)}"
        return f"{words}{why}{waived}."
    limit = limit_text(verdict)
    level = verdict.limit is not None and verdict.limit.statement in _LEVELS
    bound = f"({limit})" if level else f"of {_bound(verdict)}"
    ending = {
        "over": f"under your minimum of {limit.removeprefix('at least ')}"
        if is_under(verdict)
        else f"over your limit {bound}",
        "within": f"within your limit {bound}",
        "undecided": f"undecided at your limit {bound}; {power_text(verdict, roles)}",
    }.get(verdict.verdict, "no limit set")
    interval = bracket(finding, verdict.limit)
    return f"{with_interval(words, finding, interval, verdict.model)}: {ending}{waived}."


def waiver_text(verdict: Verdict) -> str:
    """Who lifted the limit, until when and why; empty when nobody did. The verdict itself is what it was."""
    waiver = verdict.waiver
    if waiver is None:
        return ""
    until = f"{waiver.expires.day} {waiver.expires:%b %Y}"
    return f"WAIVED by {plain(waiver.owner, 80)} until {until}: {plain(waiver.reason, 200).rstrip('.')}"


def reason(verdict: Verdict, roles: Roles) -> str:
    """Why the verdict is what it is, and out of how many comparisons."""
    finding = verdict.finding
    text = plain(verdict.reason, 200)
    if finding is not None and finding.value != finding.value and finding.too_small:
        unit = f"{finding.metric.unit} " if finding.metric.unit else ""
        small = [f"{group(t.slice, roles.people).text}: {held_by(t)} of the {count(t.n_needed)} {unit}needed"
                 for t in finding.too_small]  # fmt: skip
        return listed(small, others="groups")
    if finding is None or verdict.limit is None or finding.value != finding.value:
        return text
    upwards = verdict.limit.statement in UPPER
    beyond = "above" if upwards else "below"
    if spoken.about_table(finding.metric):
        return _about_table(text, finding, beyond)
    text = text.replace("beyond", beyond).replace("within", "below" if upwards else "above")
    text += _other_end(finding, upwards, roles)
    if finding.groups_compared < 3:
        return text
    which = {
        "gap": "widest gap",
        "ratio": "smallest ratio",
        "lowest": "lowest",
        "highest": "highest",
        "drop": "largest drop",
        "rise": "largest rise",
    }[finding.kind]
    return f"{text}; the {which} of {count(finding.groups_compared)} groups by {family(finding.family)}"


def held_by(small: TooSmall, n: int | None = None) -> str:
    """How many people a group that is too small has that count, or `n`; of a cross only that they are too few.

    By the exact count of a cross another one, of a handful, could be worked out.
    """
    n = small.n_eligible if n is None else n
    return few(n) if len(small.slice.items) < 2 or n < FEW else f"fewer than {count(small.n_needed)}"


def _other_end(finding: Finding, upwards: bool, roles: Roles) -> str:
    """Whose the end of the interval is that *within* rests on, where it is not the groups of the sentence."""
    named = {s.slice for s in (finding.first, finding.second) if s is not None}
    if {s.slice for s in finding.outermost} <= named:
        return ""
    return f"; its {'high' if upwards else 'low'} end is {compared(finding, finding.outermost, roles)}"


def _about_table(text: str, finding: Finding, beyond: str) -> str:
    """Why, for a number of a table: a counted one has no interval, and columns were compared rather than groups."""
    other = "below" if beyond == "above" else "above"
    text = text.replace("beyond", beyond).replace("within", other)
    if spoken.exact(finding):
        return "counted in the one row" if finding.n == 1 else f"counted in all {count(finding.n)} rows"
    if finding.groups_compared < 2:
        return text
    return f"{text}; {count(finding.groups_compared)} were looked at together"


def people_text(verdict: Verdict, roles: Roles, held: frozenset[Slice]) -> str:
    """`1,878 applicants`: how many enter a finding's rates, as the page counts them; empty without one.

    `held`: groups whose counts would give away that of a smaller one.
    """
    finding = verdict.finding
    if finding is None:
        return ""
    if closed(finding, held):
        return NOT_SHOWN
    return f"{few(finding.n_eligible)} {finding.metric.unit or noun(roles.people)}"


def label_note(roles: Roles) -> str:
    """What the label is; stands beside every number that uses it. Empty without a label."""
    if roles.label is None:
        return ""
    words = plain(roles.describes_label, 80)
    agreement = AGREEMENT[roles.label_kind]
    return f"label: {words}; {agreement}" if agreement else f"label: {words}"


def also_text(verdict: Verdict, roles: Roles) -> str:
    """Groups that the sentence about the widest gap leaves out although they lie beyond the limit as measured too."""
    if verdict.finding is None or verdict.limit is None or verdict.verdict not in ("over", "undecided"):
        return ""
    beyond = also_beyond(verdict.finding, verdict.limit.bound, roles)
    if not beyond:
        return ""
    who = groups([s.slice for s in beyond], roles.people)
    return f"As measured, {who} too lie beyond the limit: see the groups chart"


def metric_note(info: MetricInfo, roles: Roles) -> str:
    """A metric's plain meaning in the project's words, and what the label is when it uses one."""
    note = f"{term(info)}: {meaning(info, roles.people)}"
    return f"{note}; {label_note(roles)}" if info.needs_label and roles.label else note


def _bound(verdict: Verdict) -> str:
    """The limit's number as it was typed, in the unit of the sentence; empty without a limit."""
    limit, info = verdict.limit, _limited(verdict)
    if limit is None:
        return ""
    share = limit.statement != "min_ratio" and info is not None and info.scale == "share"
    return as_typed(limit.bound, "points" if share else "value")


def _limited(verdict: Verdict) -> MetricInfo | None:
    """The metric that the limit speaks of, as it was measured where it was."""
    limit, finding = verdict.limit, verdict.finding
    if finding is not None:
        return finding.metric
    return limit.metric.info if limit is not None and limit.metric is not None else None


def _nothing_found(verdict: Verdict) -> str:
    name = f"'{plain(verdict.ask)}'"
    if verdict.limit is not None and verdict.limit.metric is not None and verdict.verdict != "error":
        name = term(verdict.limit.metric.info)
    return {
        "error": f"The check {name} stopped with an error",
        "insufficient": f"Too few people to say anything about {name}",
        "not_applicable": f"Your limit on {name} was not answered",
    }.get(verdict.verdict, f"Nothing was found about {name}")
