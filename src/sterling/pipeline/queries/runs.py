"""The runs of a project: finding the one that is meant, and what is told of each wherever runs are listed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sterling.core.errors import InputError, shown
from sterling.core.frozen import dataclass
from sterling.core.records import Artifact, Context, Decision, LedgerReader

LAST, PREVIOUS = "last", "previous"
"""The words for the newest run and the one before it, wherever a run is asked for."""
_MOST_RESOLVED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """One run. `state` is "killed" for one whose process is gone without a word; `counts` are verdicts by word.

    `late`: how many of them are by limits that were set or loosened after results had been seen. `waived`: how many
    are of limits that somebody had lifted; None where the run did not write it down.
    """

    id: str
    title: str
    state: str
    started: dt.datetime | None
    ended: dt.datetime | None
    exit_code: int | None
    author: str | None
    commit: str | None
    reason: str | None
    bundle: str | None
    counts: Mapping[str, int]
    decisions: tuple[Decision, ...]
    late: int = 0
    waived: int | None = None

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it is at work, or when nobody knows when it ended."""
        if self.started is None or self.ended is None:
            return None
        return max((self.ended - self.started).total_seconds(), 0.0)


def find_run(ledger: LedgerReader, text: str) -> Context:
    """The run whose id `text` begins, the newest for "last", the one before it for "previous".

    Raises InputError when there is none, or several.
    """
    newest = ledger.contexts("run", newest=2)
    if not newest:
        raise InputError("there is no run yet", where="the ledger", hint="sterling run makes one")
    if text == LAST:
        return newest[-1]
    if text == PREVIOUS and len(newest) > 1:
        return newest[0]
    found = _beginning(ledger, text) if text else ()
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} runs begin with {shown(text)!r}" if found else f"there is no run {shown(text)!r}"
    hint = "sterling history lists the runs; the newest are called last and previous"
    raise InputError(what, where="the ledger", hint=hint)


def known_run(ledger: LedgerReader, id_: str) -> Context:
    """The run with this whole id. Raises InputError when there is none."""
    context = ledger.context(id_)
    if context is None or context.type != "run":
        raise InputError(f"there is no run {shown(id_)!r}", where="the ledger", hint="sterling history lists the runs")
    return context


def _beginning(ledger: LedgerReader, text: str) -> tuple[Context, ...]:
    exact = ledger.context(text)
    if exact is not None and exact.type == "run":
        return (exact,)
    ids = ledger.resolve(text)
    if len(ids) >= _MOST_RESOLVED:  # other things may have crowded runs out
        return tuple(c for c in ledger.contexts("run") if c.id.startswith(text))
    found = (ledger.context(id_) for id_ in ids if id_.startswith(text))
    return tuple(c for c in found if c is not None and c.type == "run")


def state_of_run(context: Context, *, at_work: bool = True) -> str:
    """How a run stands, `at_work` as in `run_facts`."""
    state = str(context.properties.get("state") or "unknown")
    return "killed" if state == "running" and not at_work else state


def known_state(context: Context) -> str:
    """How a run stands, in words for a message of somebody who does not know whether one is at work."""
    state = state_of_run(context)
    return "running, or was killed" if state == "running" else shown(state.replace("_", " "))


_CUT_SHORT = {
    "running": "is still at work: this is what it has recorded so far",
    "killed": "was killed and did not end: this is what it had recorded",
    "interrupted": "was interrupted and did not end: this is what it had recorded",
    "failed": "failed and did not end: this is what it had recorded",
}


def cut_short(context: Context, *, at_work: bool = True) -> str:
    """A sentence on a run that has not come to its end; empty for one that has. `at_work` as in `run_facts`."""
    what = _CUT_SHORT.get(state_of_run(context, at_work=at_work))
    return f"the run {shown(context.id[:6])} {what}" if what else ""


def run_facts(ledger: LedgerReader, context: Context, *, at_work: bool = True) -> RunFacts:
    """What is told of a run. `at_work`: whether a run is at work in the project; if none is, `running` means killed."""
    facts = context.properties
    code, bundle = facts.get("exit_code"), _text(facts.get("bundle"))
    verdicts = next(iter(reversed(ledger.artifacts(type="verdicts", run=context.id))), None)
    return RunFacts(
        id=context.id,
        title=context.name,
        state=state_of_run(context, at_work=at_work),
        started=context.started,
        ended=context.ended,
        exit_code=code if isinstance(code, int) else None,
        author=_text(facts.get("author")),
        commit=_text(facts.get("commit")),
        reason=_text(facts.get("reason")),
        bundle=bundle,
        counts=_counts(verdicts),
        late=_whole(verdicts.properties.get("late")) if verdicts is not None else 0,
        waived=_waived(verdicts),
        decisions=ledger.decisions(about=bundle) if bundle else (),
    )


def _waived(verdicts: Artifact | None) -> int | None:
    found = None if verdicts is None else verdicts.properties.get("waived")
    return found if isinstance(found, int) else None


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _counts(verdicts: Artifact | None) -> dict[str, int]:
    """How many verdicts there are of each word, as the step that judged wrote it down."""
    counts = verdicts.properties.get("counts") if verdicts is not None else None
    return {str(k): v for k, v in counts.items() if isinstance(v, int)} if isinstance(counts, Mapping) else {}


def _text(value: object) -> str | None:
    return str(value) if value else None
