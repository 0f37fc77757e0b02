"""What the next run would do again, and why: the same keys are made as for a run, and looked up."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping

from sterling.core.codec import dump
from sterling.core.errors import InputError, shown_path
from sterling.core.frozen import dataclass
from sterling.core.project import Project
from sterling.core.records import Artifact, Execution, LedgerReader
from sterling.pipeline.environment import code_digest, environment, file_digests
from sterling.pipeline.execution import made_before
from sterling.pipeline.made import ENDED, how_it_ended
from sterling.pipeline.step import Step, cache_key
from sterling.pipeline.steps import steps_of

CODE, LIBRARIES = "Sterling's code changed", "the installed libraries changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A step that would be carried out. `certain` is False when it only reads what another one makes anew: if that
    comes out the same, this one is not carried out."""

    step: str
    title: str
    because: tuple[str, ...]
    certain: bool


def pending(project: Project, ledger: LedgerReader, run: str | None, today: dt.date) -> tuple[Pending, ...]:
    """The steps that a run would carry out now, in order, each with what differs from the run with the id `run`.

    Reads the data files, to compare their digests. Raises ConfigError or InputError for a project that cannot run.
    """
    lock = "sha256:" + hashlib.sha256(environment()).hexdigest()
    before = {e.step: e for e in ledger.executions(run=run)} if run else {}
    known: dict[str, Artifact] = {}
    found: list[Pending] = []
    for step in steps_of(project, ledger, today):
        missing = [role for role in step.reads if role not in known]
        because: tuple[str, ...] = (f"it reads what is made again: {', '.join(missing)}",)
        if missing:
            found.append(Pending(step=step.name, title=step.title, because=because, certain=False))
            continue
        files = _digests(step)
        outputs = made_before(step, cache_key(step, known, files, code_digest(), lock), ledger)
        if outputs is not None:
            known |= outputs
            continue
        because = tuple(_because(step, before.get(step.name), known, files, lock, ledger))
        found.append(Pending(step=step.name, title=step.title, because=because, certain=True))
    return tuple(found)


def _digests(step: Step) -> dict[str, str]:
    try:
        return file_digests(step.files)
    except OSError as error:
        names = ", ".join(shown_path(p.name) for p in step.files[:3])
        raise InputError(
            f"a file that {step.title.lower()} needs cannot be read: {error.strerror}",
            where=names,
            hint="check the path in sterling.toml and who may read it",
        ) from error


def _because(
    step: Step, before: Execution | None, known: Mapping[str, Artifact], files: Mapping[str, str], lock: str,
    ledger: LedgerReader,
) -> Iterator[str]:  # fmt: skip
    """What differs from the last time, in words."""
    if before is None:
        yield "it was not carried out before"
        return
    if before.state not in ENDED:
        yield f"it was not finished: {how_it_ended(before)}"
        return
    facts, differs = before.properties, False
    if facts.get("code") != code_digest():
        differs = True
        yield CODE
    if facts.get("environment") != lock:
        differs = True
        yield LIBRARIES
    for what in (*_files(facts.get("files"), files), *_settings(facts.get("parameters"), step)):
        differs = True
        yield what
    read = {e.role: e.artifact for e in ledger.events(execution=before.id) if e.direction == "input"}
    for role in step.reads:
        if read.get(role) != known[role].digest:
            differs = True
            yield f"{role} changed"
    if not differs:
        yield "what it made is not in the store as it was"


def _files(recorded: object, now: Mapping[str, str]) -> Iterator[str]:
    then = recorded if isinstance(recorded, Mapping) else {}
    yield from (f"the file {name} changed" if name in then else f"the file {name} is new"
                for name, digest in now.items() if then.get(name) != digest)  # fmt: skip
    yield from (f"the file {name} is gone" for name in then if name not in now)


def _settings(recorded: object, step: Step) -> Iterator[str]:
    then = recorded if isinstance(recorded, Mapping) else {}
    now = json.loads(dump(dict(step.parameters)))
    differing = sorted(k for k in now.keys() | then.keys() if now.get(k) != then.get(k))
    if differing:
        yield f"its settings changed: {', '.join(differing)}"
