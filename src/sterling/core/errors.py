"""Every error Sterling raises on purpose.

SterlingError
├── InputError      data or a model that cannot be read or does not fit its declaration   (exit 2)
├── ConfigError     a plan, policy, option or expression that cannot be understood         (exit 2)
├── LedgerError     a project's ledger is missing, damaged, locked or of a newer version   (exit 2)
├── MissingExtra    an optional library is not installed                                   (exit 2)
└── LimitExceeded   raised by `Judgement.raise_if_over`                                    (exit 1)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MAX_SHOWN = 80
"""Longest piece of foreign text (a column name, a key) that an error message repeats."""


class SterlingError(Exception):
    """What happened, where, what was expected, what came, and what to try.

    Parameters are plain text. The message never holds a data value that could identify a person.
    """

    exit_code = 4

    def __init__(self, what: str, *, where: str = "", expected: str = "", got: str = "", hint: str = "") -> None:
        self.what, self.where, self.expected, self.got, self.hint = what, where, expected, got, hint
        super().__init__(self.render())

    def render(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        lines = [head]
        if self.expected:
            lines.append(f"  expected: {self.expected}")
        if self.got:
            lines.append(f"  got: {self.got}")
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.what, self.where, self.expected, self.got, self.hint))


def _rebuild(kind: type[SterlingError], what: str, where: str, expected: str, got: str, hint: str) -> SterlingError:
    return kind(what, where=where, expected=expected, got=got, hint=hint)


class InputError(SterlingError):
    """The data or the model cannot be read, or is not what was declared."""

    exit_code = 2


class ConfigError(SterlingError):
    """An option, a plan, a policy or an expression cannot be understood."""

    exit_code = 2


class LedgerError(SterlingError):
    """A project's ledger or its store cannot be read or written, or is not what was written there."""

    exit_code = 2


class MissingExtra(SterlingError):
    """An optional library is needed; the message names the extra that brings it."""

    exit_code = 2


class LimitExceeded(SterlingError):
    """At least one verdict is *over limit*."""

    exit_code = 1


def file_changed(*, where: str = "", expected: str = "", got: str = "") -> InputError:
    """What is said, by whoever notices it, of a file that somebody wrote to meanwhile."""
    return InputError(
        "a file changed while it was read, so nobody knows which of its versions was",
        where=where, expected=expected, got=got, hint="run again once nobody writes to it",
    )  # fmt: skip


def shown(text: object) -> str:
    """Foreign text made fit for one line of a message: escaped, shortened."""
    plain = repr(text) if not isinstance(text, str) else text
    clean = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in plain)
    return clean if len(clean) <= MAX_SHOWN else clean[: MAX_SHOWN - 1] + "…"


def shown_path(path: object) -> str:
    """A path made fit for one line of a message: as `shown`, but a long one keeps its end, where the file's name is."""
    clean = "".join(shown(c) for c in str(path))
    return clean if len(clean) <= MAX_SHOWN else "…" + clean[1 - MAX_SHOWN :]


def counted(n: int, one: str, several: str) -> str:
    """A number and what there is so often of: `1 row has`, `2,000 rows have`."""
    return f"{n:,} {one if n == 1 else several}"


def near_miss(name: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known names, or all of them when they are few."""
    names = sorted(set(known))
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(shown(c) for c in close) + "?"
    listed = ", ".join(shown(n) for n in names[:12])
    return f"known: {listed}" + (f" and {len(names) - 12} more" if len(names) > 12 else "") if names else ""
