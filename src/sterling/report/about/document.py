"""The page about a table: what was found in sentences, every chapter, how it was made, what it cannot say."""

from __future__ import annotations

from sterling.core.codec import evidence_hash
from sterling.core.document import Alert, Block, Document, Fact, Items, Prose, Section
from sterling.core.errors import counted
from sterling.core.evidence import Evidence
from sterling.core.judge import Judgement
from sterling.core.overview import Findings, Stated
from sterling.core.run import Run
from sterling.report import words
from sterling.report.about.found import Found, gathered
from sterling.report.about.judged import judged
from sterling.report.about.next import next_steps, unknowns
from sterling.report.about.rows import example_rows
from sterling.report.about.said import found_sentences
from sterling.report.about.sections import sections
from sterling.report.parts import cell, fact, facts, grid, headed
from sterling.report.text import capital, count, listed, plain


def profile_document(run: Run, judgement: Judgement) -> Document:
    """The whole page as a document; small cells withheld, no row unless the run holds rows that somebody asked for."""
    found = gathered(run.evidence, level=run.plan.level)
    roles = words.settled_roles(run)
    return Document(
        kind="data_profile",
        title=plain(run.title, 120) or "Profile",
        lead=_lead(run, judgement, found),
        sections=(
            _findings(run, judgement, found),
            _next(run, judgement, found),
            *sections(found, roles),
            *example_rows(run),
            _how(run),
        ),
        seal=_seal(run),
    )


def _lead(run: Run, judgement: Judgement, found: Found) -> str:
    tables = list(dict.fromkeys(p.table for p in found.profiles))
    others = [d.other for d in found.drifts if d.other not in tables] + tables[1:]
    columns = f" of {counted(len(found.profiles[0].columns), 'column', 'columns')}" if found.profiles else ""
    against = f", compared with {listed([plain(o, 60) for o in dict.fromkeys(others)])}" if others else ""
    limits = words.counts_of(judgement, (w for w in words.ORDER if w != "unjudged"))
    rows = counted(run.n, "row", "rows")
    return f"{rows}{columns}{against}. {capital(', '.join(limits) or 'No limit is set')}."


def _findings(run: Run, judgement: Judgement, found: Found) -> Section:
    """The first screen: verdicts, then what was found whatever the limits say."""
    roles = words.settled_roles(run)
    limits, rest = judged(judgement, roles), found_sentences(found, roles)
    blocks: list[Block] = []
    if run.rows is not None:
        blocks.append(
            Alert(
                text=f"This page contains row-level data: {counted(run.rows.height, 'example row', 'example rows')}. "
                "Share it only with those who may see those rows.",
                tone="over",
            )
        )
    promises = [s for s in rest if s.tone == "over"]
    others = [s for s in rest if s.tone != "over"]
    if promises:
        blocks.append(Findings(findings=tuple(promises)))
    if limits:
        blocks.append(Findings(findings=limits))
        if any(v.verdict == "within" for v in judgement.verdicts):
            blocks.append(Prose(text=words.within_note(run)))
    if others:
        blocks.append(
            Findings(findings=tuple(others), caption="Found, with no limit set" if limits or promises else "")
        )
    if not blocks:
        blocks.append(Prose(text="Nothing was found that a sentence could say. The chapters hold what was counted."))
    lead = (
        f"Brackets hold the {run.plan.level:.0%} interval: how far off chance may have put the number. A number "
        "without one was counted in all rows."
    )
    bracketed = any("[" in s.shown for s in (*limits, *rest))
    title = _headline(promises, judgement, others)
    return Section(id="found", title=title, lead=lead if bracketed else "", blocks=tuple(blocks))


def _headline(promises: list[Stated], judgement: Judgement, others: list[Stated]) -> str:
    over, open_ = judgement.count("over"), judgement.count("undecided")
    if promises:
        return "A promise about the data is broken" if len(promises) == 1 else "Promises about the data are broken"
    if over:
        past = [words.is_under(v) for v in judgement.verdicts if v.verdict == "over"]
        where = "under your minimum" if all(past) else "past your limits" if any(past) else "over your limit"
        return f"{count(over)} {'number is' if over == 1 else 'numbers are'} {where}" + (
            f", {count(open_)} undecided" if open_ else ""
        )
    if open_:
        return f"{count(open_)} {'limit is' if open_ == 1 else 'limits are'} undecided"
    if any(v.limit is not None for v in judgement.verdicts):
        return "Within your limits, as far as they go"
    notable = sum(s.tone == "note" for s in others)
    if notable > 1:
        return f"{count(notable)} things to know before this table is used"
    return "What was found"


def _next(run: Run, judgement: Judgement, found: Found) -> Section:
    return Section(
        id="next",
        title="What to do next, and what this page can’t tell you",
        blocks=(
            *headed("What to do next", [Items(items=next_steps(run, judgement, found))]),
            *headed("What this page can’t tell you", [Items(items=unknowns(run, found))]),
            *headed(
                "About the data",
                [Items(items=tuple(capital(plain(n, 400)) for n in run.notices))] if run.notices else [],
            ),
        ),
    )


def _how(run: Run) -> Section:
    """Every question: what came of it and how."""
    asked = (
        (cell(e.check), cell(e.title), cell(_outcome(e)), cell(e.method or e.reason), cell("; ".join(e.pitfalls)))
        for e in run.evidence
    )
    made = run.provenance
    return Section(
        id="how",
        title="How this was made",
        blocks=(
            *facts(
                fact("Command", made.command),
                fact("Sterling", made.version),
                fact("Made", f"{made.created:%Y-%m-%d %H:%M} UTC"),
                fact("Seed", run.plan.seed),
                fact("Confidence level", f"{run.plan.level:.0%}"),
                fact("Groups", listed([plain(g) for g in run.roles.groups], most=8)),
                fact("Label", run.roles.label),
                fact("Weights", run.roles.weight),
                *(fact(f"Environment: {k}", v) for k, v in made.environment.items()),
            ),
            *grid(
                "The questions that were asked",
                ("Check", "Question", "What came of it", "How", "What can fool it"),
                asked,
            ),
        ),
    )


def _outcome(evidence: Evidence) -> str:
    shown = {
        "measured": "measured",
        "insufficient": "too few rows",
        "not_applicable": "does not apply",
        "error": "stopped by an error",
    }
    why = f": {plain(evidence.reason, 200)}" if evidence.reason and evidence.outcome != "measured" else ""
    return f"{shown[evidence.outcome]}{why}"


def _seal(run: Run) -> tuple[Fact, ...]:
    files = (
        Fact(
            name=f"File {plain(f.name, 80)}",
            value="SHA-256" if f.sha256 else "not hashed",
            evidence=f"sha256:{f.sha256}" if f.sha256 else None,
        )
        for f in run.provenance.files
    )
    return (
        *files,
        Fact(name="Evidence", value="what was found", evidence=f"sha256:{evidence_hash(run)}"),
        Fact(name="Questions", value="plan, parameters, seed", evidence=f"sha256:{run.plan.hash}"),
    )
