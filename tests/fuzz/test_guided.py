"""A short run of the coverage-guided fuzzer on every target.

FUZZ_SECONDS=60 makes it a longer one, FUZZ_SEED=0 one that tries something else every time.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.feeds import GRAMMARS, SEEDS

ROOT = Path(__file__).resolve().parents[2]
SECONDS = int(os.environ.get("FUZZ_SECONDS", "2"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))

pytestmark = [
    pytest.mark.fuzz,
    pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed (Linux only)"),
]


@pytest.mark.parametrize("target", [*SEEDS, *GRAMMARS])
def test_guided(target: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "seed").write_bytes(SEEDS.get(target, b'tp / (tp + fn) where x > 1 and `a b` = "c"'))
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.harness", target, f"-seed={SEED}", f"-max_total_time={SECONDS}",
         "-max_len=512", "-rss_limit_mb=4096", "-timeout=20", f"-artifact_prefix={tmp_path}/", str(corpus)],
        cwd=ROOT, capture_output=True, text=True, check=False, errors="replace",
        env={**os.environ, "POLARS_MAX_THREADS": "1"}, timeout=300,
    )  # fmt: skip
    found = [f"{p.name}: {p.read_bytes()!r}" for p in tmp_path.iterdir() if p.is_file()]
    assert done.returncode == 0, "\n".join([*found, done.stderr[-3000:]])
