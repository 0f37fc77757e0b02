"""Counts, rates, disparities and parities of every group, beside Aequitas, to 1e-9: on real tables and hard cases.

`python -m benchmarks.aequitas_parity` writes down what Aequitas says, with its version, for the tests, which do without
Aequitas and what it brings.
"""

from __future__ import annotations

import json
from importlib.metadata import version

import polars as pl

from benchmarks.claim import Claim, Line, at_most
from tests.parity.aequitas_numbers import ABOUT, ASKED, NUMBERS, by_aequitas, compared, digest


def measure() -> list[Line]:
    """The largest difference of any number of any group, table by table."""
    return [
        at_most(f"largest difference of {len(pairs):,} numbers, {example.name}", max(p.apart for p in pairs), 1e-9, "")
        for example in ASKED
        for pairs in [list(compared(example, by_aequitas(example)))]
    ]


CLAIM = Claim(name="aequitas-parity", statement="every number of every group is the one of Aequitas", measure=measure)


def write() -> None:
    """The numbers as Parquet, and of which rows and by which versions they are."""
    pl.concat([by_aequitas(example) for example in ASKED]).write_parquet(
        NUMBERS, compression="zstd", compression_level=19, statistics=False
    )
    about = {
        "made by": "python -m benchmarks.aequitas_parity",
        "versions": {name: version(name) for name in ("aequitas", "pandas", "numpy")},
        "sha256 of the rows": {example.name: digest(example) for example in ASKED},
    }
    ABOUT.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    print(f"{NUMBERS.name}: {NUMBERS.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    write()
