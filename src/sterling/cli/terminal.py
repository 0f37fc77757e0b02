"""The terminal as it is: its width, its colours, its characters. The data's text is never trusted."""

from __future__ import annotations

import io
import os
import re
import shutil
import unicodedata
from typing import Literal, TextIO

from sterling.core.frozen import dataclass

Mark = Literal["over", "undecided", "within", "other"]

MARKS: dict[Mark, str] = {"over": "✕", "undecided": "?", "within": "✓", "other": "·"}
WIDTH, NARROWEST = 80, 40
_TYPED = str.maketrans({
    "✕": "x", "✓": "+", "·": "-", "×": "x", "−": "-", "–": "-", "—": "-", "…": "...", "→": "->", "≥": ">=", "≤": "<=",
    "“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "─": "-",
})  # fmt: skip
_WORDS = re.compile(r"[^ \t\n\[]*\[[^\[\]\n]{1,24}\][^ \t\n]*|[^ \t\n]+")
_GLUE = "\u00a0"
_SPACES = "\u00a0\u202f\u2009"
_STYLES = {"strong": "1", "quiet": "2", "alarm": "1;31"}


def harmless(text: str) -> str:
    """Foreign text for one line of a terminal: control and direction characters are written out, not obeyed."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in _SPACES else _written(c) for c in text)


def _written(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def cells(text: str) -> int:
    """How many columns of a terminal the text fills."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, most: int) -> str:
    """The text, shortened with an ellipsis when it fills more than `most` columns."""
    if cells(text) <= most:
        return text
    kept, used = "", 1
    for character in text:
        used += cells(character)
        if used > most:
            break
        kept += character
    return kept + "…"


def pad(text: str, width: int, *, right: bool = False) -> str:
    """The text filled with spaces to `width` columns."""
    space = " " * max(0, width - cells(text))
    return space + text if right else text + space


def wrap(text: str, room: int) -> list[str]:
    """The text in lines of at most `room` columns, broken at spaces but never inside `[low, high]`."""
    lines: list[str] = []
    line = ""
    for word in _WORDS.findall(text):
        if line and cells(line) + 1 + cells(word) <= room:
            line = f"{line} {word}"
            continue
        if line:
            lines.append(line)
        while cells(word) > room:
            head = cut(word, room + 1)[:-1]
            lines.append(head)
            word = word[len(head) :]
        line = word
    return [*lines, line] if line or not lines else lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where a summary is written to, and what can be shown there."""

    stream: TextIO
    width: int = WIDTH
    colour: bool = False
    plain: bool = False
    workflow: bool = False
    """Written to a workflow log, where a line that starts with `::` is a command."""

    @classmethod
    def of(cls, stream: TextIO, *, workflow: bool = False) -> Terminal:
        """What `stream` can show: colour on a terminal only, never with NO_COLOR; ASCII where the encoding needs it."""
        tty = stream.isatty()
        known = shutil.get_terminal_size((WIDTH, 24)).columns if tty else WIDTH
        return cls(
            stream=stream,
            width=max(NARROWEST, min(WIDTH, known)),
            colour=tty and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb",
            plain=not _can_show(stream, "✕✓·×−–…→≥“”"),
            workflow=workflow,
        )

    def style(self, text: str, how: str) -> str:
        return f"\x1b[{_STYLES[how]}m{text}\x1b[0m" if self.colour and text else text

    def mark(self, mark: Mark) -> str:
        how = {"over": "alarm", "undecided": "strong"}.get(mark, "quiet")
        return self.style(MARKS[mark], how)

    def wrapped(self, text: str, *, first: str = "", rest: str = "") -> list[str]:
        """Lines no wider than the terminal. `first` and `rest` are as wide as they look, without styles."""
        lines = wrap(text, self.width - cells(rest))
        return [f"{first if i == 0 else rest}{line}" for i, line in enumerate(lines)]

    def listed(self, parts: list[str]) -> list[str]:
        """`a · b · c` in lines that break between the parts, and inside one only when it is wider than the screen."""
        glued = [p if cells(p) > self.width else p.replace(" ", _GLUE) for p in parts]
        return [line.replace(_GLUE, " ") for line in self.wrapped(f"{_GLUE}· ".join(glued))]

    def write(self, lines: list[str]) -> None:
        """Write lines and flush. Raises BrokenPipeError when the reader has gone away."""
        text = "".join(f"{self._fit(line)}\n" for line in lines)
        self.stream.write(text)
        self.stream.flush()

    def _fit(self, line: str) -> str:
        if self.workflow and line.lstrip().startswith(("::", "##[")):
            line = "| " + line.lstrip()
        if not self.plain:
            return line
        encoding = self.stream.encoding or "ascii"
        return line.translate(_TYPED).encode(encoding, "backslashreplace").decode(encoding)


def _can_show(stream: TextIO, characters: str) -> bool:
    try:
        characters.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def forgive(stream: TextIO) -> None:
    """Let a stream write what it cannot encode as escapes rather than fail."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
