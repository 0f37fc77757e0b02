"""What the page says of the terms of a table: what people stated, what is not met, what nobody answered."""

from __future__ import annotations

import polars as pl

from sterling.core.document import Facts, Items, Prose
from sterling.core.roles import Roles
from sterling.pipeline.tables import profile
from sterling.report.about.found import gathered
from sterling.report.about.use import terms

SHEET = 'source = "census‮ <b>of 1994</b>"\nlicence = "MIT"\nconsent_column = "c"\npurposes = ["a", "b"]\n'


def test_stated_unmet_open_and_without_consent() -> None:
    frame = pl.DataFrame({"c": ["yes", "no", None]})
    run = profile(frame, checks="DA021", settings={"DA021": {"terms": SHEET, "licences": ("CC0-1.0",)}})
    section = terms(gathered(run.evidence), Roles())
    assert section is not None
    facts, unmet, consent, prose, open_ = section.blocks
    assert isinstance(facts, Facts) and isinstance(unmet, Items) and isinstance(consent, Items)
    assert isinstance(prose, Prose) and isinstance(open_, Items)
    assert [f.name for f in facts.facts] == ["Source", "Licence", "Purposes", "Consent column"]
    assert "‮" not in facts.facts[0].value
    assert facts.facts[2].value == "a; b"
    assert unmet.items == ("Licence: asked for CC0-1.0, the datasheet says MIT",)
    assert consent.items[0].endswith("of 3 rows are without consent in c")
    assert "Until when may they be kept?" in open_.items
