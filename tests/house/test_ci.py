"""Steps that run beside each other are judged like all others: none of their failures is lost."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.law import ROOT

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the script is written for bash")


def failures(steps: str, scratch: Path) -> list[str]:
    """What `.ci/run` holds for failed after these steps in the background, between two that are fine."""
    script = (ROOT / ".ci/run").read_text()
    functions = script[script.index("step() {") : script.index("chromium_there() {")]
    lane = f"lane() {{ step first true; {steps}; step last true; }}; beside lane; gather lane"
    told = 'printf "FAILED %s\\n" "${failed[@]}"'
    text = f"set -uo pipefail\nscratch={scratch} failed=()\n{functions}\n{lane}\n{told}\n"
    ended = subprocess.run(["bash", "-c", text], capture_output=True, text=True, timeout=60, check=True)
    assert "=== first" in ended.stdout
    return [line.removeprefix("FAILED ") for line in ended.stdout.splitlines() if line.startswith("FAILED ")]


def test_what_fails_in_the_background_is_remembered(tmp_path: Path) -> None:
    assert failures("step one false; step two true; step three false", tmp_path) == ["one", "three"]


@pytest.mark.parametrize("end", ["exit 3", 'echo "$NOT_SET"', "kill -9 $BASHPID"])
def test_a_lane_that_ends_early_has_failed(end: str, tmp_path: Path) -> None:
    (told,) = failures(f"step one true; {end}", tmp_path)
    assert told.startswith("lane: ended with ")
