"""DA007: labels unlike what the other columns let expect."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from cleanlab.filter import find_label_issues

from sterling.core.codec import evidence_bytes
from sterling.core.errors import ConfigError, InputError
from sterling.core.evidence import Evidence
from sterling.data.people.doubts import doubted, two
from tests.data.people.asking import INCOME, RECIDIVISM, asked, one, run, shuffled, word

CODE = "DA007"


def shares(evidence: Evidence, measure: str = "doubtful_label_share") -> dict[str, float | None]:
    assert evidence.about is not None and evidence.about.people is not None
    return {str(n.slice): n.estimate.value for n in evidence.about.people.numbers if n.measure == measure}


def test_hand_worked() -> None:
    """Averages: 0.8 among labels 1, 0.7 for class 0 among labels 0; one row of each label is beyond the other's."""
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    positive = np.array([0.1, 0.1, 0.1, 0.9, 1.0, 1.0, 1.0, 0.2])
    assert doubted(labels, two(positive)).tolist() == [False] * 3 + [True] + [False] * 3 + [True]


def flipped(n: int, share: dict[str, float], seed: int) -> pl.DataFrame:
    """A label that two columns tell exactly, turned round in a share of each group."""
    rng = np.random.default_rng(seed)
    g = rng.choice(list(share), n)
    x = rng.normal(size=(n, 2))
    y = x.sum(axis=1) > 0
    flip = rng.random(n) < np.array([share[v] for v in g])
    return pl.DataFrame({"g": g, "a": x[:, 0], "b": x[:, 1], "y": (y ^ flip).astype(int), "id": np.arange(n)})


def test_planted_noise_of_one_group_is_found() -> None:
    frame = flipped(2_400, {"p": 0.02, "q": 0.2}, 0)
    held = asked(frame, CODE, label="y", groups="g", id="id")
    found = shares(held)
    assert found["g=q"] == pytest.approx(0.2, abs=0.06) and found["g=p"] < 0.08  # type: ignore[operator]
    limit = 'metric = "doubtful_label_gap"\nmax = 0.05'
    assert word(frame, CODE, limit, label="y", groups="g", id="id") == "over"


def test_null_worlds_of_equal_noise() -> None:
    called = 0
    for k in range(12):
        frame = flipped(800, {"p": 0.1, "q": 0.1}, 10 + k)
        evidence = asked(frame, CODE, {"recipe": "logistic"}, label="y", groups="g", id="id")
        called += one(evidence, "doubtful_label_gap").low > 0
    assert called <= 3  # 0.6 expected


def test_real_scores_as_cleanlab_called_directly() -> None:
    frame = pl.read_parquet(INCOME)
    evidence = asked(frame, CODE, {"score": "score", "rows": 100_000}, label="over_50k", groups="sex")
    y, p = frame["over_50k"].to_numpy().astype(int), frame["score"].to_numpy()
    issues = find_label_issues(y, np.stack([1 - p, p], axis=1), filter_by="confident_learning", n_jobs=1)
    women = (frame["sex"] == "female").to_numpy()
    assert shares(evidence) == pytest.approx(
        {"everyone": issues.mean(), "sex=female": issues[women].mean(), "sex=male": issues[~women].mean()}
    )
    assert shares(evidence, "doubtful_positive_share")["sex=female"] == pytest.approx(issues[women & (y == 1)].mean())


def test_label_kinds_are_spoken_of_as_what_they_are() -> None:
    frame = flipped(400, {"p": 0.1, "q": 0.1}, 3)
    for kind, told in (("human_decision", "not right or wrong"), ("annotation", "slip"), ("outcome", "happened")):
        notes = asked(frame, CODE, {"recipe": "logistic"}, label="y", groups="g", label_kind=kind).notes
        assert told in notes[0] and "not the model's own error" in notes[1]


def test_rows_are_named_by_their_id_only_when_asked() -> None:
    frame = flipped(600, {"p": 0.05, "q": 0.05}, 4).with_columns(id=pl.format("person {}", "id"))
    roles = {"label": "y", "groups": "g", "id": "id"}
    settings = {"recipe": "logistic"}
    assert "person " not in str(asked(frame, CODE, settings, **roles))
    named = asked(frame, CODE, {**settings, "ids": True, "most": 5}, **roles)
    assert named.about is not None and named.about.people is not None
    assert len(named.about.people.ids) == 5
    again = asked(shuffled(frame), CODE, {**settings, "ids": True, "most": 5}, **roles)
    assert again == named
    with pytest.raises(ConfigError, match="no id column"):
        asked(frame, CODE, {"ids": True}, label="y", groups="g")


def test_order_several_classes_and_no_groups() -> None:
    frame = pl.read_parquet(RECIDIVISM).head(1_500)
    settings = {"recipe": "logistic"}
    first = run(frame, CODE, settings, label="age_band", id="id", groups="sex")
    again = run(shuffled(frame), CODE, settings, label="age_band", id="id", groups="sex")
    assert evidence_bytes(first) == evidence_bytes(again)
    assert set(shares(first.evidence[0])) == {"everyone", "sex=female", "sex=male"}
    assert set(shares(asked(frame, CODE, settings, label="rearrested", id="id"))) == {"everyone"}


def test_what_cannot_be_looked_at() -> None:
    frame = flipped(400, {"p": 0.1, "q": 0.1}, 5)
    assert asked(frame, CODE, groups="g").outcome == "not_applicable"
    assert asked(frame, CODE, label="a", groups="g").outcome == "not_applicable"
    assert asked(frame.with_columns(y=pl.lit(1)), CODE, label="y", groups="g").outcome == "insufficient"
    assert asked(frame.head(40), CODE, label="y", groups="g").outcome == "insufficient"
    assert asked(frame.select("g", "y"), CODE, label="y", groups="g").outcome == "not_applicable"
    with pytest.raises(InputError, match="no probabilities"):
        asked(frame, CODE, {"score": "a"}, label="y", groups="g")
    with pytest.raises(InputError, match="no numbers"):
        asked(frame.with_columns(s=pl.lit("x")), CODE, {"score": "s"}, label="y", groups="g")
    with pytest.raises(ConfigError, match="is the label"):
        asked(frame, CODE, {"features": ("y",)}, label="y", groups="g")
