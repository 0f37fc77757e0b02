"""Claim: carrying a project out costs little more than a script that delivers the same without remembering anything.

Three jobs on Adult, in one process, with everything imported:

- *the computation alone*: read, put rows in order, split, fit, score, measure, judge. It keeps nothing and draws
  nothing, so it is no substitute for a project. What a project costs beside it is printed without a claim.
- *a plain script*: the same, and all that the project delivers: the schema held against the table, the model file, the
  score of every row that was examined (what `sterling predictions` lists), the report and the card. It calls the
  functions of the shelves one after another. It has no ledger, no keys of rows, no gate, no risk register, no review,
  and nothing to carry on from when it is killed.
- *a project*: `sterling run` with a new ledger each time. It reads the project file, which the script has read before.

The overhead of the pipeline is what its machinery adds to the time that one waits: the project beside the plain script.
Processor time is printed without a claim: records are written beside the work, and two cores that share their parts
both take longer for it.
"""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.measure import Cost, turns

if TYPE_CHECKING:
    import polars as pl

    from sterling.core.dossier import Dossier
    from sterling.core.judge import Judgement
    from sterling.core.project import Project
    from sterling.core.run import Run
    from sterling.recipes.fitting import Fitted

INCOME = Path(__file__).resolve().parents[1] / "examples" / "income"
TARGET = 1.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """What the computation comes to. `part` says of each row of `frame` which part of the split it is in.

    `scored` are the rows that are examined, with the model's score in the column `model`.
    """

    frame: pl.DataFrame
    part: np.ndarray
    scored: pl.DataFrame
    model: Fitted
    run: Run
    judgement: Judgement


def compute(project: Project) -> Computed:
    """Read, put rows in order, split, fit, score, measure, judge."""
    from sterling.core.digest import in_canonical_order
    from sterling.core.judge import judge
    from sterling.core.roles import ModelColumn
    from sterling.core.subject import Subject
    from sterling.pipeline.examine import examine
    from sterling.pipeline.power import more_people
    from sterling.pipeline.steps.ingest import data_path
    from sterling.pipeline.steps.labels import labels, roles_of
    from sterling.pipeline.steps.split import PARTS, assign
    from sterling.pipeline.steps.train import features_of
    from sterling.recipes.fitting import fit
    from sterling.recipes.registry import find_recipe
    from sterling.sources.open import open_table

    assert project.train is not None
    train, data, m = project.train, project.data, project.measuring
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
        cross=m.cross, min_n=m.min_n, level=m.level, seed=m.seed, embed_rows=False, title=project.title, command=None,
        progress=None,
    )  # fmt: skip
    judgement = judge(project.policy, run.evidence, more_people=more_people)
    return Computed(frame=frame, part=part, scored=scored, model=model, run=run, judgement=judgement)


def bare(folder: Path) -> Callable[[], object]:
    """The computation alone."""
    from sterling.core.project_file import read_project

    project = read_project(folder)
    return lambda: compute(project)


def scripted(folder: Path) -> Callable[[], object]:
    """A plain script: the computation, and what the project is asked to deliver, written to files."""
    import sterling as st
    from sterling.core.project_file import read_project
    from sterling.pipeline.wiring import card_files, project_page

    project = read_project(folder)
    out = folder / "by-script"
    out.mkdir(exist_ok=True)
    assert project.data.schema is not None
    schema = {"schema": str(folder / project.data.schema), "environment": project.data.environment}

    def job() -> object:
        found = compute(project)
        about = st.profile(found.frame, checks=["DA011"], settings={"DA011": {**schema, "ignore": project.data.drop}})
        whole = replace(found.run, evidence=(*found.run.evidence, *about.evidence))
        told = dossier(project, replace(found, run=whole))
        (out / "model.skops").write_bytes(found.model.to_bytes())
        found.scored.select("id", "model").write_parquet(out / "scores.parquet", compression="lz4", statistics=False)
        (out / "report.html").write_text(project_page(told), encoding="utf-8")
        for name, content in card_files(told).items():
            (out / name).write_bytes(content)
        return told

    return job


def dossier(project: Project, found: Computed) -> Dossier:
    """What report and card are drawn from, filled with what a script has at hand: nothing was recorded or reviewed."""
    from sterling.core.dossier import ColumnFacts, DataFacts, Dossier, Leaked, ModelFacts
    from sterling.core.records import Context, Head, Lineage
    from sterling.core.review import Review
    from sterling.data.leaks.split import leaks_of_split
    from sterling.pipeline.steps.split import PARTS

    frame, model = found.frame, found.model
    shared = leaks_of_split(frame, found.part, PARTS, id=project.data.id, entity=project.data.entity).between
    columns = tuple(
        ColumnFacts(
            name=c.name, type=str(c.dtype), role="feature", missing=c.null_count(), distinct=c.drop_nulls().n_unique(),
            low=low, high=high,
        )
        for c in frame for low, high in [_range(c, project)]
    )  # fmt: skip
    data = DataFacts(
        name="income", digest="", rows=frame.height, columns=columns, duplicates=frame.height - frame.n_unique(),
        parts={name: int((found.part == place).sum()) for place, name in enumerate(PARTS)},
        leaks=tuple(Leaked(kind=x.kind, first=x.first, second=x.second, rows=x.rows, n=x.n) for x in shared),
    )  # fmt: skip
    facts = ModelFacts(
        name=model.recipe.name, kind="probability", recipe=model.recipe.name, digest=None, format=".skops", size=None,
        parameters=model.parameters, features=model.features, trained_on=model.n, cross_fitted=None, seed=model.seed,
    )  # fmt: skip
    return Dossier(
        project=project, context=Context(id="script", type="run", name="", started=dt.datetime.now(dt.UTC)),
        run=found.run, judgement=found.judgement, data=data, model=facts, head=Head(seq=0, hash=""),
        review=Review(state="not_required", rules=project.review, bundle="", author=None), risks=(), executions=(),
        lineage=Lineage(artifacts=(), executions=(), events=()), artifacts={}, openings=(),
    )  # fmt: skip


def _range(column: pl.Series, project: Project) -> tuple[str | None, str | None]:
    """The ends of a column's range, which the report shows of numbers that a model may learn from."""
    from sterling.data.statistics.withheld import ends_in_words

    named = column.name in (project.data.id, project.data.label)
    return ends_in_words(column) if column.dtype.is_numeric() and not named else (None, None)


def recorded(folder: Path) -> Callable[[], object]:
    """The same as a project: every step recorded, the report and the card drawn."""
    from sterling.core.project_file import read_project
    from sterling.ledger import open_ledger
    from sterling.pipeline.conduct import run_project

    count = itertools.count()

    def job() -> object:
        project = read_project(folder)
        if project.state.exists():
            project.state.rename(folder / f"before-{next(count)}")  # to delete it is not what is measured
        with open_ledger(project.state, create=True) as ledger:
            return run_project(project, ledger)

    return job


def measure() -> list[Line]:
    """All take turns. Of all rounds the median says; a ratio is of one round, whose jobs ran at much the same clock."""
    with tempfile.TemporaryDirectory(prefix="sterling-bench-") as home:
        folder = Path(home) / "income"
        shutil.copytree(
            INCOME, folder, ignore=shutil.ignore_patterns(".sterling", "*.html", "*-card.md", "__pycache__")
        )
        rounds = turns(recorded(folder), scripted(folder), bare(folder), times=21)
    return [*_lines(rounds, "processor", lambda cost: cost.cpu), *_lines(rounds, "wall", lambda cost: cost.wall)]


def _lines(rounds: list[list[Cost]], clock: str, read: Callable[[Cost], float]) -> list[Line]:
    times = [[read(cost) for cost in costs] for costs in rounds]
    ours, script, alone = (median(column) for column in zip(*times, strict=True))
    return [
        plain(f"the computation alone, {clock}", alone, "s"),
        plain(f"a plain script, {clock}", script, "s"),
        plain(f"as a project, {clock}", ours, "s"),
        plain(f"{clock} time, project : computation alone", median(a / c for a, _, c in times), "x"),
        _beside_script(clock, median(a / b for a, b, _ in times)),
    ]


def _beside_script(clock: str, ratio: float) -> Line:
    name = f"{clock} time, project : plain script"
    return at_most(name, ratio, TARGET, "x") if clock == "wall" else plain(name, ratio, "x")


CLAIM = Claim(
    name="pipeline",
    statement="a project on Adult beside a script that delivers the same: all steps recorded, report and card drawn",
    measure=measure,
)
