"""Files for other programs: JSON, JUnit, SARIF, GitHub. Each is complete, valid and put in place at once."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from .conftest import Cli, gap, write_policy

LIMITS = (gap(0.05), gap(0.5), gap(0.2), gap(0.9, "tpr"), gap(0.0, "fpr") + '\nmodel = "other"')
"""Over, within, undecided, within, not answered. Their numbers stand in lines 3, 7, 11, 15 and 19."""


@pytest.fixture
def policy(folder: Path) -> Path:
    return write_policy(folder, *LIMITS)


def test_json(evaluate: Cli, policy: Path) -> None:
    ended = evaluate("--policy", "policy.toml", "--json", "o.json")
    assert ended.code == 1
    text = Path("o.json").read_text(encoding="utf-8")
    document = json.loads(text)
    assert document["exit_code"] == 1
    words = [v["verdict"] for v in document["verdicts"] if v["limit"] is not None]
    assert sorted(words) == ["not_applicable", "over", "undecided", "within", "within"]
    asked = [e for e in document["estimates"] if e["metric"] == "selection_rate" and e["threshold"] == 0.5]
    rates = {tuple(e["slice"].items()): e for e in asked}
    assert rates[(("g", "a"),)]["value"] == pytest.approx(0.8)
    assert rates[(("g", "b"),)]["value"] == pytest.approx(0.6)
    assert rates[()]["n"] == 800
    lines = [line.strip().rstrip(",") for line in text.splitlines()]
    assert sum(line.startswith('{"model"') for line in lines) == len(document["estimates"]), "one record in a line"


def test_json_is_the_same_in_a_file_and_on_stdout(evaluate: Cli) -> None:
    assert evaluate("--json", "o.json").code == 0
    ended = evaluate("--json", "-")
    on_stdout, in_file = json.loads(ended.out), json.loads(Path("o.json").read_text(encoding="utf-8"))
    assert on_stdout["estimates"] == in_file["estimates"]
    assert on_stdout["evidence_hash"] == in_file["evidence_hash"]
    assert "20 points less often" in ended.err


def test_junit(evaluate: Cli, policy: Path) -> None:
    assert evaluate("--policy", "policy.toml", "--junit", "o.xml").code == 1
    suites = ET.parse("o.xml").getroot()
    suite = suites[0]
    assert (suites.tag, suite.tag) == ("testsuites", "testsuite")
    cases = suite.findall("testcase")
    found = {case.get("name"): case for case in cases}
    assert suite.get("tests") == str(len(cases)) == "5"
    assert (suite.get("failures"), suite.get("skipped"), suite.get("errors")) == ("1", "2", "0")
    over = found["selection_rate max_gap 0.05 by g"]
    failure = over.find("failure")
    assert failure is not None
    assert "20 points less often" in str(failure.get("message"))
    assert (over.get("file"), over.get("line")) == ("policy.toml", "3")
    undecided = found["selection_rate max_gap 0.2 by g"].find("skipped")
    assert undecided is not None
    assert "undecided" in str(undecided.get("message"))
    within = found["selection_rate max_gap 0.5 by g"]
    assert [child.tag for child in within] == ["system-out"]
    unanswered = next(c for c in cases if c.get("line") == "19")
    assert unanswered.find("skipped") is not None


def test_a_test_case_bears_the_name_of_its_limit(evaluate: Cli, folder: Path) -> None:
    """Two limits that ask the same are told apart, and a name that a build shows is the one that people gave."""
    (folder / "named.toml").write_text(
        '[[limit]]\nname = "alike & fair <b>"\nmetric = "selection_rate"\nmax_gap = 0.05\n'
        '[[limit]]\nmetric = "selection_rate"\nmax_gap = 0.5\n'
    )
    evaluate("--policy", "named.toml", "--junit", "o.xml")
    names = {c.get("name") for c in ET.parse("o.xml").getroot().iter("testcase")}
    assert names == {"alike & fair <b>: selection_rate max_gap 0.05 by g", "selection_rate max_gap 0.5 by g"}


def test_names_of_test_cases_do_not_change_with_the_data(evaluate: Cli, policy: Path, folder: Path) -> None:
    """Programs follow a test by its name from run to run."""
    evaluate("--policy", "policy.toml", "--junit", "one.xml")
    lines = (folder / "scores.csv").read_text().splitlines()
    (folder / "fewer.csv").write_text("\n".join([lines[0], *lines[1::2]]) + "\n")
    evaluate("--policy", "policy.toml", "--junit", "two.xml", data="fewer.csv")
    names = [{c.get("name") for c in ET.parse(f).getroot().iter("testcase")} for f in ("one.xml", "two.xml")]
    assert names[0] == names[1]


def test_sarif(evaluate: Cli, policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert evaluate("--policy", "policy.toml", "--sarif", "o.sarif").code == 1
    document: dict[str, Any] = json.loads(Path("o.sarif").read_text(encoding="utf-8"))
    assert document["version"] == "2.1.0"
    run = document["runs"][0]
    driver = run["tool"]["driver"]
    assert driver["name"] == "Sterling"
    results = run["results"]
    kinds = [(r["kind"], r["level"]) for r in results]
    assert kinds == [("fail", "error"), ("open", "none"), ("pass", "none"), ("pass", "none"), ("open", "none")]
    assert run["properties"]["limits"] == {"over": 1, "undecided": 1, "within": 2, "not_applicable": 1}
    for result in results:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": "policy.toml", "uriBaseId": "%SRCROOT%"}
        assert place["region"]["startLine"] in (3, 7, 11, 15, 19)
    prints = [r["partialFingerprints"]["sterlingLimit/v1"] for r in results]
    assert len(set(prints)) == 5
    assert run["invocations"][0]["executionSuccessful"] is True


def test_sarif_in_github_actions_counts_what_is_met(
    evaluate: Cli, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code scanning shows a result of kind `pass` as an alert (microsoft/PSRule issue 955)."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert evaluate("--policy", "policy.toml", "--sarif", "o.sarif").code == 1
    (run,) = json.loads(Path("o.sarif").read_text(encoding="utf-8"))["runs"]
    assert [r["kind"] for r in run["results"]] == ["fail", "open", "open"]
    assert run["properties"]["limits"]["within"] == 2


def test_without_limits_there_is_nothing_to_report(evaluate: Cli) -> None:
    assert evaluate("--sarif", "o.sarif", "--junit", "o.xml").code == 0
    assert json.loads(Path("o.sarif").read_text(encoding="utf-8"))["runs"][0]["results"] == []
    assert ET.parse("o.xml").getroot().get("tests") == "0"


def test_github(evaluate: Cli, policy: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = folder / "summary.md"
    summary.write_text("an earlier step\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder.parent))
    ended = evaluate("--policy", "policy.toml", "--github")
    assert ended.code == 1
    commands = [line for line in ended.out.splitlines() if line.startswith("::")]
    inside = f"{folder.name}/policy.toml"
    assert commands[0].startswith(f"::error file={inside},line=3,title=Over limit::People with g b are selected 20")
    assert [c.split(" ")[0] for c in commands] == ["::error", "::warning", "::warning"]
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("an earlier step\n## ")
    assert "| ✕ over limit | People with g b are selected 20 points less often" in text
    assert "**Next**" in text


def test_github_outside_the_service_writes_no_summary(evaluate: Cli, policy: Path, folder: Path) -> None:
    before = {p.name for p in folder.iterdir()}
    assert evaluate("--policy", "policy.toml", "--github").code == 1
    assert {p.name for p in folder.iterdir()} == before


def test_github_shows_ten_annotations_of_a_kind(evaluate: Cli, folder: Path) -> None:
    write_policy(folder, *(gap(bound / 1000) for bound in range(1, 30)))
    commands = [c for c in evaluate("--policy", "policy.toml", "--github").out.splitlines() if c.startswith("::")]
    assert len(commands) == 10
    assert commands[-1] == "::error title=Sterling::and 20 more in the report"


def test_annotations_stay_off_stdout_when_json_is_there(evaluate: Cli, policy: Path) -> None:
    ended = evaluate("--policy", "policy.toml", "--github", "--json", "-")
    json.loads(ended.out)
    assert "::error file=policy.toml,line=3" in ended.err


def test_the_report_goes_where_it_is_told(evaluate: Cli, folder: Path) -> None:
    ended = evaluate("--report", "mine.html", report=True)
    assert ended.code == 0
    assert "Report: mine.html" in ended.out
    assert (folder / "mine.html").read_text(encoding="utf-8").startswith("<!")
    assert not (folder / "report.html").exists()
    assert evaluate(report=True).code == 0
    assert (folder / "report.html").exists()


def test_a_failed_write_leaves_the_old_file(evaluate: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "report.html").write_text("the old report")

    def no_space(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", no_space)
    ended = evaluate(report=True)
    assert ended.code == 2
    assert "report.html" in ended.err
    assert "No space left" in ended.err
    assert (folder / "report.html").read_text() == "the old report"
    assert sorted(p.name for p in folder.iterdir()) == ["report.html", "scores.csv"]


def test_several_files_are_one_table(cli: Cli, folder: Path) -> None:
    lines = (folder / "scores.csv").read_text().splitlines()
    for name, part in (("one.csv", lines[1:301]), ("two.csv", lines[301:])):
        (folder / name).write_text("\n".join([lines[0], *part]) + "\n")
    words = ["--label", "y", "--score", "p", "--groups", "g", "--no-report", "--json", "-"]
    whole = json.loads(cli("evaluate", "scores.csv", *words).out)
    parts = json.loads(cli("evaluate", "two.csv", "one.csv", *words).out)
    assert parts["estimates"] == whole["estimates"]
    assert len(parts["provenance"]["files"]) == 2


def test_group_names_with_commas_are_quoted(evaluate: Cli, folder: Path) -> None:
    text = (folder / "scores.csv").read_text()
    (folder / "comma.csv").write_text(text.replace("id,g,p", 'id,"g,h",p', 1))
    ended = evaluate(data="comma.csv", groups='"g,h",id')
    assert ended.code == 0, ended.err
    assert "g,h" in ended.out
