"""Real processes, really killed: the ledger opens, verifies, holds all that was said to be committed, and goes on."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from sterling.ledger import open_ledger
from sterling.ledger.verify import verify
from tests.faults.ledger_writer import main as write
from tests.faults.processes import KILLED, started
from tests.ledger.world import artifact

KILLS = 30
PER_PUT = 6


@dataclass(frozen=True)
class Writer:
    """A process that writes, and what it says."""

    process: BaseProcess
    told: Connection

    def said(self) -> list[tuple[str, int, str]]:
        """What it said it committed, once it has ended; a last word that was cut is left out."""
        words = []
        with contextlib.suppress(EOFError, OSError):
            while True:
                words.append(self.told.recv())
        self.process.join(timeout=300)
        assert self.process.exitcode in (0, KILLED), "its fault is on the error stream"
        return words


def writer(folder: Path, name: str, count: int = 100_000) -> Writer:
    told, out = Pipe(duplex=False)
    process = started(write, folder, name, count, out)
    out.close()
    return Writer(process, told)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_killed_at_random_moments(tmp_path: Path) -> None:
    """One ledger, thirty writers one after another, two at a time, each killed at a moment nobody chose."""
    folder = tmp_path / ".sterling"
    chance = random.Random(os.environ.get("CI") and 7)
    committed: list[tuple[str, int, str]] = []
    for turn in range(KILLS // 2):
        pair = [writer(folder, f"{turn}-{side}") for side in "ab"]
        for one in pair:
            if turn % 5:  # else killed wherever start-up, creation or recovery happens to be
                assert one.told.poll(60)
        time.sleep(chance.uniform(0, 0.15))
        for one in pair:
            one.process.kill()
        for one in pair:
            committed += one.said()
        if not (folder / "ledger.db").exists():
            continue
        with open_ledger(folder) as ledger:
            checked = verify(ledger)
            assert checked.ok, checked.problems
            assert checked.records % PER_PUT == 0  # no put in part
            assert ledger.executions(state="running") == ()
            assert all(ledger.contains(hash_) for _, _, hash_ in committed)
            known = {e.id for e in ledger.executions()}
            assert known >= {id_ for id_, _, _ in committed}
            assert len(known) * PER_PUT == checked.records
    assert len(committed) > KILLS, "hardly anything was written: nothing was tested"
    with open_ledger(folder) as ledger:
        ledger.put(artifact("after"))
        assert verify(ledger).ok


@pytest.mark.slow
def test_twenty_writers_at_once(tmp_path: Path) -> None:
    """They make the ledger together, wait for each other, and none loses a record."""
    folder = tmp_path / ".sterling"
    writers = [writer(folder, f"w{i}", count=5) for i in range(20)]
    told = [one.said() for one in writers]
    assert all(one.process.exitcode == 0 for one in writers)
    heads = sorted(((seq, hash_) for lines in told for _, seq, hash_ in lines), key=lambda head: head[0])
    assert [seq for seq, _ in heads] == [PER_PUT * (i + 1) for i in range(100)]
    with open_ledger(folder) as ledger:
        checked = verify(ledger, head=f"{heads[-1][0]}:{heads[-1][1]}")
        assert checked.ok, checked.problems
        assert checked.records == 100 * PER_PUT
        assert checked.blobs == 200
        for lines in told:
            assert [e.id for e in ledger.executions(run=lines[0][0].split("-")[0])] == [id_ for id_, _, _ in lines]
        assert all(ledger.contains(hash_) for _, hash_ in heads)
    assert (folder / "HEAD").read_text().split() == [f"{heads[-1][0]:020d}", heads[-1][1]]


def test_threads_and_forks_share_one_ledger(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with open_ledger(tmp_path, create=True) as ledger:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda i: ledger.put(artifact(f"t{i}")), range(80)))
        child = os.fork() if hasattr(os, "fork") else None
        if child == 0:
            try:
                ledger.put(artifact("of the child"))
                os._exit(0)
            finally:
                os._exit(1)
        ledger.put(artifact("of the parent"))
        if child is not None:
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert len(ledger.artifacts()) == 81 + (child is not None)
        assert verify(ledger).ok
