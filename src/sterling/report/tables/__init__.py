"""Tables of outcomes as documents."""

from sterling.core.document import Document
from sterling.core.outcomes import ImpactTable, ModelRiskTable
from sterling.report.tables.impact import impact_document
from sterling.report.tables.model_risk import model_risk_document


def outcome_document(table: ImpactTable | ModelRiskTable) -> Document:
    """The table as a page: what was counted, what people state or still have to, how it was computed, the rule."""
    return impact_document(table) if isinstance(table, ImpactTable) else model_risk_document(table)


__all__ = ["outcome_document"]
