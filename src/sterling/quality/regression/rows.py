"""What is added up of every row: the label, the error, their products, and a few sizes of the error.

`BASIS` names numbers of a row. Every metric is a function of their totals T, and its variance needs the totals of their
products, G (`PRODUCTS`): both are sums over rows, so they merge. Labels, predictions and errors are in the units of
`Scale`; rows without a label have only `all` and `f`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sterling.engine.totals import Basis
from sterling.quality.regression.survey import Scale

Floats = NDArray[np.float64]

BASIS = ("all", "f", "one", "y", "e", "yy", "ye", "ee", "abs", "relative", "nonzero", "log")
"""All rows, prediction; rows with a label, label, error (prediction less label), their squares and product, the size
of the error, that over the label's size, rows whose label is not 0, and the squared difference of logarithms."""
PLACE = {name: i for i, name in enumerate(BASIS)}

_POWERS = {"one": (0, 0), "y": (1, 0), "e": (0, 1), "yy": (2, 0), "ye": (1, 1), "ee": (0, 2)}


def power(a: int, b: int) -> str:
    """The name of the sum of label^a error^b."""
    return next((name for name, exponents in _POWERS.items() if exponents == (a, b)), f"y{a}e{b}")


PRODUCTS: Mapping[tuple[str, str], str] = {
    **{(p, q): power(a + c, b + d) for p, (a, b) in _POWERS.items() for q, (c, d) in _POWERS.items()},
    ("all", "all"): "all", ("all", "f"): "f", ("f", "f"): "ff",
    ("abs", "abs"): "ee", ("abs", "one"): "abs",
    ("relative", "relative"): "relative2", ("relative", "nonzero"): "relative", ("nonzero", "nonzero"): "nonzero",
    ("log", "log"): "log2", ("log", "one"): "log",
}  # fmt: skip
"""Which sum is the total of the product of two of the basis."""
_HIGH = ("relative2", "log2", "y3e0", "y2e1", "y1e2", "y0e3", "y4e0", "y3e1", "y2e2", "y1e3", "y0e4")
SUMMED = Basis(names=BASIS, counts=("all", "one", "nonzero"), products=PRODUCTS, high=_HIGH)


def basis_values(label: Floats, prediction: Floats, scale: Scale) -> dict[str, Floats]:
    """Each of the basis for every row, 0 where the row has none of it. The logarithms only where they exist."""
    known = ~np.isnan(label)
    if not known.all():
        label = np.where(known, label, prediction)  # its error is 0, and the rest is masked
    one = known.astype(np.float64)
    error = prediction - label
    y = np.ldexp(label - scale.centre, -scale.exponent)
    e = np.ldexp(error, -scale.error)
    if not known.all():
        y *= one
    nonzero = one * (label != 0)
    relative = np.zeros(len(label))
    np.divide(np.abs(error), np.abs(label), out=relative, where=nonzero > 0)
    values = {
        "all": np.ones(len(label)), "f": np.ldexp(prediction - scale.centre, -scale.exponent), "one": one, "y": y,
        "e": e, "yy": y * y, "ye": y * e, "ee": e * e, "abs": np.abs(e),
        "relative": np.ldexp(relative, -scale.relative), "nonzero": nonzero,
    }  # fmt: skip
    if scale.logs:
        gap = np.ldexp(np.log1p(prediction) - np.log1p(label), -scale.log)
        values["log"] = gap * gap
    return values


def product_values(values: Mapping[str, Floats]) -> dict[str, Floats]:
    """The products that are no numbers of the basis."""
    y, e, yy, ye, ee = (values[name] for name in ("y", "e", "yy", "ye", "ee"))
    out = {
        "y3e0": yy * y, "y2e1": yy * e, "y1e2": y * ee, "y0e3": ee * e,
        "y4e0": yy * yy, "y3e1": yy * ye, "y2e2": yy * ee, "y1e3": ye * ee, "y0e4": ee * ee,
        "ff": values["f"] ** 2, "relative2": values["relative"] ** 2,
    }  # fmt: skip
    if "log" in values:
        out["log2"] = values["log"] ** 2
    return out
