"""The standard library's `dataclass`, whose frozen classes are made in a third of the time.

It writes and compiles six methods for each of them, which is most of what loading Sterling's nouns takes. Here a class
has one method compiled, `__init__`; to compare, hash, print and refuse a change no class needs code of its own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, FrozenInstanceError
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, eq=True, repr=True, **how):
        """As `dataclasses.dataclass`, with its keywords `slots`, `kw_only`, `eq`, `repr` and `weakref_slot`.

        A class that is not frozen is the library's own. No field is an `InitVar` or has a `hash` of its own, and nobody
        writes `__eq__` by hand.
        """
        if cls is None:
            return lambda made: dataclass(made, frozen=frozen, eq=eq, repr=repr, **how)
        if not frozen:
            return dataclasses.dataclass(cls, eq=eq, repr=repr, **how)
        own = set(vars(cls))
        made = dataclasses.dataclass(cls, init=False, eq=False, repr=False, **how)
        methods = {"__init__": _initialiser(made), "__setattr__": _set, "__delattr__": _delete}
        if how.get("slots"):
            methods |= {"__getstate__": _state, "__setstate__": _restore}
        if eq:
            methods |= _compared(made)
        if repr:
            methods["__repr__"] = _printed
        for name in methods.keys() - own:
            setattr(made, name, methods[name])
        return made


def _initialiser(cls: type) -> Callable[..., None]:
    """`__init__`: its code holds names alone, which are those of the fields or begin with two underscores."""
    fields, given = dataclasses.fields(cls), [f for f in dataclasses.fields(cls) if f.init]
    known: dict[str, Any] = {"__put": object.__setattr__, "__missing": MISSING}
    known |= {f"__default_{f.name}": f.default if f.default_factory is MISSING else f.default_factory for f in fields}
    places, keywords = [_argument(f) for f in given if not f.kw_only], [_argument(f) for f in given if f.kw_only]
    lines = [f"__put(self, {f.name!r}, {_value(f)})" for f in fields if f.init or _has_default(f)]
    lines += ["self.__post_init__()"] if hasattr(cls, "__post_init__") else []
    arguments = ", ".join(["self", *places, *(["*", *keywords] if keywords else [])])
    exec(f"def __init__({arguments}):\n " + "\n ".join(lines or ["pass"]), known)
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = {f.name: f.type for f in given} | {"return": None}
    return made


def _has_default(field: Field[Any]) -> bool:
    return not (field.default is MISSING and field.default_factory is MISSING)


def _argument(field: Field[Any]) -> str:
    if field.default_factory is not MISSING:
        return f"{field.name}=__missing"
    return field.name if field.default is MISSING else f"{field.name}=__default_{field.name}"


def _value(field: Field[Any]) -> str:
    made = f"__default_{field.name}" + ("" if field.default_factory is MISSING else "()")
    if not field.init:
        return made
    return field.name if field.default_factory is MISSING else f"{made} if {field.name} is __missing else {field.name}"


def _compared(cls: type) -> dict[str, Callable[..., Any]]:
    """`__eq__` and `__hash__`: records of one class, field by field."""
    names = [f.name for f in dataclasses.fields(cls) if f.compare]
    several = attrgetter(*names) if len(names) > 1 else None  # of one field it makes no tuple

    def values(self: Any) -> Any:
        return several(self) if several else _values(self, names)

    def equal(self: Any, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: Any) -> int:
        return hash(values(self))

    return {"__eq__": equal, "__hash__": hashed}


def _values(record: Any, names: Iterable[str]) -> tuple[Any, ...]:
    return tuple([getattr(record, name) for name in names])


@recursive_repr()
def _printed(self: Any) -> str:
    shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
    return f"{self.__class__.__qualname__}({shown})"


def _set(self: Any, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> tuple[Any, ...]:
    return _values(self, [f.name for f in dataclasses.fields(self)])


def _restore(self: Any, state: Iterable[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
