"""DA019: which columns hold personal data or secrets?"""

from __future__ import annotations

from collections.abc import Sequence

from sterling.core.data.about import AboutData
from sterling.core.data.personal import PersonalDataFound
from sterling.core.errors import ConfigError
from sterling.core.estimate import Estimate
from sterling.core.evidence import Answer, Finding, Side
from sterling.core.metrics import DATA_METRICS
from sterling.core.registry import check
from sterling.core.slices import EVERYONE
from sterling.data.personal.columns import by_name, of_columns
from sterling.data.personal.counting import readable, unreadable
from sterling.data.personal.sampled import Read, read_texts
from sterling.engine.table import TableAccess

CODE = "DA019"
METHOD = (
    "values in which a detector finds the kind, counted over all rows; detectors err: see their precision and recall"
)
MOST_TEXTS = 100_000


@check(
    code=CODE,
    name="personal-data",
    title="Personal data and secrets",
    question="Which columns say who somebody is, how to reach or pay them, or how to get in somewhere?",
    needs=("table",),
    when=("profile",),
    pitfalls=(
        "Detectors miss what has no fixed form: nicknames, rare illnesses, stories that only one person could tell.",
        "Precision and recall were measured on texts that we made; on yours they will differ.",
        "Columns without any such data can still say together who somebody is: look at DA020.",
    ),
    hints=(
        "Drop columns that nothing needs; mask those that only link rows: sterling data remedy mask.",
        "Replace every secret that was found where it is used: whoever read the table has it.",
    ),
)
def personal_data(access: TableAccess, *, columns: tuple[str, ...] | None = None, texts: float = 200.0) -> Answer:
    """Every text and number is held against patterns and check digits, in memory or streamed.

    `columns`: those to look at; all unless given. `texts`: how many values of free text a language model reads for
    names, if the extra `personal` is installed; 0 for none. No value is kept or shown, nor any part of one.
    """
    if not (0 <= texts <= MOST_TEXTS and texts == int(texts)):
        raise ConfigError(f"texts is {texts:g}", where=CODE, expected=f"a whole number from 0 to {MOST_TEXTS:,}")
    names = access.known(columns, where=CODE) if columns is not None else access.columns
    looked_at = tuple(c for c in names if readable(access.schema[c]))
    counted, free = of_columns(access, looked_at)
    read = read_texts(access, free, most=int(texts))
    found = (*counted, *by_name(access, names, counted), *read.found)
    held = PersonalDataFound(
        found=tuple(sorted(found, key=lambda f: (names.index(f.column), -f.count, f.kind, f.by))),
        rows=access.rows, looked_at=access.rows, columns=names, without=read.without, read=read.texts,
        read_in=read.columns,
    )  # fmt: skip
    return Answer(
        about=AboutData(personal=held), method=METHOD, findings=tuple(_findings(held, access)),
        notes=tuple(_notes(held, read, sum(unreadable(access.schema[c]) for c in names))),
    )  # fmt: skip


def _findings(held: PersonalDataFound, access: TableAccess) -> list[Finding]:
    personal = {c: [f for f in held.found if f.column == c and f.sensitivity != "secret"] for c in held.columns}
    secret = [f for f in held.found if f.sensitivity == "secret"]
    shares = {c: _together([f.share for f in items], 1.0) for c, items in personal.items()}
    low, high = (max((s[i] for s in shares.values()), default=0.0) for i in (0, 1))
    holding = len({f.column for f in held.found if f.sensitivity != "secret" and f.count})
    keys = {c: _bounds([float(f.count) for f in secret if f.column == c], float(access.rows)) for c in held.columns}
    return [
        _finding("personal_data_share", (), low, high, access),
        *(_finding("personal_data_share", (c,), *s, access) for c, s in shares.items()),
        _finding("personal_data_columns", (), float(holding), float(holding), access),
        _finding("secrets", (), sum(k[0] for k in keys.values()), sum(k[1] for k in keys.values()), access),
        *(_finding("secrets", (c,), *k, access) for c, k in keys.items() if k[1]),
    ]


def _together(shares: Sequence[Estimate], most: float) -> tuple[float, float]:
    """As `_bounds`, of shares of which some are of a sample: what was counted in every value has both ends in one."""
    known = [(e.low, e.high) for e in shares if e.low is not None and e.high is not None]
    return (max((low for low, _ in known), default=0.0), min(sum((high for _, high in known), 0.0), most))


def _bounds(parts: Sequence[float], most: float) -> tuple[float, float]:
    """Of several kinds the values may be the same or different: as many as the commonest, or as many as all."""
    return (max(parts, default=0.0), min(sum(parts, 0.0), most))


def _finding(name: str, columns: tuple[str, ...], low: float, high: float, access: TableAccess) -> Finding:
    n = access.rows
    return Finding(
        metric=DATA_METRICS[name].info, kind="highest", family=(), threshold=None, second=None, value=low, low=low,
        high=high, level=access.level, groups_compared=1, columns=columns, method=METHOD,
        first=Side(slice=EVERYONE, value=low, n=n, n_eligible=n, n_effective=float(n)),
    )  # fmt: skip


def _notes(held: PersonalDataFound, read: Read, unread: int) -> list[str]:
    notes = []
    if read.texts:
        where = ", ".join(read.columns[:8])
        notes.append(f"a language model for English read {read.texts:,} values of free text, in {where}")
    notes += [f"not looked for: {w}" for w in held.without]
    if unread:
        notes.append(f"{unread} columns hold lists, pictures or other things that were not read")
    return notes
