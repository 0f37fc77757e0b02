"""Every remedy of this shelf on columns of any kind a file can hold: carried out, or refused in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from sterling.core.errors import SterlingError
from sterling.core.roles import Roles
from sterling.pipeline.treating import treat_table

KINDS = {
    "u64": pl.Series([2**64 - 1, None] * 30, dtype=pl.UInt64), "i64": pl.Series([-(2**63), None] * 30),
    "i128": pl.Series([2**126, None] * 30, dtype=pl.Int128),
    "u128": pl.Series([2**128 - 1, None] * 30, dtype=pl.UInt128),
    "decimal": pl.Series([Decimal("1.5"), None] * 30, dtype=pl.Decimal(30, 3)),
    "span": pl.Series([dt.timedelta(days=1), None] * 30), "time": pl.Series([dt.time(1), None] * 30),
    "day": pl.Series([2**30, None] * 30, dtype=pl.Int32).cast(pl.Date),
    "moment": pl.Series([2**62, None] * 30).cast(pl.Datetime("us")), "bytes": pl.Series([b"\xff", None] * 30),
    "category": pl.Series(["a", None] * 30, dtype=pl.Categorical), "truth": pl.Series([True, None] * 30),
    "odd": pl.Series([float("nan"), float("inf")] * 30), "list": pl.Series([[1], None] * 30),
    "struct": pl.Series([{"a": 1}, None] * 30), "nothing": pl.Series([None] * 60), "nul": pl.Series(["\0", None] * 30),
}  # fmt: skip
WAYS: list[tuple[str, dict[str, object]]] = [
    ("impute-by-group", {}), ("mask", {"pseudonym": ["c"]}), ("mask", {"hide": ["c"]}), ("mask", {"shorten": ["c:2"]}),
    ("mask", {"round_to": ["c:10"]}), ("mask", {"round_to": ["c:0.5"]}), ("mask", {"year": ["c"]}),
    ("generalise", {"quasi": ["c", "g"], "k": 3}), ("deduplicate", {"columns": ["c"]}),
]  # fmt: skip
REFUSED = {"bytes", "list", "struct", "nothing"}


@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_of_column(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STERLING_MASK_KEY", "k" * 32)
    frame = pl.DataFrame({"c": KINDS[kind], "g": ["a", "b", "a"] * 20, "y": [0, 1] * 30})
    for name, parameters in WAYS:
        try:
            after, _ = treat_table(frame, name, roles=Roles(label="y", groups=("g",)), parameters=parameters)
        except SterlingError:
            assert name in ("mask", "generalise") or kind in REFUSED
            continue
        if name == "impute-by-group":
            assert after.schema["c"] == frame.schema["c"]
            assert after["c"].null_count() == 0
            assert after["c"][::2].to_physical().equals(frame["c"][::2].to_physical()) or kind == "odd"


def test_numbers_are_rounded_down_at_the_ends_of_their_type() -> None:
    ends = pl.DataFrame({"low": [-(2**63), 17], "high": pl.Series([2**64 - 1, 17], dtype=pl.UInt64)})
    after, _ = treat_table(ends, "mask", roles=Roles(), parameters={"round_to": ["low:10", "high:10"]})
    assert after["low"].to_list() == [-(2**63) - 2, 10]
    assert after["high"].to_list() == [18446744073709551610, 10]
