"""What Aequitas says of the groups of a table, and how far Sterling's numbers are from it.

Aequitas 1.1 takes pandas below 3 only and so does not go into the environment of the tests. What it says is kept in
aequitas.parquet; `python -m benchmarks.aequitas_parity` writes it, where Aequitas is installed. It knows no weights and
drops rows without a group, which are given to it as a group of that name.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

import sterling as st
from tests.parity.examples import EXAMPLES, HARD, Example, known, texts

NUMBERS = Path(__file__).parent / "aequitas.parquet"
ABOUT = Path(__file__).parent / "aequitas.json"
ASKED = [*EXAMPLES, HARD]
NONE = "(not recorded)"
GIVEN = {
    "lending": {"race": "Black", "sex": "female"},
    "income": {"race": "Black", "sex": "female", "age_band": "25-34"},
    "recidivism": {"race": "Hispanic", "sex": "female", "age_band": "over 45"},
    "german": {"age_band": "25 and under", "sex": "female", "foreign": "no"},
    "hard cases": {"g": "b c", "h": "2"},
}
"""By table: of each column the group that the others are held against, beside the largest one."""
COMPARED = {
    "selection_rate": "pprev", "true_positive_rate": "tpr", "true_negative_rate": "tnr", "false_positive_rate": "fpr",
    "false_negative_rate": "fnr", "false_omission_rate": "for", "false_discovery_rate": "fdr",
    "negative_predictive_value": "npv", "precision": "precision",
}  # fmt: skip
"""Our metrics by name, and Aequitas' word: rates with disparities, the value of a group over that of the reference."""
RATES = COMPARED | {"prevalence": "prev", "accuracy": "accuracy"}
PARITIES = {"pprev": "Impact Parity"} | {
    name: f"{name if name == 'precision' else name.upper()} Parity".replace("precision", "Precision")
    for name in ("tpr", "tnr", "fpr", "fnr", "for", "fdr", "npv", "precision")
}
SHARE_PARITY = "Statistical Parity"
"""Of a group's share among all who are selected (`ppr`)."""
BELOW = {
    "selection_rate": "group_size", "true_positive_rate": "group_label_pos", "false_positive_rate": "group_label_neg",
    "precision": "pp", "negative_predictive_value": "pn",
}  # fmt: skip
"""Metrics, and the people that they divide by."""
CELLS = {
    "tp": "true_positive_rate", "fp": "false_positive_rate", "fn": "false_negative_rate", "tn": "true_negative_rate",
}  # fmt: skip
TAU = 0.8


class Pair(NamedTuple):
    """A number of Sterling's and the same one of Aequitas'; None where it does not exist."""

    what: str
    ours: float | None
    theirs: float | None

    @property
    def apart(self) -> float:
        """Their distance in parts of the larger of 1 and theirs; infinite where one side alone has a number."""
        theirs = None if self.theirs is None or self.theirs != self.theirs else self.theirs
        if self.ours is None or theirs is None:
            return 0.0 if self.ours is theirs else float("inf")
        return abs(self.ours - theirs) / max(1.0, abs(theirs))


def digest(example: Example) -> str:
    """SHA-256 of what is compared: groups, decisions and labels of the rows whose label is known, as CSV."""
    return hashlib.sha256(_rows(example).write_csv().encode()).hexdigest()


def _rows(example: Example) -> pl.DataFrame:
    frame = known(example.frame, example.label)
    return frame.select(
        *(texts(frame[g]).fill_null(NONE) for g in example.groups),
        score=(pl.col(example.score) >= example.threshold).cast(pl.Int64),
        label_value=pl.col(example.label).cast(pl.Int64),
    )


def by_aequitas(example: Example) -> pl.DataFrame:
    """A row for each group: counts, rates, disparities to the largest group and to the given one, parities."""
    apart = [f"{name}_disparity" for name in ("ppr", *COMPARED.values())]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from aequitas.bias import Bias
        from aequitas.fairness import Fairness
        from aequitas.group import Group

        rows: Any = _rows(example).to_pandas()
        counted, _ = Group().get_crosstabs(rows, attr_cols=list(example.groups))
        given = Bias().get_disparity_predefined_groups(counted, rows, GIVEN[example.name])
        judged = Fairness(tau=TAU).get_group_value_fairness(Bias().get_disparity_major_group(counted, rows))
    both = judged.merge(given, on=["attribute_name", "attribute_value"], suffixes=("", "_given"), validate="1:1")
    counts, parities = [*BELOW.values(), *CELLS], [SHARE_PARITY, *PARITIES.values()]
    numbers = ["ppr", *RATES.values(), *apart, *(f"{name}_given" for name in apart)]
    return pl.DataFrame({
        "table": [example.name] * len(both),
        **{name: both[name].tolist() for name in ("attribute_name", "attribute_value")},
        "reference": both["pprev_ref_group_value"].tolist(),
        **{name: pl.Series(both[name].tolist(), dtype=pl.Int32) for name in counts},
        **{name: pl.Series(both[name].tolist(), dtype=pl.Float64) for name in numbers},
        **{name: pl.Series([None if v != v else bool(v) for v in both[name]], dtype=pl.Boolean) for name in parities},
    })  # fmt: skip


def compared(example: Example, theirs: pl.DataFrame) -> Iterator[Pair]:
    """Every number of Aequitas beside Sterling's; but disparities to a group whose rate is 0, which are 10 there."""
    run = _run(example)
    ours = _by_group(run, example.groups)
    everyone = run.frame.filter(slice="everyone", metric="selection_rate")["value"].item()
    rows = {(r["attribute_name"], r["attribute_value"]): r for r in theirs.iter_rows(named=True)}
    if set(rows) != set(ours):
        raise AssertionError(f"groups that one side alone has: {sorted(set(rows) ^ set(ours))}")
    for (column, value), row in rows.items():
        mine, name = ours[column, value], f"{column}={value}"
        yield Pair(f"ppr of {name}", _selected(mine) / everyone, row["ppr"])
        for metric, count in BELOW.items():
            yield Pair(f"{count} of {name}", mine[metric]["n_eligible"], row[count])
        for cell, metric in CELLS.items():
            yield Pair(f"{cell} of {name}", (mine[metric]["value"] or 0.0) * mine[metric]["n_eligible"], row[cell])
        for metric, word in RATES.items():
            yield Pair(f"{metric} of {name}", mine[metric]["value"], row[word])
        for mark, against in (("", row["reference"]), ("_given", GIVEN[example.name][column])):
            other = ours[column, against]
            for metric, word in COMPARED.items():
                ratio = _over(mine[metric]["value"], other[metric]["value"])
                if other[metric]["value"] != 0:
                    yield Pair(f"{metric} of {name} over {against}", ratio, row[f"{word}_disparity{mark}"])
                    yield from [] if mark else _parity(f"{metric} of {name}", ratio, row[PARITIES[word]])
            if _selected(other):
                ratio = _selected(mine) / _selected(other)
                yield Pair(f"ppr of {name} over {against}", ratio, row[f"ppr_disparity{mark}"])
                yield from [] if mark else _parity(f"ppr of {name}", ratio, row[SHARE_PARITY])
    yield from _furthest(run, theirs)


def _furthest(run: st.Run, theirs: pl.DataFrame) -> Iterator[Pair]:
    """The smallest ratio that FA002 finds to a group, and of Aequitas' disparities the one that is furthest from 1."""
    for evidence in run.evidence:
        for found in evidence.findings:
            assert found.baseline is not None
            ((column, against),), word = found.baseline.items, RATES[found.metric.name]
            rows = theirs.filter(pl.col("attribute_name") == column)
            value = rows.filter(pl.col("attribute_value") == (NONE if against is None else against))[word].item()
            apart = rows[f"{word}_disparity{evidence.ask.partition(' ')[0]}"].drop_nans().to_list()
            if value > 0 and len(apart) > 1:  # neither 0 nor of nobody
                least = min(min(v, 1 / v) if v else 0.0 for v in apart)
                yield Pair(f"smallest ratio of {found.metric.name}, {column} to {against}", found.value, least)


def _run(example: Example) -> st.Run:
    frame = known(example.frame, example.label)
    largest = {g: texts(frame[g]).fill_null(NONE).value_counts().sort("count", g)[g][-1] for g in example.groups}
    asks = [st.ask("QU001", metrics=[*RATES, "representation"])]
    for mark, against in (("", largest), ("_given", GIVEN[example.name])):
        to = tuple(f"{g}={value}" for g, value in against.items())
        asks += [st.ask("FA002", name=f"{mark} {m}", metric=m, baseline=to, crosses=False) for m in COMPARED]
    plan = st.Plan(asks=tuple(asks), thresholds=(example.threshold,), grid=False, min_n=1, cross=1)
    return st.evaluate(
        frame, label=example.label, positive=1, score=example.score, score_kind=example.kind,  # type: ignore[arg-type]
        groups=list(example.groups), plan=plan,
    )  # fmt: skip


def _by_group(run: st.Run, groups: tuple[str, ...]) -> dict[tuple[str, str], dict[str, dict[str, Any]]]:
    """By column and value the rows of the table of estimates, by metric."""
    out: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in run.frame.filter(pl.col("slice") != "everyone").iter_rows(named=True):
        column = next(g for g in groups if row["slice"].startswith(f"{g}="))
        value = row[f"group:{column}"]
        out.setdefault((column, NONE if value is None else value), {})[row["metric"]] = row
    return out


def _selected(mine: dict[str, dict[str, Any]]) -> float:
    """The people of a group who are selected, as a share of everyone."""
    return float(mine["selection_rate"]["value"] * mine["representation"]["value"])


def _over(value: float | None, other: float | None) -> float | None:
    return None if value is None or not other else value / other


def _parity(name: str, ratio: float | None, theirs: bool | None) -> Iterator[Pair]:
    """Whether a ratio lies from four fifths to five fourths; not asked at the very ends, which rounding decides."""
    if ratio is None or min(abs(ratio - TAU), abs(ratio - 1 / TAU)) > 1e-9:
        ours = None if ratio is None else float(TAU <= ratio <= 1 / TAU)
        yield Pair(f"parity of {name}", ours, None if theirs is None else float(theirs))
