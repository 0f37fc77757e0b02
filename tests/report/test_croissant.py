"""Croissant: what mlcroissant, the reference implementation, accepts without a complaint; and only what is known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sterling.core.dossier import ColumnFacts, Dossier
from sterling.core.errors import ConfigError
from sterling.pipeline.wiring import card
from sterling.report.exports.croissant import croissant
from tests.report import dossiers as make
from tests.report.tables_of import evidence

mlcroissant = pytest.importorskip("mlcroissant")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")


def profiled() -> Dossier:
    """The lending project with questions about its table in the run."""
    found = make.lending()
    return replace(found, run=replace(found.run, evidence=(*found.run.evidence, *evidence())))


def test_the_reference_implementation_reads_it_without_a_complaint(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "croissant.json"
    path.write_bytes(card(profiled(), "data", "croissant"))
    read = mlcroissant.Dataset(jsonld=path)
    assert not read.metadata.ctx.issues.errors
    assert "not standard" not in caplog.text
    assert read.metadata.name == "lending.parquet"
    names = [f.name for f in read.metadata.record_sets[0].fields]
    assert names == [c.name for c in profiled().data.columns]


def test_what_was_found_stands_in_the_responsible_ai_fields() -> None:
    said = croissant(profiled())
    assert any("fewer of this table" in str(t) for t in said["rai:dataBiases"])  # type: ignore[attr-defined]
    assert "notes: email address" in said["rai:personalSensitiveInformation"]  # type: ignore[operator]


def test_what_nobody_said_or_measured_is_left_out() -> None:
    said = croissant(make.lending())
    assert "rai:dataBiases" not in said
    assert not [key for key, value in said.items() if value in (None, "", [])]


def test_hostile_names_are_text(tmp_path: Path) -> None:
    found = make.lending()
    odd = ColumnFacts(name='"}\x00\u202e<script>', type="String", role="", missing=0, distinct=1)
    dossier = replace(found, data=replace(found.data, columns=(odd,)))
    path = tmp_path / "croissant.json"
    path.write_bytes(card(dossier, "data", "croissant"))
    assert json.loads(path.read_text())["recordSet"][0]["field"][0]["name"].startswith('"}\\x00')
    assert not mlcroissant.Dataset(jsonld=path).metadata.ctx.issues.errors


def test_models_are_no_data_sets() -> None:
    with pytest.raises(ConfigError, match="card data"):
        card(make.lending(), "model", "croissant")
