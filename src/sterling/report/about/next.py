"""What to do next about a table, and what its page cannot say."""

from __future__ import annotations

from sterling.core.judge import Judgement
from sterling.core.run import Run
from sterling.report import words
from sterling.report.about.found import Found
from sterling.report.about.said_changes import RETYPED, most_changed
from sterling.report.about.said_copies import suspicious
from sterling.report.deciding import power_text
from sterling.report.hints import no_limit
from sterling.report.people import noun
from sterling.report.text import capital, count, listed, plain

MOST = 6
_MASKED = ("identifier", "contact", "financial")


def next_steps(run: Run, judgement: Judgement, found: Found) -> tuple[str, ...]:
    """What to do, the first thing to try first. Never empty."""
    steps = [
        *_promises(found),
        *_over(judgement),
        *_undecided(run, judgement),
        *_secrets(found),
        *_errors(run),
        *_copies(found),
    ]
    steps += _compared(judgement, found) if found.drifts else []
    steps += _set_up(run, judgement, found)
    if not found.drifts:
        steps.append("Compare with the table before or after this one: sterling data compare OLD NEW")
    elif not steps:
        steps.append("Compare the next table with this one when it is there")
    return tuple(dict.fromkeys(steps))[:MOST]


def _promises(found: Found) -> list[str]:
    broken = [a for s in found.anomalies for a in s.errors]
    if not broken:
        return []
    hint = next((plain(a.hint, 200) for a in broken if a.hint), "")
    return [f"Mend the broken promises before anything is trained on this table{f': {hint}' if hint else ''}"]


def _over(judgement: Judgement) -> list[str]:
    """The first hint of each number over its limit, then their second ones."""
    over = [v.hints for v in words.in_order(judgement) if v.verdict == "over"]
    return [plain(hints[i], 300).rstrip(".") for i in range(2) for hints in over if len(hints) > i]


def _undecided(run: Run, judgement: Judgement) -> list[str]:
    roles = words.settled_roles(run)
    texts = [power_text(v, roles) for v in words.in_order(judgement) if v.verdict == "undecided"]
    return [f"Collect more where a limit is undecided: {texts[0]}"] if texts and texts[0] else []


def _secrets(found: Found) -> list[str]:
    held = [plain(p.column) for s in found.personal for p in s.found if p.sensitivity == "secret"]
    if held:
        return [f"Revoke the secrets in {listed(list(dict.fromkeys(held)))}: whoever has had this table has them"]
    personal = list(dict.fromkeys(plain(p.column) for s in found.personal for p in s.found if p.sensitivity in _MASKED))
    return (
        [f"Mask or leave out the personal data in {listed(personal)}, unless somebody needs it and may have it"]
        if personal
        else []
    )


def _errors(run: Run) -> list[str]:
    failed = [e.check for e in run.evidence if e.outcome == "error"]
    return [f"Run again with --debug: {listed(failed)} stopped with an error"] if failed else []


def _copies(found: Found) -> list[str]:
    odd = suspicious(x for leaks in found.leaks for x in leaks.labels)
    become = "becomes" if len(odd) == 1 else "become"
    steps = [f"Ask when {listed(odd)} {become} known: before the decision, or with its outcome?"] if odd else []
    if any(d.rows for d in found.duplicates):
        steps.append("Find out why rows repeat others before the table is split: two people, or one row twice?")
    return steps


def _compared(judgement: Judgement, found: Found) -> list[str]:
    """Of a table that was compared: the column to look at first, and a limit on what changed most."""
    first = next((d for pair in found.drifts for d in most_changed(pair)), None)
    metric = "drift_ks" if first is None or first.statistic == RETYPED else f"drift_{first.statistic}"
    steps = [] if first is None else [f"Look at {plain(first.column)} first: how it is filled, and from which source"]
    if no_limit(judgement) is not None:
        limit = f'[[limit]], metric = "{metric}", max = 0.1'
        steps.append(f"Say how large a change is too large, in a file given with --policy: {limit}")
    return steps


def _set_up(run: Run, judgement: Judgement, found: Found) -> list[str]:
    steps: list[str] = []
    asked = {item.check.code for item in run.plan.asks}
    if not run.roles.groups and any("groups" in item.check.needs for item in run.plan.asks):
        steps.append("Name group columns (--groups COLUMN): without them nothing can be said of who is in the table")
    elif "DA003" in asked and not any(p.reference for p in found.people):
        steps.append("Give a reference population (--reference): without one, too few cannot be told from few")
    if "DA011" in asked and not found.anomalies:
        steps.append("Write down what the table promises: sterling schema infer, then --schema schema.toml")
    if no_limit(judgement) is not None and not found.drifts:
        steps.append('Set limits in a file given with --policy: [[limit]], metric = "missing_share", max = 0.05')
    return steps


def unknowns(run: Run, found: Found) -> tuple[str, ...]:
    """What these numbers cannot say. Never empty."""
    people = noun(run.roles.people)
    out: list[str] = []
    if not run.roles.groups:
        out.append(f"Who is in the table, and who is missing: no group column was given for the {people}")
    elif not any(p.reference for p in found.people):
        out.append(f"Who is missing: no reference population was given to set the {people} beside")
    if run.roles.label is not None and run.roles.label_kind == "unstated":
        out.append("Whether the label is what happened or what somebody decided: --label-kind says so")
    if run.roles.label is None:
        out.append("Whether the label is right, or given away by a column: no label was given")
    out += [
        f"{capital(plain(e.title, 120))}: {plain(e.reason, 200) or 'not answered'}"
        for e in found.unanswered
        if e.outcome in ("insufficient", "error")
    ]
    sampled = [s for s in found.personal if s.sampled]
    if sampled:
        out.append(
            f"Personal data in rows that were not looked at: {count(sampled[0].looked_at)} of "
            f"{count(sampled[0].rows)} were"
        )
    out.append(f"Those who never got into the table: it can be complete and still leave out most {people} that matter")
    out.append("Whether values are true: a plausible number that is wrong looks like any other")
    out.append("Whether the data may be used: the law, and what was promised to those in it, are for people to judge")
    return tuple(dict.fromkeys(out))
