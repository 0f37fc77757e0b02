"""Writes the JSON Schemas of docs/schema: `python docs/write_schema.py`. A test says when they are old."""

from __future__ import annotations

import json
from pathlib import Path

from sterling.core.data.schema_json import data_schema
from sterling.core.data.terms_json import datasheet_schema
from sterling.core.project_schema import project_schema, scope_schema
from sterling.report.data_schema import data_schema as profile_schema

FOLDER = Path(__file__).with_name("schema")


def files() -> dict[Path, str]:
    """Each schema's file and its text."""
    schemas = {
        "project-1.json": project_schema(), "scope-1.json": scope_schema(), "schema-1.json": data_schema(),
        "datasheet-1.json": datasheet_schema(), "data-1.json": profile_schema(),
    }  # fmt: skip
    return {FOLDER / name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in schemas.items()}


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
