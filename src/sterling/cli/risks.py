"""`sterling risks`: the register of what is open, and accepting what is."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING

import click

from sterling.cli.command import Option, Verb
from sterling.cli.deciding import signature_options
from sterling.cli.listing import print_json, print_lines
from sterling.cli.place import debug_option, json_option, opened, project_option
from sterling.core.errors import ConfigError, InputError, near_miss, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sterling.core.project import Project
    from sterling.core.records import Ledger, Risk

EXAMPLES = """
sterling risks
sterling risks --all --json
sterling risks accept 4be1 --as "Ada Lovelace" --reason "Two groups are small; asked for more data."
"""
SHORT = 6
"""Digits of an id that are shown."""


def run_risks(
    words: tuple[str, ...], show_all: bool, by: str, reason: str, project: str, as_json: bool, debug: bool
) -> int:
    """List the register, or accept the risks that are named."""
    if not words:
        found, ledger = opened(project)
        risks = ledger.risks(open_only=not show_all)
        if as_json:
            print_json(_document([_record(risk, found, ledger) for risk in risks]))
        else:
            print_lines(_lines(risks, found, ledger, show_all=show_all))
        return 0
    if words[0] != "accept":
        raise ConfigError(f"there is no {shown(words[0])!r} of risks", hint=near_miss(words[0], ["accept"]))
    if len(words) == 1:
        raise ConfigError("no risk is named", hint="sterling risks lists them; name one or more by their ids")
    return _accept(words[1:], by, reason, project, as_json)


def _document(records: list[dict[str, object]]) -> dict[str, object]:
    return {"format": "sterling.risks", "version": 1, "risks": records}


def _accept(ids: Sequence[str], by: str, reason: str, place: str, as_json: bool) -> int:
    from sterling.pipeline.decisions import accept

    project, ledger = opened(place)
    named = [_named(ledger, text) for text in ids]
    made = accept(project, ledger, named, by=by, reason=reason, now=dt.datetime.now(dt.UTC))
    if as_json:
        records = {risk.id: risk for risk in ledger.risks()}
        print_json(_document([_record(records[d.about], project, ledger) for d in made]))
    else:
        print_lines([f"Accepted by {d.by}: risk {d.about[:SHORT]}" for d in made])
    return 0


def _named(ledger: Ledger, text: str) -> str:
    """The id that `text` begins. Raises InputError."""
    found = [risk.id for risk in ledger.risks() if text and risk.id.startswith(text)]
    if len(found) != 1:
        what = f"{len(found)} risks begin with {shown(text)!r}" if found else f"there is no risk {shown(text)!r}"
        raise InputError(what, where="the register", hint="sterling risks --all lists them")
    return found[0]


def _holds_back(risk: Risk, project: Project, ledger: Ledger) -> str | None:
    """What the entry forbids: training, signing, or nothing."""
    from sterling.core.review import held_back
    from sterling.pipeline.risks import of_project

    return held_back(risk, project.review) if of_project([risk], project, ledger) else None


def _record(risk: Risk, project: Project, ledger: Ledger) -> dict[str, object]:
    return {
        "id": risk.id, "stage": risk.stage, "issue": risk.issue, "resolved": risk.resolved,
        "holds_back": _holds_back(risk, project, ledger), "step_taken": risk.step_taken or None, "owner": risk.owner,
        "closed_by": risk.closed_by, "opened": risk.opened.isoformat(), "run": risk.run,
    }  # fmt: skip


def _lines(risks: Sequence[Risk], project: Project, ledger: Ledger, *, show_all: bool) -> list[str]:
    from sterling.cli.terminal import Terminal, harmless

    still = [risk for risk in risks if not risk.resolved]
    if not risks:
        return ["The register has no entry." if show_all else "No risk is open. --all lists those that are closed."]
    terminal = Terminal.of(sys.stdout)
    lines = []
    for risk in risks:
        facts = [
            "closed by " + ("a decision" if risk.properties.get("closed") == "decision" else "evidence")
            if risk.resolved else f"holds {_holds_back(risk, project, ledger) or 'nothing'} back",
            f"owner: {risk.owner or 'nobody'}", f"since {risk.opened:%Y-%m-%d}",
        ]  # fmt: skip
        head = f"{risk.id[:SHORT]}  {risk.stage}: {harmless(risk.issue)}"
        lines += terminal.wrapped(head, rest="        ")
        if risk.step_taken:
            lines += terminal.wrapped(harmless(risk.step_taken), first="        ", rest="        ")
        lines += terminal.wrapped(harmless(" · ".join(facts)), first="        ", rest="        ")
    lines += ["", f"{len(still)} open" + (f", {len(risks) - len(still)} closed" if show_all else "")]
    if still and not project.review.required:
        lines.append("Nobody is asked to sign, so no open entry holds signing back.")
    if any(_holds_back(risk, project, ledger) for risk in still):
        lines.append('Next: cure them, or  sterling risks accept ID --as NAME --reason "…"')
    return lines


risks = Verb(
    name="risks", callback=run_risks, examples=EXAMPLES,
    endings={"0": "listed, or accepted", "2": "something stands in the way: nothing is recorded"},
    help="List the risk register: what is open at each stage, and what it holds back. Entries open by themselves; they "
    "close when evidence shows them cured, or when somebody answers for them.\n\n`accept ID…` records that somebody "
    "does. An id may be shortened.",
    params=[
        click.Argument(["words"], nargs=-1, metavar="[accept ID…]"),
        Option("--all", "show_all", is_flag=True, section="Output", help="Closed entries too."),
        *signature_options(), project_option(), json_option(), debug_option(),
    ],
)  # fmt: skip
