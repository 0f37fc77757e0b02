"""Reviewers are told through real listeners: a mail server and a web server on this machine."""

from __future__ import annotations

import email
import email.policy
import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from sterling.core.project import Data, Project, ReviewRules
from sterling.core.review import Review
from sterling.pipeline.notify import LONGEST, MOST_SENTENCES, notify

SECRET = "hunter2"
BUNDLE = "sha256:" + "ab" * 32
SAID = ("Black applicants are selected 18 points less often [13, 23]: over your limit of 5.", "<b>x</b> & \x1b[31m y")


class Post:
    """A mail server's box."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 aiosmtpd's name
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def mail() -> Iterator[tuple[Post, str]]:
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=_free_port())
    controller.start()
    try:
        address = (
            f"mailto://127.0.0.1:{controller.port}/lee@example.org?smtp=127.0.0.1&from=s@example.org&mode=insecure"
        )
        yield post, address
    finally:
        controller.stop()


@pytest.fixture
def web() -> Iterator[tuple[list[dict[str, Any]], str]]:
    """What was posted, and the address; a path that ends in `refuse` is answered with 500."""
    got: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(500 if self.path.rstrip("/").endswith("refuse") else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silence."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield got, f"json://sterling:{SECRET}@127.0.0.1:{server.server_port}/{SECRET}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def tell(*channels: str, title: str = "Lending", sentences: tuple[str, ...] = SAID, **facts: Any) -> tuple[str, ...]:
    rules = ReviewRules(required=2, notify=channels)
    project = Project(
        name="lending", title=title, file=Path("/somewhere/private/sterling.toml"), digest="sha256:0",
        data=Data(path="loans.csv", label="y"), review=rules,
    )  # fmt: skip
    review = Review(**({"state": "awaiting", "rules": rules, "bundle": BUNDLE, "author": "kim"} | facts))
    return notify(project, review, title=title, sentences=sentences, report=project.folder / "report.html")


def test_nobody_to_tell() -> None:
    assert tell() == ()


def test_a_webhook_gets_sentences_and_how_to_sign(web: tuple[list[dict[str, Any]], str]) -> None:
    got, address = web
    assert tell(address) == ()
    (posted,) = got
    assert posted["title"] == "Lending: awaiting your review"
    assert SAID[0] in posted["message"]
    assert "2 people must sign" in posted["message"]
    assert "sterling approve last" in posted["message"]
    assert BUNDLE in posted["message"]
    assert "/somewhere" not in json.dumps(posted)
    assert not posted.get("attachments")
    assert "\x1b" not in posted["message"]


def test_a_letter_is_one_and_its_text_is_text(mail: tuple[Post, str]) -> None:
    post, address = mail
    assert tell(address, title="Lending\r\nBcc: all@example.org") == ()
    (letter,) = post.letters
    assert letter["Subject"] == "Lending Bcc: all@example.org: awaiting your review"
    assert letter["Bcc"] is None
    assert list(letter.iter_attachments()) == []
    for part in letter.walk():
        if part.get_content_type() == "text/html":
            assert "&lt;b&gt;x&lt;/b&gt;" in part.get_content()
            assert "<b>x" not in part.get_content()
    assert any("18 points less often" in p.get_content() for p in letter.walk() if p.get_content_maintype() == "text")


def test_what_went_stale_is_said(web: tuple[list[dict[str, Any]], str]) -> None:
    got, address = web
    assert tell(address, state="stale", stale=("the data changed since Ada approved the run 12ab34",)) == ()
    assert "changed since it was signed" in got[0]["title"]
    assert "the data changed since Ada approved the run 12ab34." in got[0]["message"]


def test_long_reports_are_cut(web: tuple[list[dict[str, Any]], str]) -> None:
    got, address = web
    tell(address, sentences=("x" * 5000,) * 100)
    assert f"and {100 - MOST_SENTENCES} more in the report" in got[0]["message"]
    assert "x" * LONGEST not in got[0]["message"]


@pytest.mark.parametrize("address", [
    f"json://u:{SECRET}@127.0.0.1:{{closed}}/{SECRET}", f"mailto://127.0.0.1:{{closed}}/a@example.org?pass={SECRET}&mode=insecure",
    f"https-{SECRET}", f"xyz://{SECRET}", "", f"env:NOT_SET_{SECRET}",
])  # fmt: skip
def test_a_channel_that_is_down_is_a_notice_without_secrets(
    address: str, web: tuple[list[dict[str, Any]], str], capfd: pytest.CaptureFixture[str], caplog: Any
) -> None:
    got, working = web
    notices = tell(address.format(closed=_free_port()), working)
    (notice,) = notices
    assert notice.startswith("channel 1 of [review] notify")
    assert "was not told" in notice
    assert SECRET not in notice or address.startswith("env:")
    assert len(got) == 1, "the other channels are told all the same"
    assert SECRET not in "".join(capfd.readouterr())


def test_a_refusal_is_a_notice(web: tuple[list[dict[str, Any]], str]) -> None:
    _, address = web
    (notice,) = tell(f"{address}/refuse")
    assert "refused" in notice
    assert SECRET not in notice


def test_secrets_come_from_the_environment(web: tuple[list[dict[str, Any]], str], monkeypatch: Any) -> None:
    got, address = web
    monkeypatch.setenv("REVIEW_HOOK", address)
    assert tell("env:REVIEW_HOOK") == ()
    assert len(got) == 1
    monkeypatch.setenv("REVIEW_HOOK", f"{address}/refuse")
    (notice,) = tell("env:REVIEW_HOOK")
    assert "(env:REVIEW_HOOK)" in notice
    assert SECRET not in notice


def test_without_apprise_the_run_goes_on(monkeypatch: Any) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "apprise", None)
    (notice,) = tell("json://127.0.0.1:1")
    assert "sterling[project]" in notice
