"""What all questions about a table found, joined: the page speaks of subjects, whoever answered."""

from __future__ import annotations

from collections.abc import Iterable

from sterling.core.data.anomalies import Anomalies
from sterling.core.data.anonymity import AnonymitySets
from sterling.core.data.copies import Duplicates, Leaks
from sterling.core.data.drift import Drifts
from sterling.core.data.people import People
from sterling.core.data.personal import PersonalDataFound
from sterling.core.data.profile import Profile
from sterling.core.data.proxies import Proxies
from sterling.core.data.terms import TermsFound
from sterling.core.evidence import Evidence
from sterling.core.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The records of every kind. `evidence` holds what was measured about the table; `unanswered` what was not."""

    evidence: tuple[Evidence, ...]
    unanswered: tuple[Evidence, ...]
    profiles: tuple[Profile, ...]
    anomalies: tuple[Anomalies, ...]
    drifts: tuple[Drifts, ...]
    people: tuple[People, ...]
    proxies: tuple[Proxies, ...]
    duplicates: tuple[Duplicates, ...]
    leaks: tuple[Leaks, ...]
    personal: tuple[PersonalDataFound, ...]
    anonymity: tuple[AnonymitySets, ...]
    terms: tuple[TermsFound, ...]
    level: float = 0.95

    def __bool__(self) -> bool:
        return bool(self.evidence)

    def notes(self, *kinds: str) -> tuple[str, ...]:
        """The notes of the evidence that fills one of these fields of `AboutData`, each once."""
        said = (n for e in self.evidence if any(getattr(e.about, k) for k in kinds) for n in e.notes)
        return tuple(dict.fromkeys(said))


def gathered(evidence: Iterable[Evidence], *, level: float = 0.95) -> Found:
    """What the evidence holds about the table. Where several checks profile the table, slices and tables come once."""
    all_ = tuple(evidence)
    held = tuple(e for e in all_ if e.about is not None)
    abouts = [e.about for e in held if e.about is not None]
    profiles = {(p.table, p.slice): p for a in abouts for p in a.profiles}
    return Found(
        evidence=held,
        unanswered=tuple(e for e in all_ if e.model is None and e.about is None and e.outcome != "measured"),
        profiles=tuple(profiles.values()),
        anomalies=tuple(a.anomalies for a in abouts if a.anomalies is not None),
        drifts=tuple(d for a in abouts for d in a.drifts),
        people=tuple(a.people for a in abouts if a.people is not None),
        proxies=tuple(p for a in abouts for p in a.proxies),
        duplicates=tuple(a.duplicates for a in abouts if a.duplicates is not None),
        leaks=tuple(a.leaks for a in abouts if a.leaks is not None),
        personal=tuple(a.personal for a in abouts if a.personal is not None),
        anonymity=tuple(a.anonymity for a in abouts if a.anonymity is not None),
        terms=tuple(a.terms for a in abouts if a.terms is not None),
        level=level,
    )
