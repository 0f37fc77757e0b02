"""The chapters of a project's report in their order: what the ledger knows of a run, as plain sections."""

from __future__ import annotations

from collections.abc import Iterator

from sterling.core.document import Section
from sterling.core.dossier import Dossier
from sterling.report.chapters import alternatives, data, lineage, making, model, purpose, review, risks

ORDER = (purpose, data, model, alternatives, risks, review, lineage, making)


def chapters(dossier: Dossier) -> tuple[Section, ...]:
    """Every chapter that this run has something to say in, in the order of the page."""
    return tuple(_each(dossier))


def _each(dossier: Dossier) -> Iterator[Section]:
    for part in ORDER:
        found = part.section(dossier)
        if found is not None:
            yield found
        if part is data:
            yield from data.found_in_table(dossier)
