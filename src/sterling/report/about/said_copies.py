"""Rows that leak between parts, columns that give the answer away, rows that repeat others, as sentences."""

from __future__ import annotations

from collections.abc import Iterable

from sterling.core.data.copies import LabelLeak, Leaks
from sterling.core.errors import counted
from sterling.core.estimate import Estimate
from sterling.core.overview import Stated
from sterling.report.about.found import Found
from sterling.report.about.numbers import exact_share, measured, point
from sterling.report.text import capital, few, listed, plain

MOST = 3
_TELLS = {"value": "{} alone tells", "missing": "Whether {} is missing tells", "order": "The order of {} alone tells"}
_ONES = {"value": "{}", "missing": "whether {} is missing", "order": "the order of {}"}
KINDS = {"exact": "stand", "near": "nearly stand", "entity": "belong to somebody", "time": "come before rows"}


def leaks(found: Found, people: str) -> Iterable[Stated]:
    """What stands on both sides of a split, gives the label away, or tells tables apart."""
    for held in found.leaks:
        yield from _between(held)
        yield from _labels(held)
        yield from _apart(held)
        yield from _outside(held)


def _between(leaks: Leaks) -> Iterable[Stated]:
    for leak in sorted((x for x in leaks.between if x.rows), key=lambda x: -(x.share.value or 0.0))[:MOST]:
        share = point(leak.share.value, leak.share.low, leak.share.high, "share")
        by = f" by {plain(leak.by)}" if leak.by else ""
        yield Stated(
            text=f"{share} of the rows of {plain(leak.second, 60)} {KINDS.get(leak.kind, 'stand')}"
            f"{'' if leak.kind in ('exact', 'near') else ' that are'} in {plain(leak.first, 60)}"
            f"{' too' if leak.kind in ('exact', 'near', 'entity') else ''}{by}",
            tone="note",
            shown=measured(leak.share.value, leak.share.low, leak.share.high, "share"),
            n=leak.n,
            of="rows",
            link="copies",
        )


def _labels(leaks: Leaks) -> Iterable[Stated]:
    for label in [x for x in leaks.labels if x.suspicious][:MOST]:
        yield Stated(
            text=f"{_TELLS[label.by].format(plain(label.column))} the label suspiciously well: AUC "
            f"{point(label.value.value, label.value.low, label.value.high, 'value')} on rows held out",
            tone="note",
            shown=measured(label.value.value, label.value.low, label.value.high, "value"),
            n=label.value.n,
            link="copies",
            detail="It may only be known once the answer is",
        )


def near(labels: Iterable[LabelLeak]) -> str:
    """What to say where no column is suspicious, and the one told best may be; empty where it is not above the line."""
    most = max(labels, key=lambda x: x.value.value or 0.0, default=None)
    if most is None or not most.near or most.beyond is None:
        return ""
    value = measured(most.value.value, most.value.low, most.value.high, "value")
    one = _ONES[most.by].format(plain(most.column))
    return f"No column is beyond doubt above {most.beyond:g}; {one} comes close: {value}"


def suspicious(labels: Iterable[LabelLeak]) -> list[str]:
    """Columns that tell the label suspiciously well, each once: its value and whether it is missing may both do so."""
    return list(dict.fromkeys(plain(x.column) for x in labels if x.suspicious))


def _apart(leaks: Leaks) -> Iterable[Stated]:
    for apart in leaks.distinguishable[:MOST]:
        if apart.auc.value is not None and (apart.auc.low or 0.0) > 0.5:
            yield Stated(
                text=f"A classifier tells rows of {plain(apart.second, 60)} from rows of {plain(apart.first, 60)}",
                tone="note",
                shown=f"AUC {measured(apart.auc.value, apart.auc.low, apart.auc.high, 'value')}",
                n=apart.auc.n,
                link="copies",
                detail=f"It goes by {listed([plain(c) for c, _ in apart.features])}" if apart.features else "",
            )


def _outside(leaks: Leaks) -> Iterable[Stated]:
    for out in [o for o in leaks.outside if not o.group and o.share.value is not None][:MOST]:
        if out.expected is None or (out.share.low or 0.0) > out.expected:
            yield Stated(
                text=f"{point(out.share.value, out.share.low, out.share.high, 'share')} of the rows of "
                f"{plain(out.second, 60)} are unlike nearly all rows of {plain(out.first, 60)}",
                tone="note",
                shown=measured(out.share.value, out.share.low, out.share.high, "share"),
                n=out.share.n,
                link="copies",
            )


def _measured(share: Estimate) -> str:
    return measured(share.value, share.low, share.high, "share")


def duplicates(found: Found, people: str) -> Iterable[Stated]:
    """Rows that are there more than once, exactly or nearly."""
    for d in found.duplicates:
        if d.rows:
            share = exact_share(d.rows, d.n)
            detail = [f"in {counted(d.sets, 'set', 'sets')} of equal rows"]
            if d.conflicting:
                detail.append(
                    counted(d.conflicting, "set is equal in all but the label", "sets are equal in all but the label")
                )
            yield Stated(
                text=f"{share} of the rows repeat another row",
                tone="note",
                shown=share if d.one_in == 1 or d.share is None else _measured(d.share),
                n=d.n,
                detail=capital("; ".join(detail)),
                link="copies",
            )
        if d.near_rows:
            share = (
                ""
                if d.near_share is None
                else measured(d.near_share.value, d.near_share.low, d.near_share.high, "share")
            )
            yield Stated(
                text=f"{capital(few(d.near_rows))} different rows have a text that is nearly that of another row",
                tone="note",
                shown=share,
                n=d.near_looked_at,
                detail=f"In {listed([plain(c) for c in d.near_columns])}",
                link="copies",
            )
