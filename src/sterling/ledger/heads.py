"""Heads that were noted elsewhere, looked for in the chain: in the file HEAD, and in reports that printed one."""

from __future__ import annotations

from sqlalchemy import Connection, select

from sterling.core.errors import InputError, shown
from sterling.core.records import Head
from sterling.ledger import schema
from sterling.ledger.chain import GENESIS
from sterling.ledger.head import NAME
from sterling.ledger.problem import COPY, Problem
from sterling.ledger.reading import seqs_of

_SHORTEST = 8


def head_file(connection: Connection, stated: Head | None, end: Head) -> Problem | None:
    if stated is None:
        return Problem(
            kind="head", where=NAME, what="HEAD is missing or damaged, so a ledger that was cut off would not show",
            hint="compare with the head that a report or a card prints; the next run writes HEAD again",
        )  # fmt: skip
    if stated.seq > end.seq:
        return Problem(
            kind="head", seq=end.seq, where=NAME, hint=COPY,
            what=f"the ledger was cut off after record {end.seq}: HEAD speaks of {stated.seq} records",
        )  # fmt: skip
    if not _in_chain(connection, stated):
        return Problem(
            kind="head", seq=stated.seq, where=NAME, hint=COPY,
            what=f"the ledger was written anew: record {stated.seq} is not the one that HEAD speaks of",
        )  # fmt: skip
    return None


def parse_printed(head: str | None) -> tuple[int | None, str] | None:
    """A printed head as seq (None when not given) and the hash, or how it begins."""
    if head is None:
        return None
    seq, _, hash_ = head.strip().lower().rpartition(":")
    known = len(hash_) >= _SHORTEST and len(hash_) <= len(GENESIS) and not set(hash_) - set("0123456789abcdef")
    if not known or (seq and not (seq.isascii() and seq.isdigit() and len(seq) < 19)):
        raise InputError(
            "this is not the head of a ledger", got=shown(head),
            expected="what a report prints: a number, a colon and 64 hex digits, or the digits alone",
            hint="copy it from the last lines of a report or a card",
        )  # fmt: skip
    return (int(seq) if seq else None), hash_


def printed_head(connection: Connection, wanted: tuple[int | None, str] | None, end: Head) -> Problem | None:
    if wanted is None:
        return None
    seq, hash_ = wanted
    found = seqs_of(connection, hash_)
    if found and (seq is None or seq in found):
        return None
    cut = f"the ledger was cut off after record {end.seq}, or " if seq is not None and seq > end.seq else ""
    return Problem(
        kind="head", seq=seq, where="the printed head", what=f"{cut}no record of the ledger has the printed head",
        hint=f"the report is of another ledger, or this one was written anew since; {COPY}",
    )  # fmt: skip


def _in_chain(connection: Connection, head: Head) -> bool:
    if not head.seq:
        return head.hash == GENESIS
    table = schema.records
    # The database compares: a hash that an edit left as no text at all cannot be handed over.
    return (
        connection.execute(select(table.c.seq).where(table.c.seq == head.seq, table.c.hash == head.hash)).first()
        is not None
    )
