"""A small run built by hand, and findings of every kind: what the words, the page's data and the JSON are tested on."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sterling.core.evidence import Evidence, Finding, Side, TooSmall
from sterling.core.judge import Deciding, Judgement, More, Verdict, judge
from sterling.core.metrics import resolve_metric
from sterling.core.plan import Plan
from sterling.core.policy import Limit, Policy
from sterling.core.roles import ModelColumn, Roles
from sterling.core.run import DataFile, Drawing, GroupShare, Provenance, Run
from sterling.core.slices import EVERYONE, Slice
from sterling.core.table import Block, EstimateTable

LENDER = Roles(
    models=(ModelColumn(column="p"),),
    label="approved",
    positive="1",
    favourable="1",
    label_kind="human_decision",
    groups=("race", "sex"),
    people="applicants",
    label_words="the lender's past decision",
)
COURT = Roles(
    models=(ModelColumn(column="decile", kind="raw"),),
    label="reoffended",
    positive="1",
    favourable="0",
    label_kind="outcome",
    groups=("race",),
    people="defendants",
)


def side(value: float, n: int = 900, eligible: int | None = None, **group: str | None) -> Side:
    return Side(
        slice=Slice.of(group), value=value, n=n, n_eligible=n if eligible is None else eligible, n_effective=float(n)
    )


def finding(metric: str, kind: str, first: Side, second: Side | None = None, **more: Any) -> Finding:
    """A finding whose value follows from its sides unless given; the interval is 5 hundredths either way."""
    value = more.pop("value", None)
    if value is None:
        value = first.value
        if second is not None:
            low, high = sorted((first.value, second.value))
            value = low / high if kind == "ratio" and high else high - low
    known = {
        "family": first.slice.family,
        "threshold": 0.5,
        "low": value - 0.05,
        "high": value + 0.05,
        "level": 0.95,
        "groups_compared": 2 if second else 1,
        "method": "Wilson score interval",
    }
    info = resolve_metric(metric).info
    return Finding(metric=info, kind=kind, first=first, second=second, value=value, **(known | more))  # type: ignore[arg-type]


def verdict(
    found: Finding | None, word: str = "over", statement: str | None = "max_gap", bound: float = 0.05, **more: Any
) -> Verdict:
    limit = None
    if statement is not None:
        metric = resolve_metric("selection_rate")
        limit = Limit(statement=statement, bound=bound, metric=metric, origin="policy.toml:3")  # type: ignore[arg-type]
    known = {
        "ask": "selection rate gap",
        "check": "FA001",
        "model": "p",
        "reason": "the whole interval lies beyond the limit",
    }
    if "more_people" in more:
        more["deciding"] = deciding(found, more.pop("more_people"))
    return Verdict(finding=found, verdict=word, limit=limit, **(known | more))  # type: ignore[arg-type]


def deciding(found: Finding | None, people: int | None) -> Deciding:
    """So many more people of the smaller group of a finding; with None no number of them."""
    if found is None or people is None:
        return Deciding()
    small = min((s for s in (found.first, found.second) if s), key=lambda s: s.n_eligible)
    return Deciding(more=(More(slice=small.slice, people=people, there=small.n),), rows=10**9)


SLICES = (
    EVERYONE,
    Slice.of({"race": "black"}),
    Slice.of({"race": "white"}),
    Slice.of({"race": "asian"}),
    Slice.of({"race": None}),
)
SIZES = np.array([1000, 200, 771, 22, 7], dtype=np.int64)


def table(model: str = "p", thresholds: tuple[float, ...] = (0.3, 0.5), min_n: int = 30) -> EstimateTable:
    """Selection rate and true positive rate by threshold, AUC without; the last two slices are too small."""
    width = max(len(thresholds), 1)
    value = 0.5 + 0.01 * np.arange(len(SLICES))[:, None] + 0.1 * np.arange(width)[None, :]
    eligible = np.repeat(SIZES[:, None], width, axis=1)
    blocks = [
        Block(
            info=resolve_metric("selection_rate").info,
            value=value,
            low=value - 0.05,
            high=value + 0.05,
            n_eligible=eligible,
            method="wilson",
        )
    ]
    half = np.where(eligible // 2 == 0, np.nan, value)
    blocks.append(
        Block(
            info=resolve_metric("tpr").info,
            value=half,
            low=half - 0.05,
            high=half + 0.05,
            n_eligible=eligible // 2,
            method="wilson",
        )
    )
    one = value[:, :1]
    blocks.append(
        Block(
            info=resolve_metric("auc").info,
            value=one,
            low=one - 0.05,
            high=one + 0.05,
            n_eligible=eligible[:, :1],
            method="delong",
        )
    )
    return EstimateTable(
        model=model, slices=SLICES, n=SIZES, thresholds=thresholds, blocks=tuple(blocks), level=0.95, min_n=min_n
    )


class NoWiring:
    """Judges without power; draws and writes nothing."""

    def judge(self, run: Run, policy: Policy) -> Judgement:
        return judge(policy, run.evidence, more_people=lambda finding, limit, level: deciding(finding, 912))

    def page(self, run: Run, judgement: Judgement) -> str:
        raise AssertionError("no page is drawn here")

    def wire(self, run: Run, judgement: Judgement) -> dict[str, object]:
        raise AssertionError("nothing is written here")


def drawing(model: str = "p") -> Drawing:
    half = tuple(tuple(int(n) // 4 for _ in range(2)) for n in SIZES)
    share = tuple((0.25, 0.75) for _ in SIZES)
    return Drawing(
        model=model,
        edges=(0.0, 0.5, 1.0),
        positive=half,
        negative=half,
        mean_score=share,
        observed=share,
        low=tuple((0.2, 0.7) for _ in SIZES),
        high=tuple((0.3, 0.8) for _ in SIZES),
    )


def evidence() -> tuple[Evidence, ...]:
    """One ask that found a gap, a floor, and a group too small; one that failed."""
    small = TooSmall(slice=Slice.of({"race": "asian"}), n=22, n_eligible=11, n_needed=30)
    gap = finding(
        "selection_rate", "gap", side(0.68, 200, race="black"), side(0.86, 771, race="white"), too_small=(small,)
    )
    rates = finding(
        "tpr", "gap", side(0.86, 200, 90, race="black"), side(0.88, 771, 600, race="white"), low=0.0, high=0.06
    )
    asked = {"metric": "selection_rate", "min_n": 30}
    return (
        Evidence(
            ask="selection rate gap",
            check="FA001",
            title="Gap",
            question="How far apart?",
            outcome="measured",
            model="p",
            parameters=asked,
            findings=(gap,),
            too_small=(small,),
            method="widest gap",
            hints=("Compare other models",),
        ),
        Evidence(
            ask="true positive rate gap",
            check="FA001",
            title="Gap",
            question="How far apart?",
            outcome="measured",
            model="p",
            parameters={"metric": "true_positive_rate"},
            findings=(rates,),
            hints=("Look at the label",),
        ),
        Evidence(
            ask="calibration",
            check="QA004",
            title="Calibration",
            question="Do scores mean what they say?",
            outcome="error",
            model="p",
            reason="ZeroDivisionError",
        ),
    )


def run(**more: Any) -> Run:
    """A finished run on 1,000 applicants."""
    known: dict[str, Any] = {
        "plan": Plan(asks=(), thresholds=(0.5,)),
        "roles": LENDER,
        "n": 1000,
        "labels_missing": 12,
        "positive": "1",
        "favourable": "1",
        "evidence": evidence(),
        "tables": (table(),),
        "drawings": (drawing(),),
        "groups": tuple(
            GroupShare(column="race", value=s.as_dict()["race"], n=int(n), share=float(n) / 1000)
            for s, n in zip(SLICES[1:], SIZES[1:], strict=True)
        ),
        "notices": ("12 rows without a label are left out of error rates",),
        "provenance": Provenance(
            created=dt.datetime(2026, 11, 22, 9, 14, tzinfo=dt.UTC),
            version="0.1.0",
            files=(DataFile(name="loans.csv", sha256="ab" * 32, rows=1000),),
            command="sterling evaluate loans.csv",
            environment={"python": "3.11"},
        ),
        "policy": Policy.parse(
            "".join(f'[[limit]]\nmetric = "{m}"\nmax_gap = 0.05\n' for m in ("selection_rate", "tpr"))
        ),
        "wiring": NoWiring(),
        "title": "Lending",
    }
    return Run(**(known | more))


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    """Builders of everything above, for tests to vary."""
    return SimpleNamespace(
        side=side,
        finding=finding,
        verdict=verdict,
        table=table,
        run=run,
        drawing=drawing,
        evidence=evidence,
        lender=LENDER,
        court=COURT,
        slices=SLICES,
        sizes=SIZES,
        replace=dataclasses.replace,
    )
