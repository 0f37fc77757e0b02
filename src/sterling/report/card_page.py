"""A card as one HTML file: the front end draws the document; without scripts its Markdown stands there as text."""

from __future__ import annotations

from sterling.core.document import Document
from sterling.report.document import card_json
from sterling.report.markdown import body
from sterling.report.shell import sheet, text


def render_card(document: Document) -> str:
    """The whole page, as text to be written as UTF-8.

    Raises SterlingError when the front end has not been built, or when the built script cannot be inlined.
    """
    plain = f"<p>The tables and graphs need scripts. The text does not:</p><pre>{text(body(document))}</pre>"
    return sheet(card_json(document), title=document.title, opening="Opening the card…", without_scripts=plain)
