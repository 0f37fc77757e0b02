"""DA010: what do the columns look like?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sterling.core.data.about import AboutData
from sterling.core.data.profile import Association, Profile
from sterling.core.errors import MissingExtra, shown
from sterling.core.evidence import Answer, TooSmall
from sterling.core.registry import check
from sterling.data.statistics.associations import PAIR_ROWS, PAIRED, ROWS, associations_of, pairs_of
from sterling.data.statistics.facts import ColumnFacts, TableFacts
from sterling.data.statistics.findings import findings_of
from sterling.data.statistics.images import LOOKED_AT, holds_pictures, pictures_of
from sterling.data.statistics.summarise import TOP, Summary, summarise
from sterling.data.statistics.withheld import profile_of
from sterling.engine.table import TableAccess


@check(
    code="DA010",
    name="statistics",
    title="Statistics of the columns",
    question="What do the columns look like, for everyone and for each group?",
    needs=("table",),
    when=("profile",),
    pitfalls=(
        "Values that stand for missing ones (-1, 999, 'unknown') are counted as values.",
        "A mean hides a mixture, and a correlation a bend: look at the histogram.",
        "What goes with a group may cause it, follow from it, or share a cause with it.",
    ),
    hints=("Ask of each column with many missing values for whom they are missing: DA005.",),
)
def statistics(
    access: TableAccess, *, columns: tuple[str, ...] | None = None, groups: tuple[str, ...] | None = None,
    top: int = TOP, associations: bool = True, association_rows: int = ROWS, pair_rows: int = PAIR_ROWS,
    images: tuple[str, ...] = (), image_folder: str | None = None,
) -> Answer:  # fmt: skip
    """Statistics of every column: of everyone, of each group that is large enough, of the other tables.

    `columns`: unless given, all of the table's own. `groups`: columns whose values are slices; unless given, the group
    columns. `top`: so many common values. `associations`: with the label and the groups, on about `association_rows`
    rows at most, and of all pairs on about `pair_rows`. `images`: columns with paths of pictures in `image_folder`.
    """
    slicing = tuple(g for g in access.roles.groups if g in access.columns) if groups is None else access.known(groups)
    summary = summarise(access, columns, groups=slicing, top=top)
    everyone, told = _with_pictures(access, summary.everyone, images, image_folder)
    profile = profile_of(everyone)
    notes = [*told, *_notes(access, summary)]
    if associations:
        names = tuple(c.name for c in everyone.columns)
        found = associations_of(access, names, slicing, rows=association_rows)
        profile = _with_associations(profile, found)
        if columns is None:
            profile = replace(profile, pairs=pairs_of(access, rows=pair_rows))
        notes += _sampled(access, found, association_rows, pair_rows)
    others = tuple(profile_of(summarise(other, columns, top=top).everyone) for other in access.others)
    small = tuple(
        TooSmall(slice=s, n=n, n_eligible=n, n_needed=access.min_n) for s, n in summary.small
    )  # fmt: skip
    exact = all(c.exact for c in everyone.columns)
    return Answer(
        about=AboutData(profiles=(profile, *map(profile_of, summary.slices), *others)),
        findings=findings_of(everyone, level=access.level, effective=summary.effective), too_small=small,
        notes=tuple(notes), method="each column counted out" if exact else "counted, and sketched with stated errors",
    )  # fmt: skip


def _with_pictures(
    access: TableAccess, facts: TableFacts, images: tuple[str, ...], folder: str | None
) -> tuple[TableFacts, list[str]]:
    """The facts with those of pictures, and what to know of them."""
    access.known(images, where="DA010 images")
    columns: list[ColumnFacts] = []
    told: list[str] = []
    for column in facts.columns:
        asked = column.name in images
        if asked or (column.kind == "other" and column.dtype.is_nested() is False):
            column, said = _pictures(access, column, asked, folder)
            told += said
        columns.append(column)
    return replace(facts, columns=tuple(columns)), told


def _pictures(
    access: TableAccess, column: ColumnFacts, asked: bool, folder: str | None
) -> tuple[ColumnFacts, list[str]]:
    values = access.sample((column.name,), most=LOOKED_AT)[column.name]
    if not asked and not holds_pictures(values):
        return column, []
    try:
        found = pictures_of(values, folder)
    except MissingExtra as missing:
        if asked:
            raise
        return replace(column, kind="image"), [f"{missing.what}: {missing.hint}"]
    said = []
    if values.len() < access.rows:
        said = [f"Pictures of {shown(column.name)} were opened in {values.len():,} rows of {access.rows:,}."]
    return replace(column, kind="image", image=found), said


def _with_associations(profile: Profile, found: Mapping[str, tuple[Association, ...]]) -> Profile:
    columns = tuple(replace(c, associations=found.get(c.name, ())) for c in profile.columns)
    return replace(profile, columns=columns)


def _notes(access: TableAccess, summary: Summary) -> Iterator[str]:
    sketched = [c for c in summary.everyone.columns if not c.exact]
    if sketched:
        yield (
            f"{len(sketched)} of {len(summary.everyone.columns)} columns have too many values to be held: their "
            "quantiles, common values and numbers of values come with errors, which each of them states."
        )
    if access.roles.id is not None:
        yield f"Nothing is told of the values of {shown(access.roles.id)}, which name people."
    for group, number in summary.left:
        yield f"{number:,} values of {shown(group)} with fewer rows than others are not profiled one by one."


def _sampled(access: TableAccess, found: Mapping[str, object], rows: int, pair_rows: int) -> Iterator[str]:
    if found and access.rows > rows:
        yield f"Associations with the label and the groups rest on about {rows:,} of {access.rows:,} rows."
    if access.rows > pair_rows:
        yield (
            f"The matrix of associations rests on about {pair_rows:,} of {access.rows:,} rows"
            + (f" and holds {PAIRED} columns." if len(access.columns) > PAIRED else ".")
        )
