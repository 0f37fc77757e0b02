"""What machine code is made by and for, told without loading the compiler."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
_TELLING = {
    "vendor_id", "cpu family", "model", "stepping", "flags",
    "CPU implementer", "CPU architecture", "CPU variant", "CPU part", "CPU revision", "Features",
}  # fmt: skip
"""What tells processors apart, of Intel's make and of ARM's. Clocks and counts change and tell nothing."""


def compiler() -> str:
    """The llvmlite that is installed: where it lies and since when. Raises ImportError without one."""
    spec = find_spec("llvmlite")
    if spec is None or spec.origin is None:
        raise ImportError("llvmlite is not installed")
    return f"{spec.origin} {Path(spec.origin).stat().st_mtime_ns}"


def processor() -> str | None:
    """The make of the first processor and what it can do; None where the system does not say."""
    if not _CPUINFO.exists():
        return None
    told = []
    with _CPUINFO.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            name, _, value = line.partition(":")
            if not line.strip():
                break
            if name.strip() in _TELLING:
                told.append(f"{name.strip()}: {value.strip()}")
    return "\n".join(told) or None
