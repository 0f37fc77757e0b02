"""Conditions in words, as where-clauses, and as tables for a project file."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sterling.core.discovered import Condition
from sterling.core.errors import SterlingError
from sterling.core.named_slices import LONGEST
from sterling.core.predicate import parse_predicate
from sterling.quality.discovery.features import Feature, number_text
from sterling.quality.discovery.lattice import Codes

_LISTED = 4
_MODEL = 12
"""So many of the last letters of a model's name tell it from others."""


def conditions(parts: Sequence[tuple[int, Codes]], features: Sequence[Feature]) -> tuple[Condition, ...]:
    """Each condition of a conjunction, in words and as a where-clause."""
    return tuple(
        Condition(
            feature=features[f].name, words=f"{features[f].name} {condition_words(features[f], codes)}",
            where=condition_clause(features[f], codes), is_group=features[f].is_group,
        )
        for f, codes in parts
    )  # fmt: skip


def name_of(conditions: Sequence[Condition]) -> str:
    """A slice's name: its conditions in words."""
    return " and ".join(c.words for c in conditions)


def clause_of(conditions: Sequence[Condition]) -> str:
    """The where-clause of a conjunction; empty when the grammar cannot hold it (it is too long)."""
    text = " and ".join(c.where for c in conditions)
    try:
        parse_predicate(text)
    except SterlingError:
        return ""
    return text


def condition_words(feature: Feature, codes: Codes) -> str:
    """`25 to under 40`, `under 25`, `65 and over`, `is Sales`, `is A, B or not recorded`."""
    lost = feature.missing and feature.known in codes
    known = [c for c in codes if c < feature.known]
    if not known:
        return "not recorded"
    if len(known) == feature.known:
        return "recorded"
    said = (
        " or ".join(_range_words(feature, *run) for run in _runs(known)) if feature.ordered else _texts(feature, known)
    )
    return f"{said} or not recorded" if lost else said


def condition_clause(feature: Feature, codes: Codes) -> str:
    """The same as a where-clause of core's grammar: `age >= 25 and age < 40`."""
    column = feature.name if _plain_name(feature.name) else f"`{feature.name}`"
    missing = f"{column} is missing"
    lost = feature.missing and feature.known in codes
    known = [c for c in codes if c < feature.known]
    if not known:
        return missing
    if len(known) == feature.known:
        return f"not {missing}"
    if feature.ordered:
        parts = [_range_clause(feature, column, *run) for run in _runs(known)]
    else:
        parts = _text_clauses(feature, column, known)
    several = [*parts, missing] if lost else parts
    return several[0] if len(several) == 1 else f"({' or '.join(_bracketed(p) for p in several)})"


def bin_words(feature: Feature, codes: Codes) -> str:
    """A row or column of a heat map: the condition without `is`."""
    return condition_words(feature, codes).removeprefix("is ")


def limit_toml(
    name: str,
    where: str,
    metric: str,
    bound: float,
    *,
    highest: bool,
    threshold: float | None,
    model: str | None = None,
) -> str:
    """A `[[slice]]` and a `[[limit]]` on the metric in it, as TOML. `name`: one of `slice_names`.

    `model`: the one that the limit is for, where there are others.
    """
    slice_ = ["[[slice]]", f"name = {_quoted(name)}", f"where = {_quoted(where)}", ""]
    limit = [
        "[[limit]]", f"metric = {_quoted(metric)}", f"{'max' if highest else 'min'} = {number_text(bound)}",
        f'slice = {{ {_quoted(name)} = "yes" }}',
    ]  # fmt: skip
    at = [f"threshold = {number_text(threshold)}"] if threshold is not None else []
    of = [f"model = {_quoted(model)}"] if model is not None else []
    return "\n".join([*slice_, *limit, *at, *of]) + "\n"


def slice_names(slices: Sequence[Sequence[str]], *, model: str | None = None) -> tuple[str, ...]:
    """A name for each slice, given its conditions in words, as a slice with a condition may have it; no two alike.

    Where all conditions are too long together, the first one stands for them. With `model`, one of several, such a name
    ends in the model's: another model's slice may begin alike. Equal conditions keep equal names.
    """
    of = f" ({_plain(model)[-_MODEL:].strip()})" if model is not None else ""
    out: list[str] = []
    for words in slices:
        made, again = _named(words, LONGEST, of), 2
        while made in out:
            made, again = f"{_named(words, LONGEST - 5, of)} ({again})", again + 1
        out.append(made)
    return tuple(out)


def _named(words: Sequence[str], most: int, of: str) -> str:
    said = [_plain(w) for w in words]
    whole = " and ".join(said)
    if len(whole) <= most:
        return whole
    rest = (f" and {len(said) - 1} more" if len(said) > 1 else "") + of
    return f"{_shortened(said[0], most - len(rest))}{rest}"


def _plain(text: str) -> str:
    """The text without what no slice's name may hold."""
    return " ".join("".join(c if c.isprintable() and c not in "=," else " " for c in text).split())


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain_name(name: str) -> bool:
    """Whether the grammar reads the name as a column without back-ticks."""
    return name.isascii() and name.isidentifier() and name.lower() not in ("and", "or", "not", "in", "is", "missing")


def _bracketed(part: str) -> str:
    return f"({part})" if " and " in part else part


def _runs(codes: Sequence[int]) -> list[tuple[int, int]]:
    """Unbroken runs of codes as first and last."""
    runs: list[tuple[int, int]] = []
    for code in sorted(codes):
        if runs and code == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return runs


def _range_words(feature: Feature, first: int, last: int) -> str:
    low, high = _ends(feature, first, last)
    if feature.exact and first == last:
        return f"is {number_text(feature.exact[first])}"
    if feature.exact:
        if high is None:
            return f"{low} and over"
        top = number_text(feature.exact[last])
        return f"{top} and under" if low is None else f"{low} to {top}"
    if low is None:
        return f"under {high}"
    return f"{low} and over" if high is None else f"{low} to under {high}"


def _range_clause(feature: Feature, column: str, first: int, last: int) -> str:
    if feature.exact and first == last:
        return f"{column} = {number_text(feature.exact[first])}"
    low, high = _ends(feature, first, last)
    parts = [f"{column} >= {low}" if low is not None else "", f"{column} < {high}" if high is not None else ""]
    return " and ".join(p for p in parts if p)


def _ends(feature: Feature, first: int, last: int) -> tuple[str | None, str | None]:
    low = number_text(feature.edges[first - 1]) if first > 0 else None
    return low, number_text(feature.edges[last]) if last < len(feature.edges) else None


def _texts(feature: Feature, codes: Sequence[int]) -> str:
    named = [feature.values[c] for c in codes if c < len(feature.values)]
    if len(named) < len(codes):
        named.append("any other")
    shown = named if len(named) <= _LISTED + 1 else [*named[:_LISTED], f"{len(named) - _LISTED} more"]
    return "is " + (shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}")


def _text_clauses(feature: Feature, column: str, codes: Sequence[int]) -> list[str]:
    named = [_text(feature.values[c]) for c in codes if c < len(feature.values)]
    parts = [f"{column} = {named[0]}" if len(named) == 1 else f"{column} in [{', '.join(named)}]"] if named else []
    if len(named) < len(codes):
        rest = f"not {column} in [{', '.join(map(_text, feature.values))}] and not {column} is missing"
        parts.append(rest if not parts else f"({rest})")
    return parts


def _text(value: str) -> str:
    return f"'{value}'" if '"' in value else f'"{value}"'
