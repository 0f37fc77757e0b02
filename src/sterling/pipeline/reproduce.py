"""Makes a run again from what was kept of it, and compares the bytes of everything that comes out."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from sterling.core.errors import InputError, SterlingError, shown
from sterling.core.frozen import dataclass
from sterling.core.project import Project
from sterling.core.records import Artifact, Execution, Ledger
from sterling.pipeline.environment import code_digest, environment, file_digests
from sterling.pipeline.execution import Hands
from sterling.pipeline.gather import project_then
from sterling.pipeline.made import made_by
from sterling.pipeline.queries.runs import cut_short, known_run
from sterling.pipeline.recording import Recording
from sterling.pipeline.seen import late_in
from sterling.pipeline.step import Step
from sterling.pipeline.steps import steps_of
from sterling.pipeline.steps.ingest import data_files

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
    project: Project, ledger: Ledger, run: str, *, open_ledger: OpenLedger, carry_out: CarryOut, at_work: bool = True
) -> Reproduction:
    """Carry a run out again in a folder of its own, by the project file as it was, taking nothing from any cache.

    A step whose files have changed or are gone is not carried out: what it made then stands for it, and a note says so.
    Of a run that did not come to its end, what it made is made again, and a note says so. Nothing is written to the
    project. `at_work` as in `run_facts`.

    Raises InputError for a run that is not there, that made nothing, or whose kept bytes are needed and gone.
    """
    context = known_run(ledger, run)
    executions = ledger.executions(run=run)
    then = made_by(ledger, executions)
    short = cut_short(context, at_work=at_work)
    if not then:
        raise InputError(
            f"the run {shown(run)} made nothing that could be made again", where="the ledger", got=short,
            hint="choose another run: sterling history lists them",
        )  # fmt: skip
    as_it_was = project_then(project, ledger, context)
    notes = [short] if short else []
    with tempfile.TemporaryDirectory(prefix="sterling-again-") as folder:
        again = open_ledger(_with_key(Path(folder) / "state", project.state))
        hands = Hands(
            project=as_it_was,
            ledger=again,
            recording=Recording(again),
            run=run,
            lock="",
            now=lambda: dt.datetime.now(dt.UTC),
            fresh=True,
        )
        day = (context.started or dt.datetime.now(dt.UTC)).date()
        late = late_in(as_it_was, ledger, before=run)
        every = steps_of(as_it_was, again, day, gone=not _there(as_it_was), late=late)
        steps = tuple(step for step in every if not then.keys().isdisjoint(step.makes))
        have: dict[str, Artifact] = {}
        for step in steps:
            why = _changed(step, executions)
            if why is not None:
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
        environment_same=context.properties.get("environment_digest")
        == "sha256:" + hashlib.sha256(environment()).hexdigest(),
    )  # fmt: skip


def _there(project: Project) -> bool:
    """Whether the data are where the project says: a run can be made again without them."""
    try:
        data_files(project)
    except InputError:
        return False
    return True


def _with_key(folder: Path, state: Path) -> Path:
    """A new ledger's folder under the project's own key: names of rows come out the same."""
    folder.mkdir(mode=0o700)
    shutil.copy2(state / "key", folder / "key")
    return folder


def _changed(step: Step, executions: tuple[Execution, ...]) -> str | None:
    """Why the step's files are not what they were, or None when they are, and when it reads none."""
    if step.away:
        return f"what the step {shown(step.name)} reads lies elsewhere, and may have changed since"
    recorded = next((x.properties.get("files") for x in executions if x.step == step.name), None)
    try:
        now = file_digests(step.files)
    except OSError:
        return f"what the step {shown(step.name)} read is gone"
    if not now and recorded:
        return f"what the step {shown(step.name)} read is gone"
    return None if now == (recorded or {}) else f"what the step {shown(step.name)} read has changed since"


def _copied(artifact: Artifact, ledger: Ledger, again: Ledger) -> Artifact:
    try:
        content = ledger.read(artifact.digest)
    except SterlingError as error:
        raise InputError(
            "the run cannot be made again: its input has changed and the bytes that were kept are gone",
            where=shown(artifact.name),
            hint="put back the input as it was, or a copy of .sterling/blobs",
        ) from error
    return again.keep(content, type=artifact.type, name=artifact.name, properties=artifact.properties)
