"""Compiled loops and NumPy count the same rows to the same bits."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs

from sterling.core.codec import evidence_bytes
from sterling.core.errors import InputError
from sterling.engine import cube, encode, kernels
from sterling.engine.binning import Cuts, decimal_grid
from sterling.engine.cube import CubeSpec
from sterling.engine.encode import Batch, Codes, encode_group
from sterling.engine.viewed import MOST, codes_by_views
from tests.engine.test_invariance import streamed, table
from tests.house.law import ROOT

pytest.importorskip("llvmlite", reason="compiled loops need llvmlite: pip install 'sterling[fast]'")

FAST = kernels.build()
assert FAST is not None
PLAIN = kernels.Kernels(**{loop.__name__: loop for loop in kernels.LOOPS})

CUTS = {
    "typed": np.array([0.01, 0.29, 0.3, 0.5, 0.57]),
    "fine": np.unique(np.concatenate([decimal_grid(4000), decimal_grid(100)])),
    "one": np.array([0.5]),
    "uneven": np.array([0.0, *np.linspace(0.5, 0.5 + 1e-9, 40), 1e6]),
    "wide": np.array([-5e299, -3.0, 0.0, 2.5, 5e299]),
}
BLOCKS = [((0, 1),), ((0,), (1,)), ((),), ((1,), (0, 1), ())]


def spec_of(
    points: np.ndarray, blocks: tuple[tuple[int, ...], ...], kind: str, *, weighted: bool, losses: bool = True
) -> CubeSpec:
    coarse = {"probability": decimal_grid(10), "raw": np.array([-3.0, 0.0, 2.5]), "prediction": np.array([0.5])}[kind]
    return CubeSpec(
        model=0, cuts=Cuts(np.unique(np.concatenate([points, coarse]))), coarse=Cuts(coarse), blocks=blocks,
        probability=kind == "probability", moments=kind != "prediction", weighted=weighted,
        scale=3 if kind == "raw" else 0, losses=losses,
    )  # fmt: skip


def batch_of(rows: int, seed: int, points: np.ndarray, kind: str, *, weighted: bool, many: int) -> Batch:
    """Scores at, next to and between the cut points; labels of all three kinds; a group column of `many` values."""
    rng = np.random.default_rng(seed)
    inside = points[(points >= 0) & (points <= 1)]
    low, high = (-8.0, 8.0) if kind == "raw" else (0.0, 1.0)
    near = rng.choice(inside if len(inside) else np.array([0.5]), rows)
    picks = [near, np.nextafter(near, 2), np.nextafter(near, -2), rng.uniform(low, high, rows), np.full(rows, high)]
    scores = np.clip(np.choose(rng.integers(0, len(picks), rows), picks), low, high)
    sizes = (2, many)
    return Batch(
        height=rows,
        groups=tuple(
            Codes(rng.integers(0, n, rows).astype(np.uint8 if n <= 256 else np.uint16), tuple(map(str, range(n))))
            for n in sizes
        ),
        label=rng.integers(0, 3, rows).astype(np.uint8),
        scores=(np.round(scores) if kind == "prediction" else scores,),
        weight=rng.choice([0.0, 1.0, 1e-9, 0.3], rows) if weighted else None,
    )


def assert_equal(spec: CubeSpec, batch: Batch) -> None:
    assert FAST is not None
    for mine, theirs in zip(cube._count_compiled(spec, FAST, batch), cube._count_piece(spec, batch), strict=True):
        assert np.array_equal(mine.rows, theirs.rows)
        pairs = [(mine.w, theirs.w), (mine.q, theirs.q)]
        assert list(mine.moments) == list(theirs.moments)
        pairs += [(mine.moments[name], theirs.moments[name]) for name in theirs.moments]
        for a, b in pairs:
            assert (a is None) == (b is None)
            if a is not None and b is not None:
                assert a.first == b.first
                assert a.limbs.dtype == b.limbs.dtype
                assert np.array_equal(a.limbs, b.limbs)


@given(
    rows=hs.integers(1, 60), seed=hs.integers(0, 2**32 - 1), cuts=hs.sampled_from(sorted(CUTS)),
    blocks=hs.sampled_from(BLOCKS), kind=hs.sampled_from(["probability", "raw", "prediction"]),
    weighted=hs.booleans(), many=hs.sampled_from([1, 2, 300]), losses=hs.booleans(),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_both_ways_give_the_same_bits(
    rows: int, seed: int, cuts: str, blocks: tuple[tuple[int, ...], ...], kind: str, weighted: bool, many: int,
    losses: bool,
) -> None:  # fmt: skip
    spec = spec_of(CUTS[cuts], blocks, kind, weighted=weighted, losses=losses)
    assert_equal(spec, batch_of(rows, seed, CUTS[cuts], kind, weighted=weighted, many=many))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", ["probability", "raw", "prediction"])
def test_more_rows_than_are_worked_out_at_a_time(kind: str, weighted: bool) -> None:
    spec = spec_of(CUTS["fine"], ((0, 1),), kind, weighted=weighted)
    assert cube.SLAB < cube.RUN
    assert_equal(spec, batch_of(cube.RUN + 77, 1, CUTS["fine"], kind, weighted=weighted, many=7))


@pytest.mark.parametrize("weighted", [False, True])
def test_without_losses_there_are_two_moments_and_they_are_the_same(weighted: bool) -> None:
    batch = batch_of(300, 3, CUTS["typed"], "probability", weighted=weighted, many=3)
    some, every = (
        cube.count(spec_of(CUTS["typed"], ((0, 1),), "probability", weighted=weighted, losses=losses), batch).blocks[0]
        for losses in (False, True)
    )
    assert list(some.moments) == (["p", "qp", "error", "qerror"] if weighted else ["p", "error"])
    assert all(np.array_equal(total.limbs, every.moments[name].limbs) for name, total in some.moments.items())


@pytest.mark.parametrize("losses", [False, True])
def test_more_joint_codes_than_two_bytes_hold(monkeypatch: pytest.MonkeyPatch, losses: bool) -> None:
    spec = spec_of(CUTS["typed"], ((0, 1), ()), "probability", weighted=False, losses=losses)
    batch = batch_of(500, 2, CUTS["typed"], "probability", weighted=False, many=300)
    assert_equal(spec, batch)
    monkeypatch.setattr(cube, "_NARROW", 599)  # one block of 600 codes in four loops, beside one of 1 code in one
    assert_equal(spec, batch)


@pytest.mark.parametrize("points", CUTS.values(), ids=CUTS)
def test_the_loops_reach_what_their_python_and_a_search_reach(points: np.ndarray) -> None:
    assert FAST is not None
    scores = np.concatenate([points, np.nextafter(points, 2), np.nextafter(points, -2), [0.0, -0.0, 1.0]])[-400:]
    want, n = np.searchsorted(points, scores, side="right"), len(scores)
    cuts, ends = Cuts(points), np.append(points, np.nan)
    for loops in (FAST, PLAIN):
        bins = np.empty(n, dtype=np.int64)
        loops.search(scores, ends, bins, n, len(points))
        assert np.array_equal(bins, want)
        if not cuts.searched:
            bins[:] = -1
            loops.reach(scores, ends, cuts.table, bins, n, len(cuts.table), cuts.scale)
            for _ in range(cuts.steps - 1):
                loops.climb(scores, ends, bins, n)
            assert np.array_equal(bins, want)


@given(scores=hs.lists(hs.one_of(hs.sampled_from([0.0, -0.0, 1.0, 0.5]), hs.floats()), max_size=40))
def test_scores_that_are_no_probabilities_are_counted(scores: list[float]) -> None:
    given = np.array(scores, dtype=np.float64)
    want = sum(not 0 <= score <= 1 for score in scores)
    assert FAST is not None
    assert FAST.outside(given, len(given)) == PLAIN.outside(given, len(given)) == want


def test_an_odd_score_stays_inside_the_table() -> None:
    """Such scores are refused before they are counted; if one came through, no memory beyond the tables is touched."""
    assert FAST is not None
    cuts = Cuts(CUTS["fine"])
    scores, bins = np.array([np.nan, np.inf, -np.inf, 1e300]), np.empty(4, dtype=np.int64)
    ends = np.append(cuts.points, np.nan)
    FAST.reach(scores, ends, cuts.table, bins, 4, len(cuts.table), cuts.scale)
    FAST.climb(scores, ends, bins, 4)
    assert ((bins >= 0) & (bins <= len(cuts.points))).all()


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled loops for tables of any size."""
    for module in (cube, encode):
        monkeypatch.setattr(module, "ready", lambda: FAST)


LONG = [f"a text that is longer than a view and ends with {k}" for k in range(5)]
TEXTS = hs.one_of(hs.sampled_from("abcdefgh"), hs.sampled_from(LONG), hs.text(max_size=3))


@given(
    values=hs.lists(hs.one_of(hs.none(), TEXTS), max_size=60),
    more=hs.lists(TEXTS, max_size=60),
    start=hs.integers(0, 3),
)
@settings(deadline=None)
def test_groups_get_the_same_codes(values: list[str | None], more: list[str], start: int) -> None:
    """Of one chunk and of two, of whole columns and of rows out of their middle."""
    column = pl.Series("g", [*values, "a"], dtype=pl.String).append(pl.Series("g", more, dtype=pl.String))
    column = column.slice(min(start, column.len() - 1))
    plain = encode_group(column)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encode, "ready", lambda: FAST)
        fast = encode_group(column)
    assert fast.values == plain.values
    assert np.array_equal(fast.codes, plain.codes)


@pytest.mark.parametrize("many", [2, 128, 129, 200, 255, 256, 300])
def test_texts_are_told_apart_by_their_views_while_these_are_few(many: int) -> None:
    assert FAST is not None
    rng = np.random.default_rng(many)
    names = [f"{k} {'x' * int(k % 3 * 9)}" for k in range(many)]
    column = pl.Series("g", names).gather(rng.integers(0, many, 3000)).extend(pl.Series("g", names))
    for look_up in (FAST.look_up, np.errstate(over="ignore")(kernels.look_up)):  # whole numbers wrap round
        found = codes_by_views(column, look_up)
        assert (found is not None) == (many <= MOST)
        if found is not None:
            codes, texts = found
            assert [texts[c] for c in codes] == column.to_list()


def test_views_of_another_chunk_say_nothing() -> None:
    """A long text's view says where it lies: in two chunks the same view stands for two texts."""
    assert FAST is not None
    first, second = (pl.Series("g", [name * 20, "short"], dtype=pl.String) for name in ("a", "b"))
    column = pl.concat([first, second], rechunk=False)
    assert column.n_chunks() == 2
    found = codes_by_views(column, FAST.look_up)
    assert found is not None
    assert [found[1][c] for c in found[0]] == ["a" * 20, "short", "b" * 20, "short"]


@pytest.mark.usefixtures("always")
def test_a_group_that_the_first_rows_lack() -> None:
    column = pl.Series("g", ["a", "b"] * 5000 + ["late", None])
    coded = encode_group(column)
    assert [coded.values[c] for c in coded.codes[-2:]] == ["late", None]
    assert len(coded.values) == 4


@pytest.mark.usefixtures("always")
def test_places_that_do_not_exist_are_left_to_numpy() -> None:
    spec = spec_of(CUTS["one"], ((0, 1),), "probability", weighted=False)
    good = batch_of(20, 0, CUTS["one"], "probability", weighted=False, many=2)
    label = good.label.copy()
    label[3] = 200
    odd = Batch(height=20, groups=good.groups, label=label, scores=good.scores)
    assert cube._in_bounds(good)
    assert not cube._in_bounds(odd)
    with pytest.raises(ValueError, match="shapes"):
        cube.count(spec, odd)


@pytest.mark.parametrize("more", [{}, {"weight": "w"}, {"score_kind": "raw", "thresholds": "0.5"}], ids=str)
def test_evidence_is_the_same_bytes_for_any_batches(
    more: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.parquet"
    table(5000, 8).write_parquet(path, row_group_size=300)
    seen = [evidence_bytes(streamed(path, monkeypatch, **more))]
    for module in (cube, encode):
        monkeypatch.setattr(module, "ready", lambda: FAST)
    for rows in (97, 1500, 5000):
        monkeypatch.setattr("sterling.engine.survey.BATCH_ROWS", rows)
        seen.append(evidence_bytes(streamed(path, monkeypatch, **more)))
    assert len({hashlib.sha256(s).hexdigest() for s in seen}) == 1


@pytest.mark.usefixtures("always")
def test_scores_that_are_no_numbers_are_refused_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.parquet"
    frame = table(3000, 9)
    frame.with_columns(s=pl.when(pl.int_range(pl.len()) == 2900).then(float("nan")).otherwise("s")).write_parquet(path)
    with pytest.raises(InputError, match="NaN or infinite"):
        streamed(path, monkeypatch)


def test_no_library_no_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    monkeypatch.setitem(sys.modules, "llvmlite.ir", None)
    monkeypatch.setitem(sys.modules, "llvmlite.binding", None)
    assert kernels.build() is None


def test_small_tables_never_load_the_compiler(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    table(1000, 10).write_parquet(path)
    code = (
        "import sys, sterling as st\n"
        f"st.evaluate({str(path)!r}, label='y', positive=1, score='s', groups=['g', 'h'])\n"
        "print('llvmlite' in sys.modules, 'numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT,
                          env=dict(os.environ))  # fmt: skip
    assert done.stdout.split() == ["False", "False"], done.stderr
