"""A run as it goes, on stderr: a line for each step that has ended, and on a terminal one for those at work."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sterling.cli.terminal import Terminal, harmless, pad

if TYPE_CHECKING:
    from rich.live import Live

    from sterling.pipeline.conduct import Watcher
    from sterling.pipeline.execution import Ended
    from sterling.pipeline.step import Step

NAME = 32


@contextlib.contextmanager
def watching(terminal: Terminal, *, quiet: bool) -> Iterator[Watcher]:
    """Give a watcher for `run_project`."""
    if quiet:
        from sterling.pipeline.conduct import Silent

        yield Silent()
        return
    lines = Lines(terminal)
    try:
        yield lines
    finally:
        lines.close()


class Lines:
    """Ended steps with their time, or `unchanged`; those at work with what is left, on a terminal only."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.lock = threading.Lock()
        self.working: dict[str, tuple[Step, float, str]] = {}
        self.live: Live | None = None

    def began(self, step: Step) -> None:
        with self.lock:
            self.working[step.name] = (step, time.monotonic(), "")
            self._draw()

    def progressed(self, step: Step, done: int, total: int | None) -> None:
        with self.lock:
            if step.name in self.working:
                began = self.working[step.name][1]
                self.working[step.name] = (step, began, how_far(done, total, time.monotonic() - began))
                self._draw()

    def ended(self, ended: Ended) -> None:
        with self.lock:
            self.working.pop(ended.step.name, None)
            took = "unchanged" if ended.cached else seconds_text(ended.seconds)
            line = f"  {pad(harmless(ended.step.title), NAME)} {took:>10}"
            self._draw()
            print(self.terminal.style(line, "quiet") if ended.cached else line, file=sys.stderr)

    def close(self) -> None:
        with self.lock:
            if self.live is not None:
                self.live.stop()

    def _draw(self) -> None:
        if not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        if self.live is None:
            self.live = Live(console=Console(stderr=True), transient=True, refresh_per_second=5)
            self.live.start()
        said = [f"  {pad(harmless(s.title), NAME)} {left or 'at work':>10}" for s, _, left in self.working.values()]
        self.live.update(Text("\n".join(said)))


def seconds_text(spent: float) -> str:
    """`12.3 s`, `4.5 min`."""
    return f"{spent:.1f} s" if spent < 100 else f"{spent / 60:.1f} min"


def how_far(done: int, total: int | None, spent: float) -> str:
    """How far it is, and after a second how long it may still take."""
    if not total or not done:
        return f"{done:,}" if done else ""
    share = min(done / total, 1.0)
    if spent < 1 or share >= 1:
        return f"{share:.0%}"
    return f"{share:.0%}, {seconds_text(spent * (1 - share) / share)} left"
