"""What somebody means by the name of a thing: a role, a file, a run, a step, a digest, a decision or a risk."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sterling.core.errors import InputError, near_miss, shown, shown_path
from sterling.core.frozen import dataclass
from sterling.core.records import Artifact, Context, Decision, Execution, LedgerReader, Risk
from sterling.pipeline.made import made_by
from sterling.pipeline.queries.runs import LAST, find_run

SHORTEST = 4
"""Fewest characters that the id of a thing may be named by."""
LOOKED_BACK = 200
"""Runs that are looked through for a file or for something that no step made."""
_PREFIX = "sha256:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A thing, the run that it is looked at in, and what the name was taken for."""

    thing: Artifact | Execution | Context | Decision | Risk
    run: str | None
    meant: str


def find_thing(ledger: LedgerReader, text: str, *, run: str = LAST, folder: Path | None = None) -> Named:
    """What `text` names: a run; a role of the run `run`; a file, by its content; the beginning of an id or digest.

    Paths are looked up from where the command runs, then from `folder`. Raises InputError when nothing has this name,
    or several things do.
    """
    if text == LAST:
        return _thing(ledger, find_run(ledger, LAST), "the newest run", None)
    context = find_run(ledger, run)
    roles = made_by(ledger, ledger.executions(run=context.id))
    if text in roles:
        return Named(thing=roles[text], run=context.id, meant=f"the {text} of the run {context.id[:6]}")
    path = next((p for p in (Path(text), (folder or Path()) / text) if _is_file(p)), None)
    if path is not None:
        return _file(ledger, path)
    named = {a.name: a for a in ledger.artifacts(run=context.id)} | {a.type: a for a in _unmade(ledger, context)}
    if text in named:
        return Named(thing=named[text], run=context.id, meant=f"{text} of the run {context.id[:6]}")
    return _by_id(ledger, text, [*roles, *named], None if run == LAST else context.id)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # no file system takes such a name
        return False


def _unmade(ledger: LedgerReader, context: Context) -> tuple[Artifact, ...]:
    """What belongs to a run and was made by none of its steps: report, cards, project file, scope, environment."""
    return tuple(a for a in ledger.artifacts(run=context.id) if a.type in ("report", "project", "scope", "environment"))


def _by_id(ledger: LedgerReader, text: str, roles: list[str], run: str | None) -> Named:
    bare = text.removeprefix(_PREFIX)
    found = ledger.resolve(text) if len(bare) >= SHORTEST else ()
    if len(found) == 1:
        thing = _lookup(ledger, found[0])
        if thing is not None:
            return _thing(ledger, thing, "", run)
    if found:
        raise InputError(
            f"{len(found)} things begin with {shown(text)!r}", where="the ledger",
            got=", ".join(f[:19] for f in found[:6]) + ("…" if len(found) > 6 else ""), hint="give more digits",
        )  # fmt: skip
    raise InputError(
        f"nothing is called {shown(text)!r}", where="the ledger",
        expected=f"a role of the last run, a file, or at least {SHORTEST} digits of an id or digest",
        hint=near_miss(text, set(roles)) if roles else "sterling history lists the runs",
    )  # fmt: skip


def _file(ledger: LedgerReader, path: Path) -> Named:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"the file cannot be read: {error.strerror}",
            where=shown_path(path),
            hint="check who may read it, or name it by its digest",
        ) from error
    artifact = ledger.artifact(_PREFIX + digest)
    if artifact is not None:
        return _thing(ledger, artifact, "a file, by its content", None)
    raise InputError(
        "the ledger does not know this content: no run has read or made it", where=shown_path(path),
        hint="it may have changed since a run used it; sterling status says what has",
    )  # fmt: skip


def _lookup(ledger: LedgerReader, id_: str) -> Artifact | Execution | Context | Decision | Risk | None:
    return (
        ledger.artifact(id_)
        or ledger.execution(id_)
        or ledger.context(id_)
        or next((d for d in ledger.decisions() if d.id == id_), None)
        or next((r for r in ledger.risks() if r.id == id_), None)
    )


def _thing(
    ledger: LedgerReader, thing: Artifact | Execution | Context | Decision | Risk, meant: str,
    run: str | None,
) -> Named:  # fmt: skip
    match thing:
        case Artifact():
            return Named(
                thing=thing,
                run=run or _newest_run(ledger, thing),
                meant=meant or "an artifact, by its digest",
            )
        case Execution():
            return Named(thing=thing, run=thing.run, meant=meant or "a step that was carried out, by its id")
        case Context():
            return Named(thing=thing, run=thing.id, meant=meant or "a run, by its id")
        case Decision():
            return Named(thing=thing, run=thing.run, meant="a decision, by its id")
    return Named(thing=thing, run=thing.run, meant="an entry of the risk register, by its id")


def _newest_run(ledger: LedgerReader, artifact: Artifact) -> str | None:
    """The newest run that an artifact had a part in."""
    events = ledger.events(artifact=artifact.digest)
    if events:
        execution = ledger.execution(events[-1].execution)
        return execution.run if execution is not None else None
    for context in reversed(ledger.contexts("run", newest=LOOKED_BACK)):
        if any(a.digest == artifact.digest for a in ledger.artifacts(run=context.id)):
            return context.id
    return None
