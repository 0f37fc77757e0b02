"""The documented JSON of a run about a table (`sterling data profile --json`).

The shape is versioned: `docs/guide/data-json.md` describes it and `docs/schema/data-1.json` checks it.
"""

from __future__ import annotations

from sterling.core.codec import evidence_hash
from sterling.core.data.profile_file import FORMAT, VERSION
from sterling.core.data.records import KINDS, records
from sterling.core.judge import Judgement
from sterling.core.run import Run
from sterling.report import words
from sterling.report.about.found import gathered
from sterling.report.finite import clean_object
from sterling.report.wire import Json, evidence_record, provenance_record, verdict_record


def data_wire(run: Run, judgement: Judgement) -> Json:
    """The JSON contract as plain Python values; never holds NaN, an infinity, or a value that few rows share."""
    roles = words.settled_roles(run)
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": run.title,
        "subject": _subject(run),
        "plan": {**clean_object(run.plan.canonical()), "hash": run.plan.hash},
        **{kind: [clean_object(r) for r in records(run.evidence, kind)] for kind in KINDS},
        "verdicts": [
            {
                **verdict_record(v, run, words.sentence(v, roles)),
                "columns": list(v.finding.columns if v.finding else ()),
                "at": list(v.finding.at if v.finding else ()),
            }
            for v in words.in_order(judgement)
        ],
        "counts": {word: judgement.count(word) for word in words.ORDER},
        "exit_code": 1 if run.broken_promises else judgement.exit_code,
        "policy": judgement.policy_origin or None,
        "evidence": [evidence_record(e) for e in run.evidence],
        "notices": list(run.notices),
        "evidence_hash": evidence_hash(run),
        "provenance": provenance_record(run),
    }


def _subject(run: Run) -> Json:
    """What was examined: rows, roles, and the tables that it was compared with."""
    found = gathered(run.evidence)
    tables = dict.fromkeys([*(p.table for p in found.profiles), *(d.other for d in found.drifts)])
    rows = {p.table: p.rows for p in found.profiles if not p.slice.items}
    return {
        "n": run.n,
        "people": run.roles.people,
        "label": run.roles.label,
        "label_kind": run.roles.label_kind if run.roles.label is not None else None,
        "groups": list(run.roles.groups),
        "weight": run.roles.weight,
        "id": run.roles.id,
        "ignored": list(run.ignored),
        "tables": [{"name": name, "rows": rows.get(name)} for name in tables],
    }
