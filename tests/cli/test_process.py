"""Real processes: interrupts, readers that go away, standard streams of every kind."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from .conftest import gap, write_policy

STERLING = [sys.executable, "-m", "sterling.cli.main"]
SCORES = ["evaluate", "scores.csv", "--label", "y", "--score", "p", "--groups", "g"]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and pseudo-terminals of Unix")


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "GITHUB_STEP_SUMMARY", "PYTHONIOENCODING")}
    return {**kept, "PYTHONWARNINGS": "error", **more}


def run(*words: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*STERLING, *words], capture_output=True, timeout=120, env=environment(**env), check=False)


def wait_until_reading(process: subprocess.Popen[bytes], path: Path) -> None:
    """Until the process has the file open and Polars is at work, so that the interrupt meets it there.

    Its hash is begun earlier, while libraries load.
    """
    folder = Path(f"/proc/{process.pid}/fd")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            opened = {os.readlink(fd) for fd in folder.iterdir()}
            threads = {task.read_text() for task in (folder.parent / "task").glob("*/comm")}
        except OSError:
            opened, threads = set(), set()
        at_work = any(name.startswith(("async-execut", "polars-")) for name in threads)
        if (str(path) in opened and at_work) or not folder.parent.parent.joinpath("self").exists():
            return
        time.sleep(0.005)
    pytest.fail("the process never opened the data")


@pytest.fixture
def large(folder: Path) -> Iterator[Path]:
    """Enough rows to keep two cores busy for seconds."""
    n = 6_000_000
    rows = pl.select(pl.int_range(n).alias("i")).with_columns(
        ((pl.col("i") * 7919) % 1_000_003 / 1_000_003).alias("p"), (pl.col("i") % 3 == 0).cast(pl.Int8).alias("y"),
        *((pl.col("i") // 10**k % 10).cast(pl.String).alias(f"g{k}") for k in range(4)),
    )  # fmt: skip
    path = folder / "large.parquet"
    rows.drop("i").write_parquet(path, compression="uncompressed")
    yield path
    path.unlink()


@pytest.mark.parametrize("module", ["click", "sterling.cli.terminal", "polars", "sterling.pipeline.examine", "numpy"])
def test_an_interrupt_while_libraries_load_is_one_line(folder: Path, module: str) -> None:
    """Ctrl-C as that module is looked for, on the way from the installed command."""
    code = (
        "import os, signal, sys\n"
        "class Ctrl:\n"
        "    def find_spec(self, name, *more):\n"
        f"        if name == {module!r} and self in sys.meta_path:\n"
        "            sys.meta_path.remove(self)\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Ctrl())\n"
        "from sterling.cli.main import script\n"
        "sys.exit(script())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, *SCORES], capture_output=True, timeout=120, env=environment(), check=False
    )
    assert ended.returncode == 130, ended.stderr
    assert ended.stderr.split() == b"stopped: nothing was written".split()
    assert not (folder / "report.html").exists()


@pytest.mark.slow
def test_interrupt_stops_at_once_and_leaves_nothing(folder: Path, large: Path) -> None:
    words = ["evaluate", str(large), "--label", "y", "--score", "p", "--groups", "g0,g1,g2,g3", "--json", "o.json"]
    (folder / "report.html").write_text("the old report")
    process = subprocess.Popen(
        [*STERLING, *words, "--junit", "o.xml"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    wait_until_reading(process, large)
    time.sleep(0.05)
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert time.monotonic() - sent < 3
    assert out == b""
    assert err.strip() == b"stopped: nothing was written"
    assert sorted(p.name for p in folder.iterdir()) == ["large.parquet", "report.html", "scores.csv"]
    assert (folder / "report.html").read_text() == "the old report"


def test_interrupt_while_native_code_computes() -> None:
    """A computation that holds Python's signal handling up is ended from beside it."""
    script = (
        "import hashlib, sys\n"
        "from sterling.cli.interrupt import prompt_stop\n"
        "with prompt_stop():\n"
        "    print('ready', flush=True)\n"
        "    hashlib.pbkdf2_hmac('sha256', b'a', b'b', 500_000_000)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    time.sleep(1.0)
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.monotonic() - sent < 5
    assert b"stopped" in err


def test_a_reader_that_goes_away_changes_nothing(folder: Path) -> None:
    write_policy(folder, gap(0.05))
    read, write = os.pipe()
    os.close(read)
    command = [*STERLING, *SCORES, "--policy", "policy.toml", "--json", "-"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, timeout=120, env=environment(), check=False)
    os.close(write)
    assert done.returncode == 1
    assert (folder / "report.html").exists()
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr


@pytest.mark.parametrize("words", [["metrics"], ["--help"], ["evaluate", "--help"]])
def test_lists_into_a_closed_pipe(words: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*STERLING, *words], stdout=write, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_json_alone_on_stdout(folder: Path) -> None:
    done = run(*SCORES, "--no-report", "--json", "-")
    assert done.returncode == 0
    assert json.loads(done.stdout)["format"] == "sterling.evaluate"
    assert "20 points less often" in done.stderr.decode()


def test_a_terminal_without_our_characters(folder: Path) -> None:
    """Shapes and dashes have plain stand-ins; what has none is escaped; nothing fails."""
    write_policy(folder, gap(0.05), gap(0.5))
    pl.read_csv("scores.csv").with_columns(pl.col("g").replace({"b": "é水"})).write_csv("scores.csv")
    done = run(*SCORES, "--no-report", "--policy", "policy.toml", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 1, done.stderr
    text = done.stdout.decode("ascii")
    assert text.startswith("x ")
    assert "\n+ " in text
    assert "\\xe9\\u6c34" in text


def on_terminal(words: list[str], **env: str) -> tuple[int, str]:
    """Run with a pseudo-terminal of 80 columns for all streams; the exit code and everything shown."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [*STERLING, *words], stdin=child, stdout=child, stderr=child, env=environment(COLUMNS="80", TERM="xterm", **env)
    )
    os.close(child)
    shown = b""
    while True:
        ready, _, _ = select.select([parent], [], [], 60)
        try:
            piece = os.read(parent, 65536) if ready else b""
        except OSError:
            piece = b""
        if not piece:
            break
        shown += piece
    os.close(parent)
    return process.wait(60), shown.decode()


def test_colour_on_a_terminal_only(folder: Path) -> None:
    write_policy(folder, gap(0.05))
    words = [*SCORES, "--no-report", "--policy", "policy.toml"]
    code, shown = on_terminal(words)
    assert code == 1
    assert "\x1b[1;31m✕\x1b[0m People" in shown
    code, plain = on_terminal(words, NO_COLOR="1")
    assert code == 1
    assert "✕ People" in plain
    assert "\x1b[1;31m" not in plain
    assert b"\x1b" not in run(*words).stdout


def test_a_query_that_fails_is_one_message(folder: Path) -> None:
    """DuckDB's library lists all that the end of a process leaves behind."""
    answered = run("evaluate", "scores.csv", "--sql", "select * from scores", "--label", "nothing", "--score", "p")
    assert answered.returncode == 2
    assert [line.split(":")[0].strip() for line in answered.stderr.decode().splitlines()] == ["error", "hint"]
