"""What the terminal says about a table: sentences, one table of columns, notices, and the way on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sterling.cli.terminal import Mark, Terminal, cells, cut, harmless, pad
from sterling.report import words
from sterling.report.about.found import Found, gathered
from sterling.report.about.next import next_steps
from sterling.report.about.numbers import exact_share, size
from sterling.report.about.said import found_sentences
from sterling.report.text import capital, count, plain, value_text

if TYPE_CHECKING:
    from sterling.core.data.profile import ColumnProfile
    from sterling.core.judge import Judgement
    from sterling.core.overview import Stated
    from sterling.core.run import Run

MOST_SENTENCES, MOST_COLUMNS, MOST_NOTICES, STEPS = 14, 16, 4, 2
MOST_OF_A_KIND = 3
SHOWN: dict[str, int] = {"over": 6, "undecided": 4, "insufficient": 2, "error": 3, "within": 2, "not_applicable": 2}
_MARK: dict[str, Mark] = {"over": "over", "undecided": "undecided", "insufficient": "undecided", "within": "within"}
NAME, KIND, VALUES = 22, 8, 24
GAP = 2
_GLUE = "\u00a0"
NAMES = {"--report": "Page", "--json": "JSON", "--junit": "JUnit", "--sarif": "SARIF"}


def summary(run: Run, judgement: Judgement, terminal: Terminal) -> list[str]:
    """Every line, in order, without what comes after: see `closing`."""
    found = gathered(run.evidence, level=run.plan.level)
    parts = [
        _sentences(run, judgement, found, terminal),
        _counts(judgement, terminal),
        _columns(run, found, terminal),
        _notices(run, terminal),
    ]
    return [line for part in parts if part for line in [*part, ""]]


def closing(run: Run, judgement: Judgement, written: Sequence[tuple[str, Path]], terminal: Terminal) -> list[str]:
    """Where the outputs are, and what to do next."""
    found = gathered(run.evidence, level=run.plan.level)
    width = max((len(NAMES[option]) for option, _ in written), default=0) + 1
    lines = [f"{NAMES[option] + ':':<{width}} {harmless(str(path))}" for option, path in written]
    for i, step in enumerate(next_steps(run, judgement, found)[:STEPS]):
        lines += terminal.wrapped(harmless(step), first="Then: " if i else "Next: ", rest="      ")
    return lines


def _sentences(run: Run, judgement: Judgement, found: Found, terminal: Terminal) -> list[str]:
    """Broken promises, verdicts on limits worst first, then what was found whatever the limits say."""
    roles = words.settled_roles(run)
    said = found_sentences(found, roles)
    lines: list[str] = []
    for item in (s for s in said if s.tone == "over"):
        lines += _line(_text(item), "over", terminal)
    judged = [v for v in words.in_order(judgement) if v.limit is not None or v.verdict == "error"]
    for word, most in SHOWN.items():
        held = [v for v in judged if v.verdict == word]
        for verdict in held[:most]:
            lines += _line(words.said(verdict, roles), _MARK.get(word, "other"), terminal)
        if len(held) > most:
            rest = f"  and {count(len(held) - most)} more {words.word_of_all(held[most:])} on the page"
            lines.append(terminal.style(rest, "quiet"))
    if any(v.verdict == "within" for v in judged):
        note = terminal.wrapped(words.within_note(run), first="  ", rest="  ")
        lines += [terminal.style(line, "quiet") for line in note]
    others = [s for s in said if s.tone != "over"]
    for item in others[:MOST_SENTENCES]:
        lines += _line(_text(item), "other", terminal)
    if len(others) > MOST_SENTENCES:
        lines.append(terminal.style(f"  and {count(len(others) - MOST_SENTENCES)} more on the page", "quiet"))
    return lines or _nothing(run, terminal)


def _nothing(run: Run, terminal: Terminal) -> list[str]:
    """What was asked, where none of it has a finding to tell; a question that only describes is told by its table."""
    lines: list[str] = []
    for item in run.evidence[:MOST_SENTENCES]:
        if item.about is not None and item.about.profiles:
            continue
        n = f"n{_GLUE}{count(run.n)}"
        said = f"nothing stood out ({n})" if item.outcome == "measured" else f"not answered: {plain(item.reason, 200)}"
        lines += _line(f"{plain(item.title, 80)} ({item.check}): {said}.", "other", terminal)
    return lines


def _text(item: Stated) -> str:
    """A finding in one line: the sentence, its number where the sentence does not say it, how many rows."""
    number = item.shown if item.shown and item.shown.split(" [")[0] not in item.text else _interval(item.shown)
    n = "" if item.n is None else f"n{_GLUE}{count(item.n)}"
    beside = ", ".join(t for t in (number, n) if t)
    said = f"{item.text} ({beside})" if beside else item.text
    return f"{said}."


def _interval(shown: str) -> str:
    return f"[{shown.split(' [', 1)[1]}" if " [" in shown else ""


def _line(text: str, mark: Mark, terminal: Terminal) -> list[str]:
    first, *rest = (line.replace(_GLUE, " ") for line in terminal.wrapped(harmless(text), first="", rest="  "))
    return [f"{terminal.mark(mark)} {first}", *rest]


def _counts(judgement: Judgement, terminal: Terminal) -> list[str]:
    if not any(v.limit is not None for v in judgement.verdicts):
        return []
    counts = words.counts_of(judgement, (w for w in words.ORDER if w != "unjudged"))
    return terminal.listed(counts)


def _columns(run: Run, found: Found, terminal: Terminal) -> list[str]:
    """A row for each column: what is missing, how many values differ, and what they are like."""
    if not found.profiles:
        return []
    profile = found.profiles[0]
    alone = profile.rows == 1 and run.roles.people == "rows"
    head = [
        "1 row" if alone else f"{count(profile.rows)} {plain(run.roles.people, 30)}",
        "1 column" if len(profile.columns) == 1 else f"{count(len(profile.columns))} columns",
    ]
    head.append("exact counts" if profile.exact else "distinct values and quantiles by sketches")
    shown = profile.columns[:MOST_COLUMNS]
    rows = [_row(c) for c in shown]
    headings = ("column", "type", "missing", "distinct", "values")
    widths = [max(cells(r[i]) for r in [headings, *rows]) for i in range(4)]
    widths[0], widths[1] = min(widths[0], NAME), min(widths[1], 12)
    room = terminal.width - sum(widths) - 4 * GAP
    lines = [terminal.style(line, "quiet") for line in terminal.listed([harmless(h) for h in head])]
    lines.append(terminal.style(_joined(headings, widths, room), "quiet"))
    lines += [_joined(row, widths, room) for row in rows]
    left = len(profile.columns) - len(shown)
    if left:
        lines.append(
            terminal.style(f"and {count(left)} more {'column' if left == 1 else 'columns'} on the page", "quiet")
        )
    return lines


def _joined(row: Sequence[str], widths: Sequence[int], room: int) -> str:
    right = (False, False, True, True)
    parts = [pad(cut(text, width), width, right=r) for text, width, r in zip(row, widths, right, strict=False)]
    return (" " * GAP).join([*parts, cut(row[4], max(room, 8))]).rstrip()


def _row(column: ColumnProfile) -> tuple[str, str, str, str, str]:
    missing = (
        "-"
        if not column.absent
        else exact_share(column.missing_share or 0.0, 1.0).replace("under ", "<").replace("over ", ">")
    )
    about = "~" if column.distinct_error else ""
    return (
        harmless(plain(column.name, NAME)) or "(no name)", column.kind, missing, f"{about}{count(column.distinct)}",
        harmless(_values(column)),
    )  # fmt: skip


def _values(column: ColumnProfile) -> str:
    """Mean and middle half of numbers; the commonest values of others; the ends of dates."""
    if column.mean is not None:
        quartiles = [q.value for p in (0.25, 0.75) for q in column.quantiles if q.p == p and q.value is not None]
        middle = f", half in {size(quartiles[0])} to {size(quartiles[1])}" if len(quartiles) == 2 else ""
        endless = f", {exact_share(column.infinite, column.n - column.absent)} infinite" if column.infinite else ""
        return f"mean {size(column.mean)}{middle}{endless}"
    if column.first is not None and column.last is not None:
        return f"{plain(column.first, 30)} to {plain(column.last, 30)}"
    if column.n == column.absent:
        return "every value is missing"
    if not column.top:
        return "no value that ten rows share"
    return ", ".join(f"{value_text(t.value, 20)} {exact_share(t.count, column.known)}" for t in column.top[:3])


def _notices(run: Run, terminal: Terminal) -> list[str]:
    lines: list[str] = []
    for text in run.notices[:MOST_NOTICES]:
        lines += terminal.wrapped(capital(harmless(text)), first="Note: ", rest="      ")
    if len(run.notices) > MOST_NOTICES:
        more = len(run.notices) - MOST_NOTICES
        lines.append(f"      and {count(more)} more {'note' if more == 1 else 'notes'} on the page")
    return lines
