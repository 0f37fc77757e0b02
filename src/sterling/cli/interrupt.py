"""Ctrl-C that works at once, also while native code computes."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Iterator

from sterling.cli.complaints import INTERRUPTED, STOPPED, interrupt_in

GRACE = 1.0
"""Seconds that Python has to notice the interrupt by itself and to clean up."""

_writing = threading.Event()


@contextlib.contextmanager
def prompt_stop(said: str = STOPPED) -> Iterator[None]:
    """Within: an interrupt that Python does not get to see within `GRACE` ends the process with exit code 130.

    `said` is what people are told then, and when Python does see it.

    Python handles a signal between two of its own instructions only; a computation in native code would hold it up.
    Does nothing outside the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with _telling(said), _watched(said):
        yield


@contextlib.contextmanager
def _telling(said: str) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        if interrupt_in(error) is None:
            raise
        raise KeyboardInterrupt(said) from error


@contextlib.contextmanager
def _watched(said: str) -> Iterator[None]:
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    left = threading.Event()
    previous = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(reader, left, said), daemon=True, name="interrupt")
    watcher.start()
    try:
        yield
    finally:
        left.set()
        signal.set_wakeup_fd(previous)
        writer.close()
        watcher.join(GRACE)
        reader.close()


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """Within: a file is being put in place, which takes moments and cleans up after itself; it is let finish."""
    _writing.set()
    try:
        yield
    finally:
        _writing.clear()


def _watch(reader: socket.socket, left: threading.Event, said: str) -> None:
    while received := reader.recv(16):
        if signal.SIGINT in received and not left.wait(GRACE) and not _writing.is_set():
            os.write(2, f"\n{said}\n".encode())
            os._exit(INTERRUPTED)
