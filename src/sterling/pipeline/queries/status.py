"""Where a project stands: its last run, what has changed since, what is open, and what to do next."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping

from sterling.core.errors import SterlingError
from sterling.core.frozen import dataclass
from sterling.core.project import FILE, Project, Waiver
from sterling.core.records import Context, LedgerReader, Risk
from sterling.core.review import Review
from sterling.pipeline.queries.pending import Pending, pending
from sterling.pipeline.queries.runs import RunFacts, run_facts
from sterling.pipeline.review import ended_waivers, review_of
from sterling.pipeline.risks import before_signing

SOON = 30
"""Days before its end from which a waiver is spoken of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """`run` is None before the first one. `cannot_run` says why a run would fail, where that is known already.

    `changed` names the parts of the project that are not as the last run found them. `waivers` are those that end
    within 30 days or have ended, with the days left (negative: since).
    """

    run: RunFacts | None
    changed: tuple[str, ...]
    pending: tuple[Pending, ...]
    cannot_run: str
    review: Review | None
    risks: tuple[Risk, ...]
    waivers: tuple[tuple[Waiver, int], ...]
    next: str


def status(project: Project, ledger: LedgerReader | None, *, today: dt.date, at_work: bool = False) -> Status:
    """Work out where the project stands. `ledger` None: there is none yet. Writes nothing, runs nothing."""
    newest = ledger.contexts("run", newest=1) if ledger is not None else ()
    waivers = tuple((w, left) for w in project.waivers if (left := (w.expires - today).days) < SOON)
    if ledger is None or not newest:
        return Status(
            run=None, changed=(), pending=(), cannot_run="", review=None, risks=(), waivers=waivers, next="sterling run"
        )
    context = newest[-1]
    run = run_facts(ledger, context, at_work=at_work)
    todo, problem = _pending(project, ledger, context, today)
    review = review_of(project, ledger, context, today=today) if run.bundle else None
    risks = ledger.risks(open_only=True)
    changed = tuple(_changed(project, context, todo))
    again = bool(todo or changed or (run.bundle and ended_waivers(project, context, today)))
    held = bool(before_signing(project, ledger))
    return Status(
        run=run, changed=changed, pending=todo, cannot_run=problem, review=review, risks=risks, waivers=waivers,
        next="sterling check" if problem else _next(run, review, again=again, held=held),
    )  # fmt: skip


def _pending(
    project: Project, ledger: LedgerReader, context: Context, today: dt.date
) -> tuple[tuple[Pending, ...], str]:
    try:
        return pending(project, ledger, context.id, today), ""
    except SterlingError as error:
        return (), f"{error.where}: {error.what}" if error.where else error.what


def _changed(project: Project, context: Context, todo: tuple[Pending, ...]) -> Iterator[str]:
    if context.properties.get("project_digest") != project.digest:
        yield f"{FILE} changed"
    if _scope(project) != context.properties.get("scope_digest"):
        yield "scope.toml changed"
    yield from dict.fromkeys(b for p in todo for b in p.because if p.certain and not b.startswith("its settings"))


def _scope(project: Project) -> str | None:
    try:
        return "sha256:" + hashlib.sha256((project.folder / "scope.toml").read_bytes()).hexdigest()
    except OSError:
        return None


_CURE: Mapping[int | None, str] = {
    1: "a limit is not met: see in the report what to try, then  sterling run",
    3: "a limit is undecided: see in the report how many people would settle it, then  sterling run",
}
"""By exit code: the way on where nobody has to sign."""


def _next(run: RunFacts, review: Review | None, *, again: bool, held: bool) -> str:
    """One command, or one sentence. `again`: a run would find something else. `held`: risks hold signing back."""
    if run.state == "running":
        return "wait: a run is at work"
    if run.state in ("killed", "failed", "interrupted", "unknown"):
        return "sterling run  carries on: what is done is not done again"
    if run.state == "stopped":
        return "mend the data or the project file, then  sterling run;  or  sterling risks"
    if again:
        return "sterling run"
    state = review.state if review is not None else "not_required"
    if state == "rejected":
        return "change what was rejected, then  sterling run"
    if state in ("awaiting", "stale"):  # of a run that is as the project is: nobody has signed what it found
        return f"sterling risks  lists what holds signing back; then  {_sign(run)}" if held else _sign(run)
    nothing = "nothing to do: a run would change nothing"
    if run.late:
        nothing = f"{nothing}; see in the report which limits were set or loosened after results were seen"
    return _CURE.get(run.exit_code if state == "not_required" else 0, nothing)


def _sign(run: RunFacts) -> str:
    return f'sterling approve {run.id[:6]} --as NAME --reason "…"  (or reject)'
