"""A first look at queries, relevance and scores: is every row in a query, and are the others numbers?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import ConfigError, InputError, counted, shown
from sterling.core.frozen import dataclass
from sterling.core.roles import Roles
from sterling.core.subject import Subject
from sterling.engine.commas import text_hint
from sterling.engine.survey import Guard, Surveyed, kind_of, look
from sterling.engine.task import EXACT_ROWS

Floats = NDArray[np.float64]
MOST_RELEVANT = 60.0
"""2 to the power of a relevance above this is beyond what sums hold."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankingSurveyed(Surveyed):
    """A subject with models that rank the rows of each query. All rows are held: those of a query may lie anywhere.

    `queries`: how many there are. `tied`: models that give every row of the table the same score.
    """

    queries: int
    tied: tuple[str, ...]

    def label_of(self, frame: pl.DataFrame) -> Floats:
        """Of each row its relevance (NaN without labels), and its query as a number in the order of the queries' names.

        Shape (rows, 2).
        """
        roles = self.roles
        assert roles.query is not None
        relevance = (
            np.full(frame.height, np.nan)
            if roles.label is None
            else frame[roles.label].cast(pl.Float64).to_numpy().astype(np.float64)
        )
        query = frame[roles.query].rank("dense").to_numpy().astype(np.float64) - 1
        return np.stack([relevance, query], axis=1)

    def scores_of(self, frame: pl.DataFrame, index: int) -> Floats:
        return frame[self.roles.models[index].column].cast(pl.Float64).to_numpy()

    def remarks(self) -> tuple[str, ...]:
        out = []
        if self.queries == 1:
            out.append("there is one query: nothing can be said of how numbers differ between queries")
        if self.queries == self.rows > 1:
            out.append(
                "every query has one candidate, so that nothing is put in order: is "
                f"{shown(self.roles.query)} the column of the lists?"
            )
        if self.rows > EXACT_ROWS:
            out.append(f"all {self.rows:,} rows were held in memory: those of a query may lie anywhere in the data")
        out += [f"every score in {name} is the same: the candidates of a query are in no order" for name in self.tied]
        return tuple(out)


def survey(subject: Subject, *, guard: Guard, also: Sequence[str]) -> RankingSurveyed:
    """Check query, relevance, scores and weights.

    Raises ConfigError when no query column was named, InputError naming the column, what was expected and what to do.
    """
    roles = subject.roles
    if roles.query is None:
        raise ConfigError(
            "no query was named", expected="the column that says in which list a row is ranked", hint="--query COLUMN"
        )
    seen = look(subject, lambda schema, whole: _facts(roles, schema), guard=guard, also=also)
    facts = seen.facts
    _complete(facts, roles, subject.name)
    frame = seen.frame
    if frame is None:
        with guard(subject.name):
            frame = seen.table.select(
                list(dict.fromkeys([*roles.columns, *also, *(seen.summing.columns if seen.summing else ())]))
            ).collect()
    _one_weight(frame, roles, subject.name)
    return RankingSurveyed(
        table=frame.lazy(), frame=frame, roles=roles, name=subject.name, rows=seen.rows,
        largest_weight=seen.largest_weight, summing=seen.summing, guard=guard, queries=frame[roles.query].n_unique(),
        tied=tuple(
            m.column for i, m in enumerate(roles.models) if facts[f"min {i}"] == facts[f"max {i}"] and seen.rows > 1
        ),
    )  # fmt: skip


def _facts(roles: Roles, schema: pl.Schema) -> list[pl.Expr]:
    assert roles.query is not None
    query = pl.col(roles.query)
    missing = query.is_null() | query.is_nan() if schema[roles.query].is_float() else query.is_null()
    exprs = [missing.sum().alias("no query")]
    if roles.label is not None:
        _numeric(schema, roles.label, "relevance")
        label = pl.col(roles.label).cast(pl.Float64)
        exprs += [
            (label.is_null() | label.is_finite().not_()).sum().alias("odd label"),
            label.min().alias("min label"),
            label.max().alias("max label"),
        ]
    for i, model in enumerate(roles.models):
        _numeric(schema, model.column, "score")
        score = pl.col(model.column).cast(pl.Float64)
        exprs += [
            (score.is_null() | score.is_finite().not_()).sum().alias(f"odd {i}"),
            score.min().alias(f"min {i}"),
            score.max().alias(f"max {i}"),
        ]
    return exprs


def _numeric(schema: pl.Schema, column: str, what: str) -> None:
    if not schema[column].is_numeric() and schema[column] != pl.Boolean:
        raise InputError(
            f"the {what} column {shown(column)!r} holds {kind_of(schema[column])}, not numbers",
            expected="a number for every row",
            hint=text_hint(
                schema[column],
                "write grades and scores as numbers: 0 for not relevant, 1 for relevant"
                if what == "relevance"
                else "--score takes what candidates are ordered by, higher first",
            ),
        )


def _complete(facts: Mapping[str, Any], roles: Roles, name: str) -> None:
    if facts["no query"]:
        raise InputError(
            f"{counted(facts['no query'], 'row has', 'rows have')} no query in column {shown(roles.query or '')!r}",
            where=name,
            expected="the query of every row",
            hint="drop those rows, or give them the query they were ranked in",
        )
    if roles.label is not None and facts["odd label"]:
        raise InputError(
            f"{counted(facts['odd label'], 'row has', 'rows have')} no finite relevance in column "
            f"{shown(roles.label)!r}",
            where=name,
            expected="a number of at least 0 for every row",
            hint="give candidates that nobody judged a relevance of 0, or leave their queries out",
        )
    if roles.label is not None and not 0 <= facts["min label"] <= facts["max label"] <= MOST_RELEVANT:
        raise InputError(
            f"relevance in column {shown(roles.label)!r} lies between {facts['min label']:g} and "
            f"{facts['max label']:g}",
            where=name,
            expected=f"grades from 0 to {MOST_RELEVANT:g}, such as 0 to 4",
            hint="put wider numbers into a few grades first: clicks and prices are no grades",
        )
    for i, model in enumerate(roles.models):
        column = repr(shown(model.column))
        if facts[f"odd {i}"]:
            raise InputError(
                counted(facts[f"odd {i}"], f"score in column {column} is", f"scores in column {column} are")
                + " missing, NaN or infinite",
                where=name,
                expected="a finite number for every row",
                hint="give candidates that were not scored the lowest score, or find out why the model gave none",
            )


def _one_weight(frame: pl.DataFrame, roles: Roles, name: str) -> None:
    """Weights, and clusters, are the query's."""
    for column, what in ((roles.weight, "weights"), (roles.cluster, "clusters")):
        if column is None or column == roles.query:
            continue
        several = frame.group_by(roles.query).agg(pl.col(column).n_unique().alias("n"))["n"]
        torn = int((several > 1).sum())
        if torn:
            raise InputError(
                f"{counted(torn, 'query has', 'queries have')} rows with different {what} in column {shown(column)!r}",
                where=name,
                expected=f"the same for all rows of a query: {what} are the query's",
                hint=f"leave the {what} out, or give each query one of its own",
            )
