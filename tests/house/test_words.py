"""What is measured is said, and nothing more: no word that promises, no trace of a particular machine."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.house.law import ROOT

# A verdict is "within limit", "over limit" or "undecided". These would be claims that no measurement supports.
PROMISES = re.compile(
    r"\b(de-?bias(?:ed|es|ing)?|bias[- ]free|free of bias|discrimination[- ]free|fairness[- ](?:certified|guaranteed)|"
    r"(?:certified|guaranteed|provably|proven) fair|(?:is|are) (?:fair|unfair|safe|unsafe|compliant|non-compliant))\b",
    re.IGNORECASE,
)
MACHINE = re.compile(
    r"(?<![\w.$~/-])/(?:root|home|work|opt|Users)/\w|\b(?:pypi\.org|pythonhosted|npmjs\.(?:org|com))\b"
)
TEXT = {".py", ".ts", ".tsx", ".css", ".md", ".toml", ".txt", ".lock", ".json", ".yml", ".yaml", ".html", ".cff", ""}


def _tracked() -> dict[str, str]:
    """Tracked and new files, ignored ones left out, as text."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    paths = {name: ROOT / name for name in names if name}
    return {
        name: path.read_text(encoding="utf-8", errors="replace")
        for name, path in paths.items()
        if path.is_file() and path.suffix in TEXT
    }


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so the list of the project's own files is not known")
    return _tracked()


def _denied(text: str, start: int) -> bool:
    """Whether the sentence has said "not" before the word: "does not show that the model is fair" claims nothing."""
    sentence = re.split(r"[.;\n]", text[max(0, start - 200) : start])[-1]
    return re.search(r"\bnot\b", sentence) is not None


def test_no_word_promises(files: dict[str, str]) -> None:
    found = [
        f"{name}: {hit.group()!r}"
        for name, text in files.items()
        if name.startswith(("src/", "web/src/"))
        for hit in PROMISES.finditer(text)
        if not _denied(text, hit.start())
    ]
    assert any(name.startswith("src/") for name in files)
    assert not found, "\n".join(found)


def test_no_trace_of_a_machine(files: dict[str, str]) -> None:
    found = [f"{name}: {hit.group()!r}" for name, text in files.items() for hit in MACHINE.finditer(text)]
    assert not [item for item in found if not item.startswith("tests/house/test_words.py")], "\n".join(found)


@pytest.mark.parametrize("text", ["a debiased model", "this model is fair", "bias-free", "certified fair"])
def test_promises_are_recognised(text: str) -> None:
    assert PROMISES.search(text)


@pytest.mark.parametrize("text", ["fairness", "an unbiased estimator", "the decision is undecided", "fairly small"])
def test_the_terms_of_the_field_are_not(text: str) -> None:
    assert not PROMISES.search(text)
