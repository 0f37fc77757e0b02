"""Files are whole or old; digests know rows, not layouts; errors survive a process boundary; the front door is lazy."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as hs

import sterling as st
from sterling.core.digest import table_digest
from sterling.core.errors import near_miss, shown
from sterling.core.extras import require
from sterling.core.files import write_atomic
from tests.house.law import ROOT
from tests.parity.tables import tables


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    assert write_atomic(path, b"new") == path
    write_atomic(path, b"newer")
    assert path.read_bytes() == b"newer"
    assert list(tmp_path.iterdir()) == [path]


def test_a_killed_writer_leaves_the_old_file(tmp_path: Path) -> None:
    """A process killed while it writes large content over and over: the file is always one of the two contents."""
    path = tmp_path / "out.bin"
    write_atomic(path, b"a" * 5_000_000)
    code = (
        "from pathlib import Path; from sterling.core.files import write_atomic\n"
        f"path = Path({str(path)!r})\nprint('go', flush=True)\n"
        "while True:\n    write_atomic(path, b'b' * 5_000_000)\n    write_atomic(path, b'a' * 5_000_000)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.15)
        os.kill(writer.pid, signal.SIGKILL)
    content = path.read_bytes()
    assert len(content) == 5_000_000
    assert len(set(content)) == 1


def _left_behind(folder: Path, writing: str) -> list[Path]:
    """What a process leaves that is killed within a write: its own files, none of which is in its place."""
    before = set(folder.iterdir())
    code = f"import os, signal\nos.replace = os.link = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n{writing}"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    return sorted(set(folder.iterdir()) - before)


@pytest.mark.parametrize(
    "writing",
    [
        "from sterling.core.files import write_atomic as write",
        "from sterling.ledger.files import write_private as write",
        "from sterling.ledger.files import create_once as write",
    ],
)
def test_what_a_killed_writer_left_is_removed_by_the_next(tmp_path: Path, writing: str) -> None:
    """Only once it is old, and nothing else: another process may be at work beside it."""
    path = tmp_path / "report.html"
    code = f"from pathlib import Path\n{writing}\nwrite(Path({str(path)!r}), b'new')"
    (old,), (young,) = _left_behind(tmp_path, code), _left_behind(tmp_path, code)
    others = [tmp_path / ".report.html.sterling-notes", tmp_path / ".new-idea", tmp_path / "other.sterling-part"]
    for file in (old, *others):
        file.touch()
        os.utime(file, (time.time() - 7_200,) * 2)
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert path.read_bytes() == b"new"
    assert sorted(tmp_path.iterdir()) == sorted([path, young, *others])


def test_an_error_while_writing_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(st.InputError, match="cannot write"):
        write_atomic(tmp_path / "none" / "x", b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(st.InputError, match="cannot write"):
        write_atomic(tmp_path / "folder", b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]


@given(frame=tables(max_rows=30), seed=hs.integers(0, 1000))
def test_digests_do_not_depend_on_layout(frame: pl.DataFrame, seed: int) -> None:
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=seed).select(sorted(frame.columns, reverse=True))
    assert table_digest(shuffled) == table_digest(frame)
    assert table_digest(pl.concat([frame[:1], frame[1:]], rechunk=False)) == table_digest(frame)


def test_digests_know_every_change() -> None:
    frame = pl.DataFrame({"a": [1, 2, None], "b": ["x", "", None]})
    others = [
        frame.with_columns(a=pl.Series([1, 2, 0])),
        frame.with_columns(b=pl.Series(["x", None, None])),
        frame.with_columns(b=pl.Series(["x", "", ""])),
        frame.rename({"a": "c"}),
        pl.concat([frame, frame]),
        frame.with_columns(a=pl.Series([2, 1, None])),
        frame[:2],
    ]
    digests = {table_digest(f) for f in (frame, *others)}
    assert len(digests) == len(others) + 1
    assert table_digest(frame, key=b"secret") not in digests


def test_numbers_hash_by_value() -> None:
    ones = [
        pl.Series("a", [1, 0]),
        pl.Series("a", [1.0, -0.0]),
        pl.Series("a", [True, False]),
        pl.Series("a", [1, 0], dtype=pl.UInt8),
    ]
    assert len({table_digest(s.to_frame()) for s in ones}) == 1
    assert table_digest(pl.DataFrame({"a": [float("nan")]})) != table_digest(pl.DataFrame({"a": [0.0]}))


def test_errors_survive_pickling_and_read_in_order() -> None:
    error = st.InputError("no column 'x'", where="t.csv", expected="a", got="b", hint="c")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (st.InputError, str(error))
    assert str(error) == "t.csv: no column 'x'\n  expected: a\n  got: b\n  hint: c"


def test_foreign_text_is_escaped_and_short() -> None:
    assert shown("a\x1b[31m\n") == "a\\x1b[31m\\x0a"
    assert len(shown("x" * 1000)) == 80
    assert near_miss("rce", ["race", "sex"]) == "did you mean race?"
    assert near_miss("zzz", ["race", "sex"]) == "known: race, sex"


def test_a_missing_library_names_its_extra() -> None:
    with pytest.raises(st.MissingExtra, match=r"pip install 'sterling\[onnx\]'") as caught:
        require("no_such_library_here", extra="onnx", why="an ONNX model")
    assert caught.value.exit_code == 2


def test_the_front_door_is_lazy() -> None:
    code = "import sys, sterling; print([m for m in sys.modules if m.startswith('sterling.')], 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[] False"
    with pytest.raises(AttributeError, match="no attribute 'evaluat'"):
        _ = st.evaluat


def test_tidy_frames() -> None:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {"y": rng.integers(0, 2, 200), "s": rng.random(200), "g": ["a", None] * 100, "model": ["x", "y"] * 100}
    )
    run = st.evaluate(frame, label="y", score="s", groups=["g", "model"], thresholds="0.3,0.5")
    tidy = run.asked
    assert tidy.columns == [
        "model", "metric", "slice", "group:g", "group:model", "threshold", "value", "low", "high", "level", "n",
        "n_eligible", "status",
    ]  # fmt: skip
    assert set(tidy["threshold"].drop_nulls()) == {0.3, 0.5}
    assert run.frame["threshold"].n_unique() > 90
    missing = tidy.filter(slice="g=(not recorded)", metric="accuracy")
    assert missing["group:g"].to_list() == [None, None]
    known = tidy.filter(status="ok")
    assert (known["low"] <= known["value"]).all()
    assert (known["value"] <= known["high"]).all()
    assert tidy.filter(pl.col("status") != "ok")["value"].is_null().all()
    with pytest.raises(KeyError, match="no_such"):
        run.tables[0].estimate("no_such", run.tables[0].slices[0])
