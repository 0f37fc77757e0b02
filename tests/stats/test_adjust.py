"""Adjusted p-values against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from statsmodels.stats.multitest import multipletests

from sterling.stats.adjust import benjamini_hochberg, holm


@pytest.mark.parametrize(("ours", "name"), [(holm, "holm"), (benjamini_hochberg, "fdr_bh")])
@given(some.lists(some.floats(0, 1), min_size=1, max_size=30))
def test_parity(ours, name: str, p: list[float]) -> None:
    np.testing.assert_allclose(ours(p), multipletests(p, method=name)[1], atol=1e-12)


def test_unknown_p_values_are_not_counted() -> None:
    np.testing.assert_allclose(holm([0.01, np.nan, 0.04]), [0.02, np.nan, 0.04])
    assert holm([]).size == 0
