"""Carries one step out and records it; or finds that it was carried out before."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import field, replace
from pathlib import Path

from sterling.core.errors import InputError, LedgerError, SterlingError, file_changed
from sterling.core.frozen import dataclass
from sterling.core.project import Project
from sterling.core.records import Artifact, Event, Execution, ExecutionState, Ledger, LedgerReader, Membership, Record
from sterling.core.records import Opening as Opened
from sterling.core.spoken import in_project_words
from sterling.pipeline.environment import code_digest, file_digests
from sterling.pipeline.made import MADE, described, outputs_of
from sterling.pipeline.recording import Recording
from sterling.pipeline.step import Inputs, Made, Progress, Step, cache_key, rows_in
from sterling.sources.reading import translate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hands:
    """What is needed to carry out steps of one run. `lock` is the digest of the environment.

    `recording`: where steps leave what they made; who asks the ledger for it lets it settle first.
    `in_hand`: by digest, what its steps made and later ones need not read back; a run that carries on begins with none.
    What nobody reads any more is let go.
    """

    project: Project
    ledger: Ledger
    recording: Recording
    run: str
    lock: str
    now: Callable[[], dt.datetime]
    fresh: bool = False
    in_hand: dict[str, object] = field(default_factory=dict)

    def let_go(self, made: Mapping[str, Artifact], *, still_read: Collection[str]) -> None:
        """Keep nothing in hand of what was made under roles that nobody reads any more."""
        kept = {artifact.digest for role, artifact in made.items() if role in still_read}
        for artifact in made.values():
            if artifact.digest not in kept:
                self.in_hand.pop(artifact.digest, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a step ended: what it made by role, whether it was found made already, and how long it took in seconds."""

    step: Step
    artifacts: Mapping[str, Artifact]
    cached: bool
    seconds: float


def carry_out(step: Step, known: Mapping[str, Artifact], hands: Hands, progress: Progress) -> Ended:
    """The step's outputs, from the ledger when nothing it depends on has changed.

    A `running` record comes before the work and the outputs after it, all at once: a run that is killed in between
    leaves a step that never ended, and the next run does it again.
    """
    began = hands.now()
    before = _stamps(step)
    sources = _sources(step)
    files = {a.name: a.digest.removeprefix("sha256:") for a in sources}
    key = cache_key(step, known, files, code_digest(), hands.lock)
    execution = Execution(
        id=secrets.token_hex(8), step=step.name, run=hands.run, state="running", key=key, started=began,
        properties={"title": step.title, "stage": step.stage, "parameters": dict(step.parameters), "files": files,
                    "code": code_digest(), "environment": hands.lock},
    )  # fmt: skip
    found = None if hands.fresh or step.away else made_before(step, key, hands.ledger)
    if found is None:
        artifacts = _do(step, known, execution, hands, progress, before)
    else:
        artifacts, execution = found, replace(execution, state="cached")
    ended = hands.now()
    properties = {**execution.properties, MADE: described(artifacts)}
    execution = replace(execution, ended=ended, state="cached" if found else "complete", properties=properties)
    inputs = {**{a.name: a for a in sources}, **{role: known[role] for role in step.reads}}
    _record(execution, inputs, artifacts, sources, hands)
    seconds = max((ended - began).total_seconds(), 0.0)  # a clock may be set back
    return Ended(step=step, artifacts=artifacts, cached=found is not None, seconds=seconds)


def _sources(step: Step) -> tuple[Artifact, ...]:
    """The files that a step reads, known by their digests; their bytes stay where they are."""
    try:
        digests = file_digests(step.files)
        sizes = [path.stat().st_size for path in step.files]
    except OSError as error:
        raise _unread(error, step) from error
    return tuple(
        Artifact(digest=f"sha256:{digest}", type="file", name=name, size=size, uri=name, state="reference")
        for (name, digest), size in zip(digests.items(), sizes, strict=True)
    )


def files_there(step: Step) -> None:
    """Raises InputError, as carrying the step out would, for a file that it reads and that is not there."""
    try:
        for path in step.files:
            path.stat()
    except OSError as error:
        raise _unread(error, step) from error


def _unread(error: OSError, step: Step) -> SterlingError:
    return translate(error, step.files[0].name if len(step.files) == 1 else "the project's files")


def _stamps(step: Step) -> list[tuple[int, int, int] | None]:
    """Which files a step reads, as the system tells them apart; None for one that is not there."""
    return [_stamp(path) for path in step.files]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


def made_before(step: Step, key: str, ledger: LedgerReader) -> dict[str, Artifact] | None:
    """Outputs of the newest execution with this key, if all their bytes are still there and unharmed."""
    for before in reversed(ledger.executions(key=key, newest=8)):
        if before.step != step.name or before.state not in ("complete", "cached"):
            continue
        outputs = outputs_of(ledger, before)
        if set(step.makes) <= set(outputs) and all(_sound(a, ledger) for a in outputs.values()):
            return outputs
    return None


def _sound(artifact: Artifact, ledger: LedgerReader) -> bool:
    try:
        ledger.read(artifact.digest)
    except (InputError, LedgerError):
        return False
    return True


def _do(
    step: Step,
    known: Mapping[str, Artifact],
    execution: Execution,
    hands: Hands,
    progress: Progress,
    before: list[tuple[int, int, int] | None],
) -> dict[str, Artifact]:
    looks = [
        Opened(run=hands.run, step=step.name, part=o.part, n=rows_in(known, o.part), why=o.why, at=execution.started)
        for o in step.opens(known)
    ]
    hands.recording.put(execution, Membership(context=hands.run, member=execution.id, kind="execution"), *looks)
    if looks or step.own_code:
        hands.recording.settle()  # that somebody looks, or that others' code runs, is written down before they do
    inputs = Inputs(
        project=hands.project, ledger=hands.ledger, settle=hands.recording.settle, progress=progress,
        artifacts={role: known[role] for role in step.reads}, in_hand=hands.in_hand,
    )  # fmt: skip
    try:
        made = step.work(inputs)
        if _stamps(step) != before:
            raise file_changed(where=step.title)
    except BaseException as error:
        if isinstance(error, SterlingError):
            error.hint = in_project_words(error.hint)
        state: ExecutionState = "failed" if isinstance(error, Exception) else "canceled"
        reason = {**execution.properties, "reason": type(error).__name__}
        hands.recording.put(replace(execution, state=state, ended=hands.now(), properties=reason))
        raise
    return {role: _kept(item, hands) for role, item in made.items()}


def _kept(item: Made, hands: Hands) -> Artifact:
    artifact = hands.recording.keep(item.content, type=item.type, name=item.name, properties=item.properties)
    if item.in_hand is not None:
        hands.in_hand[artifact.digest] = item.in_hand
    return artifact


def _record(
    execution: Execution, inputs: Mapping[str, Artifact], made: Mapping[str, Artifact],
    sources: tuple[Artifact, ...], hands: Hands,
) -> None:  # fmt: skip
    """All at once: what was read, what was made, that it has ended. What is stored comes after what is only known."""
    reads = [Event(execution=execution.id, artifact=a.digest, direction="input", role=r) for r, a in inputs.items()]
    makes = [Event(execution=execution.id, artifact=a.digest, direction="output", role=r) for r, a in made.items()]
    records: list[Record] = [*sources, *made.values(), execution, *reads, *makes]
    records += [Membership(context=hands.run, member=a.digest, kind="artifact") for a in made.values()]
    if execution.state == "cached":
        records.append(Membership(context=hands.run, member=execution.id, kind="execution"))
    hands.recording.put(*records)
