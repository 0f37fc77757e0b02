"""A web server of this machine for a folder: for tests of tables that lie elsewhere."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path


class Ranges(http.server.SimpleHTTPRequestHandler):
    """A folder over HTTP that answers requests for parts of a file, and asks for a sign-in below `/private`."""

    def do_GET(self) -> None:
        if self.path.startswith("/private"):
            self.send_error(401)
            return
        file = Path(self.directory) / self.path.split("?")[0].lstrip("/")
        if not file.is_file():
            self.send_error(404)
            return
        content, asked = file.read_bytes(), re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        begin, end = 0, len(content)
        if asked:
            begin = int(asked[1]) if asked[1] else max(0, len(content) - int(asked[2]))
            end = min(int(asked[2]) + 1, len(content)) if asked[1] and asked[2] else len(content)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {begin}-{end - 1}/{len(content)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(end - begin))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content[begin:end])

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Give the address of the folder, without a slash at its end."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Ranges, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
