"""Foreign text made fit for one line, and numbers with no digit that their interval does not support."""

from __future__ import annotations

import math
from typing import Literal

from sterling.core.evidence import Finding
from sterling.core.rates import MetricInfo

Scale = Literal["points", "ratio", "value"]
"""`points`: shares, shown times 100. `ratio`, `value`: shown as they are."""
Unit = Literal["share", "points", "ratio", "value"]
"""As a reader sees it: a percentage, percentage points, a ratio, a bare number."""

MINUS = "\u2212"
FEW = 10
"""Counts of people below this are not shown: they could point at somebody."""
NEAR = 0.75
"""A text is cut at a space where so much of it is left."""
_JOINERS = "\u200c\u200d"  # invisible, but part of how Persian and Indic words are spelled


def plain(text: str, most: int = 40) -> str:
    """`text` on one line, controls and direction marks made visible, the middle of long text left out.

    It is cut between words where they are near.
    """
    if len(text) > 8 * most:
        text = f"{text[: 4 * most]}{text[-4 * most :]}"
    shown = " ".join(text.split())
    if not shown.isprintable():
        shown = "".join(_visible(c) for c in shown)
    if len(shown) <= most:
        return shown
    tail = most // 3
    head, end = shown[: most - tail - 1], shown[-tail:]
    if shown[len(head)] != " " and (space := head.rfind(" ")) >= NEAR * len(head):
        head = head[:space]
    if shown[-tail - 1] != " " and 0 <= (space := end.find(" ")) <= (1 - NEAR) * tail:
        end = end[space + 1 :]
    return f"{head.rstrip()}…{end.lstrip()}"


def value_text(value: str, most: int = 40) -> str:
    """A value as `plain` writes it; an empty or blank one, of which nothing would be seen, is said to be one."""
    if not value:
        return '"" (empty text)'
    return plain(value, most) or '" " (blank)'


def _visible(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    return f"\\x{ord(character):02x}"


def capital(text: str) -> str:
    """`text` as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def listed(parts: list[str], *, most: int = 3, others: str = "more") -> str:
    """`a, b and c`; past `most` parts, `a, b, c and 4 more`."""
    if len(parts) > most:
        more = len(parts) - most
        return f"{', '.join(parts[:most])} and {count(more)} {others.removesuffix('s') if more == 1 else others}"
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def count(n: int) -> str:
    """`1,878`."""
    return f"{n:,}"


def few(n: int) -> str:
    """A count of people: exact, or `fewer than 10`."""
    return count(n) if n >= FEW else f"fewer than {FEW}"


def about(n: int) -> str:
    """A count that is itself an estimate: two digits, rounded up, `about 900`; below 10, `a few`."""
    if n < 10:
        return "a few"
    step = 10 ** (len(str(n)) - 2)
    return f"about {count(-(-n // step) * step)}"


def decimals(low: float, high: float, scale: Scale) -> int:
    """Decimals that an interval supports in the unit shown, at most 6: plus or minus 5 gives 0, 0.8 gives 1."""
    half = (high - low) / 2 * _factor(scale)
    if not math.isfinite(half) or half <= 0:
        return 2
    return min(max(math.ceil(-math.log10(half / 2)), 0), 6)


def number(x: float, digits: int, scale: Scale) -> str:
    """Fixed decimals in the unit shown, thousands set apart, a real minus sign, never `-0`."""
    if not math.isfinite(x):
        return "not known" if math.isnan(x) else "∞" if x > 0 else f"{MINUS}∞"
    shown = f"{abs(x * _factor(scale)):,.{digits}f}"
    return f"{MINUS}{shown}" if x < 0 and shown.strip("0.,") else shown


def bound(x: float, digits: int, scale: Scale, beside: tuple[float, ...]) -> str:
    """An end of an interval, with the decimals that keep it off what decides: `0.4` beside 0 where `0` would lie."""
    for more in range(digits, 7):
        if not any(x != b and number(x, more, scale) == number(b, more, scale) for b in beside):
            return number(x, more, scale)
    return number(x, digits, scale)


def as_typed(x: float, scale: Scale) -> str:
    """A number somebody typed: the share 0.05 is `5`, 0.125 is `12.5`."""
    if not math.isfinite(x):
        return number(x, 0, scale)
    return f"{float(f'{x * _factor(scale):.6g}'):g}".replace("-", MINUS)


def points(shown: str) -> str:
    """`18 points`, `1 point`."""
    return f"{shown} {'point' if shown in ('1', f'{MINUS}1') else 'points'}"


def scale_of(finding: Finding) -> Scale:
    """How a finding's value, interval and limit are written."""
    if finding.kind == "ratio":
        return "ratio"
    return "points" if finding.metric.scale == "share" else "value"


def unit_of(finding: Finding) -> Unit:
    """The unit of a finding's number: a share's own level is a percentage, a difference of shares points."""
    scale = scale_of(finding)
    level = finding.relative or (finding.kind in ("lowest", "highest") and _is_level(finding.metric))
    return "share" if scale == "points" and level else scale


def digits_of(finding: Finding) -> int:
    """Decimals that a finding's interval supports; a ratio has two at least."""
    scale = scale_of(finding)
    return max(decimals(finding.low, finding.high, scale), 2 if scale == "ratio" else 0)


def level_text(info: MetricInfo, shown: str) -> str:
    """A metric's own level: `71%`; points where it may be negative; the bare number on its own scale."""
    if info.scale != "share":
        return shown
    return f"{shown}%" if _is_level(info) else points(shown)


def _is_level(info: MetricInfo) -> bool:
    """Whether a metric is a share of something; one that may be negative is a difference of shares."""
    return info.low is not None and info.low >= 0


def _factor(scale: Scale) -> int:
    return 100 if scale == "points" else 1
