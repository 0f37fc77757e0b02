"""How groups stand, and what changes: beside FA002 and beside slow sums; thresholds that select the same share."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

import sterling as st
from sterling.fairness.standing import Rows, Wanted, Yardstick, matching_threshold, yardstick
from sterling.stats.normal import sidak
from sterling.stats.paired import paired_change_z
from sterling.stats.proportion import wilson

GROUPS = ("a", "b", "c", None)


def world(n: int = 600, seed: int = 0, *, weights: bool = False) -> tuple[Rows, np.ndarray, np.ndarray]:
    """People of four groups, and two ways of deciding about them."""
    rng = np.random.default_rng(seed)
    group = rng.choice(len(GROUPS), n, p=[0.4, 0.3, 0.2, 0.1])
    chance = np.array([0.6, 0.4, 0.5, 0.3])[group]
    before = rng.random(n) < chance
    after = np.where(rng.random(n) < 0.8, before, rng.random(n) < 0.5)
    rows = Rows(
        part="choose", frame=pl.DataFrame({"x": rng.normal(size=n)}), label=(rng.random(n) < 0.5).astype(float),
        group=[GROUPS[i] for i in group], weights=rng.integers(1, 4, n).astype(float) if weights else None,
    )  # fmt: skip
    return rows, before, after


def measure(rows: Rows, wanted: Wanted = "selected", min_n: int = 30) -> Yardstick:
    return yardstick(rows, "g", wanted=wanted, level=0.95, min_n=min_n)


@pytest.mark.parametrize("weights", [False, True])
def test_the_numbers_are_those_of_evaluate(weights: bool) -> None:
    rows, before, _ = world(weights=weights)
    table = pl.DataFrame(
        {"g": rows.group, "y": rows.label.astype(int), "decided": before.astype(int), "w": rows.mass.astype(int)}
    )
    plan = st.Plan(asks=(st.ask("FA002", name="q", metric="selection_rate"),))
    run = st.evaluate(
        table, label="y", positive=1, groups="g", prediction="decided", weight="w" if weights else None, plan=plan
    )
    finding = run.evidence[0].findings[0]
    ours = measure(rows).impact(before)
    assert (ours.value, ours.low, ours.high) == pytest.approx((finding.value, finding.low, finding.high), abs=1e-9)
    share, right = measure(rows).selection_rate(before), measure(rows).accuracy(before)
    assert share.value == pytest.approx(np.average(before, weights=rows.mass))
    assert right.value == pytest.approx(np.average(before == (rows.label == 1), weights=rows.mass))
    if not weights:
        low, high = wilson(np.sum(before == (rows.label == 1)), rows.n)
        assert (right.low, right.high) == pytest.approx((float(low), float(high)))


def test_changes_by_slow_counting() -> None:
    rows, before, after = world()
    changes = {(str(c.slice), c.metric): c for c in measure(rows).changes(before, after)}
    assert len(changes) == 8
    for name in GROUPS:
        mine = [i for i, g in enumerate(rows.group) if g == name]
        gained = sum(1 for i in mine if after[i] and not before[i])
        lost = sum(1 for i in mine if before[i] and not after[i])
        found = changes[("g=(not recorded)" if name is None else f"g={name}", "selection_rate")]
        low, high = paired_change_z(gained, lost, len(mine), sidak(0.95, 8))
        assert found.change.value == pytest.approx((gained - lost) / len(mine))
        assert (found.change.low, found.change.high) == pytest.approx((float(low), float(high)))
        assert found.worse == bool(high < 0)
        assert found.after.value - found.before.value == pytest.approx(found.change.value)
    positive = changes[("g=a", "true_positive_rate")]
    assert positive.change.n_eligible == sum(
        1 for g, y in zip(rows.group, rows.label, strict=True) if g == "a" and y == 1
    )


def test_whole_weights_move_the_value_like_repetition() -> None:
    rows, before, after = world(weights=True)
    times = rows.mass.astype(int)
    longer = Rows(
        part="choose", frame=rows.frame[np.repeat(np.arange(rows.n), times)], label=np.repeat(rows.label, times),
        group=[g for g, k in zip(rows.group, times, strict=True) for _ in range(k)],
    )  # fmt: skip
    one, other = measure(rows), measure(longer)
    repeated = np.repeat(before, times), np.repeat(after, times)
    pair = one.far_apart(before)
    assert pair is not None and pair == other.far_apart(repeated[0])
    weighed, plain = one.gap_change(before, after, pair), other.gap_change(*repeated, pair)
    assert weighed.value == pytest.approx(plain.value)
    assert weighed.high - weighed.low > plain.high - plain.low  # copies of a person are no new people


def test_being_flagged_is_the_other_way_round() -> None:
    rows, before, after = world()
    one, other = measure(rows), measure(rows, "not_selected")
    assert one.impact(before).value == pytest.approx(other.impact(~before).value)
    assert one.far_apart(before) == other.far_apart(~before)
    nobody = np.zeros(rows.n, dtype=bool)
    everybody = ~nobody
    assert all(c.worse for c in one.changes(everybody, nobody))
    assert not any(c.worse for c in other.changes(everybody, nobody))
    assert {c.metric for c in other.changes(before, after)} == {"selection_rate", "false_positive_rate"}


def test_small_groups_have_no_numbers_and_take_no_part() -> None:
    rows, before, after = world(100)
    at = measure(rows, min_n=30)
    assert list(at.large) == [np.sum([g == n for g in rows.group]) >= 30 for n in GROUPS]
    small = [c for c in at.changes(before, after) if not at.large[at.slices.index(c.slice)]]
    assert small and all(c.change.value is None and c.change.status == "insufficient" and not c.worse for c in small)
    assert measure(rows, min_n=1_000).far_apart(before) is None
    assert measure(rows, min_n=1_000).impact(before).value is None


def test_unknown_labels_are_left_out_of_accuracy() -> None:
    rows, before, _ = world(200)
    label = rows.label.copy()
    label[:50] = np.nan
    partly = Rows(part="choose", frame=rows.frame, label=label, group=rows.group)
    assert measure(partly).accuracy(before).n_eligible == 150
    assert measure(partly).accuracy(before).value == pytest.approx(np.mean(before[50:] == (label[50:] == 1)))
    with pytest.raises(st.InputError, match="not as many as the rows"):
        Rows(part="choose", frame=rows.frame, label=label[1:], group=rows.group)


scores = some.lists(some.sampled_from([0.0, 0.1, 0.2, 0.5, 0.7, 0.70000001, 1.0]), min_size=1, max_size=40)


@given(scores, some.floats(0, 1), some.integers(0, 9))
def test_no_threshold_comes_nearer(values: list[float], share: float, seed: int) -> None:
    s = np.array(values)
    w = np.random.default_rng(seed).integers(1, 4, len(s)).astype(float)
    threshold, got = matching_threshold(s, w, share)
    assert got == pytest.approx(w[s >= threshold].sum() / w.sum())
    for other in [*values, 2.0]:
        assert abs(got - share) <= abs(w[s >= other].sum() / w.sum() - share) + 1e-9


def test_the_threshold_lies_half_way() -> None:
    assert matching_threshold(np.array([0.1, 0.2, 0.6, 0.8]), np.ones(4), 0.5) == (pytest.approx(0.4), 0.5)
