"""What a run depends on beside its inputs: the commit is read from git's own files, whatever form they have."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from sterling.pipeline.environment import author, code_digest, commit_of, environment, file_digests

WHO = {"GIT_AUTHOR_NAME": "n", "GIT_AUTHOR_EMAIL": "e", "GIT_COMMITTER_NAME": "n", "GIT_COMMITTER_EMAIL": "e"}


def git(folder: Path, *words: str) -> str:
    settled = {**os.environ, **WHO, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(["git", *words], cwd=folder, env=settled, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "deep" / "project").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", "one")
    return folder


def test_on_a_branch(repository: Path) -> None:
    head = git(repository, "rev-parse", "HEAD")
    assert commit_of(repository) == commit_of(repository / "deep" / "project") == head
    git(repository, "checkout", "-q", "-b", "feature/other")
    git(repository, "commit", "-q", "--allow-empty", "-m", "two")
    assert commit_of(repository) == git(repository, "rev-parse", "HEAD") != head


def test_detached(repository: Path) -> None:
    git(repository, "commit", "-q", "--allow-empty", "-m", "two")
    git(repository, "checkout", "-q", "HEAD~1")
    assert commit_of(repository) == git(repository, "rev-parse", "HEAD")


def test_packed(repository: Path) -> None:
    git(repository, "branch", "main2")
    git(repository, "tag", "-a", "-m", "t", "v1")
    git(repository, "pack-refs", "--all")
    assert not (repository / ".git" / "refs" / "heads" / "main").exists()
    assert commit_of(repository) == git(repository, "rev-parse", "HEAD")


@pytest.mark.parametrize("packed", [False, True])
def test_in_a_worktree(repository: Path, tmp_path: Path, packed: bool) -> None:
    git(repository, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    git(tmp_path / "side", "commit", "-q", "--allow-empty", "-m", "two")
    if packed:
        git(repository, "pack-refs", "--all")
    head = git(tmp_path / "side", "rev-parse", "HEAD")
    assert commit_of(tmp_path / "side") == head != commit_of(repository)


def test_in_a_submodule(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    git(other, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repository), "inner")
    assert commit_of(other / "inner") == git(repository, "rev-parse", "HEAD")


def test_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    git(tmp_path / "new", "init", "-q")
    assert commit_of(tmp_path / "new") is None  # nothing is committed yet
    assert commit_of(tmp_path) is None


@pytest.mark.parametrize(
    "head",
    ["", "ref: ", "ref: ../../secret", "ref: refs/heads/.invalid", "a secret", "\0", "0" * 39, "ref: /etc/hosts"],
)
def test_a_repository_that_lies(tmp_path: Path, head: str) -> None:
    """Whatever stands there, nothing but a hash is written down."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "secret").write_text("password")
    (tmp_path / ".git" / "HEAD").write_text(head)
    assert commit_of(tmp_path) is None
    (tmp_path / ".git" / "HEAD").write_bytes(b"\xff\xfe")
    assert commit_of(tmp_path) is None


def test_the_environment_names_libraries_and_no_places() -> None:
    found = json.loads(environment())
    assert any(d.startswith("polars-") for d in found["distributions"])
    assert found["distributions"] == sorted(found["distributions"])
    assert str(Path.home()) not in environment().decode()
    assert len(code_digest()) == 64


def test_who_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STERLING_AUTHOR", "Ada")
    assert author() == "Ada"
    monkeypatch.setenv("STERLING_AUTHOR", "")
    monkeypatch.setenv("LOGNAME", "kim")
    assert author() == "kim"
    monkeypatch.setattr("getpass.getuser", lambda: (_ for _ in ()).throw(KeyError("uid")))
    assert author() is None


def test_files_go_by_their_names(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("same")
    found = file_digests((tmp_path / "a", tmp_path / "b"))
    assert list(found) == ["a", "b"]
    assert found["a"] == found["b"]
    with pytest.raises(OSError, match="No such file"):
        file_digests((tmp_path / "c",))
