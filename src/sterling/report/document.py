"""A document as plain JSON: what the front end draws and `--format json` writes.

Every block is an object with its word under `block` and the fields of its dataclass in core/document.py under their
own names; NaN and infinities are null.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from sterling.core import document as doc
from sterling.core.overview import Dots, Findings, Overview
from sterling.report.finite import finite

Json = dict[str, object]
FORMAT, VERSION = "sterling.card", 1
WORDS: dict[type[doc.Block], str] = {
    doc.Prose: "prose",
    doc.Items: "items",
    doc.Facts: "facts",
    doc.Grid: "grid",
    doc.Graph: "graph",
    doc.Frontier: "frontier",
    doc.Tree: "tree",
    doc.HeatMap: "heatmap",
    doc.Curve: "curve",
    doc.Prompt: "prompt",
    doc.Alert: "alert",
    Overview: "overview",
    Findings: "findings",
    Dots: "dots",
}
"""The word of each kind of block; the front end knows these and no others."""


def card_json(document: doc.Document) -> Json:
    """A card for programs and for its page: format, version and the document."""
    return {"format": FORMAT, "version": VERSION, "document": document_json(document)}


def document_json(document: doc.Document) -> Json:
    """kind, title, lead, sections, seal. The metadata head is part of the Markdown alone."""
    return {key: value for key, value in _fields(document).items() if key != "front_matter"}


def sections_json(sections: tuple[doc.Section, ...]) -> list[Json]:
    """id, title, lead, stale and blocks of every section."""
    return [_fields(section) for section in sections]


def block_json(block: doc.Block) -> Json:
    """One block: its word under `block`, then its fields."""
    return {"block": WORDS[type(block)], **_fields(block)}


def _fields(item: object) -> Json:
    made = {f.name: _plain(getattr(item, f.name)) for f in fields(item)}  # type: ignore[arg-type]
    if isinstance(item, doc.Cell) and item.image is None:
        del made["image"]  # of thousands of cells few have one
    return made


def _plain(value: object) -> object:
    if isinstance(value, float):
        return finite(value)
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, doc.Block):
        return block_json(value)
    return _fields(value) if is_dataclass(value) else value
