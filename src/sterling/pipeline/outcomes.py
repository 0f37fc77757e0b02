"""Tables of outcomes in the form that a rule asks for, from a table with scores or from a run of a project."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from sterling.core.defaults import DEFAULT_LEVEL
from sterling.core.errors import ConfigError, InputError, shown
from sterling.core.outcomes import (
    About,
    Answers,
    Challenger,
    ImpactTable,
    Measure,
    ModelRiskTable,
    Rule,
    RuleName,
)
from sterling.core.plan import Plan, ask
from sterling.core.roles import LabelKind, ModelColumn, Roles
from sterling.core.run import Run
from sterling.core.subject import Subject
from sterling.core.table import EstimateTable
from sterling.engine.binary.survey import survey
from sterling.fairness.tables import model_risk
from sterling.fairness.tables.impact import category_table, counts_of
from sterling.fairness.tables.rulebook import load_rule, read_answers
from sterling.pipeline import examine as _examine
from sterling.pipeline.evaluate import evaluate
from sterling.sources.open import open_table, reading

REGISTERED = (_examine,)
"""Importing it registers the checks that are asked here."""
OutcomeTable = ImpactTable | ModelRiskTable
WHERE = "sterling table"
MOST_CROSSED = 3


def outcome_table(
    name: RuleName, data: object, *, score: Sequence[str] = (), prediction: Sequence[str] = (),
    groups: Sequence[str] = (), label: str | None = None, positive: str | None = None, favourable: str | None = None,
    label_kind: LabelKind = "unstated", threshold: float | None = None, people: str = "people",
    level: float = DEFAULT_LEVEL, facts: Path | None = None, command: str | None = None,
) -> OutcomeTable:  # fmt: skip
    """The table that a rule asks for, counted from rows.

    `score` or `prediction` names one column; `model-risk` takes one or two scores, the second being the challenger.
    With `ll144` a score is cut at the sample's median; elsewhere at `threshold` (0.5). `facts` is a TOML file with what
    people state. Raises ConfigError or InputError naming the option, column or key.
    """
    rule = load_rule(name)
    answers = read_answers(facts, rule)
    _one_model(name, score, prediction, label, groups)
    opened = open_table(data)
    roles = Roles(models=tuple(ModelColumn(column=c) for c in score), label=label)
    subject = Subject(table=opened.table, roles=roles, late_files=lambda: opened.files, name=opened.name)
    median = name == "ll144" and bool(score) and threshold is None
    cut = _above_median(subject.checked(), score[0]) if median else threshold
    run = evaluate(
        opened, label=label, score=list(score), prediction=list(prediction), groups=list(groups),
        positive=positive, favourable=favourable, label_kind=label_kind, people=people, level=level, command=command,
        score_kind="raw" if median else "probability", title=opened.name,
        plan=Plan(
            asks=(ask("QU001"),), thresholds=() if cut is None or prediction else (cut,), level=level, grid=False,
            cross=min(len(groups) or 1, MOST_CROSSED) if name == "ll144" else 1,
        ),
    )  # fmt: skip
    about = _about(run, opened.name, tuple((f.name, f.sha256) for f in opened.files))
    if name == "model-risk":
        return _model_risk(run, rule, answers, about, challenger=_challenger(run, opened.table, about))
    return _impact(run, rule, answers, about, measure="scoring" if median else "selection")


def outcome_table_of_run(name: RuleName, run: Run, *, facts: Path | None = None) -> OutcomeTable:
    """The table that a rule asks for, from the evidence of a finished run.

    Raises InputError where the evidence does not hold what the rule needs, saying what is missing.
    """
    rule = load_rule(name)
    answers = read_answers(facts, rule)
    roles = run.roles
    if roles.weight is not None or roles.cluster is not None:
        what = "weighted rows" if roles.weight is not None else "rows that belong together"
        raise InputError(
            f"the run measured {what}",
            where=WHERE,
            expected="a table of people, each counted once",
            hint="give the data and columns instead of a run",
        )
    if not roles.groups and name != "model-risk":
        raise InputError("the run compared no groups", where=WHERE, hint="name group columns under [data] groups")
    about = _about(run, run.title, tuple((f.name, f.sha256) for f in run.provenance.files))
    if name == "model-risk":
        if not run.drawings:
            raise InputError(
                "the run's model gave decisions, and no scores",
                where=WHERE,
                expected="probabilities",
                hint="give probabilities: --score COLUMN",
            )
        return _model_risk(run, rule, answers, about, challenger=None)
    return _impact(run, rule, answers, about, measure="selection")


def _one_model(
    name: RuleName, score: Sequence[str], prediction: Sequence[str], label: str | None, groups: Sequence[str]
) -> None:
    if name == "model-risk":
        if prediction or not 1 <= len(score) <= 2:
            raise ConfigError(
                "outcomes analysis is of one model's probabilities, or of two models'", where=WHERE,
                expected="--score once, or twice for a challenger",
            )  # fmt: skip
        if label is None:
            raise ConfigError("outcomes analysis needs outcomes", where=WHERE, expected="--label COLUMN")
        return
    if len(score) + len(prediction) != 1:
        raise ConfigError(
            f"{name} is of one selection", where=WHERE, expected="--score COLUMN or --prediction COLUMN, once"
        )
    if not groups:
        raise ConfigError("there are no groups to compare", where=WHERE, expected="--groups COLUMN")


def _above_median(subject: Subject, column: str) -> float:
    """The smallest number above the median of all scores: at or above it is above the median."""
    with reading(subject.name):
        median = subject.table.select(pl.col(column).cast(pl.Float64, strict=False).median()).collect().item()
    if median is None or not math.isfinite(median):
        raise InputError(
            f"the scores in column {shown(column)!r} have no median",
            where=subject.name,
            hint="are there scores in the rows that are meant?",
        )
    return math.nextafter(float(median), math.inf)


def _about(run: Run, data: str, files: tuple[tuple[str, str | None], ...]) -> About:
    return About(
        data=data, files=files, model=run.roles.models[0].name, people=run.roles.people, n=run.n,
        label=run.roles.label, label_words=run.roles.describes_label, label_kind=run.roles.label_kind,
        level=run.plan.level, made=dt.datetime.now(dt.UTC).replace(microsecond=0),
        program=f"Sterling {run.provenance.version}",
    )  # fmt: skip


def _table(run: Run) -> EstimateTable:
    model = run.roles.models[0].name
    found = next((t for t in run.tables if t.model == model), None)
    if found is None:
        raise InputError("the run did not measure performance", where=WHERE, hint="its plan leaves QU001 out")
    return found


def _impact(run: Run, rule: Rule, answers: Answers, about: About, *, measure: Measure) -> ImpactTable:
    table = _table(run)
    threshold = run.plan.threshold if table.thresholds else None
    wanted = _selected_is_wanted(run)
    if measure == "scoring" and not wanted:
        raise ConfigError(
            "a scoring rate counts high scores, and here low scores are what people want", where="--favourable",
            hint="give a column whose high values are favourable",
        )  # fmt: skip
    try:
        counts = counts_of(table, threshold, selected=wanted)
    except KeyError:
        raise InputError(
            "the evidence holds no selection rate at the threshold in force", where=WHERE,
            hint="raw scores have none unless [plan] thresholds names it",
        ) from None  # fmt: skip
    excuse = rule.name == "four-fifths" or "exclusion_reason" in answers.given
    families = [f for f in counts.families if rule.name == "ll144" or len(f) == 1]
    return ImpactTable(
        rule=rule,
        about=about,
        measure=measure,
        threshold=threshold,
        tables=tuple(
            category_table(
                counts, family, level=about.level, small=rule.numbers["small"], leave_out=excuse,
                flag=rule.numbers.get("ratio"),
            )
            for family in families
        ),
        answers=answers,
    )  # fmt: skip


def _selected_is_wanted(run: Run) -> bool:
    """Whether being selected is what people want: the favourable value of the label is the positive one."""
    return run.favourable is None or run.favourable == run.positive


def _model_risk(
    run: Run, rule: Rule, answers: Answers, about: About, *, challenger: Challenger | None
) -> ModelRiskTable:  # fmt: skip
    table = _table(run)
    drawing = next(d for d in run.drawings if d.model == table.model)
    found = model_risk.bands(table, drawing)
    falls, sure = model_risk.inversions(found, level=about.level)
    return ModelRiskTable(
        rule=rule, about=about, segments=model_risk.segments(table, drawing), bands=found, inversions=falls,
        sure_inversions=sure, challenger=challenger, answers=answers,
    )  # fmt: skip


def _challenger(run: Run, table: pl.LazyFrame, about: About) -> Challenger | None:
    """The second score beside the first, row by row, when two were given."""
    if len(run.roles.models) < 2:
        return None
    from dataclasses import replace

    subject = Subject(table=table, roles=replace(run.roles, groups=()), name=about.data)
    surveyed = survey(subject, guard=reading)
    (frame,) = surveyed.frames(whole=True)
    batch = surveyed.encode(frame)
    second = run.roles.models[1].name
    return model_risk.challenger(second, batch.scores[0], batch.scores[1], batch.label, level=about.level)
