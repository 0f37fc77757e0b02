"""What options of an evaluation ask for, a project's file asks for too: and its columns are no features by accident."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import sterling as st
from sterling.core.errors import ConfigError
from sterling.core.project_file import read_project
from sterling.pipeline.checking import inspect_project
from tests.pipeline.small import artifacts, carried_out, people, write

MODEL = '[model]\nscores = ["p", "old"]\n'
TRAIN = '[train]\nrecipe = "logistic"\nfolds = 2\n'
HEAD = """
[project]
name = "options"

[data]
path = "people.parquet"
label = "y"
label_kind = "outcome"
groups = ["g"]
id = "id"

[data.group_probabilities]
h = { u = "p_u", v = "p_v" }

"""
PLAN = """
[plan]
metrics = ["auc", "mean(`phi.x`)"]
{more}

[[limit]]
name = "inferred"
metric = "selection_rate"
max_gap = 0.9
groups = ["inferred h"]
"""


def _table() -> pl.DataFrame:
    table, rng = people(1200), np.random.default_rng(3)
    chance = rng.random(table.height)
    return table.with_columns(
        z=rng.normal(size=table.height), p_u=chance, p_v=1 - chance, shap_x=pl.col("x") / 2, shap_z=pl.col("x") / 9,
        phi=pl.struct(x=pl.col("x") / 2), old=(pl.col("p") + 0.2).clip(0, 1),
    )  # fmt: skip


def _written(
    folder: Path, model: str = MODEL, more: str = 'compare = "old"', table: pl.DataFrame | None = None
) -> Path:
    return write(folder, HEAD + model + PLAN.format(more=more), _table() if table is None else table)


SEARCHED = 'discover_metric = "false_negative_rate"\ndiscover_features = ["x", "z"]'
EXPLAINED = 'attributions = ["shap_*"]\nattribution_unit = "log-odds"\ndiscover = true'
ASKED = {
    "two models": (MODEL, 'compare = "old"\n' + SEARCHED, {
        "score": ["p", "old"], "compare": "old",
        "discover": {"metric": "false_negative_rate", "features": ["x", "z"]},
    }),
    "one model": (MODEL.replace(', "old"', ""), EXPLAINED, {
        "score": "p", "attributions": "shap_*", "attribution_unit": "log-odds", "discover": True,
    }),
}  # fmt: skip


@pytest.mark.parametrize("asked", ASKED)
def test_a_run_asks_what_an_evaluation_is_asked(tmp_path: Path, asked: str) -> None:
    model, more, options = ASKED[asked]
    folder = _written(tmp_path, model, more)
    assert not inspect_project(read_project(folder)).stops
    found = carried_out(folder)
    assert found.dossier is not None
    run = found.dossier.run
    other = st.evaluate(
        folder / "people.parquet", label="y", groups="g", id="id", label_kind="outcome",
        policy=folder / "sterling.toml", memberships={"h": {"u": "p_u", "v": "p_v"}},
        metrics=["auc", "mean(`phi.x`)"], **options,  # type: ignore[arg-type]
    )  # fmt: skip
    assert run.plan.hash == other.plan.hash
    assert [e.outcome for e in run.evidence] == [e.outcome for e in other.evidence]
    assert {e.outcome for e in run.evidence} == {"measured"}
    assert run.frame.equals(other.frame)
    assert {"FA020", "QU003", "EX001" if asked == "one model" else "QU004"} <= {e.check for e in run.evidence}


def test_attributions_and_chances_of_groups_are_not_shown_to_a_recipe_and_that_is_said(tmp_path: Path) -> None:
    table = _table().drop("p", "old", "phi")
    folder = _written(tmp_path, TRAIN, 'attributions = ["shap_*"]', table)
    text = (folder / "sterling.toml").read_text(encoding="utf-8").replace(', "mean(`phi.x`)"', "")
    (folder / "sterling.toml").write_text(text, encoding="utf-8")
    said = (
        "the model is not shown p_u, p_v: the chance of a group stands for the group",
        "the model is not shown shap_x, shap_z: what features add to a score is no feature",
    )
    assert set(said) <= set(inspect_project(read_project(folder)).notices)
    found = carried_out(folder)
    facts = artifacts(folder, found.run)["model"].properties
    assert facts["features"] == ["x", "z", "kind"]
    assert set(facts["left_out"]) == {"p_u", "p_v", "shap_x", "shap_z"}  # type: ignore[arg-type]
    assert found.dossier is not None
    assert set(said) <= set(found.dossier.run.notices)
    roles = {column.name: column.role for column in found.dossier.data.columns}
    assert (roles["shap_x"], roles["p_u"], roles["x"]) == ("attribution", "chance of a group", "feature")


def test_a_recipe_is_shown_them_where_they_are_named_and_that_is_said_too(tmp_path: Path) -> None:
    named = TRAIN + 'features = ["x", "p_u"]\n'
    folder = _written(tmp_path, named, "", _table().drop("p", "old"))
    notices = inspect_project(read_project(folder)).notices
    assert "the model is shown p_u, as features says, and the chance of a group stands for the group" in notices
    run = carried_out(folder).run
    assert artifacts(folder, run)["model"].properties["features"] == ["x", "p_u"]


def test_attributions_of_an_ask_are_no_features_either(tmp_path: Path) -> None:
    ask = '[[ask]]\ncheck = "EX001"\nattributions = ["shap_*"]\n'
    folder = _written(tmp_path, TRAIN + ask, "", _table().drop("p", "old"))
    assert artifacts(folder, carried_out(folder).run)["model"].properties["features"] == ["x", "z", "kind"]


def test_columns_of_what_a_model_said_have_that_role(tmp_path: Path) -> None:
    found = carried_out(_written(tmp_path))
    assert found.dossier is not None
    roles = {column.name: column.role for column in found.dossier.data.columns}
    assert (roles["p"], roles["old"], roles["y"], roles["z"]) == ("score", "score", "label", "feature")


SLIPS = {
    "metric": ('metrics = ["auc"', 'metrics = ["aucc"', "metrics", "aucc"),
    "compare": ('"old"\n\n[[limit', '"new"\n\n[[limit', "compare", "no model is called 'new'"),
    "searched by": ('compare = "old"', 'discover_metric = "nothing"', "discover_metric", "nothing"),
    "attributions": ('compare = "old"', 'attributions = ["shop_*"]', "attributions", "explain one model"),
    "none found": ('compare = "old"', 'attributions = ["shop_{model}_*"]', "attributions", "no column is named like"),
    "searched": ('compare = "old"', 'discover_features = ["xx"]', "discover_features", "'xx', which is not a column"),
    "no chance": ('v = "p_v"', 'v = "p_w"', "[data.group", "'p_w', which is not a column"),
    "one value": (', v = "p_v"', "", "[data.group", "lacks values"),
    "no group": ('{ u = "p_u", v = "p_v" }', '"p_u"', "[data.group", "no table of groups"),
    "its task": ('label = "y"', 'label = "y"\ntask = "regression"', "[data.group", "not compared for the task"),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_named_with_its_line(tmp_path: Path, slip: str) -> None:
    old, new, key, what = SLIPS[slip]
    folder = _written(tmp_path)
    text = (folder / "sterling.toml").read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new)
    (folder / "sterling.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as told:
        inspect_project(read_project(folder))
    assert what in told.value.what
    home, _, line = told.value.where.rpartition(":")
    assert home.endswith("sterling.toml")
    assert text.splitlines()[int(line) - 1].startswith(key)


NOT_OF_SETS = {
    "discover = true": "models, and the task is sets",
    'compare = "said"': "there is no model beside 'said' to compare with it",
}


@pytest.mark.parametrize("asked", NOT_OF_SETS)
def test_what_is_not_asked_of_a_task_is_refused_with_its_line(tmp_path: Path, asked: str) -> None:
    table = pl.DataFrame({"y": [["a"], ["b"]] * 40, "said": [["a"]] * 80})
    data = '[project]\nname = "p"\n[data]\npath = "people.parquet"\nlabel = "y"\ntask = "sets"\n'
    folder = write(tmp_path, f'{data}[model]\npredictions = ["said"]\n[plan]\n{asked}\n', table)
    for refused in (lambda: inspect_project(read_project(folder)), lambda: carried_out(folder)):
        with pytest.raises(ConfigError, match=NOT_OF_SETS[asked]) as told:
            refused()
        assert told.value.where == "sterling.toml:10"
        assert told.value.hint.startswith("leave [plan] ")


def test_discover_false_searches_for_nothing_whatever_else_is_said_of_the_search() -> None:
    from sterling.core.project import Measuring

    how = {"discover_metric": "false_negative_rate", "discover_features": ("x",)}
    assert Measuring(discover=False, **how).search is False  # type: ignore[arg-type]
    assert Measuring(**how).search == {"metric": "false_negative_rate", "features": ["x"]}  # type: ignore[arg-type]
    assert (Measuring(discover=True).search, Measuring().search) == (True, False)


CHANGES = [("set_recall", ""), ("representation", "the change of .* is not worked out")]


@pytest.mark.parametrize(("metric", "said"), CHANGES)
def test_limits_on_changes_are_foretold(tmp_path: Path, metric: str, said: str) -> None:
    table = pl.DataFrame({"y": [["a"], ["b"]] * 40, "said": [["a"]] * 80, "then": [["a"], ["b"]] * 40})
    limit = f'[[limit]]\nmetric = "{metric}"\nmax_drop = 0.1\nagainst = "said"\n'
    data = '[project]\nname = "p"\n[data]\npath = "people.parquet"\nlabel = "y"\ntask = "sets"\n'
    model = '[model]\npredictions = ["said", "then"]\n[plan]\ncompare = "said"\n'
    folder = write(tmp_path, data + model + limit, table)
    if not said:
        inspect_project(read_project(folder))
        dossier = carried_out(folder).dossier
        assert dossier is not None
        assert {v.verdict for v in dossier.run.judgement.verdicts if v.limit is not None} == {"within"}
        return
    for refused in (lambda: inspect_project(read_project(folder)), lambda: carried_out(folder)):
        with pytest.raises(ConfigError, match=said) as told:
            refused()
        assert told.value.where == "sterling.toml:13"
