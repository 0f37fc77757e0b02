"""The page's data holds to the type that the front end reads it by: the TypeScript compiler says so."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from sterling.core.policy import Policy
from sterling.core.roles import ModelColumn
from sterling.report.cards import dag_card, data_card, model_card
from sterling.report.document import card_json
from sterling.report.payload import payload
from sterling.report.project_page import project_payload
from tests.house.law import ROOT
from tests.report import dossiers

COMPILER = ROOT / "web/node_modules/.bin/tsc"


def _complaints(data: Any, folder: Path, *, kind: str = "Report", place: str = "data") -> str:
    """What the compiler says of `data` as the value of a type of the front end."""
    typed = (
        f'import type {{ {kind} }} from "{ROOT / "web/src" / place}";\nexport const data: {kind} = {json.dumps(data)};'
    )
    (folder / "report.ts").write_text(typed, encoding="utf-8")
    flags = ["--noEmit", "--strict", "--ignoreConfig", "--module", "esnext", "--moduleResolution", "bundler"]
    command = [str(COMPILER), *flags, str(folder / "report.ts")]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120).stdout


@pytest.mark.skipif(not COMPILER.exists(), reason="the front end's packages are not installed: make web")
def test_payload_is_a_report(make: SimpleNamespace, tmp_path: Path) -> None:
    rows = pl.DataFrame({"p": [0.5, None], "race": ["black", None]})
    models = (ModelColumn(column="p"), ModelColumn(column="d", kind="prediction"))
    two = make.replace(make.lender, models=models)
    runs = [make.run(), make.run(roles=two, tables=(make.table("p"), make.table("d", ())), rows=rows)]
    for run in (*runs, runs[0].with_policy(Policy.parse('[project]\nowner = "Ada"\npurpose = "To sort."\n'))):
        assert _complaints(payload(run, run.judgement), tmp_path) == ""
    dossier = dossiers.lending(alternatives=dossiers.search())
    assert _complaints(project_payload(dossier), tmp_path) == ""
    wrong: Any = payload(runs[0], runs[0].judgement)
    wrong["board"]["level"] = "0.95"
    assert "level" in _complaints(wrong, tmp_path) or "not assignable" in _complaints(wrong, tmp_path)


@pytest.mark.skipif(not COMPILER.exists(), reason="the front end's packages are not installed: make web")
@pytest.mark.parametrize("make_card", [model_card, data_card, dag_card])
def test_a_card_is_a_card(make_card: Any, tmp_path: Path) -> None:
    card: Any = card_json(make_card(dossiers.lending(alternatives=dossiers.search())))
    assert _complaints(card, tmp_path, kind="Card", place="document/types") == ""
    card["document"]["sections"][0]["blocks"][0]["block"] = "poem"
    assert "poem" in _complaints(card, tmp_path, kind="Card", place="document/types")
