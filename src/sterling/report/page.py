"""One HTML file from a report dictionary: front end and data inlined, under a policy that allows nothing else.

The page makes no request, runs no script but its own (by hash), and everything from the data reaches it as JSON that
the front end draws as text. Without scripts it still says the verdicts.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from importlib import resources
from typing import cast

from sterling.core.errors import SterlingError
from sterling.report.finite import clean

SCRIPT, STYLE = "bundle.js", "bundle.css"

_UNSAFE_IN_JSON = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
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
    script, style = _asset(SCRIPT), _asset(STYLE)
    for name, text, end in ((SCRIPT, script, "</script"), (STYLE, style, "</style")):
        if end in text.lower() or "<!--" in text:
            raise SterlingError(
                "the built front end cannot be inlined",
                where=name,
                expected=f"no {end!r} and no '<!--'",
                hint="build it again",
            )
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "img-src data:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{_title(data)}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            '<div id="sterling"><p class="loading">Opening the report…</p></div>',
            f"<noscript>{_without_scripts(data)}</noscript>",
            f'<script type="application/json" id="sterling-data">{embed(data)}</script>',
            f"<script>{script}</script>",
            "</body>",
            "</html>",
            "",
        )
    )


def embed(data: Mapping[str, object]) -> str:
    """`data` as JSON that is inert inside a script element: no tag, comment or entity can begin in it.

    Numbers that JSON lacks (NaN, infinities) become null; anything that is not JSON is a TypeError.
    """
    return json.dumps(clean(data), ensure_ascii=True, allow_nan=False, separators=(",", ":")).translate(_UNSAFE_IN_JSON)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _asset(name: str) -> str:
    source = resources.files("sterling.report") / "static" / name
    if not source.is_file():
        raise SterlingError(
            "the front end of the report is not built",
            where=f"sterling/report/static/{name}",
            expected="the file that `make web` writes; a wheel carries it",
            got="no such file",
            hint="in a clone run `make web` (needs Node 20 or later), or go without the page: --no-report",
        )
    # A carriage return would be read as a line feed by the browser and break the hash.
    return source.read_text("utf-8").replace("\r\n", "\n").replace("\r", "\n").strip()


def _text(value: object) -> str:
    """Any value as HTML text: escaped, isolated from its neighbours' direction, without what HTML cannot hold."""
    plain = str(value).encode("utf-8", "replace").decode("utf-8")
    plain = "".join(c if c >= " " or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in plain)
    return html.escape(plain)


def _title(data: Mapping[str, object]) -> str:
    return _text(str(data.get("title") or "Report")[:120]) + " · Sterling"


def _without_scripts(data: Mapping[str, object]) -> str:
    """The verdict sentences, next steps and unknowns as plain HTML, for readers whose browser runs no scripts."""
    parts = [f"<h1>{_text(data.get('title') or 'Report')}</h1>"]
    parts.append("<p>The charts and tables need scripts. The findings do not:</p>")
    parts.append(_list([_verdict(v) for v in _mappings(data.get("verdicts"))] or ["Nothing was judged."]))
    for key, heading in (
        ("next_steps", "What to do next"),
        ("unknowns", "What this page can’t tell you"),
        ("notices", "About the data"),
    ):
        items = data.get(key)
        if isinstance(items, list | tuple) and items:
            parts.append(f"<h2>{heading}</h2>" + _list([f"<bdi>{_text(i)}</bdi>" for i in cast("list[object]", items)]))
    return '<main class="plain-page">' + "".join(parts) + "</main>"


def _verdict(verdict: Mapping[str, object]) -> str:
    word = _VERDICT_WORDS.get(str(verdict.get("verdict")), "")
    out = f"<strong>{word}:</strong> <bdi>{_text(verdict.get('sentence', ''))}</bdi>"
    return out + "".join(f" <bdi>({_text(verdict[key])})</bdi>" for key in ("reason", "power") if verdict.get(key))


def _list(items: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _mappings(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list | tuple):
        return []
    return [cast("Mapping[str, object]", v) for v in cast("list[object]", value) if isinstance(v, Mapping)]
