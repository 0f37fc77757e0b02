"""DA003: groups beside a reference population."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from sterling.core.codec import evidence_bytes, read_run
from sterling.core.errors import ConfigError, InputError
from tests.data.people.asking import INCOME, asked, one, run, shuffled, word

CODE = "DA003"
HALVES = "g: a=0.5, b=0.5"


def people(counts: dict[str | None, int]) -> pl.DataFrame:
    return pl.DataFrame({"g": pl.Series([k for k, n in counts.items() for _ in range(n)], dtype=pl.String)})


def test_hand_worked() -> None:
    """65 of 100 against halves: 0.15 too many, ratio 1.3 and 0.7; Wilson's interval of 0.65 is 0.553 to 0.736."""
    evidence = asked(people({"a": 65, "b": 35}), CODE, {"reference": HALVES}, groups="g")
    assert evidence.about is not None and evidence.about.people is not None
    first, second = evidence.about.people.reference
    assert (first.share.value, first.reference, first.difference.value) == (0.65, 0.5, pytest.approx(0.15))
    low, high = proportion_confint(65, 100, method="wilson")
    assert (first.share.low, first.share.high) == (pytest.approx(low), pytest.approx(high))
    assert first.difference.low == pytest.approx(low - 0.5) and first.ratio.high == pytest.approx(high / 0.5)
    assert second.ratio.value == pytest.approx(0.7)
    exact = stats.binomtest(65, 100).proportion_ci(0.95, method="exact")
    gap = one(evidence, "representation_gap")
    assert (gap.value, gap.low) == (pytest.approx(0.15), pytest.approx(exact.low - 0.5))
    assert gap.high == pytest.approx(stats.binomtest(65, 100, alternative="less").proportion_ci(0.95).high - 0.5)
    (fit,) = evidence.about.people.fits
    assert fit.p == pytest.approx(stats.binomtest(65, 100).pvalue) and fit.method == "exact binomial test"


def test_planted_absence_is_found() -> None:
    """A group that the reference has and the table lacks is there with a share of 0, and below any floor."""
    settings = {"reference": "g: a=0.5, b=0.4, c=0.1"}
    evidence = asked(people({"a": 250, "b": 250}), CODE, settings, groups="g")
    ratio = one(evidence, "representation_ratio")
    assert (str(ratio.first.slice), ratio.value, ratio.first.n) == ("g=c", 0.0, 0)
    limit = 'metric = "representation_ratio"\nmin = 0.8'
    assert word(people({"a": 250, "b": 250}), CODE, limit, settings, groups="g") == "over"


@pytest.mark.parametrize("k", [2, 5])
def test_null_worlds_are_rarely_called_over(k: int) -> None:
    """Limit 0 on the gap: in at most 5 % of 120 tables drawn from the reference itself (6; 14 is 3 sd more)."""
    rng, shares = np.random.default_rng(k), np.arange(1, k + 1) / sum(range(1, k + 1))
    text = "g: " + ", ".join(f"g{i}={s!r}" for i, s in enumerate(shares.tolist()))
    called, reject = 0, 0
    for _ in range(120):
        counts = rng.multinomial(200, shares)
        evidence = asked(people({f"g{i}": int(c) for i, c in enumerate(counts)}), CODE, {"reference": text}, groups="g")
        called += one(evidence, "representation_gap").low > 0
        assert evidence.about is not None and evidence.about.people is not None
        reject += evidence.about.people.fits[0].p <= 0.05
    assert called <= 14 and reject <= 14


def test_simultaneous_bounds_hold_together() -> None:
    rng, shares = np.random.default_rng(9), np.array([0.6, 0.25, 0.1, 0.05])
    text = "g: a=0.25, b=0.25, c=0.25, d=0.25"
    held = 0
    for _ in range(100):
        counts = rng.multinomial(300, shares)
        evidence = asked(
            people({g: int(c) for g, c in zip("abcd", counts, strict=True)}), CODE, {"reference": text}, groups="g"
        )
        assert evidence.about is not None and evidence.about.people is not None
        held += all(
            r.low_together <= s - 0.25 <= r.high_together  # type: ignore[operator]
            for r, s in zip(evidence.about.people.reference, shares, strict=True)
        )
    assert held >= 88  # 95 promised, 88 is 3.2 sd below


def test_missing_and_unnamed_groups_are_told_apart() -> None:
    evidence = asked(people({"a": 60, "b": 40, "c": 15, None: 25}), CODE, {"reference": HALVES}, groups="g")
    assert evidence.about is not None and evidence.about.people is not None
    assert [r.share.n_eligible for r in evidence.about.people.reference] == [100, 100]
    told = {n.measure: (str(n.slice), n.estimate.value) for n in evidence.about.people.numbers}
    assert told["not_recorded_share"] == ("g=(not recorded)", pytest.approx(25 / 140))
    assert told["outside_reference_share"] == ("g=c", pytest.approx(15 / 140))
    assert len(evidence.notes) == 2


def test_a_reference_table_has_uncertainty_of_its_own(tmp_path: Path) -> None:
    """Counts as a sample, as exact, and row by row: the same shares; the sample is less sure."""
    frame = people({"a": 62, "b": 38})
    pl.DataFrame({"g": ["a", "b", "a"], "count": [30, 50, 20]}).write_csv(tmp_path / "counts.csv")
    people({"a": 50, "b": 50}).write_parquet(tmp_path / "rows.parquet")
    sample = asked(frame, CODE, {"reference": str(tmp_path / "counts.csv")}, groups="g")
    by_row = asked(frame, CODE, {"reference": str(tmp_path / "rows.parquet")}, groups="g")
    exact = asked(frame, CODE, {"reference": str(tmp_path / "counts.csv"), "exact": True}, groups="g")
    written = asked(frame, CODE, {"reference": HALVES}, groups="g")
    assert one(sample, "representation_gap").low == 0 < one(exact, "representation_gap").low
    for metric in ("representation_gap", "representation_ratio"):
        first, second = one(sample, metric), one(by_row, metric)
        assert (first.value, first.low, first.high) == (second.value, second.low, second.high)
        first, second = one(exact, metric), one(written, metric)
        assert (first.value, first.low, first.high) == (second.value, second.low, second.high)
    assert sample.about is not None and sample.about.people is not None
    record = sample.about.people.reference[0]
    assert record.reference_low is not None and record.reference_low < 0.5
    assert "SHA-256" in sample.about.people.source
    expected = stats.chi2_contingency([[62, 38], [50, 50]], correction=False).pvalue
    assert sample.about.people.fits[0].p == pytest.approx(expected)


def test_a_weighted_reference_is_worth_fewer_people(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    ref = pl.DataFrame({"g": rng.choice(["a", "b"], 400), "weight": rng.exponential(size=400)})
    ref.write_parquet(tmp_path / "ref.parquet")
    evidence = asked(people({"a": 60, "b": 40}), CODE, {"reference": str(tmp_path / "ref.parquet")}, groups="g")
    assert evidence.about is not None and evidence.about.people is not None
    record = evidence.about.people.reference[0]
    share = ref.filter(pl.col("g") == "a")["weight"].sum() / ref["weight"].sum()
    assert record.reference == pytest.approx(share)
    low, high = proportion_confint(share * 400, 400, method="wilson")
    assert record.reference_high - record.reference_low > (high - low) * 1.2  # type: ignore[operator]


def test_weights_count_as_repetition() -> None:
    plain = people({"a": 60, "b": 40})
    weighted = plain.with_columns(w=pl.lit(2.5))
    first = one(asked(plain, CODE, {"reference": HALVES}, groups="g"), "representation_gap")
    second = one(asked(weighted, CODE, {"reference": HALVES}, groups="g", weight="w"), "representation_gap")
    assert (first.value, first.low, first.high) == pytest.approx((second.value, second.low, second.high))
    tilted = plain.with_columns(w=pl.when(pl.col("g") == "a").then(2.0).otherwise(3.0))
    found = asked(tilted, CODE, {"reference": HALVES}, groups="g", weight="w")
    assert one(found, "representation_gap").value == pytest.approx(0.0)


def test_real_people_made_groups_and_crosses(tmp_path: Path) -> None:
    """Half of the table against the other half: the groups are made in the reference too, and all fits."""
    whole = shuffled(pl.read_parquet(INCOME), 5)
    whole[:24_000].select("sex", "race", "age").write_parquet(tmp_path / "ref.parquet")
    settings = {"reference": str(tmp_path / "ref.parquet"), "cross": 2}
    groups = ["sex", "race", "cut(age, 25, 40, 65)"]
    first = run(whole[24_000:], CODE, settings, groups=groups)
    again = run(shuffled(whole[24_000:], 1), CODE, settings, groups=groups)
    assert evidence_bytes(first) == evidence_bytes(again)
    (evidence,) = first.evidence
    assert evidence.about is not None and evidence.about.people is not None
    assert len(evidence.about.people.fits) == 6 and min(f.p for f in evidence.about.people.fits) > 0.001
    back = read_run(evidence_bytes(first), provenance=first.provenance, policy=first.policy, wiring=first.wiring)
    assert evidence_bytes(back) == evidence_bytes(first)


def test_insufficient_and_not_applicable() -> None:
    few = asked(people({"a": 10, "b": 5}), CODE, {"reference": HALVES}, groups="g")
    assert (few.outcome, few.too_small[0].n, few.too_small[0].n_needed) == ("insufficient", 15, 30)
    assert asked(people({"a": 40}), CODE, groups="g").outcome == "not_applicable"
    assert asked(people({"a": 40}), CODE, {"reference": HALVES}).outcome == "not_applicable"


def test_slips(tmp_path: Path) -> None:
    frame = people({"a": 60, "b": 40})
    (tmp_path / "other.csv").write_text("x,y\n1,2\n")
    for settings, told in (
        ({"reference": "h: a=0.5, b=0.5"}, "not a group column"),
        ({"reference": HALVES, "count": "n"}, "shares were written"),
        ({"reference": HALVES, "cross": 4}, "cross is 4"),
        ({"reference": HALVES, "groups": ("x",)}, "not a group column"),
        ({"reference": str(tmp_path / "other.csv")}, "none of the group columns"),
        ({"reference": str(tmp_path / "gone.csv")}, "gone.csv"),
    ):
        with pytest.raises((ConfigError, InputError), match=told):
            asked(frame, CODE, settings, groups="g")


def test_a_policy_asks_it() -> None:
    """`[[ask]]` with a table of shares, and a limit on it."""
    from sterling.core.policy import Policy

    policy = Policy.parse(
        '[[ask]]\nname = "census"\ncheck = "DA003"\nreference = {g = {a = 0.5, b = 0.5}}\n'
        '[[limit]]\nask = "census"\nmin = 0.7\n'
    )
    held = run(people({"a": 600, "b": 400}), CODE, policy=policy, groups="g")
    assert [v.verdict for v in held.judgement.verdicts if v.limit is not None] == ["within"]
