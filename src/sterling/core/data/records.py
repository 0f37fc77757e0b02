"""What was found in a table as flat records: one shape for the JSON, for frames and for whoever reads either.

A record is a mapping of names to plain values. Every kind has a function from `AboutData`; fields that are added to a
dataclass appear in the records of its kind under their own names.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.estimate import Estimate
from sterling.core.evidence import Evidence
from sterling.core.slices import Slice

if TYPE_CHECKING:
    from sterling.core.data.about import AboutData
    from sterling.core.data.anomalies import Anomaly
    from sterling.core.data.profile import ColumnProfile, Histogram, Lengths, Profile

Record = dict[str, object]


def flat(item: Any, **before: object) -> Record:
    """The fields of a dataclass as plain values; an estimate becomes its value, `_low`, `_high`, `level` and `n`."""
    out: Record = dict(before)
    for field in dataclasses.fields(item):
        value = getattr(item, field.name)
        if isinstance(value, Estimate):
            out |= {field.name: value.value, f"{field.name}_low": value.low, f"{field.name}_high": value.high}
            out.setdefault("level", value.level)
            out.setdefault("n", value.n)
        else:
            out[field.name] = plain(value)
    return out


def plain(value: Any) -> object:
    """A value that JSON can hold; None for NaN and infinities."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Slice):
        return value.as_dict()
    if isinstance(value, Estimate) or (dataclasses.is_dataclass(value) and not isinstance(value, type)):
        return flat(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    return value


_COUNTS = ("n", "missing", "distinct", "nan", "infinite", "zeros", "negative")
_NUMBERS = ("mean", "std", "low", "high", "weight", "missing_weight")


def columns(about: AboutData) -> list[Record]:
    """A record for each statistic of each column: `column`, `type`, `statistic`, and `value` or `text`.

    `at`: the share of a quantile. `from` and `to`: the edges of a bin. `other`: the column of an association.
    """
    return [
        {**_EMPTY, "table": p.table, "slice": p.slice.as_dict(), "column": c.name, "type": c.type, "kind": c.kind,
         "role": c.role, "n": c.n, **statistic}
        for p in about.profiles for c in p.columns for statistic in _statistics(p, c)
    ]  # fmt: skip


_EMPTY: Record = dict.fromkeys(
    ("table", "slice", "column", "type", "kind", "role", "statistic", "value", "text", "low", "high", "level", "at",
     "from", "to", "other", "error", "n", "weight", "share")
)  # fmt: skip


def _statistics(profile: Profile, column: ColumnProfile) -> Iterator[Record]:
    for name in _COUNTS:
        error = column.distinct_error if name == "distinct" else 0.0
        yield {"statistic": "count" if name == "n" else name, "value": getattr(column, name), "error": error}
    yield {"statistic": "missing_share", "value": plain(column.missing_share), "error": 0.0}
    for name in _NUMBERS:
        if getattr(column, name) is not None:
            names = {"low": "minimum", "high": "maximum"}
            yield {"statistic": names.get(name, name), "value": plain(getattr(column, name))}
    for name in ("first", "last"):
        if getattr(column, name) is not None:
            yield {"statistic": name, "text": getattr(column, name)}
    for quantile in column.quantiles:
        yield {"statistic": "quantile", "at": quantile.p, "value": plain(quantile.value), "error": quantile.error}
    for histogram in column.histograms:
        yield from _bins(histogram)
    for top in column.top:
        weighed = column.weight is not None
        yield {
            "statistic": "top", "text": top.value, "error": top.error,
            "value": plain(top.count) if top.rows is None and not weighed else top.rows,
            "weight": plain(top.count) if weighed else None,
            "share": plain(top.count / column.known) if column.known > 0 else None,
        }  # fmt: skip
    yield from _facts(column)
    for link in column.associations:
        yield {
            "statistic": link.measure, "other": link.column, "value": plain(link.value), "low": plain(link.low),
            "high": plain(link.high), "level": link.level, "n": link.n,
        }  # fmt: skip


def _bins(histogram: Histogram) -> Iterator[Record]:
    edges = histogram.edges
    for i, number in enumerate(histogram.counts):
        yield {
            "statistic": f"{histogram.kind}_histogram", "from": plain(edges[i]), "to": plain(edges[i + 1]),
            "value": plain(number),
        }  # fmt: skip


def _facts(column: ColumnProfile) -> Iterator[Record]:
    from sterling.core.data.profile import Lengths

    if column.lengths is not None:
        yield from _lengths("length", column.lengths)
    for facts in (column.text, column.image):
        for field in dataclasses.fields(facts) if facts is not None else ():
            value = getattr(facts, field.name)
            if isinstance(value, Lengths):
                yield from _lengths(field.name.removesuffix("s"), value)
            elif isinstance(value, tuple):
                for top in value:
                    yield {"statistic": field.name, "text": top.value, "value": plain(top.count)}
            elif isinstance(value, str):
                yield {"statistic": field.name, "text": value}
            elif value is not None:
                yield {"statistic": field.name, "value": plain(value)}


def _lengths(name: str, lengths: Lengths) -> Iterator[Record]:
    for field in dataclasses.fields(lengths):
        yield {"statistic": f"{name}_{field.name}", "value": plain(getattr(lengths, field.name))}


def anomalies(about: AboutData) -> list[Record]:
    """A record for each broken promise, with the schema and its version."""
    found = about.anomalies
    if found is None:
        return []
    head = {"schema": found.schema, "version": found.version, "environment": found.environment}
    return [flat(a, **head) for a in found.found]


def drift(about: AboutData) -> list[Record]:
    """A record for each statistic of each column: `value`, `low`, `high`, `drifted`; of everyone, then of groups."""
    return [flat(d, table=pair.table, other=pair.other) for pair in about.drifts for d in (*pair.found, *pair.by_group)]


def skew(about: AboutData) -> list[Record]:
    """A record for each column that was compared row by row on a key."""
    return [flat(s, table=pair.table, other=pair.other, key=pair.key) for pair in about.drifts for s in pair.skew]


def people(about: AboutData) -> list[Record]:
    """Records of four kinds under `question`: `reference`, `number`, `gap`, `hole`; and any field added to `People`."""
    return _lists(about.people, {"reference": "reference", "numbers": "number", "gaps": "gap", "holes": "hole"})


def leaks(about: AboutData) -> list[Record]:
    """Records under `question`: `between`, `label`, `distinguishable`, `outside`."""
    return _lists(about.leaks, {"labels": "label"})


def proxies(about: AboutData) -> list[Record]:
    """What features tell of a group column: all `together`, then each alone."""
    out: list[Record] = []
    for found in about.proxies:
        strengths = ([found.together] if found.together is not None else []) + list(found.alone)
        for strength in strengths:
            together = strength is found.together
            out.append(flat(strength, group=found.group, measure=found.measure, together=together))
    return out


def duplicates(about: AboutData) -> list[Record]:
    """One record: how many rows repeat another."""
    return [] if about.duplicates is None else [flat(about.duplicates)]


def personal_data(about: AboutData) -> list[Record]:
    """A record for each kind of personal data in each column: `column`, `kind`, `count`, `share`."""
    return [] if about.personal is None else [flat(p) for p in about.personal.found]


def anonymity(about: AboutData) -> list[Record]:
    """A record for each set of quasi-identifiers: `quasi`, `k`, `unique_rows`."""
    return [] if about.anonymity is None else [flat(s) for s in about.anonymity.sets]


def terms(about: AboutData) -> list[Record]:
    """A record for each answer of the datasheet, each open question, each requirement, and for consent."""
    if about.terms is None:
        return []
    sheet = about.terms.terms
    given = ((f.name, getattr(sheet, f.name)) for f in dataclasses.fields(sheet) if f.name != "missing")
    said: list[Record] = [{"term": k, "value": plain(v), "answer": "given"} for k, v in given if v]
    open_: list[Record] = [{"term": question, "value": None, "answer": "missing"} for question in sheet.missing]
    asked: list[Record] = [
        {"term": r.what, "value": list(r.got), "wanted": list(r.wanted), "answer": r.answer}
        for r in about.terms.requirements
    ]
    consent = [] if about.terms.consent is None else [flat(about.terms.consent, term="consent")]
    return [*said, *open_, *asked, *consent]


def _lists(item: Any, names: Mapping[str, str]) -> list[Record]:
    """Every list of dataclasses in `item`, each record under the word for its list."""
    if item is None:
        return []
    out: list[Record] = []
    for field in dataclasses.fields(item):
        value = getattr(item, field.name)
        for part in value if isinstance(value, tuple) else ():
            if dataclasses.is_dataclass(part):
                out.append(flat(part, question=names.get(field.name, field.name)))
    return out


KINDS: dict[str, Callable[[AboutData], list[Record]]] = {
    "columns": columns, "anomalies": anomalies, "drift": drift, "skew": skew, "people": people, "proxies": proxies,
    "duplicates": duplicates, "leaks": leaks, "personal_data": personal_data, "anonymity": anonymity,
    "terms": terms,
}  # fmt: skip
"""The kinds of records, in the order of the JSON."""


def records(evidence: Iterable[Evidence], kind: str) -> list[Record]:
    """All records of a kind, each with the check that found it. Raises ConfigError for a kind that does not exist."""
    if kind not in KINDS:
        raise ConfigError(
            f"there are no records of kind {shown(kind)!r}", expected=", ".join(KINDS), hint=near_miss(kind, KINDS)
        )
    found = [(e, KINDS[kind](e.about)) for e in evidence if e.about is not None]
    return [{"check": e.check, **record} for e, listed in found for record in listed]


def broken(evidence: Iterable[Evidence]) -> tuple[Anomaly, ...]:
    """The promises of severity *error* that a table does not keep."""
    return tuple(a for e in evidence if e.about is not None and e.about.anomalies is not None
                 for a in e.about.anomalies.errors)  # fmt: skip
