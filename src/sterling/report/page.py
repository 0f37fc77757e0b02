"""The report as one HTML file, from the dictionary that `payload` makes; without scripts it still says the verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from sterling.report.shell import sheet, text

_VERDICT_WORDS = {
    "over": "Over your limit",
    "undecided": "Undecided",
    "within": "Within your limit",
    "insufficient": "Too small to say",
    "not_applicable": "Does not apply",
    "error": "Stopped by an error",
    "unjudged": "No limit set",
}


def render_page(data: Mapping[str, object]) -> str:
    """The whole page for `data` (the shape of web/src/data.ts), as text to be written as UTF-8.

    Raises SterlingError when the front end has not been built, or when the built script cannot be inlined.
    """
    return sheet(
        data,
        title=data.get("title") or "Report",
        opening="Opening the report…",
        without_scripts=_without_scripts(data),
    )


def _without_scripts(data: Mapping[str, object]) -> str:
    """The verdict sentences, next steps and unknowns as plain HTML, for readers whose browser runs no scripts."""
    parts = [f"<h1>{text(data.get('title') or 'Report')}</h1>"]
    parts.append("<p>The charts and tables need scripts. The findings do not:</p>")
    parts.append(_list([_verdict(v) for v in _mappings(data.get("verdicts"))] or ["Nothing was judged."]))
    for key, heading in (
        ("next_steps", "What to do next"),
        ("unknowns", "What this page can’t tell you"),
        ("notices", "About the data"),
    ):
        items = data.get(key)
        if isinstance(items, list | tuple) and items:
            parts.append(f"<h2>{heading}</h2>" + _list([f"<bdi>{text(i)}</bdi>" for i in cast("list[object]", items)]))
    return "".join(parts)


def _verdict(verdict: Mapping[str, object]) -> str:
    word = _VERDICT_WORDS.get(str(verdict.get("verdict")), "")
    if verdict.get("verdict") == "over" and verdict.get("statement") in ("min", "min_ratio"):
        word = "Under your minimum"
    out = f"<strong>{word}:</strong> <bdi>{text(verdict.get('sentence', ''))}</bdi>"
    for waiver in _mappings([verdict.get("waiver")]):
        owner, day, why = (text(waiver.get(key, "")) for key in ("owner", "expires", "reason"))
        out += f" <strong>Waived</strong> <bdi>by {owner}</bdi> until {day}: <bdi>{why}</bdi>"
    return out + "".join(f" <bdi>({text(verdict[key])})</bdi>" for key in ("reason", "power") if verdict.get(key))


def _list(items: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _mappings(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list | tuple):
        return []
    return [cast("Mapping[str, object]", v) for v in cast("list[object]", value) if isinstance(v, Mapping)]
