"""What a metric of one's own may not be called: names of others, and words that mean something where one is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import sterling as st
from sterling.core.algebra import CELLS
from sterling.core.errors import ConfigError
from sterling.core.metrics import MADE, SCORE_METRICS, WORDS, known_metrics
from sterling.core.project_file import read_project

WORD = "is a word of expressions"
THERE = "exists already"
TAKEN = [
    ("missing_share", THERE), ("near_duplicate_share", THERE), ("recall_at_precision", THERE), ("roc_auc", THERE),
    ("fpr", THERE), ("macro_f1", THERE), ("ndcg", THERE), ("all", WORD), ("tp", WORD), ("rejected_unlabelled", WORD),
    ("of", WORD), ("where", WORD), ("and", WORD), ("in", WORD), ("missing", WORD), ("sqrt", WORD),
]  # fmt: skip
PROJECT = """
[project]
name = "p"

[data]
path = "t.csv"
label = "y"

[model]
scores = ["p"]

[[metric]]
name = "{}"
function = "metrics.py:f"
"""


@pytest.fixture(autouse=True)
def _forgotten_afterwards() -> Iterator[None]:
    before = dict(SCORE_METRICS)
    yield
    SCORE_METRICS.clear()
    SCORE_METRICS.update(before)


@pytest.mark.parametrize(("name", "said"), TAKEN)
def test_it_is_refused_in_python_and_in_a_project(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        st.metric(name)
    assert f"a metric named {name} {said}" in str(caught.value)
    (tmp_path / "sterling.toml").write_text(PROJECT.format(name))
    with pytest.raises(ConfigError, match=r"sterling\.toml:13: ") as caught:
        read_project(tmp_path)
    assert f"a metric named {name} {said}" in str(caught.value)
    assert f"own_{name}" in caught.value.hint


def test_every_name_and_word_is_refused() -> None:
    for name in {*filter(str.isidentifier, known_metrics()), *MADE, *WORDS, *CELLS}:
        with pytest.raises(ConfigError, match=f"a metric named {name} "):
            st.metric(name)


def test_one_of_ones_own_may_be_given_again() -> None:
    for value in (1.0, 2.0):
        st.metric("own_again")(lambda rows, value=value: value)  # type: ignore[misc]
    assert SCORE_METRICS["own_again"].own is not None
    assert SCORE_METRICS["own_again"].own.function(None) == 2.0
