"""What `approve` and `reject` share: a run, a name, a reason; then report and cards are drawn again."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from sterling.cli.command import Option, Verb
from sterling.cli.complaints import explain
from sterling.cli.place import debug_option, json_option, named_run, opened, project_option

if TYPE_CHECKING:
    from sterling.core.project import Project
    from sterling.core.records import Decision, Ledger
    from sterling.core.review import Review
    from sterling.pipeline.decisions import Answer

SIGNATURE = "Signature"
ENDINGS = {
    "0": "the decision is recorded; a report that could not be drawn again is said apart",
    "2": "something stands in its way: nothing is recorded",
}
NOT_DRAWN = "report and cards are not drawn again. Once that is put right, draw them with:  sterling run"
_DONE = {"approve": "Approved", "reject": "Rejected", "override": "APPROVED WITH AN OVERRIDE"}


def signature_options() -> list[click.Parameter]:
    """`--as` and `--reason`, which every decision needs."""
    return [
        Option(
            "--as", "by", default="", metavar="NAME", section=SIGNATURE,
            help="Who decides. Recorded as typed; nobody checks it.",
        ),
        Option("--reason", default="", metavar="TEXT", section=SIGNATURE, help="Why, for those who read it later."),
    ]  # fmt: skip


def decision_verb(kind: Answer, *, help: str, examples: str, more: Sequence[click.Parameter] = ()) -> Verb:
    """The verb that records this answer to a run."""

    def decided(run: str, by: str, reason: str, project: str, as_json: bool, debug: bool, **options: Any) -> int:
        override = bool(options.get("override"))
        return _record(kind, run, by, reason, project, as_json, debug, override=override)

    argument = click.Argument(["run"], metavar="RUN")
    shared = [*signature_options(), *more, project_option(), json_option(), debug_option()]
    return Verb(
        name=kind, callback=decided, help=help, examples=examples, endings=ENDINGS, params=[argument, *shared]
    )  # fmt: skip


def _record(
    kind: Answer, text: str, by: str, reason: str, place: str, as_json: bool, debug: bool, *, override: bool
) -> int:
    from sterling.pipeline.decisions import AlreadyDecided, decide
    from sterling.pipeline.review import review_of

    project, ledger = opened(place)
    run = named_run(ledger, text)
    now = dt.datetime.now(dt.UTC)
    try:
        decision = decide(project, ledger, run, kind=kind, by=by, reason=reason, override=override, now=now)
    except AlreadyDecided:
        _draw(project, ledger, run, as_json=as_json, debug=debug)  # which may be what was missing
        raise
    context = ledger.context(run)
    assert context is not None
    review = review_of(project, ledger, context, today=now.date())
    if as_json:
        _say_as_data(decision, review)
    else:
        _say(decision, review)
    _draw(project, ledger, run, as_json=as_json, debug=debug)
    return 0


def _draw(project: Project, ledger: Ledger, run: str, *, as_json: bool, debug: bool) -> None:
    """Draw report and cards again. Whatever stands in the way of that, what was decided stands."""
    from sterling.pipeline.conduct import after_decision

    try:
        written = after_decision(project, ledger, run)
    except Exception as error:  # noqa: BLE001  # the decision is recorded: no failure may say otherwise
        explain(error, debug=debug)
        print(f"The decision is recorded and stands; {NOT_DRAWN}", file=sys.stderr)
        return
    if written and not as_json:
        _write([f"Written: {', '.join(path.name for path in written)}"])


def _say(decision: Decision, review: Review) -> None:
    from sterling.pipeline.review import standing

    signed = sum(d.kind != "reject" for d in standing(review.decisions))
    told = {
        "approved": "The run is approved.",
        "rejected": "The run is rejected: a rejection outweighs approvals until the same person approves.",
        "awaiting": f"{signed} of {review.rules.required} signatures: the run still awaits review.",
    }.get(review.state, "The project asks for no signatures; this one is recorded.")
    unseen = _listed(decision, "not_compared")
    _write([
        f"{_DONE[decision.kind]} by {decision.by}: run {decision.run[:6]}",
        *(f"  overridden: {what}" for what in _listed(decision, "overrides")),
        f"Signed: evidence, verdicts, model, data and policy together, {decision.about.removeprefix('sha256:')[:12]}",
        *([f"Not compared with what the run read, since it is not there: {', '.join(unseen)}"] if unseen else []),
        told,
    ])  # fmt: skip


def _listed(decision: Decision, what: str) -> list[str]:
    found = decision.properties.get(what, ())
    return [str(one) for one in found] if isinstance(found, list | tuple) else []


def _write(lines: Sequence[str]) -> None:
    """Lines for people, broken where the terminal ends."""
    from sterling.cli.terminal import Terminal, harmless

    terminal = Terminal.of(sys.stdout)
    terminal.write([part for line in lines for part in terminal.wrapped(harmless(line), rest="  ")])


def _say_as_data(decision: Decision, review: Review) -> None:
    from sterling.cli.listing import print_json

    print_json({
        "format": "sterling.decision", "version": 1, "id": decision.id, "run": decision.run, "kind": decision.kind,
        "by": decision.by, "reason": decision.reason, "about": decision.about, "at": decision.at.isoformat(),
        "overrides": _listed(decision, "overrides"), "not_compared": _listed(decision, "not_compared"),
        "state": review.state,
    })  # fmt: skip
