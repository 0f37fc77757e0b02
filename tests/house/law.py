"""The import law as data: which room may see which, and where a library may be imported.

ARCHITECTURE.md says why; `[tool.importlinter]` in pyproject.toml states the same arrows for import-linter. A new room
is added here in the commit that makes it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "sterling"

SHELVES = ("quality", "data", "fairness", "privacy", "explain", "robustness", "causal")
BOTTOM = ("core", "stats", "sources", "engine")
TRAINING = ("recipes", "training")
TOP = ("serve", "app", "cli")
SIDE = ("adapters", "ledger", "report")

# What each room may import besides itself. "" is the front door, `sterling/__init__.py`.
MAY_SEE: dict[str, frozenset[str]] = {
    "core": frozenset(),
    "stats": frozenset({"core"}),
    "sources": frozenset({"core"}),
    "engine": frozenset({"core", "stats", "sources"}),
    "recipes": frozenset(BOTTOM),
    "training": frozenset({*BOTTOM, "recipes"}),
    **{shelf: frozenset({*BOTTOM, *TRAINING}) for shelf in SHELVES},
    "joint": frozenset({*BOTTOM, *TRAINING, *SHELVES}),
    "pipeline": frozenset({*BOTTOM, *TRAINING, *SHELVES, "joint"}),
    "adapters": frozenset({"core", "stats"}),
    "ledger": frozenset({"core", "stats"}),
    "report": frozenset({"core", "stats"}),
}
ROOMS = (*MAY_SEE, *TOP, "testing")
for _room in TOP:
    MAY_SEE[_room] = frozenset({"", *ROOMS} - set(TOP) - {"testing"})
MAY_SEE["testing"] = frozenset({"", *ROOMS} - {"testing"})
MAY_SEE[""] = frozenset(set(ROOMS) - {"testing"})  # wires rooms together, at first use

# Where what the pipeline needs from the side rooms is plugged in: these files, and no other of that room.
WIRING: dict[str, frozenset[str]] = {
    "pipeline/wiring.py": frozenset({"report"}),
    "pipeline/models.py": frozenset({"adapters"}),
}

# Libraries that only some rooms may import, at any depth of a file. No room at all: tests and benchmarks alone.
LIBRARIES: dict[str, frozenset[str]] = {
    "click": frozenset({"cli"}),
    "rich": frozenset({"cli"}),
    "narwhals": frozenset({"sources", "core", "adapters"}),
    "pandas": frozenset({"sources", "adapters"}),
    "pyarrow": frozenset({"sources", "adapters", "engine"}),
    "duckdb": frozenset({"sources", "adapters"}),
    "sklearn": frozenset({"adapters", "recipes", "testing", "data"}),
    "cleanlab": frozenset({"data"}),
    "imblearn": frozenset({"data", "fairness"}),
    "presidio_analyzer": frozenset({"data"}),
    "spacy": frozenset({"data"}),
    "detect_secrets": frozenset({"data"}),
    "PIL": frozenset({"data"}),
    "skops": frozenset({"adapters", "recipes"}),
    "joblib": frozenset({"adapters"}),
    "pickle": frozenset({"adapters", "engine"}),  # engine: between its own processes on a cluster
    "cloudpickle": frozenset(),
    "sqlalchemy": frozenset({"ledger"}),
    "sqlite3": frozenset({"ledger", "sources"}),
    "apprise": frozenset({"pipeline"}),
    "llvmlite": frozenset({"engine"}),
    "pyspark": frozenset({"engine", "sources"}),
    "ray": frozenset({"engine", "sources"}),
    "numba": frozenset(),
    "onnx": frozenset({"adapters"}),
    "onnxruntime": frozenset({"adapters"}),
    "scipy": frozenset(),
    "statsmodels": frozenset(),
    "fairlearn": frozenset(),
    "aequitas": frozenset(),
    "matplotlib": frozenset(),
    # nothing here speaks to a network; the command line wakes itself on Ctrl-C through a pair of local sockets
    "socket": frozenset({"cli"}),
    "ssl": frozenset(),
    "http.client": frozenset(),
    "urllib.request": frozenset(),
    "requests": frozenset(),
    "httpx": frozenset(),
    "subprocess": frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import statement: where it stands and the dotted module it names."""

    path: Path
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.module}"


def may_see(path: Path) -> frozenset[str]:
    """The rooms that the file at `path` may import besides its own."""
    allowed = MAY_SEE.get(room_of(path), frozenset())
    return allowed | WIRING.get(path.relative_to(SOURCE).as_posix(), frozenset())


def library_of(module: str) -> str | None:
    """The entry of LIBRARIES that a dotted name falls under: the library itself or one module of it."""
    parts = module.split(".")
    names = [".".join(parts[: i + 1]) for i in range(len(parts))]
    return next((name for name in names if name in LIBRARIES), None)


def room_of(path: Path) -> str:
    """The room a source file belongs to; "" for files at the front door."""
    parts = path.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else ""


def room_named(module: str) -> str | None:
    """The room a dotted name points into: "" for `sterling` itself, None for another package and for the version."""
    parts = module.split(".")
    if parts[0] != "sterling" or module == "sterling.__version__":
        return None
    if len(parts) == 1:
        return ""
    return parts[1] if (SOURCE / parts[1]).is_dir() else ""


def sources() -> list[Path]:
    """Every Python file of the package."""
    return sorted(SOURCE.rglob("*.py"))


def imports_of(path: Path) -> Iterator[Import]:
    """Every import in a file, inside functions and under TYPE_CHECKING too, and `require("name", …)`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        for module in _modules(node, path):
            yield Import(path=path, line=getattr(node, "lineno", 0), module=module)


def _modules(node: ast.AST, path: Path) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            package = ("sterling", *path.relative_to(SOURCE).parts[:-1])
            stem = package[: len(package) - node.level + 1]
            base = ".".join([*stem, base] if base else stem)
        # `from sterling import core` names a room, not the front door
        return [f"{base}.{alias.name}" for alias in node.names] if base == "sterling" else [base]
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in ("require", "import_module", "__import__") and isinstance(node.args[0].value, str):
            return [node.args[0].value]
    return []
