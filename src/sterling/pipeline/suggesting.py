"""What a table's columns might be for: suggestions for a person who starts a project, never decisions."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from sterling.core.errors import shown_path
from sterling.core.frozen import dataclass
from sterling.core.named_slices import columns_behind
from sterling.core.roles import Roles, Task
from sterling.core.slices import group_text
from sterling.core.subject import Subject
from sterling.engine.grouping import with_groups
from sterling.engine.label_values import rows_of
from sterling.engine.labels import label_meaning
from sterling.sources.open import open_table, reading

if TYPE_CHECKING:
    import polars as pl

LOOKED_AT = 100_000
"""Rows that are looked at; the rest of a large table says the same of its columns."""
MOST_GROUPS = 50
_SOMEBODY = (
    r"((applicant|borrower|candidate|client|customer|defendant|employee|patient|person|respondent|student|user)_)?"
)
_GROUP = re.compile(
    r"_(races?(?!_(time|date|distance|track|result))|ethnic\w*|sex|gender\w*|nationality|national_origin|native_country|"
    r"country_of_birth|birth_country|citizenship|foreign_(born|worker|national)s?|foreigners?|caste|religio\w*|"
    r"sexual_orientation|disab\w*|handicap\w*|(cognitive|hearing|mental|physical|vision|visual)_impairment|marital\w*|"
    r"marriage|married|civil_status|veteran\w*|pregnan\w*)_"
    r"|_((fe)?males?|wom[ae]n)_$|_is_(fe)?male_|^_((first|home|mother|native|preferred|primary|spoken)_)?language_$"
)
_AGE = re.compile(rf"^_{_SOMEBODY}ages?(_(in_)?(years?|yrs))?_$")
_AGE_BAND = re.compile(rf"^_{_SOMEBODY}age_?(bands?|groups?|cat\w*|range|bracket)_$")
_PLAIN = re.compile(r"[^\W\d]\w*")
_LABEL = re.compile(
    r"(^|_)(label|target|y|outcome|class|approved?|accepted?|hired?|admitted|granted|default(ed)?|denied|result|"
    r"decision|survived|churn(ed)?|fraud|readmitted|rearrested|recid\w*)(_|$)",
    re.IGNORECASE,
)
_ID = re.compile(r"(^|_)(id|key|uuid|number|no|nr)(_|$)", re.IGNORECASE)
_SCORE = re.compile(r"(^|_)(score|prob\w*|pred\w*|risk|p)(_|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A table's columns, and which might be what, likelier ones first. `values`: of columns with two of them.

    `tasks`: what a model would do whose label is one of the other columns.
    """

    columns: tuple[str, ...]
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    ids: tuple[str, ...]
    scores: tuple[str, ...]
    values: dict[str, tuple[str, ...]]
    tasks: dict[str, Task]

    def groups_beside(self, *taken: str | None) -> tuple[str, ...]:
        """The groups that are not made of these columns, which have another role."""
        return tuple(g for g in self.groups if g not in taken and columns_behind((g,))[0] not in taken)

    @property
    def label(self) -> str | None:
        """The label, where one column alone has the name of one, or could be one."""
        named = [c for c in self.labels if _LABEL.search(c)] or self.labels
        return named[0] if len(named) == 1 else None


def suggest(path: str, sql: str | None = None) -> Suggested:
    """Look at the first rows of a table, or of what a query of it gives. Raises InputError when it cannot be read."""
    import polars as pl

    opened = open_table(path, sql=sql)
    with reading(opened.name):
        frame = opened.table.head(LOOKED_AT).collect()
    names = tuple(frame.columns)
    plain = [
        c for c in names if frame[c].dtype.is_numeric() or frame[c].dtype in (pl.String, pl.Boolean, pl.Categorical)
    ]
    distinct = {c: frame[c].drop_nulls().n_unique() for c in plain}
    two = [c for c in plain if distinct[c] == 2]
    groups = tuple(
        c for c in plain
        if 1 < distinct[c] <= MOST_GROUPS and any(p.search(_spelt(c)) for p in (_GROUP, _AGE, _AGE_BAND))
        and not (c in two and _LABEL.search(c))
    )  # fmt: skip
    if not any(p.search(_spelt(c)) for c in groups for p in (_AGE, _AGE_BAND)):
        many = (c for c in plain if _AGE.search(_spelt(c)) and frame[c].dtype.is_numeric() and _PLAIN.fullmatch(c))
        groups = (*groups, *(f"quantiles({c}, 4)" for c in many if distinct[c] > MOST_GROUPS))
    unique = [c for c in plain if frame.height > 1 and distinct[c] == frame.height and not frame[c].dtype.is_float()]
    ids = _first(unique, _ID)
    return Suggested(
        columns=names,
        labels=_first([c for c in two if c not in groups], _LABEL),
        groups=groups,
        ids=tuple(c for c in ids if _ID.search(c) or frame[c].dtype == pl.String),
        scores=tuple(c for c in plain if frame[c].dtype.is_float() and _SCORE.search(c) and _within(frame[c])),
        tasks={c: _task_of(frame[c]) for c in names if c not in two},
        values={c: tuple(sorted(str(group_text(v)) for v in frame[c].drop_nulls().unique())) for c in two},
    )


def _spelt(name: str) -> str:
    """`applicantRace`, `marital-status` and `AGE` in one way: small letters, words between underscores."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[\W_]+", "_", name)
    return f"_{words.lower().strip('_')}_"


def _task_of(column: pl.Series) -> Task:
    """What a model does that is compared with this label, by what its values are."""
    import polars as pl

    kind = column.dtype
    if isinstance(kind, pl.List | pl.Array):
        if kind.inner == pl.Struct:
            return "detection"
        return "segmentation" if isinstance(kind.inner, pl.List | pl.Array) else "sets"
    if kind.is_float():
        return "regression"
    return "text" if kind == pl.String and (column.str.count_matches(" ").mean() or 0) > 1 else "multiclass"  # type: ignore[operator]


def _first(names: list[str], pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Names that say what they are before those that do not."""
    return tuple(sorted(names, key=lambda name: pattern.search(name) is None))


def _within(column: pl.Series) -> bool:
    """Whether all of it lies from 0 to 1, as probabilities do."""
    known = column.drop_nulls().drop_nans()
    return known.len() > 0 and bool(known.is_between(0, 1).all())


def check_groups(path: str, made: tuple[str, ...], *, sql: str | None = None) -> None:
    """Raises InputError when a group column cannot be made of the table's columns as its text says."""
    if made:
        opened = open_table(path, sql=sql)
        with_groups(Subject(table=opened.table, roles=Roles(groups=made), name=opened.name), guard=reading)


def check_positive(
    path: str, label: str, *, positive: str | None, favourable: str | None, sql: str | None = None
) -> tuple[str, str]:
    """The label's positive value and the one that a person wants, as a project names them.

    Raises InputError when the label column does not tell which of its values is positive, or has none such.
    """
    opened = open_table(path, sql=sql)
    with reading(opened.name):
        seen = opened.table.select(label).unique().collect()[label]
    roles = Roles(label=label, positive=positive, favourable=favourable)
    with reading(opened.name):
        meaning = label_meaning(roles, {label: seen}, 0, shown_path(path), rows=partial(rows_of, opened.table))
    assert meaning is not None  # there is a label
    return meaning.positive, meaning.favourable
