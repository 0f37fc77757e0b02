"""The findings about a table that a reader should meet first, as sentences with number, interval and n."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sterling.core.overview import Stated
from sterling.core.roles import Roles
from sterling.report.about.found import Found
from sterling.report.about.said_changes import drift, skew, unlike
from sterling.report.about.said_copies import duplicates, leaks
from sterling.report.about.said_missing import missing
from sterling.report.about.said_people import gaps, holes, odd, present, proxies, reference
from sterling.report.about.said_use import anonymity, personal, promises, terms
from sterling.report.people import noun

KINDS: tuple[Callable[[Found, str], Iterable[Stated]], ...] = (
    promises, unlike, personal, leaks, reference, present, holes, gaps, drift, skew, proxies, anonymity, duplicates,
    missing, terms, odd,
)  # fmt: skip
"""In the order of what somebody who decides about the table must know first."""


def found_sentences(found: Found, roles: Roles) -> tuple[Stated, ...]:
    """What was found whatever the limits say: broken promises first, then each kind, the most striking of it first."""
    people = noun(roles.people)
    return tuple(s for kind in KINDS for s in kind(found, people))
