"""One run at a time: the lock falls with its process, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sterling.core.errors import ConfigError
from sterling.pipeline.lock import at_work, only_run

HOLD = """
import sys, time
from pathlib import Path
from sterling.pipeline.lock import only_run
with only_run(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def held(folder: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


def test_another_process_is_named_and_its_end_frees_the_lock(tmp_path: Path) -> None:
    process = held(tmp_path)
    try:
        assert at_work(tmp_path)
        with pytest.raises(ConfigError, match=rf"another run .* at work \(process {process.pid}\)"), only_run(tmp_path):
            pytest.fail("the lock was not there")
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert not at_work(tmp_path)
    with only_run(tmp_path):
        assert at_work(tmp_path)
        assert (tmp_path / "lock").read_text() == str(os.getpid())
    assert not at_work(tmp_path)


def test_an_error_within_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), only_run(tmp_path):
        raise ValueError("inside")
    with only_run(tmp_path):
        pass


def test_those_who_only_look_hold_nobody_up(tmp_path: Path) -> None:
    """Looking takes the lock for a moment; a run that begins just then is not refused."""
    (tmp_path / "lock").touch()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            at_work(tmp_path)
            time.sleep(0.0005)

    lookers = [threading.Thread(target=look) for _ in range(2)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(100):
            with only_run(tmp_path):
                pass
    finally:
        stop.set()
        for looker in lookers:
            looker.join()


def test_nobody_is_at_work_where_nothing_ran(tmp_path: Path) -> None:
    assert not at_work(tmp_path)
    assert not at_work(tmp_path / "nowhere")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot write in the project's folder"), only_run(tmp_path / "nowhere"):
        pytest.fail("there is no such folder")
