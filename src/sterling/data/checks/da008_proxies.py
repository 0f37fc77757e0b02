"""DA008: how much do the other columns tell of a group?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.data.about import AboutData
from sterling.core.data.proxies import Carrier, Proxies, ProxyStrength, Told
from sterling.core.digest import mix
from sterling.core.errors import ConfigError, InputError, MissingExtra, shown
from sterling.core.evidence import Answer, Finding, TooSmall
from sterling.core.frozen import dataclass
from sterling.core.metrics import DATA_METRICS
from sterling.core.named_slices import columns_behind
from sterling.core.registry import check
from sterling.core.slices import Slice
from sterling.data.copies.hashing import row_keys
from sterling.data.leaks.area import METHOD as AREA_METHOD
from sterling.data.leaks.area import Area, estimate, highest
from sterling.data.leaks.coding import codes, comparable, places
from sterling.data.people.looking import estimate as known
from sterling.data.people.looking import families, feature_columns, without_repeats
from sterling.data.people.order import for_models, ordered
from sterling.data.people.proxies import Alone, one_against_rest
from sterling.data.people.together import Learned, carried, dealt, learn
from sterling.engine.encode import Codes, encode_group
from sterling.engine.table import TableAccess
from sterling.recipes.registry import find_recipe
from sterling.stats.adjust import holm
from sterling.stats.auc import delong_z
from sterling.stats.draws import stream
from sterling.stats.normal import sidak

CODE = "DA008"
ROWS = 20_000
TREES = {"max_iter": 60}
"""The usual recipe is boosted trees; so many tell enough here."""
NAMES_ROWS = 0.5
"""A text of which more than this share of the values differ names rows: it can say nothing of others."""
METHOD = (
    f"{AREA_METHOD}; learned from one half of the rows, by range or by order, measured on the other; p: the group "
    "dealt anew among the rows held out (by ranks for one column alone), adjusted over groups and columns (Holm)"
)
Bools = NDArray[np.bool_]


@check(
    code=CODE,
    name="proxies",
    title="Proxies of groups",
    question="How well do the other columns, alone and together, tell which group somebody is in?",
    needs=("table", "groups"),
    when=("profile",),
    pitfalls=(
        "A proxy is not misuse: what matters is whether a model uses it in the group's place. Leaving the group out of "
        "a model does not take it out of the data.",
        "Columns that carry the same thing share what is lost when one is shuffled: each may seem to carry little.",
        "How much can be told is bounded from below: another recipe may tell more.",
    ),
    hints=("Ask of each strong proxy why it is needed, and look at the model's rates between the groups it tells.",),
)
def proxies(
    access: TableAccess, *, features: tuple[str, ...] | None = None, groups: tuple[str, ...] | None = None,
    together: bool = True, recipe: str = "boosted-trees", rows: int = ROWS,
) -> Answer:  # fmt: skip
    """The AUC of each column alone and of all together for every group against the rest, on rows held out.

    `features`: every column without a role unless given; those that a group is made from are left out for it. `rows`:
    so many are looked at, of more a sample. `together`: train `recipe` on all of them as well.
    """
    if not 200 <= rows <= 1_000_000:
        raise ConfigError(f"rows is {rows}", where=CODE, expected="a number from 200 to 1,000,000")
    chosen = find_recipe(recipe, where=CODE) if together else None
    wanted = tuple(f[0] for f in families(access, groups, 1, where=CODE))
    named = feature_columns(access) if features is None else tuple(dict.fromkeys(access.known(features, where=CODE)))
    taken = {access.roles.label, access.roles.id, access.roles.weight}
    for name in named:
        if name in taken:
            raise ConfigError(f"{shown(name)!r} is no feature: it is the label, the id or the weight", where=CODE,
                              hint="leave it out of features")  # fmt: skip
    frame = access.sample(list(dict.fromkeys([*wanted, *named])), most=rows)
    seen = _Seen.of(frame, named, wanted, seed=access.seed)
    notes = list(_notes(seen, named, access))
    if not seen.features:
        return Answer(
            outcome="not_applicable", reason="there is no column without a role to tell groups by", notes=tuple(notes)
        )
    found, findings, few = [], [], []  # type: list[Proxies], list[Finding], list[TooSmall]
    for group in wanted:
        own = columns_behind((group,), access.roles.slices)
        usable = [f for f in seen.features if f not in own and f != group]
        values, small = _values(seen, group, access.min_n)
        few += small
        if not usable or len(values) < 1:
            continue
        one, told, more = _group(seen, group, usable, values, access, chosen)
        found.append(one)
        findings += told
        notes += [n for n in more if n not in notes]
    return Answer(
        findings=tuple(findings), too_small=without_repeats(few), about=AboutData(proxies=tuple(found)),
        method=METHOD, notes=tuple(notes), outcome="measured" if found else "insufficient",
        reason="" if found else "no group has enough rows in both halves",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """The rows that are looked at, in an order of their own; which of them are learned from; columns as codes."""

    frame: pl.DataFrame
    learning: Bools
    features: tuple[str, ...]
    coded: dict[str, NDArray[np.int64]]
    places: dict[str, NDArray[np.int64] | None]
    groups: dict[str, Codes]
    left_out: tuple[str, ...]

    @classmethod
    def of(cls, frame: pl.DataFrame, named: Sequence[str], groups: Sequence[str], *, seed: int) -> _Seen:
        plain = {f: comparable(frame[f]) for f in named}
        held = {f: s for f, s in plain.items() if s is not None and s.null_count() < len(s) and not _names_rows(s)}
        order, keys = ordered(row_keys(frame, [*held, *groups]))
        rows = pl.DataFrame(
            {**{f: for_models(s) for f, s in held.items()}, **{g: frame[g] for g in groups if g not in held}}
        )[order]
        coded = {f: codes(rows[f]) for f in held}
        return cls(
            frame=rows, learning=mix(keys ^ np.uint64(seed)) & np.uint64(1) == 1, features=tuple(held),
            coded={f: c for f, c in coded.items() if c is not None}, places={f: places(rows[f]) for f in held},
            groups={g: encode_group(frame[g][order]) for g in groups},
            left_out=tuple(f for f in named if f not in held),
        )  # fmt: skip


def _names_rows(column: pl.Series) -> bool:
    return column.dtype == pl.String and column.n_unique() > max(20, NAMES_ROWS * len(column))


def _notes(seen: _Seen, named: Sequence[str], access: TableAccess) -> list[str]:
    out = []
    if seen.frame.height < access.rows:
        out.append(f"{seen.frame.height:,} of {access.rows:,} rows were looked at, drawn by their content.")
    if seen.left_out:
        out.append(f"Left out, as they are empty, name rows or have no order: {', '.join(seen.left_out[:10])}.")
    if access.roles.weight is not None:
        out.append("Rows are not weighted here.")
    return out


def _values(seen: _Seen, group: str, min_n: int) -> tuple[list[int], tuple[TooSmall, ...]]:
    """The values with enough rows, and enough others, in both halves. Of two values one says all."""
    coded = seen.groups[group]
    k = len(coded.values)
    halves = [np.bincount(coded.codes[part], minlength=k) for part in (seen.learning, ~seen.learning)]
    kept, few = [], []
    for value in range(k):
        least = min(int(h[value]) for h in halves)
        if least < min_n:
            slice_ = Slice(((group, coded.values[value]),))
            few.append(TooSmall(slice=slice_, n=int(sum(h[value] for h in halves)), n_eligible=least, n_needed=min_n))
        elif min(int(h.sum() - h[value]) for h in halves) >= min_n:
            kept.append(value)
    if k == 2 and len(kept) == 2:
        rows = [int(halves[0][v] + halves[1][v]) for v in kept]
        kept = [kept[int(np.argmin(rows))]]
    return kept, tuple(few)


def _group(
    seen: _Seen, group: str, features: list[str], values: list[int], access: TableAccess, recipe: object
) -> tuple[Proxies, list[Finding], list[str]]:
    coded = seen.groups[group]
    slices = [Slice(((group, coded.values[v]),)) for v in values]
    alone: dict[str, list[Alone]] = {}
    for f in features:
        if f in seen.coded:
            rng = stream(access.seed, f"{CODE} {group} {f}")
            alone[f] = [
                one_against_rest(seen.coded[f], coded.codes == v, seen.learning, rng=rng, place=seen.places[f])
                for v in values
            ]
    adjusted = holm([min(1.0, len(values) * min(a.p for a in found)) for found in alone.values()])
    strengths = [
        _strength((f,), [a.area for a in found], slices, access.level, p=float(p), spread=max(a.null_sd for a in found))
        for (f, found), p in zip(alone.items(), adjusted, strict=True)
    ]
    findings = _findings(alone, slices, group, access.level)
    notes: list[str] = []
    all_, carriers, told = None, [], []  # type: ProxyStrength | None, list[Carrier], list[Told]
    if recipe is not None:
        try:
            all_, carriers, told, more = _together(seen, group, features, values, slices, access, recipe)
            findings += more
        except (MissingExtra, InputError) as error:
            notes.append(f"All columns together were not looked at: {error.what}; {error.hint}.")
    lost = {c.feature: c for c in carriers}
    strengths = [
        replace(s, share=lost[s.features[0]].share, carried=(lost[s.features[0]].lost.low or 0.0) > 1e-9)
        if s.features[0] in lost else s
        for s in strengths
    ]  # fmt: skip
    strengths.sort(key=lambda s: (-(s.value or 0.0), s.features))
    return (
        Proxies(
            group=group, together=all_, alone=tuple(strengths), each=tuple(told), carriers=tuple(carriers),
            recipe=getattr(recipe, "name", ""), learned=int(seen.learning.sum()),
        ),
        findings,
        notes,
    )  # fmt: skip


def _strength(
    features: tuple[str, ...], areas: Sequence[Area], slices: Sequence[Slice], level: float, *, p: float, spread: float,
    null_high: float | None = None,
) -> ProxyStrength:  # fmt: skip
    """The group that is told best, with bounds of all groups together."""
    best = int(np.argmax([a.value for a in areas]))
    found = areas[best]
    at = delong_z(found.value, found.variance, found.positives, found.negatives, sidak(level, len(areas)))
    chance = 0.5 + sidak(level, len(areas), 1) * spread if null_high is None else null_high
    return ProxyStrength(
        features=features, value=found.value, low=float(at.low), high=float(at.high), level=level, n=found.n,
        null_high=float(chance), p=p, of=slices[best],
    )  # fmt: skip


def _findings(alone: dict[str, list[Alone]], slices: Sequence[Slice], group: str, level: float) -> list[Finding]:
    """The finding of each feature, and of the strongest of all of them."""
    info = DATA_METRICS["proxy_auc"].info
    each = [
        highest(info, [a.area for a in found], level=level, columns=(f,), slices=slices) for f, found in alone.items()
    ]
    areas = [a.area for found in alone.values() for a in found]
    worst = highest(info, areas, level=level, slices=[s for _ in alone for s in slices])
    return [replace(f, family=(group,)) for f in (*each, worst) if f is not None]


def _together(
    seen: _Seen, group: str, features: list[str], values: list[int], slices: list[Slice], access: TableAccess,
    recipe: object,
) -> tuple[ProxyStrength, list[Carrier], list[Told], list[Finding]]:  # fmt: skip
    coded, held = seen.groups[group], ~seen.learning
    parameters = TREES if getattr(recipe, "name", "") == "boosted-trees" else {}
    rows = seen.frame.select(features).with_columns(pl.selectors.boolean().cast(pl.Float64))
    learned: list[Learned] = [
        learn(recipe, parameters, rows, features, coded.codes == v, seen.learning, seed=access.seed)  # type: ignore[arg-type]
        for v in values
    ]
    key = f"{CODE} {group} together"
    p, deals = dealt(learned, coded.codes[held].astype(np.int64), values, key=key, seed=access.seed)
    areas = [found.area for found in learned]
    chance = float(np.quantile(deals, access.level, method="higher"))
    whole = _strength(tuple(features), areas, slices, access.level, p=p, spread=0.0, null_high=chance)
    best = int(np.argmax([a.value for a in areas]))
    member = coded.codes[held] == values[best]
    lost = carried(learned[best], rows.filter(held), member, level=access.level, key=key, seed=access.seed)
    above = areas[best].value - 0.5
    carriers = [
        Carrier(
            feature=item.feature, share=max(item.value, 0.0) / above if above > 0 else None,
            lost=known(
                item.value, item.low, item.high, level=access.level, n=int(held.sum()), eligible=int(held.sum()),
                method="DeLong, of the difference of two scores of the same rows held out; mean of 3 shuffles",
            ),
        )
        for item in lost
    ]  # fmt: skip
    told = [Told(slice=s, auc=estimate(a, level=access.level)) for s, a in zip(slices, areas, strict=True)]
    found = highest(DATA_METRICS["proxy_auc_together"].info, areas, level=access.level, slices=slices)
    return whole, carriers, told, [replace(found, family=(group,))] if found is not None else []
