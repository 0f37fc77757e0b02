"""The data card: the seven sections of Datasheets for Datasets (Gebru et al. 2021).

What people know stands in `cards/data.<section>.md` and is asked for where it is missing; what can be counted is
counted, and carries the digest of what it was counted on.
"""

from __future__ import annotations

from sterling.core.document import Block, Document, Items, Prompt, Prose, Section
from sterling.core.dossier import Dossier
from sterling.report.cards.model import limits
from sterling.report.chapters import data, making, purpose, risks
from sterling.report.parts import evidence_of, fact, facts, headed, line, prose, scope_of, stale_words
from sterling.report.text import count, plain

QUESTIONS = {
    "motivation": "Why was this data set made, by whom, and who paid for it?",
    "composition": "What is one row, whom does the table leave out, and what in it is sensitive?",
    "collection": "How, when and by whom was it gathered, and did the people in it know and agree?",
    "preprocessing": "What was cleaned, filled in or left out before this table, and are the raw data kept?",
    "uses": "What else has it been used for, and what should it not be used for?",
    "distribution": "Who may have it, under which terms?",
    "maintenance": "Who looks after it, how are errors reported, and when is it replaced or deleted?",
}
FOUND_IN = {
    "anomalies": "preprocessing", "copies": "preprocessing", "drift": "maintenance", "proxies": "uses",
    "terms": "distribution",
}  # fmt: skip
"""Where each subject that was measured belongs in the datasheet; the others are of its composition."""
TITLES = {
    "motivation": "Motivation",
    "composition": "Composition",
    "collection": "Collection process",
    "preprocessing": "Preprocessing, cleaning, labelling",
    "uses": "Uses",
    "distribution": "Distribution",
    "maintenance": "Maintenance",
}


def data_card(dossier: Dossier) -> Document:
    """The seven sections, then open risks of the data and the limits of the evidence."""
    machine = {
        "motivation": _motivation(dossier),
        "composition": (*data.table(dossier), *_columns(dossier), *data.groups(dossier)),
        "collection": (*purpose.label(dossier), *purpose.groups(dossier)),
        "preprocessing": (*_steps(dossier), *data.parts(dossier), *data.problems(dossier)),
        "uses": _uses(dossier),
        "distribution": _distribution(dossier),
        "maintenance": _maintenance(dossier),
    }
    for section in data.found_in_table(dossier):
        key = FOUND_IN.get(section.id, "composition")
        machine[key] = (*machine[key], *_found(dossier, section))
    return Document(
        kind="data_card",
        title=f"Data card: {line(dossier.data.name, 80)}",
        lead=f"{count(dossier.data.rows)} rows of {count(len(dossier.data.columns))} columns, "
        f"read for {line(dossier.project.title or dossier.project.name, 80)}.",
        sections=(
            *(_section(dossier, key, blocks) for key, blocks in machine.items()),
            _risks(dossier),
            limits(dossier),
        ),
        seal=making.seal(dossier),
    )


def _columns(dossier: Dossier) -> tuple[Block, ...]:
    return () if any(s.id == "overview" for s in data.found_in_table(dossier)) else data.columns(dossier)


def _found(dossier: Dossier, section: Section) -> tuple[Block, ...]:
    """What was found of one subject, under its finding, with the digest of the evidence behind it."""
    behind = facts(fact("Measured by", "the run's questions about the table", evidence_of(dossier)))
    return headed(plain(section.title, 200).replace("*", "·"), (*behind, *section.blocks))


def _section(dossier: Dossier, key: str, machine: tuple[Block, ...]) -> Section:
    scope = scope_of(dossier)
    theirs = prose(scope, f"data.{key}", QUESTIONS[key])
    stale = "" if isinstance(theirs, Prompt) else stale_words(dossier)
    return Section(id=key, title=TITLES[key], blocks=(theirs, *machine), stale=stale)


def _motivation(dossier: Dossier) -> tuple[Block, ...]:
    return headed("What it is used for here", purpose.purpose(dossier))


def _steps(dossier: Dossier) -> tuple[Block, ...]:
    """What this project does to the table itself."""
    project, behind = dossier.project, evidence_of(dossier, "table")
    own = (fact(f"Step after {s.after}", f"{s.name}: {s.function}", behind) for s in project.steps)
    left_out = dict.fromkeys((*project.data.drop, *(project.train.drop if project.train else ())))
    weighed = project.train.reweigh if project.train else ()
    return headed(
        "What this project does to it",
        facts(
            *own,
            fact("Columns left out", ", ".join(left_out)),
            fact("Weighed in training so that group and label are independent", ", ".join(weighed)),
        ),
    )


def _uses(dossier: Dossier) -> tuple[Block, ...]:
    model = dossier.model
    return (
        *facts(
            fact("Trains", model.name if model and model.trained_on else None, model.digest if model else None),
            fact("Examines", ", ".join(m.name for m in dossier.run.roles.models), evidence_of(dossier)),
        ),
        *purpose.out_of_scope(scope_of(dossier)),
    )


def _distribution(dossier: Dossier) -> tuple[Block, ...]:
    return (
        *facts(
            fact("Licence that the project states", dossier.project.licence),
            *(fact("File", name, digest) for name, digest in dossier.data.files),
        ),
        Prose(
            text="This card holds counts and no rows. Counts of fewer than ten people are not shown. "
            "An end of a range is a value that at least ten rows share, or a percentile of a thousand values and more, "
            "to two digits."
        ),
    )


def _maintenance(dossier: Dossier) -> tuple[Block, ...]:
    return (
        *facts(
            fact("Owner of the project", dossier.project.owner),
            fact(
                "Content",
                "another order of rows has the same digest; any other change has another",
                dossier.data.digest,
            ),
        ),
        Items(items=making.commands(dossier)),
    )


def _risks(dossier: Dossier) -> Section:
    entries = [r for r in dossier.risks if r.stage in ("data", "preprocessing")]
    blocks = risks.table("Entries of the risk register about the data", entries, dossier)
    nothing = (Prose(text="The register has no entry about the data."),)
    return Section(id="risks", title="Risks", blocks=blocks or nothing)
