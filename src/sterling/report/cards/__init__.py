"""Cards of a run: of its model, of its data, of the pipeline between. Machine parts come from evidence by digest."""

from __future__ import annotations

from sterling.report.cards.dag import dag_card
from sterling.report.cards.data import data_card
from sterling.report.cards.model import model_card
from sterling.report.cards.toolkit import model_card_json

__all__ = ["dag_card", "data_card", "model_card", "model_card_json"]
