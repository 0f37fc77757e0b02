"""What is being done, in words, on stderr: only on a terminal, and only when it takes longer than a second."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

DELAY = 1.0


class Teller(Protocol):
    """Told what is being done and how many more rows are through."""

    def say(self, words: str) -> None: ...
    def rows(self, more: int) -> None: ...


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[Teller]:
    """Give a teller. Nothing is drawn, or loaded, in the first second."""
    if quiet or not sys.stderr.isatty():
        yield Silence()
        return
    board = Board()
    try:
        yield board
    finally:
        board.close()


class Silence:
    """Tells nothing."""

    def say(self, words: str) -> None:
        """Ignore the words."""

    def rows(self, more: int) -> None:
        """Ignore the rows."""


class Board:
    """One line: a spinner, the words, the rows so far with their rate, the seconds. It disappears at the end."""

    def __init__(self, delay: float = DELAY) -> None:
        self.words, self.seen = "", 0
        self.since = self.last = time.monotonic()
        self.lock = threading.Lock()
        self.closed = False
        self.bar: Bar | None = None
        self.timer = threading.Timer(delay, self._show)
        self.timer.daemon = True
        self.timer.start()

    def say(self, words: str) -> None:
        with self.lock:
            self.words, self.seen = words, 0
            self.since = self.last = time.monotonic()
            self._draw()

    def rows(self, more: int) -> None:
        with self.lock:
            self.seen, self.last = self.seen + more, time.monotonic()
            self._draw()

    def close(self) -> None:
        self.timer.cancel()
        with self.lock:
            self.closed = True
            if self.bar is not None:
                self.bar.stop()

    def _draw(self) -> None:
        if self.bar is not None:
            self.bar.update(self.bar.task_ids[0], description=self._line())

    def _line(self) -> str:
        if not self.seen:
            return self.words
        spent = self.last - self.since
        rate = f", {self.seen / spent:,.0f} a second" if spent > DELAY else ""
        return f"{self.words}: {self.seen:,} rows{rate}"

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        with self.lock:
            if self.closed:
                return
            self.bar = Progress(
                SpinnerColumn("line"), TextColumn("{task.description}", markup=False), TimeElapsedColumn(),
                console=Console(stderr=True), transient=True, refresh_per_second=5,
            )  # fmt: skip
            self.bar.add_task(self._line(), total=None)
            self.bar.start()
