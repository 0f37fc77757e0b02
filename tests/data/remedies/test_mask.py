"""mask: pseudonyms by HMAC, values shortened, rounded, hidden or dropped; the key is found nowhere afterwards."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import polars as pl
import pytest

from sterling.core.data.personal import PersonalData, PersonalDataFound
from sterling.core.errors import ConfigError
from sterling.core.estimate import Estimate
from sterling.core.roles import Roles
from sterling.data.remedies.mask import suggested
from sterling.pipeline.treating import treat_table, wire

KEY = "0123456789abcdef-secret"
FRAME = pl.DataFrame(
    {
        "mail": ["a@b.c", "d@e.f", None, "a@b.c"], "zip": ["10115", "80331", None, "\u202e9"],
        "age": [37, -1, None, 40],
        "born": ["2001-05-06", None, "1970-01-01", "1999-12-31"], "note": ["x", None, "y", ""], "token": ["s1"] * 4,
    }
).with_columns(pl.col("born").str.to_date())  # fmt: skip


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STERLING_MASK_KEY", KEY)


def done(**parameters: object) -> pl.DataFrame:
    return treat_table(FRAME, "mask", roles=Roles(), parameters=parameters)[0]


def test_by_hand() -> None:
    masked = done(hide=("note",), drop=("token",), shorten=("zip:3",), round_to=("age:10",), year=("born",))
    assert masked["note"].to_list() == ["(hidden)", None, "(hidden)", "(hidden)"]
    assert "token" not in masked.columns
    assert masked["zip"].to_list() == ["101", "803", None, "\u202e9"]
    assert masked["age"].to_list() == [30, -10, None, 40]
    assert masked["born"].to_list() == [2001, None, 1970, 1999]
    assert masked["mail"].equals(FRAME["mail"])


def test_pseudonyms_are_hmacs_and_depend_on_the_key_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    masked = done(pseudonym=("mail",))["mail"].to_list()
    slow = base64.b32encode(hmac.new(KEY.encode(), b"a@b.c", hashlib.sha256).digest()).decode().lower()[:20]
    assert masked[0] == masked[3] == slow
    assert masked[2] is None and masked[1] != masked[0]
    monkeypatch.setenv("STERLING_MASK_KEY", KEY + "!")
    assert done(pseudonym=("mail",))["mail"][0] != masked[0]


def test_the_key_and_the_values_are_told_nowhere() -> None:
    _, told = treat_table(FRAME, "mask", roles=Roles(), parameters={"pseudonym": ["mail"]})
    text = json.dumps(wire(told)) + repr(told)
    assert KEY not in text and "a@b.c" not in text


def test_what_detection_found_says_what_to_mask() -> None:
    share = Estimate(value=1.0, low=1.0, high=1.0, level=0.95, n=4, n_eligible=4, method="counted")

    def item(column: str, sensitivity: str, where: str = "column") -> PersonalData:
        return PersonalData(
            column=column, kind="k", count=4, n=4, share=share, where=where, by="t", sensitivity=sensitivity
        )  # type: ignore[arg-type]

    found = PersonalDataFound(
        found=(
            item("mail", "contact"), item("note", "contact", "text"), item("token", "secret"), item("zip", "quasi"),
            item("note", "secret", "text"),
        ),
        rows=4, looked_at=4, columns=("mail", "note", "token", "zip"),
    )  # fmt: skip
    assert suggested(found) == {"pseudonym": ("mail",), "hide": (), "drop": ("note", "token")}


def test_slips_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for parameters, what in [
        ({}, "no column is named"),
        ({"hide": ("q",)}, "no column 'q'"),
        ({"hide": ("note",), "drop": ("note",)}, "masked in two ways"),
        ({"shorten": ("zip",)}, "names no column and size"),
        ({"round_to": ("zip:3",)}, "holds no numbers"),
        ({"year": ("age",)}, "holds no dates"),
    ]:
        with pytest.raises(ConfigError, match=what):
            done(**parameters)
    monkeypatch.setenv("STERLING_MASK_KEY", "short")
    with pytest.raises(ConfigError, match="holds no key"):
        done(pseudonym=("mail",))
