"""The heads of the ledger that a project's page and cards print: what a rewritten ledger is held against."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from sterling.core.frozen import dataclass

PRINTED = ("report.html", "model-card.html", "data-card.html", "dag-card.html")
"""The files in a project's folder that print a head."""
_DATA = re.compile(r'<script type="application/json" id="sterling-data">(.*?)</script>', re.DOTALL)
_HASH = re.compile(r"[0-9a-f]{64}")
_LARGEST = 256 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedHead:
    """A file and the head of the chain, 64 hex digits, at the time it was drawn."""

    file: str
    hash: str


def printed_heads(folder: Path) -> tuple[PrintedHead, ...]:
    """The heads that files of a project's folder print. Files that are missing, or print none, are left out."""
    found = ((name, _head_in(folder / name)) for name in PRINTED)
    return tuple(PrintedHead(file=name, hash=hash_) for name, hash_ in found if hash_ is not None)


def _head_in(path: Path) -> str | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        embedded = _DATA.search(path.read_text(encoding="utf-8"))
        data = json.loads(embedded[1]) if embedded else None
    except (OSError, ValueError, RecursionError):
        return None
    return next((h for h in _candidates(data) if isinstance(h, str) and _HASH.fullmatch(h)), None)


def _candidates(data: object) -> Iterator[object]:
    """A report says its head of its project, a card in its seal."""
    if not isinstance(data, dict):
        return
    project, document = data.get("project"), data.get("document")
    if isinstance(project, dict):
        yield project.get("head")
    seal = document.get("seal") if isinstance(document, dict) else None
    for fact in seal if isinstance(seal, list) else ():
        if isinstance(fact, dict) and fact.get("name") == "Ledger head":
            yield fact.get("evidence")
