"""`sterling.toml`: read whole, and every slip named with file, line and the nearest right word."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

import sterling as st
from docs.write_schema import files
from sterling.core import project as nouns
from sterling.core.confine import locate
from sterling.core.named_slices import NamedSlice
from sterling.core.project_file import find_project, read_project
from sterling.core.project_keys import ENTRIES, KEYS
from sterling.core.project_schema import ANY, project_schema
from tests.house.law import ROOT

HEAD = '[project]\nname = "p"\n[data]\npath = "t.csv"\nlabel = "y"\ngroups = ["g"]\nid = "i"\n'
TRAIN = '[train]\nrecipe = "logistic"\n'
EXAMPLES = ("lending", "income", "recidivism")


def _read(folder: Path, text: str) -> nouns.Project:
    (folder / "sterling.toml").write_text(text, encoding="utf-8")
    return read_project(folder)


def test_every_key(tmp_path: Path) -> None:
    """A file with every key there is reads into the values it states."""
    (tmp_path / "steps.py").write_text("def clean(table): return table\n")
    project = _read(
        tmp_path,
        """
[project]
name = "p"
title = "T"
purpose = "why"
people = "applicants"
decision = "approved"
owner = "Kim"
version = "2"
licence = "MIT"
allow = ["/data"]
[data]
path = "t.csv"
label = "y"
positive = 1
favourable = true
label_kind = "outcome"
label_words = "what happened"
groups = ["g", "h"]
id = "i"
entity = "e"
time = "t"
weight = "w"
drop = ["d"]
not_recorded = ["disability"]
[split]
by = "time"
stratify = "g"
train = 0.5
choose = 0.25
certify = 0.25
seed = 3
[train]
recipe = "logistic"
features = ["a"]
drop = ["b"]
folds = 5
reweigh = ["g"]
seed = 4
[train.parameters]
C = 0.5
[[step]]
name = "clean"
function = "steps.py:clean"
after = "ingest"
[step.parameters]
deep = { a = [1] }
[plan]
thresholds = "0.1:0.3:0.1"
cross = 1
level = 0.9
min_n = 10
seed = 5
baseline = "g=a"
[[ask]]
name = "gap"
check = "FA001"
rate = "tpr"
[[limit]]
name = "l"
ask = "gap"
max_gap = 0.1
[[waiver]]
limit = "l"
owner = "Lee"
reason = "until the form is changed"
expires = 2027-03-31
[review]
required = 2
reviewers = ["a", "b"]
separate = true
notify = ["env:HOOK"]
[alternatives]
budget = 3
recipes = ["logistic"]
drop = [["a"], ["a", "b"]]
strengths = [0.5, 2]
group = "h"
seed = 6
""",
    )
    assert (project.name, project.title, project.owner, project.version, project.licence) == (
        "p",
        "T",
        "Kim",
        "2",
        "MIT",
    )
    assert (project.purpose, project.people, project.decision) == ("why", "applicants", "approved")
    assert project.allowed_folders == (Path("/data"),)
    assert project.data == nouns.Data(
        path="t.csv", label="y", positive="1", favourable="true", label_kind="outcome", label_words="what happened",
        groups=("g", "h"), id="i", entity="e", time="t", weight="w", drop=("d",), not_recorded=("disability",),
    )  # fmt: skip
    assert project.split == nouns.Split(by="time", stratify=("g",), train=0.5, choose=0.25, certify=0.25, seed=3)
    assert project.train == nouns.Train(
        recipe="logistic", features=("a",), drop=("b",), parameters={"C": 0.5}, folds=5, reweigh=("g",), seed=4
    )
    assert project.steps == (
        nouns.OwnStep(name="clean", function="steps.py:clean", parameters={"deep": {"a": [1]}}),
    )  # fmt: skip
    assert project.measuring == nouns.Measuring(
        thresholds=(0.1, 0.2, 0.3), cross=1, level=0.9, min_n=10, seed=5, baseline=("g=a",)
    )
    assert project.policy.limits[0].name == "l"
    assert project.policy.limits[0].origin == "sterling.toml:62"
    assert project.policy.ask_origins == ("sterling.toml:55",)
    assert project.waivers == (
        nouns.Waiver(
            limit="l", owner="Lee", reason="until the form is changed", expires=dt.date(2027, 3, 31),
            origin="sterling.toml:63",
        ),
    )  # fmt: skip
    assert project.review == nouns.ReviewRules(
        required=2, reviewers=("a", "b"), separate=True, notify=("env:HOOK",)
    )  # fmt: skip
    assert project.search == nouns.Search(
        budget=3, recipes=("logistic",), drop=(("a",), ("a", "b")), strengths=(0.5, 2.0), group="h", seed=6
    )
    assert project.policy.project["label_words"] == "what happened"
    assert project.policy.unread == ()


SLIPS = {
    "a table": ("[datta]\nx = 1\n", 10, "did you mean data"),
    "a bare key of a table": ("", 0, ""),
    "a key": (HEAD + TRAIN + "[review]\nrequird = 1\n", 11, "did you mean required"),
    "a key of another table": (HEAD + 'purpose = "x"\n' + TRAIN, 8, "it is a key of [project]"),
    "no name": ('[project]\ntitle = "x"\n[data]\npath = "a"\nlabel = "b"\n' + TRAIN, 1, "has no name"),
    "a bad name": (HEAD.replace('"p"', '"a b"') + TRAIN, 2, "1 to 64 letters"),
    "no data": ('[project]\nname = "p"\n' + TRAIN, 1, "no [data]"),
    "both": (HEAD + TRAIN + '[model]\nscores = ["s"]\n', 10, "keep [train] or [model]"),
    "a task without recipes": (HEAD + 'task = "regression"\n' + TRAIN, 10, "trains yes/no models"),
    "neither": (HEAD, 1, 'recipe = "logistic"'),
    "no recipe": (HEAD + "[train]\nseed = 1\n", 8, "has no recipe"),
    "model of two kinds": (HEAD + '[model]\npath = "m.onnx"\nscores = ["s"]\n', 8, "got: both"),
    "model of no kind": (HEAD + '[model]\nname = "m"\n', 8, "got: neither"),
    "shares": (HEAD + TRAIN + "[split]\ntrain = 0.7\n", 11, "add up to 1.1"),
    "nothing to certify": (HEAD + TRAIN + "[split]\ntrain = 0.8\ncertify = 0\n", 12, "no rows are left"),
    "a share beyond 1": (HEAD + TRAIN + "[split]\ntrain = 60\n", 11, "from 0 to 1"),
    "entity without column": (HEAD + TRAIN + '[split]\nby = "entity"\n', 11, "entity ="),
    "time without column": (HEAD + TRAIN + '[split]\nby = "time"\n', 11, "time ="),
    "split by what": (HEAD + TRAIN + '[split]\nby = "rows"\n', 11, "did you mean row"),
    "two roles": (HEAD.replace('id = "i"', 'id = "g"') + TRAIN, 6, "two roles"),
    "label as feature": (HEAD + TRAIN + 'features = ["y"]\n', 10, "would see y"),
    "no features": (HEAD + TRAIN + "features = []\n", 10, "are empty"),
    "one fold": (HEAD + TRAIN + "folds = 1\n", 10, "2 and more"),
    "reweigh": (HEAD + TRAIN + 'reweigh = ["gg"]\n', 10, "one of g"),
    "baseline": (HEAD + TRAIN + '[plan]\nbaseline = ["h=1"]\n', 11, "not a group column"),
    "baseline unreadable": (HEAD + TRAIN + '[plan]\nbaseline = ["h"]\n', 11, "column=value"),
    "level": (HEAD + TRAIN + "[plan]\nlevel = 0.5\n", 11, "0.95"),
    "thresholds": (HEAD + TRAIN + '[plan]\nthresholds = "0.1:x"\n', 11, "start:stop:step"),
    "a date as text": (
        HEAD + TRAIN + '[[limit]]\nname = "l"\nmetric = "tpr"\nmin = 0.5\n[[waiver]]\nlimit = "l"\nowner = "a"\n'
        'reason = "b"\nexpires = "2027-01-01"\n', 18, "without quotes",
    ),
    "waiver of nothing": (
        HEAD + TRAIN + '[[limit]]\nname = "gap"\nmetric = "tpr"\nmin = 0.5\n[[waiver]]\nlimit = "gp"\nowner = "a"\n'
        'reason = "b"\nexpires = 2027-01-01\n', 15, "did you mean gap",
    ),
    "waiver without reason": (
        HEAD + TRAIN + '[[limit]]\nname = "l"\nmetric = "tpr"\nmin = 0.5\n[[waiver]]\nlimit = "l"\nowner = "a"\n'
        'reason = " "\nexpires = 2027-01-01\n', 17, "is empty",
    ),
    "limits of one name": (
        HEAD + TRAIN + ('[[limit]]\nname = "l"\nmetric = "tpr"\nmin = 0.5\n' * 2), 15, "another limit is named",
    ),
    "a metric": (
        HEAD + TRAIN + '[[limit]]\nmetric = "selection_rat"\nmax_gap = 0.1\n', 11, "did you mean selection_rate",
    ),
    "a slice of nothing": (HEAD + TRAIN + '[[limit]]\nmetric = "tpr"\nmin = 0.1\nslice = "=x"\n', 13, "column=value"),
    "few reviewers": (HEAD + TRAIN + '[review]\nrequired = 2\nreviewers = ["a"]\n', 12, "2 must sign and 1 may"),
    "a secret that is no URL": (HEAD + TRAIN + '[review]\nnotify = ["hunter2"]\n', 11, "env:NAME"),
    "alternatives to a given model": (HEAD + '[model]\nscores = ["s"]\n[alternatives]\n', 10, "needs [train]"),
    "alternatives by what": (HEAD + TRAIN + '[alternatives]\ngroup = "h"\n', 11, "not a group column"),
    "no strength": (HEAD + TRAIN + "[alternatives]\nstrengths = [0]\n", 11, "above 0"),
    "a function": (HEAD + TRAIN + '[[step]]\nname = "s"\nfunction = "clean"\n', 12, "file.py:name"),
    "a step after nothing": (
        HEAD + TRAIN + '[[step]]\nname = "s"\nfunction = "a.py:f"\nafter = "ingst"\n', 13, "did you mean ingest",
    ),
    "steps in a circle": (
        HEAD + TRAIN + '[[step]]\nname = "s"\nfunction = "a.py:f"\nafter = "t"\n'
        '[[step]]\nname = "t"\nfunction = "a.py:f"\nafter = "s"\n', 13, "never begins",
    ),
    "allow what is not absolute": (HEAD.replace('name = "p"', 'name = "p"\nallow = ["data"]') + TRAIN, 3, "absolute"),
    "out of the folder": (HEAD.replace("t.csv", "../t.csv") + TRAIN, 4, "leaves the project"),
    "absolute and not listed": (HEAD.replace("t.csv", "/etc/passwd") + TRAIN, 4, "allow ="),
    "a glob out of the folder": (HEAD.replace("t.csv", "../*/t.csv") + TRAIN, 4, "leaves the project"),
    "a model elsewhere": (HEAD + '[model]\npath = "../m.onnx"\n', 9, "leaves the project"),
    "a step elsewhere": (HEAD + TRAIN + '[[step]]\nname = "s"\nfunction = "../a.py:f"\n', 12, "leaves the project"),
    "an address with a password": (HEAD.replace("t.csv", "https://a:b@c.org/t.parquet") + TRAIN, 4, "holds a password"),
    "no scope file": (HEAD + TRAIN + '[scope]\nfile = "other.toml"\n', 11, "there is no other.toml"),
}  # fmt: skip
SLIPS["a table"] = (HEAD + TRAIN + "[datta]\nx = 1\n", 10, "did you mean data")
SLIPS["a bare key of a table"] = ('recipe = "x"\n' + HEAD + TRAIN, 1, "belongs below [train]")


@pytest.mark.parametrize("case", SLIPS)
def test_slips_are_named_with_their_line(tmp_path: Path, case: str) -> None:
    text, line, words = SLIPS[case]
    with pytest.raises(st.ConfigError) as caught:
        _read(tmp_path, text)
    assert f"sterling.toml:{line}: " in str(caught.value)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_rows_of_one_entity_stay_together_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    person = HEAD.replace('label = "y"', 'label = "y"\nentity = "person"')
    assert _read(tmp_path, HEAD + TRAIN).split.by == "row"
    assert _read(tmp_path, person + TRAIN).split.by == "entity"
    assert _read(tmp_path, person + TRAIN + "[split]\nseed = 1\n").split.by == "entity"
    assert _read(tmp_path, person + TRAIN + '[split]\nby = "row"\n').split.by == "row"


def test_what_the_search_refuses_the_reader_refuses(tmp_path: Path) -> None:
    search = HEAD + TRAIN + "[alternatives]\nbudget = {}\n"
    assert _read(tmp_path, search.format(nouns.MOST_CANDIDATES)).search == nouns.Search(budget=1_000)
    with pytest.raises(st.ConfigError, match="1000"):
        _read(tmp_path, search.format(nouns.MOST_CANDIDATES + 1))


def test_links_are_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "p", tmp_path / "elsewhere"
    inside.mkdir()
    outside.mkdir()
    (outside / "t.csv").write_text("y\n1\n")
    (inside / "t.csv").symlink_to(outside / "t.csv")
    (inside / "folder").mkdir()
    (inside / "folder" / "a.csv").symlink_to(outside / "t.csv")
    (inside / "round").symlink_to(inside / "round")
    for path in ("t.csv", "folder", "folder/*.csv", "**/*.csv"):
        with pytest.raises(st.ConfigError, match="leads outside"):
            _read(inside, HEAD.replace("t.csv", path) + TRAIN)
        allowed = HEAD.replace('name = "p"', f'name = "p"\nallow = ["{outside}"]').replace("t.csv", path)
        assert _read(inside, allowed + TRAIN).data.path == path
    assert locate("round", folder=inside) == inside / "round"


def test_a_project_reached_through_a_link_is_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "t.csv").write_text("y\n1\n")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "sterling.toml").write_text(HEAD + TRAIN)
    assert read_project(tmp_path / "link").folder == tmp_path / "real"


def test_found_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sterling.toml").write_text(HEAD + TRAIN)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_project(deep) == tmp_path / "sterling.toml"
    monkeypatch.chdir(deep)
    assert find_project() == Path("../../sterling.toml")
    assert find_project("../../sterling.toml") == Path("../../sterling.toml")
    monkeypatch.chdir(tmp_path)
    assert find_project() == Path("sterling.toml")
    (tmp_path / "sterling.toml").unlink()
    with pytest.raises(st.ConfigError, match="sterling init"):
        find_project(deep)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(st.ConfigError, match="sterling init"):
        read_project(tmp_path)
    with pytest.raises(st.ConfigError, match="too long"):
        _read(tmp_path, HEAD + TRAIN + "#" * 1_000_001)
    (tmp_path / "sterling.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(st.ConfigError, match="not UTF-8"):
        read_project(tmp_path)


def test_the_digest_is_of_the_text(tmp_path: Path) -> None:
    one = _read(tmp_path, HEAD + TRAIN)
    assert one.digest.startswith("sha256:")
    assert len(one.digest) == 71
    assert _read(tmp_path, HEAD + TRAIN).digest == one.digest
    assert _read(tmp_path, HEAD + TRAIN + "#").digest != one.digest


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_projects(name: str) -> None:
    project = read_project(ROOT / "examples" / name)
    assert project.name == name
    assert project.policy.limits
    assert len({limit.name for limit in project.policy.limits}) == len(project.policy.limits)
    assert project.scope is not None
    assert project.scope.missing


def test_reading_loads_nothing_heavy() -> None:
    code = (
        "import sys; from sterling.core.project_file import read_project; read_project('examples/lending');"
        "print([m for m in ('numpy', 'polars', 'sklearn', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_keys_are_the_fields_of_the_nouns() -> None:
    """Whatever a project can hold can be written, and the reverse."""
    made = {
        "data": nouns.Data, "split": nouns.Split, "train": nouns.Train, "model": nouns.Given, "step": nouns.OwnStep,
        "plan": nouns.Measuring, "waiver": nouns.Waiver, "review": nouns.ReviewRules, "alternatives": nouns.Search,
        "slice": NamedSlice,
    }  # fmt: skip
    for table, kind in made.items():
        assert {f.name for f in dataclasses.fields(kind)} - {"origin"} == set(KEYS[table]), table


def test_the_schemas_are_current() -> None:
    for path, text in files().items():
        assert path.read_text(encoding="utf-8") == text, "run python docs/write_schema.py"


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize(("file", "schema"), [("sterling.toml", "project-1.json"), ("scope.toml", "scope-1.json")])
def test_examples_fit_the_schemas(name: str, file: str, schema: str) -> None:
    table = tomllib.loads((ROOT / "examples" / name / file).read_text(encoding="utf-8"))
    rules = json.loads((ROOT / "docs" / "schema" / schema).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(rules)
    jsonschema.validate(table, rules)


@pytest.mark.parametrize(
    "case", ["a key", "both", "neither", "a share beyond 1", "split by what", "no name", "no recipe"]
)
def test_the_schema_refuses_what_the_reader_refuses(case: str) -> None:
    rules = json.loads((ROOT / "docs" / "schema" / "project-1.json").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(SLIPS[case][0]), rules)


def test_the_guide_names_every_key() -> None:
    page = (ROOT / "docs" / "guide" / "project.md").read_text(encoding="utf-8")
    for table, keys in KEYS.items():
        head = f"[[{table}]]" if table in ENTRIES else f"[{table}]"
        part = page.partition(f"## `{head}`")[2].partition("\n## ")[0]
        for name, key in keys.items():
            row = f"| {name if name == ANY else f'`{name}`'} | {key.words}"
            assert row in part, f"{head}: {row}"


def test_the_schema_tells_what_a_metric_alone_does() -> None:
    described = json.dumps(project_schema())
    assert "where a model is worst (default: true with one of the next two)" in described
