"""A disk that is full, for real: a small file system where mounting is allowed, else a limit on the size of files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sterling.core.errors import LedgerError
from sterling.ledger import open_ledger
from sterling.ledger.store import SqlLedger
from sterling.ledger.verify import verify
from tests.ledger.world import artifact, run_of


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a file system is not allowed here; the test of a limit on files runs instead")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _put_many(ledger: SqlLedger) -> None:
    for i in range(10_000):
        ledger.put(*run_of(f"f{i}"))


def fill(ledger: SqlLedger) -> LedgerError:
    """Put runs until it fails; the error must be the one meant for people."""
    with pytest.raises(LedgerError, match=r"disk is full") as caught:
        _put_many(ledger)
    assert caught.value.exit_code == 2 and caught.value.hint
    return caught.value


def test_a_full_disk(small: Path) -> None:
    with open_ledger(small / ".sterling", create=True) as ledger:
        fill(ledger)
        whole = ledger.head()
        with pytest.raises(LedgerError, match="bytes of an artifact cannot be written"):
            ledger.keep(os.urandom(3 << 20), type="table", name="large")
        assert verify(ledger).ok  # while the disk is still full
    with open_ledger(small / ".sterling") as ledger:
        assert ledger.head() == whole
        assert verify(ledger).ok
        assert not [p for p in (ledger.folder / "blobs").rglob("*") if p.is_file()]
    subprocess.run(["mount", "-o", "remount,size=8m", str(small)], check=True)  # room is made
    with open_ledger(small / ".sterling") as ledger:
        assert ledger.put(*run_of("later")).seq == whole.seq + len(run_of("later"))
        assert verify(ledger).ok


def test_no_room_even_for_a_new_ledger(small: Path) -> None:
    (small / "other").write_bytes(bytes((2 << 20) - 8192))
    with pytest.raises(LedgerError, match=r"cannot be made|disk is full"):
        open_ledger(small / ".sterling", create=True)
    (small / "other").unlink()
    with open_ledger(small / ".sterling", create=True) as ledger:
        ledger.put(artifact("a"))
        assert verify(ledger).ok


LIMITED = """
import resource, sys
from pathlib import Path
from sterling.ledger import open_ledger
from sterling.core.errors import LedgerError
from tests.ledger.world import run_of
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
with open_ledger(Path(sys.argv[1]), create=True) as ledger:
    try:
        for i in range(10_000):
            print(ledger.put(*run_of(f"f{i}")).hash, flush=True)
    except LedgerError as error:
        print(str(error), file=sys.stderr)
        sys.exit(error.exit_code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits")
def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / ".sterling")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "full or failing" in done.stderr and "kept" in done.stderr
    hashes = done.stdout.split()
    assert hashes
    with open_ledger(tmp_path / ".sterling") as ledger:
        assert ledger.head().hash == hashes[-1]
        assert all(ledger.contains(hash_) for hash_ in hashes)
        assert verify(ledger).ok
        ledger.put(*run_of("later"))
        assert verify(ledger).ok
