"""The chapters about a table, in the order of the page. One file of this folder makes each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sterling.core.document import Block, Items, Section
from sterling.core.roles import Roles
from sterling.report.about.changes import changes
from sterling.report.about.columns import columns
from sterling.report.about.copies import copies
from sterling.report.about.found import Found
from sterling.report.about.people import people, proxies
from sterling.report.about.promises import promises
from sterling.report.about.use import anonymity, personal, terms
from sterling.report.parts import headed
from sterling.report.text import capital, plain

Make = Callable[[Found, Roles], Section | None]
ORDER: tuple[tuple[Make, tuple[str, ...]], ...] = (
    (columns, ("profiles",)),
    (promises, ("anomalies",)),
    (changes, ("drifts",)),
    (people, ("people",)),
    (proxies, ("proxies",)),
    (copies, ("duplicates", "leaks")),
    (personal, ("personal",)),
    (anonymity, ("anonymity",)),
    (terms, ("terms",)),
)
"""What makes each chapter, and the fields of `AboutData` that it draws: their notes stand at its end."""


def sections(found: Found, roles: Roles) -> tuple[Section, ...]:
    """Every chapter that something was found for."""
    made = ((make(found, roles), kinds) for make, kinds in ORDER)
    return tuple(replace(s, blocks=(*s.blocks, *_notes(found, kinds))) for s, kinds in made if s is not None)


def _notes(found: Found, kinds: tuple[str, ...]) -> tuple[Block, ...]:
    notes = tuple(capital(plain(n, 600)) for n in found.notes(*kinds))
    return headed("What to know of these numbers", [Items(items=notes)] if notes else [])
