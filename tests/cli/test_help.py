"""What is said before anything is computed: help, version, near misses; and that nothing heavy is loaded for it."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version

import pytest

from sterling.cli.evaluate import EXAMPLES
from sterling.cli.options import OPTIONS

from .conftest import Cli

HEAVY = ("polars", "numpy", "narwhals", "rich", "pandas", "sklearn", "onnxruntime", "importlib.metadata")
PROMISED = (
    "--sql",
    "--label", "--positive", "--favourable", "--label-kind", "--score", "--prediction", "--model", "--score-kind",
    "--groups", "--cross", "--weight", "--id", "--cluster", "--thresholds", "--baseline", "--policy", "--min-n",
    "--report", "--no-report", "--embed", "--json", "--junit", "--sarif", "--github", "--seed",
)  # fmt: skip


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",)])
def test_help_names_every_verb(cli: Cli, words: tuple[str, ...]) -> None:
    ended = cli(*words)
    assert (ended.code, ended.err) == (0, "")
    for verb in ("evaluate", "checks", "metrics"):
        assert f"\n  {verb} " in ended.out


def test_help_of_evaluate(cli: Cli) -> None:
    ended = cli("evaluate", "--help")
    assert (ended.code, ended.err) == (0, "")
    for option in PROMISED:
        assert f"  {option}" in ended.out, option
    headings = [line[:-1] for line in ended.out.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert headings == ["Data", "Columns", "Model", "Measuring", "Limits", "Output", "Exit codes", "Examples"]
    assert ended.out.rstrip().endswith(EXAMPLES.strip().splitlines()[-1].strip())


def test_help_fits_the_screen(cli: Cli) -> None:
    ended = cli("evaluate", "--help")
    assert max(map(len, ended.out.splitlines())) <= 80


def test_every_option_is_explained() -> None:
    for parameter in OPTIONS[1:]:
        assert getattr(parameter, "help", None), parameter.name


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("evalute", "x.csv"), "did you mean evaluate?"),
        (("evaluate", "x.csv", "--grops", "g"), "did you mean --groups"),
        (("evaluate", "x.csv", "--polcy", "g"), "did you mean --policy"),
        (("evaluate", "x.csv", "--zzz"), "sterling evaluate --help"),
        (("checks", "QU02"), "did you mean QU002"),
        (("metrics", "selection_rat"), "did you mean selection_rate"),
        (("metric",), "did you mean metrics?"),
    ],
)
def test_near_misses(cli: Cli, words: tuple[str, ...], hint: str) -> None:
    ended = cli(*words)
    assert (ended.code, ended.out) == (2, "")
    assert hint in ended.err
    assert ended.err.count("error: ") == 1


def test_a_file_in_place_of_a_verb(cli: Cli, folder: object) -> None:
    ended = cli("scores.csv")
    assert ended.code == 2
    assert "hint: sterling evaluate scores.csv" in ended.err


def test_version(cli: Cli) -> None:
    assert cli("--version") == (0, f"sterling {version('sterling')}\n", "")


@pytest.mark.parametrize(
    "code",
    [
        "import sterling",
        "from sterling.cli.main import main; main(['--help'])",
        "from sterling.cli.main import main; main(['evaluate', '--help'])",
        "from sterling.cli.main import main; main(['evaluate', 'x.csv', '--no-such-option'])",
        "from sterling.cli.main import main; main(['metrics'])",
    ],
)
def test_nothing_heavy_is_loaded(code: str) -> None:
    told = f"sys.stderr.write('LOADED ' + json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    script = f"import sys, json\n{code}\n{told}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    loaded = json.loads(done.stderr.rpartition("LOADED ")[2])
    assert loaded == []


def test_checks(cli: Cli) -> None:
    listed = cli("checks")
    assert listed.code == 0
    assert any(line.startswith("FA001  ") for line in listed.out.splitlines())
    described = cli("checks", "FA001")
    assert described.code == 0
    assert described.out.startswith("FA001 ")
    assert "What can fool it:" in described.out
    records = json.loads(cli("checks", "--json").out)
    assert [r["code"] for r in records] == sorted(r["code"] for r in records)
    assert len(records) == len(listed.out.splitlines())


def test_parameters_of_checks_are_told_as_a_project_writes_them(cli: Cli) -> None:
    told = cli("checks", "FA011").out
    assert "Parameters:" in told
    assert "  - metric: a metric, needed" in told and "  - shuffles: a whole number, default 9999" in told
    (record,) = json.loads(cli("checks", "--json", "FA011").out)
    held = {p["name"]: p for p in record["parameters"]}
    assert held["metric"] == {"name": "metric", "type": "a metric", "needed": True, "default": None}
    assert held["shuffles"] == {"name": "shuffles", "type": "a whole number", "needed": False, "default": 9999}
    words = "a metric|a number|a whole number|text|true or false|a list of texts|a table of columns and values|a file"
    every = [p["type"] for r in json.loads(cli("checks", "--json").out) for p in r["parameters"]]
    assert set(every) == set(words.split("|"))


def test_metrics(cli: Cli) -> None:
    listed = cli("metrics")
    assert listed.code == 0
    assert "true_positive_rate " in listed.out
    assert "tp / (tp + fn)" in listed.out
    described = cli("metrics", "tpr")
    assert "name: true_positive_rate" in described.out
    assert "also: recall, sensitivity, tpr" in described.out
    written = json.loads(cli("metrics", "--json", "tp / (tp + fp)").out)
    assert written[0]["name"] == "precision"
