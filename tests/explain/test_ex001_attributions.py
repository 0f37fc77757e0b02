"""EX001: a feature that moves one group's scores is named; where none does, alarms stay as rare as promised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

import sterling as st
from sterling.core.attributed import Attributed, attribution_columns
from sterling.core.codec import evidence_bytes, read_run
from sterling.core.errors import ConfigError, InputError
from sterling.core.evidence import Evidence
from sterling.core.judge import judge
from sterling.core.slices import EVERYONE, Slice
from sterling.engine.task import Request
from tests.quality.detection.pictures import made as boxes
from tests.worlds.world import allowed, share

A, B = Slice.of({"g": "a"}), Slice.of({"g": "b"})


def people(n: int, *, shift: float = 0.0, seed: int = 0, spread: float = 1.0) -> pl.DataFrame:
    """Attributions of three features; those of x1 lie `shift` higher in group b."""
    rng = np.random.default_rng(seed)
    b = np.arange(n) % 3 == 0
    return pl.DataFrame(
        {
            "y": rng.integers(0, 2, n), "p": rng.random(n), "g": np.where(b, "b", "a"), "w": rng.uniform(0.2, 3, n),
            "c": rng.integers(0, max(n // 4, 1), n), "shap_x1": rng.normal(0.2, spread, n) + shift * b,
            "shap_x2": rng.normal(-0.1, 1, n), "shap_größe": rng.exponential(1, n),
        }
    )  # fmt: skip


def asked(frame: Any, **roles: Any) -> tuple[Evidence, Attributed]:
    run = st.evaluate(frame, label="y", score="p", groups="g", attributions="shap_*", **roles)
    evidence = next(e for e in run.evidence if e.check == "EX001")
    assert evidence.attributed is not None
    return evidence, evidence.attributed


def test_planted_feature_is_named() -> None:
    evidence, found = asked(people(900, shift=1.0))
    (finding,) = evidence.findings
    assert finding.metric.label == "Mean attribution of x1"
    assert finding.at == ("shap_x1",)
    assert 0.5 < finding.low < finding.value < finding.high
    assert found.apart.estimate("mean(shap_x1)", B).low > 0  # type: ignore[operator]
    for metric in ("mean(shap_x2)", "mean(`shap_größe`)"):
        estimate = found.apart.estimate(metric, B)
        assert estimate.low < 0 < estimate.high  # type: ignore[operator]


@pytest.mark.parametrize("baseline", [None, ("g=a",)], ids=str)
def test_null_worlds_alarm_at_most_as_promised(baseline: tuple[str, ...] | None) -> None:
    """No feature differs between groups: in 95 % of worlds neither the widest gap nor a single difference is sure."""
    count, n = 120, 240
    rng = np.random.default_rng(7)
    columns = {
        f"w{k}_{f}": rng.normal(0.2, 1, n) if f == "x" else rng.exponential(1, n) for k in range(count) for f in "xyz"
    }
    frame = people(n).select("y", "p", "g").with_columns(**columns)
    asks = (st.ask("EX001", name=f"w{k}", attributions=f"w{k}_*", baseline=baseline) for k in range(count))
    run = st.evaluate(frame, label="y", score="p", groups="g", plan=st.Plan(asks=tuple(asks), grid=False))
    gaps, singles = [], []
    for evidence in run.evidence:
        assert evidence.attributed is not None
        gaps.append("over" if evidence.findings[0].low > 0 else "quiet")
        apart = evidence.attributed.apart.frame().drop_nulls("value")
        assert len(apart) == (6 if baseline is None else 3)
        singles.append("over" if ((apart["low"] > 0) | (apart["high"] < 0)).any() else "quiet")
    for found in (gaps, singles):
        assert share(found, "over") <= allowed(0.05, count)
    assert "over" in gaps  # at the edge alarms do come


def test_means_sizes_totals_and_shares_of_pandas() -> None:
    frame = people(600, seed=3).with_columns(
        shap_x2=pl.when(pl.int_range(pl.len()) % 50 == 0).then(float("nan")).otherwise(pl.col("shap_x2"))
    )
    evidence, found = asked(frame, attribution_unit="log-odds")
    assert (found.features, found.unit) == (("x1", "x2", "größe"), "log-odds")
    columns = ["shap_x1", "shap_x2", "shap_größe"]
    table = frame.to_pandas()
    for slice_, part in ((EVERYONE, table), (A, table[table.g == "a"]), (B, table[table.g == "b"])):
        whole = part[columns].dropna().abs()
        for column in columns:
            known = part[column].dropna()
            name = f"`{column}`" if "ö" in column else column
            expected = {
                "mean": known.mean(), "mean_absolute": known.abs().mean(), "total": known.sum(),
                "total_absolute": known.abs().sum(), "share_of_size": whole[column].sum() / whole.to_numpy().sum(),
            }  # fmt: skip
            for measure, value in expected.items():
                estimate = found.estimates.estimate(f"{measure}({name})", slice_)
                assert estimate.value == pytest.approx(value, rel=1e-9)
                assert estimate.n_eligible == (len(whole) if measure == "share_of_size" else len(known))
                assert estimate.low < estimate.value < estimate.high  # type: ignore[operator]
    assert evidence.notes == (
        "Rows without an attribution are left out of that feature's numbers, and of all shares: x2 (12).",
    )
    total = sum(found.estimates.estimate(f"share_of_size({c})", B).value or 0 for c in (*columns[:2], "`shap_größe`"))
    assert total == pytest.approx(1)


def test_difference_to_all_others_is_welch_like() -> None:
    """For one feature and two groups the bounds are the two Student intervals squared and added."""
    frame = people(500, shift=0.4, seed=4)
    run = st.evaluate(frame, label="y", score="p", groups="g", attributions="shap_x1")
    found = next(e.attributed for e in run.evidence if e.attributed is not None)
    a, b = (frame.filter(pl.col("g") == v)["shap_x1"].to_numpy() for v in "ab")
    level = 0.95**0.5  # two differences are looked at together: b against a, and a against b
    ends = [stats.t.interval(level, len(x) - 1, x.mean(), stats.sem(x)) for x in (b, a)]
    reach = np.hypot(b.mean() - ends[0][0], ends[1][1] - a.mean())
    estimate = found.apart.estimate("mean(shap_x1)", B)
    assert estimate.value == pytest.approx(b.mean() - a.mean())
    assert estimate.low == pytest.approx(b.mean() - a.mean() - reach, rel=1e-6)


@pytest.mark.parametrize("given", [{"weight": "w"}, {"cluster": "c"}, {"weight": "w", "cluster": "c"}], ids=str)
def test_all_others_are_those_outside(given: dict[str, Any]) -> None:
    """The others of b are group a: the same mean and interval as a's own, with weights and clusters too."""
    frame = people(400, shift=0.3, seed=5)
    _, rest = asked(frame, **given)
    _, fixed = asked(frame, baseline="g=a", **given)
    one, other = rest.apart.estimate("mean(shap_x1)", B), fixed.apart.estimate("mean(shap_x1)", B)
    assert one.value == pytest.approx(other.value)
    assert one.high - one.low > other.high - other.low  # type: ignore[operator]  # twice as many differences hold
    alone = st.evaluate(frame, label="y", score="p", groups="g", attributions="shap_x1", **given)
    wide = next(e.attributed for e in alone.evidence if e.attributed is not None).apart
    sides = [wide.estimate("mean(shap_x1)", s) for s in (A, B)]
    assert sides[0].value == pytest.approx(-(sides[1].value or 0))
    assert sides[0].low == pytest.approx(-(sides[1].high or 0), rel=1e-9)


def test_limits_on_the_ask() -> None:
    policy = st.Policy.parse(
        '[[ask]]\nname = "moved"\ncheck = "EX001"\nattributions = "shap_{feature}"\n'
        '[[limit]]\nask = "moved"\nmax_gap = 0.2'
    )
    run = st.evaluate(people(3000, shift=1.0), label="y", score="p", groups="g", policy=policy)
    found = judge(policy, run.evidence, more_people=lambda *_: None).verdicts
    assert [v.verdict for v in found if v.limit is not None] == ["over"]
    quiet = st.evaluate(people(30_000), label="y", score="p", groups="g", policy=policy)
    assert [v.verdict for v in quiet.judgement.verdicts if v.limit is not None] == ["within"]


def test_of_several_models_each_has_its_own() -> None:
    frame = people(300).rename({c: c.replace("shap_", "shap_p_") for c in ("shap_x1", "shap_x2")})
    frame = frame.with_columns(q=1 - pl.col("p"), shap_q_x1=pl.lit(1.0))
    roles: dict[str, Any] = {"label": "y", "score": ["p", "q"], "groups": "g"}
    run = st.evaluate(frame, attributions="shap_{model}_{feature}", **roles)
    found = {e.model: e.attributed.features for e in run.evidence if e.attributed is not None}
    assert found == {"p": ("x1", "x2"), "q": ("x1",)}
    with pytest.raises(ConfigError, match="attributions explain one model, and there are 2"):
        st.evaluate(frame, attributions="shap_*", **roles)


@pytest.mark.parametrize("kind", ["struct", "array", "list"])
def test_columns_that_hold_all_features(kind: str, tmp_path: Path) -> None:
    frame = people(300, shift=0.5)
    flat = ["shap_x1", "shap_x2", "shap_größe"]
    made = {
        "struct": pl.struct(x1="shap_x1", x2="shap_x2", größe="shap_größe"), "array": pl.concat_arr(flat),
        "list": pl.concat_list(flat),
    }[kind]  # fmt: skip
    nested = frame.select("y", "p", "g", phi=made)
    nested.write_parquet(tmp_path / "t.parquet")
    pattern = "phi.*" if kind == "struct" else "phi[*]"
    _, whole = asked(frame)
    run = st.evaluate(tmp_path / "t.parquet", label="y", score="p", groups="g", attributions=pattern)
    found = next(e.attributed for e in run.evidence if e.attributed is not None)
    assert found.features == (whole.features if kind == "struct" else ("0", "1", "2"))
    first = f"mean(`{found.columns[0]}`)"
    assert found.apart.estimate(first, B) == whole.apart.estimate("mean(shap_x1)", B)
    with pytest.raises(InputError, match="several values a row"):
        st.evaluate(nested, label="y", score="p", attributions="phi")


def test_lists_of_unequal_length_are_refused() -> None:
    frame = people(3).select("y", "p", "g").with_columns(phi=pl.Series([[1.0], [1.0, 2.0], [0.5]]))
    with pytest.raises(InputError, match="have 1 to 2 entries"):
        st.evaluate(frame, label="y", score="p", attributions="phi[*]")


def test_the_same_bytes_streamed_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = pl.int_range(pl.len()) % 9 == 0
    frame = people(900, shift=0.5).with_columns(shap_x2=pl.when(gone).then(None).otherwise(pl.col("shap_x2")))
    roles: dict[str, Any] = {
        "label": "y", "score": "p", "score_kind": "raw", "thresholds": 0.5, "groups": "g", "weight": "w",
        "attributions": "shap_*",
    }  # fmt: skip
    held = st.evaluate(frame, **roles)
    mixed = st.evaluate(frame.sample(fraction=1, shuffle=True, seed=2), **roles)
    assert evidence_bytes(mixed) == evidence_bytes(held)
    again = read_run(evidence_bytes(held), provenance=held.provenance, policy=held.policy, wiring=held.wiring)
    assert evidence_bytes(again) == evidence_bytes(held)
    frame[:400].write_parquet(tmp_path / "a.parquet", row_group_size=100)
    frame[400:].write_parquet(tmp_path / "b.parquet")
    plain = Request.__init__
    monkeypatch.setattr(Request, "__init__", lambda self, **given: plain(self, **{**given, "exact_rows": 10}))
    monkeypatch.setattr("sterling.engine.survey.BATCH_ROWS", 128)
    streamed = st.evaluate(str(tmp_path), **roles)

    def of(run: Any) -> pl.DataFrame:
        return next(e.attributed for e in run.evidence if e.attributed is not None).frame()

    assert of(streamed).equals(of(held))


def test_page_and_json_tell_it(tmp_path: Path) -> None:
    run = st.evaluate(
        people(600, shift=1.0), label="y", score="p", groups="g", attributions="shap_*", people="<b>patients"
    )
    run.save(tmp_path / "r.html")
    assert "What moves the scores of whom" in (tmp_path / "r.html").read_text()
    document = json.loads(json.dumps(run.to_dict(), allow_nan=False))
    (record,) = document["attributions"]
    assert record["unit"] is None
    assert {r["metric"] for r in record["apart"]} == {"mean(shap_x1)", "mean(shap_x2)", "mean(`shap_größe`)"}


def test_without_groups_and_with_few_rows() -> None:
    run = st.evaluate(people(300), label="y", score="p", attributions="shap_*")
    evidence = next(e for e in run.evidence if e.check == "EX001")
    assert evidence.outcome == "measured"
    assert not evidence.findings
    evidence, found = asked(people(40), min_n=30)
    assert evidence.findings[0].value != evidence.findings[0].value  # NaN: group b has 14
    assert [(t.slice, t.n) for t in evidence.too_small] == [(A, 26), (B, 14)]
    assert found.apart.estimate("mean(shap_x1)", B).value is None


@pytest.mark.parametrize(
    ("patterns", "columns", "found"),
    [
        (("shap_*",), ["shap_a", "x", "shap_b c"], {"a": "shap_a", "b c": "shap_b c"}),
        (("*_shap",), ["a_shap", "shap"], {"a": "a_shap"}),
        (("phi({feature})",), ["phi(x)", "phi()"], {"x": "phi(x)"}),
        (("a", "b_*"), ["a", "b_c", "z"], {"a": "a", "c": "b_c"}),
    ],
)
def test_patterns_find_columns(patterns: Any, columns: list[str], found: dict[str, str]) -> None:
    assert attribution_columns(patterns, columns) == found


@pytest.mark.parametrize(
    ("patterns", "message"),
    [
        (("shapp_*",), "no column is named like"),
        (("*",), "cannot be read"),
        (("a*b*",), "cannot be read"),
        (("shap_{model}_*",), "stands for several models"),
        (("shap_*", "phi_*"), "both attributions of 'a'"),
    ],
)
def test_patterns_that_cannot_be_used(patterns: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        attribution_columns(patterns, ["shap_a", "phi_a"])


def test_columns_with_a_role_are_no_attributions() -> None:
    frame = people(60).rename({"p": "shap_p"})
    with pytest.raises(ConfigError, match="has a role of its own"):
        st.evaluate(frame, label="y", score="shap_p", attributions="shap_*")


def test_images_are_no_rows_beside_which_columns_are_added_up() -> None:
    frame = boxes(60).with_columns(shap_x1=pl.lit(1.0), shap_x2=pl.lit(2.0))
    roles: dict[str, Any] = {"task": "detection", "label": "boxes", "prediction": "found", "groups": "g"}
    with pytest.raises(ConfigError, match=r"attributions is for .* models, and the task is detection"):
        st.evaluate(frame, attributions="shap_*", **roles)
    policy = st.Policy.parse('[[ask]]\nname = "moved"\ncheck = "EX001"\nattributions = "shap_*"')
    run = st.evaluate(frame, policy=policy, **roles)
    assert next(e.outcome for e in run.evidence if e.check == "EX001") == "not_applicable"
