"""Limits: what a policy asks of the findings. Reading and checking only; `judge` applies them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sterling.core.addresses import leaving
from sterling.core.errors import ConfigError, near_miss, shown, shown_path
from sterling.core.evidence import Kind
from sterling.core.frozen import dataclass
from sterling.core.grouping import CALL, group_name
from sterling.core.metrics import DATA_METRICS, Metric, resolve_metric
from sterling.core.named_slices import NamedSlice
from sterling.core.slices import GroupValue, Slice, group_text

if TYPE_CHECKING:  # most evaluations read no file
    from sterling.core.toml import Document, Table

Statement = Literal["max_gap", "min_ratio", "min", "max", "max_drop", "max_rise"]
STATEMENTS: dict[Statement, Kind] = {
    "max_gap": "gap", "min_ratio": "ratio", "min": "lowest", "max": "highest", "max_drop": "drop", "max_rise": "rise",
}  # fmt: skip
UPPER: tuple[Statement, ...] = ("max_gap", "max", "max_drop", "max_rise")
"""Statements that are kept by what is at most their number; of the others it is at least that."""
CHANGES: tuple[Statement, ...] = ("max_drop", "max_rise")
"""Statements about the change from another model."""
ALSO_MEANT: dict[Statement, dict[Kind, Statement]] = {
    "max": {"gap": "max_gap", "drop": "max_drop", "rise": "max_rise"}, "min": {"ratio": "min_ratio"},
}  # fmt: skip
"""What `max` and `min` come to in a limit on an ask whose findings are of another kind: the ask says what it is."""
_LIMIT_KEYS = {
    *STATEMENTS,
    "against",
    "relative",
    "metric",
    "ask",
    "columns",
    "groups",
    "slice",
    "threshold",
    "baseline",
    "model",
    "name",
}
_SLICE_KEYS = {"name", "where", "description", "cross"}
_READ = {"project", "slice", "ask", "limit"}
"""Tables that mean something to an evaluation; the others belong to a project file and are named as unread."""

TABLES = (
    "project", "data", "slice", "split", "train", "model", "step", "remedy", "metric", "plan", "ask", "limit", "waiver",
    "review", "alternatives", "scope",
)  # fmt: skip
"""Every table of a project's file, in the order in which it is best written."""
_COLUMN = rf"\s*(?:{CALL}\s*|[^,=]*)"
_ITEM = re.compile(rf"(?P<column>{_COLUMN})=(?P<value>.*?)(?:,(?={_COLUMN}=)|$)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One bound on one kind of finding, and where it was written.

    `against`: the model that a drop or rise is from; `relative`: as a part of that model's value. `columns`: those that
    a number of the table itself is about; none means the worst of all.
    """

    statement: Statement
    bound: float
    metric: Metric | None = None
    ask: str | None = None
    groups: tuple[str, ...] | None = None
    columns: tuple[str, ...] = ()
    slice: Slice | None = None
    threshold: float | None = None
    baseline: Slice | None = None
    model: str | None = None
    name: str | None = None
    origin: str = ""
    against: str | None = None
    relative: bool = False

    @property
    def kind(self) -> Kind:
        return STATEMENTS[self.statement]

    @property
    def compared(self) -> tuple[str, ...] | None:
        """The columns whose groups it looks at, or None: those of its slice divide nobody in it."""
        inside = self.slice.family if self.slice is not None else ()
        return tuple(c for c in self.groups or () if c not in inside) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Limits, and the words in which a project speaks of its people. An empty policy judges nothing."""

    limits: tuple[Limit, ...] = ()
    slices: tuple[NamedSlice, ...] = ()
    asks: tuple[Mapping[str, object], ...] = ()
    ask_origins: tuple[str, ...] = ()
    """File and line of each ask, as far as they are known."""
    project: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""
    unread: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: str | Path) -> Policy:
        """Read the `[[limit]]` tables of a TOML file. Raises ConfigError naming file, line and key.

        Where its limits stand is told in reports: as a path from the working folder, or by the file's name.
        """
        from sterling.core.toml import Document

        document = Document.load(Path(path), what="the policy", hint="check --policy")
        return cls.of(document).placed(shown_path(leaving(str(path))), instead_of=document.origin)

    def placed(self, home: str, *, instead_of: str) -> Policy:
        """The policy with every place named in the file `home`, where `instead_of` stood."""
        of = len(instead_of)
        return replace(
            self,
            limits=tuple(replace(limit, origin=home + limit.origin[of:]) for limit in self.limits),
            ask_origins=tuple(home + origin[of:] for origin in self.ask_origins),
            origin=home,
        )

    @classmethod
    def parse(cls, text: str, *, origin: str = "policy") -> Policy:
        """Read a policy from text. Raises ConfigError as `load` does."""
        from sterling.core.toml import Document

        return cls.of(Document.parse(text, origin=origin))

    @classmethod
    def of(cls, document: Document) -> Policy:
        """The policy in a document that may hold more: a project's file. Raises ConfigError as `load` does."""
        root = document.root
        for key in root.values:
            if key not in TABLES:
                schema = "a schema is given with --schema" if {"column", "format"} & set(root.values) else ""
                raise root.fail(f"unknown table [{shown(key)}]", key, hint=schema or near_miss(key, TABLES))
        asks = root.entries("ask", "asks", "an ask")
        for ask in asks:
            if "check" not in ask:
                raise ask.fail("an ask names no check", hint='check = "FA001"')
        names = {str(ask.values.get("name")) for ask in asks}
        return cls(
            limits=tuple(_limit(item, names) for item in root.entries("limit", "limits", "a limit")),
            slices=_slices(root),
            asks=tuple(ask.values for ask in asks),
            ask_origins=tuple(ask.origin() for ask in asks),
            project=_words(root),
            unread=tuple(sorted(set(root.values) - _READ)),
            origin=document.origin,
        )


def _words(root: Table) -> dict[str, str]:
    """The words of `[project]`; who made the label may stand in `[data]`, where a project says what the label is."""
    data = root.values.get("data", {})
    made = {"label_words": data["label_words"]} if isinstance(data, dict) and "label_words" in data else {}
    return {k: v for k, v in {**made, **root.table("project").values}.items() if isinstance(v, str)}


def _slices(root: Table) -> tuple[NamedSlice, ...]:
    """Every `[[slice]]`: a name and a condition; a file may hold the same one again, copied with another limit."""
    found: dict[str, NamedSlice] = {}
    for item in root.entries("slice", "slices", "a slice"):
        item.only(_SLICE_KEYS)
        for key in ("name", "where"):
            if key not in item:
                raise item.fail(
                    f"a slice has no {key}", hint='name = "young women", where = "sex = \'F\' and age < 30"'
                )
        name = item.words("name")
        given = {
            "where": item.words("where"),
            "description": item.text("description") if "description" in item else "",
            "cross": item.flag("cross") if "cross" in item else False,
        }
        try:
            made = NamedSlice(name=name, **given)  # type: ignore[arg-type]
        except ConfigError as error:
            key = "where" if error.where else "name"
            place = f" ({error.where})" if error.where else ""
            raise item.fail(f"{error.what}{place}", key, expected=error.expected, hint=error.hint) from None
        if found.setdefault(name, made) != made:
            raise item.fail(f"another slice is named {shown(name)!r} too", "name", hint="give it its own name")
    return tuple(found.values())


def _limit(item: Table, asks: set[str]) -> Limit:
    from sterling.core.limit_rules import check_limit

    item.only(_LIMIT_KEYS)
    found: list[Statement] = [s for s in STATEMENTS if s in item]
    if len(found) != 1:
        raise item.fail(
            "a limit makes one statement", expected="one of " + ", ".join(STATEMENTS),
            got=", ".join(found) or "none",
        )  # fmt: skip
    statement = found[0]
    limit = Limit(
        statement=statement,
        bound=_number(item, statement),
        metric=_metric(item),
        ask=_ask_of(item, asks),
        groups=_groups(item),
        columns=_columns(item),
        slice=_slice(item, "slice"),
        threshold=None if "threshold" not in item else _number(item, "threshold"),
        baseline=_slice(item, "baseline"),
        model=None if "model" not in item else str(item.values["model"]),
        name=None if "name" not in item else item.text("name"),
        origin=item.origin(statement),
        against=None if "against" not in item else item.words("against"),
        relative=item.flag("relative") if "relative" in item else False,
    )
    check_limit(limit, item)
    return limit


def _ask_of(item: Table, asks: set[str]) -> str | None:
    """The ask that the limit bounds, if it is not on a metric."""
    if ("metric" in item) == ("ask" in item):
        raise item.fail("a limit names a metric or an ask", hint='metric = "selection_rate"')
    if "ask" not in item:
        return None
    ask = str(item.values["ask"])
    for key in ("groups", "columns", "slice", "threshold", "baseline"):
        if key in item:
            raise item.fail(
                f"a limit on an ask has its own {key}", key,
                hint=f"write {key} in the [[ask]] table: the limit only bounds what was asked",
            )  # fmt: skip
    if ask not in asks:
        raise item.fail(
            f"no ask is named {shown(ask)!r}", "ask",
            hint=near_miss(ask, asks) or "add an [[ask]] with this name, or give the limit a metric",
        )  # fmt: skip
    return ask


def _metric(item: Table) -> Metric | None:
    if "metric" not in item:
        return None
    value = item.values["metric"]
    if not isinstance(value, str):
        raise item.fail("metric is not a text", "metric")
    try:
        return resolve_metric(value)
    except ConfigError as error:
        _of_a_project(item, value)
        raise item.fail(error.what, "metric", expected=error.expected, hint=error.hint) from None


def _of_a_project(item: Table, name: str) -> None:
    """Raises ConfigError for a metric that is a function of a project, named where no project is run."""
    declared = item.document.root.values.get("metric")
    if isinstance(declared, list) and any(isinstance(d, dict) and d.get("name") == name for d in declared):
        raise item.fail(
            f"the metric {shown(name)} is a function of a project's file, and a policy runs no code", "metric",
            hint="sterling run carries the project out; in Python, st.metric registers the function",
        ) from None  # fmt: skip


def _number(item: Table, key: str) -> float:
    value = item.values[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
        raise item.fail(f"{key} is not a number", key, expected="a number such as 0.05")
    if (key in ("max_gap", *CHANGES) and value < 0) or (key == "min_ratio" and not 0 <= value <= 1):
        raise item.fail(f"{key} is {value}", key, expected="a share, such as 0.05 or 0.8")
    return float(value)


def _finite(value: float) -> bool:
    """Whether it fits a float and is not NaN; infinities are limits that `_reachable` speaks of."""
    try:
        return float(value) == value
    except OverflowError:
        return False


def _groups(item: Table) -> tuple[str, ...] | None:
    if "groups" not in item:
        return None
    value = item.values["groups"]
    columns = [value] if isinstance(value, str) else value
    if not isinstance(columns, list) or not columns or not all(isinstance(v, str) for v in columns):
        raise item.fail("groups is not a list of columns", "groups", expected='["race", "sex"]')
    return tuple(_column(item, key="groups", text=v) for v in columns)


def _columns(item: Table) -> tuple[str, ...]:
    """The columns that a limit on a number of the table speaks of."""
    if "columns" not in item:
        return ()
    value = item.values["columns"]
    columns = [value] if isinstance(value, str) else value
    if not isinstance(columns, list) or not columns or not all(isinstance(v, str) for v in columns):
        raise item.fail("columns is not a list of columns", "columns", expected='"age", or ["age", "income"]')
    metric = item.values.get("metric")
    if metric not in DATA_METRICS:
        raise item.fail(
            "columns belong to a number of the table itself", "columns",
            hint='for groups of people write groups = ["race"]; sterling metrics lists the numbers of tables',
        )  # fmt: skip
    return tuple(columns)


def _column(item: Table, *, key: str, text: str) -> str:
    """A group column by the name that stands for it everywhere: `cut(age,25)` is `cut(age, 25)`."""
    try:
        return group_name(text)
    except ConfigError as error:
        raise item.fail(error.what, key, expected=error.expected, hint=error.hint) from None


def _slice(item: Table, key: str) -> Slice | None:
    if key not in item:
        return None
    value = item.values[key]
    if isinstance(value, str) and "=" in value:
        try:
            return parse_slice(value)
        except ConfigError as error:
            raise item.fail(error.what, key, expected=error.expected) from None
    if isinstance(value, dict) and value and all(isinstance(v, str | int | float | bool) for v in value.values()):
        return Slice.of({_column(item, key=key, text=str(k)): group_text(v) for k, v in value.items()})
    raise item.fail(f"{key} is not a slice", key, expected='{ race = "white" }')


def parse_slice(text: str) -> Slice:
    """`race=white`, `race=white,sex=female` or `cut(age, 25)=under 25`.

    A comma that no `column=` follows belongs to the value. Raises ConfigError when there is no `=`, or for a grouping
    that cannot be read.
    """
    items: list[tuple[str, GroupValue]] = []
    at = 0
    while at < len(text) or not items:
        found = _ITEM.match(text, at)
        if found is None or not found["column"].strip():
            raise ConfigError(f"cannot read the slice {shown(text)!r}", expected="column=value, for example race=white")
        items.append((group_name(found["column"].strip()), found["value"].strip()))
        at = found.end()
    return Slice(tuple(items))
