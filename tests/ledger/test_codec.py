"""Records come back from their text as they were; equal records have equal text."""

from __future__ import annotations

import datetime as dt
import json
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from sterling.core.records import Artifact, Execution, Record
from sterling.ledger.chain import GENESIS, link
from sterling.ledger.codec import KINDS, decode, encode, kind_of
from tests.ledger.world import NOW, execution, run_of

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
TEXT = st.text(st.characters(exclude_categories=[]), max_size=20)  # lone surrogates too: argv can hold them


def test_every_kind_of_record_has_a_word() -> None:
    assert set(KINDS.values()) == set(get_args(Record))


def test_all_kinds_come_back() -> None:
    told = run_of("r")
    assert {kind_of(record) for record in told} == set(KINDS)
    assert [decode(kind_of(record), encode(record)) for record in told] == told


@given(properties=st.dictionaries(st.text(), JSON, max_size=4), name=TEXT)
def test_any_properties_come_back(properties: dict[str, object], name: str) -> None:
    told = Artifact(digest="d", type="t", name=name, size=1, properties=properties)  # type: ignore[arg-type]
    text = encode(told)
    assert text.isascii() and "\n" not in text
    assert decode("artifact", text) == told
    assert encode(decode("artifact", text)) == text
    shuffled = dict(reversed(properties.items()))
    assert encode(Artifact(digest="d", type="t", name=name, size=1, properties=shuffled)) == text  # type: ignore[arg-type]


@given(
    time=st.datetimes(timezones=st.timezones(), min_value=dt.datetime(1900, 1, 1), max_value=dt.datetime(2200, 1, 1))
)
def test_any_time_comes_back(time: dt.datetime) -> None:
    told = Execution(id="i", step="s", run="r", state="running", key="k", started=time)
    back = decode("execution", encode(told)).started
    assert back == time.astimezone(dt.UTC)  # times of different zones are unequal where a clock is put back
    assert json.loads(encode(told))["started"].endswith("+00:00")


def test_what_a_later_version_added_has_its_default_in_old_records() -> None:
    plain = json.loads(encode(execution("r", "s")))
    del plain["properties"], plain["ended"]
    old = decode("execution", json.dumps(plain))
    assert old.started == NOW and old.ended is None and old.properties == {}


def test_a_chain_by_hand() -> None:
    """As a reader of the documentation would check it with sha256sum."""
    text = GENESIS + '\nartifact\n2026-01-01T00:00:00.000000+00:00\n{"a":1}'
    import hashlib

    assert link(GENESIS, "artifact", "2026-01-01T00:00:00.000000+00:00", '{"a":1}') == (
        hashlib.sha256(text.encode()).hexdigest()
    )
