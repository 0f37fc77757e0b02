"""What a model is called, made of, fed with and gives back: told alike on the card and in its JSON."""

from __future__ import annotations

from sterling.core.dossier import Dossier
from sterling.report.parts import line, value_text
from sterling.report.payload import operating_threshold
from sterling.report.text import count


def name_of(dossier: Dossier) -> str:
    """The model's name, with the project's."""
    project, given = dossier.project, dossier.model
    own = line(given.name, 80) if given else ", ".join(line(m.name, 80) for m in dossier.run.roles.models)
    title = line(project.title or project.name, 80)
    return title if not own or own == title else f"{title}, {own}"


def day(dossier: Dossier) -> str:
    """The day the run ended, or was made: `2026-11-22`."""
    return f"{dossier.context.ended or dossier.run.provenance.created:%Y-%m-%d}"


def difference(dossier: Dossier) -> str:
    """Where to see what changed since the run before."""
    if dossier.previous is None:
        return ""
    before, now = line(dossier.previous, 80), line(dossier.context.id, 80)
    return f"since run {before}; sterling diff {before} {now} lists them"


def path_of(dossier: Dossier) -> str:
    """Where the model's bytes are: its address, or its name in the ledger's store."""
    artifact = dossier.artifacts.get("model")
    return "" if artifact is None else line(artifact.uri or artifact.digest, 200)


def architecture_words(dossier: Dossier) -> str:
    """The kind of model and its parameters in one sentence."""
    known = dossier.model
    if known is None:
        return "not known: scores or decisions were given as columns"
    settings = ", ".join(f"{line(k, 60)} = {line(value_text(v), 80)}" for k, v in known.parameters.items())
    made = f"{line(known.recipe, 80)} ({line(known.kind, 80)})" if known.recipe else line(known.kind, 80)
    return f"{made}: {settings}" if settings else made


def input_words(dossier: Dossier) -> str:
    """What goes in."""
    known = dossier.model
    return f"a table with {count(len(known.features))} columns, one row a person or case" if known else ""


def input_map(dossier: Dossier) -> list[tuple[str, str]]:
    """Each column that the model sees, with its type in the table."""
    types = {c.name: c.type for c in dossier.data.columns}
    return [
        (line(f, 80), line(types.get(f, "not known"), 80)) for f in (dossier.model.features if dossier.model else ())
    ]


def output_words(dossier: Dossier) -> str:
    """What comes out."""
    kinds = {
        "probability": "a probability of the positive label, from 0 to 1",
        "raw": "a score; higher means likelier positive",
        "prediction": "a decision",
    }
    return "; ".join(dict.fromkeys(kinds[m.kind] for m in dossier.run.roles.models))


def output_map(dossier: Dossier) -> list[tuple[str, str]]:
    """Each column of scores or decisions, and what happens from where on."""
    shown = []
    for m in dossier.run.roles.models:
        threshold = measured_at(dossier, m.name)
        cut = f"; at {threshold:g} or more: {dossier.run.roles.decision}" if threshold is not None else ""
        shown.append((line(m.name, 80), f"{m.kind}{line(cut, 120)}"))
    return shown


def measured_at(dossier: Dossier, model: str) -> float | None:
    """The threshold in force for a model; None where there is none."""
    known = next((m for m in dossier.run.roles.models if m.name == model), None)
    return None if known is None else operating_threshold(dossier.run, known)
