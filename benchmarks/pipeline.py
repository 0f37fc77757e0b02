"""Claim: a project costs little more than what it computes. `sterling run`, everything recorded, beside the bare steps.

The bare side calls the same functions in one process: read, put rows in order, split, fit, score, measure, judge. It
keeps nothing, checks nothing and draws nothing. Both begin with everything imported; the ledger is new each time.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.measure import in_process

INCOME = Path(__file__).resolve().parents[1] / "examples" / "income"
TARGET = 1.10


def bare(folder: Path) -> Callable[[], object]:
    """The computation alone."""
    from sterling.core.digest import in_canonical_order
    from sterling.core.judge import judge
    from sterling.core.project_file import read_project
    from sterling.core.roles import ModelColumn
    from sterling.core.subject import Subject
    from sterling.pipeline.evaluate import examine
    from sterling.pipeline.power import more_people
    from sterling.pipeline.steps.ingest import data_path
    from sterling.pipeline.steps.labels import labels, roles_of
    from sterling.pipeline.steps.split import PARTS, assign
    from sterling.pipeline.steps.train import features_of
    from sterling.recipes.fitting import fit
    from sterling.recipes.registry import find_recipe
    from sterling.sources.open import open_table

    project = read_project(folder)
    assert project.train is not None
    train, data, m = project.train, project.data, project.measuring

    def job() -> object:
        frame = in_canonical_order(open_table(data_path(project)).table.collect().drop(data.drop))
        y, _ = labels(project, frame)
        part = assign(frame, project.split, id=data.id, entity=data.entity, time=data.time)
        seen = part == PARTS.index("train")
        model = fit(
            find_recipe(train.recipe), train.parameters, frame=frame.filter(seen),
            features=features_of(project, train, frame.schema).names, label=y[seen], seed=train.seed,
        )  # fmt: skip
        rows = frame[np.flatnonzero(part == PARTS.index("certify"))]
        scored = rows.with_columns(model=model.predict(rows))
        subject = Subject(table=scored.lazy(), roles=roles_of(project, (ModelColumn(column="model"),)), name="income")
        run = examine(
            subject.checked(), policy=project.policy, plan=None, thresholds=m.thresholds, baseline=m.baseline,
            cross=m.cross, min_n=m.min_n, level=m.level, seed=m.seed, embed_rows=False, title="", command=None,
            progress=None,
        )  # fmt: skip
        return judge(project.policy, run.evidence, more_people=more_people)

    return job


def recorded(folder: Path) -> Callable[[], object]:
    """The same as a project: every step recorded, the report and the card drawn."""
    from sterling.core.project_file import read_project
    from sterling.ledger import open_ledger
    from sterling.pipeline.conduct import run_project

    def job() -> object:
        project = read_project(folder)
        shutil.rmtree(project.state, ignore_errors=True)
        with open_ledger(project.state, create=True) as ledger:
            return run_project(project, ledger)

    return job


def measure() -> list[Line]:
    """Both take turns; the cheapest run of each counts."""
    with tempfile.TemporaryDirectory(prefix="sterling-bench-") as home:
        folder = Path(home) / "income"
        shutil.copytree(
            INCOME, folder, ignore=shutil.ignore_patterns(".sterling", "*.html", "*-card.md", "__pycache__")
        )
        ours, theirs = in_process(recorded(folder), bare(folder), times=5)
    return [
        plain("the computation alone, processor", theirs.cpu, "s"),
        plain("as a project, processor", ours.cpu, "s"),
        at_most("processor time, project : computation", ours.cpu / theirs.cpu, TARGET, "x"),
        plain("the computation alone, wall", theirs.wall, "s"),
        plain("as a project, wall", ours.wall, "s"),
        at_most("wall time, project : computation", ours.wall / theirs.wall, TARGET, "x"),
    ]


CLAIM = Claim(
    name="pipeline",
    statement="a project on Adult beside what it computes: all steps recorded, report and card drawn",
    measure=measure,
)
