"""The page as a file: policy, hashes, escaping, and what it says when it cannot be made."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sterling.core.errors import SterlingError
from sterling.report import page, shell

NASTY = "</script><script>alert(1)</script><!-- & \u2028 \ud800 \x00 \"'"


class Elements(HTMLParser):
    """Every start tag with its attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": [], "title": []}
        self._open: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._open = tag if tag in self.inside else None
        if self._open:
            self.inside[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = None

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inside[self._open][-1] += data


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small front end in place of the built one, so that these tests need no Node."""
    static = tmp_path / "static"
    static.mkdir()
    (static / "bundle.js").write_text("const a = 1 < 2;\r\nconsole.log(a);\n", encoding="utf-8")
    (static / "bundle.css").write_text("p > a { color: red }", encoding="utf-8")
    monkeypatch.setattr("importlib.resources.files", lambda _: tmp_path)
    return static


def data(**more: Any) -> dict[str, Any]:
    return {"format": "sterling.report", "version": 1, "title": "Lending", "verdicts": [], **more}


def test_the_policy_allows_the_inlined_script_and_style_and_nothing_else(built: Path) -> None:
    elements = Elements(page.render_page(data()))
    policy = next(a["content"] for _, a in elements.found if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))

    def digest(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    assert rules == {
        "default-src": "'none'",
        "script-src": digest(elements.inside["script"][1]),
        "style-src": digest(elements.inside["style"][0]),
        "img-src": "data:",
        "font-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert "\r" not in elements.inside["script"][1], "a browser reads it as a line feed; so must the hash"


def test_the_page_names_no_other_file_and_has_no_style_attribute(built: Path) -> None:
    elements = Elements(page.render_page(data(title=NASTY)))
    attributes = {name for _, attrs in elements.found for name in attrs}
    assert not attributes & {"src", "href", "style", "srcset", "action"}
    assert not [name for name in attributes if name.startswith("on")]


def test_hostile_text_stays_text(built: Path) -> None:
    verdicts = [{"verdict": "over", "sentence": NASTY, "reason": NASTY, "power": NASTY}]
    text = page.render_page(data(title=NASTY, verdicts=verdicts, unknowns=[NASTY], next_steps=[NASTY], notices=[NASTY]))
    text.encode("utf-8")
    elements = Elements(text)
    assert [t for t, _ in elements.found].count("script") == 2
    assert elements.inside["title"][0].startswith("</script><script>alert(1)")
    assert "<!--" not in text
    assert json.loads(elements.inside["script"][0])["verdicts"][0]["sentence"] == NASTY


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12,
))  # fmt: skip
def test_embedded_json_is_inert_and_reads_back(value: object) -> None:
    text = shell.embed({"value": value})
    assert not re.search("[<>&\u2028\u2029\x00-\x1f]|[^\x00-\x7f]", text)

    def expected(v: object) -> object:
        if isinstance(v, float):
            return v if abs(v) < float("inf") else None
        if isinstance(v, list):
            return [expected(x) for x in v]
        return {k: expected(x) for k, x in v.items()} if isinstance(v, dict) else v

    assert json.loads(text)["value"] == expected(value)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        shell.embed({"value": object()})


def test_without_scripts_the_verdicts_are_there(built: Path) -> None:
    verdicts = [
        {"verdict": "undecided", "sentence": "Women are selected less often", "reason": "the interval holds the limit",
         "power": "about 900 more women would decide this"}]  # fmt: skip
    text = page.render_page(data(verdicts=verdicts, unknowns=["Groups not recorded: age"]))
    inside = text.split("<noscript>")[1].split("</noscript>")[0]
    assert "<strong>Undecided:</strong> <bdi>Women are selected less often</bdi>" in inside
    assert "about 900 more women would decide this" in inside
    assert "Groups not recorded: age" in inside
    assert "Nothing was judged." in page.render_page(data())


def test_a_missing_front_end_says_how_to_build_it(built: Path) -> None:
    (built / "bundle.js").unlink()
    with pytest.raises(SterlingError, match="front end of the report is not built") as caught:
        page.render_page(data())
    assert "make web" in str(caught.value)


@pytest.mark.parametrize("text", ["x = '</script>'", "x = '<!--'", "x = '</SCRIPT >'"])
def test_a_front_end_that_would_end_its_own_element_is_refused(built: Path, text: str) -> None:
    (built / "bundle.js").write_text(text, encoding="utf-8")
    with pytest.raises(SterlingError, match="cannot be inlined"):
        page.render_page(data())


def test_equal_data_gives_equal_pages(built: Path) -> None:
    assert page.render_page(data(title="a")) == page.render_page(data(title="a"))
