"""What is being done, in words, on stderr: rows, how fast, and how long it may still take.

On a terminal a line that is redrawn, once something takes longer than a second, and that is gone at the end. Elsewhere,
such as in the log of a build, a line of its own for every half minute that something takes.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from sterling.cli.steps import seconds_text
from sterling.cli.terminal import Terminal, cells, cut, harmless
from sterling.core.frozen import dataclass

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

DELAY, EVERY, SOME = 1.0, 30.0, 0.5
"""Seconds before a terminal is told anything, between the lines of a log, and before a rate is one."""
CLOCK, LEAST = 10, 8
"""Columns of the spinner and of the time so far; and those that a line has at least."""


class Teller(Protocol):
    """Told what is being done, and how many rows of how many are through."""

    def say(self, words: str) -> None: ...
    def rows(self, done: int, total: int | None) -> None: ...


@contextlib.contextmanager
def progress(*, quiet: bool) -> Iterator[Teller]:
    """Give a teller. Nothing is drawn, or loaded, in the first second."""
    if quiet:
        yield Silence()
        return
    teller = Board() if sys.stderr.isatty() else Log()
    try:
        yield teller
    finally:
        teller.close()


@dataclass(slots=True)
class Pace:
    """What is being done and how far it is: the arithmetic of a line.

    The rate is that since the first rows were through: what came before was loading. Times are in seconds.
    """

    words: str = ""
    done: int = 0
    total: int | None = None
    begun: tuple[int, float] | None = None
    last: float = 0.0

    def reached(self, done: int, total: int | None, at: float) -> None:
        """So many rows of so many are through at this time."""
        self.done, self.total, self.last = done, total, at
        self.begun = self.begun or (done, at)

    @property
    def rate(self) -> float:
        """Rows a second; 0 while it is not known."""
        rows, at = self.begun or (0, self.last)
        return (self.done - rows) / (self.last - at) if self.last - at >= SOME else 0.0

    def line(self, room: int) -> str:
        """As much as fits into so many columns: the time left matters most, then the words, then the rate."""
        rate = self.rate
        share, left, seen, fast = "", "", f"{self.done:,} rows", f"{rate:,.0f} rows/s" if rate else ""
        if self.total:
            share = f"{min(self.done / self.total, 1.0):.0%}"
            seen = f"{self.done:,} of {self.total:,} rows"
            if rate and self.done < self.total:
                left = f"{seconds_text((self.total - self.done) / rate)} left"
        if not self.done:
            return cut(self.words, room)
        for parts in ([seen, fast, left], [share or seen, fast, left], [share or seen, left], [share or seen]):
            said = f"{self.words}: {', '.join(filter(None, parts))}"
            if cells(said) <= room:
                return said
        told = left or share or seen
        return cut(f"{cut(self.words, max(room - len(told) - 2, 1))}: {told}", room)


class Silence:
    """Tells nothing."""

    def say(self, words: str) -> None:
        """Ignore the words."""

    def rows(self, done: int, total: int | None) -> None:
        """Ignore the rows."""


class Log:
    """A line of its own every half minute, for a reader that keeps what it is sent."""

    def __init__(self, every: float = EVERY) -> None:
        self.every, self.pace, self.began = every, Pace(), time.monotonic()
        self.lock = threading.Lock()
        self.closed = threading.Event()
        self.thread = threading.Thread(target=self._tick, name="sterling-progress", daemon=True)
        self.thread.start()

    def say(self, words: str) -> None:
        with self.lock:
            self.pace = Pace(words=harmless(words))

    def rows(self, done: int, total: int | None) -> None:
        with self.lock:
            self.pace.reached(done, total, time.monotonic())

    def close(self) -> None:
        self.closed.set()
        self.thread.join()

    def _tick(self) -> None:
        while not self.closed.wait(self.every):
            with self.lock, contextlib.suppress(OSError, ValueError):  # nobody may read it any more
                terminal, spent = Terminal.of(sys.stderr), seconds_text(time.monotonic() - self.began)
                if self.pace.words:
                    terminal.write([f"{self.pace.line(terminal.width - len(spent) - 3)} ({spent})"])


class Board:
    """One line: a spinner, the words, the rows so far with their rate, what is left. It disappears at the end."""

    def __init__(self, delay: float = DELAY) -> None:
        self.pace = Pace()
        self.lock = threading.Lock()
        self.closed = False
        self.bar: Bar | None = None
        self.timer = threading.Timer(delay, self._show)
        self.timer.daemon = True
        self.timer.start()

    def say(self, words: str) -> None:
        with self.lock:
            self.pace = Pace(words=harmless(words))
            self._draw()

    def rows(self, done: int, total: int | None) -> None:
        with self.lock:
            self.pace.reached(done, total, time.monotonic())
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
        """Made for the width that the terminal has now."""
        return self.pace.line(max(self.bar.console.width - CLOCK, LEAST) if self.bar is not None else sys.maxsize)

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
