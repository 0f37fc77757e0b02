"""Every key of `sterling.toml`, once: the reader, the schema for editors and the guide's tables all follow this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sterling.core.class_weights import ClassWeights, class_weights
from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.membership import Membership, memberships
from sterling.core.plan import parse_thresholds
from sterling.core.project import MOST_CANDIDATES
from sterling.core.roles import TASKS
from sterling.core.toml import Table

Kind = Literal[
    "text",
    "texts",
    "lists",
    "scalar",
    "number",
    "numbers",
    "weights",
    "chances",
    "cuts",
    "whole",
    "flag",
    "date",
    "json",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a key holds, in which range, and what it is for. `default` is how the guide writes it."""

    kind: Kind
    words: str
    default: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


Keys = Mapping[str, Key]
ENTRIES = ("slice", "step", "remedy", "metric", "ask", "limit", "waiver")
"""Tables of which there may be many: `[[limit]]`."""


def _key(kind: Kind, words: str, default: str = "", **more: Any) -> Key:
    return Key(kind=kind, words=words, default=default, **more)


def _share(words: str, default: str) -> Key:
    return _key("number", words, default, low=0, high=1)


_SEED = _key("whole", "seed of whatever is drawn at random", "0", low=0, high=2**32 - 1)

KEYS: dict[str, Keys] = {
    "project": {
        "name": _key("text", "short name: letters, digits, `-`, `_`, `.`", required=True),
        "title": _key("text", "title of the report and the cards", "the name"),
        "purpose": _key("text", "what the model is for, in a sentence"),
        "people": _key("text", "what the rows are called: applicants, patients", "people, images or texts"),
        "decision": _key("text", "what happens to those the model selects", "selected"),
        "owner": _key("text", "who answers for the project and its limits"),
        "version": _key("text", "version of the project, in quotes", '"1"'),
        "licence": _key("text", "licence of the model, by its SPDX name"),
        "allow": _key("texts", "absolute folders outside the project that it may read", "[]"),
    },
    "data": {
        "path": _key("text", "the table: a file, a folder or a glob seen from this file, or an address", required=True),
        "sql": _key("text", "a SELECT whose rows are the table: of the database at `path`, or of the files there"),
        "label": _key("text", "column with what happened or was decided", required=True),
        "positive": _key("scalar", "the label's positive value", "the greater of two plain values"),
        "favourable": _key("scalar", "the label's value that a person wants", "the positive one"),
        "label_kind": _key(
            "text", "what the label is", "unstated", choices=("outcome", "human_decision", "annotation", "unstated")
        ),
        "task": _key("text", "what the model does", "binary", choices=TASKS),
        "query": _key("text", "column that names the list a row is ranked in, for the task ranking"),
        "class_weights": _key("weights", "what each class weighs in averages that ask for it: `{ spam = 2, ham = 1 }`"),
        "group_probabilities": _key(
            "chances", "groups known by chances only, a column for each value: "
            '`{ race = { white = "p_white", black = "p_black" } }`'
        ),
        "label_words": _key("text", 'who made the label, in words: "the lender\'s past decision"'),
        "groups": _key("texts", 'columns whose groups are compared, and ranges of one: "cut(age, 25, 40)"', "[]"),
        "id": _key("text", "column that names a row; never a feature"),
        "entity": _key("text", "column of what rows belong to, such as one person's visits"),
        "time": _key("text", "column with the time of a row"),
        "weight": _key("text", "column with the weights of the rows"),
        "drop": _key("texts", "columns that nothing uses", "[]"),
        "not_recorded": _key("texts", "groups that the table does not record, named in the report", "[]"),
        "schema": _key("text", "what the table promises, a file made by `sterling schema infer`: schema.toml"),
        "environment": _key("text", "the schema's environment that the table belongs to: training"),
    },
    "slice": {
        "name": _key("text", "what the slice is called, in limits and in the report", required=True),
        "where": _key("text", "the condition that its rows meet: \"sex = 'female' and age < 30\"", required=True),
        "description": _key("text", "what it is, in a sentence"),
        "cross": _key("flag", "cross it with the group columns too", "false"),
    },
    "split": {
        "by": _key("text", "what stays together", "entity where [data] names one, else row",
                   choices=("row", "entity", "time")),
        "stratify": _key("texts", "columns whose shares are kept in every part", "[]"),
        "train": _share("share of rows to train on", "0.6"),
        "choose": _share("share of rows to choose by", "0.2"),
        "certify": _share("share of rows to examine by", "0.2"),
        "seed": _SEED,
    },
    "train": {
        "recipe": _key("text", "a recipe by name: logistic, boosted-trees, random-forest, scorecard", required=True),
        "features": _key("texts", "columns the model sees", "every column without a role"),
        "drop": _key("texts", "columns the model does not see", "[]"),
        "parameters": _key("json", "parameters of the recipe: `[train.parameters]`", "the recipe's own"),
        "folds": _key("whole", "score rows by models that did not see them, in so many folds; 0: never",
                      "when rows are few", low=0, high=100),
        "reweigh": _key("texts", "group columns made independent of the label by weights, while training", "[]"),
        "seed": _SEED,
    },
    "model": {
        "path": _key("text", "a model file: .skops or .onnx"),
        "scores": _key("texts", "columns of the table with a model's scores", "[]"),
        "predictions": _key("texts", "columns of the table with a model's decisions", "[]"),
        "kind": _key("text", "what the scores are", "probability", choices=("probability", "raw")),
        "name": _key("text", "what the model is called", "its file or column"),
        "allow_pickle": _key("flag", "load pickle and joblib files, which can run any code", "false"),
        "card": _key("text", "a card or sheet by those who made the model"),
    },
    "step": {
        "name": _key("text", "name of the step", required=True),
        "function": _key("text", 'a function of a Python file: "steps.py:clean"', required=True),
        "after": _key("text", "the step it follows", "ingest"),
        "parameters": _key("json", "keyword arguments of the function: `[step.parameters]`", "{}"),
        "files": _key("texts", "files that the function reads: their changes count too", "[]"),
    },
    "remedy": {
        "name": _key("text", "a remedy that changes the table: deduplicate, impute-by-group, mask, …", required=True),
        "parameters": _key("json", "its parameters: `[remedy.parameters]`", "the remedy's own"),
        "at_decision": _key("flag", "it may look at the group of people who are decided about", "false"),
        "seed": _SEED,
    },
    "metric": {
        "name": _key("text", "what limits call it: small letters, digits, `_`", required=True),
        "function": _key("text", 'a function of a Python file: "metrics.py:median_wait"', required=True),
        "reads": _key("texts", "columns that it reads, beside label, score, prediction and weight", "[]"),
        "direction": _key("text", "which way is better", "none", choices=("higher", "lower", "none")),
        "scale": _key("text", "how it is written: a share as a percentage", "value", choices=("share", "value")),
        "low": _key("number", "the least it can be", "open"),
        "high": _key("number", "the most it can be", "open"),
        "needs_label": _key("flag", "rows without a label are left out", "true"),
        "label": _key("text", "its heading", "the name"),
        "plain": _key("text", "what it is, in words"),
        "formula": _key("text", "how it is computed", "the function"),
        "source": _key("text", "where it is from"),
        "fooled_by": _key("text", "what can fool it"),
        "files": _key("texts", "files that the function reads: their changes count too", "[]"),
    },
    "plan": {
        "thresholds": _key("cuts", 'cut points: [0.3, 0.5] or "0.1:0.9:0.1"', "0.5"),
        "cross": _key("whole", "cross group columns: 1 no crosses, 2 pairs, 3 triples", "2", low=1, high=3),
        "level": _key("number", "confidence level", "0.95", low=0.5, high=0.9999),
        "min_n": _key("whole", "say nothing of a group with fewer rows", "30", low=1),
        "seed": _SEED,
        "baseline": _key("texts", 'compare with these groups: ["race=white"]', "every pair"),
        "metrics": _key("texts", 'metrics of the table of all groups: ["auc", "mcc"], or ["all"]', "the common ones"),
        "compare": _key("text", "the model that the others are compared with: its column"),
        "attributions": _key("texts", 'columns of what features add to scores: "shap_*", "shap_{model}_*"', "[]"),
        "attribution_unit": _key("text", "what they are in: log-odds, probability", "not stated"),
        "discover": _key("flag", "search for slices where a model is worst", "true with one of the next two"),
        "discover_metric": _key("text", "what is worst there", "the error rate, or mean absolute error"),
        "discover_features": _key("texts", "columns to search", "all without a role, and groups"),
    },
    "ask": {
        "check": _key("text", "a check by code or name: FA001", required=True),
        "name": _key("text", "what a limit calls it", "the check's name"),
        "model": _key("text", "only this model", "all"),
        "rate": _key("text", "the metric, as `metric`"),
        "…": _key("json", "the parameters of the check: `sterling checks FA001`"),
    },
    "limit": {
        "name": _key("text", "what a waiver calls it"),
        "metric": _key("text", "a metric by name or written out"),
        "ask": _key("text", "the name of an ask, instead of a metric"),
        "max_gap": _key("number", "widest difference between two groups, as a share or in the metric's units", low=0),
        "min_ratio": _key("number", "lowest group's value over the highest's", low=0, high=1),
        "min": _key("number", "floor for everyone and every group"),
        "max": _key("number", "ceiling for everyone and every group"),
        "max_drop": _key("number", "largest drop from another model, for everyone and every group", low=0),
        "max_rise": _key("number", "largest rise from another model, for everyone and every group", low=0),
        "against": _key("text", "the model that a drop or rise is from: its score column"),
        "relative": _key("flag", "a drop or rise is a part of the other model's value", "false"),
        "groups": _key("texts", "these columns and their crosses", "all"),
        "slice": _key("json", '`{ race = "Black" }`: a floor or ceiling of this group, or the gap inside of it'),
        "threshold": _key("number", "decide at this threshold", "the operating one"),
        "baseline": _key("json", '`{ race = "white" }`: compare with this group', "every pair"),
        "model": _key("text", "only this model", "all"),
    },
    "waiver": {
        "limit": _key("text", "the name of a limit or of an ask", required=True),
        "owner": _key("text", "who lifts it", required=True),
        "reason": _key("text", "why", required=True),
        "expires": _key("date", "last day on which it holds: 2027-03-31", required=True),
    },
    "review": {
        "required": _key("whole", "how many people must sign", "0", low=0, high=20),
        "reviewers": _key("texts", "who may sign; empty: anyone", "[]"),
        "separate": _key("flag", "the author of a run may not sign it", "false"),
        "notify": _key("texts", "who is told: apprise URLs, or `env:NAME` for one in the environment", "[]"),
    },
    "alternatives": {
        "budget": _key("whole", "how many candidates are tried", "24", low=1, high=MOST_CANDIDATES),
        "recipes": _key("texts", "recipes to try", "all of them, that of [train] first"),
        "drop": _key("lists", 'sets of columns to try without: [["term"], ["gift", "cosigner"]]', "found in the data"),
        "strengths": _key("numbers", "strengths of regularisation to try", "the recipe's own", low=0),
        "group": _key("text", "group column by which candidates are compared", "the first of groups"),
        "seed": _SEED,
    },
    "scope": {
        "file": _key("text", "answers about purpose, people and harms", "scope.toml"),
        "cards": _key("text", "folder of Markdown for the cards, a file a section", "cards"),
    },
}  # fmt: skip


def read_keys(table: Table, keys: Keys) -> dict[str, Any]:
    """The values of a table, each checked against its key. Raises ConfigError with the line and the nearest name."""
    stray = next((name for name in table.values if name not in keys), None)
    home = next((title for title, others in KEYS.items() if stray in others), None)
    if home is not None and not near_miss(str(stray), keys).startswith("did you mean"):
        raise table.fail(f"{table.name} has no key {shown(stray)!r}", stray, hint=f"it is a key of [{home}]")
    table.only(keys)
    for name, key in keys.items():
        if key.required and name not in table:
            raise table.fail(f"{table.name} has no {name}", expected=key.words)
    return {name: _value(table, name, keys[name]) for name in table.values}


def _value(table: Table, name: str, key: Key) -> Any:
    low, high = key.low, key.high
    match key.kind:
        case "text" if key.choices:
            return table.choice(name, key.choices)
        case "text":
            return table.words(name) if key.required else table.text(name)
        case "texts":
            return table.texts(name)
        case "lists":
            return table.lists(name)
        case "scalar":
            return table.scalar(name)
        case "number":
            return table.number(name, *_ends(low, high))
        case "numbers":
            return table.numbers(name, *_ends(low, high))
        case "weights":
            return _weights(table, name)
        case "chances":
            return _chances(table, name)
        case "cuts":
            return _cuts(table, name)
        case "whole":
            return table.whole(name, None if low is None else int(low), None if high is None else int(high))
        case "flag":
            return table.flag(name)
        case "date":
            return table.date(name)
        case "json":
            return table.json(name)


def _ends(low: float | None, high: float | None) -> tuple[float, float]:
    return (float("-inf") if low is None else low, float("inf") if high is None else high)


def _weights(table: Table, name: str) -> ClassWeights:
    """Weights of classes by name."""
    try:
        return class_weights(table.json(name))
    except ConfigError as error:
        raise table.fail(error.what, name, expected=error.expected, hint="class_weights = { a = 2, b = 1 }") from None


def _chances(table: Table, name: str) -> tuple[Membership, ...]:
    """Groups by name: of each value, the column with its chance."""
    hint = '[data.group_probabilities] and below it: race = { white = "p_white", black = "p_black" }'
    given = table.json(name)
    if not all(isinstance(c, dict) and all(isinstance(v, str) for v in c.values()) for c in given.values()):
        raise table.fail(f"{table.name}: {name} is no table of groups", name,
                         expected="for each group its values, and for each value a column", hint=hint)  # fmt: skip
    try:
        return memberships(given)
    except ConfigError as error:
        raise table.fail(error.what, name, expected=error.expected, hint=hint) from None


def _cuts(table: Table, name: str) -> tuple[float, ...]:
    """Thresholds: a number, a list of them, or a range as on the command line."""
    if not isinstance(table.values[name], str):
        return tuple(sorted(set(table.numbers(name))))
    try:
        return parse_thresholds(table.text(name))
    except ConfigError as error:
        raise table.fail(error.what, name, expected=error.expected, hint=error.hint) from None
