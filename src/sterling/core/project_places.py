"""Where the files lie that a project's file names: inside its folder or one that it allows; data also at an address."""

from __future__ import annotations

from pathlib import Path

from sterling.core.addresses import bare, is_url, shown_url
from sterling.core.confine import locate, locate_file
from sterling.core.toml import Table


def inside(root: Table, folder: Path, allowed: tuple[Path, ...]) -> None:
    """Raises ConfigError for a path, anywhere in the file, that lies where the project may not read.

    `root`: the whole file. `folder`: where it lies. `allowed`: folders outside that it lists.
    """
    own = (*root.entries("step", "steps", "a step"), *root.entries("metric", "metrics", "a metric"))
    data, model = root.table("data"), root.table("model")
    tables = [(data, "path"), (data, "schema"), (model, "path"), (model, "card")]
    for table, key in [*tables, *((entry, "function") for entry in own)]:
        if key in table:
            text = table.text(key)
            text = text.rpartition(":")[0] if key == "function" else text
            if (table.name, key) == ("[data]", "path") and _is_address(table, text):
                continue
            look = locate_file if key == "function" else locate
            look(text, folder=folder, allowed=allowed, where=table.origin(key))
    for entry in (e for e in own if "files" in e):
        for text in entry.texts("files"):
            locate_file(text, folder=folder, allowed=allowed, where=entry.origin("files"))


def _is_address(data: Table, text: str) -> bool:
    """Whether the data lie at an address. It goes into the ledger and the report, so it holds no secret."""
    if not is_url(text):
        return False
    if bare(text) != text:
        raise data.fail(
            "the address holds a password, a signature or a query, which would be kept in the ledger", "path",
            expected=f"the bare address: {shown_url(text)}", hint="give credentials by the environment",
        )  # fmt: skip
    if "sql" in data:
        raise data.fail("a query is asked of files of this machine", "sql", hint="download the data, or drop sql")
    return True
