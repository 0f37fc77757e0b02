"""What moves the scores of whom: attributions of features, for everyone and for groups."""

from __future__ import annotations

from typing import NamedTuple

from sterling.core.attributed import Attributed
from sterling.core.column_metrics import MEASURES
from sterling.core.document import Block, Cell, Grid, Items, Prose, Section
from sterling.core.errors import counted
from sterling.core.estimate import Estimate
from sterling.core.evidence import Evidence
from sterling.core.frozen import dataclass
from sterling.core.overview import Dot, Dots
from sterling.core.policy import parse_slice
from sterling.core.run import Run
from sterling.core.slices import EVERYONE, Slice
from sterling.core.table import Block as Estimates
from sterling.core.table import EstimateTable
from sterling.report.parts import cell, count_cell, estimate_cell, line
from sterling.report.people import family, group, noun
from sterling.report.text import FEW, bound, capital, count, decimals, listed, number

CODE = "EX001"
SAID, ROWS, NAME = 3, 400, 40
"""So many differences are told as sentences, so many rows a table has, so long a feature's name may be."""
OF_MODEL = (
    "Attributions explain the model’s scores, not the world: a feature that moves scores need not be the cause of "
    "anything, and one that moves none may still be told from the others."
)


class Apart(NamedTuple):
    """How far the mean attribution of a feature is apart in one group from the others or the baseline."""

    feature: str
    slice: Slice
    value: float
    low: float
    high: float
    n: int

    @property
    def sure(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What one ask found, and the words it is told in."""

    found: Attributed
    people: str

    @property
    def unit(self) -> str:
        return line(self.found.unit, NAME)

    def apart(self, columns: tuple[str, ...]) -> list[Apart]:
        """The differences of one family: those that are sure first, each kind by size."""
        known = [
            Apart(feature, s, e.value, e.low, e.high, e.n)
            for feature, block in zip(self.found.features, self.found.apart.blocks, strict=True)
            for s in self.found.apart.slices
            if s.family == columns
            and (e := _estimate(self.found.apart, block, s)) is not None
            and e.value is not None and e.low is not None and e.high is not None
        ]  # fmt: skip
        return sorted(known, key=lambda a: (not a.sure, -abs(a.value), a.feature, str(a.slice)))

    def others(self, columns: tuple[str, ...]) -> str:
        """Whom each group of a family is compared with."""
        values = dict(item for text in self.found.against for item in parse_slice(text).items)
        if set(columns) <= set(values):
            return group(Slice(tuple((c, values[c]) for c in columns)), self.people).text
        return f"all other {noun(self.people)}"

    def families(self) -> list[tuple[str, ...]]:
        return [f for f in dict.fromkeys(s.family for s in self.found.apart.slices) if self.apart(f)]

    def sentences(self) -> list[str]:
        """The differences that are sure, largest first; that there is none is said too."""
        every = [(a, columns) for columns in self.families() for a in self.apart(columns) if a.sure]
        every.sort(key=lambda pair: -abs(pair[0].value))
        if not every and self.families():
            return ["No feature is shown to move the scores of one group otherwise than those of others."]
        return [self._sentence(a, columns) for a, columns in every]

    def _sentence(self, a: Apart, columns: tuple[str, ...]) -> str:
        digits = decimals(a.low, a.high, "value")
        value = number(abs(a.value), digits, "value")
        low_text, high_text = (bound(x, digits, "value", (0.0,)) for x in sorted((abs(a.low), abs(a.high))))
        return (
            f"The feature {line(a.feature, NAME)} puts the scores of {group(a.slice, self.people).text} {value} "
            f"[{low_text}, {high_text}] {'lower' if a.value < 0 else 'higher'}, on average, than those of "
            f"{self.others(columns)}{f' ({self.unit})' if self.unit else ''}."
        )

    def picture(self, columns: tuple[str, ...]) -> Dots:
        """Differences of one family as dots around 0."""
        every, others = self.apart(columns), self.others(columns)
        sure = [line(f, NAME) for f in dict.fromkeys(a.feature for a in every if a.sure)]
        caption = (
            f"By {family(columns)}: {listed(sure)} {'moves' if len(sure) == 1 else 'move'} scores of groups unequally"
            if sure
            else f"By {family(columns)}: no feature is shown to move scores of groups unequally"
        )
        return Dots(
            caption=caption,
            text=f"Intervals hold for all features and groups together, {self.found.apart.level * 100:g}% of the time.",
            value_name=f"mean attribution less that of {others}" + (f", {self.unit}" if self.unit else ""),
            scale="value",
            line=0.0,
            line_name="no difference",
            dots=tuple(
                Dot(
                    label=f"{line(a.feature, NAME)}: {group(a.slice, self.people).text}", value=a.value, low=a.low,
                    high=a.high, n=a.n if a.n >= FEW else None,
                )
                for a in every
            ),
        )  # fmt: skip

    def table(self, caption: str, slices: list[Slice], *, name: bool) -> tuple[Grid, ...]:
        """A row for each feature and slice, at most ROWS; the rest is in the JSON."""
        shares = len(self.found.features) > 1
        per, order = len(MEASURES) + shares, (0, 1, *((4,) if shares else ()), 2, 3)
        share = ("Share of all sizes",) if shares else ()
        who_is = ("Group",) if name else ()
        heads = ("Feature", *who_is, "Mean", "Mean size", *share, "Total", "Total size", "n")
        rows: list[tuple[Cell, ...]] = []
        for k, feature in enumerate(self.found.features):
            blocks = self.found.estimates.blocks[k * per : (k + 1) * per]
            for s in slices:
                made = [(blocks[i].info, _estimate(self.found.estimates, blocks[i], s)) for i in order]
                numbers = [cell("too few people") if e is None else estimate_cell(e, info) for info, e in made]
                n = made[0][1].n_eligible if made[0][1] is not None else 0
                who = (cell(capital(group(s, self.people).text)),) if name else ()
                rows.append((cell(line(feature, NAME)), *who, *numbers, count_cell(n, people=True)))
        if not rows:
            return ()
        more = f" (the first {count(ROWS)} rows; all are in the JSON)" if len(rows) > ROWS else ""
        return (Grid(caption=caption + more, columns=heads, rows=tuple(rows[:ROWS])),)


def sections(run: Run) -> tuple[Section, ...]:
    """A section for each ask; the model is named where there are several."""
    asked = [(e, e.attributed) for e in run.evidence if e.attributed is not None]
    several = len({e.model for e, _ in asked}) > 1
    return tuple(_section(e, found, run, k, several) for k, (e, found) in enumerate(asked, start=1))


def sentences(run: Run) -> tuple[str, ...]:
    """What was found, in sentences, the largest difference of each ask first."""
    asked = [(e, e.attributed) for e in run.evidence if e.attributed is not None]
    several = len({e.model for e, _ in asked}) > 1
    return tuple(
        text + (f" (model {line(str(e.model), NAME)})" if several else "")
        for e, found in asked
        for text in _Told(found=found, people=run.roles.people).sentences()
    )


def _section(evidence: Evidence, found: Attributed, run: Run, place: int, several: bool) -> Section:
    told = _Told(found=found, people=run.roles.people)
    said = tuple(told.sentences())
    more = (f"and {count(len(said) - SAID)} more in the pictures",) if len(said) > SAID else ()
    unit = f"They are in {told.unit}." if told.unit else "It was not said what they are in (--attribution-unit)."
    level = f"with {found.estimates.level * 100:g}% intervals"
    enough = found.estimates.n >= found.estimates.min_n
    slices = [s for s, many in zip(found.estimates.slices, enough, strict=True) if len(s.items) == 1 and many]
    blocks: tuple[Block, ...] = (
        *((Items(items=(*said[:SAID], *more)),) if said else ()),
        Prose(text=f"{OF_MODEL} {unit}"),
        *((Items(items=tuple(line(n) for n in evidence.notes), tone="note"),) if evidence.notes else ()),
        *(told.picture(columns) for columns in told.families()),
        *told.table(f"Attributions of {noun(run.roles.people)} altogether, {level}", [EVERYONE], name=False),
        *told.table(f"Attributions of each group, {level}", slices, name=True),
    )
    return Section(
        id=f"attributions-{place}" if place > 1 else "attributions",
        title=f"What moves the scores of whom{f': {line(str(evidence.model), NAME)}' if several else ''}",
        lead=f"{counted(len(found.features), 'feature', 'features')}: what each adds to the scores, and whose it moves "
        "otherwise",
        blocks=blocks,
    )


def _estimate(table: EstimateTable, block: Estimates, slice_: Slice) -> Estimate | None:
    """An estimate of a slice that is large enough to be shown."""
    at = table.slices.index(slice_)
    if table.n[at] < FEW or block.n_eligible[at, 0] < FEW:
        return None
    return table.estimate(block.info.name, slice_)
