"""Reads `sterling.toml` into a Project: every slip is named with its file, line and the nearest right word."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from sterling.core.confine import locate
from sterling.core.errors import ConfigError, near_miss, shown, shown_path
from sterling.core.grouping import group_name
from sterling.core.named_slices import columns_behind
from sterling.core.policy import TABLES, Policy, parse_slice
from sterling.core.project import (
    FILE,
    Data,
    Given,
    Measuring,
    OwnMetric,
    OwnStep,
    Project,
    ReviewRules,
    Search,
    Split,
    TableRemedy,
    Train,
    Waiver,
)
from sterling.core.project_keys import KEYS, read_keys
from sterling.core.project_metrics import declare, known_in, named_function
from sterling.core.project_places import inside
from sterling.core.project_task import fits_task
from sterling.core.roles import ROWS
from sterling.core.scope_file import read_scope
from sterling.core.toml import Document, Table

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NOTIFY = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


def find_project(start: Path | str = ".") -> Path:
    """The `sterling.toml` of a folder or of the nearest folder around it; a file is taken as it is.

    Raises ConfigError when there is none.
    """
    begin = Path(start).absolute()
    if begin.is_file():
        return Path(start)
    for folder in (begin, *begin.parents):
        if (folder / FILE).is_file():
            return folder / FILE if Path(start).is_absolute() else Path(os.path.relpath(folder / FILE))
    raise ConfigError(
        f"there is no {FILE} here or in a folder above", where=shown_path(start),
        hint="make one: sterling init --help",
    )  # fmt: skip


def read_project(path: Path | str) -> Project:
    """Read a project's file, and the scope beside it. `path` is the file or its folder.

    Metrics are resolved; checks, recipes and columns are held against what there is by `pipeline.checking`. Raises
    ConfigError naming file, line and key.
    """
    given = Path(path)
    file = given / FILE if given.is_dir() else given
    return project_of(Document.load(file, what="the project", hint="make one: sterling init --help"), file)


def project_of(document: Document, file: Path) -> Project:
    """The project in a document that is, or will be, `file`. Raises ConfigError as `read_project` does."""
    file = file.absolute()
    return _Reading(document, file.parent.resolve() / file.name).project()


def parse_project(text: str, *, file: Path) -> Project:
    """A project as an earlier text of its file had it; `file` says where it lies. Raises as `read_project` does."""
    return project_of(Document.parse(text, origin=file.name), file)


class _Reading:
    """One reading of one file: the tables in turn, then what must fit between them."""

    def __init__(self, document: Document, file: Path) -> None:
        self.document, self.file, self.root = document, file, document.root

    def project(self) -> Project:
        self.tables()
        metrics = self.metrics()
        policy = self.policy(metrics)
        words = self.words()
        allowed = tuple(self.allowed(words.pop("allow", ())))
        data = self.data()
        train, model = self.train(data), self.model()
        self.one_model()
        fits_task(self.root, data, model)
        if data.task in ROWS:
            words = {"people": ROWS[data.task]} | words
        steps = self.steps()
        self.apart(self.root.entries("step", "steps", "a step"), "step")
        self.apart(self.root.entries("limit", "limits", "a limit"), "limit")
        self.apart(self.root.entries("ask", "asks", "an ask"), "ask")
        inside(self.root, self.file.parent, allowed)
        scope = self.scope(data, words.get("purpose", ""))
        return Project(
            file=self.file,
            digest="sha256:" + hashlib.sha256(self.document.text.encode()).hexdigest(),
            title=words.pop("title", words["name"]),
            data=data,
            split=self.split(data),
            train=train,
            model=model,
            steps=steps,
            metrics=metrics,
            remedies=tuple(
                TableRemedy(**read_keys(e, KEYS["remedy"])) for e in self.root.entries("remedy", "remedies", "a remedy")
            ),
            measuring=self.measuring(data),
            policy=policy,
            waivers=tuple(self.waiver(w, policy) for w in self.root.entries("waiver", "waivers", "a waiver")),
            review=self.review(),
            search=self.search(data),
            scope=scope,
            allowed_folders=allowed,
            tables=frozenset(self.root.values),
            **words,
        )

    def policy(self, metrics: tuple[OwnMetric, ...]) -> Policy:
        """The limits, placed in the file by its own name: a project says the same wherever it lies."""
        with known_in(self.file.parent, metrics):
            policy = Policy.of(self.document)
        return replace(policy.placed(self.file.name, instead_of=self.document.origin), unread=())

    def tables(self) -> None:
        for key in self.root.values:
            if key not in TABLES:
                home = next((name for name, keys in KEYS.items() if key in keys), None)
                hint = f"{shown(key)} belongs below [{home}]" if home else near_miss(key, TABLES)
                raise self.root.fail(f"unknown table [{shown(key)}]", key, hint=hint)
        for name in ("project", "data"):
            if name not in self.root:
                raise self.root.fail(f"the project has no [{name}]", hint="sterling init writes a whole file")

    def fields(self, name: str) -> dict[str, Any]:
        return read_keys(self.root.table(name), KEYS[name])

    def words(self) -> dict[str, Any]:
        words = self.fields("project")
        if not _NAME.fullmatch(words["name"]):
            raise self.root.table("project").fail(
                f"the name is {shown(words['name'])!r}", "name",
                expected="1 to 64 letters, digits, -, _ or ., for example loan-review",
                hint="the title may hold any text",
            )  # fmt: skip
        return words

    def allowed(self, folders: tuple[str, ...]) -> list[Path]:
        for text in folders:
            if not Path(text).is_absolute() or "\0" in text:
                raise self.root.table("project").fail(
                    f"allow lists {shown_path(text)!r}", "allow", expected="absolute paths of folders"
                )
        return [Path(text) for text in folders]

    def data(self) -> Data:
        table = self.root.table("data")
        fields = self.fields("data")
        data = Data(**{**fields, "groups": self.groups(table, "groups", fields.get("groups", ()))})
        if data.environment is not None and data.schema is None:
            raise table.fail("[data] has an environment and no schema", "environment", hint='schema = "schema.toml"')
        singles = [("label", data.label), ("id", data.id), ("weight", data.weight)]
        taken: dict[str, str] = {}
        for key, column in [*singles, *(("groups", g) for g in data.groups), *(("drop", d) for d in data.drop)]:
            if column is not None and taken.setdefault(column, key) != key:
                raise table.fail(
                    f"the column {shown(column)} has two roles: {taken[column]} and {key}", key,
                    hint="a column has one role",
                )  # fmt: skip
        return data

    def groups(self, table: Table, key: str, given: tuple[str, ...]) -> tuple[str, ...]:
        """Group columns by the name that stands for each everywhere: `cut(age,25)` is `cut(age, 25)`."""
        try:
            return tuple(dict.fromkeys(map(group_name, given)))
        except ConfigError as error:
            what = f"{error.what} ({error.where})"
            raise table.fail(what, key, expected=error.expected, hint=error.hint) from None

    def split(self, data: Data) -> Split:
        table, given = self.root.table("split"), self.fields("split")
        together = "row" if data.entity is None else "entity"  # one person's rows belong in one part
        split = Split(**({"by": together} | given))
        total = split.train + split.choose + split.certify
        if abs(total - 1) > 1e-9:
            named = next((k for k in ("certify", "choose", "train") if k in table), None)
            raise table.fail(
                f"the shares add up to {total:g}", named, expected="train + choose + certify = 1",
                got=f"train {split.train:g}, choose {split.choose:g}, certify {split.certify:g}",
            )  # fmt: skip
        if split.certify == 0:
            raise table.fail("no rows are left to certify", "certify", hint="certify = 0.2: rows nobody looked at")
        if split.by == "entity" and data.entity is None:
            raise table.fail("[split] by entity needs a column", "by", hint='[data] entity = "person_id"')
        if split.by == "time" and data.time is None:
            raise table.fail("[split] by time needs a column", "by", hint='[data] time = "decided_on"')
        return split

    def train(self, data: Data) -> Train | None:
        if "train" not in self.root:
            return None
        table, train = self.root.table("train"), Train(**self.fields("train"))
        if data.task != "binary":
            raise table.fail(
                f"[train] trains yes/no models, and the task is {data.task}",
                "recipe",
                hint='give the predictions as columns: [model] scores = ["predicted"]',
            )
        if train.features == ():
            raise table.fail("features are empty", "features", hint="leave the key out to use every other column")
        for column in (data.label, data.id, data.weight):
            if column is not None and column in (train.features or ()):
                raise table.fail(
                    f"the model would see {shown(column)}, which has a role in [data]", "features",
                    hint="take it out of features",
                )  # fmt: skip
        if train.folds == 1:
            raise table.fail("folds is 1", "folds", expected="0 for never, or 2 and more")
        reweigh = self.groups(table, "reweigh", train.reweigh)
        for column in reweigh:
            self.group(table, "reweigh", column, data)
        return replace(train, reweigh=reweigh)

    def model(self) -> Given | None:
        if "model" not in self.root:
            return None
        table, model = self.root.table("model"), Given(**self.fields("model"))
        columns = (*model.scores, *model.predictions)
        if (model.path is None) == (not columns):
            raise table.fail(
                "[model] names a file or columns", expected="path, or scores and predictions",
                got="both" if columns else "neither", hint='path = "model.onnx", or scores = ["score"]',
            )  # fmt: skip
        if len(set(columns)) != len(columns):
            raise table.fail("a column is named as score and as prediction", "predictions")
        return model

    def one_model(self) -> None:
        both = "train" in self.root and "model" in self.root
        if both:
            raise self.root.fail(
                "the project both trains a model and is given one", "model", hint="keep [train] or [model]"
            )
        if "train" not in self.root and "model" not in self.root:
            raise self.root.fail(
                "the project has no model", expected="[train] or [model]",
                hint='[train] with recipe = "logistic"; or [model] with path = "model.onnx" or scores = ["score"]',
            )  # fmt: skip

    def steps(self) -> tuple[OwnStep, ...]:
        entries = self.root.entries("step", "steps", "a step")
        steps = tuple(self.step(entry) for entry in entries)
        begun = {"ingest"}
        for _ in steps:
            begun |= {step.name for step in steps if step.after in begun}
        for entry, step in zip(entries, steps, strict=True):
            if step.name == "ingest" or step.name not in begun:
                names = ["ingest", *(other.name for other in steps if other.name != step.name)]
                raise entry.fail(
                    f"the step {shown(step.name)!r} never begins: it comes after {shown(step.after)!r}", "after",
                    expected='"ingest", or the name of another [[step]]', hint=near_miss(step.after, names),
                )  # fmt: skip
        return steps

    def step(self, entry: Table) -> OwnStep:
        step = OwnStep(**read_keys(entry, KEYS["step"]))
        named_function(entry, step.function, '"steps.py:clean"')
        return step

    def metrics(self) -> tuple[OwnMetric, ...]:
        entries = self.root.entries("metric", "metrics", "a metric")
        self.apart(entries, "metric")
        return tuple(declare(entry) for entry in entries)

    def apart(self, entries: tuple[Table, ...], what: str) -> None:
        """Names by which others refer to an entry stand for one entry."""
        seen: set[str] = set()
        for entry in entries:
            name = str(entry.values.get("name", ""))
            if name and name in seen:
                raise entry.fail(f"another {what} is named {shown(name)!r} too", "name", hint="give it its own name")
            seen.add(name)

    def measuring(self, data: Data) -> Measuring:
        table, measuring = self.root.table("plan"), Measuring(**self.fields("plan"))
        for text in measuring.baseline:
            try:
                column = parse_slice(text).family[0]
            except ConfigError as error:
                raise table.fail(error.what, "baseline", expected=error.expected) from None
            self.group(table, "baseline", column, data)
        if measuring.level <= 0.5:
            raise table.fail("level is 0.5", "level", expected="a confidence level such as 0.95")
        return measuring

    def waiver(self, entry: Table, policy: Policy) -> Waiver:
        waiver = Waiver(**read_keys(entry, KEYS["waiver"]), origin=f"{self.file.name}:{entry.line()}")
        names = {str(a["name"]) for a in policy.asks if "name" in a} | {
            limit.name for limit in policy.limits if limit.name
        }
        if waiver.limit not in names:
            raise entry.fail(
                f"no limit and no ask is named {shown(waiver.limit)!r}", "limit",
                hint=near_miss(waiver.limit, names) or 'give the limit a name: name = "approval gap"',
            )  # fmt: skip
        return waiver

    def review(self) -> ReviewRules:
        table, rules = self.root.table("review"), ReviewRules(**self.fields("review"))
        if rules.reviewers and len(rules.reviewers) < rules.required:
            raise table.fail(
                f"{rules.required} must sign and {len(rules.reviewers)} may", "reviewers",
                hint="list more reviewers, or require fewer",
            )  # fmt: skip
        for channel in rules.notify:
            if not _NOTIFY.fullmatch(channel):  # the channel itself may be a secret and is not repeated
                raise table.fail(
                    "notify lists something that is neither a URL nor env:NAME", "notify",
                    expected='"env:REVIEW_URL" or an apprise URL such as "mailto://…"',
                )  # fmt: skip
        return rules

    def search(self, data: Data) -> Search | None:
        if "alternatives" not in self.root:
            return None
        table, search = self.root.table("alternatives"), Search(**self.fields("alternatives"))
        if "model" in self.root:
            raise table.fail(
                "alternatives to a model that is given cannot be trained", hint="[alternatives] needs [train]"
            )
        if not data.groups:
            raise table.fail("alternatives are compared by group", hint='[data] groups = ["race"]')
        if any(strength <= 0 for strength in search.strengths):
            raise table.fail("a strength is 0", "strengths", expected="numbers above 0; 1 is no change")
        if search.group is not None:
            search = replace(search, group=self.groups(table, "group", (search.group,))[0])
            self.group(table, "group", str(search.group), data)
        return search

    def group(self, table: Table, key: str, column: str, data: Data) -> None:
        groups = (*data.groups, *(str(s.values.get("name")) for s in self.root.entries("slice", "slices", "a slice")))
        if column not in groups:
            listed = ", ".join(map(shown, groups))
            raise table.fail(
                f"{table.name}: {key} names {shown(column)!r}, which is not a group column", key,
                expected=f"one of {listed}" if listed else "", hint="" if listed else '[data] groups = ["race"]',
            )  # fmt: skip

    def scope(self, data: Data, purpose: str) -> Any:
        table, places = self.root.table("scope"), self.fields("scope")
        paths = {}
        for key, default in (("file", "scope.toml"), ("cards", "cards")):
            paths[key] = locate(places.get(key, default), folder=self.file.parent, where=table.origin(key))
        if "file" in table and not paths["file"].is_file():
            raise table.fail(f"there is no {shown_path(places['file'])}", "file", hint="sterling init writes one")
        return read_scope(paths["file"], cards=paths["cards"], groups=columns_behind(data.groups), purpose=purpose)
