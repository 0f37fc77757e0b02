"""Spans of personal data in texts, replaced by their kind."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sterling.data.personal.detect import look
from sterling.data.personal.masking import masked


@pytest.mark.parametrize(
    ("text", "kinds", "shown"),
    [
        ("write to ann@example.org or bob@example.com, thanks", {"email"}, "write to [email] or [email], thanks"),
        ("a@b.org c@d.org e@f.org", {"email"}, "[email] [email] [email]"),
        ("call +49 30 1234567 now", {"phone"}, "call [phone] now"),
        (
            "card 4111 1111 1111 1111 and 4111 1111 1111 1111",
            {"credit_card"},
            "card [credit card] and [credit card]",
        ),
        ("what only looks like it: 4111 1111 1111 1112", {"credit_card"}, "what only looks like it: [credit card]"),
        ("another kind too: ann@example.org", {"phone"}, "another kind too: [email]"),
        ("nothing at all", {"email"}, "nothing at all"),
        ("\u202emüller@exämple.de \x00 <b>", {"email"}, "\u202e[email] \x00 <b>"),
    ],
)
def test_spans_become_their_kind_and_the_rest_stays(text: str, kinds: set[str], shown: str) -> None:
    assert masked(pl.Series("notes", [text, None]), kinds).to_list() == [shown, None]


def test_no_texts_at_all() -> None:
    assert masked(pl.Series("notes", [None, None], dtype=pl.String), {"email"}).to_list() == [None, None]
    assert masked(pl.Series("notes", [], dtype=pl.String), {"email"}).len() == 0


@given(st.lists(st.sampled_from(["ann@example.org", "+49 30 1234567", "4111 1111 1111 1111", ",", " and ", ".", "x"])))
def test_whatever_stands_together_no_detector_finds_it_any_more(parts: list[str]) -> None:
    texts = masked(pl.Series("notes", ["".join(parts)]), {"email", "phone", "credit_card"})
    found = look(texts)
    assert not any(found[kind].hit.any() for kind in ("email", "credit_card") if kind in found)


def test_a_text_that_is_all_spans_ends() -> None:
    many = " ".join(f"a{i}@example.org" for i in range(2000))
    shown = masked(pl.Series("notes", [many]), {"email"})[0]
    assert "@" not in shown
    assert shown.startswith("[email] [email]")
