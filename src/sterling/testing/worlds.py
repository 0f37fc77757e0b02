"""Tables whose true rates are known, because they are drawn from them. Equal seeds give equal tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sterling.core.errors import ConfigError
from sterling.core.frozen import dataclass

if TYPE_CHECKING:
    import polars as pl

CUT = 0.5
"""Scores at or above it are selected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRates:
    """The truth about one group: people drawn, share with a positive label, and how the model treats each label."""

    n: int
    prevalence: float = 0.5
    true_positive_rate: float = 0.7
    false_positive_rate: float = 0.2

    def __post_init__(self) -> None:
        shares = (self.prevalence, self.true_positive_rate, self.false_positive_rate)
        if self.n < 0 or not all(0 <= share <= 1 for share in shares):
            raise ConfigError(
                "a group's rates are shares, and its n is not negative",
                expected="rates from 0 to 1, and an n of 0 or more",
            )

    @property
    def selection_rate(self) -> float:
        return self.prevalence * self.true_positive_rate + (1 - self.prevalence) * self.false_positive_rate

    @property
    def accuracy(self) -> float:
        return self.prevalence * self.true_positive_rate + (1 - self.prevalence) * (1 - self.false_positive_rate)

    @property
    def precision(self) -> float:
        return self.prevalence * self.true_positive_rate / self.selection_rate if self.selection_rate else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """A table drawn from known rates: columns `id`, the group columns, `label`, `prediction`, `score`.

    `prediction` is 1 exactly where `score` is at least 0.5.
    """

    table: pl.DataFrame
    truth: Mapping[str, GroupRates]
    groups: tuple[str, ...] = ("group",)

    def gap(self, rate: str) -> float:
        """The true widest gap of a rate between groups."""
        values = [float(getattr(group, rate)) for group in self.truth.values()]
        return max(values) - min(values)

    def ratio(self, rate: str) -> float:
        """The true smallest ratio of a rate between groups."""
        values = [float(getattr(group, rate)) for group in self.truth.values()]
        return min(values) / max(values)


def drawn(truth: Mapping[str, GroupRates], *, seed: int) -> World:
    """A world with exactly n people of each group; labels and decisions are independent draws from its rates."""
    import numpy as np
    import polars as pl

    rng = np.random.default_rng(seed)
    group = np.repeat(np.array(list(truth), dtype=object), [g.n for g in truth.values()])
    prevalence, hit, alarm = (
        np.repeat([getattr(g, name) for g in truth.values()], [g.n for g in truth.values()])
        for name in ("prevalence", "true_positive_rate", "false_positive_rate")
    )
    label = rng.random(group.size) < prevalence
    chosen = rng.random(group.size) < np.where(label, hit, alarm)
    score = np.where(chosen, CUT + CUT * rng.random(group.size), CUT * rng.random(group.size))
    order = rng.permutation(group.size)
    table = pl.DataFrame(
        {
            "id": np.arange(group.size),
            "group": pl.Series(group[order].tolist(), dtype=pl.String),
            "label": label[order].astype(np.int64),
            "prediction": chosen[order].astype(np.int64),
            "score": score[order],
        }
    )
    return World(table=table, truth=dict(truth))


def gap_world(seed: int, *, gap: float = 0.2, groups: int = 3, n: int = 400, base: float = 0.5) -> World:
    """Groups of n people, all selected at the rate `base` whatever their label, but the last one `gap` less often.

    `gap` is then the true widest gap in selection rate, in true positive rate and in false positive rate.
    """
    rates = [base] * (groups - 1) + [base - gap]
    names = [f"group {i + 1}" for i in range(groups)]
    return drawn(
        {m: GroupRates(n=n, true_positive_rate=r, false_positive_rate=r) for m, r in zip(names, rates, strict=True)},
        seed=seed,
    )


def null_world(seed: int, *, groups: int = 3, n: int = 400, base: float = 0.5) -> World:
    """Groups of n people with equal rates: whatever gap is seen is chance."""
    return gap_world(seed, gap=0.0, groups=groups, n=n, base=base)


def calibrated_world(seed: int, *, shift: Mapping[str, float], n: int = 400) -> World:
    """Scores are probabilities p; a person's label is positive with probability p less the `shift` of their group.

    With shift 0 the score is calibrated; with 0.1 it promises ten points too much. Scores are uniform on [0.2, 0.8], so
    that shifts up to 0.2 either way are exact. The rates of `truth` are those of the cut at 0.5.
    """
    import numpy as np
    import polars as pl

    if any(abs(s) > 0.2 for s in shift.values()):
        raise ConfigError("a shift is too wide", expected="from -0.2 to 0.2")
    rng = np.random.default_rng(seed)
    group = np.repeat(np.array(list(shift), dtype=object), n)
    score = rng.uniform(0.2, 0.8, group.size)
    label = rng.random(group.size) < score - np.repeat(list(shift.values()), n)
    table = pl.DataFrame(
        {
            "id": np.arange(group.size),
            "group": pl.Series(group.tolist(), dtype=pl.String),
            "label": label.astype(np.int64),
            "prediction": (score >= CUT).astype(np.int64),
            "score": score,
        }
    )
    return World(table=table, truth={name: _shifted(n, s) for name, s in shift.items()})


def _shifted(n: int, shift: float) -> GroupRates:
    """Half the scores lie above the cut, where the mean is 0.65, half below, where it is 0.35."""
    above, below = 0.65 - shift, 0.35 - shift
    prevalence = (above + below) / 2
    return GroupRates(
        n=n, prevalence=prevalence, true_positive_rate=above / 2 / prevalence,
        false_positive_rate=(1 - above) / 2 / (1 - prevalence),
    )  # fmt: skip
