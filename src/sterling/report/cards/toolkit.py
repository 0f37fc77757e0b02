"""A model card as JSON by the names of Model Card Toolkit's schema, version 0.0.2.

What nobody has answered is left out: the schema has no word for it. Values and bounds are texts, as its classes want.
"""

from __future__ import annotations

import re

from sterling.core.dossier import Dossier
from sterling.core.scope import Scope
from sterling.report.cards import identity as card
from sterling.report.cards.measured import Measured, by_group, overall
from sterling.report.caveats import limits_of_evidence
from sterling.report.chapters.purpose import HARMS
from sterling.report.parts import line, scope_of
from sterling.report.text import count

VERSION = "0.0.2"
Json = dict[str, object]
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


def model_card_json(dossier: Dossier) -> Json:
    """schema_version, model_details, model_parameters, quantitative_analysis, considerations."""
    return {
        "schema_version": VERSION,
        "model_details": _details(dossier),
        "model_parameters": _parameters(dossier),
        "quantitative_analysis": {
            "performance_metrics": [_metric(m, dossier) for m in _known(dossier)],
            "graphics": {"description": "No picture is embedded: the card's page draws them.", "collection": []},
        },
        "considerations": _considerations(dossier),
    }


def _details(dossier: Dossier) -> Json:
    project, prose = dossier.project, scope_of(dossier).prose
    return _stated(
        {
            "name": card.name_of(dossier),
            "overview": prose.get("model.overview", "").strip() or line(project.purpose),
            "documentation": prose.get("model.documentation", "").strip(),
            "owners": [{"name": line(project.owner)}] if project.owner else [],
            "version": _stated(
                {"name": line(project.version, 80), "date": card.day(dossier), "diff": card.difference(dossier)}
            ),
            "licenses": [{"identifier": line(project.licence, 80)}] if project.licence else [],
            "references": [{"reference": r} for r in _ADDRESS.findall(prose.get("model.references", ""))],
            "citations": [{"citation": c} for c in [prose.get("model.citations", "").strip()] if c],
            "path": card.path_of(dossier),
        }
    )


def _parameters(dossier: Dossier) -> Json:
    data, roles = dossier.data, dossier.run.roles
    parts = ", ".join(f"{count(n)} to {name}" for name, n in data.parts.items())
    table: Json = {
        "name": line(data.name, 80),
        "link": dossier.project.data.path if _ADDRESS.fullmatch(dossier.project.data.path) else "",
        "sensitive": {"sensitive_data": [line(g, 80) for g in roles.groups]},
        "description": f"{count(data.rows)} rows, {count(len(data.columns))} columns, {data.digest}"
        f"{f'; {parts}' if parts else ''}",
    }
    return _stated(
        {
            "model_architecture": card.architecture_words(dossier),
            "data": [_stated(table)],
            "input_format": card.input_words(dossier),
            "input_format_map": [{"key": k, "value": v} for k, v in card.input_map(dossier)],
            "output_format": card.output_words(dossier),
            "output_format_map": [{"key": k, "value": v} for k, v in card.output_map(dossier)],
        }
    )


def _known(dossier: Dossier) -> list[Measured]:
    run = dossier.run
    return [m for m in (*overall(run), *by_group(run)) if m.estimate.value is not None]


def _metric(measured: Measured, dossier: Dossier) -> Json:
    estimate = measured.estimate
    several = len(dossier.run.tables) > 1
    kind = f"{measured.info.name} ({measured.model})" if several else measured.info.name
    out: Json = {
        "type": line(kind, 160),
        "value": f"{estimate.value:.6g}",
        "confidence_interval": {"lower_bound": f"{estimate.low:.6g}", "upper_bound": f"{estimate.high:.6g}"},
    }
    return out | ({"slice": line(str(measured.slice), 160)} if measured.slice.items else {})


def _considerations(dossier: Dossier) -> Json:
    scope = scope_of(dossier)
    purpose = scope.purpose.strip() or dossier.project.purpose.strip()
    limits = (
        *scope.limitations,
        *(f"Not to be used for: {o}" for o in scope.out_of_scope),
        *limits_of_evidence(dossier),
    )
    return _stated(
        {
            "users": _described(scope.users),
            "use_cases": _described((purpose,) if purpose else ()),
            "limitations": _described(limits),
            "tradeoffs": _described(scope.tradeoffs),
            "ethical_considerations": [*_harms(scope), *_risks(dossier)],
        }
    )


def _harms(scope: Scope) -> list[Json]:
    return [
        _stated({"name": line(f"{HARMS[h.kind]}: {h.who}: {h.what}"), "mitigation_strategy": line(h.mitigation)})
        for h in scope.harms
    ]


def _risks(dossier: Dossier) -> list[Json]:
    return [
        _stated({"name": line(f"{r.stage}: {r.issue}"), "mitigation_strategy": line(r.step_taken)})
        for r in dossier.risks
        if not r.resolved
    ]


def _described(texts: tuple[str, ...]) -> list[Json]:
    return [{"description": line(t)} for t in texts if t.strip()]


def _stated(fields: Json) -> Json:
    """The fields that have something to say."""
    return {k: v for k, v in fields.items() if v not in ("", None, [], {})}
