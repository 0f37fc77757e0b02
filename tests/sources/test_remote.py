"""Tables that lie elsewhere: a web server and an object store on this machine, real ones, asked over the loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from sterling.core.addresses import bare, is_url, shown_url
from sterling.core.errors import InputError
from sterling.sources.open import open_table, reading, translate
from tests.loopback import Ranges, serving

ROWS = pl.DataFrame({"label": [1, 0] * 500, "p": [0.25] * 1000, "race": ["white", None] * 500})


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    with serving(tmp_path) as address:
        yield address


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """An S3 server of its own, with a bucket that holds a folder of two files."""
    program = shutil.which("moto_server")
    if program is None:
        pytest.skip("no S3 server on this machine: pip install 'moto[server]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    server = subprocess.Popen([program, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _put(f"{base}/bank", b"")
        for i, part in enumerate((ROWS.head(400), ROWS.tail(600))):
            _put(f"{base}/bank/loans/part-{i}.parquet", _bytes(part))
        yield base
    finally:
        server.terminate()
        server.wait()


def _bytes(frame: pl.DataFrame) -> bytes:
    import io

    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def _put(url: str, content: bytes) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            kind = {"Content-Type": "application/octet-stream"}
            urllib.request.urlopen(urllib.request.Request(url, content, kind, method="PUT")).close()
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


@pytest.fixture
def signed_in(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", store)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "unsaid")
    monkeypatch.setenv("AWS_REGION", "us-east-1")


def collect(given: object) -> pl.DataFrame:
    opened = open_table(given)
    with reading(opened.name):
        return opened.table.collect()


def refused(given: object) -> str:
    with pytest.raises(InputError) as caught:
        collect(given)
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_a_web_address(web: str, tmp_path: Path, suffix: str) -> None:
    (ROWS.write_parquet if suffix == "parquet" else ROWS.write_ipc)(tmp_path / f"t.{suffix}")
    opened = open_table(f"{web}/t.{suffix}?signature=unsaid")
    assert_frame_equal(opened.table.collect(), ROWS)
    assert [(f.name, f.sha256, f.rows) for f in opened.files] == [(f"t.{suffix}", None, 1000)]
    assert opened.name == f"{web}/t.{suffix}"


def test_an_evaluation_of_a_web_address(web: str, tmp_path: Path) -> None:
    import sterling as st

    ROWS.write_parquet(tmp_path / "t.parquet")
    here = st.evaluate(tmp_path / "t.parquet", label="label", score="p", groups="race")
    there = st.evaluate(f"{web}/t.parquet", label="label", score="p", groups="race")
    assert_frame_equal(there.frame, here.frame)


def test_several_addresses(web: str, tmp_path: Path) -> None:
    ROWS.head(300).write_parquet(tmp_path / "a.parquet")
    ROWS.tail(700).write_parquet(tmp_path / "b.parquet")
    assert_frame_equal(collect([f"{web}/a.parquet", f"{web}/b.parquet"]), ROWS)


@pytest.mark.parametrize("address", ["s3://bank/loans/*.parquet", "s3://bank/loans/"])
def test_a_folder_of_an_object_store(signed_in: None, address: str) -> None:
    opened = open_table(address)
    assert_frame_equal(opened.table.collect(), ROWS)
    assert "PARQUET SCAN" in opened.table.explain(optimized=False).upper(), "still read in pieces"


def test_only_the_columns_in_use_are_asked_for(web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    wide = pl.DataFrame({f"c{i}": np.random.default_rng(i).random(20_000) for i in range(20)})
    wide.write_parquet(tmp_path / "wide.parquet")
    sent: list[int] = []
    answer = Ranges.send_header

    def counted(self: Ranges, name: str, value: str) -> None:
        if name == "Content-Length" and self.command == "GET":
            sent.append(int(value))
        answer(self, name, value)

    monkeypatch.setattr(Ranges, "send_header", counted)
    assert open_table(f"{web}/wide.parquet").table.select("c3").collect().height == 20_000
    assert sum(sent) < (tmp_path / "wide.parquet").stat().st_size / 3


def test_nothing_there(web: str, signed_in: None) -> None:
    assert "nothing at this address" in refused(f"{web}/gone.parquet")
    assert "nothing at this address" in refused("s3://bank/gone.parquet")
    assert "nothing at this address" in refused("s3://nowhere/gone.parquet")


def test_not_without_signing_in(web: str) -> None:
    message = refused(f"{web}/private/t.parquet?signature=unsaid")
    assert "does not let this be read" in message
    assert "unsaid" not in message


def test_a_damaged_file(web: str, tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1" + b"\0" * 200 + b"PAR1")
    assert "damaged or cut short" in refused(f"{web}/t.parquet")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("https://example.org/t.csv", "text is read from this machine only"),
        ("ftp://example.org/t.parquet", "addresses that begin with ftp:// are not read"),
        ("postgresql://user:unsaid@host/loans", "a database is not opened by its address"),
        (["https://example.org/t.parquet", "https://example.org/t.arrow"], "the files are of different kinds"),
        (["https://example.org/t.parquet", "t.parquet"], "a path of this machine stands among addresses"),
    ],
)
def test_refused(given: object, words: str) -> None:
    message = refused(given)
    assert words in message
    assert "unsaid" not in message


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("object-store error: Generic S3 error: PUT http://169.254.169.254/latest/api/token: 403", "AWS_ACCESS_KEY_ID"),
        ("object-store error: Generic GCS error: Error performing token request", "GOOGLE_APPLICATION_CREDENTIALS"),
        ("object-store error: Generic MicrosoftAzure error: Account must be specified", "AZURE_STORAGE_ACCOUNT_NAME"),
        ("error sending request for url (https://unsaid)", "cannot be read"),
        ("object-store error: HTTP error: error sending request", "cannot be read"),
    ],
)
def test_what_stores_complain_about(said: str, words: str) -> None:
    scheme = {"AWS": "s3", "GOO": "gs", "AZU": "az"}.get(words[:3], "https")
    message = str(translate(OSError(said), f"{scheme}://bank/t.parquet"))
    assert words in message
    assert "unsaid" not in message


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.org/t.parquet", "https://a.org/t.parquet"),
        ("https://user:pass@a.org:8080/t.parquet?X-Amz-Signature=abc#x", "https://a.org:8080/t.parquet"),
        ("s3://key:sec/ret@bank/t.parquet", "s3://bank/t.parquet"),
        ("https://a.org:8080/people@home.parquet", "https://a.org:8080/people@home.parquet"),
        ("https://a.org/people@home.parquet", "https://a.org/people@home.parquet"),
        ("https://token@a.org", "https://a.org"),
        ("loans.parquet", "loans.parquet"),
    ],
)
def test_addresses_without_their_secrets(url: str, shown: str) -> None:
    assert bare(url) == shown_url(url) == shown
    assert is_url(url) == ("://" in url)
