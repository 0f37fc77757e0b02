"""The search on one half: it finds what a slow and obvious search finds, and splits trees as CART does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn.tree import DecisionTreeRegressor

from sterling.quality.discovery import lattice
from sterling.quality.discovery.halves import halves
from sterling.quality.discovery.lattice import CAUTION, Found, literals, mask, search
from sterling.quality.discovery.picking import SAME, pick
from sterling.quality.discovery.sums import Rows, sums_by, total
from sterling.quality.discovery.tree import grow, leaf_of, leaves
from tests.quality.discovery.worlds import category, every_mask, noise, number, rows_of


def plain_score(rows: Rows, inside: np.ndarray) -> float:
    """The root of share x (1 - share), times the gap at the cautious end: written out row by row."""
    w = np.ones(rows.size) if rows.weight is None else rows.weight
    if not inside.any() or inside.all():
        return -np.inf

    def side(rows_in: np.ndarray) -> tuple[float, float]:
        mean = np.average(rows.loss[rows_in], weights=w[rows_in])
        return mean, float(np.sum((w[rows_in] * (rows.loss[rows_in] - mean)) ** 2) / w[rows_in].sum() ** 2)

    everyone = np.ones(rows.size, dtype=bool)
    prior = side(everyone)[1] * rows.size
    (a, va), (b, vb) = side(inside), side(~inside)
    va, vb = va + prior / inside.sum() ** 2, vb + prior / (~inside).sum() ** 2
    share = w[inside].sum() / w.sum()
    return float(np.sqrt(share * (1 - share)) * (a - b - CAUTION * np.sqrt(va + vb)))


@pytest.mark.parametrize("weighted", [False, True])
def test_best_of_one_condition_is_the_best_there_is(weighted: bool) -> None:
    rng = np.random.default_rng(1)
    n = 700
    features = (number("x", rng.integers(0, 7, n), 7, missing=True), category("c", rng.integers(0, 4, n), "abcd"))
    loss = (rng.random(n) < np.where((features[0].codes > 1) & (features[0].codes < 4), 0.5, 0.15)) * 1.0
    rows = rows_of(features, loss, rng.lognormal(0, 0.5, n) if weighted else None)
    best = max((plain_score(rows, m), parts) for parts, m in every_mask(features, 1) if m.sum() >= 30)
    found = search(rows, features, smallest=30, depth=1).found[0]
    assert found.parts == best[1] == ((0, (2, 3)),)
    assert found.score == pytest.approx(best[0], rel=1e-9)


def test_pairs_are_found_where_neither_alone_says_anything() -> None:
    """Exclusive or: each feature by itself is no worse anywhere."""
    rng = np.random.default_rng(2)
    n = 4000
    features = (number("x", rng.integers(0, 6, n), 6), number("y", rng.integers(0, 6, n), 6), *noise(rng, n))
    both = (features[0].codes < 3) ^ (features[1].codes < 3)
    rows = rows_of(features, (rng.random(n) < np.where(both, 0.35, 0.1)) * 1.0)
    found = search(rows, features, smallest=40, depth=3).found
    assert {f.parts for f in found[:2]} == {((0, (0, 1, 2)), (1, (3, 4, 5))), ((0, (3, 4, 5)), (1, (0, 1, 2)))}
    inside = mask(found[0].parts, rows, features)
    assert found[0].score == pytest.approx(plain_score(rows, inside), rel=1e-9)


def test_a_third_condition_is_found() -> None:
    rng = np.random.default_rng(3)
    n = 8000
    features = noise(rng, n, features=5)
    deep = (features[0].codes == 1) & (features[1].codes >= 4) & (features[2].codes == 2)
    rows = rows_of(features, (rng.random(n) < np.where(deep, 0.9, 0.1)) * 1.0)
    best = pick(search(rows, features, smallest=40, depth=3).found, rows, features, most=5)[0].found
    assert best.parts == ((0, (1,)), (1, (4, 5, 6, 7)), (2, (2,)))
    assert best.gap == pytest.approx(rows.loss[deep].mean() - rows.loss[~deep].mean(), rel=1e-9)


def test_pairs_of_very_many_features_are_looked_at_on_a_part_of_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    n = 30_000
    features = noise(rng, n, features=6)
    both = (features[1].codes < 4) & (features[2].codes == 0)
    rows = rows_of(features, (rng.random(n) < np.where(both, 0.5, 0.1)) * 1.0)
    whole = search(rows, features, smallest=300, depth=2).found[0]
    monkeypatch.setattr(lattice, "_CELLS", 0)
    part = search(rows, features, smallest=300, depth=2).found[0]
    assert part.parts == whole.parts == ((1, (0, 1, 2, 3)), (2, (0,)))
    assert part.score != whole.score


def test_smallest_is_kept_to() -> None:
    rng = np.random.default_rng(5)
    features = noise(rng, 2000)
    rows = rows_of(features, rng.random(2000))
    for item in search(rows, features, smallest=250, depth=3).found:
        assert mask(item.parts, rows, features).sum() >= 250


def test_conditions_never_hold_for_all_rows() -> None:
    feature = number("x", np.arange(5), 5, missing=True)
    sets = literals(feature).sets
    assert (0, 1, 2, 3) in sets and (4,) in sets
    assert len(set(sets)) == len(sets) == 4 * 5 // 2 + 1
    assert tuple(range(4)) not in literals(number("x", np.arange(4), 4)).sets


@settings(max_examples=30)
@given(some.integers(0, 2**32), some.booleans())
def test_sums_are_sums(seed: int, weighted: bool) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 3, 40)
    w = rng.random(40)
    rows = rows_of((number("x", codes, 3),), rng.integers(0, 2, 40), w if weighted else None)
    sums = sums_by(rows, codes, 4)
    for k in range(4):
        at = codes == k
        v = w[at] if weighted else np.ones(at.sum())
        y = rows.loss[at]
        assert [part[k] for part in sums] == pytest.approx(
            [at.sum(), v.sum(), (v * y).sum(), (v**2).sum(), (v**2 * y).sum(), (v**2 * y**2).sum()]
        )
    assert total(rows).w[0] == pytest.approx(sums.w.sum())


@pytest.mark.parametrize("seed", range(5))
def test_the_first_split_is_the_one_that_cart_makes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 3000
    features = (number("x", rng.integers(0, 9, n), 9), number("y", rng.integers(0, 9, n), 9))
    loss = (rng.random(n) < 0.1 + 0.05 * features[seed % 2].codes) * 1.0
    rows = rows_of(features, loss)
    tree = grow(rows, features, smallest=30, depth=1)
    reference = DecisionTreeRegressor(max_depth=1, min_samples_leaf=30).fit(np.stack(rows.codes, axis=1), loss).tree_
    assert len(tree) == 3
    assert tree[1].feature == reference.feature[0]
    assert {tree[1].codes, tree[2].codes} == {
        tuple(range(int(np.ceil(reference.threshold[0])))), tuple(range(int(np.ceil(reference.threshold[0])), 9))
    }  # fmt: skip


def test_categories_are_split_in_the_order_of_their_means() -> None:
    rng = np.random.default_rng(8)
    codes = rng.integers(0, 6, 6000)
    feature = category("c", codes, "abcdef")
    rows = rows_of((feature,), (rng.random(6000) < np.array([0.1, 0.4, 0.1, 0.4, 0.1, 0.4])[codes]) * 1.0)
    tree = grow(rows, (feature,), smallest=60, depth=3)
    assert [node.codes for node in tree] == [(), (1, 3, 5), (0, 2, 4)]


def test_a_tree_of_noise_is_a_root() -> None:
    rng = np.random.default_rng(9)
    grown = [grow(rows_of(f, rng.random(2000) < 0.2), f, smallest=30, depth=3) for f in (noise(rng, 2000),) * 20]
    assert sum(len(t) > 1 for t in grown) <= 2


def test_leaves_part_the_rows_and_paths_say_who_is_in_them() -> None:
    rng = np.random.default_rng(10)
    n = 6000
    features = (number("x", rng.integers(0, 8, n), 8, missing=True), category("c", rng.integers(0, 5, n), "abcde"))
    loss = (rng.random(n) < np.where(features[0].codes < 3, 0.5, 0.1) * np.where(features[1].codes == 2, 1.8, 1)) * 1.0
    rows = rows_of(features, loss)
    tree = grow(rows, features, smallest=60, depth=3)
    at = leaf_of(tree, rows, features)
    parents = {node.parent for node in tree}
    ends = [k for k in range(len(tree)) if k not in parents]
    assert len(ends) >= 3 and set(np.unique(at)) == set(ends)
    for k in ends:
        assert np.array_equal(mask(tree[k].parts, rows, features), at == k)
    for item in leaves(tree, rows, at):
        assert item.score == pytest.approx(plain_score(rows, mask(item.parts, rows, features)), rel=1e-9)


def test_slices_of_the_same_rows_are_one() -> None:
    rng = np.random.default_rng(11)
    n = 5000
    x = rng.integers(0, 8, n)
    y = np.where(rng.random(n) < 0.95, x, rng.integers(0, 8, n))
    features = (number("x", x, 8), number("y", y, 8), *noise(rng, n))
    rows = rows_of(features, (rng.random(n) < np.where(x < 2, 0.4, 0.1)) * 1.0)
    found = search(rows, features, smallest=50, depth=3).found
    picked = pick(found, rows, features, most=10)
    assert picked[0].found.parts == ((0, (0, 1)),)
    assert any(f.parts == ((1, (0, 1)),) for f in picked[0].also)
    masks = [mask(c.found.parts, rows, features) for c in picked]
    for i, a in enumerate(masks):
        for b in masks[:i]:
            assert (a & b).sum() / (a | b).sum() <= SAME


def test_what_a_slice_above_says_already_is_not_said_again() -> None:
    rng = np.random.default_rng(12)
    n = 20_000
    features = noise(rng, n, features=3)
    rows = rows_of(features, (rng.random(n) < np.where(features[1].codes < 4, 0.4, 0.1)) * 1.0)
    part = Found(parts=((0, (1,)), (1, (0, 1, 2, 3))), score=0.01, gap=0.2)
    whole = Found(parts=((1, (0, 1, 2, 3)),), score=0.07, gap=0.3)
    assert [c.found for c in pick([part, whole], rows, features, most=5)] == [whole]


@settings(max_examples=30)
@given(some.integers(0, 2**32), some.integers(1, 300), some.integers(1, 4))
def test_halves_depend_on_values_alone(seed: int, n: int, kinds: int) -> None:
    rng = np.random.default_rng(seed)
    columns = [rng.integers(0, kinds, n).astype(np.uint8), rng.integers(0, 2, n) * 1.0]
    turned = rng.permutation(n)
    first, second = halves(columns, seed=7), halves([c[turned] for c in columns], seed=7)
    for side in (first.search, ~first.search):
        other = second.search if side is first.search else ~second.search
        for c in columns:
            assert c[first.order[side]].tolist() == c[turned][second.order[other]].tolist()


def test_halves_are_halves_also_where_rows_are_alike() -> None:
    rng = np.random.default_rng(13)
    same = [np.zeros(10_000, dtype=np.uint8), rng.integers(0, 2, 10_000) * 1.0]
    for seed in range(5):
        dealt = halves(same, seed=seed)
        assert abs(dealt.search.mean() - 0.5) < 0.02
        assert abs(same[1][dealt.order[dealt.search]].mean() - same[1].mean()) < 0.02
    told = halves([np.arange(500) % 7], [np.random.default_rng(4).random(500)], seed=1)
    bare = halves([np.arange(500) % 7], [np.random.default_rng(5).random(500)], seed=1)
    assert np.array_equal(told.search, bare.search)  # what is not the same for every model moves no place
    assert not np.array_equal(halves(same, seed=1).search, halves(same, seed=2).search)


def test_clusters_are_dealt_whole() -> None:
    rng = np.random.default_rng(14)
    cluster = rng.integers(0, 300, 3000)
    dealt = halves([rng.random(3000)], cluster=cluster, seed=0)
    ordered = cluster[dealt.order]
    assert not set(ordered[dealt.search]) & set(ordered[~dealt.search])
    assert 100 < len(set(ordered[dealt.search])) < 200
