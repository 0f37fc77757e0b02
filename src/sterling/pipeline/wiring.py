"""Joins a run to those who judge, draw and write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sterling.core.judge import Judgement, judge
from sterling.core.late import Seen, late_limits, late_on
from sterling.core.policy import Policy
from sterling.core.run import Run, Wiring

if TYPE_CHECKING:
    from sterling.core.document import Document
    from sterling.core.dossier import Dossier
    from sterling.core.outcomes import ImpactTable, ModelRiskTable

CardKind = Literal["model", "data", "dag"]
CardForm = Literal["html", "md", "json", "croissant"]
TableForm = Literal["html", "md", "json", "csv"]
_FILES: tuple[CardForm, ...] = ("html", "md")


class _Wiring:
    def judge(self, run: Run, policy: Policy) -> Judgement:
        from sterling.pipeline.power import more_people

        before = (run.measured_for or run.policy).limits
        late = late_on(late_limits(policy.limits, (Seen(table="", limits=before),)), "")
        return judge(policy, run.evidence, more_people=more_people, late=late)

    def page(self, run: Run, judgement: Judgement) -> str:
        if not run.tables:
            return data_page(run, judgement)
        from sterling.report.page import render_page
        from sterling.report.payload import payload

        return render_page(payload(run, judgement))

    def wire(self, run: Run, judgement: Judgement) -> dict[str, object]:
        if not run.tables:
            from sterling.report.data_wire import data_wire

            return data_wire(run, judgement)
        from sterling.report.wire import wire

        return wire(run, judgement)


WIRING: Wiring = _Wiring()


def verdicts(run: Run, judgement: Judgement) -> dict[str, object]:
    """The part of a run's JSON that judging decides: `verdicts`, `counts` and `exit_code`."""
    if not run.tables:
        whole = WIRING.wire(run, judgement)
        return {key: whole[key] for key in ("verdicts", "counts", "exit_code")}
    from sterling.report.wire import judged

    return judged(run, judgement)


def data_page(run: Run, judgement: Judgement) -> str:
    """The page of a run about a table, which has no models."""
    from sterling.report.about.document import profile_document
    from sterling.report.card_page import render_card

    return render_card(profile_document(run, judgement))


def project_page(dossier: Dossier) -> str:
    """The report of a project's run: the page of its evidence, with the project's chapters."""
    from sterling.report.project_page import render_project

    return render_project(dossier)


def card(dossier: Dossier, kind: CardKind, form: CardForm) -> bytes:
    """A card of a run in one form. The JSON of a model card is Model Card Toolkit's; other cards are documents."""
    import json

    from sterling.report import cards
    from sterling.report.document import card_json

    if form == "croissant":
        return _croissant(dossier, kind)

    made = {"model": cards.model_card, "data": cards.data_card, "dag": cards.dag_card}[kind](dossier)
    if form == "json":
        plain = cards.model_card_json(dossier) if kind == "model" else card_json(made)
        return (json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=2) + "\n").encode("utf-8", "replace")
    return _drawn(made, form)


def _croissant(dossier: Dossier, kind: CardKind) -> bytes:
    """The data set's metadata. Raises ConfigError for a card of anything else."""
    import json

    from sterling.core.errors import ConfigError
    from sterling.report.exports.croissant import croissant

    if kind != "data":
        raise ConfigError(f"Croissant describes data sets, not a {kind}", hint="sterling card data --format croissant")
    text = json.dumps(croissant(dossier), ensure_ascii=False, allow_nan=False, indent=2)
    return (text + "\n").encode("utf-8", "replace")


def outcome_file(table: ImpactTable | ModelRiskTable, form: TableForm) -> bytes:
    """A table of outcomes in one form."""
    import json

    from sterling.report.document import card_json
    from sterling.report.exports.grids import grids_csv
    from sterling.report.tables import outcome_document

    made = outcome_document(table)
    if form == "csv":
        return grids_csv(made).encode("utf-8", "replace")
    if form == "json":
        plain = json.dumps(card_json(made), ensure_ascii=False, allow_nan=False, indent=2)
        return (plain + "\n").encode("utf-8", "replace")
    return _drawn(made, form)


def _drawn(made: Document, form: CardForm) -> bytes:
    from sterling.report.card_page import render_card
    from sterling.report.markdown import markdown

    return (render_card(made) if form == "html" else markdown(made)).encode("utf-8", "replace")


CARDS = tuple(f"model-card.{form}" for form in _FILES)
"""What a finished run writes beside its report."""


def card_files(dossier: Dossier) -> dict[str, bytes]:
    """The files that a finished run writes beside its report: the model card to look at and to keep with the model."""
    from sterling.report.cards import model_card

    made = model_card(dossier)
    return {f"model-card.{form}": _drawn(made, form) for form in _FILES}


def sentences(dossier: Dossier) -> tuple[str, ...]:
    """The verdicts in words, worst first: what a reviewer is told."""
    from sterling.report import words

    roles = words.settled_roles(dossier.run)
    judged = [v for v in words.in_order(dossier.judgement) if v.limit is not None]
    return tuple(words.said(v, roles) for v in judged)
