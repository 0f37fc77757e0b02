"""A ledger of one run, made anew for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sterling.ledger import open_ledger
from sterling.ledger.store import SqlLedger
from tests.ledger.world import run_of


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    with open_ledger(tmp_path / ".sterling", create=True) as made:
        made.put(*run_of("r1"))
        yield made
