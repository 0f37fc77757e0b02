"""DA007: for which groups are labels unlike what the other columns let expect?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.data.about import AboutData
from sterling.core.data.people import GroupGap, GroupNumber, People
from sterling.core.errors import ConfigError, InputError, shown
from sterling.core.evidence import Answer, Finding, TooSmall
from sterling.core.frozen import dataclass
from sterling.core.registry import check
from sterling.core.roles import LabelKind
from sterling.core.slices import group_text
from sterling.data.copies.hashing import row_keys
from sterling.data.leaks.coding import comparable
from sterling.data.people.balance import enough, gap_of, test_of
from sterling.data.people.doubts import confidence, doubted, probabilities, two
from sterling.data.people.looking import (
    MOST_LABELS,
    decided,
    families,
    feature_columns,
    finding,
    meaning_of,
    share_estimates,
    shares,
    side,
    without_repeats,
)
from sterling.data.people.order import for_models, ordered
from sterling.data.people.tally import ROWS as ALL
from sterling.data.people.tally import Bools, Groups, tally
from sterling.engine.encode import Codes, encode_group
from sterling.engine.labels import label_codes
from sterling.engine.table import TableAccess
from sterling.recipes.registry import find_recipe
from sterling.stats.draws import stream
from sterling.stats.normal import z

CODE = "DA007"
ROWS = 20_000
TREES = {"max_iter": 60}
DOUBTED, POSITIVE = "label is doubted", "label is positive"
NAMES_ROWS = 0.5
METHOD = (
    "confident learning on cross-fitted probabilities; exact (Clopper-Pearson) limits of each share, squared and "
    "added; the end that can exceed a limit holds for all pairs of groups together (Tukey's studentised range)"
)
WORDS: dict[LabelKind, str] = {
    "annotation": "A doubted label may be a slip of whoever annotated it, or a case that the model does not grasp.",
    "outcome": "An outcome happened: a doubted one is a surprise to the model, or was recorded wrongly.",
    "human_decision": "A decision is not right or wrong here: a doubted one is unlike decisions in like cases.",
    "unstated": "What the label is was not stated: a doubted one is unlike what the model expects, and no more.",
}


@check(
    code=CODE,
    name="doubtful-labels",
    title="Labels unlike what is expected",
    question="For which groups are more labels unlike what the other columns let expect?",
    needs=("table", "label"),
    when=("request",),
    pitfalls=(
        "A model that lacks what people knew doubts labels that are right; one that learned a prejudice doubts the "
        "labels that depart from it.",
        "Where the other columns tell little of the label, many right labels are doubted: chance looks like error.",
        "A group that the model fits worse has more doubted labels, right or wrong.",
        "The interval covers which rows came into the table, not the model's own error.",
    ),
    hints=("Let people who know the field look at a sample of doubted and undoubted labels of each group, unmarked.",),
)
def doubtful_labels(
    access: TableAccess, *, score: str | None = None, recipe: str = "boosted-trees", folds: int = 5,
    features: tuple[str, ...] | None = None, groups: tuple[str, ...] | None = None, cross: int = 1, rows: int = ROWS,
    ids: bool = False, most: int = 20,
) -> Answer:  # fmt: skip
    """The share of doubted labels of everyone and of each group, also by the label given, and the widest difference.

    Probabilities come from `recipe`, cross-fitted over `folds`, or from the column `score` (of the positive label, made
    without the rows it scores). `rows`: so many are looked at, of more a sample. `ids`: name the `most` rows whose
    label is least expected, by the id column.
    """
    if not 200 <= rows <= 1_000_000 or not 1 <= most <= 1_000:
        raise ConfigError(f"rows is {rows}, most {most}", where=CODE, expected="200 to 1,000,000; 1 to 1,000")
    if ids and access.roles.id is None:
        raise ConfigError("rows are to be named, and there is no id column", where=CODE, hint="give id")
    wanted = families(access, groups, cross, where=CODE) if access.roles.groups else ()
    seen = _labelled(access, score, features, wanted, rows)
    if isinstance(seen, str):
        return Answer(outcome="not_applicable", reason=seen)
    counts = np.bincount(seen.labels, minlength=len(seen.names))
    if len(counts) < 2 or counts.min() < max(access.min_n, folds):
        return Answer(outcome="insufficient", reason=f"a label value has fewer than {max(access.min_n, folds)} rows")
    if score is not None:
        chances = two(_scores(seen.frame[score], score, access.name))
    else:
        if not seen.features:
            return Answer(outcome="not_applicable", reason="there is no column without a role to expect labels from")
        chosen = find_recipe(recipe, where=CODE)
        chances = probabilities(
            chosen, TREES if chosen.name == "boosted-trees" else {}, seen.frame.select(seen.features), seen.features,
            seen.labels, entities=pl.Series(seen.keys), folds=folds, seed=access.seed,
        )  # fmt: skip
    doubt = doubted(seen.labels, chances)
    named: tuple[str, ...] = ()
    if ids and access.roles.id is not None:
        order = np.lexsort((seen.keys, confidence(seen.labels, chances)))[:most]
        named = tuple(str(group_text(v)) for v in seen.frame[access.roles.id][order].to_list())
    notes = [WORDS[access.roles.label_kind], "The interval covers sampling, not the model's own error."]
    if seen.frame.height < access.rows:
        notes.append(f"{seen.frame.height:,} of {access.rows:,} rows with a label were looked at.")
    return _answer(access, seen, doubt, wanted, tuple(notes), named)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """Labelled rows in an order of their own: classes from 0 and their names (the positive one last of two)."""

    frame: pl.DataFrame
    labels: NDArray[np.int64]
    names: tuple[str, ...]
    features: tuple[str, ...]
    keys: NDArray[np.uint64]


def _labelled(
    access: TableAccess, score: str | None, features: tuple[str, ...] | None, wanted: tuple[tuple[str, ...], ...],
    rows: int,
) -> _Seen | str:  # fmt: skip
    """The rows that have a label, or why labels cannot be looked at."""
    roles = access.roles
    assert roles.label is not None
    label = roles.label
    if score is not None:
        access.known((score,), where=CODE)
    usable = feature_columns(access, also=(score,) if score else ()) if features is None else features
    access.known(usable, where=CODE)
    if label in usable:
        raise ConfigError(f"{shown(label)!r} is the label, not a feature", where=CODE, hint="leave it out of features")
    columns = [*usable, label, *(c for f in wanted for c in f), *(c for c in (score, roles.id, roles.weight) if c)]
    frame = access.sample(list(dict.fromkeys(columns)), most=rows)
    meaning = meaning_of(access)
    if not isinstance(meaning, str):
        codes = label_codes(frame[label], meaning).astype(np.int64)
        names: tuple[str, ...] = (f"not {meaning.positive}", meaning.positive)
        known = codes < 2
    elif score is not None:
        return meaning
    else:
        many = frame[label].n_unique()
        if frame[label].dtype.is_nested() or many > MOST_LABELS + 1:
            return "the label is a number or a text, not a class"
        coded = encode_group(frame[label])
        names = tuple(v for v in coded.values if v is not None)
        codes, known = coded.codes.astype(np.int64), coded.codes < len(names)
    held = {f: comparable(frame[f]) for f in usable}
    plain = {f: s for f, s in held.items() if s is not None and s.null_count() < len(s) and not _names_rows(s)}
    frame = frame.with_columns(*(for_models(s).alias(f) for f, s in plain.items()))
    content = row_keys(frame, [*plain, label, *(c for f in wanted for c in f), *((score,) if score else ())])
    places, keys = ordered(content)
    places, keys = places[known[places]], keys[known[places]]
    return _Seen(frame=frame[places], labels=codes[places], names=names, features=tuple(plain), keys=keys)


def _names_rows(column: pl.Series) -> bool:
    return column.dtype == pl.String and column.n_unique() > max(20, NAMES_ROWS * len(column))


def _scores(column: pl.Series, name: str, where: str) -> NDArray[np.float64]:
    if not column.dtype.is_numeric():
        raise InputError(f"the score column {shown(name)!r} holds no numbers", where=where,
                         hint="name the column with the probability of the positive label")  # fmt: skip
    values = column.cast(pl.Float64).to_numpy()
    odd = int((~((values >= 0) & (values <= 1))).sum())
    if odd:
        raise InputError(
            f"{odd:,} scores in {shown(name)!r} are no probabilities", where=where, expected="numbers from 0 to 1"
        )
    return values


def _masks(frame: pl.DataFrame, coded: tuple[Codes, ...]) -> Mapping[str, Bools]:
    del coded
    doubt, positive = frame[DOUBTED].to_numpy(), frame[POSITIVE].to_numpy()
    return {
        DOUBTED: doubt, POSITIVE: positive, "negative": ~positive, "doubted positive": doubt & positive,
        "doubted negative": doubt & ~positive,
    }  # fmt: skip


def _answer(
    access: TableAccess, seen: _Seen, doubt: Bools, wanted: tuple[tuple[str, ...], ...], notes: tuple[str, ...],
    ids: tuple[str, ...],
) -> Answer:  # fmt: skip
    singles = tuple(dict.fromkeys(c for f in wanted for c in f))
    weight = access.roles.weight
    columns = [seen.frame[c] for c in (*singles, *((weight,) if weight else ()))]
    positive = seen.labels == len(seen.names) - 1
    table = pl.DataFrame([*columns, pl.Series(DOUBTED, doubt), pl.Series(POSITIVE, positive)])
    held = replace(access, table=table.lazy(), rows=table.height, place=None, others=(), progress=None, _held=[])
    counts = tally(held, singles, masks=_masks, reads=(DOUBTED, POSITIVE))
    both = len(seen.names) == 2
    everyone = counts.groups(())
    numbers = _numbers(everyone, access, both=both)
    findings: list[Finding] = [_overall(everyone, access)]
    gaps: list[GroupGap] = []
    few: list[TooSmall] = []
    for family in wanted:
        groups = counts.groups(family)
        numbers += _numbers(groups, access, both=both)
        kept, small = enough(groups, access.min_n, ALL)
        few += small
        if len(kept.slices) < 2:
            continue
        share = shares(kept, DOUBTED)
        p = test_of(kept, share, rng=stream(access.seed, f"{CODE} {family}"), weighted=weight is not None)
        gap, told = gap_of(
            kept, share, "doubtful_label_gap", measure="doubtful_label_share", level=access.level, method=METHOD, p=p,
            column=access.roles.label, too_small=small,
        )  # fmt: skip
        gaps.append(gap)
        findings.append(told)
    people = People(numbers=tuple(numbers), gaps=tuple(gaps), ids=ids)
    return Answer(
        findings=tuple(findings), too_small=without_repeats(few), about=AboutData(people=people), method=METHOD,
        notes=notes,
    )  # fmt: skip


def _numbers(groups: Groups, access: TableAccess, *, both: bool) -> list[GroupNumber]:
    """The share of doubted labels of each group; of two label values for either as well."""
    asked = [("doubtful_label_share", DOUBTED, ALL)]
    if both:
        asked += [
            ("doubtful_positive_share", "doubted positive", POSITIVE),
            ("doubtful_negative_share", "doubted negative", "negative"),
        ]
    out = []
    for measure, hit, eligible in asked:
        estimates = share_estimates(
            shares(groups, hit, eligible), level=access.level, min_n=access.min_n,
            weighted=access.roles.weight is not None,
        )  # fmt: skip
        out += [
            GroupNumber(slice=s, measure=measure, estimate=e, column=access.roles.label)
            for s, e in zip(groups.slices, estimates, strict=True)
        ]
    return out


def _overall(everyone: Groups, access: TableAccess) -> Finding:
    found = shares(everyone, DOUBTED)
    low, high = decided(found, np.array([z(access.level, 1)]))
    return finding(
        "doubtful_label_share", family=(), first=side(everyone.slices, found, 0), second=None,
        value=float(found.value[0]), low=float(low[0]), high=float(high[0]), level=access.level, compared=1,
        method="confident learning on cross-fitted probabilities; Clopper-Pearson limits",
    )  # fmt: skip
