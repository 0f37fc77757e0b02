"""Loops laid out by hand give what LLVM's own loader gives; anything unknown is left to it."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from sterling.engine import kernels, linked, native, processor
from sterling.engine.native import Floats

pytest.importorskip("llvmlite", reason="compiled loops need llvmlite: pip install 'sterling[fast]'")
here = pytest.mark.skipif(
    sys.platform != "linux" or not Path("/proc/cpuinfo").exists() or "x86" not in native._machine()[1].triple,
    reason="laid out by hand on Linux and x86-64 alone",
)


def scaled(a: Floats, out: Floats, rows: int) -> int:
    """With constants, which lie in a part of their own."""
    for i in range(rows):
        out[i] = np.rint(abs(a[i]) * 3.25) + 0.125
    return rows


CODE = native._made((scaled,))
GIVEN = np.array([-1.0, 0.5, 1e300, np.nan, -0.0, 7.3, 8.1, 9.9, 10.2])


def ran(address: object) -> np.ndarray:
    out = np.empty_like(GIVEN)
    native._bound(address, scaled)(GIVEN, out, len(GIVEN))  # type: ignore[arg-type]
    return out


@here
def test_by_hand_and_by_llvm_the_same() -> None:
    want = np.empty_like(GIVEN)
    scaled(GIVEN, want, len(GIVEN))
    mine = linked.laid_out(CODE)
    assert mine is not None
    assert np.array_equal(ran(mine), want, equal_nan=True)
    assert np.array_equal(ran(native._laid_out_by_llvm(CODE)), want, equal_nan=True)


@here
def test_all_loops_of_counting_are_known() -> None:
    address = linked.laid_out(native._made(kernels.LOOPS))
    assert address is not None
    assert len({address(loop.__name__) for loop in kernels.LOOPS}) == len(kernels.LOOPS)


@here
def test_memory_that_runs_cannot_be_written_to() -> None:
    address = linked.laid_out(CODE)
    assert address is not None
    start = address("scaled")
    rows = [line.split() for line in Path("/proc/self/maps").read_text().splitlines()]
    ranges = [([int(end, 16) for end in row[0].split("-")], row[1]) for row in rows]
    assert [flags[:3] for (low, high), flags in ranges if low <= start < high] == ["r-x"]


def bare(rows: int) -> int:
    """No constants: nothing has to find anything."""
    return rows


@here
def test_loops_of_another_processor_are_left_to_llvm_though_their_parts_need_not_find_each_other() -> None:
    code = native._made((bare,))
    assert linked.laid_out(code) is not None
    assert linked.laid_out(code[:18] + struct.pack("<H", 183) + code[20:]) is None  # ARM


@here
def test_what_is_not_known_is_left_to_llvm(monkeypatch: pytest.MonkeyPatch) -> None:
    assert linked.laid_out(b"") is None
    assert linked.laid_out(b"\xcf\xfa\xed\xfe" + CODE[4:]) is None  # macOS
    assert linked.laid_out(CODE[:18] + struct.pack("<H", 183) + CODE[20:]) is None  # ARM
    monkeypatch.setattr(linked, "_BY_DISTANCE", ())
    assert linked.laid_out(CODE) is None


def test_what_code_is_made_for_is_told_without_the_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "cpuinfo"
    told.write_text("vendor_id\t: Some\ncpu MHz\t: 1\nflags\t: a b\n\nvendor_id\t: Other\n")
    monkeypatch.setattr(processor, "_CPUINFO", told)
    assert processor.processor() == "vendor_id: Some\nflags: a b"
    told.write_text("nothing that tells\n")
    assert processor.processor() is None
    monkeypatch.setattr(processor, "_CPUINFO", tmp_path / "none")
    assert processor.processor() is None
    assert "llvmlite" in processor.compiler()
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    with pytest.raises(ImportError, match="llvmlite"):
        processor.compiler()


def test_loops_load_where_the_processor_is_not_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(processor, "_CPUINFO", tmp_path / "none")
    assert kernels.build() is not None
