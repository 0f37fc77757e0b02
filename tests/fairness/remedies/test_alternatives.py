"""The search: a planted proxy is found and left out; in a world without gaps nothing is claimed; groups stay unseen."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.project import Search as Spec
from sterling.core.remedy import REMEDIES, Search
from sterling.fairness.candidates import proposals
from sterling.fairness.proxies import Proxy
from sterling.fairness.remedies.alternatives import Current, search_alternatives
from sterling.fairness.standing import Rows, matching_threshold
from sterling.recipes.fitting import fit
from sterling.recipes.registry import RECIPES

FEATURES = ("skill", "area", "noise")
WORLDS = 30


def part(name: str, n: int, rng: np.random.Generator, *, lean: float, own: float = 1.5) -> Rows:
    """`area` tells the group and, by `lean`, the label a little; `skill` tells the label and nothing of the group."""
    group = rng.random(n) < 0.4
    skill, area = rng.normal(size=n), group + rng.normal(scale=0.3, size=n)
    label = rng.random(n) < 1 / (1 + np.exp(-own * skill + lean * (group - 0.4)))
    frame = pl.DataFrame({"skill": skill, "area": area, "noise": rng.normal(size=n)})
    return Rows(
        part=name, frame=frame, label=label.astype(float), group=np.where(group, "green", "blue").tolist()
    )  # fmt: skip


def parts(seed: int, *, lean: float, n: int = 2_000) -> tuple[Rows, Rows, Rows]:
    rng = np.random.default_rng(seed)
    return (part("train", n, rng, lean=lean), part("choose", n, rng, lean=lean), part("certify", n, rng, lean=lean))


def searched(rows: tuple[Rows, Rows, Rows], spec: Spec, recipe: str = "logistic", **more: object) -> Search:
    train, choose, certify = rows
    model = fit(RECIPES[recipe], {}, frame=train.frame, features=FEATURES, label=train.label)
    scores = model.predict(choose.frame)
    current = Current(
        name="now", threshold=matching_threshold(scores, choose.mass, 0.4)[0], choose=scores,
        certify=model.predict(certify.frame), recipe=recipe,
    )  # fmt: skip
    given = {"group": "group", "features": FEATURES} | more
    return search_alternatives(train, choose, certify, current=current, spec=spec, **given)


def test_a_planted_proxy_is_left_out_and_the_gap_closes() -> None:
    told: list[tuple[int, int, str]] = []
    found = searched(
        parts(0, lean=0.6, n=1_500),
        Spec(budget=8, recipes=("logistic", "scorecard")),
        progress=lambda *s: told.append(s),
    )
    without = next(c for c in found.chosen if c.dropped == ("area",) and c.recipe == "logistic" and c.kept)
    assert without.impact.value > found.current.impact.value + 0.15
    assert found.certified[0].name == "now"
    certified = next(c for c in found.certified if c.name == without.name)
    assert certified.better and certified.gap_change.high < -0.05
    assert certified.why.startswith("closer, beyond the interval: gap changed by -")
    assert certified.worse == ("group=blue",)
    assert certified.utility_change.low > -0.03
    assert found.gap_between is not None and [str(s) for s in found.gap_between] == ["group=green", "group=blue"]
    assert (found.n_chosen, found.n_certified) == (1_500, 1_500)
    assert all(abs(c.selection_rate.value - found.selection_rate) < 0.01 for c in found.chosen if c.kept)
    assert all(c.better is None for c in found.chosen)
    assert all(c.why for c in found.chosen)
    assert any("area (0.8" in note or "area (0.9" in note for note in found.notes)
    assert [s[:2] for s in told] == [(i, len(found.chosen)) for i in range(len(found.chosen) + 1)]
    assert found == searched(parts(0, lean=0.6, n=1_500), Spec(budget=8, recipes=("logistic", "scorecard")))


def test_no_candidate_sees_the_group() -> None:
    """Other group values in the training rows change no candidate: neither the column nor the values reach a fit."""
    train, choose, certify = parts(1, lean=0.6, n=500)
    spec = Spec(budget=6, recipes=("logistic",), drop=(("area",), ("noise",)))
    withheld = (*FEATURES, "group")
    first = searched((train, choose, certify), spec)
    swapped = dataclasses.replace(train, group=list(reversed(train.group)))
    named = [c for c in first.chosen if set(c.dropped) <= {"noise"}]
    again = searched((swapped, choose, certify), spec, features=withheld)
    other = {c.name: c for c in again.chosen}
    assert named and all(c == other[c.name] for c in named)
    assert "group is among the current features; no candidate reads it." in again.notes
    assert REMEDIES["alternatives"].uses == "never"


def test_no_candidate_sees_another_group_column() -> None:
    """A feature that names another group the project compares is struck as the compared one is."""
    train, choose, certify = (
        dataclasses.replace(r, frame=r.frame.with_columns(sex=pl.Series(r.label))) for r in parts(5, lean=0.6, n=500)
    )
    spec = Spec(budget=6, recipes=("logistic",), drop=(("noise",), ("sex",)))
    features = (*FEATURES, "sex")
    found = searched((train, choose, certify), spec, features=features, groups=("group", "sex"))
    without = searched((train, choose, certify), dataclasses.replace(spec, drop=(("noise",),)))
    other = {c.name: c for c in found.chosen}
    assert without.chosen and all(c.parameters == other[c.name].parameters for c in without.chosen)
    assert all(c.utility == other[c.name].utility for c in without.chosen)
    assert "sex is among the current features; no candidate reads it." in found.notes
    assert "logistic" in other and not any("sex" in c.dropped for c in found.chosen)


@pytest.mark.slow
def test_in_a_world_without_gaps_nothing_is_said_to_be_closer() -> None:
    """Nothing goes with the group: what chance kept on one part, the other part claims at most once in twenty.

    The intervals behind a claim are tested over many more worlds in tests/stats/test_paired.py.
    """
    claims = 0
    kept = 0
    spec = Spec(budget=4, recipes=("logistic",), drop=(("area",), ("noise",)), strengths=(1.0, 30.0))
    for seed in range(WORLDS):
        rng = np.random.default_rng(seed)
        rows = [part(name, 300, rng, lean=0.0) for name in ("train", "choose", "certify")]
        blind = [dataclasses.replace(r, group=rng.choice(["green", "blue"], r.n).tolist()) for r in rows]
        found = searched((blind[0], blind[1], blind[2]), spec)
        kept += len(found.certified) > 1
        claims += any(c.better for c in found.certified)
    assert kept >= WORLDS // 3
    assert claims <= 4  # at 1 in 20, five or more of 30 would come up in 2 of 100 runs; the seeds are fixed


def test_rejected_candidates_say_why() -> None:
    rows = parts(2, lean=0.6, n=800)
    spec = Spec(budget=8, recipes=("logistic", "scorecard"), drop=(("skill",),), strengths=(1.0, 1_000.0))
    reasons = " | ".join(c.why for c in searched(rows, spec).chosen if not c.kept)
    assert "less accurate than the current model by" in reasons
    assert "the groups stand no closer than now" in reasons
    assert "no threshold selects the same share of people" in reasons


def test_being_flagged_turns_the_ratio_round() -> None:
    found = searched(parts(0, lean=0.6), Spec(budget=3, recipes=("logistic",)), wanted="not_selected")
    assert found.impact_metric == "share not selected"
    assert [str(s) for s in found.gap_between or ()] == ["group=blue", "group=green"]
    kept = next(c for c in found.certified if c.dropped == ("area",))
    assert kept.better and kept.worse == ("group=green",)


def test_too_few_groups_and_odd_scores_are_refused() -> None:
    train, choose, certify = parts(3, lean=0.0, n=200)
    one = dataclasses.replace(choose, group=["blue"] * choose.n)
    with pytest.raises(st.InputError, match="fewer than two groups"):
        searched((train, one, certify), Spec())
    bad = Current(name="now", threshold=0.5, choose=np.full(choose.n, np.nan), certify=np.zeros(certify.n))
    with pytest.raises(st.InputError, match="no score for some rows"):
        search_alternatives(train, choose, certify, current=bad, spec=Spec(), group="group", features=FEATURES)


def test_training_rows_without_a_label_are_left_out() -> None:
    train, choose, certify = parts(4, lean=0.6, n=300)
    more = Rows(
        part="train", frame=pl.concat([train.frame, choose.frame]), group=[*train.group, *choose.group],
        label=np.concatenate([train.label, np.full(choose.n, np.nan)]),
    )  # fmt: skip
    spec = Spec(budget=2, recipes=("logistic",))
    model = fit(RECIPES["logistic"], {}, frame=train.frame, features=FEATURES, label=train.label)
    current = Current(
        name="now", threshold=0.5, choose=model.predict(choose.frame), certify=model.predict(certify.frame)
    )

    def found(rows: Rows) -> Search:
        return search_alternatives(rows, choose, certify, current=current, spec=spec, group="group", features=FEATURES)

    assert found(more) == found(train)


def test_proposals_go_from_near_to_far_and_skip_the_current_model() -> None:
    proxies = (Proxy("area", 0.8), Proxy("noise", 0.2), Proxy("skill", 0.01))
    plan = proposals(Spec(budget=100), FEATURES, proxies, recipe="logistic", parameters={"C": 2.0})
    names = [p.name for p in plan]
    assert len(set(names)) == len(names) == 4 * 4 * 2 - 1
    assert "logistic" not in names and names[0] == "logistic, regularised 3 times"
    assert plan[0].parameters["C"] == pytest.approx(2 / 3)
    assert {p.dropped for p in plan} == {(), ("area",), ("noise",), ("area", "noise")}
    assert all(set(p.features) == set(FEATURES) - set(p.dropped) for p in plan)
    assert proposals(Spec(budget=5), FEATURES, proxies, recipe="logistic", parameters={"C": 2.0}) == plan[:5]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (Spec(budget=0), "budget of 0"),
        (Spec(recipes=("logistik",)), "did you mean logistic"),
        (Spec(drop=(("aera",),)), "did you mean area"),
        (Spec(drop=(FEATURES,)), "nothing to learn from"),
        (Spec(strengths=(0.0,)), "strength"),
    ],
)
def test_slips_in_the_project_are_refused(spec: Spec, message: str) -> None:
    with pytest.raises(st.ConfigError, match=message):
        proposals(spec, FEATURES, (), recipe=None, parameters={})
