"""`sterling verify`: is the ledger what was written?"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sterling.cli.command import Option, Verb
from sterling.cli.listing import print_json, print_lines
from sterling.cli.place import debug_option, json_option, opened_ledger, project_option

if TYPE_CHECKING:
    from sterling.cli.terminal import Terminal
    from sterling.ledger.verify import Verification
    from sterling.pipeline.queries.heads import PrintedHead

EXAMPLES = """
sterling verify
sterling verify --head 8684347c2911
sterling verify --no-blobs --json
"""
NOT_SOUND = 1
Printed = list[tuple["PrintedHead", bool]]
"""Heads that files print, and whether the chain holds them."""


def run_verify(head: str | None, no_blobs: bool, project: str, as_json: bool, debug: bool) -> int:
    """Check everything. Returns 0 when all is as it was written, else 1."""
    from sterling.cli.terminal import Terminal
    from sterling.ledger.verify import verify as checked
    from sterling.pipeline.queries.heads import printed_heads

    folder, ledger = opened_ledger(project)
    with _progress() as told:
        found = checked(ledger, head=head, blobs=not no_blobs, progress=told)
    printed = [(p, ledger.contains(p.hash)) for p in printed_heads(folder)]
    sound = found.ok and all(there for _, there in printed)
    if as_json:
        print_json(_record(found, printed, sound=sound, blobs=not no_blobs))
    else:
        print_lines(_lines(found, printed, Terminal.of(sys.stdout), sound=sound, blobs=not no_blobs))
    return 0 if sound else NOT_SOUND


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """On a terminal, after a second: how far it is, and how long it may still take."""
    from sterling.cli.progress import progress
    from sterling.cli.steps import how_far

    began = time.monotonic()
    with progress(quiet=False) as teller:
        yield lambda done, total: teller.say(f"Verifying: {how_far(done, total, time.monotonic() - began)}")


def _lines(found: Verification, printed: Printed, terminal: Terminal, *, sound: bool, blobs: bool) -> list[str]:
    from sterling.cli.facts import foreign

    files = f" and {found.blobs:,} stored files" if blobs else ""
    lines = [f"Sound: {found.records:,} records{files} are as they were written."] if sound else _bad(found, terminal)
    for p, there in printed:
        if there:
            text = f"{p.file} prints the head {p.hash[:12]}: it lies in this chain. Its other text is not checked."
            lines += terminal.wrapped(foreign(text), first="", rest="  ")
        else:
            text = f"{p.file} prints the head {p.hash[:12]}, which no record of this ledger has"
            lines += _problem(text, p.file, "it is of another ledger, or this one was written anew", terminal)
    for notice in found.notices:
        lines += terminal.wrapped(foreign(notice), first="Note: ", rest="      ")
    if not blobs:
        lines.append("Stored files were not looked at (--no-blobs).")
    return [*lines, f"Head: {found.head.seq}:{found.head.hash}"]


def _bad(found: Verification, terminal: Terminal) -> list[str]:
    lines = [terminal.style("Not sound: something is not as it was written.", "strong")]
    for problem in found.problems:
        lines += _problem(problem.what, problem.where, problem.hint, terminal)
    return lines


def _problem(what: str, where: str, hint: str, terminal: Terminal) -> list[str]:
    from sterling.cli.facts import foreign

    return [
        *terminal.wrapped(foreign(f"{where}: {what}"), first="  ✕ ", rest="    "),
        *terminal.wrapped(foreign(f"hint: {hint}"), first="    ", rest="    "),
    ]


def _record(found: Verification, printed: Printed, *, sound: bool, blobs: bool) -> dict[str, object]:
    return {
        "format": "sterling.verify", "version": 1, "sound": sound, "records": found.records,
        "blobs": found.blobs if blobs else None, "head_seq": found.head.seq, "head_hash": found.head.hash,
        "problems": [
            {"kind": p.kind, "seq": p.seq, "where": p.where, "what": p.what, "hint": p.hint} for p in found.problems
        ],
        "printed": [{"file": p.file, "hash": p.hash, "in_chain": there} for p, there in printed],
        "notices": list(found.notices),
    }  # fmt: skip


verify = Verb(
    name="verify", callback=run_verify, examples=EXAMPLES,
    endings={"0": "everything is as it was written", "1": "something is not: the first bad record is named",
             "2": "the ledger cannot be read"},
    short_help="Check that the ledger is what was written.",
    help="Compute the whole chain of records again, compare the stored bytes with their digests, and look for the "
    "heads that HEAD and the pages of this project print. Changes nothing.",
    params=[
        Option("--head", metavar="HEAD", help="A head that was printed in a report: a number, a colon and digits, or "
               "the digits alone."),
        Option("--no-blobs", is_flag=True, help="Leave the stored bytes out."),
        project_option(), json_option(), debug_option(),
    ],
)  # fmt: skip
