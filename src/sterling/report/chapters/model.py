"""The model that was examined: where it comes from, what it sees, how its scores were made."""

from __future__ import annotations

from sterling.core.document import Block, Items, Prose, Section
from sterling.core.dossier import Dossier, ModelFacts
from sterling.report.parts import evidence_of, fact, facts, headed, line, value_text
from sterling.report.text import count


def section(dossier: Dossier) -> Section:
    """Kind, recipe, parameters, features, rows it was trained on, cross-fitting."""
    model = dossier.model
    if model is None:
        blocks: tuple[Block, ...] = (
            Prose(text="The model itself was not at hand: its scores or decisions were given as columns of the table."),
            *given(dossier),
        )
        return Section(id="model", title="Model", blocks=blocks)
    lead = ": ".join(dict.fromkeys((line(model.name, 80), line(model.recipe or model.kind, 80))))
    return Section(
        id="model",
        title="Model",
        lead=lead,
        blocks=(*identity(model), *architecture(model), *features(model), *scoring(dossier)),
    )


def given(dossier: Dossier) -> tuple[Block, ...]:
    """The columns that scores or decisions were read from."""
    return facts(*(fact("Column", f"{m.column} ({m.kind})") for m in dossier.run.roles.models))


def identity(model: ModelFacts) -> tuple[Block, ...]:
    """Name, kind, bytes."""
    return facts(
        fact("Model", model.name, model.digest),
        fact("Kind", model.kind),
        fact("Recipe", model.recipe),
        fact("File format", model.format),
        fact("Size", None if model.size is None else f"{count(model.size)} bytes"),
    )


def architecture(model: ModelFacts) -> tuple[Block, ...]:
    """The parameters it was trained with."""
    settings = (fact(name, value_text(value), model.digest) for name, value in model.parameters.items())
    return headed("Parameters", facts(*settings, fact("seed", model.seed, model.digest)))


def features(model: ModelFacts) -> tuple[Block, ...]:
    """The columns it sees; a column that is not listed it does not see."""
    shown = tuple(line(f, 80) for f in model.features)
    return headed(f"What it sees ({count(len(shown))} columns)", [Items(items=shown)] if shown else [])


def scoring(dossier: Dossier) -> tuple[Block, ...]:
    """Which rows it learned from and which rows scored it."""
    model = dossier.model
    if model is None:
        return ()
    behind = evidence_of(dossier, "scores")
    known = facts(
        fact("Trained on", None if model.trained_on is None else f"{count(model.trained_on)} rows", model.digest),
        fact("Measured on", f"{count(dossier.run.n)} rows", behind),
        fact("Cross-fitted", None if model.cross_fitted is None else f"in {model.cross_fitted} folds", behind),
    )
    return headed("How it was trained and scored", (*known, *(Prose(text=t) for t in caveat(model))))


def caveat(model: ModelFacts) -> tuple[str, ...]:
    """What cross-fitting means for the numbers; nothing when the model was scored on rows apart."""
    if model.cross_fitted is None:
        return ()
    return (
        f"Each row was scored by a model that did not see it, in {model.cross_fitted} folds. The numbers are those of "
        "models made in this way; the one model in the file, trained on all rows, was not measured by itself.",
    )
