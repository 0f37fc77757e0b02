"""A table that was examined, with records of every kind made by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from sterling.core.data.about import AboutData
from sterling.core.data.anomalies import Anomalies, Anomaly
from sterling.core.data.anonymity import Anonymity, AnonymitySets, Diversity
from sterling.core.data.copies import Distinguishable, Duplicates, LabelLeak, Leak, Leaks, Outside
from sterling.core.data.drift import Drift, Drifts, Skew
from sterling.core.data.people import AgainstReference, GroupGap, GroupNumber, Hole, People
from sterling.core.data.personal import PersonalData, PersonalDataFound
from sterling.core.data.proxies import Proxies, ProxyStrength
from sterling.core.data.terms import Consent, Requirement, Terms, TermsFound
from sterling.core.evidence import Evidence, Finding, Side
from sterling.core.plan import Plan
from sterling.core.policy import Policy
from sterling.core.rates import MetricInfo
from sterling.core.roles import Roles
from sterling.core.run import DataFile, Provenance, Run
from sterling.core.slices import EVERYONE, Slice
from sterling.pipeline.wiring import WIRING
from tests.report.columns_of import estimate, profile

WOMEN, MEN, UNKNOWN = Slice.of({"sex": "Female"}), Slice.of({"sex": "Male"}), Slice.of({"sex": None})
MISSING = MetricInfo(
    name="missing_share",
    label="Missing share",
    plain="of all values of the column, the share that is missing",
    eligible="everyone",
    formula="missing / n",
    direction="lower",
    needs_label=False,
    by_threshold=False,
)


def about() -> AboutData:
    """One of every kind of record."""
    share = estimate(0.03, 0.01)
    return AboutData(
        profiles=(profile(), profile(slice_=WOMEN, rows=330), profile("people last year", shift=-4.0)),
        anomalies=Anomalies(
            schema="schema.toml",
            version=3,
            environment="training",
            checked=24,
            found=(
                Anomaly(
                    kind="range",
                    severity="error",
                    column="age",
                    what="age is below the smallest value allowed",
                    expected="at least 18",
                    got="12 rows below it",
                    rows=12,
                    n=1000,
                    hint="mend the rows, or widen the range",
                    where="schema.toml:12",
                ),
                Anomaly(
                    kind="new_value",
                    severity="warning",
                    column="occupation",
                    what="occupation holds a value that the schema does not know",
                    rows=4,
                    n=1000,
                ),
            ),
        ),
        drifts=(
            Drifts(
                table="people",
                other="people last year",
                key="id",
                unmatched=(3, 12),
                found=(
                    Drift(
                        column="age",
                        statistic="ks",
                        value=0.121,
                        low=0.09,
                        high=0.152,
                        level=0.95,
                        n=950,
                        n_other=950,
                        p=1e-6,
                        adjusted_p=1e-5,
                        drifted=True,
                        method="two-sample KS",
                    ),
                    Drift(
                        column="age",
                        statistic="psi",
                        value=0.08,
                        low=0.05,
                        high=0.11,
                        level=0.95,
                        n=950,
                        n_other=950,
                        drifted=True,
                    ),
                    Drift(
                        column="hours",
                        statistic="ks",
                        value=0.02,
                        low=0.0,
                        high=0.05,
                        level=0.95,
                        n=1000,
                        n_other=1000,
                        p=0.8,
                        adjusted_p=1.0,
                        drifted=False,
                    ),
                    Drift(
                        column="sex",
                        statistic="jensen_shannon",
                        value=None,
                        low=None,
                        high=None,
                        level=0.95,
                        n=3,
                        n_other=1000,
                    ),
                ),
                skew=(Skew(column="hours", n=985, differing=40, share=0.0406, low=0.03, high=0.055, level=0.95),),
            ),
        ),
        people=People(
            source="census.csv",
            reference=(
                AgainstReference(
                    slice=WOMEN,
                    share=estimate(0.337, 0.03),
                    reference=0.51,
                    difference=estimate(-0.173, 0.03),
                    ratio=estimate(0.66, 0.06),
                ),
                AgainstReference(
                    slice=MEN,
                    share=estimate(0.663, 0.03),
                    reference=0.49,
                    difference=estimate(0.173, 0.03),
                    ratio=estimate(1.35, 0.06),
                ),
            ),
            numbers=(GroupNumber(slice=WOMEN, measure="missing_share", estimate=estimate(0.21), column="occupation"),),
            gaps=(
                GroupGap(
                    measure="missing_share",
                    column="occupation",
                    family=("sex",),
                    first=WOMEN,
                    second=MEN,
                    value=0.09,
                    low=0.04,
                    high=0.14,
                    level=0.95,
                    p=0.0004,
                ),
            ),
            holes=(
                Hole(slice=Slice.of({"sex": "Female", "occupation": "Craft"}), rows=None, expected=99.0, largest=True),
            ),
        ),
        proxies=(
            Proxies(
                group="sex",
                together=ProxyStrength(
                    features=("age", "hours", "occupation"),
                    value=0.81,
                    low=0.78,
                    high=0.84,
                    level=0.95,
                    n=980,
                    null_high=0.54,
                    p=0.001,
                    carried=True,
                ),
                alone=(
                    ProxyStrength(
                        features=("occupation",),
                        value=0.77,
                        low=0.74,
                        high=0.8,
                        level=0.95,
                        n=980,
                        null_high=0.54,
                        p=0.001,
                        share=0.8,
                        carried=True,
                    ),
                ),
            ),
        ),
        duplicates=Duplicates(
            n=1000,
            rows=30,
            sets=14,
            columns=("age", "hours", "sex"),
            share=share,
            near_pairs=5,
            near_rows=9,
            near_columns=("notes",),
            similarity=0.8,
            conflicting=12,
        ),
        leaks=Leaks(
            between=(
                Leak(kind="exact", first="train", second="test", n=200, rows=12, share=estimate(0.06, 0.03, 200)),
            ),
            labels=(LabelLeak(column="hours", value=estimate(0.99, 0.005), suspicious=True),),
            distinguishable=(
                Distinguishable(
                    first="people",
                    second="people last year",
                    auc=estimate(0.71, 0.03),
                    features=(("age", 0.6),),
                    p=0.001,
                ),
            ),
            outside=(
                Outside(
                    first="people last year",
                    second="people",
                    group="",
                    share=estimate(0.04, 0.01),
                    reasons=(("age", 30),),
                ),
            ),
        ),
        personal=PersonalDataFound(
            rows=1000,
            looked_at=1000,
            columns=("notes", "sex"),
            found=(
                PersonalData(
                    column="notes",
                    kind="email address",
                    count=41,
                    n=1000,
                    share=estimate(0.041, 0.012),
                    where="text",
                    by="pattern",
                    sensitivity="contact",
                    precision=0.98,
                    recall=0.95,
                ),
                PersonalData(
                    column="notes",
                    kind="api key",
                    count=2,
                    n=1000,
                    share=estimate(0.002, 0.002),
                    where="text",
                    by="detect-secrets",
                    sensitivity="secret",
                ),
            ),
        ),
        terms=TermsFound(
            terms=Terms(
                source="a survey of 2024",
                licence="CC-BY-4.0",
                purposes=("research",),
                missing=("Who collected them?", "Until when may they be kept?"),
            ),
            requirements=(
                Requirement(what="licence", wanted=("MIT",), got=("CC-BY-4.0",), answer="unmet"),
                Requirement(what="purpose", wanted=("research",), got=("research",), answer="met"),
            ),
            consent=Consent(column="agreed", n=1000, without=30, missing=12, share=estimate(0.03, 0.01)),
        ),
        anonymity=AnonymitySets(
            searched=12,
            sets=(
                Anonymity(
                    quasi=("age", "sex", "occupation"),
                    n=1000,
                    k=1,
                    classes=610,
                    unique_rows=420,
                    below=700,
                    wanted=5,
                    highest_risk=1.0,
                    average_risk=0.61,
                    diversity=(Diversity(column="notes", distinct_l=1, entropy_l=1.0, t=0.4),),
                ),
                Anonymity(
                    quasi=("sex",),
                    n=1000,
                    k=20,
                    classes=3,
                    unique_rows=0,
                    below=0,
                    wanted=5,
                    highest_risk=0.05,
                    average_risk=0.003,
                    given=False,
                ),
            ),
        ),
    )


def missing_finding(column: str | None, value: float = 0.182) -> Finding:
    side = Side(slice=EVERYONE, value=value, n=1000, n_eligible=1000, n_effective=1000.0)
    return Finding(
        metric=MISSING,
        kind="highest",
        family=(),
        threshold=None,
        first=side,
        second=None,
        value=value,
        low=value - 0.022,
        high=value + 0.02,
        level=0.95,
        groups_compared=7 if column is None else 1,
        columns=() if column is None else (column,),
    )


def evidence() -> tuple[Evidence, ...]:
    return (
        Evidence(
            ask="statistics",
            check="DA003",
            title="Statistics of every column",
            question="What is in each column?",
            outcome="measured",
            model=None,
            about=about(),
            findings=(missing_finding("occupation"), missing_finding("age", 0.05)),
            method="exact counts",
            pitfalls=("a code such as 999 stands for missing",),
            hints=("Ask where values went missing",),
        ),
        Evidence(
            ask="consent",
            check="DA021",
            title="Terms",
            question="?",
            outcome="not_applicable",
            model=None,
            reason="no terms were given",
        ),
    )


def run(policy: Policy | None = None, **changes: Any) -> Run:
    """A run about a table, without models."""
    made = Run(
        plan=Plan(asks=()),
        roles=Roles(groups=("sex",), people="people"),
        n=1000,
        labels_missing=0,
        positive=None,
        favourable=None,
        groups=(),
        evidence=evidence(),
        tables=(),
        drawings=(),
        notices=("3 columns were read as text",),
        provenance=Provenance(
            created=dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC),
            version="0.0.0",
            command="sterling data profile people.csv",
            files=(DataFile(name="people.csv", sha256="ab" * 32, rows=1000),),
            environment={"python": "3"},
        ),
        policy=policy or Policy(),
        wiring=WIRING,
        title="people",
    )
    return replace(made, **changes)
