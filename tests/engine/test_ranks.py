"""Two ways of sorting rows by score give the same bits."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as hs

from sterling.engine.ranks import auc_by_group, rank_rows

WIDE = hs.floats(0, 1) | hs.sampled_from([0.0, -0.0, 5e-324, 1e-300, 0.5, 1.0])
NARROW = hs.floats(0.001, 1) | hs.sampled_from([0.0, -0.0, 0.25, 1.0])
SIGNED = hs.floats(-2, 2)


@given(data=hs.data(), groups=hs.sampled_from([1, 5, 30, 300]), kind=hs.sampled_from([WIDE, NARROW, SIGNED]))
@settings(max_examples=150)
def test_sorting_numbers_with_their_codes_or_sorting_places(
    data: hs.DataObject, groups: int, kind: hs.SearchStrategy[float]
) -> None:
    rows = data.draw(hs.lists(hs.tuples(kind, hs.integers(0, 1), hs.integers(0, groups - 1)), min_size=1, max_size=60))
    score, label, code = (np.array(part) for part in zip(*rows, strict=True))
    label, codes = label.astype(np.uint8), code.astype(np.uint16)
    # Given two codings, places are sorted; given one, code and label are sorted along where bits are free.
    quick, plain = rank_rows(score, label, [codes]), rank_rows(score, label, [codes, codes])
    assert (quick.blocks is None) == (plain.blocks is None)
    ours = auc_by_group(quick, quick.codes[0], groups)
    theirs = auc_by_group(plain, plain.codes[1], groups)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


def test_one_sort_serves_probabilities_of_full_precision() -> None:
    """Scores a hundredth and more leave room for code and label: no second array is sorted along with them."""
    rng = np.random.default_rng(0)
    score = np.append(rng.uniform(0.01, 1.0, 500), [0.0, 1.0])
    label, codes = rng.integers(0, 2, 502).astype(np.uint8), rng.integers(0, 20, 502).astype(np.uint8)
    ranked = rank_rows(score, label, [codes])
    order = np.argsort(score)
    np.testing.assert_array_equal(ranked.codes[0], codes[order])
    np.testing.assert_array_equal(ranked.label, label[order] == 1)
    assert ranked.blocks is None
