"""What a question about a table found: one field for each kind of answer."""

from __future__ import annotations

from sterling.core.data.anomalies import Anomalies
from sterling.core.data.anonymity import AnonymitySets
from sterling.core.data.copies import Duplicates, Leaks
from sterling.core.data.drift import Drifts
from sterling.core.data.people import People
from sterling.core.data.personal import PersonalDataFound
from sterling.core.data.profile import Profile
from sterling.core.data.proxies import Proxies
from sterling.core.data.terms import TermsFound
from sterling.core.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutData:
    """A check fills the field of its kind. The report draws each kind, the JSON lists its records.

    `profiles`: everyone first, then slices; then other tables, everyone of each.
    """

    profiles: tuple[Profile, ...] = ()
    anomalies: Anomalies | None = None
    drifts: tuple[Drifts, ...] = ()
    people: People | None = None
    proxies: tuple[Proxies, ...] = ()
    duplicates: Duplicates | None = None
    leaks: Leaks | None = None
    personal: PersonalDataFound | None = None
    anonymity: AnonymitySets | None = None
    terms: TermsFound | None = None
