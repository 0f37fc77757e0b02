"""The documented JSON of a run (`--json`).

The shape is versioned: `docs/guide/json.md` describes it and `docs/schema/evaluate-1.json` checks it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sterling.core.attributed import Attributed
from sterling.core.codec import evidence_hash, plain
from sterling.core.confusion import Confusion
from sterling.core.discovered import Discovery
from sterling.core.estimate import Status
from sterling.core.evidence import Evidence, Finding, Side, TooSmall
from sterling.core.judge import Judgement, Verdict
from sterling.core.membership import known_by
from sterling.core.plan import Plan
from sterling.core.registry import canonical
from sterling.core.run import Run
from sterling.core.slices import GroupValue, Slice
from sterling.core.table import Block, EstimateTable
from sterling.report import words
from sterling.report.comparisons import comparisons
from sterling.report.deciding import power_text
from sterling.report.finite import clean, clean_object, finite
from sterling.report.sentences import sides

FORMAT, VERSION = "sterling.evaluate", 1
Json = dict[str, object]
_KEYS = (
    "model", "metric", "slice", "threshold", "value", "low", "high", "level", "n", "n_eligible", "status", "method",
)  # fmt: skip


def wire(run: Run, judgement: Judgement) -> Json:
    """The JSON contract as plain Python values; never holds NaN or an infinity."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": run.title,
        "subject": subject(run),
        "plan": {**clean_object(run.plan.canonical()), "hash": run.plan.hash},
        "estimates": estimates(run),
        **judged(run, judgement),
        "policy": judgement.policy_origin or None,
        "evidence": [evidence_record(e) for e in run.evidence],
        "discovered": [_discovery(e, e.discovered) for e in run.evidence if e.discovered is not None],
        "comparisons": comparisons(run),
        "confusion": [record for e in run.evidence if e.confusion is not None for record in _confusion(e, e.confusion)],
        "attributions": [_attributed(run.plan, e, e.attributed) for e in run.evidence if e.attributed is not None],
        "inferred": [_inferred(run.plan, e, e.inferred) for e in run.evidence if e.inferred is not None],
        "notices": list(run.notices),
        "evidence_hash": evidence_hash(run),
        "provenance": provenance_record(run),
    }


def judged(run: Run, judgement: Judgement) -> Json:
    """The part of the contract that judging decides."""
    roles = words.settled_roles(run)
    return {
        "verdicts": [verdict_record(v, run, words.sentence(v, roles)) for v in words.in_order(judgement)],
        "counts": {word: judgement.count(word) for word in words.ORDER},
        "exit_code": judgement.exit_code,
    }


def to_json(document: Json, *, indent: int | None = None) -> str:
    """The contract as JSON text: UTF-8, shortest floats; raises ValueError rather than write NaN."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=indent)


def subject(run: Run) -> Json:
    """What was examined: rows, label, groups, models. No data values other than group and label values."""
    roles = words.settled_roles(run)
    label: Json | None = None
    if roles.label is not None:
        label = {
            "name": roles.label, "positive": roles.positive, "favourable": roles.favourable or roles.positive,
            "kind": roles.label_kind, "words": roles.describes_label, "missing": run.labels_missing,
        }  # fmt: skip
    return {
        "n": run.n,
        "people": roles.people,
        "label": label,
        "models": [{"name": m.name, "kind": m.kind} for m in roles.models],
        "groups": [{"column": g.column, "value": g.value, "n": g.n, "share": finite(g.share)} for g in run.groups],
        "slices": [{"name": s.name, "where": s.where, "description": s.description} for s in roles.slices],
        "class_weights": dict(roles.class_weights),
        "weight": roles.weight,
        "cluster": roles.cluster,
        "id": roles.id,
    }


def estimates(run: Run) -> list[Json]:
    """Flat records at the thresholds the plan or a limit asks for; metrics that need none come once, with null."""
    return [record for table in run.tables for block in table.blocks for record in _records(run.plan, table, block)]


def _asked(plan: Plan, table: EstimateTable, block: Block) -> tuple[list[int], list[float | None]]:
    """Columns of a block that were asked for, and their thresholds: one column and None where there are none."""
    if not block.info.by_threshold or not table.thresholds:
        return [0], [None]
    asked: set[float | None] = {*(plan.thresholds or (plan.threshold,)), *plan.extra}
    kept = [i for i, t in enumerate(table.thresholds) if t in asked]
    return kept, [finite(table.thresholds[i]) for i in kept]


class _Picked(NamedTuple):
    """The asked cells of a block as flat lists, slice by slice."""

    thresholds: list[float | None]
    value: list[float | None]
    low: list[float | None]
    high: list[float | None]
    n_eligible: list[int]
    status: list[Status]


def _picked(plan: Plan, table: EstimateTable, block: Block) -> _Picked:
    columns, thresholds = _asked(plan, table, block)
    asked = replace(
        block, value=block.value[:, columns], low=block.low[:, columns], high=block.high[:, columns],
        n_eligible=block.n_eligible[:, columns],
    )  # fmt: skip
    status = table.status(asked).ravel()
    known = status == "ok"
    value, low, high = (_nullable(a.ravel(), known) for a in (asked.value, asked.low, asked.high))
    return _Picked(thresholds, value, low, high, asked.n_eligible.ravel().tolist(), status.tolist())


def _nullable(values: NDArray[np.float64], known: NDArray[np.bool_]) -> list[float | None]:
    out = values.astype(object)
    out[~(known & np.isfinite(values))] = None
    listed: list[float | None] = out.tolist()
    return listed


def _records(plan: Plan, table: EstimateTable, block: Block) -> Iterator[Json]:
    thresholds, value, low, high, eligible, status = _picked(plan, table, block)
    width = len(thresholds)
    slices: list[dict[str, GroupValue]] = [key for s in table.slices for key in repeat(s.as_dict(), width)]
    sizes = [n for n in table.n.tolist() for _ in range(width)]
    rows = zip(
        repeat(table.model), repeat(block.info.name), slices, thresholds * len(table.slices), value, low, high,
        repeat(table.level), sizes, eligible, status, repeat(block.method), strict=False,
    )  # fmt: skip
    return (dict(zip(_KEYS, row, strict=True)) for row in rows)


def _columns(plan: Plan, table: EstimateTable, block: Block) -> Json:
    """The records of a block as columns: the same facts, shorter to write."""
    thresholds, value, low, high, eligible, status = _picked(plan, table, block)
    return {
        "model": table.model, "metric": block.info.name, "method": block.method, "level": table.level,
        "slices": [s.items for s in table.slices], "n": table.n.tolist(), "thresholds": thresholds,
        "value": value, "low": low, "high": high, "n_eligible": eligible, "status": status,
    }  # fmt: skip


def _digest(table: EstimateTable) -> Json:
    """SHA-256 over every number of a table, in order; any NaN counts as the same NaN."""
    digest = hashlib.sha256(np.ascontiguousarray(table.n, dtype="<i8").tobytes())
    digest.update(np.asarray(table.thresholds, dtype="<f8").tobytes())
    for block in table.blocks:
        digest.update(f"{block.info.name}\0{block.method}\0{block.value.shape}".encode())
        for array in (block.value, block.low, block.high):
            one_nan = np.where(np.isnan(array), np.nan, array + 0.0)
            digest.update(np.ascontiguousarray(one_nan, dtype="<f8").tobytes())
        digest.update(np.ascontiguousarray(block.n_eligible, dtype="<i8").tobytes())
    return {"model": table.model, "sha256": digest.hexdigest()}


def verdict_record(verdict: Verdict, run: Run, sentence: str) -> Json:
    """A verdict with its numbers, its reason and its sentence."""
    finding, limit = verdict.finding, verdict.limit
    roles = words.settled_roles(run)
    first, other = sides(finding, roles) if finding else (None, None)
    metric = finding.metric if finding else limit.metric.info if limit and limit.metric else None
    power = power_text(verdict, roles)
    return {
        "ask": verdict.ask, "check": verdict.check or None, "model": verdict.model,
        "metric": metric.name if metric else None,
        "slice": first.slice.as_dict() if first else _key(limit.slice if limit else None),
        "versus": other.slice.as_dict() if other else None,
        "baseline": _key(finding.baseline if finding else limit.baseline if limit else None),
        "only": _key(finding.only if finding else limit.slice if limit else None),
        "against": finding.against if finding else limit.against if limit else None,
        "relative": finding.relative if finding else bool(limit and limit.relative),
        "groups": list(finding.family) if finding else [],
        "groups_compared": finding.groups_compared if finding else 0,
        "statement": limit.statement if limit else None,
        "limit": finite(limit.bound) if limit else None,
        "limit_origin": (limit.origin or None) if limit else None,
        "threshold": finite(finding.threshold) if finding else finite(limit.threshold) if limit else None,
        "verdict": verdict.verdict,
        "value": finite(finding.value) if finding else None,
        "low": finite(finding.low) if finding else None,
        "high": finite(finding.high) if finding else None,
        "level": finding.level if finding else None,
        "n": finding.n if finding else 0,
        "n_eligible": finding.n_eligible if finding else None,
        "reason": words.reason(verdict, roles),
        "power": _power(verdict, power) if power else None,
        "too_small": [_small(t) for t in finding.too_small] if finding else [],
        "sentence": sentence,
        "label_note": words.label_note(roles) or None if metric and metric.needs_label else None,
        "late": late_record(verdict),
        "waiver": waiver_record(verdict),
    }  # fmt: skip


def _power(verdict: Verdict, text: str) -> Json:
    """What would decide: of each group so many more people than the `n` there are; and in words."""
    more = verdict.deciding.more if verdict.deciding is not None else ()
    groups = [{"slice": m.slice.as_dict(), "more_people": m.people, "n": m.there} for m in more]
    return {"more_people": verdict.more_people, "groups": groups, "text": text}


def late_record(verdict: Verdict) -> Json | None:
    """How the limit came after results had been seen: set, or loosened from a stricter bound."""
    if verdict.late is None:
        return None
    return {"loosened_from": finite(verdict.late.loosened_from), "text": words.late_text(verdict)}


def waiver_record(verdict: Verdict) -> Json | None:
    """Who lifted the limit of a verdict, why, and the last day that it holds."""
    waiver = verdict.waiver
    if waiver is None:
        return None
    return {"owner": waiver.owner, "reason": waiver.reason, "expires": waiver.expires.isoformat()}


def evidence_record(evidence: Evidence) -> Json:
    """One ask: what came of it, and what to know of it. Its numbers stand elsewhere."""
    return {
        "ask": evidence.ask, "check": evidence.check, "title": evidence.title, "question": evidence.question,
        "outcome": evidence.outcome, "reason": evidence.reason or None, "model": evidence.model,
        "parameters": clean(canonical(evidence.parameters)), "method": evidence.method or None,
        "notes": list(evidence.notes), "pitfalls": list(evidence.pitfalls), "hints": list(evidence.hints),
        "too_small": [_small(t) for t in evidence.too_small],
    }  # fmt: skip


def _discovery(evidence: Evidence, found: Discovery) -> Json:
    """A search for slices where a model is worst; every field as `core.discovered` names it."""
    written = plain(found)
    assert isinstance(written, dict)
    return {"ask": evidence.ask, "check": evidence.check, "model": evidence.model, **written}


def _confusion(evidence: Evidence, found: Confusion) -> list[Json]:
    """A record for each slice."""

    def numbers(table: NDArray[np.float64]) -> list[list[float | None]]:
        return [[finite(x) for x in row] for row in table.tolist()]

    cut: Json = {}
    if found.abstains:
        cut = {"threshold": finite(evidence.findings[0].threshold), "predictions": [*found.classes, None]}
    return [
        {
            "ask": evidence.ask, "model": evidence.model, "classes": list(found.classes), **cut,
            "slice": slice_.as_dict(),
            "n": found.n[i].tolist(), "share": numbers(found.share[i]), "low": numbers(found.low[i]),
            "high": numbers(found.high[i]), "method": found.method,
        }
        for i, slice_ in enumerate(found.slices)
    ]  # fmt: skip


def _attributed(plan: Plan, evidence: Evidence, found: Attributed) -> Json:
    """What features add to the scores of one model."""
    estimates, apart = ([r for b in t.blocks for r in _records(plan, t, b)] for t in (found.estimates, found.apart))
    return {
        "ask": evidence.ask, "model": evidence.model, "features": list(found.features), "columns": list(found.columns),
        "unit": found.unit or None, "against": list(found.against), "estimates": estimates, "apart": apart,
    }  # fmt: skip


def _inferred(plan: Plan, evidence: Evidence, found: EstimateTable) -> Json:
    """The rate of each group that nobody recorded, how far it may reach, and what was taken to be known."""
    at = replace(plan, thresholds=found.thresholds or plan.thresholds)
    known, assumed = known_by(evidence.parameters)
    return {
        "ask": evidence.ask, "model": evidence.model, "known": known, "assumed": assumed,
        "estimates": [r for b in found.blocks for r in _records(at, found, b)],
    }  # fmt: skip


def _small(small: TooSmall) -> Json:
    return {"slice": small.slice.as_dict(), "n": small.n, "n_eligible": small.n_eligible, "n_needed": small.n_needed}


def _finding(finding: Finding) -> Json:
    return {
        "metric": finding.metric.name, "kind": finding.kind, "groups": list(finding.family),
        "threshold": finite(finding.threshold), "operating": finding.operating,
        "baseline": _key(finding.baseline), "only": _key(finding.only),
        "first": _side(finding.first), "second": _side(finding.second) if finding.second else None,
        "value": finite(finding.value), "low": finite(finding.low), "high": finite(finding.high),
        "level": finding.level, "groups_compared": finding.groups_compared, "method": finding.method,
        "too_small": [_small(t) for t in finding.too_small],
    }  # fmt: skip


def _side(side: Side) -> Json:
    return {
        "slice": side.slice.as_dict(), "value": finite(side.value), "n": side.n, "n_eligible": side.n_eligible,
        "n_effective": finite(side.n_effective),
    }  # fmt: skip


def provenance_record(run: Run) -> Json:
    """When, from which files, with which version and environment; no part of the evidence."""
    made = run.provenance
    return {
        "created": made.created.isoformat(),
        "sterling": made.version,
        "command": made.command,
        "files": [{"name": f.name, "sha256": f.sha256, "rows": f.rows} for f in made.files],
        "environment": dict(made.environment),
    }


def _key(slice_: Slice | None) -> dict[str, GroupValue] | None:
    return None if slice_ is None else slice_.as_dict()
