"""Arrows point downwards, libraries stay in their rooms, and importing computes nothing."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.law import (
    LIBRARIES,
    MAY_SEE,
    SHELVES,
    SOURCE,
    imports_of,
    library_of,
    may_see,
    room_named,
    room_of,
    sources,
)

HEAVY = ("numpy", "polars", "rich", "pandas", "pyarrow", "sklearn", "duckdb", "onnxruntime", "narwhals")
START_UP = 0.3  # CPU seconds above an empty Python
HELP = "import sys; from sterling.cli.main import main; sys.argv = ['sterling', '--help']; main()"


def test_every_folder_is_a_known_room() -> None:
    folders = {p.name for p in SOURCE.iterdir() if p.is_dir() and any(p.rglob("*.py"))}
    assert folders, "no source found: the tests below would pass on nothing"
    assert folders <= set(MAY_SEE), f"rooms without a law: {sorted(folders - set(MAY_SEE))}; add them to law.py"


def test_arrows_point_downwards() -> None:
    broken = [
        f"{found} ({room_of(found.path) or 'front door'} may not see {room or 'the front door'})"
        for path in sources()
        for found in imports_of(path)
        if (room := room_named(found.module)) is not None and room != room_of(path) and room not in may_see(path)
    ]
    assert not broken, "\n".join(broken)


def test_libraries_stay_in_their_rooms() -> None:
    broken = [
        f"{found}, which is for {', '.join(sorted(LIBRARIES[library])) or 'tests and benchmarks'} alone"
        for path in sources()
        for found in imports_of(path)
        if (library := library_of(found.module)) is not None and room_of(path) not in LIBRARIES[library]
    ]
    assert not broken, "\n".join(broken)


OWN_CODE = "pipeline/own_code.py"
"""The one place that runs Python a project brings itself, because its file says so."""
RECORDS = "core/frozen.py"
"""The one place that makes code, as the standard library does for a `dataclass`: of names that stand in our code."""


def test_text_is_never_run_as_code() -> None:
    broken = [
        f"{path.relative_to(SOURCE)}:{node.lineno} calls {node.func.id}"
        for path in sources()
        if path.relative_to(SOURCE).as_posix() not in (OWN_CODE, RECORDS)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("eval", "exec", "compile")
    ]
    assert not broken, "\n".join(broken)


def test_records_are_made_in_one_way() -> None:
    broken = [
        f"{path.relative_to(SOURCE)}: take dataclass from sterling.core.frozen"
        for path in sources()
        if path.relative_to(SOURCE).as_posix() != RECORDS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"
        if "dataclass" in [name.name for name in node.names]
    ]
    assert not broken, "\n".join(broken)


def test_shelves_leave_the_widest_gap_to_stats() -> None:
    """The largest less the smallest of several noisy rates is biased upwards; stats/multiple.py knows by how much."""
    broken = [
        f"{path.relative_to(SOURCE)}:{node.lineno} subtracts a minimum from a maximum"
        for path in sources()
        if room_of(path) in (*SHELVES, "joint", "pipeline")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Sub)
        and (_extreme(node.left), _extreme(node.right)) == ("max", "min")
    ]
    assert not broken, "\n".join(broken)


def _extreme(node: ast.expr) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return {"nanmax": "max", "amax": "max", "nanmin": "min", "amin": "min"}.get(name, name)


def test_the_law_catches_a_breach(tmp_path: Path) -> None:
    """The walker sees imports inside functions, under TYPE_CHECKING, relative ones, and `require("…")`."""
    file = SOURCE / "stats" / "does_not_exist.py"
    text = "def f():\n    from sterling.engine import x\n    import scipy.stats\n    require('sklearn.base')\n"
    found = [
        m.module for m in _imports_of_text(text + "from ..core import y\nfrom sterling import cli\n", file, tmp_path)
    ]
    assert found == ["sterling.core", "sterling.cli", "sterling.engine", "scipy.stats", "sklearn.base"]


def _imports_of_text(text: str, pretend: Path, folder: Path) -> list[object]:
    from tests.house import law

    copy = folder / "copy.py"
    copy.write_text(text, encoding="utf-8")
    tree = ast.parse(copy.read_text(encoding="utf-8"))
    return [
        law.Import(path=pretend, line=node.lineno, module=module)  # type: ignore[attr-defined]
        for node in ast.walk(tree)
        for module in law._modules(node, pretend)
    ]


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_loads_no_heavy_library() -> None:
    loaded = _run(f"import sys, sterling; print(*[m for m in {HEAVY!r} if m in sys.modules])")
    assert loaded == ""


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys\nfrom sterling.cli.main import main\nsys.argv = ['sterling', '--help']\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert not stop.code, stop.code\n"
        f"print('LOADED', *[m for m in {HEAVY!r} if m in sys.modules])"
    )
    assert _run(code).splitlines()[-1].strip() == "LOADED"


@pytest.mark.parametrize("code", ["import sterling", HELP], ids=["import", "help"])
def test_start_up_is_quick(code: str) -> None:
    """Best of several, in CPU seconds: starting up waits for nothing, and a busy machine must not decide."""
    assert _best(code) - _best("pass") < START_UP


def _best(code: str, times: int = 5) -> float:
    def once() -> float:
        child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0
        return usage.ru_utime + usage.ru_stime

    return min(once() for _ in range(times))
