"""On which terms data may be used: what their datasheet says, what was asked of it, and what nobody answered."""

from __future__ import annotations

from typing import Literal

from sterling.core.estimate import Estimate
from sterling.core.frozen import dataclass

Basis = Literal[
    "consent", "contract", "legal_obligation", "vital_interests", "public_task", "legitimate_interests", "no_people"
]
"""The grounds of GDPR (EU) 2016/679, Art. 6(1); `no_people`: the data are about nobody."""
BASES: tuple[Basis, ...] = (
    "consent", "contract", "legal_obligation", "vital_interests", "public_task", "legitimate_interests", "no_people",
)  # fmt: skip
Answered = Literal["met", "unmet", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A datasheet. Every field may be empty: `missing` names the questions that no person has answered.

    Days are text, as in 2027-03-31. `geography`: where the people live; `stored_in`: where the data lie.
    `consent_column` and `consent_values`: which column says of a row that somebody agreed, and in which words.
    """

    source: str = ""
    collected_by: str = ""
    collected_from: str = ""
    collected_until: str = ""
    licence: str = ""
    purposes: tuple[str, ...] = ()
    basis: str = ""
    consent_column: str = ""
    consent_values: tuple[str, ...] = ()
    geography: tuple[str, ...] = ()
    stored_in: tuple[str, ...] = ()
    retain_until: str = ""
    contact: str = ""
    restrictions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One thing that was asked of the terms: what was wanted, what the datasheet says, and whether it fits."""

    what: str
    wanted: tuple[str, ...]
    got: tuple[str, ...]
    answer: Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Rows whose column does not say that somebody agreed, of `n`; `missing` of them say nothing at all."""

    column: str
    n: int
    without: int
    missing: int
    share: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsFound:
    """What a datasheet says and what was asked of it. How many days are left is a matter of the day it is judged."""

    terms: Terms
    requirements: tuple[Requirement, ...] = ()
    consent: Consent | None = None
