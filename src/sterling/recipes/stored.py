"""A fitted model as .skops bytes that depend on the model alone.

skops names parts by where objects happen to lie in memory and stamps them with the time; here parts are numbered in the
order they are met and the time is left out, so equal models give equal bytes. Readers notice no difference.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from sterling.core.extras import require

_SCHEMA = "schema.json"
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def skops_bytes(fitted: Any) -> bytes:
    """`fitted` as the content of a .skops file. Raises MissingExtra without skops."""
    raw = require("skops.io", extra="project", why="writing a model file").dumps(fitted)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        schema = json.loads(archive.read(_SCHEMA))
        parts = {name: archive.read(name) for name in archive.namelist() if name != _SCHEMA}
    numbers: dict[int, int] = {}
    names: dict[str, str] = {}
    _renumber(schema, numbers, names)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for old, new in sorted(names.items(), key=lambda pair: pair[1]):
            _add(archive, new, parts[old])
        _add(archive, _SCHEMA, json.dumps(schema).encode())  # without indent, which takes ten times as long
    return out.getvalue()


def _renumber(node: Any, numbers: dict[int, int], names: dict[str, str]) -> None:
    """Replace ids and file names everywhere, in the order of the document."""
    if isinstance(node, list):
        for item in node:
            _renumber(item, numbers, names)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key == "__id__":
            node[key] = numbers.setdefault(value, len(numbers) + 1)
        elif key == "file" and isinstance(value, str):
            suffix = value.rpartition(".")[2]
            node[key] = names.setdefault(value, f"part{len(names) + 1:04d}.{suffix}")
        else:
            _renumber(value, numbers, names)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=_NO_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)
