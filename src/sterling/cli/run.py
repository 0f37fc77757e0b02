"""`sterling run`: the project's pipeline, from its data to verdicts, review and cards."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sterling.cli.command import Option, Verb
from sterling.cli.listing import print_json
from sterling.cli.outputs import write_outputs, write_stopped
from sterling.cli.place import PROJECT, debug_option, opened, project_option
from sterling.cli.speaking import speak, terminal_for
from sterling.cli.terminal import harmless
from sterling.cli.wanted import Wanted

if TYPE_CHECKING:
    from sterling.cli.terminal import Terminal
    from sterling.core.dossier import Dossier
    from sterling.core.project import Project
    from sterling.core.records import Ledger
    from sterling.pipeline.finish import Outcome

EXAMPLES = """
sterling run
sterling run --project examples/lending --junit lending.xml
sterling run --fresh
sterling run --budget 100
"""
STOPPED = "stopped: what had ended is kept, and sterling run carries on from there"
ENDINGS = {
    "0": "within your limits, or no limits set, and signed if you want it signed",
    "1": "over a limit, a promise about the data is broken, or rejected",
    "2": "the data or the project file cannot be used",
    "3": "undecided: too few people to say; or awaiting review",
    "4": "a mistake of Sterling's own",
    "130": "interrupted",
}


def run_run(
    project: str, fresh: bool, budget: int | None, json: str | None, junit: str | None, sarif: str | None,
    github: bool, quiet: bool, debug: bool,
) -> int:  # fmt: skip
    """Carry the project out and say how it came out. Returns the exit code."""
    from sterling.cli.interrupt import prompt_stop
    from sterling.cli.steps import watching
    from sterling.cli.terminal import Terminal
    from sterling.pipeline.conduct import run_project

    found, ledger = opened(project, create=True)
    wanted = Wanted(json=json, junit=junit, sarif=sarif, github=github, quiet=quiet, policy=found.file)
    with prompt_stop(STOPPED), watching(Terminal.of(sys.stderr), quiet=quiet) as watcher:
        outcome = run_project(found, ledger, watcher=watcher, fresh=fresh, budget=budget)
    terminal = terminal_for(wanted)
    if outcome.dossier is None:
        write_stopped(wanted, _brief(outcome), outcome.problems, title=found.title, exit_code=outcome.exit_code)
        terminal.write(_stopped(found, outcome, terminal))
        if github:
            _tell_github(found, outcome, terminal)
        if wanted.only_data:
            print_json(_brief(outcome))
        return outcome.exit_code
    run, judgement = outcome.dossier.run, outcome.dossier.judgement
    write_outputs(wanted, run, judgement)
    lines = [] if quiet else _told(outcome, outcome.dossier, _way_to_sign(found, ledger, outcome), terminal)
    appendix = _since(found, ledger, outcome.dossier) if github else ""
    speak(wanted, run, judgement, lines, terminal, appendix=appendix)
    return outcome.exit_code


def _tell_github(project: Project, outcome: Outcome, terminal: Terminal) -> None:
    """Annotations and a job summary of a run that was stopped."""
    from sterling.cli.terminal import Terminal
    from sterling.report.exports.github import append_step_summary
    from sterling.report.exports.place import project_root
    from sterling.report.exports.stopped import stopped_commands, stopped_summary

    commands = stopped_commands(outcome.problems, file=project.file, root=project_root())
    Terminal.of(terminal.stream).write(commands)
    append_step_summary(stopped_summary(outcome.problems, title=project.title))


def _since(project: Project, ledger: Ledger, told: Dossier) -> str:
    """What changed since the newest earlier run that measured something; nothing when this is the first."""
    from sterling.cli.before_after import before_after
    from sterling.pipeline.difference import difference

    earlier = [c.id for c in ledger.contexts("run") if c.id != told.context.id and ledger.evidence(c.id)]
    return before_after(difference(project, ledger, earlier[-1], told.context.id)) if earlier else ""


def _brief(outcome: Outcome) -> dict[str, object]:
    """What there is to say of a run that measured nothing."""
    return {
        "format": "sterling.run", "version": 1, "run": outcome.run, "state": outcome.state,
        "exit_code": outcome.exit_code, "problems": list(outcome.problems),
    }  # fmt: skip


def _told(outcome: Outcome, told: Dossier, sign: str, terminal: Terminal) -> list[str]:
    """Sentences first, then what is waited for, then where the files are and the way on."""
    from sterling.cli.summary import closing, summary

    lines = summary(told.run, told.judgement, terminal)
    for notice in outcome.notices:
        lines += terminal.wrapped(harmless(notice), first="Note: ", rest="      ")
    lines += terminal.wrapped(sign) if sign else []
    files = (("--report", outcome.written[0]),)
    lines += closing(told.run, told.judgement, files, terminal, search=told.alternatives)
    cards = [harmless(str(p)) for p in outcome.written[1:]]
    if cards:
        lines.append(f"Cards:  {', '.join(cards)}")
    lines.append(f"Run:    {outcome.run}, ledger head {told.head.hash[:12]} ({told.head.seq:,} records)")
    lines.append("Check:  sterling verify")
    return lines


def _stopped(project: Project, outcome: Outcome, terminal: Terminal) -> list[str]:
    """Why nothing was trained or measured, and what to do."""
    lines = ["", terminal.style("Stopped before training: a promise about the data is broken.", "strong")]
    for problem in outcome.problems:
        lines += terminal.wrapped(harmless(problem), first="  ✕ ", rest="    ")
    hint = "mend the data or the project file and run again; or accept the risk: sterling risks"
    lines += terminal.wrapped(hint, first="Next: ", rest="      ")
    if project.data.schema is not None:
        lines += ["      To see the rows that break a promise:", f"      {_command(project)}"]
    return [*lines, f"Run:  {outcome.run}"]


def _command(project: Project) -> str:
    """The command that shows which rows break the schema's promises, seen from the project's folder."""
    data = project.data
    where = f" --environment {data.environment}" if data.environment is not None else ""
    return harmless(f"sterling schema check {data.path} --schema {data.schema}{where}")


def _way_to_sign(project: Project, ledger: Ledger, outcome: Outcome) -> str:
    """How a run is signed that waits for it, and what stands before that; empty for any other."""
    if outcome.state != "awaiting_review":
        return ""
    from sterling.core.errors import counted
    from sterling.pipeline.risks import before_signing
    from sterling.report.text import capital

    told = outcome.dossier
    since = "".join(f" {capital(harmless(why))}." for why in told.review.stale) if told is not None else ""
    held = len(before_signing(project, ledger))
    first = f" {counted(held, 'open risk holds', 'open risks hold')} signing back: sterling risks." if held else ""
    return (
        f'Awaiting review.{since}{first} To sign: sterling approve {outcome.run[:6]} --as NAME --reason "…" (or reject)'
    )


run = Verb(
    name="run", callback=run_run, examples=EXAMPLES, endings=ENDINGS,
    help="Carry a project out: read, check, split, train or load, score, measure, judge, draw, and ask for review. "
    "What has not changed since an earlier run is not done again.",
    params=[
        project_option(),
        Option("--fresh", is_flag=True, section=PROJECT, help="Do everything again, whatever earlier runs have made."),
        Option("--budget", type=int, metavar="N", section=PROJECT,
               help="Try so many alternatives, whatever [alternatives] says."),
        Option("--json", "json", metavar="FILE", help="Everything measured, as JSON; - for standard output."),
        Option("--junit", metavar="FILE", help="Limits as test cases, JUnit XML."),
        Option("--sarif", metavar="FILE", help="Limits and how they came out, SARIF 2.1.0."),
        Option("--github", is_flag=True, help="Annotations and a job summary for GitHub Actions."),
        Option("--quiet", "-q", is_flag=True, help="Print nothing but errors."),
        debug_option(),
    ],
)  # fmt: skip
