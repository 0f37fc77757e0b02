"""The kinds of anomaly, a closed list: what each is called, how bad it is by default, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from sterling.core.data.anomalies import Severity
from sterling.core.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AnomalyKind:
    """A way in which a table may break a promise. `severity` is the usual one; a schema may set another."""

    severity: Severity
    title: str
    hint: str


def _error(title: str, hint: str) -> AnomalyKind:
    return AnomalyKind(severity="error", title=title, hint=hint)


def _warning(title: str, hint: str) -> AnomalyKind:
    return AnomalyKind(severity="warning", title=title, hint=hint)


_LOOK = "look at where these rows come from"
_REFINE = "if the rows are right, refine the schema: sterling schema edit "

KINDS: Mapping[str, AnomalyKind] = {
    "empty_table": _error("no rows", "look at the query or the file that the table comes from"),
    "too_few_rows": _error("too few rows", "look for files or parts that did not arrive"),
    "too_many_rows": _error("too many rows", "look for files that were read twice, or a join that multiplies rows"),
    "missing_column": _error("a column is not there", "look for a column that was renamed or dropped upstream"),
    "unexpected_column": _warning("a column that the schema does not know",
                                  "describe it: sterling schema infer again, or leave it out of the table"),
    "column_not_in_environment": _error("a column that must not be there",
                                        "take it out: what is not known when the model decides leaks the answer"),
    "type_mismatch": _error("values of another type", "look at how the file is written, or cast the column upstream"),
    "numbers_as_text": _warning("numbers written as text",
                                "read the column as numbers: a stray word or a decimal comma makes it text"),
    "dates_as_text": _warning("dates written as text", "read the column as dates, for example from Parquet"),
    "integer_as_float": AnomalyKind(severity="note", title="whole numbers read as floating ones",
                                    hint="missing values do this in many readers; cast the column upstream"),
    "mixed_types": _warning("numbers among texts", "find what the numbers stand for: codes, or a shifted column"),
    "missing_values": _error("values are missing", "find out for whom; " + _REFINE + "COLUMN presence.min_share 0.9"),
    "too_few_values": _error("too few values", "look for a part of the table whose column is empty"),
    "nan_values": _error("values that are no number", "write missing values as missing; NaN spreads through every sum"),
    "infinite_values": _error("infinite values", "look for a division by zero upstream"),
    "out_of_domain": _error("values outside the known ones", _LOOK),
    "new_values": _error("more new values than allowed", "add those that are right to domain.values"),
    "misspelt_values": _warning("known values written otherwise", "write each value one way upstream"),
    "out_of_range": _error("values outside the range", _LOOK),
    "not_unique": _error("values that name more than one row", "look for rows that were read or joined twice"),
    "length_outside": _error("texts too short or too long", _LOOK),
    "valency_outside": _error("lists too short or too long", _LOOK),
    "pattern_broken": _error("texts of another form", _LOOK),
    "constant": _warning("every value is the same", "a constant column tells a model nothing: look for a lost join"),
    "too_few_distinct": _warning("too few different values", "look for values that were merged or lost upstream"),
    "too_many_distinct": _warning("too many different values", "look for values written in many ways"),
    "value_too_frequent": _warning("one value is too frequent", "look for a default that stands for missing values"),
    "mean_outside": _warning("the mean is outside its limits", "look for a change of unit"),
    "zeros_too_frequent": _warning("zero is too frequent", "look for a zero that stands for missing values"),
    "date_order": _error("dates in the wrong order", "look for columns that were swapped, or days before months"),
    "rule_broken": _error("rows break a rule", _LOOK),
    "no_label": _error("no row has a label", "look for the join that should have brought the labels"),
    "single_label": _error("every label is the same", "look for a filter that kept one outcome"),
    "missing_id": _error("rows without an id", "give every row an id, or take id out of [data]"),
    "repeated_id": _error("ids that are there more than once", "look for rows that were read or joined twice"),
    "empty_group": _error("a group column without values", "look for the join that should have brought the groups"),
}  # fmt: skip
"""By its word. The page of DA011 has a section on each."""
