"""Rates of a confusion table: hits among eligible rows, or any algebra of them."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from sterling.core import algebra
from sterling.core.algebra import CELLS, Binary, Node
from sterling.core.errors import ConfigError
from sterling.core.frozen import dataclass
from sterling.core.of_class import accept_class, of_class, write_class
from sterling.core.predicate import Predicate, read_predicate, write_predicate
from sterling.core.roles import Task
from sterling.core.tokens import Cursor

Direction = Literal["higher", "lower", "none"]
Scale = Literal["share", "value"]

_DECIDED_OTHERWISE = ((1009.0, 2003.0, 3001.0, 4001.0, 5003.0, 6007.0), (2777.0, 911.0, 1233.0, 5093.0, 9001.0, 2009.0))
"""Two confusion tables of 4,010 rows with the label yes, 6,004 with no and 11,010 without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricInfo:
    """What a reader needs to know of a metric, whatever computes it.

    `fooled_by`: what makes the number look better or worse than it is. `tasks`: the kinds of model it is for.
    `needs_probability`: the order of the scores does not suffice. `common`: it is in the table of all slices though
    nobody named it. `of`: the class (of several) that it is about. `unit`: what is counted, where it is no people.
    `divided`: groups divide one whole among them, rows or the places of a query, so that no two are independent.
    `counted`: a share of counts though it is written as a bare number, as those beside it are that are no shares.
    """

    name: str
    label: str
    plain: str
    eligible: str
    formula: str
    scale: Scale = "share"
    direction: Direction = "none"
    low: float | None = 0.0
    high: float | None = 1.0
    needs_label: bool = True
    needs_score: bool = False
    by_threshold: bool = True
    source: str = ""
    fooled_by: str = ""
    tasks: tuple[Task, ...] = ("binary",)
    needs_probability: bool = False
    common: bool = True
    of: str | None = None
    unit: str = ""
    divided: bool = False
    counted: bool = False

    @property
    def is_proportion(self) -> bool:
        """A share from 0 to 1, so that its value tells how far it spreads; a difference of shares is none."""
        return (self.scale == "share" or self.counted) and self.low == 0 and self.high == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate of the confusion cells, maybe only of the rows that match `where`."""

    info: MetricInfo
    node: Node
    where: Predicate | None = None

    @property
    def name(self) -> str:
        return self.info.name

    @property
    def proportion(self) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """(hits, eligible) as cell indices when the rate is a plain share of rows, else None.

        Plain shares get score intervals; any other algebra is linearised.
        """
        return _proportion(self.node)

    @property
    def rising(self) -> tuple[tuple[int, ...], tuple[int, ...], float] | None:
        """(hits, eligible, k) when the rate is k h / (k h + m), of h hits and m misses among the eligible; else None.

        Common factors make no difference: tp / (tp + 0.5 fp + 0.5 fn) has k = 2 as well.

        It rises with the share h / (h + m), whose score interval gives its own. F1 is such a rate, with k = 2: it rises
        with the threat score.
        """
        return _rising(self.node)

    @property
    def cells_read(self) -> tuple[int, ...]:
        """Indices of the cells that the rate depends on."""
        return tuple(sorted(algebra.cells_of(self.node)))

    @property
    def of_label_alone(self) -> bool:
        """Whether it is the same with every model, as prevalence is: it has the same value however rows are decided.

        Held at two tables of the same labels, whose numbers have nothing else in common.
        """
        import numpy as np

        value, _ = algebra.evaluate(self.node, np.array(_DECIDED_OTHERWISE))
        return bool(np.isclose(value[0], value[1], rtol=1e-12, atol=0))

    def canonical(self) -> str:
        """One text for equal rates: the name of a registered rate, else the expression."""
        registered = next((name for name, rate in RATES.items() if rate.node == self.node), None)
        text = registered or algebra.write(self.node)
        text = text if self.info.of is None else f"{text} of {write_class(self.info.of)}"
        return text if self.where is None else f"{text} where {write_predicate(self.where)}"


@lru_cache(maxsize=1024)
def _proportion(node: Node) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    if not (isinstance(node, Binary) and node.operator == "/"):
        return None
    top, bottom = algebra.linear(node.left), algebra.linear(node.right)
    if top is None or bottom is None or not set(top) | set(bottom) <= {0.0, 1.0}:
        return None
    if any(t > b for t, b in zip(top, bottom, strict=True)):
        return None
    return tuple(i for i, t in enumerate(top) if t), tuple(i for i, b in enumerate(bottom) if b)


@lru_cache(maxsize=1024)
def _rising(node: Node) -> tuple[tuple[int, ...], tuple[int, ...], float] | None:
    if not (isinstance(node, Binary) and node.operator == "/"):
        return None
    top, bottom = algebra.linear(node.left), algebra.linear(node.right)
    if top is None or bottom is None:
        return None
    factors, misses = {t for t in top if t}, {b for t, b in zip(top, bottom, strict=True) if b != t}
    if len(factors) != 1 or len(misses) != 1 or any(t and t != b for t, b in zip(top, bottom, strict=True)):
        return None
    (of_hits,), (of_misses,) = factors, misses
    if of_hits <= 0 or of_misses <= 0 or not 0 < of_hits / of_misses < math.inf:
        return None
    hits, eligible = (tuple(i for i, x in enumerate(part) if x) for part in (top, bottom))
    return hits, eligible, of_hits / of_misses


RATES: dict[str, Rate] = {}
SHORT: dict[str, str] = {}
"""Other names of rates."""


def register_rate(
    name: str, expression: str, *, label: str, plain: str, eligible: str,
    direction: Direction = "none", needs_label: bool = True, source: str = "",
    scale: Scale = "share", low: float | None = 0.0, high: float | None = 1.0, by_threshold: bool = True,
    fooled_by: str = "", common: bool = True, tasks: tuple[Task, ...] = ("binary",),
) -> Rate:  # fmt: skip
    """Add a named rate; every check, limit and report can then name it.

    Raises ConfigError when the name is taken or the expression cannot be read.
    """
    if name in RATES or name in SHORT:
        raise ConfigError(f"a rate named {name} exists already", hint="choose another name")
    parsed = parse_rate(expression)
    info = MetricInfo(
        name=name, label=label, plain=plain, eligible=eligible, formula=expression, direction=direction,
        needs_label=needs_label, source=source, scale=scale, low=low, high=high, by_threshold=by_threshold,
        fooled_by=fooled_by, common=common, tasks=tasks,
    )  # fmt: skip
    RATES[name] = Rate(info=info, node=parsed.node)
    return RATES[name]


def parse_rate(text: str) -> Rate:
    """The rate named or written in `text`, perhaps of one class, with an optional where-clause.

    `fpr`, `tp / (tp + fn)`, `recall of setosa`, `selection_rate where income > 50000`.
    Raises ConfigError with a near-miss hint.
    """
    cursor = Cursor(text)
    names = {name: rate.node for name, rate in RATES.items()}
    names |= {short: RATES[full].node for short, full in SHORT.items() if full in RATES}
    node = algebra.read_algebra(cursor, names)
    end = cursor.current.at
    of = accept_class(cursor)
    where = read_predicate(cursor) if cursor.accept("where") else None
    if cursor.current.kind != "end":
        cursor.fail(cursor.current.at, f"has {cursor.current.text!r} left over")
    if algebra.degree(node) != 0:
        raise ConfigError(
            f"{text.strip()!r} is a count, not a rate", expected="counts divided by counts", hint="tp / (tp + fn)"
        )
    rate = _known(node) or _own(node, text[:end].strip())
    info = rate.info if of is None else of_class(rate.info, of)
    if where is not None:
        clause = write_predicate(where)
        info = replace(info, name=f"{info.name} where {clause}", label=f"{info.label} (where {clause})")
    return replace(rate, info=info, where=where)


def _known(node: Node) -> Rate | None:
    return next((rate for rate in RATES.values() if rate.node == node), None)


def _own(node: Node, text: str) -> Rate:
    """A rate that is written out and not registered."""
    draft = MetricInfo(name=text, label=text, plain=text, eligible="see the formula", formula=text)
    rate = Rate(info=draft, node=node)
    is_share = rate.proportion is not None
    labelled = {CELLS.index(c) for c in ("tp", "fp", "fn", "tn")}
    info = replace(
        draft,
        scale="share" if is_share else "value",
        low=0.0 if is_share else None,
        high=1.0 if is_share else None,
        needs_label=not {4, 5} & set(rate.cells_read) and bool(labelled & set(rate.cells_read)),
    )
    return replace(rate, info=info)


def threshold_text(threshold: float | None) -> str:
    """A threshold as people type it."""
    return "" if threshold is None or not math.isfinite(threshold) else f"{threshold:g}"


from sterling.core import named_rates as _named_rates  # noqa: E402, F401  fills RATES; it needs what stands above
