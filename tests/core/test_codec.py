"""Evidence written and read: nothing is lost, equal runs give equal bytes, other bytes are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import sterling
from sterling.core.codec import FORMAT, dump, evidence_bytes, plain, read_run, typed
from sterling.core.errors import InputError
from sterling.core.run import Run
from sterling.core.slices import Slice
from sterling.pipeline.wiring import WIRING

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ASKED: dict[str, dict[str, Any]] = {
    "lending": {"label": "approved", "score": "score", "groups": ["race", "sex"], "id": "id"},
    "income": {"label": "over_50k", "score": "score", "groups": ["sex"], "thresholds": "0.1:0.9:0.1"},
}


def _again(run: Run, content: bytes) -> Run:
    return read_run(content, provenance=run.provenance, policy=run.policy, wiring=WIRING, title=run.title)


@pytest.mark.parametrize("name", sorted(ASKED))
def test_a_run_read_back_says_and_draws_the_same(name: str) -> None:
    run = sterling.evaluate(str(EXAMPLES / name / "data" / f"{name}.parquet"), **ASKED[name])
    content = evidence_bytes(run)
    again = _again(run, content)
    assert evidence_bytes(again) == content
    assert dump(json.loads(content)) == content  # canonical, and every array where it belongs
    assert json.loads(content)["tables"] == json.loads(dump(plain(run.tables)))
    assert again.plan.hash == run.plan.hash
    assert again.to_dict() == run.to_dict()
    assert WIRING.page(again, again.judgement) == WIRING.page(run, run.judgement)
    limits = sterling.Policy.parse('[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.05')
    assert [v.verdict for v in again.judge(limits).verdicts] == [v.verdict for v in run.judge(limits).verdicts]


@pytest.mark.parametrize("value", [np.int64(3), np.zeros(2), {1}])
def test_what_is_no_json_value_is_not_dumped(value: object) -> None:
    with pytest.raises(TypeError):
        dump({"n": value})


@given(st.floats())
def test_floats_survive_to_the_last_bit(number: float) -> None:
    back = typed(json.loads(dump(plain(number))), float)
    assert np.float64(back).tobytes() == np.float64(number).tobytes() or number != number


@given(arrays.arrays(st.sampled_from([np.dtype("<f8"), np.dtype("<i8"), np.dtype(">f8")]), arrays.array_shapes()))
def test_arrays_survive(array: np.ndarray) -> None:
    back = typed(json.loads(dump(plain(array))), Any)
    assert back.shape == array.shape
    assert back.tobytes() == array.astype(array.dtype.newbyteorder("<")).tobytes()


@given(st.lists(st.tuples(st.text(), st.none() | st.text()), max_size=3, unique_by=lambda item: item[0]))
def test_slices_keep_order_and_missing_values(items: list[tuple[str, str | None]]) -> None:
    assert typed(json.loads(dump(plain(Slice(tuple(items))))), Slice) == Slice(tuple(items))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x00", "are no sterling.evidence"),
        (b"[]", "are no sterling.evidence"),
        (b'{"format": "another"}', "are no sterling.evidence"),
        (json.dumps({"format": FORMAT, "version": 99}).encode(), "version 99 cannot be read"),
    ],
)
def test_other_bytes_are_refused(content: bytes, words: str) -> None:
    run = sterling.evaluate(pl.DataFrame({"y": [0, 1] * 40, "p": [0.2, 0.9] * 40}), label="y", score="p")
    with pytest.raises(InputError, match=words):
        _again(run, content)
