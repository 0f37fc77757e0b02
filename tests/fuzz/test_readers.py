"""No bytes, however made, get anything out of the readers but a table or an InputError."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz.feeds import SEEDS, feed_reader

TEXTY = st.lists(
    st.sampled_from(
        [b",", b"\n", b"\r\n", b'"', b"1", b"x", b"0.5", b"NA", b"", b" ", "é".encode(), b"\xff", b"\0", b"a,b\n"]
    ),
    max_size=40,
).map(b"".join)


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A well-formed file with a few bytes changed, a piece cut out, or cut short."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(content) - 1))
        content[at] = draw(st.integers(0, 255))
    start = draw(st.integers(0, len(content)))
    stop = draw(st.sampled_from([start, min(len(content), start + draw(st.integers(0, 64)))]))
    del content[start:stop]
    return bytes(content[: draw(st.sampled_from([len(content), draw(st.integers(0, len(content)))]))])


@pytest.mark.parametrize("kind", SEEDS)
@given(data=st.data())
def test_random_bytes(kind: str, data: st.DataObject) -> None:
    feed_reader(kind, data.draw(st.binary(max_size=300)))


@pytest.mark.parametrize("kind", ["csv", "tsv", "data"])
@given(content=TEXTY)
@example(content=b'"\n"\n1\n')
@example(content=b"\xef\xbb\xbf\n\n1")
def test_almost_text(kind: str, content: bytes) -> None:
    feed_reader(kind, content)


@pytest.mark.parametrize("kind", SEEDS)
@given(data=st.data())
def test_damaged_files(kind: str, data: st.DataObject) -> None:
    feed_reader(kind, data.draw(damaged(SEEDS[kind])))
