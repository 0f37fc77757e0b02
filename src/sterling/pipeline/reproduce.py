"""Makes a run again from what was kept of it, and compares the bytes of everything that comes out."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sterling.core.errors import InputError, SterlingError, shown
from sterling.core.project import Project
from sterling.core.project_file import parse_project
from sterling.core.records import Artifact, Context, Ledger
from sterling.pipeline.environment import code_digest, environment, file_digests
from sterling.pipeline.execution import Hands
from sterling.pipeline.gather import by_role
from sterling.pipeline.step import Step
from sterling.pipeline.steps import steps_of

KEPT = ("raw", "table", "model")
"""What a run can begin again from when the file it was read from is gone or has changed."""

OpenLedger = Callable[[Path], Ledger]
CarryOut = Callable[[tuple[Step, ...], Mapping[str, Artifact], Hands], Mapping[str, Artifact]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """One artifact of a run, then and now. `after` is None when the step could not be carried out again."""

    role: str
    before: str
    after: str | None

    @property
    def same(self) -> bool:
        return self.before == self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """What came of making a run again. Code and environment tell where a difference may come from."""

    run: str
    parts: tuple[Again, ...]
    code_same: bool
    environment_same: bool
    notes: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether every artifact has the same bytes as then."""
        return all(part.same for part in self.parts)


def reproduce(
    project: Project, ledger: Ledger, run: str, *, open_ledger: OpenLedger, carry_out: CarryOut
) -> Reproduction:
    """Carry a run out again in a folder of its own, by the project file as it was, taking nothing from any cache.

    Nothing is written to the project. Raises InputError for a run that made no evidence.
    """
    context = ledger.context(run)
    assert context is not None
    executions = ledger.executions(run=run)
    events = [e for x in executions for e in ledger.events(execution=x.id)]
    then = by_role(ledger, executions, events)
    if "evidence" not in then:
        raise InputError(f"the run {shown(run)} made no evidence", where="the ledger", hint="choose another run")
    as_it_was = _project_then(project, ledger, context)
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="sterling-again-") as folder:
        again = open_ledger(_with_key(Path(folder) / "state", project.state))
        hands = Hands(
            project=as_it_was, ledger=again, run=run, lock="", now=lambda: dt.datetime.now(dt.UTC), fresh=True
        )
        day = (context.started or dt.datetime.now(dt.UTC)).date()
        steps = steps_of(as_it_was, again, day)
        have: dict[str, Artifact] = {}
        for step in [s for s in steps if s.files]:
            why = _changed(step, executions)
            if why is not None and set(step.makes) <= {*KEPT}:
                notes.append(f"{why}: begun again from what the run kept of it")
                steps = tuple(s for s in steps if s is not step)
                have |= {role: _copied(then[role], ledger, again) for role in step.makes}
        now = dict(have) | dict(carry_out(steps, have, hands))
    parts = tuple(
        Again(role=role, before=artifact.digest, after=now[role].digest if role in now else None)
        for role, artifact in then.items()
        if role not in have
    )
    return Reproduction(
        run=run, parts=parts, notes=tuple(notes),
        code_same={x.properties.get("code") for x in executions} == {code_digest()},
        environment_same=ledger.read(str(context.properties["environment_digest"])) == environment(),
    )  # fmt: skip


def _project_then(project: Project, ledger: Ledger, context: Context) -> Project:
    text = ledger.read(str(context.properties["project_digest"])).decode("utf-8")
    return parse_project(text, file=project.file)


def _with_key(folder: Path, state: Path) -> Path:
    """A new ledger's folder under the project's own key: names of rows come out the same."""
    folder.mkdir(mode=0o700)
    shutil.copy2(state / "key", folder / "key")
    return folder


def _changed(step: Step, executions: tuple[object, ...]) -> str | None:
    """Why the step's files are not what they were, or None when they are."""
    from sterling.core.records import Execution

    recorded = next((x for x in executions if isinstance(x, Execution) and x.step == step.name), None)
    if recorded is None:
        return None
    try:
        now = file_digests(step.files)
    except OSError:
        return f"what {step.name} read is gone"
    return None if now == recorded.properties.get("files") else f"what {step.name} read has changed since"


def _copied(artifact: Artifact, ledger: Ledger, again: Ledger) -> Artifact:
    try:
        content = ledger.read(artifact.digest)
    except SterlingError as error:
        raise InputError(
            "the run cannot be made again: its input has changed and the bytes that were kept are gone",
            where=shown(artifact.name),
        ) from error
    return again.keep(content, type=artifact.type, name=artifact.name, properties=artifact.properties)
