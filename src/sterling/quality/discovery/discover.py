"""Find the slices where a model does worst, and let rows that had no part in the search say whether it is so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sterling.core.discovered import DiscoveredSlice, Discovery, Level, LossMap, Skipped, TreeNode
from sterling.core.frozen import dataclass
from sterling.core.rates import MetricInfo
from sterling.quality.discovery.confirming import Contrast, contrast, level_of
from sterling.quality.discovery.features import Feature
from sterling.quality.discovery.halves import halves
from sterling.quality.discovery.lattice import Found, mask, search
from sterling.quality.discovery.losses import Losses
from sterling.quality.discovery.maps import loss_map
from sterling.quality.discovery.picking import Candidate, Expected, pick
from sterling.quality.discovery.sums import Rows
from sterling.quality.discovery.tree import Split, grow, leaf_of, leaves
from sterling.quality.discovery.writing import clause_of, condition_words, conditions, limit_toml, name_of, slice_names
from sterling.stats.adjust import holm

METHOD = (
    "Searched on one half of the rows, dealt by a keyed hash; measured on the other. Two-sided tests of each slice "
    "against everyone else, adjusted by Holm's method: the chance of any false discovery is at most {alarm:g}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to search. `smallest`: the least share of the eligible rows that a slice may hold; `most`: candidates."""

    smallest: float = 0.01
    depth: int = 3
    most: int = 10
    min_n: int = 30
    level: float = 0.95
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Half:
    """One half: its eligible rows, and the codes of all its rows for counting."""

    rows: Rows
    codes: tuple[NDArray[np.uint8], ...]

    @property
    def size(self) -> int:
        return len(self.codes[0]) if self.codes else self.rows.size


def discover(
    features: tuple[Feature, ...], losses: Losses, *, info: MetricInfo, weight: NDArray[np.float64] | None,
    cluster: NDArray[np.int64] | None, threshold: float | None, settings: Settings, skipped: Sequence[Skipped] = (),
    model: str | None = None, dealt: Sequence[NDArray[np.generic]] = (),
) -> Discovery:  # fmt: skip
    """Search one half of the rows, confirm on the other. `model`: the one that limits name, where there are others.

    `weight` and `cluster` have shape (rows,) as the losses and the features' codes have. `dealt`: what rows are dealt
    to the halves by beside their codes, the same for every model (their label, their values before they were coded).
    The result does not depend on the order of the rows, to the last bit. At least one feature is needed.
    """
    searched, confirming = _halves(features, losses, weight, cluster, dealt, settings.seed)
    smallest = max(settings.min_n, math.ceil(settings.smallest * searched.rows.size))
    looked, tree, candidates = 0, (), ()  # type: tuple[int, tuple[Split, ...], tuple[Candidate, ...]]
    if searched.rows.size >= 2 * smallest and np.ptp(searched.rows.loss) > 0:
        result = search(searched.rows, features, smallest=smallest, depth=settings.depth)
        looked = result.looked_at
        tree = grow(searched.rows, features, smallest=smallest, depth=settings.depth)
        nodes = leaves(tree, searched.rows, leaf_of(tree, searched.rows, features))
        candidates = pick([*result.found, *nodes], searched.rows, features, most=settings.most)
    contrasts = [_contrast(confirming, c.found, features, losses, settings) for c in candidates]
    adjusted = holm([np.nan if c.p is None else c.p for c in contrasts]).tolist()
    slices = [
        _slice(candidate, seen, p, features, losses, settings)
        for candidate, seen, p in zip(candidates, contrasts, adjusted, strict=True)
    ]
    rows = confirming.rows
    told = _with_limits(_news(slices, [c.found for c in candidates], rows, features), losses, info, threshold, model)
    return Discovery(
        metric=info.name, label=info.label, plain=info.plain, scale=info.scale, threshold=threshold,
        features=tuple(f.name for f in features), skipped=tuple(skipped), n_search=searched.size,
        overall=_turned(level_of(rows, losses.kind, n=confirming.size, level=settings.level, min_n=settings.min_n),
                        losses),
        level=settings.level, seed=settings.seed, smallest=smallest, looked_at=looked,
        effect_name="Cohen's h" if losses.kind == "event" else "Cohen's d",
        method=METHOD.format(alarm=round(1 - settings.level, 6)),
        slices=told, tree=_tree(tree, confirming, features, losses, settings),
        maps=_maps(candidates, tree, confirming, features, losses, settings),
    )  # fmt: skip


def _halves(
    features: tuple[Feature, ...], losses: Losses, weight: NDArray[np.float64] | None,
    cluster: NDArray[np.int64] | None, dealt: Sequence[NDArray[np.generic]], seed: int,
) -> tuple[_Half, _Half]:  # fmt: skip
    """Both halves with their rows in an order that depends on their values alone. Rows without weight do not count."""
    allowed = losses.eligible if weight is None else losses.eligible & (weight > 0)
    loss = np.where(allowed, losses.loss, 0.0)
    also = [part for part in (weight, cluster) if part is not None]
    both = halves([*(f.codes for f in features), *dealt, *also], [allowed, loss], cluster=cluster, seed=seed)
    out = []
    for side in (both.search, ~both.search):
        places = both.order[side]
        codes = tuple(f.codes[places] for f in features)
        eligible = allowed[places]
        kept = places[eligible]
        rows = Rows(
            codes=tuple(c[eligible] for c in codes), loss=loss[kept], weight=None if weight is None else weight[kept],
            cluster=None if cluster is None else cluster[kept], event=losses.kind == "event" and weight is None,
        )  # fmt: skip
        out.append(_Half(rows=rows, codes=codes))
    return out[0], out[1]


def _inside(half: _Half, found: Found, features: tuple[Feature, ...]) -> int:
    """How many rows of the half meet the conditions, eligible or not."""
    inside = np.ones(half.size, dtype=bool)
    for feature, codes in found.parts:
        inside &= np.isin(half.codes[feature], np.array(codes))
    return int(np.count_nonzero(inside))


def _contrast(half: _Half, found: Found, features: tuple[Feature, ...], losses: Losses, settings: Settings) -> Contrast:
    n = _inside(half, found, features)
    inside = mask(found.parts, half.rows, features)
    return contrast(half.rows, inside, losses.kind, n=n, n_rest=half.size - n, level=settings.level,
                    min_n=settings.min_n)  # fmt: skip


def _slice(
    candidate: Candidate, seen: Contrast, p: float, features: tuple[Feature, ...], losses: Losses, settings: Settings
) -> DiscoveredSlice:
    """What is told of a candidate. It is confirmed where it does worse than everyone else and Holm's p says so."""
    said = conditions(candidate.found.parts, features)
    known = seen.p is not None and seen.gap is not None
    return DiscoveredSlice(
        name=name_of(said),
        where=clause_of(said),
        conditions=said,
        level=_turned(seen.slice, losses),
        rest=_turned(seen.rest, losses),
        gap=seen.gap,
        gap_low=seen.low,
        gap_high=seen.high,
        effect=seen.effect,
        p=seen.p,
        p_adjusted=p if known else None,
        harm=seen.harm,
        coverage=seen.coverage,
        found_gap=candidate.found.gap,
        confirmed=known and p <= 1 - settings.level and (seen.gap or 0.0) > 0,
        also=tuple(name_of(conditions(a.parts, features)) for a in candidate.also),
    )


def _with_limits(
    slices: Sequence[DiscoveredSlice], losses: Losses, info: MetricInfo, threshold: float | None, model: str | None
) -> tuple[DiscoveredSlice, ...]:
    """The confirmed slices with limits to be held against fresh data, each under a name of its own."""
    names = slice_names([[c.words for c in s.conditions] for s in slices], model=model)
    out = []
    for item, name in zip(slices, names, strict=True):
        limit = ""
        if item.confirmed and item.where and item.rest.value is not None:
            bound = _bound(item.rest.value, info, up=not losses.turned)
            limit = limit_toml(
                name, item.where, info.name, bound, highest=not losses.turned, threshold=threshold, model=model
            )
        out.append(replace(item, limit=limit))
    return tuple(out)


def _bound(value: float, info: MetricInfo, *, up: bool) -> float:
    """The value of everyone else to two digits, away from the slice's."""
    if value == 0 or not math.isfinite(value):
        return 0.0
    digits = 2 if info.scale == "share" else 1 - math.floor(math.log10(abs(value)))
    unit = 10.0**-digits
    return round((math.ceil if up else math.floor)(round(value / unit, 9)) * unit, max(digits, 0))


def _turned(level: Level, losses: Losses) -> Level:
    """The metric rather than the loss: of a metric that is better when higher, hits rather than misses."""
    if not losses.turned or level.value is None or level.low is None or level.high is None:
        return level
    return Level(n=level.n, n_eligible=level.n_eligible, value=1 - level.value, low=1 - level.high,
                 high=1 - level.low)  # fmt: skip


def _news(
    slices: Sequence[DiscoveredSlice], found: Sequence[Found], rows: Rows, features: tuple[Feature, ...]
) -> tuple[DiscoveredSlice, ...]:
    """In order of harm, without the confirmed slices that are worse only for what slices above them say already."""
    expected = Expected(rows)
    kept = []
    for item, where in sorted(zip(slices, found, strict=True), key=lambda pair: _by_harm(pair[0])):
        if item.confirmed:
            inside = mask(where.parts, rows, features)
            if not expected.is_news(inside):
                continue
            expected.add(inside)
        kept.append(item)
    return tuple(kept)


def _by_harm(found: DiscoveredSlice) -> tuple[bool, float, str]:
    return not found.confirmed, -(found.harm if found.harm is not None else -math.inf), found.name


def _tree(
    tree: tuple[Split, ...], half: _Half, features: tuple[Feature, ...], losses: Losses, settings: Settings
) -> tuple[TreeNode, ...]:
    """The tree's nodes with the numbers of the confirmation half."""
    if len(tree) < 2:
        return ()
    rows = half.rows
    weighted = rows.loss if rows.weight is None else rows.loss * rows.weight
    everything = float(weighted.sum())
    nodes = []
    for node in tree:
        inside = mask(node.parts, rows, features)
        found = Found(parts=node.parts, score=0.0, gap=0.0)
        n = _inside(half, found, features)
        level = level_of(rows.part(inside), losses.kind, n=n, level=settings.level, min_n=settings.min_n)
        feature = features[node.feature]
        condition = f"{feature.name} {condition_words(feature, node.codes)}" if node.parent is not None else "everyone"
        coverage = float(weighted[inside].sum()) / everything if everything > 0 else None
        nodes.append(TreeNode(condition=condition, parent=node.parent, level=_turned(level, losses), coverage=coverage))
    return tuple(nodes)


def _maps(
    candidates: Sequence[Candidate], tree: tuple[Split, ...], half: _Half, features: tuple[Feature, ...],
    losses: Losses, settings: Settings,
) -> tuple[LossMap, ...]:  # fmt: skip
    """A map of the two features that the search found to matter together, or of the first two that matter."""
    found = [c.found.features for c in candidates]
    together = [f[:2] for f in found if len(f) > 1]
    apart = list(dict.fromkeys([*(f for fs in found for f in fs), *(s.feature for s in tree if s.parent is not None)]))
    pair = together[0] if together else tuple(apart[:2])
    if len(pair) != 2:
        return ()
    first, second = pair
    width = features[second].bins
    both = half.codes[first].astype(np.intp) * width + half.codes[second]
    counts = np.bincount(both, minlength=features[first].bins * width).reshape(-1, width)
    drawn = loss_map(half.rows, features, (first, second), losses.kind, counts=counts, level=settings.level,
                     min_n=settings.min_n)  # fmt: skip
    cells = tuple(tuple(_turned(cell, losses) for cell in line) for line in drawn.cells)
    return (LossMap(row_feature=drawn.row_feature, column_feature=drawn.column_feature, rows=drawn.rows,
                    columns=drawn.columns, cells=cells),)  # fmt: skip
