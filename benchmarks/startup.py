"""What `import sterling` and the help cost beyond a Python that does nothing."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from benchmarks.claim import Claim, Line, at_most, plain
from benchmarks.measure import commands

LIMIT = 0.3


def measure() -> list[Line]:
    """Wall seconds from an empty shell; the installed command where there is one."""
    beside = Path(sys.executable).with_name("sterling")
    found = str(beside) if beside.exists() else shutil.which("sterling")
    command = [found] if found else [sys.executable, "-m", "sterling.cli.main"]
    empty, imported, help_, verb, version = commands(
        [sys.executable, "-c", "pass"],
        [sys.executable, "-c", "import sterling"],
        [*command, "--help"],
        [*command, "evaluate", "--help"],
        [*command, "--version"],
        times=7,
    )
    return [
        plain("python -c pass, wall", empty.wall, "s"),
        at_most("import sterling, beyond it", imported.wall - empty.wall, LIMIT, "s"),
        at_most("sterling --help, beyond it", help_.wall - empty.wall, LIMIT, "s"),
        at_most("sterling evaluate --help, beyond it", verb.wall - empty.wall, LIMIT, "s"),
        at_most("sterling --version, beyond it", version.wall - empty.wall, LIMIT, "s"),
    ]


CLAIM = Claim(name="startup", statement="starting: nothing heavy is loaded before it is needed", measure=measure)
