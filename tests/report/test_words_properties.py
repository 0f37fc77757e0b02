"""Whatever a table is called and holds: words never fail, never say NaN, stay on one line and of bounded length."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sterling.core.evidence import TooSmall
from sterling.core.metrics import known_metrics, resolve_metric
from sterling.core.roles import LABEL_WORDS
from sterling.core.slices import Slice
from sterling.report import words
from sterling.report.deciding import power_text
from sterling.report.text import plain

NASTY = [
    "<script>alert(1)</script>", "\u202egnp.exe", "a\nb\tc", "=cmd()", "\x00\x1b[31m", "x" * 10_000, "", "  ", "ß",
    "🏳️‍🌈", "\u200f", "{0}", "%s", "nan", "'; --", "\x85", "\u2028",
]  # fmt: skip
TEXT = st.one_of(st.sampled_from(NASTY), st.text(max_size=60))
NUMBER = st.floats(allow_nan=True, allow_infinity=True, width=64)
SLICE = st.dictionaries(TEXT, st.none() | TEXT, max_size=3).map(Slice.of)
METRIC = st.sampled_from(known_metrics()).map(resolve_metric)
KINDS = {"gap": "max_gap", "ratio": "min_ratio", "lowest": "min", "highest": "max"}


@st.composite
def verdicts(draw: st.DrawFn, make: SimpleNamespace) -> tuple[Any, Any]:
    kind = draw(st.sampled_from(sorted(KINDS)))
    count = st.integers(0, 10**9)
    first, second = (make.side(draw(NUMBER), draw(count), draw(count)) for _ in range(2))
    first, second = make.replace(first, slice=draw(SLICE)), make.replace(second, slice=draw(SLICE))
    sizes = draw(st.lists(count, max_size=5))
    small = tuple(TooSmall(slice=draw(SLICE), n=n, n_eligible=n // 2, n_needed=30) for n in sizes)
    more = {
        "threshold": draw(st.none() | NUMBER), "baseline": draw(st.none() | SLICE), "only": draw(st.none() | SLICE),
        "operating": draw(st.booleans()), "groups_compared": draw(st.integers(0, 400)), "too_small": small,
    }  # fmt: skip
    pair = second if kind in ("gap", "ratio") else None
    value, low, high = (draw(NUMBER) for _ in range(3))
    found = make.finding("selection_rate", kind, first, pair, value=value, low=low, high=high, **more)
    found = make.replace(found, metric=draw(METRIC).info)
    word = draw(st.sampled_from(["over", "undecided", "within", "insufficient", "unjudged", "error", "not_applicable"]))
    statement = draw(st.sampled_from([None, KINDS[kind]]))
    verdict = make.verdict(
        draw(st.sampled_from([found, found, None])), word, statement, bound=draw(st.floats(allow_nan=False)),
        more_people=draw(st.none() | count), reason=draw(TEXT), ask=draw(TEXT), model=draw(st.none() | TEXT),
    )  # fmt: skip
    roles = make.replace(
        make.lender, label=draw(st.none() | TEXT), positive=draw(st.none() | TEXT), favourable=draw(st.none() | TEXT),
        people=draw(TEXT), label_words=draw(st.none() | TEXT), label_kind=draw(st.sampled_from(sorted(LABEL_WORDS))),
        decision=draw(TEXT),
    )  # fmt: skip
    return verdict, roles


@given(data=st.data())
def test_words_hold_for_any_table(make: SimpleNamespace, data: st.DataObject) -> None:
    verdict, roles = data.draw(verdicts(make))
    texts = [words.sentence(verdict, roles), words.said(verdict, roles), words.reason(verdict, roles),
             power_text(verdict, roles), words.limit_text(verdict), words.label_note(roles),
             words.people_text(verdict, roles, frozenset())]  # fmt: skip
    if verdict.finding is not None:
        texts += [words.bracket(verdict.finding), words.metric_note(verdict.finding.metric, roles)]
    for text in texts:
        assert len(text) < 1_500
        assert "\n" not in text
        assert all(c.isprintable() or c in "\u200c\u200d" for c in text)
    assert words.sentence(verdict, roles)


@given(TEXT, st.integers(6, 80))
def test_plain_text_is_one_bounded_printable_line(text: str, most: int) -> None:
    shown = plain(text, most)
    assert len(shown) <= most
    assert all(c.isprintable() or c in "\u200c\u200d" for c in shown)
    assert plain(shown, most) == shown


@given(value=st.floats(0, 1), low=st.floats(0, 1), high=st.floats(0, 1))
def test_measured_findings_never_say_nan(make: SimpleNamespace, value: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    gap = make.finding(
        "tpr", "gap", make.side(0.2, race="a"), make.side(0.3, race="b"), value=value, low=low, high=high
    )
    text = words.said(make.verdict(gap), make.lender).lower()
    assert "nan" not in text
    assert "not known" not in text
    assert "-0" not in text
