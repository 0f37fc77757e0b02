"""Conducts a run of a project: steps in order, each remembered as it happens; stops where a gate says stop."""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from sterling.core.errors import LedgerError, SterlingError
from sterling.core.frozen import dataclass
from sterling.core.project import Project
from sterling.core.records import Artifact, Context, Execution, Ledger, Membership, Record
from sterling.core.spoken import to_project_writers
from sterling.pipeline.decisions import settle
from sterling.pipeline.environment import author, commit_of, environment
from sterling.pipeline.execution import Ended, Hands, carry_out
from sterling.pipeline.finish import READ_LAST, Outcome, after_data, after_judging, as_it_stands
from sterling.pipeline.lock import only_run
from sterling.pipeline.recording import Recording
from sterling.pipeline.step import Progress, Step
from sterling.pipeline.steps import steps_of
from sterling.pipeline.steps.labels import roles_of
from sterling.pipeline.steps.measure import examined

Clock = Callable[[], dt.datetime]
AT_ONCE = 2
"""Steps that do not wait for one another run side by side; most of them use several cores themselves."""

LISTEN = 0.2
"""Seconds between looks for an interrupt: the system may tell another thread of it, which wakes nobody."""


class Watcher(Protocol):
    """Somebody who is told how a run goes. Calls may come from any thread."""

    def began(self, step: Step) -> None: ...
    def progressed(self, step: Step, done: int, total: int | None) -> None: ...
    def ended(self, ended: Ended) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A watcher that says nothing."""

    def began(self, step: Step) -> None:
        """Nothing is said."""

    def progressed(self, step: Step, done: int, total: int | None) -> None:
        """Nothing is said."""

    def ended(self, ended: Ended) -> None:
        """Nothing is said."""


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def run_project(
    project: Project, ledger: Ledger, *, watcher: Watcher | None = None, fresh: bool = False,
    budget: int | None = None, clock: Clock = now,
) -> Outcome:  # fmt: skip
    """Carry the project out, from its data to cards. What is recorded stays, however the run ends.

    `fresh`: nothing is taken from earlier runs. `budget`: that of this run's search for alternatives, instead of the
    file's. Raises InputError or ConfigError for what cannot be read; another run at work in the same project is one.
    """
    project = project.with_budget(budget)
    with to_project_writers():
        roles_of(project, examined(project)).all_looked_at()
    with only_run(project.state):
        _bury(ledger, clock)
        hands, context = _begin(project, ledger, fresh=fresh, budget=budget, clock=clock)
        try:
            outcome = _carry_out(hands, context, watcher or Silent())
        except BaseException as error:
            with suppress(Exception):
                hands.recording.settle()
            with suppress(LedgerError):  # what went wrong first is what people are told
                ledger.put(*_canceled(ledger, context.id, clock, reason=_state_after(error)))
                _end(hands, context, state=_state_after(error), reason=_reason(error))
            raise
        _end(hands, context, state=outcome.state, **outcome.properties)
        return as_it_stands(hands, outcome)


def _begin(project: Project, ledger: Ledger, *, fresh: bool, budget: int | None, clock: Clock) -> tuple[Hands, Context]:
    """The run's own record, and the artifacts that say under which words and on what ground it was made."""
    recording = Recording(ledger)
    settled = [
        recording.keep(project.file.read_bytes(), type="project", name=project.file.name),
        recording.keep(environment(), type="environment", name="environment"),
    ]
    scope = project.folder / "scope.toml"
    if scope.is_file():
        settled.append(recording.keep(scope.read_bytes(), type="scope", name=scope.name))
    run = secrets.token_hex(6)
    of_project = Context(id=f"project:{project.name}", type="project", name=project.name)
    context = Context(
        id=run, type="run", name=project.title, parent=of_project.id, started=clock(),
        properties={
            "state": "running", "author": author(), "commit": commit_of(project.folder), "fresh": fresh,
            **({} if budget is None else {"budget": budget}),
            **{f"{a.type}_digest": a.digest for a in settled},
        },
    )  # fmt: skip
    members = [Membership(context=run, member=a.digest, kind="artifact") for a in settled]
    new: list[Record] = [] if ledger.context(of_project.id) else [of_project]
    recording.put(*new, context, *settled, *members)
    lock = next(a.digest for a in settled if a.type == "environment")
    hands = Hands(
        project=project, ledger=ledger, recording=recording, run=run, lock=lock, now=clock, fresh=fresh
    )  # fmt: skip
    return hands, context


def _bury(ledger: Ledger, clock: Clock) -> None:
    """Whatever still says `running` under the project's lock belongs to a process that is gone."""
    dead: list[Record] = []
    for context in ledger.contexts("run", newest=20):
        if context.properties.get("state") != "running":
            continue
        dead += _canceled(ledger, context.id, clock, reason="killed")
        # When it was killed nobody wrote down: the last that it did write is nearer than now, days later maybe.
        steps = ledger.executions(run=context.id)
        last = max((time for e in steps for time in (e.started, e.ended) if time is not None), default=context.started)
        dead.append(replace(context, ended=last, properties={**context.properties, "state": "killed"}))
    if dead:
        ledger.put(*dead)


def _canceled(ledger: Ledger, run: str, clock: Clock, *, reason: str) -> list[Execution]:
    """The steps of a run that began and will not end."""
    return [
        replace(e, state="canceled", ended=clock(), properties={**e.properties, "reason": reason})
        for e in ledger.executions(run=run, state="running")
    ]


def _end(hands: Hands, context: Context, *, state: str, **more: object) -> None:
    """Write down how the run ended. What people decided of it meanwhile, while they were being told, stands."""
    newest = hands.ledger.context(context.id) or context
    said: dict[str, Any] = {**{k: v for k, v in more.items() if v is not None}, "state": state}
    if newest.properties.get("state") not in (None, "running"):
        said = {k: v for k, v in said.items() if k not in ("state", "exit_code")}
    hands.ledger.put(replace(newest, ended=hands.now(), properties={**newest.properties, **said}))
    bundle = newest.properties.get("bundle")
    if bundle and state not in ("failed", "interrupted") and hands.ledger.decisions(about=str(bundle)):
        settle(hands.project, hands.ledger, context.id)  # decided while this was being written


def _state_after(error: BaseException) -> str:
    return "failed" if isinstance(error, Exception) else "interrupted"


def _reason(error: BaseException) -> str:
    """What is written down of a failure: our own words are free of data, other people's may not be."""
    if isinstance(error, KeyboardInterrupt):
        return "stopped with Ctrl-C"
    return error.what if isinstance(error, SterlingError) else type(error).__name__


def _carry_out(hands: Hands, context: Context, watcher: Watcher) -> Outcome:
    known: dict[str, Artifact] = {}
    steps = steps_of(hands.project, hands.ledger, (context.started or hands.now()).date())
    before, after = _halves(steps, "facts")
    later = {role for step in after for role in step.reads} | READ_LAST
    known |= all_steps(before, known, hands, watcher, read_later=later)
    stopped = after_data(hands, context, known)
    if stopped is not None:
        return stopped
    known |= all_steps(after, known, hands, watcher, read_later=READ_LAST)
    return after_judging(hands, context, known)


def _halves(steps: tuple[Step, ...], role: str) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The steps up to the one that makes `role`, and those after it: a gate stands between."""
    place = next(i for i, step in enumerate(steps) if role in step.makes) + 1
    return steps[:place], steps[place:]


def all_steps(
    steps: tuple[Step, ...], known: Mapping[str, Artifact], hands: Hands, watcher: Watcher, *,
    read_later: Collection[str] = (),
) -> dict[str, Artifact]:  # fmt: skip
    """Every step once its inputs are there, and all that they made in the ledger.

    After a failure no step begins; those at work end before it is raised.

    `read_later`: roles that somebody reads once these steps are done, so that they stay in hand.
    An interrupt waits for nobody: threads that are still at work end with the process.
    """
    have = dict(known)
    waiting, running = list(steps), dict[Future[Ended], Step]()
    try:
        while waiting or running:
            for step in [s for s in waiting if all(role in have for role in s.reads)][: AT_ONCE - len(running)]:
                waiting.remove(step)
                watcher.began(step)
                running[_begun(step, have, hands, watcher)] = step
            done, _ = wait(running, timeout=LISTEN, return_when=FIRST_COMPLETED)
            for future in done:
                running.pop(future)
                ended = future.result()
                have |= ended.artifacts
                still = {role for step in (*waiting, *running.values()) for role in step.reads}
                hands.let_go(have, still_read={*still, *read_later})
                watcher.ended(ended)
        hands.recording.settle()
    except Exception:
        wait(running)
        with suppress(Exception):  # what went wrong first is what people are told
            hands.recording.settle()
        raise
    return have


def _begun(step: Step, have: Mapping[str, Artifact], hands: Hands, watcher: Watcher) -> Future[Ended]:
    """The step, at work in a thread of its own that keeps no process from ending."""
    future: Future[Ended] = Future()
    known = dict(have)

    def work() -> None:
        try:
            future.set_result(carry_out(step, known, hands, _teller(watcher, step)))
        except BaseException as error:  # noqa: BLE001  # whoever waits for the step raises it
            future.set_exception(error)

    threading.Thread(target=work, name=f"sterling-{step.name}", daemon=True).start()
    return future


def _teller(watcher: Watcher, step: Step) -> Progress:
    return lambda done, total: watcher.progressed(step, done, total)


def after_decision(project: Project, ledger: Ledger, run: str, *, clock: Clock = now) -> tuple[Path, ...]:
    """Draw the report and the cards of a run again once somebody has decided; returns the files."""
    from sterling.pipeline.finish import publish

    hands = Hands(project=project, ledger=ledger, recording=Recording(ledger), run=run, lock="", now=clock)
    return publish(hands, run)[1]


def unfinished(ledger: Ledger, run: str) -> tuple[Execution, ...]:
    """Executions of a run that began and did not end well."""
    return tuple(e for e in ledger.executions(run=run) if e.state in ("running", "failed", "canceled"))
