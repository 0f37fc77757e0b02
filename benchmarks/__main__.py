"""`python -m benchmarks [claim …] [--strict]`: measures each claim and prints ratios.

Without names, all claims. `--strict` makes a missed claim an exit code of 1; otherwise a miss is printed and no more,
because a busy machine misses claims too.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys

from benchmarks.claim import Claim, Line

CLAIMS = (
    "sliced",
    "resampling",
    "tasks",
    "texts",
    "command",
    "fairlearn",
    "aequitas",
    "aequitas_parity",
    "tfma",
    "streaming",
    "growth",
    "startup",
    "ledger",
    "why",
    "pipeline",
    "discovery",
    "statistics",
    "streamed_statistics",
    "drift",
)


def main(arguments: list[str]) -> int:
    """Run the named claims; returns the exit code."""
    names = [name for name in arguments if not name.startswith("--")] or list(CLAIMS)
    unknown = [name for name in names if name not in CLAIMS]
    if unknown:
        print(f"no benchmark is called {unknown[0]!r}\nhint: {', '.join(CLAIMS)}", file=sys.stderr)
        return 2
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}; of several runs each\n")
    missed = [name for name in names if not _one(importlib.import_module(f"benchmarks.{name}").CLAIM)]
    return 1 if missed and "--strict" in arguments else 0


def _one(claim: Claim) -> bool:
    print(f"{claim.name}: {claim.statement}")
    try:
        lines = claim.measure()
    except ImportError as error:
        print(f"  not measured: {error.name} is not installed here (`make bench` sets it up)\n")
        return False
    for line in lines:
        print(f"  {_shown(line)}")
    print()
    return all(line.held for line in lines)


def _shown(line: Line) -> str:
    verdict = "" if line.target is None else f"   claim {line.target}: {'held' if line.held else 'MISSED'}"
    return f"{line.what:<62} {line.figure:>12}{verdict}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
