"""Where a run stands with the people who must sign it: worked out from the decisions in the ledger, never stored.

What is signed is a *bundle*: evidence, verdicts, model, data and policy by their digests. A decision is about one
bundle; when any part changes there is another bundle, and what was decided about the old one no longer holds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from collections.abc import Mapping, Sequence

from sterling.core.codec import dump
from sterling.core.errors import shown
from sterling.core.project import FILE, Project, ReviewRules, Waiver
from sterling.core.records import Context, Decision, LedgerReader
from sterling.core.review import Review, ReviewState

SIGNED = ("evidence", "verdicts", "model", "data", "policy")
"""The parts of a bundle."""
_YES, _ABOUT_RUNS = ("approve", "override"), ("approve", "override", "reject")
_RUN_STATES: Mapping[ReviewState, str] = {
    "not_required": "complete", "approved": "complete", "rejected": "rejected",
    "awaiting": "awaiting_review", "stale": "awaiting_review",
}  # fmt: skip


def bundle(*, evidence: str, verdicts: str, model: str, data: str, policy: str) -> str:
    """The digest of what people sign, `sha256:` and 64 hex digits. Each part is a digest; "" where there is none."""
    parts = dict(zip(SIGNED, (evidence, verdicts, model, data, policy), strict=True))
    return "sha256:" + hashlib.sha256(dump({"format": "sterling.bundle", "version": 1, **parts})).hexdigest()


def review_of(project: Project, ledger: LedgerReader, context: Context, *, today: dt.date | None = None) -> Review:
    """Where the run of `context` stands, by the rules of the project as it is now.

    Signatures on a run that was judged by other limits than the project has now are *stale*: nobody signed these. So
    are those on a run judged under a waiver that ended before `today`; None: waivers are taken as they were then.
    """
    signed = str(context.properties.get("bundle") or "")
    author = _author(context)
    told = [d for d in ledger.decisions() if d.kind in _ABOUT_RUNS]
    about = tuple(d for d in told if signed and d.about == signed)
    before = _runs_before(ledger, context)
    earlier = tuple(d for d in told if d.about != signed and d.run in before)
    state = state_of(about, project.review, author)
    ended = ended_waivers(project, context, today) if today is not None else ()
    stale: tuple[str, ...] = ()
    if state == "approved" and policy_changed(project, context):
        state, stale = "stale", (f"the limits or waivers in {FILE} have changed since this run was signed",)
    elif state == "approved" and ended:
        state, stale = "stale", tuple(f"{ended_words(w)} since this run was signed" for w in ended)
    elif state == "awaiting" and any(d.kind in _YES for d in earlier):
        stale = (_what_changed(ledger, context, next(d for d in reversed(earlier) if d.kind in _YES)),)
        state = "awaiting" if about else "stale"
    return Review(
        state=state,
        rules=project.review,
        bundle=signed,
        author=author,
        decisions=about,
        earlier=earlier,
        stale=stale,
        overridden=any(d.kind == "override" for d in standing(about)),
    )


def state_of(decisions: Sequence[Decision], rules: ReviewRules, author: str | None) -> ReviewState:
    """What the decisions about one bundle amount to: the newest of each person counts.

    One rejection that stands outweighs any number of approvals. An override counts as its person's approval, whoever
    signs it; a plain approval by somebody who may not sign does not count.
    """
    newest = standing(decisions)
    if any(d.kind == "reject" for d in newest):
        return "rejected"
    yes = [d for d in newest if d.kind == "override" or (d.kind == "approve" and may_sign(d.by, rules, author))]
    if len(yes) >= max(rules.required, 1):
        return "approved"
    return "awaiting" if rules.required else "not_required"


def standing(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The newest decision of each person, oldest first, of decisions about one bundle in the order they were told."""
    newest: dict[str, Decision] = {}
    for decision in decisions:
        newest.pop(person(decision.by), None)
        newest[person(decision.by)] = decision
    return tuple(newest.values())


def may_sign(name: str, rules: ReviewRules, author: str | None) -> bool:
    """Whether a person's approval counts: among the reviewers if any are named, and not the author where they differ.

    Where the author must be somebody else and is not known, nobody can show that they are.
    """
    listed = not rules.reviewers or is_among(name, rules.reviewers)
    return listed and not (rules.separate and (not author or person(name) == person(author)))


def person(name: str) -> str:
    """A name as it is compared: case, width and blanks make no other person."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def is_among(name: str, people: Sequence[str]) -> bool:
    """Whether one of the people has this name."""
    return person(name) in {person(p) for p in people}


def run_state(state: ReviewState) -> str:
    """What a run's record says of itself when its review is in this state."""
    return _RUN_STATES[state]


def exit_code(verdicts: int, state: ReviewState) -> int:
    """A run's exit code, from that of its verdicts and its review. Approval turns nothing into 0; rejection is 1."""
    if state == "rejected":
        return 1
    return verdicts or (3 if state in ("awaiting", "stale") else 0)


def policy_digest(project: Project) -> str:
    """The limits and waivers as they are written now, whatever stands around them in the file."""
    from sterling.pipeline.steps.measure import written_limit  # which loads all that measures

    limits = [written_limit(limit) for limit in project.policy.limits]
    waivers = [[w.limit, w.owner, w.reason, w.expires.isoformat()] for w in project.waivers]
    return hashlib.sha256(dump({"limits": limits, "waivers": waivers})).hexdigest()


def policy_changed(project: Project, context: Context) -> bool:
    """Whether the run was judged by other limits or waivers than the project has now."""
    parts = context.properties.get("bundle_parts")
    return isinstance(parts, Mapping) and parts.get("policy") != policy_digest(project)


def ended_waivers(project: Project, context: Context, today: dt.date) -> tuple[Waiver, ...]:
    """The waivers that were in force when the run began and are not any more; the last day counts as whole."""
    began = context.started
    return tuple(w for w in project.waivers if began is not None and began.date() <= w.expires < today)


def ended_words(waiver: Waiver) -> str:
    return f"the waiver of {shown(waiver.limit)!r} by {shown(waiver.owner)} ended on {waiver.expires}"


def _author(context: Context) -> str | None:
    author = context.properties.get("author")
    return str(author) if author else None


def _runs_before(ledger: LedgerReader, context: Context) -> set[str]:
    """The project's runs that began before this one."""
    runs = [c.id for c in ledger.contexts("run") if c.parent == context.parent]
    return set(runs[: runs.index(context.id)]) if context.id in runs else set(runs)


def _what_changed(ledger: LedgerReader, context: Context, last: Decision) -> str:
    """What differs from the bundle that somebody signed last, as far as the runs say what theirs was made of."""
    then = ledger.context(last.run)
    what = _differing(then, context) if then is not None and then.properties.get("bundle") == last.about else ()
    return f"{', '.join(what) or 'what was signed'} changed since {last.by} approved the run {last.run[:6]}"


def _differing(then: Context, now: Context) -> tuple[str, ...]:
    """Which parts of two bundles differ, where the runs say what theirs was made of."""
    old, new = then.properties.get("bundle_parts"), now.properties.get("bundle_parts")
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return ()
    return tuple(f"the {part}" for part in SIGNED if old.get(part) != new.get(part))
