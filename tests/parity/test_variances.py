"""Variances against the slowest, most obvious computation of the published formula."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs
from numpy.typing import NDArray

from sterling.engine import clusters
from sterling.engine.clusters import PATTERNS, Gram, gram
from sterling.engine.ranks import auc_by_group, auc_from_bins, rank_rows, weighted_auc
from sterling.stats.weights import cluster_variance, cluster_variance_from_sums
from tests.engine.slow import auc_of_keys, delong_slow, influence_slow

Floats = NDArray[np.float64]
seeds = hs.integers(0, 2**32 - 1)


def rows(seed: int, n: int, decimals: int) -> tuple[Floats, NDArray[np.uint8]]:
    rng = np.random.default_rng(seed)
    label = (rng.random(n) < 0.4).astype(np.uint8)
    label[:4] = [0, 1, 0, 1]
    return np.round(rng.random(n) + 0.3 * label, decimals) / 2, label


@given(seed=seeds, n=hs.integers(4, 60), decimals=hs.sampled_from([1, 2, 17]))
@settings(max_examples=40)
def test_delong_with_and_without_ties(seed: int, n: int, decimals: int) -> None:
    score, label = rows(seed, n, decimals)
    value, variance = auc_of_keys(score, label)
    assert (value, variance) == pytest.approx(delong_slow(score, label), abs=1e-12)


@given(seed=seeds, groups=hs.sampled_from([1, 3, 40]), decimals=hs.sampled_from([2, 17]))
@settings(max_examples=30)
def test_delong_by_group(seed: int, groups: int, decimals: int) -> None:
    score, label = rows(seed, 300, decimals)
    codes = np.random.default_rng(seed).integers(0, groups, 300).astype(np.uint8)
    ranked = rank_rows(score, label, [codes])
    found = auc_by_group(ranked, ranked.codes[0], groups)
    for g in range(groups):
        mine = codes == g
        if 1 < label[mine].sum() < mine.sum() - 1:
            assert (found.value[g], found.variance[g]) == pytest.approx(
                delong_slow(score[mine], label[mine]), abs=1e-12
            )


@given(seed=seeds)
@settings(max_examples=20)
def test_binned_auc_keeps_its_promise(seed: int) -> None:
    """The true AUC lies within the bound of the binned one."""
    score, label = rows(seed, 200, 17)
    bins = (score * 20).astype(int)
    counts = [np.bincount(bins[label == k], minlength=40) for k in (0, 1)]
    binned = auc_from_bins(np.stack(counts, axis=-1)[None])
    assert abs(binned.value[0] - delong_slow(score, label)[0]) <= binned.bound[0] + 1e-12


@given(seed=seeds, clustered=hs.booleans())
@settings(max_examples=25)
def test_weighted_and_clustered_auc(seed: int, *, clustered: bool) -> None:
    score, label = rows(seed, 50, 2)
    rng = np.random.default_rng(seed + 1)
    weight, cluster = rng.uniform(0.1, 1, 50), rng.integers(0, 12, 50)
    found = weighted_auc(score, label, weight, cluster if clustered else None)
    expected = influence_slow(score, label, weight, cluster if clustered else None)
    assert found[:2] == pytest.approx(expected, abs=1e-12)


@given(seed=seeds, weighted=hs.booleans())
@settings(max_examples=25)
def test_cluster_variance_of_rates(seed: int, *, weighted: bool) -> None:
    """From sums of products of cluster totals, as from the totals one cluster at a time, at every threshold."""
    score, label = rows(seed, 80, 2)
    rng = np.random.default_rng(seed + 1)
    cluster, codes = rng.integers(0, 15, 80), rng.integers(0, 2, 80)
    weight = np.round(rng.uniform(0.1, 1, 80), 3) if weighted else np.ones(80)
    cuts = np.array([0.2, 0.4])
    found = gram(cluster, codes, 2, score, label, weight if weighted else None, cuts)
    for g in range(2):
        for t, cut in enumerate(cuts):
            hit, eligible = np.zeros(15), np.zeros(15)
            for i in np.flatnonzero(codes == g):  # true positive rate: tp / (tp + fn)
                if label[i] == 1:
                    eligible[cluster[i]] += weight[i]
                    hit[cluster[i]] += weight[i] * (score[i] >= cut)
            if np.count_nonzero(eligible) < 2:
                continue
            share = hit.sum() / eligible.sum()
            m = found.clusters_with([0, 2])[g, t]
            assert m == np.count_nonzero(eligible)
            p = found.products[g, t]
            sums = (p[0, 0], p[0, [0, 2]].sum(), p[np.ix_([0, 2], [0, 2])].sum())
            mine = cluster_variance_from_sums(*sums, eligible.sum(), m, share)
            assert float(mine) == pytest.approx(float(cluster_variance(hit, eligible, share)), rel=1e-6, abs=1e-9)


def slow_gram(
    cluster: Floats, codes: Floats, score: Floats, label: NDArray[np.uint8], weight: Floats, cuts: Floats
) -> Gram:
    """Slice by slice, threshold by threshold, cluster by cluster, in long floats."""
    products, patterns = np.zeros((2, len(cuts), 6, 6)), np.zeros((2, len(cuts), PATTERNS), dtype=np.int64)
    held = np.rint(weight * 2.0**30) / 2.0**30
    for g in range(2):
        for t, cut in enumerate(cuts):
            whole = np.zeros((6, 6), dtype=np.longdouble)
            for c in np.unique(cluster[codes == g]):
                mine = (codes == g) & (cluster == c)
                cells = np.array([
                    held[mine & (label == kind) & ((score >= cut) == hit)].sum()
                    for kind, hit in ((1, True), (0, True), (1, False), (0, False), (2, True), (2, False))
                ], dtype=np.longdouble)  # fmt: skip
                whole += np.outer(cells, cells)
                patterns[g, t, int(((cells > 0) << np.arange(6)).sum())] += 1
            products[g, t] = whole
    return Gram(products, patterns)


@given(seed=seeds, weights=hs.sampled_from(["none", "even", "far apart"]), at_once=hs.sampled_from([1, 7, 1 << 20]))
@settings(max_examples=40)
def test_products_of_cluster_totals_at_every_threshold(seed: int, weights: str, at_once: int) -> None:
    """As one by one, and to the same bits for any order of the rows and numbers of the clusters."""
    rng = np.random.default_rng(seed)
    n, cuts = int(rng.integers(0, 90)), np.sort(rng.choice(np.arange(21) / 20, int(rng.integers(1, 9)), replace=False))
    cluster, codes, score = rng.integers(0, 15, n), rng.integers(0, 2, n), np.round(rng.random(n), 2)
    label = rng.integers(0, 3, n).astype(np.uint8)
    weight = {"none": np.ones(n), "even": rng.random(n), "far apart": np.exp(-rng.exponential(5, n))}[weights]
    plain = weights == "none"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clusters, "_CHANGES", at_once)
        found = gram(cluster, codes, 2, score, label, None if plain else weight, cuts)
    expected = slow_gram(cluster, codes, score, label, weight, cuts)
    np.testing.assert_allclose(found.products, expected.products, rtol=0 if plain else 1e-14)
    np.testing.assert_array_equal(found.patterns, expected.patterns)
    rows, numbers = rng.permutation(n), rng.permutation(15)
    other = gram(numbers[cluster[rows]], codes[rows], 2, score[rows], label[rows],
                 None if plain else weight[rows], cuts)  # fmt: skip
    assert other.products.tobytes() == found.products.tobytes()
    assert other.patterns.tobytes() == found.patterns.tobytes()


def test_products_of_large_clusters() -> None:
    """Totals whose products go beyond what one float adds up exactly."""
    n = 1 << 20
    cluster, score, label = np.arange(n) % 2, (np.arange(n) % 3) / 2, np.ones(n, dtype=np.uint8)
    found = gram(cluster, np.zeros(n, dtype=np.int64), 1, score, label, None, np.array([0.25, 0.75]))
    for t, cut in enumerate((0.25, 0.75)):
        hits = [int((score[cluster == c] >= cut).sum()) for c in (0, 1)]
        assert found.products[0, t, 0, 0] == sum(h * h for h in hits)
        assert found.products[0, t, 0, 2] == sum(h * (n // 2 - h) for h in hits)
