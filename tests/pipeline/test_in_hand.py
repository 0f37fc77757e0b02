"""What a run still has in hand is what it would read back: bytes, verdicts and pages do not tell the two apart."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from sterling.core.codec import evidence_bytes, read_run
from sterling.core.project_file import read_project
from sterling.core.records import Artifact
from sterling.pipeline.conduct import Silent, run_project
from sterling.pipeline.execution import Ended, Hands
from sterling.pipeline.finish import Outcome
from sterling.pipeline.gather import dossier
from sterling.pipeline.models import model_of_bytes
from sterling.pipeline.schemas import infer_schema
from sterling.pipeline.step import made_table, table_of
from sterling.pipeline.wiring import card_files, project_page
from sterling.recipes.fitting import fit, one_thread
from sterling.recipes.registry import find_recipe
from tests.pipeline.small import GIVEN, OWN, TRAINED, artifacts, carried_out, ledger_of, people, write

ALONE = TRAINED.replace("folds = 2", "folds = 0")
LIMIT_ON_DATA = '\n[[limit]]\nname = "few missing"\nmetric = "missing_share"\nmax = 0.1\n'
GROUPS = 'groups = ["g"]\n'
SCHEMA = 'schema = "schema.toml"\nenvironment = "training"\n'
PROJECTS = {
    "trained": ALONE,
    "cross-fitted": TRAINED + LIMIT_ON_DATA,
    "trees": ALONE.replace('"logistic"', '"boosted-trees"') + LIMIT_ON_DATA,
    "own step": ALONE + OWN,
    "given": GIVEN + LIMIT_ON_DATA,
    "schema": ALONE.replace(GROUPS, f"{GROUPS}{SCHEMA}"),
    "schema, groups that are made": ALONE.replace(GROUPS, f'groups = ["g", "cut(x, 0)"]\n{SCHEMA}'),
    "schema, own step": (ALONE + OWN).replace(GROUPS, f"{GROUPS}{SCHEMA}"),
}
STEPS = "import polars as pl\n\ndef clean(table):\n    return table.with_columns(z=pl.lit(1))\n"


@pytest.fixture(scope="module", params=list(PROJECTS))
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A project, and its run that had everything in hand."""
    folder = write(tmp_path_factory.mktemp("hand") / "made", PROJECTS[request.param], people(600))
    (folder / "steps.py").write_text(STEPS)
    (folder / "schema.toml").write_text(infer_schema(people(), label="y", id="id").text)
    return folder, carried_out(folder)


def nothing_here(in_hand: Mapping[str, object], artifact: Artifact, kind: type) -> None:
    """As though another process had made it."""


def test_steps_that_read_everything_back_make_the_same(
    made: tuple[Path, Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, outcome = made
    again = Path(
        shutil.copytree(folder, tmp_path / "again", ignore=shutil.ignore_patterns("ledger.db*", "HEAD", "blobs"))
    )
    for module in ("step", "finish"):
        monkeypatch.setattr(f"sterling.pipeline.{module}.made_here", nothing_here)
    read = carried_out(again)
    before, after = artifacts(folder, outcome.run), artifacts(again, read.run)
    assert {r: (a.digest, a.properties) for r, a in before.items()} == {
        r: (a.digest, a.properties) for r, a in after.items()
    }
    assert "predictions" in before


def test_pages_drawn_from_what_is_in_hand_are_those_drawn_from_the_ledger(made: tuple[Path, Outcome]) -> None:
    folder, outcome = made
    told = outcome.dossier
    assert told is not None
    with ledger_of(folder) as ledger:
        read = dossier(read_project(folder), ledger, outcome.run)
    kept = replace(told, run=read.run, judgement=read.judgement)
    assert project_page(kept) == project_page(told)
    assert card_files(kept) == card_files(told)
    assert read.lineage.events and read.lineage == replace(told.lineage, executions=read.lineage.executions)
    assert read.artifacts == told.artifacts


def test_a_run_read_back_is_written_the_same(made: tuple[Path, Outcome]) -> None:
    told = made[1].dossier
    assert told is not None
    run = told.run
    content = evidence_bytes(run)
    read = read_run(content, provenance=run.provenance, policy=run.policy, wiring=run.wiring, title=run.title)
    assert evidence_bytes(read) == content
    assert read.plan == run.plan
    assert read.roles == run.roles
    assert read.groups == run.groups


@pytest.mark.parametrize("name", ["logistic", "scorecard", "boosted-trees", "random-forest"])
def test_a_model_read_back_scores_the_same_bytes(name: str) -> None:
    table = people(900).with_columns(
        x=pl.when(pl.col("id") % 11 > 0).then("x"), kind=pl.when(pl.col("id") % 13 > 0).then("kind")
    )
    learned, rows = table.head(600), table.tail(300)
    fitted = fit(find_recipe(name), {}, frame=learned, features=["x", "kind"], label=learned["y"].to_numpy(), seed=3)
    read = model_of_bytes(
        fitted.to_bytes(), suffix=".skops", name="read", features=list(fitted.features), positive=1,
        trusted=fitted.trusted,
    )  # fmt: skip
    with one_thread():
        assert read.predict(rows).tobytes() == fitted.predict(rows).tobytes()


def test_a_table_stays_in_hand_only_where_parquet_gives_it_back() -> None:
    plain = pl.DataFrame({"a": [1, None], "b": [0.5, float("nan")], "c": ["x", None], "d": [True, None]})
    kept = made_table(plain, type="table", name="t", properties={})
    assert kept.in_hand is plain
    assert table_of(kept.content).equals(plain, null_equal=True)
    for odd in (plain.cast({"c": pl.Categorical}), plain.cast({"a": pl.Duration("us")})):
        assert made_table(odd, type="table", name="t", properties={}).in_hand is None


def test_tables_that_nobody_reads_any_more_are_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = "".join(
        f'\n[[step]]\nname = "{new}"\nfunction = "steps.py:{new}"\nafter = "{old}"\n'
        for old, new in (("ingest", "one"), ("one", "two"), ("two", "three"))
    )
    folder = write(tmp_path / "p", ALONE + steps, people(600))
    code = (f"def {n}(table):\n    return table.with_columns(x=table['x'] + 1)\n\n" for n in ("one", "two", "three"))
    (folder / "steps.py").write_text("\n".join(code))
    in_hand: dict[str, object] = {}
    seen: dict[str, list[type]] = {}

    class Seeing(Silent):
        def ended(self, ended: Ended) -> None:
            seen[ended.step.name] = [type(x) for x in in_hand.values()]

    monkeypatch.setattr("sterling.pipeline.conduct.Hands", lambda **given: Hands(**given, in_hand=in_hand))
    with ledger_of(folder) as ledger:
        run_project(read_project(folder), ledger, watcher=Seeing())
    assert [seen[name].count(pl.DataFrame) for name in ("ingest", "one", "two", "three")] == [1, 2, 2, 2]
    assert {x.__name__ for x in seen["judge"]} == {"Written", "Judgement"}
