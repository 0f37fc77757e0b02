"""From a table with scores to a run: the main job, in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from sterling.core.defaults import DEFAULT_LEVEL, DEFAULT_MIN_N
from sterling.core.loading import loaded
from sterling.sources.hashing import begin

if TYPE_CHECKING:
    from pathlib import Path

    from sterling.core.membership import Given
    from sterling.core.named_slices import NamedSlice
    from sterling.core.plan import Plan
    from sterling.core.policy import Policy
    from sterling.core.roles import LabelKind, ScoreKind, Task
    from sterling.core.run import Run
    from sterling.pipeline.discover import Discover
    from sterling.pipeline.naming import Names
    from sterling.pipeline.places import Engine
    from sterling.pipeline.progress import Progress

    Slices = Mapping[str, str | Mapping[str, object]] | Iterable[NamedSlice] | None


def evaluate(
    data: object,
    *,
    engine: Engine | None = None,
    sql: str | None = None,
    label: str | None = None,
    score: Names = None,
    prediction: Names = None,
    model: object = None,
    groups: Names = None,
    slices: Slices = None,
    memberships: Given | None = None,
    positive: object = None,
    favourable: object = None,
    label_kind: LabelKind = "unstated",
    task: Task = "binary",
    query: str | None = None,
    class_weights: Mapping[str, float] | None = None,
    score_kind: ScoreKind = "probability",
    cross: int = 2,
    weight: str | None = None,
    id: str | None = None,
    cluster: str | None = None,
    thresholds: str | float | Sequence[float] | None = None,
    baseline: Names = None,
    metrics: Names = None,
    compare: str | None = None,
    discover: Discover = False,
    attributions: Names = None,
    attribution_unit: str | None = None,
    policy: Policy | str | Path | None = None,
    plan: Plan | None = None,
    min_n: int = DEFAULT_MIN_N,
    level: float = DEFAULT_LEVEL,
    seed: int = 0,
    embed_rows: bool = False,
    people: str | None = None,
    title: str | None = None,
    command: str | None = None,
    progress: Progress | None = None,
) -> Run:
    """Examine the predictions of any model: numbers with intervals for everyone and every group.

    `data` is a path, folder or glob (CSV, Parquet, Arrow), an address (`s3://…`), a pandas, Polars or Arrow table, a
    DuckDB relation, a Hugging Face data set, or a Subject. `sql` asks a database file, or files that it sees as tables
    named like them, for the rows; without data (None) the query names files itself. `engine` shares large files out to
    "spark" or "ray"; their own tables are always counted where they are. `task` says what the models do (binary,
    multiclass, multilabel, sets, regression, ranking, text, segmentation, detection); `query` names the list a row is
    ranked in; `class_weights` says what each class counts in averages that ask for it: {"spam": 2, "ham": 1}. `groups`
    are columns, or texts that make groups of one: "cut(age, 25, 40)", "quantiles(income, 4)", "bins(score, 5)";
    `slices` are conditions by name: {"young": "age < 25"}; `memberships` are groups known by probabilities only:
    {"race": {"white": "p_white", "black": "p_black"}}. Give scores by column (`score`), decisions, masks and boxes by
    column (`prediction`), or live models (`model`). `discover` searches for slices where a model is worst: True, a
    metric's name, or QU003's parameters by name. `attributions` are columns of what each feature adds to a model's
    scores ("shap_*", "shap_{model}_{feature}"), in `attribution_unit` ("log-odds"). `policy` holds limits; without one
    nothing is judged. Returns a Run: `run.frame` (tidy estimates), `run.judgement`, `run.save("report.html")`.

    Raises InputError or ConfigError naming the file, column or key, what was expected and what to do.
    """
    begin(data)  # beside the loading of libraries, which leaves a processor idle
    loaded("pipeline.examine")
    from sterling.core.class_weights import class_weights as weights_of_classes
    from sterling.core.errors import ConfigError
    from sterling.core.grouping import group_name
    from sterling.core.membership import memberships as made_memberships
    from sterling.core.named_slices import named_slices
    from sterling.core.policy import Policy
    from sterling.core.roles import LISTED, ROWS, WRITTEN, Roles, model_columns
    from sterling.pipeline.examine import asks_of_the_table, examine, scored, text_of, thresholds_of
    from sterling.pipeline.naming import names_of
    from sterling.pipeline.places import subject_at
    from sterling.pipeline.provenance import title_of

    rules = policy or Policy() if policy is None or isinstance(policy, Policy) else Policy.load(policy)
    named = (*rules.slices, *named_slices(slices))
    roles = Roles(
        models=model_columns(task, scores=names_of(score), predictions=names_of(prediction), kind=score_kind),
        label=label,
        positive=text_of(positive),
        favourable=text_of(favourable),
        label_kind=label_kind,
        groups=tuple(dict.fromkeys([*map(group_name, names_of(groups)), *(s.name for s in named)])),
        slices=named,
        memberships=made_memberships(memberships),
        weight=weight,
        id=id,
        cluster=cluster,
        task=task,
        query=query,
        class_weights=weights_of_classes(class_weights),
        people=people or rules.project.get("people") or ROWS.get(task, "people"),
        decision=rules.project.get("decision", "selected"),
        label_words=rules.project.get("label_words"),
    )
    roles.all_looked_at()
    subject = subject_at(data, roles, sql=sql, engine=engine)
    if model is not None:
        subject = scored(subject, model, positive)
    if not subject.roles.models:
        said = "--prediction COLUMN" if task in (*LISTED, *WRITTEN) else "--score COLUMN"
        raise ConfigError("no scores were given", expected="a score or prediction column, or a model", hint=said)
    run = examine(
        subject,
        policy=rules,
        plan=plan,
        thresholds=thresholds_of(thresholds),
        baseline=tuple(names_of(baseline)),
        metrics=tuple(names_of(metrics)),
        compare=compare,
        discover=discover,
        attributions=tuple(names_of(attributions)),
        attribution_unit=attribution_unit or "",
        cross=cross,
        min_n=min_n,
        level=level,
        seed=seed,
        embed_rows=embed_rows,
        command=command,
        progress=progress,
        title=title or rules.project.get("title") or rules.project.get("name") or title_of(subject.roles, subject.name),
    )
    if not asks_of_the_table(rules):
        return run
    from sterling.pipeline.tables import with_table_questions  # what answers them takes a while to load

    return with_table_questions(run, subject)
