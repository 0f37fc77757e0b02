"""One HTML file around the front end: data, script and style inlined, under a policy that allows nothing else.

The page makes no request, runs no script but its own (by hash), and everything from the data reaches it as JSON that
the front end draws as text. Without scripts it still says in plain HTML what matters.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from sterling.core.errors import SterlingError
from sterling.report.finite import clean

SCRIPT, STYLE = "bundle.js", "bundle.css"
MOST_TITLE = 120

_UNSAFE_IN_JSON = {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def sheet(data: Mapping[str, object], *, title: object, opening: str, without_scripts: str) -> str:
    """The whole file as text to be written as UTF-8. `without_scripts` is HTML: whoever makes it escapes what is in it.

    Raises SterlingError when the front end has not been built, or when the built script cannot be inlined.
    """
    script, style = _asset(SCRIPT), _asset(STYLE)
    policy = _policy(script, style)
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
            f"<title>{text(str(title)[:MOST_TITLE])} · Sterling</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            f'<div id="sterling"><p class="loading">{text(opening)}</p></div>',
            f'<noscript><main class="plain-page">{without_scripts}</main></noscript>',
            f'<script type="application/json" id="sterling-data">{embed(data)}</script>',
            f"<script>{script}</script>",
            "</body>",
            "</html>",
            "",
        )
    )


@lru_cache(maxsize=1)
def _policy(script: str, style: str) -> str:
    """What the page may do: run this script, use this style. A report and its cards share them."""
    for name, code, end in ((SCRIPT, script, "</script"), (STYLE, style, "</style")):
        if end in code.lower() or "<!--" in code:
            raise SterlingError(
                "the built front end cannot be inlined",
                where=name,
                expected=f"no {end!r} and no '<!--'",
                hint="build it again",
            )
    return "; ".join(
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


def embed(data: Mapping[str, object]) -> str:
    """`data` as JSON that is inert inside a script element: no tag, comment or entity can begin in it.

    Numbers that JSON lacks (NaN, infinities) become null; anything that is not JSON is a TypeError.
    """
    written = json.dumps(clean(data), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character, escaped in _UNSAFE_IN_JSON.items():
        written = written.replace(character, escaped)
    return written


def text(value: object) -> str:
    """Any value as HTML text: escaped, without what HTML cannot hold."""
    plain = str(value).encode("utf-8", "replace").decode("utf-8")
    plain = "".join(c if c >= " " or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in plain)
    return html.escape(plain)


def _hash(code: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(code.encode()).digest()).decode("ascii")


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
