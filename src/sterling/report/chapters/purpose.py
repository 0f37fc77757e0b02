"""What the model is for, who it touches and what could go wrong, in the words of the people who answer for it."""

from __future__ import annotations

from sterling.core.document import Block, Cell, Facts, Grid, Items, Prompt, Prose, Section
from sterling.core.dossier import Dossier
from sterling.core.named_slices import columns_behind
from sterling.core.project import FILE
from sterling.core.recommending import recommended
from sterling.core.roles import AGREEMENT, LABEL_WORDS
from sterling.core.scope import GroupSource, HarmKind, Scope
from sterling.core.scope_file import place_of
from sterling.report.parts import (
    SCOPE_FILE,
    cell,
    fact,
    facts,
    grid,
    headed,
    line,
    listing,
    said,
    scope_of,
    stale_words,
)

HARMS: dict[HarmKind, str] = {
    "allocation": "allocation (something is given or withheld)",
    "quality_of_service": "quality of service (it works worse for some)",
    "representation": "representation (some are shown wrongly or not at all)",
}
SOURCES: dict[GroupSource, str] = {
    "asked": "people were asked",
    "observed": "someone else's observation",
    "inferred": "inferred from other data",
    "unavailable": "not available",
}

_ASSESSMENT = "[answers]"
"""Where yes and no are written; the other questions stand where their answers would."""


def section(dossier: Dossier) -> Section:
    """Purpose, users, affected people, harms, uses out of scope, the label in words, group columns, needs."""
    scope = scope_of(dossier)
    return Section(
        id="purpose",
        title="Purpose",
        blocks=(
            *purpose(dossier),
            *people(scope),
            *harms(scope),
            *out_of_scope(scope),
            *limits_known(scope),
            *label(dossier),
            *groups(dossier),
            *needs(dossier),
            *unanswered(scope),
        ),
        stale=stale_words(dossier),
    )


def purpose(dossier: Dossier) -> tuple[Block, ...]:
    """What it is for: the fuller words of the scope where there are any."""
    words, short = scope_of(dossier).purpose.strip(), dossier.project.purpose.strip()
    source = FILE if words in ("", short) else SCOPE_FILE
    return (said(words or short, "What is this model for?", "purpose", source=source),)


def people(scope: Scope) -> tuple[Block, ...]:
    """Who uses it, and whom it touches."""
    return (
        *headed("Who uses it", [listing(scope.users, "Who will use the model?", "users")]),
        *headed("Who is affected", [listing(scope.affected, "Who is affected by its decisions?", "affected")]),
    )


def harms(scope: Scope) -> tuple[Block, ...]:
    """What may happen to whom when the model errs, and what is done about it."""
    rows = [
        (cell(HARMS[h.kind]), cell(h.who), cell(h.what), cell(h.mitigation or "nothing stated")) for h in scope.harms
    ]
    table = grid("What could go wrong, and for whom", ("Kind of harm", "Who", "What", "What is done about it"), rows)
    return table or (Prompt(question="What could go wrong, and for whom?", where=f"{SCOPE_FILE}: [[harm]]"),)


def out_of_scope(scope: Scope) -> tuple[Block, ...]:
    """What it must not be used for."""
    return headed(
        "Not to be used for",
        [listing(scope.out_of_scope, "What must the model not be used for?", "out_of_scope")],
    )


def limits_known(scope: Scope) -> tuple[Block, ...]:
    """What people who know the model say of it: where it does not hold, and what was given up for what."""
    return (
        *headed("Known limitations", [listing(scope.limitations, "What is it known not to do well?", "limitations")]),
        *headed("Trade-offs", [listing(scope.tradeoffs, "What was given up for what?", "tradeoffs")]),
    )


def label(dossier: Dossier) -> tuple[Block, ...]:
    """What the label is, who made it, and what an error therefore means."""
    roles, data, scope = dossier.run.roles, dossier.project.data, scope_of(dossier)
    if roles.label is None:
        return (Prose(text="There is no label: only who is selected can be measured, not who is judged wrongly."),)
    agreement = AGREEMENT[roles.label_kind]
    known = facts(
        fact("Label", roles.label),
        fact("What it is", roles.label_words or LABEL_WORDS[roles.label_kind]),
        fact("Kind", f"{roles.label_kind.replace('_', ' ')}{f': error rates show {agreement}' if agreement else ''}"),
        fact("Positive", dossier.run.positive or data.positive),
        fact("What a person wants", dossier.run.favourable or data.favourable),
    )
    where = said(scope.label_provenance, "Who made the label, when, and by what rule?", "label_provenance")
    return headed("The label", (*known, where))


def groups(dossier: Dossier) -> tuple[Block, ...]:
    """Where each group column comes from and whether it may be used; which groups nobody recorded."""
    known = {g.column: g for g in scope_of(dossier).groups}
    roles = dossier.run.roles
    named = {s.name for s in roles.slices}
    columns = dict.fromkeys((*columns_behind(g for g in roles.groups if g not in named), *known))
    rows: list[tuple[Cell, ...]] = []
    missing: list[Block] = []
    for column in columns:
        entry = known.get(column)
        if entry is None:
            missing.append(
                Prompt(
                    question=f"Where does the column {line(column, 40)} come from, and may it be used for measuring?",
                    where=f"{SCOPE_FILE}: [[group]]",
                )
            )
            continue
        may = {True: "yes", False: "no", None: "not answered"}[entry.may_be_used]
        rows.append((cell(column), cell(SOURCES[entry.source]), cell(may), cell(entry.note)))
    table: tuple[Grid, ...] = grid("Group columns", ("Column", "Where from", "May be used", "Note"), rows)
    slices = [(cell(s.name), cell(s.where), cell(s.description)) for s in roles.slices]
    table = (*table, *grid("Slices with a condition", ("Slice", "Its rows", "What it is"), slices))
    not_recorded = roles.not_recorded
    lost: tuple[Facts, ...] = facts(fact("Not recorded", ", ".join(not_recorded)) if not_recorded else None)
    return (*table, *missing, *lost)


def needs(dossier: Dossier) -> tuple[Block, ...]:
    """How much each aspect of trust matters here, from which answers that follows, and what to write for it."""
    scope = scope_of(dossier)
    rows = [(cell(n.aspect), cell(n.need), cell(" ".join(n.because))) for n in scope.needs]
    written = recommended(scope.needs, dossier.project)
    return (
        *grid("How much each aspect of trust matters here", ("Aspect", "Need", "Because"), rows),
        *headed(f"Recommended in {FILE}", [Prose(text=f"```toml\n{written}\n```", markdown=True)] if written else []),
    )


def unanswered(scope: Scope) -> tuple[Block, ...]:
    """The questions of the needs assessment that nobody has answered, as one list: they are many and alike."""
    places = [(line(q, 200), place_of(q).partition(_ASSESSMENT)[2].strip()) for q in scope.missing]
    asked = [f"{question} ({key})" for question, key in places if key]
    title = f"{len(asked)} questions nobody has answered; answers go in {SCOPE_FILE}, below {_ASSESSMENT}"
    return headed(title, [Items(items=tuple(asked))] if asked else [])
