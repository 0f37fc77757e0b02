"""Asks bound when written, thresholds as typed, and one written form for equal plans."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as hs

import sterling as st
import sterling.pipeline.examine
from sterling.core import registry
from sterling.core.plan import parse_thresholds
from sterling.core.registry import CHECKS, canonical, check, find_check


def test_ranges_are_inclusive_and_decimal() -> None:
    assert parse_thresholds("0.1:0.9:0.1") == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    assert parse_thresholds("0:1:0.25") == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert parse_thresholds("0.1:0.35:0.1") == (0.1, 0.2, 0.3)
    assert parse_thresholds(" 0.5, 0.3,0.5 ") == (0.3, 0.5)
    assert parse_thresholds("-2:2:1") == (-2.0, -1.0, 0.0, 1.0, 2.0)


@given(places=hs.integers(1, 4), data=hs.data())
def test_every_mark_of_a_range_is_the_float_one_would_type(places: int, data: hs.DataObject) -> None:
    step = 10**-places
    marks = parse_thresholds(f"0:{min(1, 300 * step):.{places}f}:{step:.{places}f}")
    i = data.draw(hs.integers(0, len(marks) - 1))
    assert marks[i] == float(f"{i * step:.{places}f}")


@pytest.mark.parametrize(
    "text", ["", "a", "0.1:0.9", "0.9:0.1:0.1", "0:1:0", "0:1:-1", "nan", "inf", "0:1:1e-9", "1:2:3:4"]
)
def test_unreadable_thresholds(text: str) -> None:
    with pytest.raises(st.ConfigError):
        parse_thresholds(text)


def test_asks_are_bound_at_once() -> None:
    assert st.ask("FA001", metric="tpr").parameters["metric"].name == "true_positive_rate"  # type: ignore[attr-defined]
    assert st.ask("group-gap", metric="auc").check.code == "FA001"


@pytest.mark.parametrize(
    ("code", "given", "words"),
    [
        ("FA01", {}, "did you mean .*FA001"),
        ("FA001", {"metrc": "auc"}, "did you mean metric"),
        ("FA001", {}, "needs the parameter 'metric'"),
        ("FA001", {"metric": "acc"}, "unknown metric"),
        ("FA001", {"metric": "auc", "threshold": "high"}, "wrong type"),
        ("FA001", {"metric": "auc", "threshold": True}, "wrong type"),
        ("FA001", {"metric": 3}, "wrong type"),
        ("FA003", {"metric": "auc", "end": 3}, "wrong type"),
    ],
)
def test_typos_cost_nothing(code: str, given: dict[str, object], words: str) -> None:
    with pytest.raises(st.ConfigError, match=words):
        st.ask(code, **given)


def test_equal_plans_have_equal_hashes() -> None:
    def plan(metric: str) -> st.Plan:
        return st.Plan(asks=(st.ask("FA001", name="gap", metric=metric, groups=["a"]),), thresholds=(0.5,))

    assert plan("tpr").hash == plan("tp / (tp + fn)").hash == plan("recall").hash
    assert plan("tpr").hash != plan("fpr").hash
    assert "0x" not in str(plan("tpr").canonical())


@pytest.mark.parametrize("wrong", [{"level": 0.3}, {"level": 1.0}, {"min_n": 0}, {"cross": 4}, {"cross": 0}])
def test_impossible_plans(wrong: dict[str, float]) -> None:
    with pytest.raises(st.ConfigError, match="expected"):
        st.Plan(asks=(), **wrong)  # type: ignore[arg-type]


def test_the_operating_threshold() -> None:
    assert st.Plan(asks=()).threshold == 0.5
    assert st.Plan(asks=(), thresholds=(0.2, 0.5)).threshold == 0.5
    assert st.Plan(asks=(), thresholds=(0.2, 0.7)).threshold == 0.2


def test_codes_are_permanent_and_taken_once() -> None:
    with pytest.raises(st.ConfigError, match="not a check code"):
        check(code="X1", name="x", title="x", question="x")(lambda: None)
    with pytest.raises(st.ConfigError, match="is taken by group-gap"):
        check(code="FA001", name="x", title="x", question="x")(lambda: None)
    assert find_check("FA001") is CHECKS["FA001"]


def test_checks_are_found_while_another_thread_registers_some(monkeypatch: pytest.MonkeyPatch) -> None:
    known, waiting = dict(CHECKS), {"json": ("ZZ998",), "csv": ("ZZ999",)}

    class Registering:
        name = "no such name"

        @property
        def code(self) -> str:
            known[f"ZZ{len(known):03}"] = CHECKS["FA001"]
            return "ZZ997"

    class Imported(tuple[str, ...]):
        __slots__ = ()

        def __contains__(self, text: object) -> bool:
            waiting.pop("csv", None)
            return False

    known = {"ZZ997": Registering(), **known}  # type: ignore[dict-item]
    waiting["json"] = Imported()
    monkeypatch.setattr(registry, "CHECKS", known)
    monkeypatch.setattr(registry, "_LATER", waiting)
    assert find_check("group-gap").code == "FA001"
    with pytest.raises(st.ConfigError, match="unknown check 'nothing'"):
        find_check("nothing")


def test_one_thread_imports_checks_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, most = 0, 0

    def slowly(module: str) -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        time.sleep(0.02)
        at_work -= 1

    monkeypatch.setattr(registry, "_LATER", {f"m{i}": (f"ZZ99{i}",) for i in range(4)})
    monkeypatch.setattr(registry, "importlib", SimpleNamespace(import_module=slowly))

    def ask(code: str) -> None:
        with suppress(st.ConfigError):
            find_check(code)

    threads = [threading.Thread(target=ask, args=(f"ZZ99{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_only_plain_values_are_written() -> None:
    assert canonical({"b": (1, None), "a": 0.5}) == {"a": 0.5, "b": [1, None]}
    with pytest.raises(st.ConfigError, match="no written form"):
        canonical(object())


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_that_no_generator_takes_is_refused(seed: int) -> None:
    with pytest.raises(st.ConfigError, match="the seed is"):
        st.Plan(asks=(), seed=seed)
