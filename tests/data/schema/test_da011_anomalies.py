"""DA011 through the whole path: quiet in null worlds, fires on planted faults, the same wherever rows are counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.codec import evidence_bytes, read_run
from sterling.core.data.schema_text import write_schema
from sterling.core.evidence import Evidence
from sterling.core.policy import Policy
from sterling.core.run import Run
from sterling.data.schema.checking import hold
from sterling.data.schema.inference import infer
from sterling.pipeline.tables import profile
from tests.data.schema.tables import access
from tests.house.law import ROOT
from tests.worlds.world import allowed

EXAMPLES = ("lending", "income", "recidivism")
LABELS = {"lending": "approved", "income": "over_50k", "recidivism": "rearrested"}


def table(name: str) -> pl.DataFrame:
    return pl.read_parquet(ROOT / f"examples/{name}/data/{name}.parquet")


def asked(data: object, schema: Path, environment: str | None = None, policy: Policy | None = None) -> Run:
    settings = {"DA011": {"schema": str(schema), "environment": environment}}
    return profile(data, checks=["DA011"], settings=settings, policy=policy)


def answer(run: Run) -> Evidence:
    return next(e for e in run.evidence if e.check == "DA011")


@pytest.mark.parametrize("name", EXAMPLES)
def test_null_the_examples_keep_their_own_schemas(name: str) -> None:
    found = answer(asked(table(name), ROOT / f"examples/{name}/schema.toml", "training"))
    assert found.about is not None
    assert found.about.anomalies is not None
    assert found.about.anomalies.found == ()
    assert found.about.anomalies.checked >= 40
    assert [(f.metric.name, f.value, f.low, f.high) for f in found.findings] == [
        ("anomaly_errors", 0, 0, 0), ("anomaly_warnings", 0, 0, 0), ("anomaly_notes", 0, 0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "runs"), [("lending", 60), pytest.param("income", 100, marks=pytest.mark.slow)])
def test_null_halves_of_one_table_differ_by_chance_alone(name: str, runs: int) -> None:
    """A schema of one half, held against the other: an error in at most 1 of 20 halves, all promises together."""
    whole = table(name)
    random = np.random.default_rng(5)
    alarms = 0
    for _ in range(runs):
        order = random.permutation(whole.height)
        first, second = (whole[rows] for rows in np.array_split(order, 2))
        schema = infer(access(first, label=LABELS[name]))
        alarms += bool(hold(schema, access(second), "training").errors)
    assert alarms / runs <= allowed(0.05, runs)


def test_null_rare_values_and_heavy_tails_are_no_news() -> None:
    """Worlds that range and domain find hardest: values nobody saw, and a mean that no sample settles."""
    random = np.random.default_rng(11)
    alarms, runs = 0, 300

    def drawn() -> pl.DataFrame:
        words = random.zipf(1.6, 400).clip(max=200).astype(str).tolist()
        missing = random.random(400) < 0.01
        return pl.DataFrame({
            "word": words, "heavy": random.standard_cauchy(400), "log": random.lognormal(0, 2, 400),
            "rare": [None if m else 1.0 for m in missing], "flag": random.random(400) < 0.02,
        })  # fmt: skip

    for _ in range(runs):
        alarms += bool(hold(infer(access(drawn())), access(drawn())).errors)
    assert alarms / runs <= allowed(0.05, runs)


def test_planted_faults_in_a_real_table_are_each_found(tmp_path: Path) -> None:
    income = table("income")
    schema = tmp_path / "schema.toml"
    schema.write_text(write_schema(infer(access(income, label="over_50k", id="id"))))
    i = pl.int_range(pl.len())
    bad = income.with_columns(
        age=pl.when(i < 30).then(pl.lit(999)).otherwise("age"),
        race=pl.when(i < 60).then(pl.lit("white")).otherwise("race"),
        workclass=pl.when(i < 9000).then(None).otherwise("workclass"),
        score=pl.when(i < 3).then(pl.lit(float("nan"))).otherwise("score"),
        id=pl.when(i < 2).then(pl.lit(7)).otherwise("id"),
        capital_loss=pl.lit(0),
        hours_per_week=pl.col("hours_per_week").cast(pl.String),
        zip=pl.lit("02139"),
    ).drop("occupation")
    run = asked(bad, schema)
    about = answer(run).about
    assert about is not None
    assert about.anomalies is not None
    told = {(a.column, a.kind, a.rows) for a in about.anomalies.found}
    assert told == {
        ("age", "out_of_range", 30), ("race", "out_of_domain", 60), ("race", "misspelt_values", 60),
        ("workclass", "missing_values", 9000 + int(income["workclass"][9000:].null_count())),
        ("score", "nan_values", 3), ("id", "not_unique", 3), ("capital_loss", "constant", None),
        ("hours_per_week", "numbers_as_text", None), ("zip", "unexpected_column", None),
        ("occupation", "missing_column", None),
    }  # fmt: skip
    again = read_run(evidence_bytes(run), provenance=run.provenance, policy=run.policy, wiring=run.wiring)
    assert again.evidence == run.evidence
    assert str(tmp_path) not in evidence_bytes(run).decode().replace(str(schema), "")


def test_a_limit_on_errors_is_judged(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[[limit]]\nmetric = "anomaly_errors"\nmax = 0\n')
    schema = ROOT / "examples/recidivism/schema.toml"
    people = table("recidivism")
    kept = asked(people, schema, policy=Policy.load(policy))
    broken = asked(people.with_columns(decile=11), schema, policy=Policy.load(policy))
    assert [v.verdict for v in kept.judgement.verdicts if v.limit] == ["within"]
    assert [(v.verdict, v.finding.value) for v in broken.judgement.verdicts if v.limit and v.finding] == [("over", 1)]
    assert (kept.judgement.exit_code, broken.judgement.exit_code) == (0, 1)


def test_without_a_schema_the_question_is_not_applicable() -> None:
    found = answer(profile(table("recidivism"), checks=["DA011"]))
    assert (found.outcome, found.reason) == ("not_applicable", "no schema was given")


def test_an_unknown_environment_is_a_slip(tmp_path: Path) -> None:
    with pytest.raises(st.ConfigError, match="did you mean serving"):
        asked(table("recidivism"), ROOT / "examples/recidivism/schema.toml", "servin")
