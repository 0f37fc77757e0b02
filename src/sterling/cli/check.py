"""`sterling check`: is the project ready to run? Nothing is run and nothing is written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sterling.cli.command import Verb
from sterling.cli.listing import print_json, print_lines
from sterling.cli.place import debug_option, json_option, opened_if_begun, project_option
from sterling.core.errors import counted

if TYPE_CHECKING:
    from sterling.cli.terminal import Terminal
    from sterling.core.project import Project
    from sterling.pipeline.checking import Checked, LabelRead

EXAMPLES = """
sterling check
sterling check --project examples/lending --json
"""
ENDINGS = {
    "0": "nothing that can be known before a run would stop one",
    "1": "a promise about the data is broken, so that a run would stop before it measures anything",
    "2": "something in it cannot be used",
}
QUESTIONS = 6


def run_check(project: str, as_json: bool, debug: bool) -> int:
    """Read the project and its data's columns, and say what was found and what is missing."""
    read, ledger = opened_if_begun(project)
    from sterling.pipeline.checking import inspect_project

    found = inspect_project(read, ledger=ledger)
    if as_json:
        print_json(_record(read, found))
    else:
        from sterling.cli.terminal import Terminal

        print_lines(_lines(read, found, Terminal.of(sys.stdout)))
    return 1 if found.stops else 0


def _record(project: Project, found: Checked) -> dict[str, object]:
    from sterling.core.scope_file import place_of

    scope = project.scope
    return {
        "format": "sterling.check", "version": 1, "name": project.name, "title": project.title,
        "file": str(project.file), "digest": project.digest, "rows": found.rows, "columns": list(found.columns),
        "label": {
            "column": found.label.column, "kind": found.label.kind, "words": found.label.words,
            "positive": found.label.positive, "favourable": found.label.favourable,
        },
        "groups": {
            column: {"groups": sum(v is not None for v in counts), "missing": counts.get(None, 0)}
            for column, counts in found.groups.items()
        },
        "asks": found.asks, "limits": len(project.policy.limits), "waivers": len(project.waivers),
        "review_required": project.review.required,
        "chances": [
            {"limit": c.limit, "column": c.column, "within_if_no_gap": c.within, "smallest_group": c.smallest}
            for c in found.chances
        ],
        "without_chance": list(found.without_chance),
        "needs": [{"aspect": n.aspect, "need": n.need} for n in (scope.needs if scope else ())],
        "missing": [{"question": q, "where": place_of(q)} for q in (scope.missing if scope else ())],
        "notices": list(found.notices), "stops": list(found.stops),
    }  # fmt: skip


def _lines(project: Project, found: Checked, terminal: Terminal) -> list[str]:
    stops = [line for why in found.stops for line in terminal.wrapped(_shown(why), first="Stops: ", rest="       ")]
    parts = [_facts(project, found, terminal), stops, _chances(found, terminal), _people(project, terminal)]
    said = {f"{why}; sterling run stops there" for why in found.stops}
    rest = [_shown(note) for note in found.notices if note not in said]
    notes = [line for note in rest for line in terminal.wrapped(note, first="Note: ", rest="      ")]
    return [line for part in [*parts, notes] if part for line in [*part, ""]] + [_next(found)]


def _next(found: Checked) -> str:
    return "Next: mend the data or the project file, then  sterling check" if found.stops else "Next: sterling run"


def _facts(project: Project, found: Checked, terminal: Terminal) -> list[str]:
    data = project.data
    limits = counted(len(project.policy.limits), "limit", "limits")
    rows, columns = counted(found.rows, "row", "rows"), counted(len(found.columns), "column", "columns")
    groups = [f"{c} ({len(n)}{', one of them missing' if None in n else ''})" for c, n in found.groups.items()]
    named = [
        ("Project", f"{project.title} ({project.file.parent.name}/{project.file.name})"),
        ("Purpose", project.purpose or "not stated"),
        ("Data", f"{data.path}: {rows}, {columns}"),
        ("Label", _label(found.label, project.decision)),
        ("Groups", ", ".join(groups) or "none"),
        ("Model", _model(project)),
        ("Limits", f"{limits}, {counted(found.asks, 'question', 'questions')} to the data"),
        ("Review", f"{project.review.required} must sign" if project.review.required else "nobody is asked to sign"),
    ]
    return [
        line for name, text in named for line in terminal.wrapped(_shown(text), first=f"{name:<8} ", rest=" " * 9)
    ]  # fmt: skip


def _label(label: LabelRead, decision: str | None) -> str:
    """How the label is read, and which way is good for a person."""
    said = f"{label.column}: {'its kind is not stated' if label.kind == 'unstated' else label.words}"
    if label.positive is None or label.favourable is None:
        return said
    return f"{said}; {direction(label.positive, label.favourable, decision)}"


def direction(positive: str, favourable: str, decision: str | None) -> str:
    """Which value of a label counts as positive, and which one a person wants."""
    if positive == favourable:
        return f"positive is {positive}, which is what a person wants"
    bad = f"to be {decision or 'selected'} is bad for them"
    return f"positive is {positive}, and a person wants {favourable}: {bad}"


def _model(project: Project) -> str:
    if project.train is not None:
        features = project.train.features
        seen = counted(len(features), "feature", "features") if features else "every column without a role"
        dropped = project.train.drop
        seen += f" but {', '.join(dropped)}" if dropped and not features else ""
        return f"trained by the recipe {project.train.recipe} on {seen}"
    assert project.model is not None  # a project has one or the other
    given = project.model
    columns = (*given.scores, *given.predictions)
    return f"the file {given.path}" if given.path else f"the column{'s' * (len(columns) > 1)} {', '.join(columns)}"


def _chances(found: Checked, terminal: Terminal) -> list[str]:
    if not found.chances:
        return _unsaid(found, terminal)
    head = "Chance to come out within a limit on selection, if groups did not differ at all:"
    lines = terminal.wrapped(head)
    for chance in found.chances:
        text = f"{100 * chance.within:3.0f} %  {chance.limit} (smallest group of {chance.column}: {chance.smallest:,})"
        lines += terminal.wrapped(_shown(text), first="  ", rest="         ")
    return lines + _unsaid(found, terminal)


def _unsaid(found: Checked, terminal: Terminal) -> list[str]:
    """The limits of which no chance can be said: who enters their rates is known once rows are scored."""
    if not found.without_chance:
        return []
    names = ", ".join(found.without_chance)
    return terminal.wrapped(_shown(f"No chance can be said before rows are scored and labels counted: {names}"))


def _people(project: Project, terminal: Terminal) -> list[str]:
    from sterling.core.scope_file import place_of

    if project.scope is None:
        return []
    needs = ", ".join(f"{need.aspect} {need.need}" for need in project.scope.needs)
    lines = terminal.wrapped(f"Need: {needs}")
    missing = project.scope.missing
    if missing:
        lines += ["", f"Not answered by people ({len(missing)}):"]
    for question in missing[:QUESTIONS]:
        lines += terminal.wrapped(_shown(f"{question} ({place_of(question)})"), first="  · ", rest="    ")
    if len(missing) > QUESTIONS:
        lines += [f"    and {len(missing) - QUESTIONS} more: sterling check --json lists them"]
    return lines


def _shown(text: str) -> str:
    from sterling.cli.terminal import harmless

    return harmless(text)


check = Verb(
    name="check", callback=run_check, examples=EXAMPLES, endings=ENDINGS,
    short_help="Check a project without running it.",
    help="Check a project without running it: its file, its scope, the columns of its data, and what people have yet "
    "to answer.",
    params=[project_option(), json_option(), debug_option()],
)  # fmt: skip
