"""Dossiers to draw: the real lending evaluation, with the nouns that a ledger would hold of it made by hand."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from functools import lru_cache
from typing import Any

import sterling as st
from sterling.core.dossier import ColumnFacts, DataFacts, Dossier, ModelFacts
from sterling.core.estimate import Estimate
from sterling.core.judge import judge
from sterling.core.policy import Policy
from sterling.core.project import Project, ReviewRules
from sterling.core.project_file import read_project
from sterling.core.records import Artifact, Context, Decision, Event, Execution, Head, Lineage, Opening, Risk
from sterling.core.remedy import Candidate, GroupChange, Remedy, Search
from sterling.core.review import Review
from sterling.core.run import Run
from sterling.core.slices import Slice
from sterling.pipeline.power import more_people
from tests.house.law import ROOT

FOLDER = ROOT / "examples" / "lending"
RUN = "run-7f3a"
START = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
STEPS = (
    # step, what it reads, what it makes
    ("ingest", ("lending.parquet",), ("table",)),
    ("split", ("table",), ("split",)),
    ("train", ("table", "split"), ("model",)),
    ("score", ("table", "split", "model"), ("scores",)),
    ("evaluate", ("scores",), ("evidence",)),
    ("judge", ("evidence",), ("verdicts",)),
)
TYPES = {"lending.parquet": "file", "table": "table", "split": "split", "model": "model", "scores": "scores"}


def digest(name: str) -> str:
    return "sha256:" + hashlib.sha256(name.encode()).hexdigest()


@lru_cache(maxsize=1)
def project() -> Project:
    return read_project(FOLDER)


@lru_cache(maxsize=1)
def evaluated() -> Run:
    """The lending example, with the facts that differ from day to day and place to place held still."""
    run = st.evaluate(
        FOLDER / "data" / "lending.parquet", label="approved", label_kind="human_decision", favourable="1",
        score="score", groups=["race", "sex"], id="id", policy=project().policy,
    )  # fmt: skip
    roles = replace(run.roles, people="applicants", decision="approved", label_words="the lender's past decision",
                    not_recorded=("age", "disability"))  # fmt: skip
    made = replace(run.provenance, created=START, version="0.0.0", command="sterling run", environment={"python": "3"})
    return replace(run, roles=roles, provenance=made, title="Mortgage applications")


def lending(**changes: Any) -> Dossier:
    """The lending run whole: measured, waiting for its reviewer, with two open risks."""
    run = evaluated()
    own = changes.pop("project", project())
    judgement = judge(own.policy, run.evidence, more_people=more_people, waivers=own.waivers, today=START.date())
    known: dict[str, Any] = {
        "project": own,
        "context": Context(
            id=RUN, type="run", name="lending", started=START, ended=START + dt.timedelta(seconds=9),
            properties={"commit": "0123abc", "author": "Ada", "state": "awaiting_review"},
        ),
        "run": run,
        "judgement": judgement,
        "data": data(),
        "model": model(),
        "head": Head(seq=57, hash=hashlib.sha256(b"head").hexdigest()),
        "review": review(),
        "risks": risks(),
        "executions": executions(),
        "lineage": lineage(),
        "artifacts": {name: artifact(name) for name in ("table", "split", "model", "scores", "evidence", "verdicts")},
        "openings": (opening("evaluate"),),
        "alternatives": None,
        "previous": "run-6c11",
    }  # fmt: skip
    return Dossier(**(known | changes))


def data(**changes: Any) -> DataFacts:
    known: dict[str, Any] = {
        "name": "lending.parquet",
        "digest": digest("table"),
        "rows": 1989,
        "columns": (
            ColumnFacts(name="race", type="String", role="group", missing=0, distinct=3),
            ColumnFacts(name="approved", type="Int64", role="label", missing=0, distinct=2, low="0", high="1"),
            ColumnFacts(
                name="income",
                type="Float64",
                role="feature",
                missing=4,
                distinct=1650,
                low="0",
                high="about 240000 (99th percentile)",
            ),
            ColumnFacts(name="id", type="Int64", role="id", missing=0, distinct=1989),
        ),
        "parts": {"train": 1193, "choose": 398, "certify": 398},
        "duplicates": 0,
        "problems": ("income is 0 in some rows",),
        "files": (("lending.parquet", digest("lending.parquet")),),
    }
    return DataFacts(**(known | changes))


def model(**changes: Any) -> ModelFacts:
    known: dict[str, Any] = {
        "name": "logistic", "kind": "linear", "recipe": "logistic", "digest": digest("model"), "format": "skops",
        "size": 4096, "parameters": {"strength": 1.0, "balanced": False}, "features": ("income", "loan_amount"),
        "trained_on": 1193, "cross_fitted": 5, "seed": 0,
    }  # fmt: skip
    return ModelFacts(**(known | changes))


def artifact(name: str, **changes: Any) -> Artifact:
    known: dict[str, Any] = {"digest": digest(name), "type": TYPES.get(name, name), "name": name, "size": 1234}
    return Artifact(**(known | changes))


def executions() -> tuple[Execution, ...]:
    times = [START + dt.timedelta(seconds=i) for i in range(len(STEPS) + 1)]
    return tuple(
        Execution(
            id=f"{RUN}/{step}", step=step, run=RUN, state="cached" if step == "ingest" else "complete",
            key=digest(f"key {step}"), started=begun, ended=ended,
        )
        for (step, _, _), begun, ended in zip(STEPS, times, times[1:], strict=False)
    )  # fmt: skip


def lineage() -> Lineage:
    names = dict.fromkeys(n for _, read, made in STEPS for n in (*read, *made))
    return Lineage(
        artifacts=tuple(artifact(n) for n in names),
        executions=executions(),
        events=tuple(
            Event(execution=f"{RUN}/{step}", artifact=digest(n), direction=way, role=n)  # type: ignore[arg-type]
            for step, read, made in STEPS
            for way, some in (("input", read), ("output", made))
            for n in some
        ),
    )


def opening(step: str) -> Opening:
    return Opening(run=RUN, step=step, part="certify", n=398, why="to measure", at=START)


def risks() -> tuple[Risk, ...]:
    return (
        Risk(id="r1", run=RUN, stage="scope", issue="Nobody said who uses it", owner="Ada", proceed=True, opened=START),
        Risk(id="r2", run=RUN, stage="inference", issue="The approval gap by race is over its limit", opened=START),
        Risk(id="r3", run=RUN, stage="data", issue="Rows repeat", step_taken="removed", resolved=True, proceed=True,
             closed_by=digest("table"), opened=START),
    )  # fmt: skip


def decision(kind: str = "approve", by: str = "Grace", **changes: Any) -> Decision:
    known: dict[str, Any] = {
        "id": f"d-{by}", "run": RUN, "kind": kind, "by": by, "reason": "The gap is explained in the minutes.",
        "about": digest("bundle"), "at": START + dt.timedelta(hours=2),
    }  # fmt: skip
    return Decision(**(known | changes))


def review(state: str = "awaiting", *decisions: Decision, **changes: Any) -> Review:
    known: dict[str, Any] = {
        "state": state, "rules": ReviewRules(required=1, reviewers=("Grace",), separate=True),
        "bundle": digest("bundle"), "author": "Ada", "decisions": decisions,
    }  # fmt: skip
    return Review(**(known | changes))


def estimate(value: float | None, half: float = 0.02, n: int = 398) -> Estimate:
    if value is None:
        return Estimate(
            value=None, low=None, high=None, level=0.95, n=n, n_eligible=n, method="", status="insufficient"
        )
    return Estimate(value=value, low=value - half, high=value + half, level=0.95, n=n, n_eligible=n, method="DeLong")


def candidate(name: str, utility: float, impact: float | None, **changes: Any) -> Candidate:
    known: dict[str, Any] = {
        "name": name, "recipe": "logistic", "dropped": (), "parameters": {}, "threshold": 0.61,
        "utility": estimate(utility), "impact": estimate(impact, 0.1), "kept": False, "why": "",
    }  # fmt: skip
    return Candidate(**(known | changes))


def search() -> Search:
    """A search of three candidates, one of them kept and one of them without a number."""
    change = GroupChange(
        slice=Slice.of({"race": "black"}), metric="selection_rate", before=estimate(0.70, 0.1),
        after=estimate(0.76, 0.1), change=estimate(0.06, 0.05), worse=False,
    )  # fmt: skip
    worse = replace(change, slice=Slice.of({"race": "white"}), change=estimate(-0.03, 0.01), worse=True)
    current = candidate("as trained", 0.85, 0.78)
    kept = candidate("without unverified", 0.84, 0.86, dropped=("unverified",), kept=True, why="on the frontier",
                     worse=("race=white",), changes=(change, worse))  # fmt: skip
    lost = candidate("forest", 0.80, None, recipe="random-forest", why="too few people to compare")
    return Search(
        remedy=Remedy(
            name="alternatives", title="Less discriminatory alternatives", uses="never",
            improves="the ratio of selection rates", worsens="utility", source="Gillis 2024",
            docs="remedies/alternatives.md",
        ),
        group="race", utility_metric="accuracy", impact_metric="selection_rate", selection_rate=0.876,
        chosen_on="choose", certified_on="certify", n_chosen=398, n_certified=398, current=current,
        chosen=(current, kept, lost), certified=(current, kept), budget=8, seed=0, notes=("one candidate failed",),
    )  # fmt: skip


def policy(text: str) -> Policy:
    return Policy.parse(text)
