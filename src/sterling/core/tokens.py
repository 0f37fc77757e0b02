"""Text to tokens for the expression grammar. Hostile text can only fail to parse: nothing is ever evaluated as code."""

from __future__ import annotations

import math
import re
from typing import Literal, NoReturn

from sterling.core.errors import ConfigError, shown
from sterling.core.frozen import dataclass

MAX_LENGTH = 2_000
MAX_DEPTH = 50
MAX_SIGNS = 150
"""So many of + - * / may stand in an expression: each may be a level of its tree."""
RATES = "rates or cells joined by + - * / ( ), for example tp / (tp + fn)"
Kind = Literal["number", "name", "text", "operator", "end"]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|`(?P<quoted>[^`]+)`"
    r"|\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'"
    r"|(?P<operator><=|>=|==|!=|[-+*/()<>=,\[\]]))"
)


_SIGNS = "write names with signs other than letters, digits and _ in `backticks`"


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    at: int


class Cursor:
    """Walks the tokens of one expression. `expected` says in messages what could stand there.

    `between`: a name may stand where a value does.
    """

    def __init__(self, source: str, *, expected: str = RATES, between: bool = False) -> None:
        self.source = source
        self.expected = expected
        self.between = between
        if len(source) > MAX_LENGTH:
            self.fail(0, f"is longer than {MAX_LENGTH} characters")
        self.tokens = self._scan()
        if sum(t.kind == "operator" and t.text in "+-*/" for t in self.tokens) > MAX_SIGNS:
            self.fail(0, f"has more than {MAX_SIGNS} of + - * /")
        self.position = 0
        self.depth = 0

    def _scan(self) -> list[Token]:
        tokens: list[Token] = []
        at = 0
        end = len(self.source.rstrip())
        while at < end:
            match = _TOKEN.match(self.source, at)
            if match is None:
                self.fail(at, f"has something unreadable at {shown(self.source[at : at + 10])!r}", _SIGNS)
            group = str(match.lastgroup)
            kind: Kind = "number" if group == "number" else "operator" if group == "operator" else "name"
            if group in ("double", "single"):
                kind = "text"
            at = _with_marks(self.source, match.end()) if group == "name" else match.end()
            text = self.source[match.start(group) : at] if group == "name" else match.group(group)
            tokens.append(Token(kind, text, match.start(group)))
        return [*tokens, Token("end", "", end)]

    @property
    def current(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        token = self.current
        if token.kind != "end":
            self.position += 1
        return token

    def number(self, token: Token) -> float:
        """The value of a number token; one too large for a float cannot be written back and is refused."""
        value = float(token.text)
        if math.isinf(value):
            self.fail(token.at, "has a number that is too large")
        return value

    def accept(self, *texts: str) -> Token | None:
        """Take the current token when it is one of these operators or words (words in any case)."""
        token = self.current
        if token.kind in ("operator", "name") and token.text.lower() in texts:
            return self.take()
        return None

    def expect(self, text: str) -> Token:
        token = self.accept(text)
        if token is None:
            self.fail(self.current.at, f"misses {text!r}")
        return token

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(self.current.at, f"is nested deeper than {MAX_DEPTH}")

    def shallower(self) -> None:
        self.depth -= 1

    def fail(self, at: int, problem: str, hint: str = "") -> NoReturn:
        raise ConfigError(
            f"the expression {problem}",
            where=f"column {at + 1} of {shown(self.source)!r}",
            expected=self.expected,
            hint=hint,
        )


def _with_marks(source: str, end: int) -> int:
    """Where a name ends that is read up to `end`: accents and vowel signs may be signs of their own, and go on."""
    while end < len(source) and f"a{source[end]}".isidentifier():
        end += 1
    return end
