"""Personal data and secrets in a table. Values are never written: neither here, nor masked in part."""

from __future__ import annotations

from typing import Literal

from sterling.core.estimate import Estimate
from sterling.core.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """One kind of personal data or secret in one column.

    `count`: values that hold it, of `n` that were looked at; `share` with its interval when the rows are a sample.
    `where`: the values are such data as a whole (`column`), or it stands inside longer text (`text`). `by`: what found
    it. `precision` and `recall` of that detector, as measured on the labelled texts in the tests; None: not measured.
    `precision_low` and `recall_low`: the lower ends of their Wilson intervals.
    """

    column: str
    kind: str
    count: int
    n: int
    share: Estimate
    where: Literal["column", "text"]
    by: str
    sensitivity: Literal["identifier", "contact", "financial", "secret", "special", "quasi"]
    precision: float | None = None
    recall: float | None = None
    precision_low: float | None = None
    recall_low: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataFound:
    """What was found in which columns, and how many rows were looked at; `sampled`: not all of them.

    `read`: how many texts a model of language read, of the columns in `read_in`.
    """

    found: tuple[PersonalData, ...]
    rows: int
    looked_at: int
    columns: tuple[str, ...]
    sampled: bool = False
    without: tuple[str, ...] = ()
    """Detectors that were not there, such as one that needs an extra."""
    read: int = 0
    read_in: tuple[str, ...] = ()
