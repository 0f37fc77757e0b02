"""Where a limit is written, as other programs want it: a path inside the project, and a line."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from sterling.core.judge import Verdict
from sterling.report.people import family
from sterling.report.text import as_typed, listed, plain


class Place(NamedTuple):
    """A file, relative to the project where it lies inside it, and a line from 1."""

    path: str
    line: int


def place(verdict: Verdict, policy: Path | None, root: Path) -> Place | None:
    """The line of the limit that a verdict is about; None when it was not read from a file."""
    if policy is None or verdict.limit is None:
        return None
    line = verdict.limit.origin.rpartition(":")[2]
    return Place(inside(policy, root), max(int(line), 1) if line.isdigit() else 1)


def inside(file: Path, root: Path) -> str:
    """The path of a file below the project's root; its name where it lies elsewhere: these files are sent away."""
    whole = Path(os.path.abspath(file))
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else whole.name


def project_root() -> Path:
    """The build service's checkout when it says so, else the current folder."""
    return Path(os.path.abspath(os.environ.get("GITHUB_WORKSPACE") or "."))


def name(verdict: Verdict) -> str:
    """What was asked, without what was found: the same in every run, so that its history can be followed.

    `selection_rate max_gap 0.05 by race`.
    """
    limit, finding = verdict.limit, verdict.finding
    metric = finding.metric.name if finding else limit.metric.info.name if limit and limit.metric else verdict.ask
    parts = [plain(metric, 120)]
    if limit is not None:
        parts.append(f"{limit.statement} {as_typed(limit.bound, 'value')}")
    of = finding.columns if finding else (limit.columns if limit else ())
    if of:
        parts.append(f"of {listed([plain(c, 60) for c in of], most=6)}")
    columns = finding.family if finding else (limit.groups or () if limit else ())
    if columns:
        parts.append(f"by {family(columns)}")
    only = finding.only if finding else limit.slice if limit else None
    if only is not None:
        parts.append(f"among {plain(str(only), 120)}")
    baseline = finding.baseline if finding else limit.baseline if limit else None
    if baseline is not None:
        parts.append(f"against {plain(str(baseline), 120)}")
    threshold = limit.threshold if limit else None
    if threshold is not None:
        parts.append(f"at {as_typed(threshold, 'value')}")
    return " ".join(parts)


def fingerprint(verdict: Verdict) -> str:
    """A short hash of what was asked of which model."""
    text = "\0".join((verdict.check, verdict.ask, verdict.model or "", name(verdict)))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]
