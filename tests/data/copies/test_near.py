"""Pieces, MinHash and the exact comparison against sets in plain Python."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as hyp

from sterling.data.copies.minhash import HASHES, bands_for, candidates, signatures
from sterling.data.copies.near import components, near_texts, text_columns
from sterling.data.copies.shingles import alike, normal, pieces

TEXT = hyp.text(alphabet=hyp.sampled_from("ab é日"), max_size=12)


def _set(text: str, length: int) -> set[bytes]:
    data = text.encode().ljust(length, b"\0")
    return {data[i : i + length] for i in range(len(data) - length + 1)}


def _jaccard(a: str, b: str, length: int) -> float:
    x, y = _set(a, length), _set(b, length)
    return len(x & y) / len(x | y)


@settings(max_examples=50, deadline=None)
@given(hyp.lists(TEXT, min_size=1, max_size=8), hyp.integers(1, 8))
def test_pieces_are_runs_of_bytes(texts: list[str], length: int) -> None:
    found, begin = pieces(pl.Series(texts, dtype=pl.String), length)
    for i, text in enumerate(texts):
        mine = {int(p).to_bytes(8, "big")[8 - length :] for p in found[begin[i] : begin[i + 1]]}
        assert mine == _set(text, length)


@settings(max_examples=50, deadline=None)
@given(hyp.lists(TEXT, min_size=2, max_size=8), hyp.integers(1, 8))
def test_similarity_is_that_of_sets(texts: list[str], length: int) -> None:
    first, second = np.triu_indices(len(texts), 1)
    found = alike(pl.Series(texts, dtype=pl.String), first, second, length)
    slow = [_jaccard(texts[i], texts[j], length) for i, j in zip(first, second, strict=True)]
    assert np.allclose(found, slow)


def test_by_hand() -> None:
    assert alike(pl.Series(["abcd", "abce"]), np.array([0]), np.array([1]), 2)[0] == 2 / 4
    assert normal(pl.Series([" A \n b\t"])).to_list() == ["a b"]


def test_equal_minima_estimate_the_similarity() -> None:
    rng = np.random.default_rng(0)
    base = rng.integers(97, 123, 4_000, dtype=np.uint8)
    other = base.copy()
    other[:1_000] = rng.integers(97, 123, 1_000)
    texts = pl.Series([base.tobytes().decode(), other.tobytes().decode()])
    truth = alike(texts, np.array([0]), np.array([1]), 8)[0]
    same = [np.mean(np.equal(*signatures(texts, length=8, seed=s))) for s in range(60)]
    spread = (truth * (1 - truth) / HASHES / 60) ** 0.5
    assert abs(np.mean(same) - truth) < 4 * spread


def test_pairs_are_found_as_often_as_stated() -> None:
    """Pairs of texts just 0.8 alike, by another seed each time: found with the stated chance or more."""
    rng = np.random.default_rng(1)
    bands = bands_for(0.8)
    assert bands.recall(0.8) >= 0.99
    hits = tried = 0
    for seed in range(150):
        words = [f"{w:08d}" for w in rng.integers(0, 10**8, 90)]
        kept = words[:80]
        texts = pl.Series(["|".join(kept), "|".join(kept[:-9] + words[80:89])]).sort()
        similarity = alike(texts, np.array([0]), np.array([1]), 8)[0]
        assert 0.78 < similarity < 0.84
        hits += len(candidates(signatures(texts, length=8, seed=seed), bands).first)
        tried += 1
    expected = bands.recall(0.79)
    assert hits / tried >= expected - 3 * (expected * (1 - expected) / tried) ** 0.5


def test_every_pair_reported_is_one_and_order_does_not_matter() -> None:
    rng = np.random.default_rng(2)
    words = np.array(["red", "green", "blue", "black", "white", "grey"])
    texts = [" ".join(rng.choice(words, 12)) for _ in range(400)]
    frame = pl.DataFrame({"t": texts})
    near = near_texts(frame, ["t"], similarity=0.9)
    assert len(near.first)
    assert all(
        _jaccard(near.texts[int(i)], near.texts[int(j)], 5) >= 0.9 for i, j in zip(near.first, near.second, strict=True)
    )
    again = near_texts(frame.reverse(), ["t"], similarity=0.9)
    assert np.array_equal(near.first, again.first)
    assert np.array_equal(near.of, again.of[::-1])


def test_what_hangs_together() -> None:
    assert components(6, np.array([4, 1]), np.array([5, 4])).tolist() == [0, 1, 2, 3, 1, 1]


def test_crowds_are_said_to_be() -> None:
    frame = pl.DataFrame({"t": [f"the same form filled in by somebody, number {i}" for i in range(1_000)]})
    near = near_texts(frame, ["t"], similarity=0.6)
    assert near.crowded
    assert len(np.union1d(near.first, near.second)) > 990


def test_hostile_texts() -> None:
    frame = pl.DataFrame({"t": ["", " ", None, "\0", "\u202eabc", "x" * 10_000, "x" * 10_001, "<b>"]})
    near = near_texts(frame, ["t"], similarity=0.8)
    assert near.of[:3].tolist() == [-1, -1, -1]
    assert [near.texts[int(i)][:1] for i in near.first] == ["x"]


def test_addresses_and_codes_are_no_running_text() -> None:
    frame = pl.DataFrame(
        {
            "mail": [f"somebody.with.a.long.name{i}@example-mail.org" for i in range(50)],
            "note": [f"called twice regarding the account number {i}" for i in range(50)],
        }
    )  # fmt: skip
    assert text_columns(frame) == ("note",)
