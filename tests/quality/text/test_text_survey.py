"""What is refused before anything is counted, and that no text of a row is ever written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.judge import judge
from sterling.quality.text.rows import LONGEST
from tests.quality.text.references import made

GOOD = {"reference": ["a b c d e", "x y z"] * 20, "answer": ["a b c d f", "x y z"] * 20, "g": ["m", "n"] * 20}


def run(given: dict[str, Any] | None = None, **columns: Any) -> st.Run:
    roles: dict[str, Any] = {"label": "reference", "prediction": "answer", **(given or {})}
    return st.evaluate(pl.DataFrame({**GOOD, **columns}), task="text", **roles)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"reference": [1, 2] * 20}, "label column 'reference' holds values of type Int64, not text"),
        ({"answer": [0.5, None] * 20}, "prediction column 'answer' holds values of type Float64, not text"),
        ({"answer": [["a"], ["b"]] * 20}, "the column 'answer' holds lists, not single values"),
        ({"answer": pl.Series([None] * 40, dtype=pl.String)}, "every row of the prediction column 'answer' is missing"),
        (
            {"reference": pl.Series([None] * 40, dtype=pl.String)},
            "every row of the label column 'reference' is missing",
        ),
        ({"answer": ["a " * LONGEST, "b"] * 20}, "a text in column 'answer' has 2,097,152 bytes"),
    ],
)
def test_refused(columns: dict[str, Any], said: str) -> None:
    with pytest.raises(st.InputError, match=said) as caught:
        run(**columns)
    assert caught.value.hint and caught.value.expected


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"prediction": None, "score": "answer"}, "'answer' is given as a score"),
        ({"thresholds": 0.5}, "text have no thresholds"),
        ({"discover": True}, "discover is for .* models, and the task is text"),
        ({"positive": "yes"}, "text have no positive value"),
        ({"favourable": "yes"}, "text have no favourable value"),
        ({"metrics": "auc"}, "auc is no metric of a text model"),
    ],
)
def test_what_texts_have_not(given: dict[str, Any], said: str) -> None:
    with pytest.raises(st.ConfigError, match=said):
        run(given)


def test_categories_are_texts() -> None:
    frame = pl.DataFrame(GOOD).with_columns(pl.col("reference", "answer").cast(pl.Categorical))
    found = st.evaluate(frame, task="text", label="reference", prediction="answer")
    assert evidence_bytes(found) == evidence_bytes(run())


def test_languages_without_spaces_are_named() -> None:
    said = " ".join(run(reference=["他们在哪里", "x y z"] * 20).notices)
    assert "20 references are written without spaces between words" in said


def test_limits_on_texts() -> None:
    """Gaps, ratios and ends of every metric can be limited."""
    rng = np.random.default_rng(0)
    references = made(600, rng)
    answers = [r if i % 2 else r[: len(r) // 3] for i, r in enumerate(references)]
    frame = pl.DataFrame({"reference": references, "answer": answers, "g": ["m", "n"] * 300})
    rules = "".join(
        f'[[limit]]\nmetric = "{metric}"\n{limit}\n'
        for metric in ("exact_match", "bleu", "rouge_l", "rouge1")
        for limit in ("max_gap = 0.1", "min_ratio = 0.9", "min = 0.9")
    )
    policy = st.Policy.parse(rules + '[[limit]]\nmetric = "length_ratio"\nmax_gap = 0.3\n')
    found = st.evaluate(frame, task="text", label="reference", prediction="answer", groups="g", policy=policy)
    verdicts = {v.verdict for v in judge(policy, found.evidence, more_people=lambda *_: None).verdicts if v.limit}
    assert verdicts == {"over"}


SECRET = "Zanzibar <script>alert('Ouagadougou')</script> {{7*7}} \x1b[31m =cmd() ../../etc"


def test_no_text_of_a_row_is_written(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = run(answer=[SECRET, None] * 20, reference=[SECRET + " 0", SECRET] * 20)
    page = tmp_path / "report.html"
    found.save(page)
    written = [
        page.read_text(encoding="utf-8"),
        evidence_bytes(found).decode(),
        str(found.frame.to_dicts()),
        *found.notices,
    ]
    out, err = capfd.readouterr()
    for text in (*written, out, err):
        assert "Zanzibar" not in text and "Ouagadougou" not in text
    with pytest.raises(st.InputError) as caught:
        run(answer=[SECRET * 20_000, ""] * 20)
    assert "Zanzibar" not in str(caught.value)


def test_texts_of_ten_kilobytes_and_odd_signs() -> None:
    rng = np.random.default_rng(1)
    long = [" ".join(rng.choice(["ab", "c", "dé", "😀", "\u202e", "\x00"], 4_000)) for _ in range(6)]
    found = run({"groups": "g"}, reference=long * 6 + [SECRET] * 4, answer=[long[0]] * 36 + [SECRET] * 4)
    exact = found.frame.filter(metric="exact_match", slice="everyone")["value"][0]
    assert exact == pytest.approx(10 / 40)
    assert 0 < found.frame.filter(metric="bleu", slice="everyone")["value"][0] < 1
