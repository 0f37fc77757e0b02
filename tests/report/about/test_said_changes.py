"""Sentences about changes between tables: which measure, for whom, and names of columns as they are written."""

from __future__ import annotations

import numpy as np
import polars as pl

from sterling.core.run import Run
from sterling.pipeline.tables import profile
from sterling.report import words
from sterling.report.about.changes import changes
from sterling.report.about.found import gathered
from sterling.report.about.said import found_sentences


def crossed(shift: float = 0.0) -> Run:
    """Heights of women and men change places; `age` is moved by `shift`."""
    rng = np.random.default_rng(5)
    sex, noise = np.array(["f", "m"] * 1_000), rng.normal(size=2_000)
    old, new = (
        pl.DataFrame({"sex": sex, "height": noise + (sex == taller), "age": rng.normal(size=2_000) + moved})
        for taller, moved in (("m", 0.0), ("f", shift))
    )
    return profile(new, others=[old], checks="DA012", groups="sex")


def test_planted_change_within_groups_alone_is_a_sentence_and_the_heading() -> None:
    run = crossed()
    found, roles = gathered(run.evidence), words.settled_roles(run)
    (one,) = [s for s in found_sentences(found, roles) if "height" in s.text]
    assert one.text.startswith("height changed for ")
    assert "though not overall" in one.text
    assert "largest distance of the distributions (KS)" in one.text
    assert one.shown.startswith("0.41 [") and one.n == 1_000
    section = changes(found, roles)
    assert section is not None and section.title == "height changed within groups, though not overall"


def test_the_measure_of_the_column_that_changed_most_is_named() -> None:
    run = crossed(shift=1.0)
    texts = [s.text for s in found_sentences(gathered(run.evidence), words.settled_roles(run))]
    assert any("age most by its largest distance of the distributions (KS)" in t for t in texts)
    section = changes(gathered(run.evidence), words.settled_roles(run))
    assert section is not None
    assert section.title == "age changed between the tables; height changed within groups, though not overall"
