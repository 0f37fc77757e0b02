"""QU005: which class, or which label, is recognised worst, and in which group?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sterling.core.confusion import Confusion
from sterling.core.errors import ConfigError
from sterling.core.evidence import Answer, Finding, Side, TooSmall
from sterling.core.frozen import dataclass
from sterling.core.metrics import resolve_metric
from sterling.core.of_class import CLASSED, write_class
from sterling.core.rates import MetricInfo
from sterling.core.registry import check
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.quality.multiclass.confusion import confusion_of
from sterling.quality.multiclass.measured import MulticlassMeasured
from sterling.stats.arrays import Interval
from sterling.stats.multiple import smallest_from

Floats = NDArray[np.float64]
WORST = MetricInfo(
    name="worst_class_recall", label="Recall of the worst class", direction="higher",
    tasks=CLASSED,
    plain="of the people of a class, the share recognised, for the class with the lowest share",
    eligible="label is of the class", formula="min_c recall_c",
)  # fmt: skip
WORST_OF_PIXELS = replace(WORST, plain=WORST.plain.replace("people", "pixels"), tasks=("segmentation",))
METHOD = (
    "{interval}; the end that can exceed a limit is simultaneous over all classes and groups looked at (Sidak), the "
    "other one-sided (intersection-union)"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Looked:
    """Every class among some slices, one after another: whose recall each entry is, and how far it reaches."""

    classes: tuple[str, ...]
    rows: NDArray[np.int64]
    parts: tuple[Quantity, ...]

    @property
    def value(self) -> Floats:
        return np.concatenate([p.value for p in self.parts])

    def decide_at(self, critical: Floats) -> Interval:
        """Bounds of every entry at one critical value."""
        bounds = [p.decide_at(np.broadcast_to(critical, p.value.shape)) for p in self.parts]
        low, high = (np.concatenate([b[i] for b in bounds]) for i in (0, 1))
        return Interval(low, high)

    def side(self, measured: Measured, at: int) -> Side:
        """An entry as a side of a finding."""
        row, part = int(self.rows[at]), np.cumsum([len(p.value) for p in self.parts])
        k = int(np.searchsorted(part, at, side="right"))
        i = at - int(part[k] - len(self.parts[k].value))
        q = self.parts[k]
        return Side(
            slice=measured.slices[row], value=float(q.value[i]), n=int(measured.n[row]),
            n_eligible=int(q.n_eligible[i]), n_effective=float(q.n_effective[i]),
        )  # fmt: skip


@check(
    code="QU005",
    name="worst-class",
    title="Worst class",
    question="Which class is recognised worst, and in which group?",
    finds=("lowest",),
    needs=("label", "decision"),
    tasks=CLASSED,
    pitfalls=(
        "The lowest of many shares is low by chance: the bound that can exceed a limit is corrected for that.",
        "Recall says nothing of those who are taken for the class and are not of it: read the precision beside it.",
    ),
    hints=("Look in the confusion table at what the class is taken for, and at how many the model was trained on.",),
)
def worst_class(
    measured: Measured, *, threshold: float | None = None, groups: tuple[str, ...] | None = None, crosses: bool = False
) -> Answer:
    """The lowest recall of any class: of everyone, and of the groups of each column; and what is taken for what."""
    unknown = next((g for g in groups or () if g not in measured.groups), None)
    if unknown is not None:
        raise ConfigError(f"{unknown!r} is no group column", expected=", ".join(measured.groups))
    wanted = [f for f in measured.families if groups is None or set(f) <= set(groups)]
    families: list[tuple[str, ...]] = [(), *(f for f in wanted if crosses or len(f) == 1)]
    every = {c: measured.quantity(resolve_metric(f"recall of {write_class(c)}")) for c in measured.classes}
    found = tuple(_finding(measured, every, f, threshold) for f in families)
    method = METHOD.format(interval=next(iter(every.values())).decided_by)
    return Answer(
        findings=found, too_small=tuple(t for f in found for t in f.too_small), method=method, view="performance",
        confusion=_confusion(measured, measured.column(threshold)),
    )  # fmt: skip


def _confusion(measured: Measured, column: int) -> Confusion | None:
    if isinstance(measured, MulticlassMeasured):
        return confusion_of(measured.at(column))
    if measured.task == "segmentation":
        from sterling.quality.segmentation.confusion import confusion_of as of_pixels  # few runs look at pixels
        from sterling.quality.segmentation.measured import SegmentationMeasured

        assert isinstance(measured, SegmentationMeasured)
        return of_pixels(measured)
    return None


def _finding(
    measured: Measured, every: dict[str, Quantity], family: tuple[str, ...], threshold: float | None
) -> Finding:
    rows, column = measured.family_rows(family), measured.column(threshold)
    looked, small = _looked(measured, every, rows, column)
    nan = float("nan")
    first = Side(slice=measured.slices[0], value=nan, n=int(measured.n[0]), n_eligible=0, n_effective=0.0)
    info = WORST_OF_PIXELS if measured.task == "segmentation" else WORST
    value, low, high = nan, nan, nan
    outermost: tuple[Side, ...] = ()
    others: tuple[Side, ...] = ()
    if len(looked.value):
        worst = smallest_from(looked.value, looked.decide_at, level=measured.level)
        value, low, high = float(worst.value), float(worst.at_least), float(worst.at_most)
        first = looked.side(measured, int(worst.group))
        outermost = (looked.side(measured, int(worst.at_least_group)),)
        others = tuple(looked.side(measured, i) for i in range(len(looked.value)) if i != int(worst.group))
        info = replace(info, of=looked.classes[int(worst.group)])
    return Finding(
        metric=info, kind="lowest", family=family, first=first, second=None, value=value, low=low, high=high,
        threshold=measured.thresholds[column] if measured.thresholds else None, level=measured.level,
        groups_compared=len(looked.value), operating=threshold is None, too_small=small, outermost=outermost,
        others=others,
        method=next(iter(every.values())).decided_by,
    )  # fmt: skip


def _looked(
    measured: Measured, every: dict[str, Quantity], rows: NDArray[np.int64], column: int
) -> tuple[_Looked, tuple[TooSmall, ...]]:
    """The classes of the slices that have people enough, and the slices where a class has some and too few."""
    classes: list[str] = []
    places: list[NDArray[np.int64]] = []
    parts: list[Quantity] = []
    few: dict[int, int] = {}
    for name, quantity in every.items():
        part = quantity.part(rows, column)
        enough = (part.n_eligible >= measured.min_n) & ~np.isnan(part.value)
        for i in np.flatnonzero(~enough & (part.n_eligible > 0)):
            few[int(rows[i])] = min(few.get(int(rows[i]), measured.min_n), int(part.n_eligible[i]))
        classes += [name] * int(enough.sum())
        places.append(rows[enough])
        parts.append(quantity.part(rows[enough], column))
    small = tuple(
        TooSmall(slice=measured.slices[i], n=int(measured.n[i]), n_eligible=n, n_needed=measured.min_n)
        for i, n in sorted(few.items())
    )
    return _Looked(classes=tuple(classes), rows=np.concatenate(places), parts=tuple(parts)), small
