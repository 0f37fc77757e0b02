"""Packing without a built front end either builds it or says what to do."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.law import ROOT


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _front_end(hook: ModuleType, root: Path) -> object:
    return hook.FrontEnd(str(root), {}, None, None, str(root / "dist"), "wheel")


def test_without_node_the_message_says_what_to_do(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match=r"(?s)npm was not found.*expected:.*hint:.*Node 20"):
        _front_end(hook, tmp_path).initialize("standard", {})  # type: ignore[attr-defined]


def test_a_built_front_end_needs_no_node(hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    static = tmp_path / "src" / "sterling" / "report" / "static"
    static.mkdir(parents=True)
    for name in hook.BUNDLE:
        (static / name).write_text("built")
    monkeypatch.setenv("PATH", str(tmp_path))
    _front_end(hook, tmp_path).initialize("standard", {})  # type: ignore[attr-defined]


def test_an_editable_install_is_left_alone(hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    _front_end(hook, tmp_path).initialize("editable", {})  # type: ignore[attr-defined]


def test_an_empty_bundle_does_not_count_as_built(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    static = tmp_path / "src" / "sterling" / "report" / "static"
    static.mkdir(parents=True)
    for name in hook.BUNDLE:
        (static / name).touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="npm was not found"):
        _front_end(hook, tmp_path).initialize("standard", {})  # type: ignore[attr-defined]
