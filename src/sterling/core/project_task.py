"""What a project's file says that models of its task do not have: refused with its line, and not passed over."""

from __future__ import annotations

import json

from sterling.core.errors import shown
from sterling.core.project import Data, Given
from sterling.core.roles import LOOKS_AT_NO, NUMBERED, PER_CLASS, UNCUT, UNSCORED
from sterling.core.toml import Table


def fits_task(root: Table, data: Data, model: Given | None) -> None:
    """Raises ConfigError with line and key for what says nothing of models of this task, or is missing for them."""
    task, table, given, plan = data.task, root.table("data"), root.table("model"), root.table("plan")
    for key, tasks in LOOKS_AT_NO.items():
        if key in table and task in tasks:
            hint = "leave it out, or check task"
            if (task, key) == ("multiclass", "positive"):
                hint = 'leave it out: each class has metrics of its own; favourable = "…" names the one that is wanted'
            raise table.fail(f"models of the task {task} have no {key} value", key, hint=hint)
    if "class_weights" in table and task not in PER_CLASS:
        classed = "task = " + " or ".join(f'"{t}"' for t in PER_CLASS)
        raise table.fail(f"models of the task {task} have no classes to average over", "class_weights",
                         expected=classed, hint="leave it out")  # fmt: skip
    if ("query" in table) != (task == "ranking"):
        if task == "ranking":
            raise table.fail("a ranking is of the rows of a list, and no column names it", "task",
                             hint='query = "list_id"')  # fmt: skip
        raise table.fail(f"models of the task {task} rank nothing in lists", "query",
                         hint='leave it out, or say task = "ranking"')  # fmt: skip
    if "group_probabilities" in table and task != "binary":
        raise table.fail(f"groups known by chances are not compared for the task {task}", "group_probabilities",
                         hint="leave it out")  # fmt: skip
    if "thresholds" in plan and task in UNCUT:
        raise plan.fail(f"models of the task {task} have no thresholds", "thresholds", hint="leave it out")
    if model is not None:
        _columns_fit(given, data, model)


def _columns_fit(table: Table, data: Data, model: Given) -> None:
    task = data.task
    if model.path is not None and task not in ("binary", *NUMBERED):
        raise table.fail(f"a model's file gives one number a row, and the task is {task}", "path",
                         hint='give what it said as columns: predictions = ["predicted"]')  # fmt: skip
    if model.scores and task in UNSCORED:
        column = json.dumps(shown(model.scores[0]), ensure_ascii=False)
        raise table.fail(
            f"models of the task {task} are given by what they predict, and scores were given", "scores",
            expected="a column of predictions", hint=f"predictions = [{column}]",
        )  # fmt: skip
    if "kind" in table and task not in ("binary", *PER_CLASS):
        raise table.fail(f"models of the task {task} have no kind of scores", "kind", hint="leave it out")
    if task == "sets" and model.scores and len(model.scores) != len(model.predictions):
        raise table.fail(
            "scores of items belong to predictions, one column to each", "scores",
            got=f"{len(model.scores)} of scores, {len(model.predictions)} of predictions",
            hint='predictions = ["tags"] for the lists of items, scores = ["how_sure"] for the lists of their scores',
        )  # fmt: skip
