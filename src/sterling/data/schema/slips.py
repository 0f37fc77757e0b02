"""Values that are likely a known one, written otherwise: other capitals, blanks and dashes, or a slip of the pen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

ONE_SLIP, TWO_SLIPS = 5, 9
"""From so many letters on, one letter too many, too few, wrong or swapped with its neighbour is a slip; two are."""
_WORDS = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")


def slips(new: Mapping[str, int], known: Sequence[str]) -> dict[str, int]:
    """By known value: the rows whose value is likely meant to be it. `new` are unknown values with their rows."""
    plain = {_plain(v): v for v in reversed(known)}
    found: dict[str, int] = {}
    for value, rows in new.items():
        meant = None if value.startswith("\0") else _meant(value, plain)
        if meant is not None:
            found[meant] = found.get(meant, 0) + rows
    return found


def _meant(value: str, plain: Mapping[str, str]) -> str | None:
    text = _plain(value)
    if text in plain:
        return plain[text]
    near = [(distance, known) for p, known in plain.items() if (distance := _distance(text, p)) is not None]
    likely = [(distance, known) for distance, known in near if _marks(value) == _marks(known)]
    return min(likely)[1] if likely else None


def _marks(value: str) -> tuple[list[str], list[str]]:
    """What tells values apart on purpose: numbers, and words of one or two letters (grade A, grade B)."""
    text = value.casefold()
    return _DIGITS.findall(text), sorted(w for w in _WORDS.findall(text) if len(w) <= 2)


def _plain(value: str) -> str:
    return "".join(_WORDS.findall(value.casefold()))


def _distance(a: str, b: str) -> int | None:
    """The fewest slips that turn b into a (optimal string alignment); None for more than b's letters allow."""
    most = 2 if len(b) >= TWO_SLIPS else 1 if len(b) >= ONE_SLIP else 0
    if not most or abs(len(a) - len(b)) > most:
        return None
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None
