"""The options of `sterling evaluate`, as a table, and those that other verbs which examine something share."""

from __future__ import annotations

import click

from sterling.cli.command import Option
from sterling.core.roles import TASKS

LABEL_KINDS = ("outcome", "human_decision", "annotation", "unstated")
SCORE_KINDS = ("probability", "raw")
ENGINES = ("local", "spark", "ray")
_COLUMNS, _MODEL, _HOW, _LIMITS, _OUT = "Columns", "Model", "Measuring", "Limits", "Output"

MEASURING: list[click.Parameter] = [
    Option("--min-n", type=int, default=30, show_default=True, metavar="N", section=_HOW,
           help="Say nothing of a group with fewer rows."),
    Option("--engine", type=click.Choice(ENGINES), metavar="ENGINE", section=_HOW,
           help="Where rows are counted: local, spark or ray.  [default: local]"),
    Option("--level", type=float, default=0.95, show_default=True, metavar="P", section=_HOW, help="Confidence level."),
    Option("--seed", type=int, default=0, show_default=True, metavar="N", section=_HOW,
           help="Seed of whatever is drawn at random."),
    Option("--policy", metavar="FILE", section=_LIMITS, help="TOML file with your [[limit]] tables."),
]  # fmt: skip


def outputs(page: str, default: str, *, found: str, rows: str) -> list[click.Parameter]:
    """Where to write what. `page`: what the HTML file is called; `default`: its name; `found`, `rows`: what goes in."""
    return [
        Option("--report", metavar="FILE", section=_OUT, help=f"Where the {page} goes.  [default: {default}]"),
        Option("--no-report", is_flag=True, section=_OUT, help=f"Write no {page}."),
        Option("--title", metavar="TEXT", section=_OUT, help=f"Title of the {page}."),
        Option("--embed", type=click.Choice(["rows"]), metavar="rows", section=_OUT, help=rows),
        Option("--json", "json", metavar="FILE", section=_OUT,
               help=f"Everything {found}, as JSON; - for standard output."),
        Option("--junit", metavar="FILE", section=_OUT, help="Limits as test cases, JUnit XML."),
        Option("--sarif", metavar="FILE", section=_OUT, help="Limits and how they came out, SARIF 2.1.0."),
        Option("--github", is_flag=True, section=_OUT, help="Annotations and a job summary for GitHub Actions."),
        Option("--quiet", "-q", is_flag=True, section=_OUT, help="Print nothing but errors."),
        Option("--debug", is_flag=True, section=_OUT, help="Show the traceback of an error."),
    ]  # fmt: skip


OPTIONS: list[click.Parameter] = [
    click.Argument(["files"], nargs=-1, metavar="FILE"),
    Option("--sql", metavar="QUERY", section="Data",
           help="The rows are what this SELECT gives, of the database FILE or of FILEs as tables named like them."),
    Option("--label", metavar="COLUMN", section=_COLUMNS,
           help="What happened or was decided: predictions are compared with it."),
    Option("--positive", metavar="VALUE", section=_COLUMNS,
           help="The label's positive value; needed when the label does not have two plain values."),
    Option("--favourable", "--favorable", "favourable", metavar="VALUE", section=_COLUMNS,
           help="The label's value that a person wants.  [default: the positive one]"),
    Option("--label-kind", type=click.Choice(LABEL_KINDS), default="unstated", metavar="KIND", section=_COLUMNS,
           help="What the label is: outcome, human_decision or annotation."),
    Option("--task", type=click.Choice(TASKS), default="binary", show_default=True, metavar="TASK", section=_COLUMNS,
           help="What the model does: binary, multiclass, multilabel, sets, regression, ranking, text, segmentation or "
           "detection."),
    Option("--query", metavar="COLUMN", section=_COLUMNS, help="The list that a row is ranked in (task ranking)."),
    Option("--class-weights", multiple=True, metavar="CLASS=N,…", section=_COLUMNS,
           help="What each class weighs in averages that ask for it (class_weighted_recall, …); others weigh 0."),
    Option("--groups", multiple=True, metavar="COLUMN", section=_COLUMNS,
           help="Columns whose groups are compared, and ranges of one: cut(age, 25, 40), quantiles(income, 4), "
           "bins(score, 5); repeat, or separate with commas."),
    Option("--group-probabilities", "memberships", multiple=True, metavar="GROUP=…", section=_COLUMNS,
           help="A group known by chances only: race=white:p_white,black:p_black."),
    Option("--slice", "slices", multiple=True, metavar="NAME: CONDITION", section=_COLUMNS,
           help="Rows that meet a condition, as a group: \"young women: sex = 'F' and age < 30\"; repeat."),
    Option("--people", metavar="WORD", section=_COLUMNS, help="What the rows are called: applicants, patients."),
    Option("--weight", metavar="COLUMN", section=_COLUMNS, help="Weights of the rows."),
    Option("--id", metavar="COLUMN", section=_COLUMNS, help="Names a row; left out of every output."),
    Option("--cluster", metavar="COLUMN", section=_COLUMNS,
           help="Rows that belong together, such as one person's visits."),
    Option("--score", multiple=True, metavar="COLUMN", section=_MODEL,
           help="Scores of a model; repeat for several models."),
    Option("--prediction", multiple=True, metavar="COLUMN", section=_MODEL,
           help="Decisions of a model; repeat for several models."),
    Option("--model", multiple=True, metavar="FILE", section=_MODEL,
           help="A model that scores the rows: .skops or .onnx; repeat for several."),
    Option("--score-kind", type=click.Choice(SCORE_KINDS), default="probability", show_default=True, metavar="KIND",
           section=_MODEL, help="probability (0 to 1) or raw (any numbers)."),
    Option("--allow-pickle", is_flag=True, section=_MODEL,
           help="Load pickle and joblib models. These can run any code."),
    Option("--thresholds", metavar="LIST", section=_HOW, help="Cut points: 0.3,0.5 or 0.1:0.9:0.1.  [default: 0.5]"),
    Option("--baseline", multiple=True, metavar="COL=VALUE", section=_HOW,
           help="Compare with this group, such as race=white; repeat for other columns."),
    Option("--metrics", multiple=True, metavar="LIST", section=_HOW,
           help="Metrics of the table, such as auc,mcc, or all of them: all.  [default: the common ones]"),
    Option("--compare", metavar="COLUMN", section=_HOW,
           help="The model that the others are compared with: its score or prediction column."),
    Option("--cross", type=int, default=2, show_default=True, metavar="N", section=_HOW,
           help="Cross group columns: 1 no crosses, 2 pairs, 3 triples."),
    Option("--discover", is_flag=True, section=_HOW,
           help="Search for slices where the model is worst; half of the rows confirm them."),
    Option("--discover-metric", metavar="METRIC", section=_HOW,
           help="What is worst there: false_negative_rate, log_loss, …  [default: error_rate]"),
    Option("--attributions", multiple=True, metavar="COLUMN", section=_MODEL,
           help="Columns of what each feature adds to a score, such as SHAP values: 'shap_*'; 'shap_{model}_*' for "
           "several models."),
    Option("--attribution-unit", metavar="TEXT", section=_MODEL, help="What they are in: log-odds, probability, …"),
    Option("--features", multiple=True, metavar="COLUMN", section=_HOW,
           help="Columns to search; repeat, or separate with commas.  [default: all without a role, and groups]"),
    *MEASURING,
    *outputs("report", "report.html", found="measured",
             rows="Put example rows into the report; it then holds personal data."),
]  # fmt: skip
