"""What the page is drawn from: one plain dictionary, as `web/src/data.ts` describes it, with small cells left out."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from sterling.core.codec import evidence_hash
from sterling.core.document import Section
from sterling.core.evidence import Evidence
from sterling.core.judge import Judgement, Verdict
from sterling.core.registry import CHECKS, canonical
from sterling.core.roles import AGREEMENT, ModelColumn, Roles
from sterling.core.run import GroupShare, Run
from sterling.core.slices import EVERYONE, Slice
from sterling.report import words
from sterling.report.board import board
from sterling.report.chapters import attributions, classes, discovery, inferred
from sterling.report.comparisons import comparisons
from sterling.report.deciding import power_text
from sterling.report.document import sections_json
from sterling.report.finite import clean, finite
from sterling.report.hints import next_steps, told, unknowns
from sterling.report.sentences import sides
from sterling.report.small_cells import closed, withheld_groups
from sterling.report.text import FEW, capital, unit_of
from sterling.report.wire import waiver_record

if TYPE_CHECKING:
    import polars as pl

Json = dict[str, object]
THRESHOLDED = ("binary", "multilabel", "detection")
"""Tasks in which a score is compared with a threshold."""


def payload(run: Run, judgement: Judgement, *, chapters: tuple[Section, ...] = (), project: Json | None = None) -> Json:
    """The report's data. Groups of fewer than 10 people have no n, nor have those by which such a one could be worked
    out (`withheld`); rows are there only when they were asked for.

    Notices may still count rows of the whole table, such as those without a label. `chapters` and `project` are what
    the ledger knows of a project's run; without one, `project` is what the policy says of itself.
    """
    roles, held = words.settled_roles(run), withheld_groups(run)
    return {
        "format": "sterling.report",
        "version": 1,
        "title": run.title or (run.provenance.files[0].name if run.provenance.files else "Evaluation"),
        "project": project or _stated(run),
        "run": _run(run),
        "subject": _subject(run, roles),
        "models": [_model(run, m) for m in _models(run)],
        "counts": {word: judgement.count(word) for word in words.ORDER},
        "verdicts": [_verdict(v, roles, held) | {"hints": list(told(run, v.hints))} for v in words.in_order(judgement)],
        "evidence": [_evidence(e, told(run, e.hints)) for e in run.evidence],
        "board": board(run),
        "notices": [capital(n) for n in run.notices],
        "unknowns": list(unknowns(run)),
        "next_steps": list(next_steps(run, judgement)),
        "chapters": sections_json(_sections(run, chapters)),
        "comparisons": comparisons(run),
        "rows": None if run.rows is None else _rows(run, run.rows),
    }


def _sections(run: Run, chapters: tuple[Section, ...]) -> tuple[Section, ...]:
    found = (of.sections(run) for of in (inferred, classes, attributions, discovery))
    return (*chain.from_iterable(found), *chapters)


def _stated(run: Run) -> Json | None:
    """Purpose, owner and who set the limits, where a policy without a project states them; nothing was reviewed."""
    said = run.policy.project
    owner, purpose = said.get("owner"), said.get("purpose", "")
    setter = said.get("set_by") or owner
    if not (setter or purpose):
        return None
    return {
        "name": said.get("title") or said.get("name") or run.title, "purpose": purpose, "owner": owner,
        "limits_set_by": setter, "review": {"state": "not_required", "words": ""}, "head": None, "run": None,
    }  # fmt: skip


def docs_of(check: str) -> str:
    """The page of a check's documentation."""
    return CHECKS[check].docs if check in CHECKS else f"checks/{check}.md"


def _run(run: Run) -> Json:
    made, digest = run.provenance, evidence_hash(run)
    return {
        "id": digest[:8],
        "created": made.created.isoformat(),
        "sterling": made.version,
        "seed": run.plan.seed,
        "command": made.command,
        "plan_hash": f"sha256:{run.plan.hash}",
        "evidence_hash": f"sha256:{digest}",
        "data": [{"name": f.name, "sha256": f.sha256, "rows": run.n if f.rows is None else f.rows} for f in made.files],
        "environment": dict(made.environment),
    }


def _subject(run: Run, roles: Roles) -> Json:
    return {
        "n": run.n,
        "people": roles.people,
        "drawn": _drawn(run),
        "task": roles.task,
        "label": _label(run, roles),
        "groups": [
            {"column": column, "values": [_share(g) for g in run.groups if g.column == column]}
            for column in dict.fromkeys(g.column for g in run.groups)
        ],
        "weight": roles.weight,
        "cluster": roles.cluster,
        "id": roles.id,
        "not_recorded": list(roles.not_recorded),
        "inferred": [m.family for m in roles.memberships],
    }


def _drawn(run: Run) -> Json | None:
    """How many queries there are, where a query is what is drawn: those of the metric that counts the most of them."""
    if not run.roles.query:
        return None
    blocks = [(t, b) for t in run.tables for b in t.blocks if b.info.unit and EVERYONE in t.slices]
    counted = [(int(b.n_eligible[t.slices.index(EVERYONE)].max()), b.info.unit) for t, b in blocks]
    return {"n": max(counted)[0], "of": max(counted)[1]} if counted else None


def _label(run: Run, roles: Roles) -> Json | None:
    if roles.label is None:
        return None
    return {
        "name": roles.label,
        "positive": roles.positive or "",
        "favourable": roles.favourable or roles.positive or "",
        "kind": roles.label_kind,
        "words": roles.describes_label,
        "agreement": AGREEMENT[roles.label_kind],
        "missing": run.labels_missing,
    }


def _share(share: GroupShare) -> Json:
    shown = share.n >= FEW
    return {"value": share.value, "n": share.n if shown else None, "share": finite(share.share) if shown else None}


def _models(run: Run) -> list[ModelColumn]:
    """One per table, in the tables' order: the board is indexed by it."""
    known = {m.name: m for m in run.roles.models}
    return [known.get(t.model, ModelColumn(column=t.model)) for t in run.tables]


def _model(run: Run, model: ModelColumn) -> Json:
    return {"name": model.name, "kind": model.kind, "threshold": operating_threshold(run, model)}


def operating_threshold(run: Run, model: ModelColumn) -> float | None:
    """The threshold in force: none for given decisions, nor for raw scores unless one was asked for.

    Nor where no score is compared with one: a class, unless thresholds are given, a number and an order are decided
    without.
    """
    if run.roles.task not in THRESHOLDED and not (run.roles.task == "multiclass" and run.plan.thresholds):
        return None
    if model.kind == "prediction" or (model.kind == "raw" and run.plan.threshold not in run.plan.thresholds):
        return None
    return finite(run.plan.threshold)


def _verdict(verdict: Verdict, roles: Roles, held: frozenset[Slice]) -> Json:
    finding, limit = verdict.finding, verdict.limit
    first, other = sides(finding, roles) if finding else (None, None)
    small = finding.too_small[0].slice if finding and finding.value != finding.value and finding.too_small else None
    slice_ = small or (first.slice if first else limit.slice if limit else None)
    n = finding.n if finding else 0
    secret = finding is not None and closed(finding, held)
    told = not secret and n >= FEW
    return {
        "ask": verdict.ask, "check": verdict.check, "model": verdict.model,
        "metric": finding.metric.name if finding else limit.metric.info.name if limit and limit.metric else None,
        "verdict": verdict.verdict,
        "sentence": words.sentence(verdict, roles, name_model=False),
        "slice": None if slice_ is None else slice_.as_dict(),
        "versus": other.slice.as_dict() if other and small is None else None,
        "against": finding.against if finding else limit.against if limit else None,
        "statement": limit.statement if limit else None,
        "limit": finite(limit.bound) if limit else None,
        "limit_origin": (limit.origin or None) if limit else None,
        "threshold": finite(finding.threshold) if finding else None,
        "scale": unit_of(finding) if finding else "value",
        "value": finite(finding.value) if finding else None,
        "low": finite(finding.low) if finding else None,
        "high": finite(finding.high) if finding else None,
        "level": finding.level if finding else 0.95,
        "n": n if told or n == 0 else None,
        "n_eligible": finding.n_eligible if finding and told else None,
        "withheld": secret,
        "unit": finding.metric.unit or None if finding else None,
        "reason": words.reason(verdict, roles),
        "power": power_text(verdict, roles) or None,
        "also": words.also_text(verdict, roles) or None,
        "late": words.late_text(verdict) or None,
        "waiver": waiver_record(verdict),
    }  # fmt: skip


def _evidence(evidence: Evidence, hints: tuple[str, ...]) -> Json:
    return {
        "ask": evidence.ask, "check": evidence.check, "title": evidence.title, "question": evidence.question,
        "outcome": evidence.outcome, "model": evidence.model, "parameters": clean(canonical(evidence.parameters)),
        "method": evidence.method or evidence.reason, "notes": list(evidence.notes),
        "pitfalls": list(evidence.pitfalls), "hints": list(hints), "docs": docs_of(evidence.check),
    }  # fmt: skip


def _rows(run: Run, rows: pl.DataFrame) -> Json:
    """Rows as they are, without the identifier."""
    import polars as pl

    kept = rows.drop(run.roles.id) if run.roles.id in rows.columns else rows
    numbers = [c for c, kind in kept.schema.items() if kind.is_float()]
    lists = [c for c, kind in kept.schema.items() if isinstance(kind, pl.List | pl.Array)]
    texts = [c for c, kind in kept.schema.items() if not (kind.is_numeric() or kind == pl.String or c in lists)]
    tidy = kept.with_columns(
        *(pl.col(c).cast(pl.List(pl.String)).list.join(", ", ignore_nulls=True) for c in lists),
        *(pl.when(pl.col(c).is_finite()).then(pl.col(c)) for c in numbers),
        *(pl.col(c).cast(pl.String, strict=False) for c in texts),
    )
    model = run.tables[0].model if run.tables else ""
    return {"model": model, "columns": tidy.columns, "records": [list(r) for r in tidy.iter_rows()]}
