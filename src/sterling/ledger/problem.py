"""What `verify` finds wrong, and what can be done about it."""

from __future__ import annotations

from typing import Literal

from sterling.core.frozen import dataclass

COPY = "put back a copy of the whole .sterling folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is not as it was written. `seq`: the record it shows at, where it is one.

    `kind`: `record` (the chain breaks), `row` (a table differs from its record), `head` (the end is not where HEAD or a
    printed head says), `blob` (stored bytes were edited or are gone).
    """

    kind: Literal["record", "row", "head", "blob"]
    what: str
    where: str
    hint: str
    seq: int | None = None
