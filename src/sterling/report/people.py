"""Groups in words: `female Black applicants`, `applicants with age_band 25-34`, `applicants with no recorded sex`."""

from __future__ import annotations

import re
from typing import NamedTuple

from sterling.core.grouping import made_from
from sterling.core.membership import INFERRED
from sterling.core.roles import ROWS
from sterling.core.slices import GroupValue, Slice
from sterling.report.text import listed, plain, value_text

# Columns whose values are adjectives of people, and their place before the noun: young female Black British people.
_RANKS = {
    "age": 0, "sex": 1, "gender": 1, "race": 2, "ethnic": 2, "ethnicity": 2, "nationality": 3, "religion": 3,
}  # fmt: skip
_SEX = 1
_WORDS = re.compile(r"[^\W\d_]{3,}(?:[ '\-/][^\W\d_]+){0,3}")
_AGES = re.compile(r"age(?:[\W_]*(?:band|group|cat|category|range|bracket|class|bin|years))?", re.IGNORECASE)
_BOUND = r"(?:under|over|less than|greater than|more than|at least|at most|above|below|up to) "
_NUMBERS = re.compile(
    rf"(?:{_BOUND}|[<>≤≥=]{{1,2}} ?)?-?\d[\d.,]*(?: ?(?:[-–+%]|to under|to|and|or) ?)?"
    r"(?:-?\d[\d.,]*|over|under|older|younger|more|less|above|below)?[+%]?|[A-Za-z]",
    re.IGNORECASE,
)
_NO_ADJECTIVES = {
    "another", "any", "applicable", "available", "declined", "false", "from", "less", "greater", "missing",
    "mixed", "more", "multiple", "nan", "none", "not", "null", "older", "other", "others", "over", "prefer",
    "race", "races", "refused", "say", "stated", "than", "the", "true", "two", "undisclosed", "unknown", "unreported",
    "unspecified", "under", "yes", "younger",
}  # fmt: skip
_PLURALS = {"man": "men", "men": "men", "woman": "women", "women": "women", "boys": "boys", "girls": "girls"}


class Phrase(NamedTuple):
    """A group in words; `ends_in_noun` says that a possessive may follow."""

    text: str
    ends_in_noun: bool

    @property
    def possessive(self) -> str:
        return f"{self.text}'" if self.text.endswith("s") else f"{self.text}'s"


def noun(people: str) -> str:
    """The word for the people, as given; `people` when it is blank."""
    return plain(people, 30) or "people"


def group(slice_: Slice, people: str = "people") -> Phrase:
    """The people of a slice, named as the data name them."""
    who = noun(people)
    if not slice_.items:
        return Phrase(f"all {who}", True)
    adjectives: list[tuple[int, str]] = []
    clauses: list[str] = []
    aged, things = "", who in ROWS.values()  # an image has no sex
    for name, value in slice_.items:
        made = made_from(name)
        column = name if made is None else made.column
        if value is not None and _AGES.fullmatch(column) and _is_number(value) and not (value.isalpha() or things):
            aged = f" aged {value[:1].lower()}{value[1:]}"
            continue
        rank = _rank(column)
        word = None if value is None or rank is None or things else _adjective(rank, value)
        if word is None or rank is None:
            clauses.append(_clause(column, value))
        else:
            adjectives.append((rank, word))
    words = [word for _, word in sorted(adjectives, key=lambda a: a[0])]
    if who == "people" and words:
        words, who = _plural_noun(words)
    head = " ".join([*words, who]) + aged
    if any(name.startswith(INFERRED) for name, _ in slice_.items):
        return Phrase(f"{head} with {listed(clauses)}" if clauses else f"{head} (inferred)", False)
    return Phrase(f"{head} with {listed(clauses)}", False) if clauses else Phrase(head, not aged)


def groups(slices: list[Slice], people: str, *, most: int = 3) -> str:
    """Several groups in one list."""
    return listed([group(s, people).text for s in slices], most=most, others="other groups")


def family(columns: tuple[str, ...]) -> str:
    """The columns that a family of groups is made of."""
    return " and ".join(plain(c, 30) for c in columns) or "everyone"


def _rank(column: str) -> int | None:
    found = [_RANKS[token] for token in re.split(r"[\W_]+", column.lower()) if token in _RANKS]
    return found[0] if found else None


def _adjective(rank: int, value: str) -> str | None:
    """The value as an adjective, or None when it does not read as one."""
    if len(value) > 30 or not _WORDS.fullmatch(value):
        return None
    if _NO_ADJECTIVES & set(re.split(r"[ '\-/]", value.lower())):
        return None
    if rank <= _SEX:
        return value.lower()
    if value.lower() == "white":
        return "white"
    if value.islower() or (value.isupper() and len(value) > 4):
        return value[:1].upper() + value[1:].lower()
    return value


def _plural_noun(words: list[str]) -> tuple[list[str], str]:
    """`Black women` rather than `women Black people`."""
    for word in words:
        if word in _PLURALS:
            return [w for w in words if w != word], _PLURALS[word]
    return words, "people"


def _clause(column: str, value: GroupValue) -> str:
    name = plain(column, 30) or "(no name)"
    if value is None:
        return f"no recorded {name}"
    if _is_number(value):
        return f"{name} {value}"
    return f"{name} '{plain(value)}'" if value.strip() else f"{name} {value_text(value)}"


def _is_number(value: str) -> bool:
    """Numbers, ranges and bounds, as in `25-34`, `65 and over`, `less than 25`; and single letters."""
    return len(value) <= 40 and _NUMBERS.fullmatch(value) is not None
