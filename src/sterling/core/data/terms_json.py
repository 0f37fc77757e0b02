"""The JSON Schema of `datasheet.toml`, made from the keys that its reader knows."""

from __future__ import annotations

from sterling.core.data.terms_file import TERMS_KEYS
from sterling.core.project_schema import Schema, keys_schema, whole_schema


def datasheet_schema() -> Schema:
    """The schema of `datasheet.toml`. Every key may be left out."""
    return whole_schema(
        "datasheet.toml, version 1", "On which terms data may be used. Guide: docs/guide/terms.md.",
        keys_schema(TERMS_KEYS)["properties"],
    )  # fmt: skip
