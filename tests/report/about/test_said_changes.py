"""Sentences about changes between tables: which measure, for whom, and names of columns as they are written."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from sterling.core.metrics import DATA_METRICS
from sterling.core.overview import Dots
from sterling.core.policy import Policy
from sterling.core.run import Run
from sterling.pipeline.tables import compare, profile
from sterling.report import words
from sterling.report.about.changes import changes
from sterling.report.about.copies import copies
from sterling.report.about.found import gathered
from sterling.report.about.next import next_steps
from sterling.report.about.numbers import measured
from sterling.report.about.said import found_sentences
from sterling.report.data_wire import data_wire


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
    assert any(n.startswith("within groups: height changed beyond chance") for n in run.evidence[0].notes)
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


def test_a_column_of_another_type_is_counted_and_named() -> None:
    old = pl.DataFrame({"code": range(300), "x": range(300), "same": [1, 2, 3] * 100})
    typed = old.with_columns(code=pl.col("code").cast(pl.String))
    for new, headline in (
        (typed.with_columns(x=pl.col("x") + 200), "2 of 3 columns changed since the other table, x most by its"),
        (typed, "1 of 3 columns changed since the other table, by type alone"),
    ):
        run = compare(old, new, checks="DA012")
        texts = [s.text for s in found_sentences(gathered(run.evidence), words.settled_roles(run))]
        other = run.evidence[0].about.drifts[0].other  # type: ignore[union-attr]
        (said,) = [t for t in texts if "columns changed since" in t]
        assert said.startswith(headline.replace("the other table", other))
        assert any(n.startswith(headline[: len("2 of 3 columns changed")]) for n in run.evidence[0].notes)
        steps = next_steps(run, run.judgement, gathered(run.evidence))
        first = "x" if headline.startswith("2") else "code"
        assert steps[0] == f"Look at {first} first: how it is filled, and from which source"
        assert 'metric = "drift_ks", max = 0.1' in steps[1]
        assert not any("sterling data compare" in s or "missing_share" in s for s in steps)
        assert f"code is of another type than in {other}: text here, a number in the other table" in texts


def test_columns_that_one_table_lacks_are_named_first() -> None:
    old = pl.DataFrame({"id": range(100), "x": range(100), "gone": range(100)})
    new = pl.DataFrame({"id": range(100), "x": range(100), "more": [1] * 100, "then": [2] * 100})
    for checks in ("DA012", "DA013", "DA012,DA013"):
        run = compare(old, new, checks=checks.split(","), id="id")
        first, second, *_ = [s.text for s in found_sentences(gathered(run.evidence), words.settled_roles(run))]
        table, other = run.evidence[0].about.drifts[0].table, run.evidence[0].about.drifts[0].other  # type: ignore[union-attr]
        assert first == f"gone is missing: in {other}, and not in {table}"
        assert second == f"more and then are new: in {table}, and not in {other}"
        assert not any("nly in" in n for n in run.notices)
    run = compare(old, new, checks="DA010")
    assert [n for n in run.notices if "more, then" in n and "not compared" in n]


def test_a_verdict_on_drift_keeps_names_and_says_the_number_as_the_page_does() -> None:
    old, new = pl.DataFrame({"m": range(200)}), pl.DataFrame({"m": range(100, 300)})
    run = compare(old, new, checks="DA012", policy=Policy.parse('[[limit]]\nmetric = "drift_ks"\nmax = 0.1'))
    (verdict,) = [v for v in run.judgement.verdicts if v.limit]
    text = words.said(verdict, words.settled_roles(run))
    assert "Kolmogorov-Smirnov distance" in text and "%" not in text and "0.50" in text
    assert {DATA_METRICS[f"drift_{n}"].info.scale for n in ("ks", "missing_share", "psi")} == {"value"}


def test_repeats_that_were_counted_have_no_interval() -> None:
    run = profile(pl.DataFrame({"x": [1] * 100}), checks="DA014")
    (one,) = [s for s in found_sentences(gathered(run.evidence), words.settled_roles(run)) if "repeat" in s.text]
    assert (one.text, one.shown) == ("99% of the rows repeat another row", "99%")


def test_a_column_whose_value_and_gaps_tell_the_label_says_which_and_is_named_once() -> None:
    y = np.random.default_rng(3).integers(0, 2, 600)
    wage = pl.Series([float(v) if v else None for v in y * np.arange(1, 601)], dtype=pl.Float64)
    run = profile(pl.DataFrame({"wage": wage, "y": y}), checks="DA016", label="y")
    found = gathered(run.evidence)
    texts = [s.text.split(" the label")[0] for s in found_sentences(found, words.settled_roles(run))]
    assert [t for t in texts if "wage" in t] == ["wage alone tells", "Whether wage is missing tells"]
    steps = next_steps(run, run.judgement, found)
    assert "Ask when wage becomes known: before the decision, or with its outcome?" in steps
    section = copies(found, words.settled_roles(run))
    assert section is not None and section.title == "wage may give the answer away"


def test_a_column_above_the_line_and_not_beyond_doubt_is_said_to_come_close() -> None:
    """One low end decides and is shown: the one that holds for all columns together."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 600)
    spent = np.where(rng.random(600) < 0.012, 1 - y, y)
    noise = {f"n{i}": rng.normal(size=600) for i in range(20)}
    run = profile(pl.DataFrame({"spent": spent, "y": y, **noise}), checks="DA016", label="y")
    found = gathered(run.evidence)
    leak = found.leaks[0].labels[0]
    low, value = leak.value.low or 0, leak.value.value or 0
    assert leak.column == "spent" and leak.near and not leak.suspicious and low < 0.98 < value
    section = copies(found, words.settled_roles(run))
    assert section is not None
    (dots,) = (b for b in section.blocks if isinstance(b, Dots))
    shown = measured(value, low, leak.value.high, "value")
    assert dots.caption == f"No column is beyond doubt above 0.98; spent comes close: {shown}"
    assert dots.dots[0].low == low
    (worst,) = (f for f in run.evidence[0].findings if not f.columns)
    assert worst.low == pytest.approx(low) and worst.at == ("spent",)
    (verdict,) = data_wire(run, run.judgement)["verdicts"]  # type: ignore[misc]
    assert (verdict["columns"], verdict["at"]) == ([], ["spent"])  # type: ignore[index]
    assert str(verdict["sentence"]).startswith("Spent alone tells the label")  # type: ignore[index]


def test_names_of_columns_are_never_capitalised_in_headings() -> None:
    x = np.random.default_rng(1).normal(size=600)
    frame = pl.DataFrame({"m": x, "y": x > 0, "z": np.random.default_rng(2).normal(size=600)})
    run = profile(frame, checks="DA016", label="y")
    section = copies(gathered(run.evidence), words.settled_roles(run))
    assert section is not None and section.title == "m may give the answer away"
