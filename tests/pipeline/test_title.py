"""What a report is called when nobody named it: never by folders, which are nobody's business."""

from __future__ import annotations

import pytest

from sterling.pipeline.provenance import title_of as _title


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("a/b/two.parquet", "two"),
        (r"C:\people\two.csv", "two"),
        ("scores/*.parquet", "scores"),
        ("s3://bucket/y.parquet", "y"),
        ("the polars table", "the polars table"),
        ("*.csv", "*.csv"),
        ("folder/", "folder"),
    ],
)
def test_title(name: str, title: str) -> None:
    assert _title(name) == title
