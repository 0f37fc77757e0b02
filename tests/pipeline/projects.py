"""Projects and runs as records, on a real ledger: what the tests of review and risks are made of."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from sterling.core.policy import Policy
from sterling.core.project import Data, Project, ReviewRules
from sterling.core.records import Context, Json, Ledger
from sterling.ledger import open_ledger
from sterling.pipeline.review import bundle, policy_digest

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


def project(folder: Path, *, limits: str = "", **facts: Any) -> Project:
    """A project in `folder` with the limits of this TOML text; its file is there."""
    file = folder / "sterling.toml"
    file.write_text('[project]\nname = "lending"\n', encoding="utf-8")
    known = {
        "name": "lending", "title": "Lending", "file": file, "digest": "sha256:1", "owner": "Olu",
        "data": Data(path="loans.csv", label="y"), "policy": Policy.parse(limits, origin="sterling.toml"),
    }  # fmt: skip
    return Project(**(known | facts))


def reviewed(folder: Path, **rules: Any) -> Project:
    """A project that asks for signatures."""
    return project(folder, review=ReviewRules(**({"required": 1} | rules)))


def ledger_in(folder: Path) -> Ledger:
    return open_ledger(folder / ".sterling", create=True)


def begun(
    ledger: Ledger, of: Project, run: str, *, evidence: str = "e1", author: str | None = "kim", judged: bool = True,
    started: dt.datetime = NOW, **facts: Json,
) -> Context:  # fmt: skip
    """The record of a run that was judged on this evidence."""
    parts: dict[str, str] = {
        "evidence": evidence, "verdicts": "v", "model": "m", "data": "d", "policy": policy_digest(of),
    }  # fmt: skip
    signed: dict[str, Json] = {"bundle": bundle(**parts), "bundle_parts": parts, "verdict_code": 0} if judged else {}
    context = Context(
        id=run, type="run", name=of.title, parent=f"project:{of.name}", started=started,
        properties={"author": author, "state": "awaiting_review", "project_digest": of.digest, **signed, **facts},
    )  # fmt: skip
    ledger.put(context)
    return context


def with_limits(of: Project, limits: str) -> Project:
    """The same project with other limits, and so another file."""
    return replace(of, policy=Policy.parse(limits, origin="sterling.toml"), digest="sha256:2")
