"""Machine code that is kept for the next run is used only where it fits, and never in half."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from sterling.engine import kernels, native
from sterling.engine.kept import Kept
from sterling.engine.native import Bytes, Ints, compiled

pytest.importorskip("llvmlite", reason="compiled loops need llvmlite: pip install 'sterling[fast]'")


def doubled(a: Bytes, out: Ints, rows: int) -> int:
    """Twice each."""
    for i in range(rows):
        out[i] = a[i] * 2
    return rows


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """A place of its own, where bytecode may be written."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    source = tmp_path / "loops.py"
    source.write_text("one\n")
    return Kept((source,))


def run(kept: Kept) -> list[int]:
    out = np.zeros(3, dtype=np.int64)
    compiled((doubled,), kept=kept)["doubled"](np.array([1, 2, 200], dtype=np.uint8), out, 3)
    return out.tolist()


def no_compiler(*_: object) -> bytes:
    raise AssertionError("compiled once more")


def test_a_second_run_loads_what_the_first_compiled(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(kept) == [2, 4, 400]
    assert kept.path.parent.name == "__pycache__"
    monkeypatch.setattr(native, "_made", no_compiler)
    assert run(kept) == [2, 4, 400]


def test_another_source_is_compiled_anew(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    run(kept)
    kept.sources[0].write_text("two\n")
    monkeypatch.setattr(native, "_made", no_compiler)
    with pytest.raises(AssertionError, match="once more"):
        run(kept)


def test_code_for_another_processor_is_left_alone(kept: Kept) -> None:
    kept.write(b"code", ("llvm 1", "one processor"))
    assert kept.read(("llvm 1", "one processor")) == b"code"
    assert kept.read(("llvm 1", "another")) is None
    assert kept.read(("llvm 1one processor",)) is None


@pytest.mark.parametrize("harm", [lambda b: b[:-1], lambda b: b[:-1] + b"\0", lambda b: b"", lambda b: b[:40]])
def test_a_damaged_file_is_compiled_over(kept: Kept, harm: object) -> None:
    assert run(kept) == [2, 4, 400]
    whole = kept.path.read_bytes()
    kept.path.write_bytes(harm(whole))  # type: ignore[operator]
    assert run(kept) == [2, 4, 400]
    assert kept.path.read_bytes() == whole


def test_nothing_is_written_where_bytecode_is_not(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert run(kept) == [2, 4, 400]
    assert not kept.path.exists()


def test_a_folder_that_cannot_be_written_to_costs_only_time(kept: Kept) -> None:
    (kept.path.parent).write_text("a file where the folder would be")
    assert run(kept) == [2, 4, 400]


def test_the_loops_of_counting_are_kept_beside_their_bytecode() -> None:
    files = Kept((Path(kernels.__file__), Path(native.__file__)))
    assert files.path.name == f"kernels.{sys.implementation.cache_tag}.o"
