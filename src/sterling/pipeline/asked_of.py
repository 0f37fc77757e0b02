"""Whether a question is asked of models that do this: where it is not, that is said before anything is measured."""

from __future__ import annotations

from sterling.core.errors import ConfigError
from sterling.core.registry import find_check
from sterling.core.roles import Task

CALLED: dict[Task, str] = {
    "binary": "yes/no", "multiclass": "class", "multilabel": "multilabel", "sets": "set", "regression": "number",
    "ranking": "ranking", "text": "text", "segmentation": "segmentation", "detection": "detection",
}  # fmt: skip
"""What models are called by what they do."""
CHECK_OF = {"discover": "QU003", "attributions": "EX001"}
"""Which check an option or a key asks for."""


def asked_of(what: str, task: Task, *, where: str = "") -> None:
    """Raises ConfigError where an option or a key asks what its check does not ask of models of the task."""
    code = CHECK_OF[what]
    known = find_check(code)
    if task in known.tasks:
        return
    *others, last = (CALLED[one] for one in known.tasks)
    listed = f"{', '.join(others)} and {last}" if others else last
    said = what if where else f"--{what}"
    raise ConfigError(
        f"{said} is for {listed} models, and the task is {task}", where=where or what,
        hint=f"leave {said} out; {code} ({known.title}) is not worked out for "
        f"{CALLED[task]} models",
    )  # fmt: skip
