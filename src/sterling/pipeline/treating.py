"""Carries a remedy for tables out, and measures before and after: of the table, and of a model trained on either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.data.records import flat
from sterling.core.errors import InputError, SterlingError, shown
from sterling.core.estimate import Estimate
from sterling.core.frozen import dataclass
from sterling.core.roles import Roles
from sterling.core.slices import EVERYONE, Slice, group_order, group_text
from sterling.core.treatment import Learned, Measure, Retrained, Treated, Treatment, find_treatment, learn
from sterling.data import remedies as _data
from sterling.data.copies.hashing import countable, row_keys
from sterling.data.leaks.alone import folds_of, tells
from sterling.data.leaks.area import Area, area
from sterling.data.leaks.area import estimate as area_estimate
from sterling.data.leaks.coding import comparable
from sterling.fairness import remedies as _fairness
from sterling.fairness.standing import Rows, matching_threshold, yardstick
from sterling.recipes.columns import choose_features
from sterling.recipes.fitting import Fitted, fit
from sterling.recipes.recipe import Recipe
from sterling.recipes.registry import find_recipe
from sterling.stats.normal import z
from sterling.stats.proportion import wilson_value

REGISTERED = (_data, _fairness)
"""Importing them registers remedies."""
HELD_OUT = 0.3
MOST_COLUMNS = 20
"""So many changed columns have their association with the groups measured."""
HALF = 0.5
DELONG = "DeLong, the score interval of Newcombe's variance"
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How it is measured: level and smallest group; `recipe`: what is trained before and after, None for nothing."""

    seed: int = 0
    level: float = 0.95
    min_n: int = 30
    recipe: str | None = None


def treat_table(
    frame: pl.DataFrame, name: str, *, roles: Roles, parameters: Mapping[str, object] | None = None,
    how: How | None = None, where: str = "",
) -> tuple[pl.DataFrame, Treated]:  # fmt: skip
    """The table that the remedy makes of this one, and what was measured before and after. `frame` is not changed.

    Raises ConfigError for an unknown remedy or parameter, InputError for a table that it cannot treat.
    """
    how = how or How()
    item = find_treatment(name, where=where)
    bound = item.bind(parameters or {}, where=where)
    learned = learn(item, frame, roles, parameters=bound, seed=how.seed)
    after = learned.treat(frame)
    retrained, failed = _retrained(frame, item, roles, bound, how)
    told = Treated(
        remedy=item.remedy, parameters=item.written(bound), seed=how.seed, rows=(frame.height, after.height),
        columns_changed=tuple(c for c in after.columns if c in frame.columns and _differs(frame, after, c)),
        columns_added=tuple(c for c in after.columns if c not in frame.columns),
        columns_dropped=tuple(c for c in frame.columns if c not in after.columns), measures=(), retrained=retrained,
        notes=(*learned.notes, *failed),
    )  # fmt: skip
    return after, replace(told, measures=tuple(_measures(frame, after, told, roles, how)))


def _differs(frame: pl.DataFrame, after: pl.DataFrame, column: str) -> bool:
    if frame.schema[column] != after.schema[column] or frame.height != after.height:
        return frame.schema[column] != after.schema[column]
    return not frame[column].equals(after[column], null_equal=True)


def _measures(
    frame: pl.DataFrame, after: pl.DataFrame, told: Treated, roles: Roles, how: How
) -> Iterator[Measure]:  # fmt: skip
    """Shares of groups, of positive labels, of missing values; what changed columns tell of the groups."""
    tables = (frame, after)
    groups = [g for g in roles.groups if all(g in t.columns for t in tables)]
    for group in groups:
        held = [_members(t[group]) for t in tables]
        for slice_ in sorted({*held[0], *held[1]}, key=lambda s: group_order(s.items[0][1])):
            shares = [
                _share(h.get(slice_, np.zeros(t.height, bool)), None, how) for h, t in zip(held, tables, strict=True)
            ]
            yield _measure("share_of_rows", slice_, None, shares, lower_is_worse=True)
    positive = [_positive(t, roles) for t in tables]
    if positive[0] is not None and positive[1] is not None:
        yield from _by_group("label_rate", None, tables, [p for p in positive if p is not None], groups, how)
    for column in (c for c in told.columns_changed if frame.height == after.height):
        lost = [t[column].is_null().to_numpy() for t in tables]
        if (lost[0] != lost[1]).any():
            yield from _by_group("missing_share", column, tables, [(m, None) for m in lost], groups, how)
    changed = [c for c in (*told.columns_changed, *told.columns_added) if c not in groups and c != roles.label]
    for group in groups:
        for column in changed[:MOST_COLUMNS]:
            yield from _association(tables, column, group, how)


def _by_group(
    name: str, column: str | None, tables: Sequence[pl.DataFrame], hits: Sequence[tuple[Bools, Bools | None]],
    groups: Sequence[str], how: How,
) -> Iterator[Measure]:  # fmt: skip
    """A share of everyone and of each group; hits and who is eligible (None: all) per table."""
    yield _measure(name, EVERYONE, column, [_share(h, e, how) for h, e in hits])
    for group in groups:
        held = [_members(t[group]) for t in tables]
        for slice_ in sorted({*held[0], *held[1]}, key=lambda s: group_order(s.items[0][1])):
            shares = []
            for (hit, eligible), members, table in zip(hits, held, tables, strict=True):
                mine = members.get(slice_, np.zeros(table.height, bool))
                shares.append(_share(hit, mine if eligible is None else mine & eligible, how))
            yield _measure(name, slice_, column, shares)


def _measure(
    name: str, slice_: Slice, column: str | None, pair: Sequence[Estimate], *, lower_is_worse: bool = False
) -> Measure:  # fmt: skip
    before, after = pair
    worse = None
    if lower_is_worse and before.low is not None and after.high is not None:
        worse = after.high < before.low
    return Measure(measure=name, slice=slice_, column=column, before=before, after=after, worse=worse)


def _association(tables: Sequence[pl.DataFrame], column: str, group: str, how: How) -> Iterator[Measure]:
    """What a column tells of a group: the AUC with which it alone tells members from others, of the group told best.

    Numbers tell by their size; 0.5 is nothing, and below 0.5 members have the smaller ones. All else tells by its
    value, on rows held out.
    """
    found = [_told(t, column, group, how) if column in t.columns else {} for t in tables]
    known = {s: a for f in reversed(found) for s, a in f.items() if np.isfinite(a.value)}
    best = max(known, key=lambda s: (abs(known[s].value - HALF), str(s)), default=None)
    if best is not None:
        unknown = Area(value=float("nan"), variance=float("nan"), positives=0, negatives=0)
        pair = [area_estimate(f.get(best, unknown), level=how.level, method=DELONG) for f in found]
        yield _measure("auc_of_group", best, column, pair)


def _told(table: pl.DataFrame, column: str, group: str, how: How) -> dict[Slice, Area]:
    members = {s: m for s, m in _members(table[group]).items() if how.min_n <= m.sum() <= len(m) - how.min_n}
    values = comparable(table[column])
    if values is None:
        return {}
    if values.dtype == pl.Float64:
        here = values.is_not_null().to_numpy()
        size = values.drop_nulls().to_numpy().astype(np.float64)
        return {s: area(size, m[here]) for s, m in members.items()}
    fold = folds_of(row_keys(table, countable(table.schema)), how.seed)
    coded = values.rank("dense").cast(pl.Int64).fill_null(0).to_numpy()
    return {s: tells(coded, m, fold) for s, m in members.items()}


def _members(values: pl.Series) -> dict[Slice, Bools]:
    """Who is in each group of a column."""
    distinct = values.unique().to_list()
    texts: dict[str | None, list[object]] = {}
    for value in distinct:
        texts.setdefault(group_text(value), []).append(value)
    return {
        Slice(((values.name, text),)): (
            values.is_null().to_numpy()
            if text is None
            else values.is_in(pl.Series(held, dtype=values.dtype).implode()).fill_null(False).to_numpy()
        )
        for text, held in texts.items()
    }


def _positive(frame: pl.DataFrame, roles: Roles) -> tuple[Bools, Bools] | None:
    """Who has the positive label, and who has a label; None unless the label has two values."""
    if roles.label is None or roles.label not in frame.columns:
        return None
    members = _members(frame[roles.label])
    values = sorted(text for s in members if (text := s.items[0][1]) is not None)
    if len(values) != 2:
        return None
    positive = roles.positive if roles.positive in values else values[-1]
    return members[Slice(((roles.label, positive),))], frame[roles.label].is_not_null().to_numpy()


def _share(hit: Bools, eligible: Bools | None, how: How) -> Estimate:
    among = np.ones(len(hit), bool) if eligible is None else eligible
    n, hits = int(among.sum()), int((hit & among).sum())
    if not n:
        return Estimate(value=None, low=None, high=None, level=how.level, n=0, n_eligible=0, method="Wilson",
                        status="undefined")  # fmt: skip
    bounds = wilson_value(hits / n, float(n), z(how.level))
    return Estimate(
        value=hits / n, low=float(bounds.low), high=float(bounds.high), level=how.level, n=n, n_eligible=n,
        method="Wilson",
    )  # fmt: skip


def _retrained(
    frame: pl.DataFrame, item: Treatment, roles: Roles, bound: Mapping[str, object], how: How
) -> tuple[tuple[Retrained, ...], tuple[str, ...]]:
    """A recipe trained with and without the remedy, by group column; or why it was not."""
    if how.recipe is None:
        return (), ()
    positive = _positive(frame, roles)
    if positive is None or not roles.groups:
        return (), ("No model was trained: that needs a label of two values and a group column.",)
    try:
        return tuple(_both(frame, item, roles, bound, how, *positive)), ()
    except SterlingError as error:
        return (), (f"No model could be trained: {error.what}.",)


def _both(
    frame: pl.DataFrame, item: Treatment, roles: Roles, bound: Mapping[str, object], how: How, hit: Bools, known: Bools
) -> Iterator[Retrained]:
    """Both models on the same people held out, at the share that the one before selects."""
    assert how.recipe is not None and roles.label is not None
    recipe = find_recipe(how.recipe)
    keys = row_keys(frame, countable(frame.schema))
    held = (keys % np.uint64(1000) < np.uint64(1000 * HELD_OUT)) & known
    train = frame.filter(~held & known)
    learned = learn(item, train, roles, parameters=bound, seed=how.seed)
    treated, people = learned.treat(train), frame.filter(held)
    shown_after = _as_shown(item, learned, people)
    models = (_fitted(recipe, train, roles, how.seed), _fitted(recipe, treated, roles, how.seed))
    scores = [m.predict(f) for m, f in zip(models, (people, shown_after), strict=True)]
    mass = np.ones(people.height)
    rate = float((scores[0] >= HALF).mean()) if people.height else 0.0
    rate = rate if 0 < rate < 1 else float(hit[known].mean())
    before, after = (s >= matching_threshold(s, mass, rate)[0] for s in scores)
    wanted = "selected" if roles.favourable in (None, roles.positive) else "not_selected"
    for group in roles.groups:
        rows = Rows(
            part="rows held out", frame=people, label=hit[held].astype(np.float64),
            group=[group_text(v) for v in people[group].to_list()],
        )  # fmt: skip
        at = yardstick(rows, group, wanted=wanted, level=how.level, min_n=how.min_n)  # type: ignore[arg-type]
        changes = at.changes(before, after)
        yield Retrained(
            recipe=recipe.name, group=group, n_train=(train.height, treated.height), n_held_out=people.height,
            selection_rate=rate, accuracy=at.accuracy_change(before, after), changes=changes,
            worse=tuple(dict.fromkeys(str(c.slice) for c in changes if c.worse)),
        )  # fmt: skip


def _as_shown(item: Treatment, learned: Learned, people: pl.DataFrame) -> pl.DataFrame:
    """The people held out as the model after the remedy sees them: nobody is left out or drawn again."""
    if item.others == "untouched":
        return people
    treated = learned.treat(people)
    return treated if treated.height == people.height else people


def _fitted(recipe: Recipe, frame: pl.DataFrame, roles: Roles, seed: int) -> Fitted:
    positive = _positive(frame, roles)
    if positive is None:
        raise InputError(
            "the rows to learn from have one label",
            where=shown(roles.label or ""),
            hint="name another label column, or more rows",
        )
    taken = [c for c in (roles.label, roles.id, roles.weight) if c is not None]
    chosen = choose_features(frame.schema, taken=taken, groups=roles.groups)
    return fit(
        recipe, {}, frame=frame, features=chosen.names, label=positive[0].astype(np.int64), seed=seed
    )  # fmt: skip


def wire(told: Treated) -> dict[str, object]:
    """What a remedy did, as plain JSON: `measures` and, for each model, `changes` with before, after and intervals."""
    remedy = told.remedy
    return {
        "format": "sterling.remedy", "version": 1, "remedy": remedy.name, "uses": remedy.uses,
        "parameters": dict(told.parameters), "seed": told.seed,
        "rows": {"before": told.rows[0], "after": told.rows[1]},
        "columns": {
            "changed": list(told.columns_changed), "added": list(told.columns_added),
            "dropped": list(told.columns_dropped),
        },
        "measures": [flat(m) for m in told.measures],
        "models": [{**flat(m), "changes": [flat(c) for c in m.changes]} for m in told.retrained],
        "notes": list(told.notes),
    }  # fmt: skip
