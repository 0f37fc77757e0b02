"""Chromium for the page tests: one browser a session, one context a page, and a record of everything it tried."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sterling.core.document import Document
from sterling.report.card_page import render_card
from sterling.report.page import render_page

playwright = pytest.importorskip(
    "playwright.sync_api", reason="the browser tests need playwright: pip install playwright"
)

NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Opened:
    """A page and what it did: requests beyond the file itself, console errors, exceptions, dialogs."""

    page: Any
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def clean(self) -> None:
        assert self.requests == []
        assert self.complaints == []


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Writes a report or a card as one file and opens it from disk, offline, as a reader would."""
    contexts: list[Any] = []

    def open_(
        report: dict[str, Any] | Document, *, width: int = 1280, height: int = 800, scripts: bool = True,
        hash: str = "", **options: Any,
    ) -> Opened:  # fmt: skip
        file = tmp_path / f"report-{len(contexts)}.html"
        text = render_card(report) if isinstance(report, Document) else render_page(report)
        file.write_text(text, encoding="utf-8")
        context = chromium.new_context(
            viewport={"width": width, "height": height}, offline=True, java_script_enabled=scripts, **options
        )
        contexts.append(context)
        opened = Opened(context.new_page(), file.as_uri())
        page = opened.page
        page.set_default_timeout(10_000)
        page.on("request", lambda r: None if r.url == file.as_uri() else opened.requests.append(r.url))
        page.on("console", lambda m: opened.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: opened.complaints.append(str(e)))
        page.on("dialog", lambda d: (opened.complaints.append(f"dialog: {d.message}"), d.dismiss()))
        page.goto(file.as_uri() + hash)
        if scripts:
            page.wait_for_selector("html[data-ready]", timeout=20_000)
        return opened

    yield open_
    for context in contexts:
        context.close()
