"""Records made by `core.frozen.dataclass` behave as those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import sys
from collections.abc import Callable
from inspect import signature
from typing import Any

import pytest

from sterling.core import frozen

MAKERS: list[Callable[..., Any]] = [dataclasses.dataclass, frozen.dataclass]


def made(dataclass: Callable[..., Any], name: str, **how: Any) -> Any:
    """The same class by either maker, to be found by pickle."""

    class Point:
        """A class with every kind of field."""

        put: int  # names that the compiled code might use itself
        missing: list[int] = dataclasses.field(default_factory=list)
        name: str = "here"
        secret: float = dataclasses.field(default=0.0, repr=False)
        seen: int = dataclasses.field(default=3, compare=False)
        kept: dict[str, int] = dataclasses.field(default_factory=dict, init=False)
        fixed: int = dataclasses.field(default=7, init=False)
        later: int = dataclasses.field(init=False)

        def __post_init__(self) -> None:
            if self.put < 0:
                raise ValueError("put: at least 0")
            object.__setattr__(self, "later", self.put + self.fixed + len(self.kept))

    Point.__qualname__ = Point.__name__ = name
    cls = dataclass(frozen=True, **how)(Point)
    setattr(sys.modules[__name__], name, cls)
    return cls


@pytest.fixture(params=[{}, {"slots": True}, {"slots": True, "kw_only": True}, {"kw_only": True, "eq": False}], ids=str)
def pair(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    theirs, ours = (made(maker, f"Point_{maker.__module__.replace('.', '_')}", **request.param) for maker in MAKERS)
    return theirs, ours


def test_values_prints_and_copies_are_the_same(pair: tuple[Any, Any]) -> None:
    for values in ({"put": 1}, {"put": 2, "missing": [4]}, {"put": 0, "name": "there", "secret": float("nan")}):
        theirs, ours = (cls(**values) for cls in pair)
        assert dataclasses.asdict(theirs).keys() == dataclasses.asdict(ours).keys()
        assert repr(theirs).partition("(")[2] == repr(ours).partition("(")[2]
        for again in (pickle.loads(pickle.dumps(ours)), copy.deepcopy(ours), dataclasses.replace(ours)):
            assert type(again) is type(ours)
            assert repr(dataclasses.astuple(again)) == repr(dataclasses.astuple(ours))
        assert dataclasses.replace(ours, put=9).put == 9


def test_comparing_and_hashing(pair: tuple[Any, Any]) -> None:
    for cls in pair:
        by_fields = cls.__eq__ is not object.__eq__
        one, same, seen, other = cls(put=1), cls(put=1), cls(put=1, seen=4), cls(put=2)
        assert (one == same) is (one == seen) is by_fields
        assert one != other and one != (1,) and (one.__eq__(1) is NotImplemented)
        if by_fields:
            with pytest.raises(TypeError, match="unhashable"):  # its list
                hash(one)
    assert (pair[0].__hash__ is object.__hash__) is (pair[1].__hash__ is object.__hash__)


def test_nothing_can_be_changed_and_what_is_wrong_is_told_alike(pair: tuple[Any, Any]) -> None:
    messages = []
    for cls in pair:
        record, said = cls(put=1), []
        for wrong in (
            lambda record=record: setattr(record, "put", 2),
            lambda record=record: delattr(record, "put"),
            lambda cls=cls: cls(),
            lambda cls=cls: cls(put=1, other=2),
            lambda cls=cls: cls(put=-1),
        ):
            with pytest.raises((dataclasses.FrozenInstanceError, TypeError, ValueError)) as caught:
                wrong()
            said.append((caught.type, str(caught.value).replace(cls.__qualname__, "")))
        messages.append(said)
    assert messages[0] == messages[1]


def test_signatures_and_fields_are_the_same(pair: tuple[Any, Any]) -> None:
    theirs, ours = pair
    assert [p.kind for p in signature(theirs).parameters.values()] == [
        p.kind for p in signature(ours).parameters.values()
    ]
    assert list(signature(theirs).parameters) == list(signature(ours).parameters)
    assert [(f.name, f.type, f.kw_only) for f in dataclasses.fields(theirs)] == [
        (f.name, f.type, f.kw_only) for f in dataclasses.fields(ours)
    ]
    assert theirs.__match_args__ == ours.__match_args__
    assert theirs.__init__.__annotations__.keys() == ours.__init__.__annotations__.keys()


@pytest.mark.parametrize("dataclass", MAKERS)
def test_one_field_none_and_a_base(dataclass: Callable[..., Any]) -> None:
    @dataclass(frozen=True, slots=True)
    class One:
        x: float

        def __repr__(self) -> str:
            return "mine"

    @dataclass(frozen=True, slots=True)
    class Two(One):
        y: tuple[int, ...] = ()

    @dataclass(frozen=True)
    class Nothing:
        pass

    nan = float("nan")
    assert One(nan) == One(nan) and hash(One(nan)) == hash(One(nan)) and repr(One(1)) == "mine"
    assert Two(1, (2,)) == Two(1.0, y=(2,)) != Two(1) and Two(1) != One(1) and {Two(1): 5}[Two(1)] == 5
    assert Nothing() == Nothing() and hash(Nothing()) == hash(Nothing()) and repr(Nothing()).endswith("Nothing()")
    assert dataclass(slots=True)(type("Changing", (), {"__annotations__": {"x": int}}))(1).x == 1


def test_a_record_that_holds_itself_prints() -> None:
    @frozen.dataclass(frozen=True)
    class Node:
        within: list[Any]

    node = Node([])
    node.within.append(node)
    assert repr(node).endswith("Node(within=[...])")
