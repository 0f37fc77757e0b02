"""What two runs depended on and made, and where they differ: files, settings, code, environment, artifacts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sterling.core.frozen import dataclass
from sterling.core.records import Artifact, Context, Execution, LedgerReader
from sterling.pipeline.made import ENDED, made_by

SETTLED = ("project", "scope", "environment")
DONE, NOT_DONE = "carried out", "not carried out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that a run depended on or made, before and after: digests, or settings as text; None: not there."""

    kind: str
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the ledger holds of a run, however it ended: the executions that ended well by their step, artifacts by
    their role."""

    context: Context
    steps: Mapping[str, Execution]
    artifacts: Mapping[str, Artifact]


def recorded(ledger: LedgerReader, context: Context) -> Recorded:
    """Everything that a run has written down of its steps."""
    ended = {x.step: x for x in ledger.executions(run=context.id) if x.state in ENDED}
    return Recorded(context=context, steps=ended, artifacts=made_by(ledger, ended.values()))


def changes(was: Recorded, now: Recorded) -> tuple[Change, ...]:
    """What differs, from the project file to the bytes of what was made."""
    return (*_settled(was, now), *_steps(was.steps, now.steps), *_artifacts(was, now))


def _settled(first: Recorded, second: Recorded) -> Iterator[Change]:
    """The project file, the scope and the environment, by their digests; and the commit."""
    was, now = first.context.properties, second.context.properties
    keys = {name: f"{name}_digest" for name in SETTLED} | {"commit": "commit"}
    for name, key in keys.items():
        if was.get(key) != now.get(key):
            yield Change(kind=name, name=name, before=_text(was.get(key)), after=_text(now.get(key)))


def _steps(was: Mapping[str, Execution], now: Mapping[str, Execution]) -> Iterator[Change]:
    """Sterling's code; steps that only one run carried out; files and settings of each that both did."""
    codes = [next((_text(x.properties.get("code")) for x in found.values()), None) for found in (was, now)]
    if None not in codes and codes[0] != codes[1]:
        yield Change(kind="code", name="sterling", before=codes[0], after=codes[1])
    for step in dict.fromkeys([*was, *now]):
        if step not in was or step not in now:
            words = [DONE if step in found else NOT_DONE for found in (was, now)]
            yield Change(kind="step", name=step, before=words[0], after=words[1])
            continue
        for kind in ("files", "parameters"):
            a, b = _flat(was[step], kind), _flat(now[step], kind)
            for name in dict.fromkeys([*a, *b]):
                if a.get(name) != b.get(name):
                    yield Change(kind=kind, name=f"{step}: {name}", before=a.get(name), after=b.get(name))


def _flat(execution: Execution, kind: str) -> dict[str, str]:
    """The leaves of nested facts, each by the way to it: `plan.asks.0.check`. What is not set is left out."""
    facts = execution.properties.get(kind)
    if isinstance(facts, Mapping) and "waivers" in facts:
        told = {"waivers": _waivers(facts["waivers"]), "late": _late(facts.get("late"))}
        return dict(_leaves({**facts, **told}))
    return dict(_leaves(facts))


def _waivers(written: object) -> dict[str, str]:
    """Each waiver in words, by the limit that it lifts."""
    held = written if isinstance(written, list | tuple) else ()
    return {str(limit): f"{owner} until {until}: {why}" for limit, owner, why, until in held}


def _late(written: object) -> dict[str, str]:
    """How each limit that came after results had been seen did so, by what it asks."""
    held = written if isinstance(written, list | tuple) else ()
    return {
        _asked(key): ("set" if bound is None else f"loosened from {bound:g}") + " after results were seen"
        for key, bound, _ in held
    }


def _asked(key: list[str]) -> str:
    """`selection_rate max_gap race` of the parts of a limit's question; see `late.question`."""
    _, statement, metric, *rest = key
    plain = (part.strip("[]()").replace("'", "") for part in rest)
    return " ".join(part for part in (metric, statement, *plain) if part not in ("", "None"))


def _leaves(value: object, way: str = "") -> Iterator[tuple[str, str]]:
    nested: list[tuple[object, object]] = []
    if isinstance(value, Mapping):
        nested = list(value.items())
    elif isinstance(value, list | tuple) and any(isinstance(v, Mapping) for v in value):
        nested = list(enumerate(value))
    elif way and value not in (None, [], ()):
        yield way, _said(value)
    for key, inner in nested:
        yield from _leaves(inner, f"{way}.{key}" if way else str(key))


def _said(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value))
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _artifacts(first: Recorded, second: Recorded) -> Iterator[Change]:
    was, now = ({role: a.digest for role, a in run.artifacts.items()} for run in (first, second))
    for role in dict.fromkeys([*was, *now]):
        if was.get(role) != now.get(role):
            yield Change(kind="artifact", name=role, before=was.get(role), after=now.get(role))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
