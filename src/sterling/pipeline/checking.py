"""Holds a project against what there is, without running it: columns, label, checks, recipe, files, people."""

from __future__ import annotations

import ast
import datetime as dt
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sterling.core.addresses import is_url
from sterling.core.confine import locate
from sterling.core.errors import ConfigError, InputError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.named_slices import YES, columns_behind
from sterling.core.policy import parse_slice
from sterling.core.project import FILE, OwnMetric, OwnStep, Project, ReviewRules
from sterling.core.records import LedgerReader
from sterling.core.slices import Slice, group_text
from sterling.core.spoken import in_project_words, to_project_writers
from sterling.core.subject import Subject
from sterling.core.toml import Document, Table
from sterling.data.schema.of_roles import broken_promises
from sterling.engine.grouping import with_groups
from sterling.engine.labels import LabelMeaning, label_remarks
from sterling.pipeline.chances import Chance, chances_of, limit_name
from sterling.pipeline.columns_named import attributions_found, columns_found
from sterling.pipeline.environment import author
from sterling.pipeline.examine import REGISTERED
from sterling.pipeline.foretelling import foretell
from sterling.pipeline.own_code import file_of, located
from sterling.pipeline.review import is_among
from sterling.pipeline.risks import stopping
from sterling.pipeline.steps.beside import said_of_them
from sterling.pipeline.steps.labels import labels, roles_of
from sterling.pipeline.steps.measure import examined, plan_of
from sterling.pipeline.steps.validate import schema_errors, schema_files, words
from sterling.recipes.registry import find_recipe
from sterling.sources.open import open_table, reading
from sterling.sources.paths import told_copies

if TYPE_CHECKING:
    import polars as pl

__all__ = ["REGISTERED", "Chance", "Checked", "check_project", "inspect_project"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRead:
    """How a run reads the label: what it is, in `words`, and of a yes or no which value is what; None elsewhere."""

    column: str
    kind: str
    words: str
    positive: str | None
    favourable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found: the table's size, how many people are in each group, how many asks; and what to know of it.

    `without_chance`: the limits of which no chance can be said before rows are scored.
    """

    rows: int
    columns: tuple[str, ...]
    label: LabelRead
    groups: Mapping[str, Mapping[str | None, int]]
    asks: int
    chances: tuple[Chance, ...]
    without_chance: tuple[str, ...]
    notices: tuple[str, ...]
    stops: tuple[str, ...] = ()
    """The broken promises for which a run would stop before it measured anything, in its words."""


def check_project(project: Project, *, today: dt.date | None = None) -> tuple[str, ...]:
    """What to know before a run, in sentences. Raises what `inspect_project` raises."""
    return inspect_project(project, today=today).notices


def inspect_project(
    project: Project, *, today: dt.date | None = None, ledger: LedgerReader | None = None
) -> Checked:  # fmt: skip
    """Check everything that can be checked without running. `today` decides which waivers still hold.

    `ledger`: what earlier runs have left, where there were any: a broken promise that somebody accepted stops no run.

    Raises ConfigError naming file, line and the nearest right name, InputError for data that cannot be read or that a
    run would not take.
    """
    root = Document.load(project.file, what="the project", hint="").root
    _recipes(project, root)
    _limits_on_groups(project)
    plan = plan_of(project, examined(project))
    _files(project, root)
    with to_project_writers():
        opened = open_table(_table_path(project), sql=project.data.sql)
    with reading(opened.name):
        columns = tuple(opened.table.collect_schema().names())
        late = (*columns_found(project, root, columns), *attributions_found(project, root, columns))
        raw = opened.table.collect()
        subject = _grouped(project, raw)
        named = (project.data.label, *subject.roles.groups, project.data.id)
        wanted = [c for c in dict.fromkeys(named) if c in columns or c in subject.made]
        frame = subject.table.select(wanted).collect()
    groups = {g: _counts(frame, g) for g in subject.roles.groups}
    _values(project, groups)
    broken, unkept = tuple(_broken(project, frame, subject.roles.groups)), tuple(_schema(project, raw))
    stops = _stops(project, unkept if project.steps else (*broken, *unkept), raw.height, ledger)
    foretell(project, raw, stopped=bool(stops))
    here = project.data.label in columns
    rate, label, meaning = _label(project, frame, told=bool(broken)) if here else (None, (), None)
    chances = tuple(chances_of(project, groups, rate, frame.height)) if rate is not None else ()
    said = {chance.limit for chance in chances}
    mended = bool(project.steps)
    promises = (*(_promise(what, stops, mended=mended) for what in broken), *(_promise(what, stops) for what in unkept))
    told = (*promises, *label, *late, *opened.notices, *told_copies(opened.files), *subject.notices)
    return Checked(
        rows=frame.height,
        columns=columns,
        label=LabelRead(
            column=project.data.label,
            kind=project.data.label_kind,
            words=roles_of(project).describes_label,
            positive=meaning.positive if meaning else None,
            favourable=meaning.favourable if meaning else None,
        ),
        groups=groups,
        asks=len(plan.asks),
        chances=chances,
        without_chance=tuple(dict.fromkeys(n for n in map(limit_name, project.policy.limits) if n not in said)),
        notices=(*told, *_notices(project, columns, groups, today or dt.datetime.now(dt.UTC).date())),
        stops=stops,
    )


def _grouped(project: Project, raw: pl.DataFrame) -> Subject:
    """The table with the groups that can be made of its columns as they are read."""
    roles, slices = roles_of(project, examined(project)), project.policy.slices
    roles.all_looked_at()
    can = tuple(g for g in roles.groups if set(columns_behind((g,), slices)) <= set(raw.columns))
    named = tuple(s for s in slices if s.name in can)
    name = Path(project.data.path).name
    subject = Subject(table=raw.lazy(), roles=replace(roles, groups=can, slices=named), name=name)
    return with_groups(subject, guard=reading)


def _table_path(project: Project) -> str:
    path = project.data.path
    return path if is_url(path) else str(_at(project, path))


def _recipes(project: Project, root: Table) -> None:
    if project.train is not None:
        table = root.table("train")
        recipe = find_recipe(project.train.recipe, where=table.origin("recipe"))
        recipe.resolve(project.train.parameters, where=table.origin("parameters"))
    for name in project.search.recipes if project.search else ():
        find_recipe(name, where=root.table("alternatives").origin("recipes"))


def _limits_on_groups(project: Project) -> None:
    known = (*project.groups, *(member.family for member in project.data.group_probabilities))
    for limit in project.policy.limits:
        for column in limit.groups or ():
            if column not in known:
                raise ConfigError(
                    f"the limit names {shown(column)!r}, which is not a group column", where=limit.origin,
                    expected="one of " + ", ".join(map(shown, known)) if known else "",
                    hint="add it to groups in [data], or take it out of the limit",
                )  # fmt: skip


def _files(project: Project, root: Table) -> None:
    """Files that the project names are there, and functions are in theirs. Nothing of them is run."""
    for key in ("path", "card"):
        text = getattr(project.model, key, None)
        if text is not None and not _at(project, text).is_file():
            raise root.table("model").fail(f"there is no file {shown(text)!r}", key, hint="check [model]")
    for path in schema_files(project):
        if not path.is_file():
            raise root.table("data").fail(
                f"there is no schema {shown(project.data.schema)!r}", "schema",
                hint=f"make one: sterling schema infer {shown(project.data.path)} --out {shown(project.data.schema)}",
            )  # fmt: skip
    own: tuple[OwnStep | OwnMetric, ...] = (*project.steps, *project.metrics)
    entries = (*root.entries("step", "steps", "a step"), *root.entries("metric", "metrics", "a metric"))
    for step, entry in zip(own, entries, strict=True):
        file, _, name = step.function.rpartition(":")
        path = file_of(project, step)
        if not path.is_file():
            raise entry.fail(
                f"there is no file {shown(file)!r}",
                "function",
                hint='write "FILE.py:FUNCTION", the file from the folder of sterling.toml',
            )
        for text in step.files:
            if not located(project, text).is_file():
                raise entry.fail(
                    f"there is no file {shown(text)!r}", "files", hint="paths are read from the folder of sterling.toml"
                )
        defined = _defined(path, entry)
        if name not in defined:
            raise entry.fail(
                f"{shown(file)} has no function {shown(name)!r}", "function", hint=near_miss(name, defined)
            )


def _at(project: Project, text: str) -> Path:
    return locate(text, folder=project.folder, allowed=project.allowed_folders)


def _defined(path: Path, entry: Table) -> list[str]:
    """Names of the functions of a Python file, read and not run."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError) as error:
        line = f":{error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        raise entry.fail(
            "the file is not Python that can be read",
            "function",
            got=f"{shown(path.name)}{line}",
            hint="run python on the file: it names the place",
        ) from None
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


def _counts(frame: pl.DataFrame, column: str) -> dict[str | None, int]:
    """People in each group, the largest first; missing is a group of its own."""
    counted = frame[column].value_counts(sort=True, name="n")
    found: dict[str | None, int] = {}
    for value, n in counted.iter_rows():
        found[group_text(value)] = found.get(group_text(value), 0) + n
    return found


def _values(project: Project, groups: Mapping[str, Mapping[str | None, int]]) -> None:
    """A group that a limit or the baseline names, and that nobody is in, is a slip of the pen."""
    asked = [(s, limit.origin) for limit in project.policy.limits for s in (limit.slice, limit.baseline) if s]
    asked += [(parse_slice(text), f"{FILE}: [plan] baseline") for text in project.measuring.baseline]
    for slice_, where in asked:
        _value(slice_, where, groups)


def _value(slice_: Slice, where: str, groups: Mapping[str, Mapping[str | None, int]]) -> None:
    for column, value in slice_.items:
        if column in groups and value not in groups[column]:
            raise ConfigError(
                f"no row has {shown(f'{column}={value}')}", where=where,
                expected="one of " + ", ".join(shown(str(v)) for v in list(groups[column])[:8]),
                hint=near_miss(str(value), [str(v) for v in groups[column]]),
            )  # fmt: skip


def _broken(project: Project, frame: pl.DataFrame, groups: tuple[str, ...]) -> Iterator[str]:
    """Promises about the data that do not hold as it is read."""
    data = project.data
    if {data.label, data.id} - {None} <= set(frame.columns):
        broken = broken_promises(frame, label=data.label, id=data.id, groups=groups)
        yield from (anomaly.what for anomaly in broken)


def _schema(project: Project, raw: pl.DataFrame) -> Iterator[str]:
    """What the project's schema does not allow in the table as it is read. Raises ConfigError as `schema_at` does."""
    if project.data.schema is not None:
        yield from map(words, schema_errors(project, raw))


def _stops(project: Project, broken: tuple[str, ...], rows: int, ledger: LedgerReader | None) -> tuple[str, ...]:
    previous = ledger.risks() if ledger is not None else ()
    return stopping(broken, previous, project=project, rows=rows, now=dt.datetime.now(dt.UTC))


def _promise(what: str, stops: tuple[str, ...], *, mended: bool = False) -> str:
    """A broken promise, and what a run would do. `mended`: a step of the project's own comes first."""
    if mended:
        return f"{what}; unless a step of yours mends it, sterling run stops there"
    return f"{what}; {'sterling run stops there' if what in stops else 'somebody accepted it, so sterling run goes on'}"


def _label(
    project: Project, frame: pl.DataFrame, *, told: bool
) -> tuple[float | None, tuple[str, ...], LabelMeaning | None]:
    """The share of positive labels, what must be known of them, and their meaning; nothing where they are no yes or no.

    `told`: a broken promise says what is wrong already. Raises InputError when it cannot be told which value is
    positive.
    """
    if project.data.task != "binary":
        return None, (), None
    try:
        codes, meaning = labels(project, frame)
    except InputError as error:
        if told:
            return None, (), None
        hint = "" if "--label" in error.hint else in_project_words(error.hint)
        raise InputError(error.what, where=error.where, expected=error.expected, got=error.got, hint=hint) from None
    known = codes[codes != 2]
    return float(known.mean()) if known.size else 0.0, label_remarks(meaning, frame.height), meaning


def _notices(
    project: Project, columns: tuple[str, ...], groups: Mapping[str, Mapping[str | None, int]], today: dt.date
) -> Iterator[str]:  # fmt: skip
    yield from _about_people(project, today)
    for own in project.metrics:
        asked = [limit.metric.name for limit in project.policy.limits if limit.metric is not None]
        asked += [*project.measuring.metrics, *(str(v) for ask in project.policy.asks for v in ask.values())]
        if not any(re.search(rf"\b{own.name}\b", text) for text in asked):
            yield f"the metric {own.name} is not measured: no limit, no ask and not [plan] metrics names it"
    yield from said_of_them(project, columns)
    if not project.policy.limits:
        yield "no [[limit]] is set: everything is measured and nothing is judged"
    if project.train is not None and project.data.entity is not None and project.split.by == "row":
        who = shown(project.data.entity)
        yield f'[split] by = "row": one {who} may be trained on and certified with; "entity" keeps it in one part'
    if not project.groups and not project.data.group_probabilities:
        yield "[data] names no groups: nothing is compared between people"
    if project.data.label_kind == "unstated":
        yield "[data] label_kind is not stated: error rates cannot be put in the right words"
    made = [c for c in columns_behind(project.data.groups) if c not in project.data.groups]
    train = project.train
    seen = [c for c in made if train and c not in train.drop and (train.features is None or c in train.features)]
    if seen:
        yield f"the model is shown {', '.join(map(shown, seen))}, from which groups are made; drop in [train] hides it"
    shown_groups = [g for g in project.data.groups if project.train and g in (project.train.features or ())]
    if shown_groups:
        yield f"the model is shown {', '.join(map(shown, shown_groups))}, by which people are compared"
    for slice_ in project.policy.slices:
        if slice_.name in groups and YES not in groups[slice_.name]:
            yield f"nobody is in the slice {shown(slice_.name)}: no row meets its condition"
    for column, counts in groups.items():
        small = [v for v, n in counts.items() if n < project.measuring.min_n]
        if small:
            names = ", ".join(shown("(not recorded)" if v is None else v) for v in small[:5])
            more = f" and {len(small) - 5} more" if len(small) > 5 else ""
            yield f"{shown(column)}: of {names}{more} there are fewer than {project.measuring.min_n}: too few"


def _about_people(project: Project, today: dt.date) -> Iterator[str]:
    for waiver in project.waivers:
        if waiver.expires < today:
            what = f"the waiver of {shown(waiver.limit)!r} ended on {waiver.expires}"
            yield f"{waiver.origin}: {what}; the limit holds again"
    for channel in project.review.notify:
        name = channel.removeprefix("env:")
        if name != channel and not os.environ.get(name):
            yield f"[review] notify: {name} is not set in this environment, so nobody is told there"
    if project.review.notify and not project.review.required:
        yield "[review] names whom to tell, and required is 0: nobody is asked to sign"
    if project.review.required and not project.review.reviewers:
        yield "[review] lists no reviewers: anybody may sign"
    yield from _about_authors(project.review)
    if project.owner is None:
        yield "[project] names no owner: nobody answers for the limits"


def _about_authors(rules: ReviewRules) -> Iterator[str]:
    """Whether an author can be told from those who sign: the name of an account seldom can."""
    if not rules.required or not rules.separate or os.environ.get("STERLING_AUTHOR"):
        return
    account = author()
    if account is None or not is_among(account, rules.reviewers):
        who = (
            "it is not known who you are" if account is None else f"your runs are recorded as made by {shown(account)}"
        )
        yield (
            f"[review] separate: {who}; set STERLING_AUTHOR to the name that you sign with, or nobody can tell whether "
            "those who sign are somebody else"
        )
