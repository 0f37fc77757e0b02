"""Numbers that JSON can hold: NaN and infinities become null, in one place for everything that is written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast


def finite(x: float | None) -> float | None:
    """A number JSON can hold, or None."""
    return x if x is not None and math.isfinite(x) else None


def clean(value: object) -> object:
    """Plain JSON without NaN: keys become text, tuples lists; anything else that is not JSON is left as it is."""
    if isinstance(value, float):
        return finite(value)
    if isinstance(value, Mapping):
        return {str(k): clean(v) for k, v in cast("Mapping[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [clean(v) for v in cast("list[object]", value)]
    return value


def clean_object(value: Mapping[str, object]) -> dict[str, object]:
    """As `clean`, for what is known to be an object."""
    return {str(k): clean(v) for k, v in value.items()}
